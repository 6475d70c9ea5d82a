/*
 * The batch: feeds the tasks of a plan to a pool of threads and hands each outcome to the
 * calling thread. See the essay at the top of src/batch/batch.c for how its threads meet.
 */
#ifndef IMGLOOM_BATCH_H
#define IMGLOOM_BATCH_H

#include <imgloom/engine.h>
#include <imgloom/outcome.h>
#include <imgloom/plan.h>
#include <imgloom/settings.h>
#include <imgloom/stop.h>

LOOM_BEGIN_DECLS

#define LOOM_JOBS_MAX           1024u
#define LOOM_QUEUE_MAX          1000000u
#define LOOM_DURABLE_MAX        100000u
#define LOOM_DEFAULT_TIMEOUT_NS INT64_C(60000000000) /* a minute */

/* How many of a batch's tasks may end in error before it is given up. Zero: all of them. Never
 * grows. */
typedef struct loom_error_limit {
    bool given;
    bool percent; /* of the tasks, instead of a number of them */
    uint64_t max; /* with one more it is given up; percent: 0..100 */
} loom_error_limit;

/* "12" or "5%". LOOM_ERR_USAGE, with a message that names the bad word; *limit is then unchanged.
 */
LOOM_API loom_status loom_error_limit_parse(const char *word, loom_error_limit *limit,
                                            loom_error *err) LOOM_NODISCARD;

/* How far a batch is. */
typedef struct loom_progress {
    uint64_t tasks, done; /* tasks of the batch, and those whose outcome was handed over */
    unsigned running;     /* images on a thread now */
    int64_t elapsed_ns;   /* since the batch began */
} loom_progress;

/* What a batch did. */
typedef struct loom_batch_result {
    unsigned jobs;    /* threads that ran: fewer than asked when threads or tasks were too few */
    bool few_threads; /* the system had no room for all the threads that were wanted */
    int64_t elapsed_ns;
    bool interrupted;     /* a stop was requested before the batch ended */
    bool too_many_errors; /* more than max_errors */
} loom_batch_result;

/*
 * What to run, how, and who is told. Made by loom_batch_create with everything at its default; then
 * set `plan`, `outcome` and what else is wanted, and run it. All that its pointers lead to is the
 * caller's and must live until loom_batch_run returns.
 */
typedef struct loom_batch {
    loom_engine *engine;           /* set by loom_batch_create */
    const loom_plan *plan;         /* whose tasks are run, with the recipe that it was made with */
    const loom_settings *settings; /* NULL: those that the plan was made with */
    const loom_stop *stop;         /* NULL: nothing stops it */

    unsigned jobs;      /* images at once, 1..LOOM_JOBS_MAX; 0: loom_cpu_count() */
    unsigned queue;     /* images waiting beyond those that run, to LOOM_QUEUE_MAX; 0: 4 x jobs */
    int64_t timeout_ns; /* an image's time on its thread; 0: none. LOOM_DEFAULT_TIMEOUT_NS */
    uint64_t memory;    /* bytes that the images at work may need together; 0: half the limit */
    loom_error_limit max_errors;
    /*
     * After so many outputs at most, or 5 s, those that were written are synced to disk, and only
     * then their outcomes are handed over. Where that fails they are errors (`io`, or as the system
     * says), and the outputs are removed. At most LOOM_DURABLE_MAX; 0: nothing is synced.
     */
    unsigned durable;

    /* What it tells, on the thread that called loom_batch_run, one call at a time. */
    void *user; /* handed to both */
    /*
     * Once per task: first those that are not run, then in the order of completion; those of one
     * job directly after one another, in the order of the tasks. The outcome is released after
     * the call. Must be set.
     */
    void (*outcome)(void *user, const loom_task *task, loom_outcome *outcome);
    /* About every 100 ms. May be NULL. */
    void (*tick)(void *user, const loom_progress *progress);
} loom_batch;

/* A batch on that engine, which must outlive it. NULL: no memory. */
LOOM_API loom_batch *loom_batch_create(loom_engine *engine);
LOOM_API void loom_batch_free(loom_batch *batch); /* NULL is allowed */

/*
 * Runs all tasks of the plan: those with `error` or `skip_reason` set are handed over at once, the
 * others go through the engine, the largest files first. The sizes of one input are one job, so
 * that it is read once. Returns when every task's outcome was handed over, exactly once each,
 * whatever happened. When more tasks than max_errors are in error, those that were never run among
 * them, it goes on as after a first stop request: what runs is finished, the rest ends as
 * `cancelled` (which is not counted).
 *
 * A failed image is no failure of the batch: LOOM_ERR_OUT_OF_MEMORY when it could not begin
 * (nothing was handed over), LOOM_ERR_USAGE for fields out of range or not set, else LOOM_OK. It
 * may be run again.
 */
LOOM_API loom_status loom_batch_run(loom_batch *batch, loom_error *err) LOOM_NODISCARD;

/* What the last run that answered LOOM_OK did; all zero where there was none. The batch's. */
LOOM_API const loom_batch_result *loom_batch_result_of(const loom_batch *batch);

/* CPUs this process may use: by affinity and by the cgroup's quota (rounded up). At least 1. */
LOOM_API unsigned loom_cpu_count(void);

/* Bytes of memory this process may use: the machine's, less what its cgroup allows. */
LOOM_API uint64_t loom_memory_limit(void);

LOOM_END_DECLS

#endif
