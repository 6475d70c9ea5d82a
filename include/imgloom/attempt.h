/*
 * An attempt: one process at one shard of a plan (imgloom/shards.h). It makes what no earlier
 * attempt has made, and tells of each item of the shard in a report of its own. It may be killed at
 * any time and started again, and others may be at the same shard: they make the same bytes, and
 * each output appears whole.
 *
 * Begin it, enter its plan, open its report, run a batch of its plan, give the report each outcome,
 * and finish the report. One thread at a time.
 */
#ifndef IMGLOOM_ATTEMPT_H
#define IMGLOOM_ATTEMPT_H

#include <imgloom/report.h>
#include <imgloom/shards.h>
#include <imgloom/state.h>

LOOM_BEGIN_DECLS

/* The skip_reason of what stands as an earlier attempt has made it. */
#define LOOM_SKIP_EARLIER "made by an earlier attempt"

typedef struct loom_shard_work_options {
    loom_retry retry;      /* of items that failed in earlier attempts */
    const char *job;       /* as in loom_run_attempt; NULL: none */
    bool dry_run;          /* settings of the plan: nothing is to be written */
    const loom_stop *stop; /* ends the look at what stands there; NULL: none */
} loom_shard_work_options;

/* All zero; NULL: out of memory. */
LOOM_API loom_shard_work_options *loom_shard_work_options_create(void);
LOOM_API void loom_shard_work_options_free(loom_shard_work_options *options); /* or NULL */

typedef struct loom_shard_work loom_shard_work;

/*
 * Begins an attempt at a shard (< the plan's number of them). The current folder must be that which
 * relative paths of the plan are below. Reads the shard's list and the reports of earlier attempts,
 * and looks at the files of what they have made: an item whose input and output stand with the
 * sizes and times of the row that counts is skipped, and its outcome repeats the facts of that row.
 * So is what was left out because its output would have been larger than its input, while that
 * stands. With LOOM_RETRY_NEVER an item whose input stands as it was when it failed, by an error of
 * its own, is that error again.
 *
 * `shards` must outlive *work; *options is copied, its strings too, but not its stop. *work is set
 * on LOOM_OK only. Errors: as loom_shard_list_read and loom_shards_find_attempts.
 */
LOOM_API loom_status loom_shard_work_create(loom_shard_work **work, loom_shards *shards,
                                            unsigned shard, const loom_shard_work_options *options,
                                            loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_shard_work_free(loom_shard_work *work); /* NULL is allowed */

/*
 * The items, as a plan for a batch: outputs are always replaced. It must not be swept
 * (loom_plan_sweep): on a file system without common locks that would take the temporary files of
 * living attempts. Temporary files that earlier attempts have left of an item are removed when it
 * is made. Owned by `work`.
 */
LOOM_API loom_plan *loom_shard_work_plan(loom_shard_work *work);

/* The time, the host, the process and a random number: "20261120T091500.123Z-HOST-PID-1234abcd".
 */
LOOM_API const char *loom_shard_work_name(const loom_shard_work *work);

/* How many items are skipped, because earlier attempts have made them. */
LOOM_API size_t loom_shard_work_made(const loom_shard_work *work);

/* Whether `path` is one of the inputs (links followed). Looks at each, if there is such a file. */
LOOM_API bool loom_shard_work_is_input(const loom_shard_work *work, const char *path);

/*
 * Opens the report of the attempt in the plan folder. Sets info->attempt while it is opened. Errors
 * as loom_report_open_new_lines.
 */
LOOM_API loom_status loom_shard_work_open_report(loom_shard_work *work, loom_run_info *info,
                                                 loom_report **report,
                                                 loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
