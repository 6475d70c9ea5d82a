#include "engine/probe.h"

#include "engine/lanes.h"
#include "engine/plugin.h"
#include "engine/worker_hooks.h"
#include "format/svg.h"
#include <inttypes.h>
#include <stdlib.h>

enum {
    GLANCE = 1 << 18, /* bytes that usually include a size */
    LARGE = 1 << 20   /* smaller files are read before any check */
};

static loom_status refuse_unknown(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "the content is not an image of a known format");
}

loom_status loom_probe_early(const loom_input_file *file, const char *path, uint64_t max_bytes,
                             loom_input *input, loom_error *err)
{
    if (file->size <= LARGE)
        return LOOM_OK;
    /* An error here is reported by the later full read. A long comment may precede a drawing. */
    if (loom_input_read_on(file, LOOM_PROBE_START, input, NULL) == LOOM_OK &&
        loom_format_detect((loom_bytes){input->data, input->size}, path) == LOOM_FORMAT_UNKNOWN)
        return refuse_unknown(err);
    if (max_bytes > 0 && file->size > max_bytes)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN,
                              "the file has %zu bytes; at most %" PRIu64 " are read", file->size,
                              max_bytes);
    return LOOM_OK;
}

static bool is_packed_drawing(loom_bytes start, const char *path)
{
    return start.size >= 2 && start.data[0] == 0x1F && start.data[1] == 0x8B && /* RFC 1952 2.3.1 */
           loom_container_of(loom_format_by_path(path))->drawing;
}

void loom_probe_glance(const loom_input_file *file, const char *path, loom_outcome *outcome)
{
    unsigned char *data = malloc(GLANCE);
    loom_header header;
    size_t got;

    if (data != NULL && outcome->original_format == LOOM_FORMAT_UNKNOWN &&
        loom_input_peek(file, data, GLANCE, &got)) {
        const loom_bytes start = {data, got};
        outcome->original_format = is_packed_drawing(start, path) ? loom_format_by_path(path)
                                                                  : loom_format_detect(start, path);
        (void)loom_format_header(outcome->original_format, start, &header);
        if (header.binding) { /* otherwise a decoder must find out its size */
            outcome->original_width = header.width;
            outcome->original_height = header.height;
        }
    }
    free(data);
}

/* ---- refusing ------------------------------------------------------------ */

static loom_status check_readable(loom_format format, bool allow_untrusted, loom_error *err)
{
    const loom_plugin *plugin = loom_plugin_get();
    const loom_format_info *info = loom_format_get(format);

    if (format == LOOM_FORMAT_UNKNOWN)
        return refuse_unknown(err);
    if (plugin == NULL || !plugin->reads(format))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this build does not read %s", info->name);
    if (info->untrusted && !allow_untrusted)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "%s is an untrusted format, and these are not allowed", info->name);
    return LOOM_OK;
}

static loom_status check_kind(loom_format format, loom_bytes file, loom_error *err)
{
    char reason[LOOM_UNSUPPORTED_REASON];

    if (!loom_format_unsupported(format, file, reason))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "this kind of %s is not supported: %s", loom_format_get(format)->name,
                          reason);
}

static loom_status check_sides(const loom_header *header, loom_error *err)
{
    const uint32_t known = loom_container_of(header->format)->side_max;
    const uint32_t limit = known > 0 ? known : LOOM_INPUT_SIDE_MAX;

    if (header->width <= limit && header->height <= limit)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has %" PRIu32 "x%" PRIu32 " px; at most %" PRIu32
                          " px a side are read",
                          header->width, header->height, limit);
}

static loom_status check_frames(const loom_header *header, loom_error *err)
{
    if (header->frames <= LOOM_FRAMES_MAX)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the animation has %" PRIu32 " frames; at most %u are read",
                          header->frames, LOOM_FRAMES_MAX);
}

/* A JPEG of many scans costs as much as that many pictures. */
static loom_status check_scans(const loom_header *header, loom_error *err)
{
    _Static_assert(LOOM_SCANS_MAX < LOOM_SCANS_COUNTED, "too many are told from the limit");

    if (!header->has_jpeg || header->scans <= LOOM_SCANS_MAX)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has more than %u scans, which is the limit", LOOM_SCANS_MAX);
}

static loom_status check_pixels(const loom_header *header, uint64_t max_pixels, bool frames,
                                loom_error *err)
{
    const uint64_t count = frames ? header->frames : 1;
    const uint64_t one = (uint64_t)header->width * header->height;
    uint64_t pixels;

    if (__builtin_mul_overflow(one, count, &pixels))
        pixels = UINT64_MAX;
    if (max_pixels == 0 || pixels <= max_pixels)
        return LOOM_OK;
    if (count > 1)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                              "the picture has %" PRIu64 " frames of %" PRIu32 "x%" PRIu32
                              " = %" PRIu64 " px; at most %" PRIu64 " are allowed",
                              count, header->width, header->height, pixels, max_pixels);
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has %" PRIu32 "x%" PRIu32 " = %" PRIu64
                          " px; at most %" PRIu64 " are allowed",
                          header->width, header->height, pixels, max_pixels);
}

static loom_status check_limits(const loom_header *header, uint64_t max_pixels, bool frames,
                                loom_error *err)
{
    loom_status status = check_sides(header, err);

    if (status == LOOM_OK)
        status = check_pixels(header, max_pixels, frames, err);
    return status == LOOM_OK && frames ? check_frames(header, err) : status;
}

/* ---- examining ----------------------------------------------------------- */

/* Makes edits in place: call it before any other use of the file. */
static void mend(loom_lane_job *job, loom_format format)
{
    const char *warning =
        loom_format_mend(format, job->input.data, job->input.size, &job->input.edits);

    if (warning != NULL)
        loom_outcome_warn(job->common, "%s", warning);
}

bool loom_probe_start(loom_lane_job *job, loom_status *status, loom_error *err)
{
    const loom_bytes file = {job->input.data, job->input.size};
    const loom_format format = loom_format_sniff(file.data, file.size);

    mend(job, format);
    (void)loom_format_header(format, file, &job->header);
    if (!job->header.has_jpeg)
        return false;
    *status = check_limits(&job->header, job->job->settings->max_pixels, false, err);
    return true;
}

bool loom_probe_trusted(loom_lane_job *job, loom_status *status, loom_error *err)
{
    if (!loom_probe_start(job, status, err))
        return false;
    job->integrity = loom_format_check((loom_bytes){job->input.data, job->input.size}, &job->header,
                                       &job->missing_end);
    if (*status == LOOM_OK)
        *status = check_scans(&job->header, err);
    return true;
}

bool loom_probe_linked(loom_lane_job *job, loom_status *status, loom_error *err)
{
    const loom_bytes file = {job->input.data, job->input.size};
    loom_header *header = &job->header;

    if (loom_probe_trusted(job, status, err)) /* which has read the header of any file */
        return true;
    *status = LOOM_OK;
    if (!header->binding || header->width == 0 || header->height == 0 ||
        check_kind(header->format, file, NULL) != LOOM_OK ||
        check_limits(header, job->job->settings->max_pixels, false, NULL) != LOOM_OK)
        return false;
    job->integrity = loom_format_check(file, header, &job->missing_end);
    return !header->no_pixels && loom_lanes_probe(job);
}

/* Fonts are files, and a worker may open none. */
static void warn_of_text(const loom_lane_job *job)
{
    if (job->header.format == LOOM_FORMAT_SVG && loom_worker_hooks_get() != NULL &&
        loom_svg_has_text((loom_bytes){job->input.data, job->input.size}))
        loom_outcome_warn(job->common,
                          "the drawing's text may be missing: a worker finds no fonts");
}

loom_status loom_probe_read(loom_lane_job *job, const char *path, bool frames, loom_error *err)
{
    const loom_settings *settings = job->job->settings;
    const loom_bytes file = {job->input.data, job->input.size};
    loom_header *header = &job->header;

    loom_header found;

    const loom_format format = loom_format_detect(file, path);
    *header = (loom_header){.format = format, .orientation = 1, .frames = 1};
    loom_status status = check_readable(format, settings->allow_untrusted, err);
    if (status == LOOM_OK)
        status = loom_format_choose_page(format, job->input.data, job->input.size,
                                         (unsigned)job->job->recipe->page, &job->input.edits, err);
    if (status != LOOM_OK)
        return status;
    mend(job, format);
    (void)loom_format_header(format, file, &found);
    job->integrity = loom_format_check(file, &found, &job->missing_end);
    /* Missing data that is not needed does not count. */
    if (!frames && found.rest_broken)
        job->integrity = LOOM_INTEGRITY_NO_END;
    if (!found.binding) /* a decoder must find out its size */
        found.width = found.height = 0;
    if ((status = check_kind(format, file, err)) != LOOM_OK)
        return status;
    /* Check the limits before a decoder allocates: GLib ends the process if that fails. */
    *header = found;
    if ((status = check_limits(header, settings->max_pixels, frames, err)) != LOOM_OK)
        return status;
    if (!header->has_jpeg) {
        loom_plugin_get()->settle(job);
        status = loom_plugin_get()->read_header(&job->input, job->integrity, header, err);
        if (status == LOOM_OK)
            status = check_limits(header, settings->max_pixels, frames, err);
    }
    if (status == LOOM_OK)
        warn_of_text(job);
    return status == LOOM_OK ? check_scans(header, err) : status;
}
