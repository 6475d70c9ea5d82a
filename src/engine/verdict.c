#include "engine/verdict.h"

#include "engine/worker_hooks.h"

static const char cut_short[] = "the file is cut short: picture data is missing";
static const char damage[] = "the picture data is damaged";

/* "TEXT" or "TEXT: DETAIL". */
static loom_status fail(loom_error *err, loom_status code, const char *text, const char *detail)
{
    const bool more = detail != NULL && detail[0] != '\0';

    return loom_error_set(err, code, LOOM_STAGE_DECODE, "%s%s%s", text, more ? ": " : "",
                          more ? detail : "");
}

loom_status loom_verdict_on_damage(const loom_lane_job *job, bool missing, bool damaged,
                                   const char *detail, loom_error *err)
{
    const loom_fail_on fail_on = job->job->settings->fail_on;
    const bool no_end = job->integrity != LOOM_INTEGRITY_WHOLE;
    /* Of a PNG it is known what is missing; others do not tell it from damage. */
    const bool cut = damaged && no_end && job->header.format != LOOM_FORMAT_PNG;

    if (missing || cut) {
        if (fail_on >= LOOM_FAIL_ON_TRUNCATED)
            return fail(err, LOOM_ERR_TRUNCATED, cut_short, NULL);
        loom_outcome_warn(job->common, "%s", cut_short);
    } else if (damaged || job->damage != NULL) {
        if (fail_on >= LOOM_FAIL_ON_ERROR)
            return fail(err, LOOM_ERR_CORRUPT, damage, detail);
        loom_outcome_warn(job->common, "%s", damage);
    } else if (no_end) {
        loom_outcome_warn(job->common, "the file lacks its end marker");
    }
    if (fail_on >= LOOM_FAIL_ON_WARNING && job->common->warning_count > 0)
        return fail(err, no_end ? LOOM_ERR_TRUNCATED : LOOM_ERR_CORRUPT, "the decoder complains",
                    job->common->warnings[0]);
    return LOOM_OK;
}

loom_status loom_verdict_on_failure(const loom_lane_job *job, const char *detail, loom_error *err)
{
    const loom_outcome *outcome = job->common;
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_DECODE, err);

    if (stopped != LOOM_OK)
        return stopped;
    if ((detail == NULL || detail[0] == '\0') && outcome->warning_count > 0)
        detail = outcome->warnings[0];
    const loom_status shortage = loom_error_text_code(detail != NULL ? detail : "", LOOM_OK);
    if (shortage != LOOM_OK)
        return fail(err, shortage, "the image could not be decoded", detail);
    if (job->integrity != LOOM_INTEGRITY_WHOLE)
        return fail(err, LOOM_ERR_TRUNCATED, cut_short, detail);
    return fail(err, LOOM_ERR_CORRUPT, damage, detail);
}
