/* The layers that were made last, by what they were made of. Any thread; none waits for a copy. */
#ifndef LOOM_ENGINE_LAYER_CACHE_H
#define LOOM_ENGINE_LAYER_CACHE_H

#include "picture/picture.h"

typedef struct loom_layer_cache loom_layer_cache;

loom_layer_cache *loom_layer_cache_create(void);     /* NULL: out of memory */
void loom_layer_cache_free(loom_layer_cache *cache); /* NULL is allowed */

/*
 * Whether there is a layer of this key. Then *layer is a copy, which the caller releases, unless
 * *status is LOOM_ERR_OUT_OF_MEMORY, stage `transform`.
 */
bool loom_layer_cache_recall(loom_layer_cache *cache, const char *key, loom_picture *layer,
                             loom_status *status, loom_error *err);

/* Keeps a copy, unless it is large or memory is short: the next picture may need the same. */
void loom_layer_cache_keep(loom_layer_cache *cache, const char *key, const loom_picture *layer);

/* Copies a layer: RGB + alpha of 8 bits. Stage `transform`: LOOM_ERR_OUT_OF_MEMORY. */
loom_status loom_layer_copy(const loom_picture *from, loom_picture *to, loom_error *err);

#endif
