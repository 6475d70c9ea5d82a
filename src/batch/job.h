/*
 * How a batch and an engine meet: the job that an engine gets, what it asks of the pool while it
 * has it, and the engine itself as a table of functions, so that another one (a test's) fits in.
 */
#ifndef LOOM_BATCH_JOB_H
#define LOOM_BATCH_JOB_H

#include "files/input.h"
#include <imgloom/batch.h>
#include <imgloom/engine.h>
#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <imgloom/task.h>
#include <stddef.h>

/* Whether a running task should stop. Opaque: it lives in the pool's slot. */
typedef struct loom_cancel loom_cancel;

/*
 * LOOM_OK, or why the task must end: LOOM_ERR_TIMEOUT or LOOM_ERR_CANCELLED. Cheap; an engine
 * calls it at least every few milliseconds. Any thread that works for the task. NULL: LOOM_OK.
 */
loom_status loom_cancel_check(const loom_cancel *cancel) LOOM_NODISCARD;

/* An image's part in the byte budget. Opaque: it lives in the pool's slot. */
typedef struct loom_admission loom_admission;

/*
 * The work on one input as the engine gets it: its tasks, which differ in output and size alone.
 * All pointers are valid until `run` returns.
 */
typedef struct loom_job {
    /* tasks[0..count), count >= 1. One without output_path is handed over in its outcome. */
    const loom_task *const *tasks;
    size_t count;
    const loom_source *source; /* NULL: the input is at the path of its tasks */
    const loom_recipe *recipe;
    const loom_settings *settings;
    const loom_cancel *cancel; /* may be NULL */
    loom_admission *admission; /* may be NULL: admitted */
    int worker;                /* 0 … jobs-1: the same number is always the same thread */
} loom_job;

/*
 * Called by an engine for each job (again: anew), when it knows from the header about how many
 * bytes of memory the job will need: waits until the byte budget has them. The job's timeout starts
 * when it returns. They are given back when `run` returns. LOOM_OK, or why the job must end
 * meanwhile.
 */
loom_status loom_admit(const loom_job *job, uint64_t bytes) LOOM_NODISCARD;

/* Gives back what the job was admitted with, as when it is to wait; its timeout starts anew. */
void loom_admit_release(const loom_job *job);

/* For settings and outcomes that are not made for a program. */
void loom_settings_init(loom_settings *settings); /* the defaults */
void loom_outcome_init(loom_outcome *outcome); /* all zero or empty, worker -1; allocates nothing */
/* Frees what the outcome owns and makes it as after loom_outcome_init. */
void loom_outcome_release(loom_outcome *outcome);

struct loom_engine {
    void *context; /* handed to each function */

    /*
     * Processes one job on a thread of the pool; many run at once. `outcomes` are job->count, each
     * for the task of the same index, and come initialised. Sets result, error and what is known of
     * the picture in each; worker and times are the pool's. Never NULL.
     */
    void (*run)(void *context, const loom_job *job, loom_outcome *outcomes);

    /* Called once by each thread before it ends. May be NULL. */
    void (*thread_exit)(void *context, int worker);

    struct loom_desk *desk; /* of loom_process_file and its like */
};

/*
 * As loom_batch_run, but of tasks that no plan made, with a recipe. Neighbours with the same
 * input_path (the very pointer) and rising `size` are one job, at most LOOM_SIZES_MAX.
 */
loom_status loom_batch_run_tasks(loom_batch *batch, const loom_recipe *recipe,
                                 const loom_task *tasks, size_t count,
                                 loom_error *err) LOOM_NODISCARD;

#endif
