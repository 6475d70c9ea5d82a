#include "engine/preview.h"

#include "base/error.h"
#include "format/raw.h"
#include <inttypes.h>
#include <stdio.h>

enum { THUMBNAIL_SIDE = 320 }; /* px: cameras write 160x120, and previews from 570 px on */

bool loom_preview_is_wanted(const loom_job *job, loom_bytes start)
{
    return job->recipe->raw == LOOM_RAW_PREVIEW && loom_raw_kind_of(start) != NULL;
}

static loom_status check_found(const loom_lane_job *job, const loom_raw_kind *kind,
                               const loom_raw_preview *found, loom_error *err)
{
    if (found->cut && job->job->settings->fail_on >= LOOM_FAIL_ON_TRUNCATED)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short: an embedded preview is missing");
    if (found->jpeg.data == NULL)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this %s file holds no preview that can be read: none is an ordinary "
                              "JPEG",
                              kind->name);
    return LOOM_OK;
}

static void warn(const loom_lane_job *job, const loom_raw_preview *found)
{
    if (found->cut)
        loom_outcome_warn(job->common, "the file is cut short: a larger preview may be missing");
    if (found->width <= THUMBNAIL_SIDE && found->height <= THUMBNAIL_SIDE)
        loom_outcome_warn(job->common,
                          "the largest preview in the raw file is a thumbnail of %" PRIu32
                          "x%" PRIu32 " px",
                          found->width, found->height);
}

static loom_status replace(loom_lane_job *job, const loom_raw_preview *found, loom_error *err)
{
    static const char slack[LOOM_INPUT_SLACK];
    const loom_bytes file = {job->input.data, job->input.size};
    loom_strbuf out = LOOM_STRBUF_INIT;

    const bool added = loom_raw_add_preview(&out, file, found);
    const size_t size = out.size;
    loom_strbuf_add(&out, slack, sizeof slack);
    char *data = added ? loom_strbuf_take(&out) : NULL;
    loom_strbuf_release(&out);
    if (data == NULL)
        return loom_no_memory(err, LOOM_STAGE_PROBE, "for the preview in the raw file");
    loom_input_replace(&job->input, (unsigned char *)data, size);
    return LOOM_OK;
}

loom_status loom_preview_take(loom_lane_job *job, loom_error *err)
{
    const loom_bytes file = {job->input.data, job->input.size};
    const loom_raw_kind *kind = loom_raw_kind_of(file);
    loom_raw_preview found;

    if (kind == NULL)
        return LOOM_OK;
    job->header = (loom_header){.format = LOOM_FORMAT_RAW, .orientation = 1, .frames = 1};
    if (kind->closed)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this is a camera's raw file (%s), which is not developed, and whose "
                              "previews are not read",
                              kind->name);
    if (job->job->recipe->raw != LOOM_RAW_PREVIEW)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "this is a camera's raw file (%s), which is not developed; its "
                              "embedded preview can be used",
                              kind->name);
    loom_raw_find_preview(file, &found);
    loom_status status = check_found(job, kind, &found, err);
    if (status == LOOM_OK)
        status = replace(job, &found, err);
    if (status != LOOM_OK)
        return status;
    (void)snprintf(job->common->preview_of, sizeof job->common->preview_of, "%s", kind->word);
    warn(job, &found);
    return LOOM_OK;
}
