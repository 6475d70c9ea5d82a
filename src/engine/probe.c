#include "engine/probe.h"

#include "base/bytes.h"
#include "engine/vips_side.h"
#include <inttypes.h>

static loom_format format_of(const loom_input *input, const char *path)
{
    loom_format format = loom_format_sniff(input->data, input->size);

    if (format == LOOM_FORMAT_UNKNOWN && loom_format_by_path(path) == LOOM_FORMAT_TGA)
        return LOOM_FORMAT_TGA;
    return format;
}

static loom_status check_readable(loom_format format, bool allow_untrusted, loom_error *err)
{
    const loom_vips_side *side = loom_vips_side_get();
    const loom_format_info *info = loom_format_get(format);

    if (format == LOOM_FORMAT_UNKNOWN)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "the content is not an image of a known format");
    if (side == NULL || !side->reads(format))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this build does not read %s", info->name);
    if (info->untrusted && !allow_untrusted)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "%s is read only with --allow-untrusted", info->name);
    return LOOM_OK;
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

/* A GIF's screen, before libvips allocates for it: GLib ends the process when that fails. */
static void read_gif_screen(const loom_input *input, loom_probe *probe)
{
    if (probe->format == LOOM_FORMAT_GIF && input->size >= 10) {
        probe->width = loom_le16(input->data + 6);
        probe->height = loom_le16(input->data + 8);
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
    *status = check_pixels(probe, settings->max_pixels, false, err);
    return true;
}

loom_status loom_probe_read(const loom_input *input, const char *path,
                            const loom_settings *settings, bool frames, loom_integrity *integrity,
                            loom_probe *probe, loom_error *err)
{
    *probe = (loom_probe){.format = format_of(input, path), .orientation = 1, .frames = 1};
    *integrity = loom_integrity_check(probe->format, input->data, input->size);

    loom_status status = check_readable(probe->format, settings->allow_untrusted, err);
    if (status != LOOM_OK)
        return status;
    read_gif_screen(input, probe);
    if ((status = check_pixels(probe, settings->max_pixels, frames, err)) != LOOM_OK)
        return status;
    if (!probe_jpeg(input, probe))
        status = loom_vips_side_get()->read_header(input, *integrity, probe, err);
    return status == LOOM_OK ? check_pixels(probe, settings->max_pixels, frames, err) : status;
}
