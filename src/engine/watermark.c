#include "engine/watermark.h"

#include "base/content_hash.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/codec/png.h"
#include "engine/codec/resize.h"
#include "engine/route.h"
#include "picture/recipe_fields.h"
#include <stdlib.h>
#include <string.h>

enum { DRAWN_SIDE = 2048 }; /* px of a drawing's longer side: mostly it is made smaller */

/* ---- decoding ------------------------------------------------------------- */

/* How the watermark itself is converted: to a PNG, which a reader of ours takes. */
static loom_recipe *recipe_for(const loom_recipe *recipe, const loom_input_file *file)
{
    loom_recipe *own = loom_recipe_create();
    unsigned char start[4096];
    size_t size = 0;

    if (own == NULL)
        return NULL;
    own->format = LOOM_FORMAT_PNG;
    own->effort = 0;
    if (loom_input_peek(file, start, sizeof start, &size)) {
        const loom_format format =
            loom_format_detect((loom_bytes){start, size}, recipe->watermark.path);
        if (loom_container_of(format)->drawing) {
            own->sizes[0].width = own->sizes[0].height = DRAWN_SIDE;
            own->fit = LOOM_FIT_INSIDE;
        }
    }
    return own;
}

/* Reads a PNG that was written for us; it may be damaged all the same. */
static loom_status read_png(const loom_encoded *file, loom_picture *picture, loom_error *err)
{
    loom_png_reader *reader = loom_png_reader_create(file->data, file->size);
    loom_picture made = {.data = NULL};
    loom_status status = LOOM_OK;

    if (reader == NULL)
        return loom_no_memory(err, LOOM_STAGE_DECODE, "for the watermark");
    made = (loom_picture){.width = loom_png_reader_width(reader),
                          .height = loom_png_reader_height(reader),
                          .channels = loom_png_reader_channels(reader),
                          .depth = loom_png_reader_depth(reader)};
    const size_t row = (size_t)made.width * made.channels * made.depth;
    const size_t bytes = loom_picture_bytes(made.width, made.height, made.channels, made.depth);
    made.data = bytes > 0 ? malloc(bytes) : NULL;
    for (uint32_t y = 0; made.data != NULL && y < made.height; y++)
        memcpy(made.data + row * y, loom_png_reader_next(reader), row);
    if (made.data == NULL)
        status = loom_no_memory(err, LOOM_STAGE_DECODE, "for the watermark");
    else if (loom_png_reader_faults(reader)->damage != NULL)
        status = loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "%s",
                                loom_png_reader_faults(reader)->damage);
    loom_png_reader_free(reader);
    if (status == LOOM_OK) {
        loom_picture_drop_depth(&made);
        status = loom_picture_add_colour(&made, err);
    }
    if (status == LOOM_OK)
        status = loom_picture_add_alpha(&made, err);
    if (status == LOOM_OK)
        *picture = made;
    else
        loom_picture_release(&made);
    return status;
}

/* Converts the file as one of a batch, by a worker if there can be any. */
static loom_status convert(const loom_spawn_setup *setup, const loom_recipe *recipe,
                           loom_input_file *file, const char *path, loom_encoded *encoded,
                           loom_watermark *watermark, loom_error *err)
{
    const loom_task task = {.input_path = path, .format = LOOM_FORMAT_PNG};
    const loom_task *tasks[] = {&task};
    loom_spawn_setup own = *setup;
    loom_routes routes = {.isolate = LOOM_ISOLATE_NEVER, .memory = setup->memory};
    loom_spawner *spawner = NULL;
    loom_settings settings;
    loom_outcome outcome;

    own.allow_untrusted = true;
    loom_settings_init(&settings);
    settings.allow_untrusted = true;
    loom_outcome_init(&outcome);
    if (own.program >= 0) {
        spawner = loom_spawner_create(&own);
        routes.workers = spawner != NULL ? loom_workers_create(&own, spawner) : NULL;
        routes.isolate = LOOM_ISOLATE_ALL;
        if (routes.workers == NULL) {
            loom_spawner_free(spawner);
            return loom_no_memory(err, LOOM_STAGE_WORKER, "for the watermark's worker");
        }
    }
    const loom_job job = {.tasks = tasks, .count = 1, .recipe = recipe, .settings = &settings};
    loom_status status = loom_route_convert(&routes, &job, file, &outcome, encoded, err);
    if (status == LOOM_OK && outcome.error.code != LOOM_OK)
        status = loom_error_copy(err, &outcome.error);
    watermark->width = outcome.original_width;
    watermark->height = outcome.original_height;
    if (outcome.orientation > 4) { /* EXIF: it lies on its side */
        watermark->width = outcome.original_height;
        watermark->height = outcome.original_width;
    }
    loom_outcome_release(&outcome);
    loom_workers_free(routes.workers);
    loom_spawner_free(spawner);
    return status;
}

/* Whether it is the file that the recipe was made with. */
static loom_status check_file(const loom_recipe_file *of, loom_input_file *file, loom_error *err)
{
    if (file->size > LOOM_RECIPE_FILE_MAX)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN, "it is larger than %u MiB",
                              (unsigned)(LOOM_RECIPE_FILE_MAX >> 20));
    if (!of->hashed)
        return LOOM_OK;
    loom_input_hash(file, NULL);
    return file->hashed && loom_hash_same(&file->hash, &of->hash)
               ? LOOM_OK
               : loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_OPEN,
                                "it is not the file that the recipe was made with");
}

static loom_status load(const loom_spawn_setup *setup, const loom_recipe *recipe,
                        loom_watermark *watermark, loom_error *err)
{
    const char *path = recipe->watermark.path;
    loom_input_file file = {.descriptor = -1};
    loom_encoded encoded = {.data = NULL};
    loom_recipe *own = NULL;

    loom_status status = loom_input_open(path, &file, err);
    if (status == LOOM_OK)
        status = check_file(&recipe->watermark, &file, err);
    if (status == LOOM_OK && (own = recipe_for(recipe, &file)) == NULL)
        status = loom_no_memory(err, LOOM_STAGE_OPEN, "for the watermark");
    if (status == LOOM_OK)
        status = convert(setup, own, &file, path, &encoded, watermark, err);
    if (status == LOOM_OK)
        status = read_png(&encoded, &watermark->picture, err);
    free(encoded.data);
    loom_recipe_free(own);
    loom_input_close(&file);
    return status;
}

loom_status loom_watermark_load(const loom_spawn_setup *setup, const loom_recipe *recipe,
                                loom_watermark *watermark, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    char shown[LOOM_SHOWN_SIZE];

    if (load(setup, recipe, watermark, &why) == LOOM_OK)
        return LOOM_OK;
    return loom_error_set(err, why.code, LOOM_STAGE_TRANSFORM,
                          "the watermark %s cannot be used: %s",
                          loom_text_show(shown, recipe->watermark.path), why.message);
}

/* ---- scaling -------------------------------------------------------------- */

static bool make_room(uint32_t width, uint32_t height, loom_picture *picture)
{
    const size_t bytes = loom_picture_bytes(width, height, 4, 1);

    *picture = (loom_picture){.width = width,
                              .height = height,
                              .channels = 4,
                              .depth = 1,
                              .data = bytes > 0 ? malloc(bytes) : NULL};
    return picture->data != NULL;
}

static bool shrink(const loom_picture *from, loom_picture *to)
{
    const loom_rows_plan plan = {.width = from->width,
                                 .height = from->height,
                                 .channels = 4,
                                 .depth = 1,
                                 .alpha = true,
                                 .part = {0, 0, from->width, from->height},
                                 .to_width = to->width,
                                 .to_height = to->height,
                                 .kernel = LOOM_KERNEL_LANCZOS3};
    loom_rows *rows = loom_rows_create(&plan);
    uint32_t made = 0;

    for (uint32_t y = 0; rows != NULL && y < from->height && made < to->height; y++) {
        loom_rows_add(rows, from->data + 4 * (size_t)from->width * y);
        for (; made < to->height && loom_rows_is_ready(rows); made++)
            loom_rows_take(rows, to->data + 4 * (size_t)to->width * made);
    }
    loom_rows_free(rows);
    return rows != NULL;
}

static uint8_t sample_of(const uint8_t *px, unsigned channel)
{
    return channel == 3 ? px[3] : (uint8_t)((px[channel] * px[3] + 127) / 255);
}

/* Enlarges a channel, premultiplied. */
static loom_status enlarge_channel(loom_resizer *resizer, const loom_picture *from,
                                   unsigned channel, loom_plane planes[2], loom_picture *to)
{
    const loom_resize how = {.part = {0, 0, from->width, from->height},
                             .seen = LOOM_SEEN_ALL,
                             .width = to->width,
                             .height = to->height,
                             .kernel = LOOM_KERNEL_LANCZOS3,
                             .levels = LOOM_LEVELS_SAME};

    if (!loom_plane_reserve(&planes[0], from->width, from->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < from->height; y++)
        for (uint32_t x = 0; x < from->width; x++)
            loom_plane_row(&planes[0], y)[x] =
                sample_of(from->data + 4 * ((size_t)from->width * y + x), channel);
    const loom_status status = loom_resizer_run(resizer, &planes[0], &how, NULL, &planes[1]);
    for (uint32_t y = 0; status == LOOM_OK && y < to->height; y++)
        for (uint32_t x = 0; x < to->width; x++)
            to->data[4 * ((size_t)to->width * y + x) + channel] = loom_plane_row(&planes[1], y)[x];
    return status;
}

static void unpremultiply(loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;

    for (uint8_t *px = picture->data, *end = px + 4 * pixels; px < end; px += 4)
        for (unsigned i = 0; i < 3; i++) {
            const unsigned full = px[3] > 0 ? (px[i] * 255U + px[3] / 2U) / px[3] : 0;
            px[i] = (uint8_t)(full < 255 ? full : 255);
        }
}

static bool enlarge(const loom_picture *from, loom_picture *to)
{
    loom_resizer *resizer = loom_resizer_create();
    loom_plane planes[2] = {{.data = NULL}, {.data = NULL}};
    loom_status status = resizer != NULL ? LOOM_OK : LOOM_ERR_OUT_OF_MEMORY;

    for (unsigned i = 0; i < 4 && status == LOOM_OK; i++)
        status = enlarge_channel(resizer, from, i, planes, to);
    if (status == LOOM_OK)
        unpremultiply(to);
    loom_plane_release(&planes[0]);
    loom_plane_release(&planes[1]);
    loom_resizer_free(resizer);
    return status == LOOM_OK;
}

loom_status loom_watermark_scale(const loom_picture *from, uint32_t width, uint32_t height,
                                 loom_picture *to, loom_error *err)
{
    const bool same = width == from->width && height == from->height;
    loom_picture made;
    bool ok = make_room(width, height, &made);

    if (ok && same)
        memcpy(made.data, from->data, 4 * (size_t)width * height);
    else if (ok)
        ok = width <= from->width && height <= from->height ? shrink(from, &made)
                                                            : enlarge(from, &made);
    if (!ok) {
        loom_picture_release(&made);
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "to scale the watermark");
    }
    *to = made;
    return LOOM_OK;
}
