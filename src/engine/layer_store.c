#include "engine/layer_store.h"

#include "base/content_hash.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "engine/layer_cache.h"
#include "engine/text_module.h"
#include "engine/watermark.h"
#include "files/naming.h"
#include "files/output_name.h"
#include "files/path.h"
#include "picture/recipe_fields.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A watermark, or why there is none. */
typedef struct mark {
    loom_recipe_file file;
    loom_watermark watermark;
    loom_error why;
    struct mark *next;
} mark;

struct loom_layer_store {
    const loom_spawn_setup *setup;
    loom_layers layers;
    loom_layer_cache *cache; /* of the sizes that were used last */
    pthread_mutex_t loading; /* held while a watermark is decoded */
    pthread_mutex_t lock;    /* guards the list */
    mark *marks;             /* each constant once it is in it */
};

/* ---- watermarks ----------------------------------------------------------- */

static const mark *find_mark(loom_layer_store *store, const loom_recipe *recipe)
{
    const loom_recipe_file *file = &recipe->watermark;

    (void)pthread_mutex_lock(&store->lock);
    const mark *found = store->marks;
    while (found != NULL &&
           (strcmp(found->file.path, file->path) != 0 || found->file.hashed != file->hashed ||
            !loom_hash_same(&found->file.hash, &file->hash)))
        found = found->next;
    (void)pthread_mutex_unlock(&store->lock);
    return found;
}

static const mark *load_mark(loom_layer_store *store, const loom_recipe *recipe, loom_error *err)
{
    mark *loaded = calloc(1, sizeof *loaded);

    if (loaded == NULL)
        return NULL;
    loaded->file = recipe->watermark;
    (void)loom_watermark_load(store->setup, recipe, &loaded->watermark, &loaded->why);
    if (loaded->why.code != LOOM_OK && !loom_status_is_of_input(loaded->why.code)) {
        (void)loom_error_copy(err, &loaded->why); /* the next image may have more luck */
        free(loaded);
        return NULL;
    }
    (void)pthread_mutex_lock(&store->lock);
    loaded->next = store->marks;
    store->marks = loaded;
    (void)pthread_mutex_unlock(&store->lock);
    return loaded;
}

static loom_status get_mark(loom_layer_store *store, const loom_recipe *recipe, const mark **got,
                            loom_error *err)
{
    const mark *found = find_mark(store, recipe);
    loom_error why = LOOM_ERROR_INIT;

    if (found == NULL) {
        (void)pthread_mutex_lock(&store->loading);
        found = find_mark(store, recipe); /* another thread may have done it */
        if (found == NULL)
            found = load_mark(store, recipe, &why);
        (void)pthread_mutex_unlock(&store->loading);
    }
    if (found == NULL && why.code != LOOM_OK)
        return loom_error_copy(err, &why);
    if (found == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the watermark");
    *got = found;
    return found->why.code == LOOM_OK ? LOOM_OK : loom_error_copy(err, &found->why);
}

/* ---- watermarks of a size ------------------------------------------------- */

static loom_status get_watermark(loom_layer_store *store, const loom_recipe *recipe,
                                 uint32_t on_width, uint32_t on_height, loom_picture *layer,
                                 loom_error *err)
{
    const loom_picture on = {.width = on_width, .height = on_height};
    const mark *of = NULL;
    uint32_t width, height;
    loom_strbuf key = LOOM_STRBUF_INIT;

    loom_status status = get_mark(store, recipe, &of, err);
    if (status != LOOM_OK)
        return status;
    loom_layer_scale(recipe, &on, of->watermark.width, of->watermark.height, &width, &height);
    loom_strbuf_add_format(&key, "%p %ux%u", (const void *)of, (unsigned)width, (unsigned)height);
    if (key.failed) {
        status = loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the watermark");
    } else if (!loom_layer_cache_recall(store->cache, loom_strbuf_str(&key), layer, &status, err)) {
        status = loom_watermark_scale(&of->watermark.picture, width, height, layer, err);
        if (status == LOOM_OK)
            loom_layer_cache_keep(store->cache, loom_strbuf_str(&key), layer);
    }
    loom_strbuf_release(&key);
    return status;
}

/* ---- texts ---------------------------------------------------------------- */

static uint32_t font_size(const loom_recipe *recipe, uint32_t width, uint32_t height)
{
    const loom_length given = recipe->text_size, usual = {LOOM_TEXT_SIZE, 1};
    const loom_length size = given.value > 0 ? given : usual;
    const uint64_t shorter = width < height ? width : height;
    const uint64_t px = size.percent
                            ? (shorter * size.value + LOOM_LENGTH_WHOLE / 2) / LOOM_LENGTH_WHOLE
                            : size.value;

    return px > 0 ? (uint32_t)px : 1;
}

/* px that are left of a side between the margins, at least 1. */
static uint32_t room_on(const loom_recipe *recipe, bool along_y, uint32_t width, uint32_t height)
{
    const uint32_t side = along_y ? height : width;
    const loom_place *place = &recipe->text_place;
    const uint64_t margin = loom_place_margin(place, along_y, width, height);
    const uint64_t taken = place->where == LOOM_PLACE_TILE ? 0 /* gaps are beside it */
                           : place->offset_given && loom_place_is_at_edge(place, along_y)
                               ? margin /* the other edge is as far as it may be */
                               : 2 * margin;
    const uint32_t room = taken < side ? side - (uint32_t)taken : 1;

    return room < LOOM_TEXT_SIDE_MAX ? room : LOOM_TEXT_SIDE_MAX;
}

static int align_of(const loom_place *place)
{
    switch (place->where) {
    case LOOM_POSITION_NORTHEAST:
    case LOOM_POSITION_EAST:
    case LOOM_POSITION_SOUTHEAST:
        return 1;
    case LOOM_POSITION_NORTHWEST:
    case LOOM_POSITION_WEST:
    case LOOM_POSITION_SOUTHWEST:
        return -1;
    default:
        return 0;
    }
}

static loom_text_style style_of(const loom_recipe *recipe, uint32_t width, uint32_t height)
{
    static const loom_colour white = {255, 255, 255, 255};

    return (loom_text_style){.font = recipe->font.path,
                             .size = font_size(recipe, width, height),
                             .width = room_on(recipe, false, width, height),
                             .height = room_on(recipe, true, width, height),
                             .align = align_of(&recipe->text_place),
                             .colour = recipe->text_colour_given ? recipe->text_colour : white,
                             .outline = recipe->text_outline_given ? &recipe->text_outline : NULL,
                             .background =
                                 recipe->text_background_given ? &recipe->text_background : NULL};
}

static void add_colour(loom_strbuf *out, const loom_colour *c)
{
    if (c != NULL)
        loom_strbuf_add_format(out, " %02x%02x%02x%02x", c->red, c->green, c->blue, c->alpha);
    else
        loom_strbuf_add_str(out, " -");
}

/* All that a text is made of, as a key. */
static void add_style(loom_strbuf *out, const loom_text_style *style)
{
    loom_strbuf_add_format(out, "%u %u %u %d", (unsigned)style->size, (unsigned)style->width,
                           (unsigned)style->height, style->align);
    add_colour(out, &style->colour);
    add_colour(out, style->outline);
    add_colour(out, style->background);
    loom_strbuf_add_format(out, " %s\n", style->font);
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\n")] == '\0';
}

/* A text whose fields are empty leaves the picture as it is. */
static loom_status make_nothing(loom_picture *layer, loom_error *err)
{
    static unsigned char none[4];
    const loom_picture clear = {.width = 1, .height = 1, .channels = 4, .depth = 1, .data = none};

    return loom_layer_copy(&clear, layer, err);
}

static loom_status render(loom_layer_store *store, const loom_text_style *style, const char *text,
                          loom_picture *layer, loom_error *err)
{
    const loom_text_module *module = loom_text_module_get(err);
    loom_strbuf key = LOOM_STRBUF_INIT;
    loom_status status = LOOM_ERR_INTERNAL;

    if (module == NULL)
        return status;
    add_style(&key, style);
    loom_strbuf_add_str(&key, text);
    if (key.failed) {
        status = loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the text");
    } else if (!loom_layer_cache_recall(store->cache, loom_strbuf_str(&key), layer, &status, err)) {
        status = module->render(style, text, layer, err);
        if (status == LOOM_OK)
            loom_layer_cache_keep(store->cache, loom_strbuf_str(&key), layer);
    }
    loom_strbuf_release(&key);
    return status;
}

static loom_status get_text(loom_layer_store *store, const loom_job *job, size_t output,
                            uint32_t width, uint32_t height, loom_picture *layer, loom_error *err)
{
    const loom_text_style style = style_of(job->recipe, width, height);
    loom_strbuf text = LOOM_STRBUF_INIT;
    loom_status status;

    loom_text_expand(&text, job->recipe->text, job->tasks[output], job->source,
                     &(loom_size){width, height, 0});
    if (text.failed)
        status = loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the text");
    else if (is_blank(loom_strbuf_str(&text)))
        status = make_nothing(layer, err);
    else
        status = render(store, &style, loom_strbuf_str(&text), layer, err);
    loom_strbuf_release(&text);
    return status;
}

/* Whether the font is known: so that a run ends before its first picture. */
static loom_status try_text(const loom_recipe *recipe, loom_error *err)
{
    const loom_text_style style = {.font = recipe->font.path,
                                   .size = 16,
                                   .width = LOOM_TEXT_SIDE_MAX,
                                   .height = LOOM_TEXT_SIDE_MAX};
    const loom_text_module *module = loom_text_module_get(err);
    loom_picture layer = {.data = NULL};

    if (module == NULL)
        return LOOM_ERR_INTERNAL;
    const loom_status status = module->render(&style, "1", &layer, err);
    loom_picture_release(&layer);
    return status;
}

/* ---- the store ------------------------------------------------------------ */

static loom_status get(void *context, const loom_job *job, size_t output, loom_layer_kind kind,
                       uint32_t width, uint32_t height, loom_picture *layer, loom_error *err)
{
    if (kind == LOOM_LAYER_TEXT)
        return get_text(context, job, output, width, height, layer, err);
    return get_watermark(context, job->recipe, width, height, layer, err);
}

loom_status loom_layer_store_load(loom_layer_store *store, const loom_recipe *recipe,
                                  loom_error *err)
{
    const mark *unused;
    loom_error why = LOOM_ERROR_INIT;
    loom_status status = loom_text_check(recipe->text, &why);

    if (status != LOOM_OK)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM, "%s", why.message);
    if (loom_layer_is_asked(recipe, LOOM_LAYER_WATERMARK))
        status = get_mark(store, recipe, &unused, err);
    return status;
}

loom_status loom_layer_store_prepare(loom_layer_store *store, const loom_recipe *recipe,
                                     loom_error *err)
{
    const loom_status status = loom_layer_store_load(store, recipe, err);

    return status == LOOM_OK && loom_layer_is_asked(recipe, LOOM_LAYER_TEXT) ? try_text(recipe, err)
                                                                             : status;
}

const loom_layers *loom_layer_store_layers(const loom_layer_store *store)
{
    return &store->layers;
}

loom_layer_store *loom_layer_store_create(const loom_spawn_setup *setup)
{
    loom_layer_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return NULL;
    store->setup = setup;
    store->layers = (loom_layers){store, get};
    store->cache = loom_layer_cache_create();
    if (store->cache != NULL && pthread_mutex_init(&store->loading, NULL) == 0) {
        if (pthread_mutex_init(&store->lock, NULL) == 0)
            return store;
        (void)pthread_mutex_destroy(&store->loading);
    }
    loom_layer_cache_free(store->cache);
    free(store);
    return NULL;
}

void loom_layer_store_free(loom_layer_store *store)
{
    if (store == NULL)
        return;
    loom_layer_cache_free(store->cache);
    while (store->marks != NULL) {
        mark *first = store->marks;
        store->marks = first->next;
        loom_picture_release(&first->watermark.picture);
        free(first);
    }
    (void)pthread_mutex_destroy(&store->loading);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}
