/*
 * The batch: feeds the tasks of a plan to the pool of workers and hands each outcome to the
 * calling thread. See the essay at the top of src/batch/batch.c for how its threads meet.
 */
#ifndef IMGLOOM_BATCH_H
#define IMGLOOM_BATCH_H

#include <imgloom/engine.h>
#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <imgloom/stop.h>
#include <imgloom/task.h>
#include <stddef.h>

LOOM_BEGIN_DECLS

/* How many of a batch's tasks may end in error before it is given up. Zero: all of them. */
typedef struct loom_error_limit {
    bool given;
    bool percent; /* of the tasks, instead of a number of them */
    uint64_t max; /* with one more it is given up; percent: 0..100 */
} loom_error_limit;

/* How to run. Zero means the default everywhere. */
typedef struct loom_batch_options {
    unsigned jobs;      /* images at once, 1..LOOM_JOBS_MAX; 0: loom_cpu_count() */
    unsigned queue;     /* images waiting beyond those that run; 0: 4 x jobs */
    int64_t timeout_ns; /* an image's time on its worker; 0: none */
    uint64_t memory;    /* bytes that the images at work may need together; 0: half the limit */
    loom_error_limit max_errors;
    /*
     * After so many outputs at most, or 5 s, those that were written are synced to disk, and only
     * then their outcomes are handed over. Where that fails they are errors (`io`, or as the system
     * says), and the outputs are removed. At most LOOM_DURABLE_MAX; 0: nothing is synced.
     */
    unsigned durable;
} loom_batch_options;

/* "12" or "5%". LOOM_ERR_USAGE, with a message that names the bad word; *limit is then unchanged.
 */
LOOM_API loom_status loom_error_limit_parse(const char *word, loom_error_limit *limit,
                                            loom_error *err) LOOM_NODISCARD;

#define LOOM_JOBS_MAX    1024u
#define LOOM_QUEUE_MAX   1000000u
#define LOOM_DURABLE_MAX 100000u

/* How far a batch is. */
typedef struct loom_progress {
    uint64_t tasks, done; /* tasks of the batch, and those whose outcome was handed over */
    unsigned running;     /* images on a worker now */
    int64_t elapsed_ns;   /* since the batch began */
} loom_progress;

/*
 * What a batch tells its caller. All run on the thread that called loom_batch_run, one at a time.
 */
typedef struct loom_batch_listener {
    void *user;
    /*
     * Once per task: first those that are not run, then in the order of completion; those of one
     * job directly after one another, in the order of the tasks. The outcome is released after
     * the call.
     */
    void (*outcome)(void *user, const loom_task *task, loom_outcome *outcome);
    /* About every 100 ms. May be NULL. */
    void (*tick)(void *user, const loom_progress *progress);
} loom_batch_listener;

/* What the batch did with its options. */
typedef struct loom_batch_result {
    unsigned jobs;    /* workers that ran: fewer than asked when threads or tasks were too few */
    bool few_threads; /* the system had no room for all the threads that were wanted */
    int64_t elapsed_ns;
    bool interrupted;     /* a stop was requested before the batch ended */
    bool too_many_errors; /* more than max_errors */
} loom_batch_result;

/*
 * Runs all tasks: those with `error` or `skip_reason` set are handed over at once, the others go
 * through `engine`, the largest files first. Neighbours with the same input_path (the very pointer)
 * and rising `size` are one job, so that the input is read once; at most LOOM_SIZES_MAX are.
 * Returns when every task's outcome was handed over, exactly once each, whatever happened. When
 * more tasks than max_errors are in error, those that were never run among them, it goes on as
 * after a first stop request: what runs is finished, the rest ends as `cancelled` (which is not
 * counted). `stop` and `result` may be NULL. A failed image is no failure of the batch:
 * LOOM_ERR_OUT_OF_MEMORY when it could not begin (nothing was handed over), LOOM_ERR_USAGE for
 * options out of range, else LOOM_OK.
 */
LOOM_API loom_status loom_batch_run(const loom_batch_options *options, const loom_engine *engine,
                                    const loom_recipe *recipe, const loom_settings *settings,
                                    const loom_task *tasks, size_t count,
                                    const loom_batch_listener *listener, loom_stop *stop,
                                    loom_batch_result *result, loom_error *err) LOOM_NODISCARD;

/* CPUs this process may use: by affinity and by the cgroup's quota (rounded up). At least 1. */
LOOM_API unsigned loom_cpu_count(void);

/* Bytes of memory this process may use: the machine's, less what its cgroup allows. */
LOOM_API uint64_t loom_memory_limit(void);

LOOM_END_DECLS

#endif
