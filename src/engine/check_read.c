/* Decodes what was just encoded, by decoders that share no code with the encoders. */
#include "engine/check.h"

#include "base/error.h"
#include "engine/codec/jpeg_guard.h"
#include "engine/codec/png.h"
#include "engine/codec/webp_read.h"
#include "engine/plugin.h"

loom_status loom_reread_damaged(loom_error *err, const char *detail)
{
    const bool more = detail != NULL && detail[0] != '\0';

    return loom_error_set(err, LOOM_ERR_CHECK_FAILED, LOOM_STAGE_ENCODE,
                          "the output cannot be decoded again%s%s", more ? ": " : "",
                          more ? detail : "");
}

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_ENCODE, "to decode the output again");
}

/* ---- JPEG ---------------------------------------------------------------- */

enum { JPEG_SIDE = 48 }; /* samples that a side is to have, where it has as many px */

/*
 * At 1/8 a sample is the mean of a block, for which nothing but its first coefficient is needed.
 */
static int shrink_for(uint32_t width, uint32_t height)
{
    const uint32_t side = width < height ? width : height;
    int shrink = 8;

    while (shrink > 1 && side < JPEG_SIDE * (uint32_t)shrink)
        shrink /= 2;
    return shrink;
}

static loom_status read_rows(loom_jpeg_reader *reader, const loom_lane_job *job, loom_small *small,
                             loom_error *err)
{
    const uint32_t width = loom_jpeg_reader_width(reader);
    const unsigned channels = loom_jpeg_reader_channels(reader);

    loom_small_begin(small, width, loom_jpeg_reader_height(reader), channels, 1, channels == 4);
    for (uint32_t y = 0; y < loom_jpeg_reader_height(reader); y++) {
        const unsigned char *row = loom_jpeg_reader_next(reader);
        if (row == NULL && loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err) != LOOM_OK)
            return err->code;
        if (row == NULL && reader->guard.code == LOOM_ERR_OUT_OF_MEMORY)
            return no_memory(err);
        if (row == NULL)
            return loom_reread_damaged(err, reader->guard.message);
        loom_small_add(small, 0, y, width, row);
    }
    if (loom_jpeg_guard_warnings(&reader->guard) > 0)
        return loom_reread_damaged(err, reader->guard.message);
    loom_small_end(small);
    return LOOM_OK;
}

static loom_status read_jpeg(const loom_lane_job *again, loom_small *small, loom_reread *read,
                             loom_error *err)
{
    read->shrink = shrink_for(again->header.width, again->header.height);
    loom_jpeg_reader *reader = loom_jpeg_reader_create(again, read->shrink);
    if (reader == NULL)
        return loom_reread_damaged(err, "libjpeg refuses its header");
    read->width = reader->cinfo.image_width;
    read->height = reader->cinfo.image_height;
    const loom_status status = read_rows(reader, again, small, err);
    loom_jpeg_reader_free(reader);
    return status;
}

/* ---- PNG ----------------------------------------------------------------- */

static loom_status read_png(const loom_lane_job *again, loom_small *small, loom_reread *read,
                            loom_error *err)
{
    loom_png_reader *reader = loom_png_reader_create(again->input.data, again->input.size);

    if (reader == NULL)
        return loom_reread_damaged(err,
                                   "its header or its pixels are missing, or there is no memory");
    read->width = loom_png_reader_width(reader);
    read->height = loom_png_reader_height(reader);
    loom_small_begin(small, read->width, read->height, loom_png_reader_channels(reader),
                     loom_png_reader_depth(reader), false);
    loom_status status = LOOM_OK;
    for (uint32_t y = 0; y < read->height && status == LOOM_OK; y++) {
        loom_small_add(small, 0, y, read->width, loom_png_reader_next(reader));
        if (y % 16 == 0)
            status = loom_lane_check_stop(again, LOOM_STAGE_ENCODE, err);
    }
    const loom_png_faults *faults = loom_png_reader_faults(reader);
    if (status == LOOM_OK && (faults->damage != NULL || faults->missing || faults->unfinished))
        status = loom_reread_damaged(err, faults->damage);
    loom_small_end(small);
    loom_png_reader_free(reader);
    return status;
}

/* ---- whole pictures ------------------------------------------------------ */

void loom_reread_picture(const loom_picture *picture, uint32_t frames, loom_small *small,
                         loom_reread *read)
{
    const size_t row = (size_t)picture->width * picture->channels * picture->depth;

    read->width = picture->width;
    read->height = picture->height / frames;
    loom_small_begin(small, read->width, read->height, picture->channels, picture->depth,
                     picture->cmyk);
    for (uint32_t y = 0; y < read->height; y++)
        loom_small_add(small, 0, y, read->width, picture->data + row * y);
    loom_small_end(small);
}

/* False: libwebp does not take it; it may be an animation. */
static bool read_webp(loom_bytes file, loom_small *small, loom_reread *read)
{
    loom_picture picture = {.data = NULL};

    if (!loom_webp_decode(file.data, file.size, &picture))
        return false;
    loom_reread_picture(&picture, 1, small, read);
    loom_picture_release(&picture);
    return true;
}

/* ---- any ----------------------------------------------------------------- */

/* By the first decoder that knows the file, which is of its format. */
static loom_status read_any(const loom_lane_job *again, loom_small *small, loom_reread *read,
                            loom_error *err)
{
    const loom_bytes file = {again->input.data, again->input.size};
    const loom_plugin *plugin = loom_plugin_get();

    if (LOOM_BYTES_HAVE(file, 0, "\xFF\xD8\xFF"))
        return read_jpeg(again, small, read, err);
    if (LOOM_BYTES_HAVE(file, 0, "\x89PNG"))
        return read_png(again, small, read, err);
    if (read_webp(file, small, read))
        return LOOM_OK;
    if (plugin == NULL) /* what is written without it was named above */
        return loom_reread_damaged(err, NULL);
    if (!plugin->reads(again->header.format))
        read->unread = "this build does not read it";
    else if (loom_format_get(again->header.format)->untrusted &&
             !again->job->settings->allow_untrusted)
        read->unread = "it is an untrusted format, and these are not allowed";
    else
        return plugin->reread(again, small, read, err);
    return LOOM_OK;
}

loom_status loom_check_read(const loom_lane_job *job, loom_format format, loom_bytes file,
                            loom_small *small, loom_reread *read, loom_error *err)
{
    loom_lane_job again = {.job = job->job,
                           .common = job->common,
                           .input = {.data = (unsigned char *)(uintptr_t)file.data,
                                     .size = file.size,
                                     .borrowed = file.size},
                           .header = {.format = format}};

    *read = (loom_reread){.shrink = 1};
    if (loom_format_sniff(file.data, file.size) != format)
        return loom_reread_damaged(err, "it is no file of its format");
    (void)loom_format_header(format, file, &again.header);
    if (loom_format_check(file, &again.header, &again.missing_end) != LOOM_INTEGRITY_WHOLE)
        return loom_reread_damaged(err, "it is cut short");
    return read_any(&again, small, read, err);
}
