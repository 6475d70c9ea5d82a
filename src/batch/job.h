/*
 * The interface between a batch and an engine: the job that an engine gets, the calls that it makes
 * to the pool meanwhile, and the engine itself as a table of functions, so that tests can supply
 * another one.
 */
#ifndef LOOM_BATCH_JOB_H
#define LOOM_BATCH_JOB_H

#include "files/history.h"
#include "files/input.h"
#include "picture/layer.h"
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
 * LOOM_OK, or why the task must end: LOOM_ERR_TIMEOUT or LOOM_ERR_CANCELLED. Cheap; an engine calls
 * it at least every few milliseconds. Callable from any thread that works for the task. NULL:
 * LOOM_OK.
 */
loom_status loom_cancel_check(const loom_cancel *cancel) LOOM_NODISCARD;

/* An image's share of the byte budget. Opaque: it lives in the pool's slot. */
typedef struct loom_admission loom_admission;

struct loom_job;

/*
 * Who has the layers that the recipe asks for: the process that may read their files. `get` makes
 * the layer of the job's output at `output` for a finished picture of that size: RGB + alpha of 8
 * bits, at the size that it has there, which the caller releases. The size
 * is the caller's to judge. Stage `transform`. Any thread.
 */
typedef struct loom_layers {
    void *context;
    loom_status (*get)(void *context, const struct loom_job *job, size_t output,
                       loom_layer_kind kind, uint32_t width, uint32_t height, loom_picture *layer,
                       loom_error *err);
} loom_layers;

/*
 * The work on one input: its tasks, which differ in output and size only. All pointers are valid
 * until `run` returns.
 */
typedef struct loom_job {
    /* tasks[0..count), count >= 1. Without an output_path, the outcome gets the output. */
    const loom_task *const *tasks;
    size_t count;
    /* What need not be made, if the files are as expected[0..count) says; NULL: make all. */
    const loom_expected *expected;
    const loom_source *source; /* NULL: the input is at the path of its tasks */
    const loom_recipe *recipe;
    const loom_settings *settings;
    const loom_cancel *cancel; /* may be NULL */
    loom_admission *admission; /* may be NULL: no limit */
    const loom_layers *layers; /* may be NULL: a recipe with layers fails then */
    int thread;                /* 0 … jobs-1: the same number is always the same thread */
} loom_job;

/*
 * An engine calls this for each job, once the header gives an estimate of the memory in bytes; a
 * repeated call replaces the first. Waits until the byte budget has the memory. The job's timeout
 * starts when the call returns. The memory is given back when `run` returns. LOOM_OK, or why the
 * job must end.
 */
loom_status loom_admit(const loom_job *job, uint64_t bytes) LOOM_NODISCARD;

/* Gives the job's memory back, for example before a wait; its timeout starts again. */
void loom_admit_release(const loom_job *job);

/* For settings and outcomes that the library makes for itself. */
void loom_settings_init(loom_settings *settings); /* the defaults */
void loom_outcome_init(loom_outcome *outcome); /* all zero or empty, thread -1; allocates nothing */
/* Changes the outcome of an output that is missing, or may be: its result is an error. */
void loom_outcome_unwrite(loom_outcome *outcome);
/* Frees what the outcome owns, and resets it as loom_outcome_init does. */
void loom_outcome_release(loom_outcome *outcome);

struct loom_engine {
    void *context; /* passed to each function */

    /*
     * Processes one job on a pool thread; many jobs run at once. There are job->count `outcomes`,
     * one per task of the same index, already initialised. Sets the result, error and picture
     * fields of each; the pool sets thread and times. Never NULL.
     */
    void (*run)(void *context, const loom_job *job, loom_outcome *outcomes);

    /* Each thread calls it once before it ends. May be NULL. */
    void (*thread_exit)(void *context, int thread);

    struct loom_desk *desk; /* for loom_process_file and loom_process_buffer */
};

/*
 * As loom_batch_run, for tasks that no plan made, with a recipe. Adjacent tasks with the same
 * input_path (the same pointer) and rising `size` are one job, max LOOM_SIZES_MAX.
 */
loom_status loom_batch_run_tasks(loom_batch *batch, const loom_recipe *recipe,
                                 const loom_task *tasks, size_t count,
                                 loom_error *err) LOOM_NODISCARD;

#endif
