#include "engine/codec/jpeg_guard.h"

#include "engine/verdict.h"
#include <jerror.h>
#include <string.h>

/* With so many a file is given up, whatever --fail-on says: libvips does so, too. */
enum { WARNINGS_MAX = 100 };

static void record(loom_jpeg_guard *guard, j_common_ptr cinfo)
{
    char text[JMSG_LENGTH_MAX];

    guard->errors.format_message(cinfo, text);
    (void)snprintf(guard->message, sizeof guard->message, "libjpeg: %s", text);
}

_Noreturn static void on_error(j_common_ptr cinfo)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    record(guard, cinfo);
    guard->code =
        guard->errors.msg_code == JERR_OUT_OF_MEMORY ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_CORRUPT;
    longjmp(guard->failed, 1);
}

static void on_message(j_common_ptr cinfo, int level)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    if (level >= 0)
        return; /* a trace */
    if (guard->finishing) {
        /* That the end is missing is known. */
        guard->surplus = guard->surplus || guard->errors.msg_code == JWRN_EXTRANEOUS_DATA;
        return;
    }
    if (guard->errors.num_warnings == 0)
        record(guard, cinfo);
    if (++guard->errors.num_warnings == WARNINGS_MAX)
        on_error(cinfo);
}

static void on_output(j_common_ptr cinfo)
{
    (void)cinfo; /* the library prints nothing */
}

static void on_progress(j_common_ptr cinfo)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    if (loom_cancel_check(guard->job->job->cancel) == LOOM_OK)
        return;
    guard->stopped = true;
    longjmp(guard->failed, 1);
}

void loom_jpeg_guard_init(loom_jpeg_guard *guard, const loom_lane_job *job)
{
    memset(guard, 0, sizeof *guard);
    (void)jpeg_std_error(&guard->errors);
    guard->errors.error_exit = on_error;
    guard->errors.emit_message = on_message;
    guard->errors.output_message = on_output;
    guard->progress.progress_monitor = on_progress;
    guard->job = job;
}

bool loom_jpeg_guarded(loom_jpeg_guard *guard, void (*work)(void *data), void *data)
{
    if (setjmp(guard->failed) != 0)
        return false;
    work(data);
    return true;
}

static void finish(void *cinfo)
{
    (void)jpeg_finish_decompress(cinfo);
}

bool loom_jpeg_finish(loom_jpeg_guard *guard, struct jpeg_decompress_struct *cinfo)
{
    guard->finishing = true;
    if (loom_jpeg_guarded(guard, finish, cinfo))
        return true;
    guard->surplus = true;
    return !guard->stopped && guard->code != LOOM_ERR_OUT_OF_MEMORY;
}

loom_status loom_jpeg_verdict(const loom_jpeg_guard *guard, bool decoded, loom_error *err)
{
    const loom_lane_job *job = guard->job;

    if (!decoded)
        return loom_verdict_on_failure(job, guard->message, err);
    if (guard->surplus && loom_jpeg_guard_warnings(guard) == 0)
        loom_outcome_warn(job->common, LOOM_VERDICT_SURPLUS);
    return loom_verdict_on_damage(job, job->integrity == LOOM_INTEGRITY_CUT,
                                  loom_jpeg_guard_warnings(guard) > 0, guard->message, err);
}
