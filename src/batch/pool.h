/*
 * The pool: slots that circulate between one front end and a team of threads.
 *
 * The front end (the thread that calls loom_pool_run) owns a slot while it is free, hands it over
 * by loom_pool_submit, and owns it again when loom_pool_wait returns it. In between, a thread owns
 * it. The top of batch.c explains the whole design.
 */
#ifndef LOOM_BATCH_POOL_H
#define LOOM_BATCH_POOL_H

#include "batch/budget.h"
#include "batch/job.h"
#include "batch/queue.h"
#include <imgloom/batch.h>
#include <stdatomic.h>

/*
 * Runs tasks as `batch` says. Its fields are checked and set, except `plan`, which is not used.
 * `history` is that of the tasks; NULL: none. See the top of batch.c. False if memory ran out
 * before the start; *result is then not written.
 */
bool loom_front_run(const loom_batch *batch, const loom_recipe *recipe, const loom_history *history,
                    const loom_task *tasks, size_t count, loom_batch_result *result);

/* Part of each slot; the engine sees it as const. */
struct loom_cancel {
    atomic_int reason; /* a loom_status: LOOM_OK, then once TIMEOUT or CANCELLED */
    /* Constant while a thread owns the slot; same meaning as in the slot. */
    int64_t deadline_ns;
    const loom_stop *stop;
    /* Set if the front end runs the job itself, so that nobody else checks the clock. */
    void (*poll)(void *front);
    void *front;
};

/* Part of each slot, for the thread that owns it. */
struct loom_admission {
    loom_budget *budget;
    uint64_t taken;              /* bytes to give back */
    _Atomic int64_t *started_ns; /* the slot's */
};

typedef struct loom_slot {
    /*
     * For the owner of the slot, see above. The slot owns the arrays, which have capacity for
     * `per_job` of the setup. tasks[0..count) are one job, set by the front end. outcomes[0..count)
     * belong to them; submit initialises them, and give releases them.
     */
    const loom_task **tasks;
    loom_outcome *outcomes;
    loom_expected *expected; /* of each task, if `checks`; capacity as the others */
    bool checks;
    size_t count;
    /* The rest of the job, set by the front end; what the pointers lead to must last until the slot
     * is back. */
    const loom_source *source; /* NULL: the input is at the path of its tasks */
    const loom_recipe *recipe;
    const loom_settings *settings;
    int64_t deadline_ns;   /* loom_clock_now, waiting included; 0: none */
    const loom_stop *stop; /* once requested, the job is cancelled; NULL: none */
    int64_t queued_ns;     /* loom_clock_now at submit */
    /*
     * Out: the job was taken from the queue but not run, after a stop or drain, or because its
     * cancel mark was set or its deadline had passed: loom_cancel_check of `cancel` says which.
     */
    bool skip;

    /* Shared while a thread owns the slot. */
    loom_cancel cancel;
    _Atomic int64_t started_ns; /* start of its timeout; 0: not running, or waiting for memory */
    loom_admission admission;

    /* Used by the front end only. */
    void *user;
    int64_t grace_ns; /* time that does not count towards the deadline */
} loom_slot;

typedef struct loom_pool loom_pool;

typedef struct loom_pool_setup {
    const loom_engine *engine;
    const loom_stop *stop; /* may be NULL; once requested, queued slots come back with `skip` */
    unsigned jobs, queue;  /* images at once, and images waiting; both >= 1 */
    int64_t began_ns;      /* origin of start_ns in outcomes */
    /* The front end, called on the calling thread while the team runs. */
    void (*front)(void *user, loom_pool *pool);
    void (*poll)(void *user); /* called by a job that runs on the front end's thread */
    /*
     * Called by the thread of each slot, once loom_pool_wait would return it: for a front end that
     * also waits for other events. NULL: the front end waits in loom_pool_wait only, and is not
     * woken for each slot.
     */
    void (*wake)(void *user);
    void *user;
    size_t per_job;  /* tasks of the largest job, >= 1 */
    uint64_t memory; /* the byte budget, > 0 */
} loom_pool_setup;

/*
 * Replaces zeros by defaults: jobs by loom_cpu_count, queue by 4 x jobs, memory by half of
 * loom_memory_limit. LOOM_ERR_USAGE if jobs exceeds LOOM_JOBS_MAX or queue LOOM_QUEUE_MAX.
 */
loom_status loom_pool_resolve(unsigned *jobs, unsigned *queue, uint64_t *memory, loom_error *err);

/*
 * Opens the team, calls setup->front, and returns when front and all threads have returned. False
 * if memory runs out before that: front was not called. All slots must be free when front returns
 * (asserted).
 */
bool loom_pool_run(const loom_pool_setup *setup);

/* The following functions are for the front end only. */
unsigned loom_pool_threads(const loom_pool *pool); /* threads that run jobs, >= 1 */
bool loom_pool_is_short(const loom_pool *pool);    /* the system could not start more threads */
bool loom_pool_is_alone(const loom_pool *pool);    /* submit runs the job itself */
loom_slot *loom_pool_slot(loom_pool *pool, size_t index); /* all slots, for deadlines */
size_t loom_pool_slots(const loom_pool *pool);

/* A free slot, or NULL when all are busy. */
loom_slot *loom_pool_take(loom_pool *pool);
/* Gives back a slot that was taken or waited for, and releases its outcomes. */
void loom_pool_give(loom_pool *pool, loom_slot *slot);
/* From now on queued slots come back with `skip`, as after a stop; running jobs continue. */
void loom_pool_drain(loom_pool *pool);
/*
 * Hands a slot with its job to the threads. Never blocks. In a team of one it runs the job, and
 * returns true: the slot is done.
 */
bool loom_pool_submit(loom_pool *pool, loom_slot *slot);
/* Marks the job of a slot, once: `reason` is LOOM_ERR_TIMEOUT or LOOM_ERR_CANCELLED. Front end
 * only. */
void loom_slot_cancel(loom_slot *slot, loom_status reason);
/*
 * Takes back a slot that waits for a thread, as if loom_pool_wait had returned it with `skip`.
 * False: a thread has it, or it is done.
 */
bool loom_pool_withdraw(loom_pool *pool, loom_slot *slot);
/* The number of submitted slots that no thread has taken yet. Slots are taken in order, so these
 * are the last ones. */
size_t loom_pool_waiting(loom_pool *pool);
/* The number of slots that loom_pool_wait would return at once. */
size_t loom_pool_done(loom_pool *pool);
/* A slot that is done; NULL: none was by `deadline_ns`. */
loom_slot *loom_pool_wait(loom_pool *pool, int64_t deadline_ns);

#endif
