#include "engine/probe.h"

#include "engine/plugin.h"
#include "format/gif.h"
#include "format/kind.h"
#include "format/limits.h"
#include <inttypes.h>

loom_format loom_probe_format(const unsigned char *data, size_t size, const char *path)
{
    loom_format format = loom_format_sniff(data, size);

    if (format == LOOM_FORMAT_UNKNOWN && loom_format_by_path(path) == LOOM_FORMAT_TGA)
        return LOOM_FORMAT_TGA;
    return format;
}

loom_status loom_probe_unknown(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "the content is not an image of a known format");
}

static loom_status check_readable(loom_format format, bool allow_untrusted, loom_error *err)
{
    const loom_plugin *plugin = loom_plugin_get();
    const loom_format_info *info = loom_format_get(format);

    if (format == LOOM_FORMAT_UNKNOWN)
        return loom_probe_unknown(err);
    if (plugin == NULL || !plugin->reads(format))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this build does not read %s", info->name);
    if (info->untrusted && !allow_untrusted)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "%s is read only with --allow-untrusted", info->name);
    return LOOM_OK;
}

static loom_status check_kind(loom_format format, const loom_input *input, loom_error *err)
{
    char words[LOOM_KIND_WORDS];

    if (!loom_kind_is_unread(format, input->data, input->size, words))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "no decoder here reads this kind of %s: %s",
                          loom_format_get(format)->name, words);
}

/* The longest side that is decoded: JPEG's is libjpeg's. */
static loom_status check_sides(const loom_probe *probe, loom_error *err)
{
    const uint32_t most = probe->format == LOOM_FORMAT_JPEG
                              ? loom_format_get(LOOM_FORMAT_JPEG)->max_side
                              : LOOM_MAX_INPUT_SIDE;

    if (probe->width <= most && probe->height <= most)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has %" PRIu32 "x%" PRIu32 " px; at most %" PRIu32
                          " px a side are read",
                          probe->width, probe->height, most);
}

static loom_status check_frames(const loom_probe *probe, loom_error *err)
{
    if (probe->frames <= LOOM_MAX_FRAMES)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the animation has %" PRIu32 " frames; at most %u are read",
                          probe->frames, LOOM_MAX_FRAMES);
}

/* A JPEG of many scans costs as if it were as many pictures. */
static loom_status check_scans(const loom_probe *probe, const loom_input *input, loom_error *err)
{
    if (!probe->has_jpeg || (!probe->whole && probe->jpeg.scan_count == probe->jpeg.count) ||
        loom_limits_scans(input->data, input->size, LOOM_MAX_SCANS) <= LOOM_MAX_SCANS)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture comes in more than %u scans, which is what is read",
                          LOOM_MAX_SCANS);
}

static loom_status check_pixels(const loom_probe *probe, uint64_t max_pixels, bool frames,
                                loom_error *err)
{
    const uint64_t count = frames ? probe->frames : 1;
    const uint64_t one = (uint64_t)probe->width * probe->height;
    uint64_t pixels;

    if (__builtin_mul_overflow(one, count, &pixels))
        pixels = UINT64_MAX;
    if (max_pixels == 0 || pixels <= max_pixels)
        return LOOM_OK;
    if (count > 1)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                              "the picture has %" PRIu64 " frames of %" PRIu32 "x%" PRIu32
                              " = %" PRIu64 " px; at most %" PRIu64 " are allowed (--max-pixels)",
                              count, probe->width, probe->height, pixels, max_pixels);
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has %" PRIu32 "x%" PRIu32 " = %" PRIu64
                          " px; at most %" PRIu64 " are allowed (--max-pixels)",
                          probe->width, probe->height, pixels, max_pixels);
}

static loom_status check_limits(const loom_probe *probe, uint64_t max_pixels, bool frames,
                                loom_error *err)
{
    loom_status status = check_sides(probe, err);

    if (status == LOOM_OK)
        status = check_pixels(probe, max_pixels, frames, err);
    return status == LOOM_OK && frames ? check_frames(probe, err) : status;
}

/*
 * What can be told before a decoder allocates for it: GLib ends the process when that fails, and
 * libvips passes over frames of a GIF beyond the 4097th.
 */
static void read_claims(const loom_input *input, bool frames, loom_probe *probe)
{
    (void)loom_limits_size(probe->format, input->data, input->size, &probe->width, &probe->height);
    if (frames && probe->format == LOOM_FORMAT_GIF) {
        const uint64_t count = loom_gif_walk(input->data, input->size).frames;
        probe->frames = count > 0 ? (uint32_t)(count < UINT32_MAX ? count : UINT32_MAX) : 1;
    }
}

/* A JPEG's header as most are; the others are for libvips to explain. */
static bool probe_jpeg(const loom_input *input, loom_probe *probe)
{
    if (probe->format != LOOM_FORMAT_JPEG ||
        !loom_jpeg_header_read(input->data, input->size, &probe->jpeg) ||
        !loom_jpeg_is_ordinary(&probe->jpeg))
        return false;
    probe->has_jpeg = true;
    probe->width = probe->jpeg.width;
    probe->height = probe->jpeg.height;
    probe->orientation = probe->jpeg.orientation;
    probe->whole = probe->jpeg.frame % 4 == 2; /* SOF2, 6, 10, 14: progressive */
    return true;
}

bool loom_probe_trusted(const loom_input *input, const loom_settings *settings,
                        loom_integrity *integrity, loom_probe *probe, loom_status *status,
                        loom_error *err)
{
    *probe = (loom_probe){
        .format = loom_format_sniff(input->data, input->size), .orientation = 1, .frames = 1};
    if (!probe_jpeg(input, probe))
        return false;
    *integrity = loom_integrity_check(probe->format, input->data, input->size);
    *status = check_limits(probe, settings->max_pixels, false, err);
    if (*status == LOOM_OK)
        *status = check_scans(probe, input, err);
    return true;
}

loom_status loom_probe_read(const loom_input *input, const char *path,
                            const loom_settings *settings, bool frames, loom_integrity *integrity,
                            loom_probe *probe, loom_error *err)
{
    *probe = (loom_probe){
        .format = loom_probe_format(input->data, input->size, path), .orientation = 1, .frames = 1};
    *integrity = loom_integrity_check(probe->format, input->data, input->size);

    loom_status status = check_readable(probe->format, settings->allow_untrusted, err);
    if (status == LOOM_OK)
        status = check_kind(probe->format, input, err);
    if (status != LOOM_OK)
        return status;
    read_claims(input, frames, probe);
    if ((status = check_limits(probe, settings->max_pixels, frames, err)) != LOOM_OK)
        return status;
    if (!probe_jpeg(input, probe))
        status = loom_plugin_get()->read_header(input, *integrity, probe, err);
    if (status == LOOM_OK)
        status = check_limits(probe, settings->max_pixels, frames, err);
    return status == LOOM_OK ? check_scans(probe, input, err) : status;
}
