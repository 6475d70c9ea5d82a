/*
 * The state: a file with a record of each output that earlier runs have written, so that a run
 * makes only what is not made already: after a change of the inputs or the recipe, and after a run
 * that was killed. It is a database of SQLite; while it is open, nothing else in the process may
 * open it.
 *
 * Open it before the plan, whose options get its history; prepare it before the batch, whose
 * settings must have `hash`; give it each outcome of the batch; then finish it. Main thread only.
 */
#ifndef IMGLOOM_STATE_H
#define IMGLOOM_STATE_H

#include <imgloom/report.h>

LOOM_BEGIN_DECLS

/* How an input is known to be unchanged. Where it is not, its content decides. */
typedef enum loom_unchanged_by {
    LOOM_UNCHANGED_BY_STAT = 0, /* size, mtime, ctime and inode */
    LOOM_UNCHANGED_BY_MTIME,    /* size and mtime: where inodes or ctimes do not last */
    LOOM_UNCHANGED_BY_HASH      /* always by content, that of the output too */
} loom_unchanged_by;

/* Whether inputs that failed are tried again. */
typedef enum loom_retry {
    LOOM_RETRY_FAILED = 0,
    LOOM_RETRY_NEVER /* an unchanged input keeps its error, if that was the input's own */
} loom_retry;

/* Parse stat, mtime, hash; and failed, never. On LOOM_ERR_USAGE the message lists the allowed
 * words, and the value is unchanged. */
LOOM_API loom_status loom_unchanged_by_parse(const char *word, loom_unchanged_by *unchanged_by,
                                             loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_retry_parse(const char *word, loom_retry *retry,
                                      loom_error *err) LOOM_NODISCARD;

typedef struct loom_state_options {
    const loom_recipe *recipe;     /* that of the plan. Must be set */
    const loom_settings *settings; /* those of the plan; NULL: the defaults. With dry_run no record
                                      changes, and a missing file is not made */
    /* As in loom_run_info: outputs of other versions are made anew. */
    const char *vips_version, *jpeg_version;
    bool keep_versions; /* they are not */
    loom_unchanged_by unchanged_by;
    loom_retry retry;
    bool no_facts; /* the outcomes of what is left out need not tell what was recorded of it, which
                      takes time: no report is wanted */
    bool prune;    /* loom_state_find_gone removes outputs whose input is gone */
    loom_error_limit max_prune; /* of the state's outputs of the run; not given: 50 % */
} loom_state_options;

LOOM_API loom_state_options *loom_state_options_create(void); /* all zero; NULL: out of memory */
LOOM_API void loom_state_options_free(loom_state_options *options); /* NULL is allowed */

typedef struct loom_state loom_state;

/*
 * Opens the state at `path`, for this run alone; a missing one is made by loom_state_prepare.
 * *options and what it points to may be freed after the call. *state is set on LOOM_OK only.
 * Errors:
 *
 * - LOOM_ERR_USAGE: what is there is no state, or one of a newer imgloom. Nothing of it was
 * changed.
 * - LOOM_ERR_BUSY: another run uses it, maybe on another host.
 * - LOOM_ERR_CORRUPT: it is damaged. It is never repaired and never removed.
 * - LOOM_ERR_OUT_OF_MEMORY, and errors of the system.
 */
LOOM_API loom_status loom_state_open(loom_state **state, const char *path,
                                     const loom_state_options *options,
                                     loom_error *err) LOOM_NODISCARD;

/*
 * Makes the state, with its folder, if it is missing. Call it once, before the batch. Errors as
 * loom_state_open. Does nothing in a dry run.
 */
LOOM_API loom_status loom_state_prepare(loom_state *state, loom_error *err) LOOM_NODISCARD;

/* For the plan. Valid until the state is freed. */
LOOM_API const loom_history *loom_state_history(loom_state *state);

/* LOOM_OK, or the first error of a record that could not be read or written. Ask before a batch:
 * what could not be read may be made already. */
LOOM_API loom_status loom_state_check(const loom_state *state, loom_error *err) LOOM_NODISCARD;

/*
 * Records an outcome of the batch. Written within a second, mostly much sooner, or with a thousand
 * others. After an
 * error nothing more is recorded, and later calls return it; what was written counts.
 */
LOOM_API loom_status loom_state_add(loom_state *state, const loom_task *task,
                                    const loom_outcome *outcome, loom_error *err) LOOM_NODISCARD;

/* Call it about every 100 ms. Errors as loom_state_add; loom_state_check has them, too. */
LOOM_API loom_status loom_state_tick(loom_state *state, loom_error *err);

/* ---- outputs whose input is gone ----------------------------------------- */

typedef struct loom_gone {
    uint64_t outputs; /* records of this run's folders; 0 if the plan has each record's output */
    uint64_t removed, pruned; /* of them */
    /* Nothing was pruned, because too much would have gone, or because an input folder has no files
     * left: its path. Else false and NULL. */
    bool too_many;
    const char *empty_input;
} loom_gone;

/*
 * Finds the outputs of earlier runs whose input lies below an input folder of the plan and is gone,
 * or is made into other outputs by this plan; with `prune` removes them, and folders that become
 * empty below the output folder. For a batch that was not interrupted, after it. `found` is called
 * for each; it may be NULL. *gone is the state's, valid until it is freed; its strings are the
 * scan's; set on LOOM_OK only. An output that was changed since is never removed.
 */
LOOM_API loom_status loom_state_find_gone(loom_state *state, const loom_plan *plan,
                                          void (*found)(void *user, const loom_removed *removed),
                                          void *user, const loom_gone **gone,
                                          loom_error *err) LOOM_NODISCARD;

/* ---- the end ------------------------------------------------------------- */

/* Writes what is pending and brings the file in order. Only loom_state_free may follow. */
LOOM_API loom_status loom_state_finish(loom_state *state, loom_error *err) LOOM_NODISCARD;

/* Closes and frees it. What was recorded since the last write, without loom_state_finish, is lost.
 * NULL is allowed. */
LOOM_API void loom_state_free(loom_state *state);

LOOM_END_DECLS

#endif
