#include "engine/layer_cache.h"

#include "base/error.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 32 };
#define BYTES_MAX ((size_t)64 << 20) /* of all layers together */

/* A layer, constant until nobody uses it: neither an entry nor a thread that copies it. */
typedef struct shared {
    loom_picture picture;
    unsigned users; /* guarded by the cache's lock */
} shared;

typedef struct entry {
    char *key; /* NULL: there is none */
    shared *layer;
    uint64_t used; /* the number of its last use */
} entry;

struct loom_layer_cache {
    pthread_mutex_t lock; /* guards what follows */
    entry entries[ENTRIES];
    uint64_t uses;
};

static size_t bytes_of(const loom_picture *layer)
{
    return loom_picture_bytes(layer->width, layer->height, 4, 1);
}

loom_status loom_layer_copy(const loom_picture *from, loom_picture *to, loom_error *err)
{
    loom_picture same = *from;

    same.data = malloc(bytes_of(from));
    if (same.data == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for a layer");
    memcpy(same.data, from->data, bytes_of(from));
    *to = same;
    return LOOM_OK;
}

/* One user less. The lock is held. */
static void drop(shared *layer)
{
    if (--layer->users > 0)
        return;
    loom_picture_release(&layer->picture);
    free(layer);
}

static void forget(entry *e)
{
    drop(e->layer);
    free(e->key);
    *e = (entry){.key = NULL};
}

static entry *find(loom_layer_cache *cache, const char *key)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (cache->entries[i].key != NULL && strcmp(cache->entries[i].key, key) == 0)
            return &cache->entries[i];
    return NULL;
}

bool loom_layer_cache_recall(loom_layer_cache *cache, const char *key, loom_picture *layer,
                             loom_status *status, loom_error *err)
{
    shared *found = NULL;

    (void)pthread_mutex_lock(&cache->lock);
    entry *e = find(cache, key);
    if (e != NULL) {
        e->used = ++cache->uses;
        found = e->layer;
        found->users++;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    if (found == NULL)
        return false;
    *status = loom_layer_copy(&found->picture, layer, err);
    (void)pthread_mutex_lock(&cache->lock);
    drop(found);
    (void)pthread_mutex_unlock(&cache->lock);
    return true;
}

/* ---- keeping -------------------------------------------------------------- */

/* Forgets those that were not used for the longest time; the place of one that is free then. */
static entry *make_room(loom_layer_cache *cache, size_t bytes)
{
    for (;;) {
        entry *vacant = NULL, *oldest = NULL;
        size_t held = 0;
        for (entry *e = cache->entries; e < cache->entries + ENTRIES; e++) {
            if (e->key == NULL)
                vacant = e;
            else if (oldest == NULL || e->used < oldest->used)
                oldest = e;
            held += e->key != NULL ? bytes_of(&e->layer->picture) : 0;
        }
        if (vacant != NULL && held <= BYTES_MAX - bytes)
            return vacant;
        forget(oldest); /* there is one: a layer alone has room */
    }
}

void loom_layer_cache_keep(loom_layer_cache *cache, const char *key, const loom_picture *layer)
{
    const size_t bytes = bytes_of(layer);
    shared *kept = bytes <= BYTES_MAX / 2 ? calloc(1, sizeof *kept) : NULL;
    char *own = kept != NULL ? strdup(key) : NULL;

    if (own == NULL || loom_layer_copy(layer, &kept->picture, NULL) != LOOM_OK) {
        free(own);
        free(kept);
        return;
    }
    kept->users = 1;
    (void)pthread_mutex_lock(&cache->lock);
    if (find(cache, key) == NULL) {
        *make_room(cache, bytes) = (entry){own, kept, ++cache->uses};
    } else { /* another thread has made the same meanwhile */
        drop(kept);
        free(own);
    }
    (void)pthread_mutex_unlock(&cache->lock);
}

/* ---- the cache ------------------------------------------------------------ */

loom_layer_cache *loom_layer_cache_create(void)
{
    loom_layer_cache *cache = calloc(1, sizeof *cache);

    if (cache != NULL && pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return NULL;
    }
    return cache;
}

void loom_layer_cache_free(loom_layer_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < ENTRIES; i++)
        if (cache->entries[i].key != NULL)
            forget(&cache->entries[i]);
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}
