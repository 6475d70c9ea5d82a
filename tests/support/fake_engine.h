/*
 * An engine that touches no image: it counts, writes down what it sees, and does to each job what
 * a test tells it. With it the batch is tested without any codec.
 */
#ifndef TESTS_SUPPORT_FAKE_ENGINE_H
#define TESTS_SUPPORT_FAKE_ENGINE_H

#include "batch/job.h"
#include <imgloom/batch.h>
#include <stdatomic.h>

enum { FAKE_THREADS = 64, FAKE_SLOTS = 256 };

typedef struct fake_batch fake_batch;

/* What a test does with a job on its thread; NULL: nothing, its tasks succeed. */
typedef void (*fake_act)(fake_batch *batch, const loom_job *job, loom_outcome *outcomes);
/* What a test does on the caller's thread with each outcome, or at each tick. NULL: nothing. */
typedef void (*fake_outcome)(fake_batch *batch, const loom_task *task, loom_outcome *outcome);
typedef void (*fake_tick)(fake_batch *batch, const loom_progress *progress);

struct fake_batch {
    /* Set by the test before the run. */
    loom_batch *setup; /* owned; without a timeout */
    fake_act act;
    fake_outcome outcome;
    fake_tick tick;
    loom_stop *stop;
    loom_task *tasks; /* owned; input_size and the like may be changed before the run */
    size_t count;

    /* Written by the threads. */
    atomic_uint *runs;      /* for each task: how often the engine had it */
    atomic_uint begun;      /* jobs */
    atomic_uint violations; /* of what an engine may rely on, see fake_engine.c */
    atomic_uint exits[FAKE_THREADS];
    atomic_uint owners[FAKE_THREADS];
    _Atomic(const void *) slots[FAKE_SLOTS]; /* each slot is known by its loom_cancel */
    atomic_uint slot_count;
    unsigned *order; /* order[i]: the first task of the job that was begun as number i */
    unsigned *jobs;  /* for each task that was run: the number of its job */

    /* Written on the caller's thread. */
    unsigned *outcomes; /* for each task: how often its outcome was handed over */
    loom_result *results;
    loom_status *codes;
    atomic_uint handed; /* all of `outcomes` together; threads may look at it */
    atomic_uint ticks;
    loom_batch_result result;
};

/* `count` tasks, each of an input of its own, all equally large, to be run by `jobs` threads with
 * `queue` waiting. */
void fake_init(fake_batch *batch, size_t count, unsigned jobs, unsigned queue);
/* Makes every `sizes` tasks one after the other the sizes of one input. */
void fake_set_sizes(fake_batch *batch, unsigned sizes);
void fake_release(fake_batch *batch);

/*
 * Runs the batch, and asserts what must hold for every batch: each outcome is handed over once,
 * with its times and its thread; each task is run once or not at all; each thread is one thread
 * and leaves once; slots never exceed jobs + queue; result.jobs is as this process' limit of
 * threads allows.
 */
void fake_run(fake_batch *batch);

/*
 * OMP_THREAD_LIMIT, or UINT_MAX. Read from the environment: to ask OpenMP would start it in the
 * process that Check forks its tests from.
 */
unsigned fake_thread_limit(void);

/* Threads that `jobs` come to under that limit. */
unsigned fake_threads(unsigned jobs);

#endif
