/*
 * The batch: feeds the tasks of a plan to a pool of threads and hands each outcome to the
 * calling thread. The top of src/batch/batch.c explains how the threads cooperate.
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

/* How many tasks of a batch may end in error before the batch gives up. All zero: no limit. This
 * struct never grows. */
typedef struct loom_error_limit {
    bool given;
    bool percent; /* `max` is a percentage of the tasks, not a number */
    uint64_t max; /* the batch gives up when more tasks than this fail; percent: 0..100 */
} loom_error_limit;

/* Parses "12" or "5%". On LOOM_ERR_USAGE the message names the bad word, and *limit is unchanged.
 */
LOOM_API loom_status loom_error_limit_parse(const char *word, loom_error_limit *limit,
                                            loom_error *err) LOOM_NODISCARD;

/* The progress of a batch. */
typedef struct loom_progress {
    uint64_t tasks, done; /* tasks of the batch; tasks whose outcome was handed over */
    unsigned running;     /* images on a thread now */
    int64_t elapsed_ns;   /* since the batch began */
} loom_progress;

/* What a batch did. */
typedef struct loom_batch_result {
    unsigned jobs;    /* threads that ran; fewer than requested if threads or tasks were scarce */
    bool few_threads; /* the system could not start all the threads that were wanted */
    int64_t elapsed_ns;
    bool interrupted;     /* a stop was requested before the batch ended */
    bool too_many_errors; /* more tasks than max_errors failed */
} loom_batch_result;

/*
 * What to run, how, and whom to tell. loom_batch_create returns it with every field at its default.
 * Set `plan`, `outcome` and any other field, then run it. The caller owns everything that the
 * pointers lead to, and keeps it until loom_batch_run returns.
 */
typedef struct loom_batch {
    loom_engine *engine;           /* set by loom_batch_create */
    const loom_plan *plan;         /* the tasks to run; the plan brings its recipe */
    const loom_settings *settings; /* NULL: the plan's settings */
    const loom_stop *stop;         /* NULL: nothing stops the batch */

    unsigned jobs;      /* images at once, 1..LOOM_JOBS_MAX; 0: loom_cpu_count() */
    unsigned queue;     /* images that wait for a thread, max LOOM_QUEUE_MAX; 0: 4 x jobs */
    int64_t timeout_ns; /* limit for one image on its thread; 0: none. LOOM_DEFAULT_TIMEOUT_NS */
    uint64_t memory;    /* limit for all running images together, bytes; 0: half the memory limit */
    loom_error_limit max_errors;
    /*
     * The batch syncs outputs to disk after this many, or after 5 s, and hands over their outcomes
     * only then. If the sync fails, the outcomes are errors (`io`, or as the system says), and the
     * outputs are removed. Max LOOM_DURABLE_MAX; 0: no sync.
     */
    unsigned durable;

    /* The callbacks run on the thread that called loom_batch_run, one call at a time. */
    void *user; /* passed to both */
    /*
     * Called once per task: first for tasks that are not run, then in the order of completion. The
     * outcomes of one job come directly after one another, in the order of the tasks. The outcome
     * is released after the call. Must be set.
     */
    void (*outcome)(void *user, const loom_task *task, loom_outcome *outcome);
    /* Called about every 100 ms. May be NULL. */
    void (*tick)(void *user, const loom_progress *progress);
} loom_batch;

/* Creates a batch on an engine, which must outlive it. NULL: out of memory. */
LOOM_API loom_batch *loom_batch_create(loom_engine *engine);
LOOM_API void loom_batch_free(loom_batch *batch); /* NULL is allowed */

/*
 * Runs all tasks of the plan. Tasks with `error` or `skip_reason` set are handed over at once; the
 * others go through the engine, largest files first. All sizes of one input are one job, so each
 * input is read once. The call returns when it has handed over every task's outcome, exactly once,
 * whatever happened. When more tasks than max_errors fail (tasks that were never run count too), it
 * continues as after a first stop request: running images finish, the other tasks end as
 * `cancelled`, which is not counted.
 *
 * A failed image does not fail the batch. LOOM_ERR_OUT_OF_MEMORY: the batch could not begin, and no
 * outcome was handed over. LOOM_ERR_USAGE: a field is out of range or not set. LOOM_OK otherwise.
 * The batch may be run again.
 */
LOOM_API loom_status loom_batch_run(loom_batch *batch, loom_error *err) LOOM_NODISCARD;

/* The result of the last run that returned LOOM_OK; all zero if there was none. Owned by the batch.
 */
LOOM_API const loom_batch_result *loom_batch_result_of(const loom_batch *batch);

/* The CPUs this process may use, by its affinity and its cgroup's quota (rounded up). At least 1.
 */
LOOM_API unsigned loom_cpu_count(void);

/* The bytes of memory this process may use: the machine's memory or the cgroup's limit, whichever
 * is smaller. */
LOOM_API uint64_t loom_memory_limit(void);

LOOM_END_DECLS

#endif
