#include "batch/pool.h"

#include "base/clock.h"
#include "base/memory.h"
#include "batch/system.h"
#include <assert.h>
#include <omp.h>
#include <stdlib.h>

struct loom_pool {
    const loom_pool_setup *setup;
    loom_queue jobs, done; /* of loom_slot *, each with capacity for every slot */
    loom_budget budget;

    /* Used by the front end only: slots[0..slot_count), of which free_slots[0..free_count) are
     * free. */
    loom_slot *slots;
    loom_slot **free_slots;
    size_t slot_count, free_count;

    /* The arrays of the slots are parts of these: setup->per_job elements for every slot. */
    const loom_task **tasks;
    loom_outcome *outcomes;
    loom_expected *expected;

    /*
     * Thread 0 writes it before the first slot is submitted; afterwards it is constant. Other
     * threads do not read it. 0: the team has one thread, and submit runs the task itself.
     */
    unsigned threads;
    bool few_threads; /* constant while the team runs */

    atomic_bool draining; /* set by the front end, read by the threads */
};

/* LOOM_OK, or why the job must end. */
static loom_status mark_of(const loom_cancel *cancel)
{
    const int reason = atomic_load_explicit(&cancel->reason, memory_order_relaxed);
    if (reason != LOOM_OK)
        return (loom_status)reason;
    if (cancel->stop != NULL && loom_stop_requests(cancel->stop) > 0)
        return LOOM_ERR_CANCELLED;
    if (cancel->deadline_ns != 0 && loom_clock_now() >= cancel->deadline_ns)
        return LOOM_ERR_TIMEOUT;
    return LOOM_OK;
}

loom_status loom_cancel_check(const loom_cancel *cancel)
{
    if (cancel == NULL)
        return LOOM_OK;
    if (cancel->poll != NULL)
        cancel->poll(cancel->front);
    return mark_of(cancel);
}

void loom_slot_cancel(loom_slot *slot, loom_status reason)
{
    int none = LOOM_OK;

    (void)atomic_compare_exchange_strong(&slot->cancel.reason, &none, (int)reason);
}

void loom_admit_release(const loom_job *job)
{
    loom_admission *admission = job->admission;

    if (admission == NULL)
        return;
    if (admission->taken > 0)
        loom_budget_give(admission->budget, admission->taken);
    admission->taken = 0;
    atomic_store(admission->started_ns, loom_clock_now());
}

loom_status loom_admit(const loom_job *job, uint64_t bytes)
{
    loom_admission *admission = job->admission;

    if (admission == NULL)
        return LOOM_OK;
    loom_admit_release(job); /* a repeated request: another lane or process has it */
    atomic_store(admission->started_ns, 0);
    const loom_status status = loom_budget_take(admission->budget, bytes, job->cancel);
    if (status == LOOM_OK)
        admission->taken = bytes;
    atomic_store(admission->started_ns, loom_clock_now());
    return status;
}

/* Runs the job of a slot that the calling thread owns. */
static void run_slot(const loom_pool *pool, loom_slot *slot, int thread)
{
    const loom_pool_setup *setup = pool->setup;
    int64_t start = loom_clock_now();

    slot->skip = atomic_load(&pool->draining) ||
                 (setup->stop != NULL && loom_stop_requests(setup->stop) > 0) ||
                 mark_of(&slot->cancel) != LOOM_OK;
    if (slot->skip)
        return;
    atomic_store(&slot->started_ns, start);
    const loom_job job = {.tasks = slot->tasks,
                          .count = slot->count,
                          .expected = slot->checks ? slot->expected : NULL,
                          .source = slot->source,
                          .recipe = slot->recipe,
                          .settings = slot->settings,
                          .cancel = &slot->cancel,
                          .admission = &slot->admission,
                          .thread = thread};
    setup->engine->run(setup->engine->context, &job, slot->outcomes);
    int64_t elapsed = loom_clock_now() - start;
    for (size_t i = 0; i < slot->count; i++) {
        slot->outcomes[i].thread = thread;
        slot->outcomes[i].start_ns = start - setup->began_ns;
        slot->outcomes[i].queue_ns = start - slot->queued_ns;
        slot->outcomes[i].elapsed_ns = elapsed;
    }
    atomic_store(&slot->started_ns, 0);
    if (slot->admission.taken > 0)
        loom_budget_give(slot->admission.budget, slot->admission.taken);
    slot->admission.taken = 0;
}

static void thread_exit(const loom_pool_setup *setup, int thread)
{
    if (setup->engine->thread_exit != NULL)
        setup->engine->thread_exit(setup->engine->context, thread);
}

/*
 * Hands a slot back. Waking the front end for each of many small jobs costs as much as all system
 * calls of such a job. While other jobs wait, their slots come back later, so the front end may
 * sleep until half the queue is done. The check for waiting jobs comes after the push, so that the
 * very last slot finds none and wakes the front end.
 */
static void hand_back(loom_pool *pool, loom_slot *slot)
{
    const loom_pool_setup *setup = pool->setup;
    const size_t half = (setup->queue + 1) / 2;

    loom_queue_push_quietly(&pool->done, slot, half);
    if (setup->wake != NULL)
        setup->wake(setup->user);
    if (loom_queue_count(&pool->jobs) == 0)
        loom_queue_wake(&pool->done);
}

static void work(loom_pool *pool, int thread)
{
    for (loom_slot *slot; (slot = loom_queue_pop(&pool->jobs)) != NULL;) {
        run_slot(pool, slot, thread);
        hand_back(pool, slot);
    }
    thread_exit(pool->setup, thread);
}

static void lead(loom_pool *pool, unsigned threads)
{
    pool->threads = threads;
    pool->setup->front(pool->setup->user, pool);
    assert(pool->free_count == pool->slot_count);
    loom_queue_close(&pool->jobs);
    if (threads == 0)
        thread_exit(pool->setup, 0);
}

static bool init_slots(loom_pool *pool, size_t count)
{
    const size_t per_job = pool->setup->per_job;
    size_t tasks;

    if (!loom_size_mul(count, per_job, &tasks))
        return false;
    pool->slots = calloc(count, sizeof *pool->slots);
    pool->free_slots = loom_alloc_array(count, sizeof(loom_slot *));
    pool->tasks = loom_alloc_array(tasks, sizeof(const loom_task *));
    pool->outcomes = loom_alloc_array(tasks, sizeof *pool->outcomes);
    pool->expected = loom_alloc_array(tasks, sizeof *pool->expected);
    if (pool->slots == NULL || pool->free_slots == NULL || pool->tasks == NULL ||
        pool->outcomes == NULL || pool->expected == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        loom_slot *slot = &pool->slots[i];
        slot->tasks = pool->tasks + i * per_job;
        slot->outcomes = pool->outcomes + i * per_job;
        slot->expected = pool->expected + i * per_job;
        atomic_init(&slot->cancel.reason, LOOM_OK);
        atomic_init(&slot->started_ns, 0);
        slot->admission = (loom_admission){&pool->budget, 0, &slot->started_ns};
        pool->free_slots[i] = slot;
    }
    pool->slot_count = pool->free_count = count;
    return true;
}

loom_status loom_pool_resolve(unsigned *jobs, unsigned *queue, uint64_t *memory, loom_error *err)
{
    if (*jobs == 0)
        *jobs = loom_cpu_count();
    if (*jobs > LOOM_JOBS_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "jobs must be from 1 to %u",
                              LOOM_JOBS_MAX);
    if (*queue == 0)
        *queue = 4 * *jobs;
    if (*queue > LOOM_QUEUE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "queue must be from 1 to %u",
                              LOOM_QUEUE_MAX);
    if (*memory == 0)
        *memory = loom_memory_limit() / 2;
    return LOOM_OK;
}

bool loom_pool_run(const loom_pool_setup *setup)
{
    const size_t slots = (size_t)setup->jobs + setup->queue;
    loom_pool shared = {.setup = setup}, *pool = &shared;
    bool ok = false;

    atomic_init(&shared.draining, false);
    if (!init_slots(pool, slots))
        goto done_slots;
    if (!loom_queue_init(&pool->jobs, slots))
        goto done_slots;
    if (!loom_queue_init(&pool->done, slots))
        goto done_jobs;
    if (!loom_budget_init(&pool->budget, setup->memory))
        goto done_done;

    const unsigned threads = loom_threads_that_fit(setup->jobs);
    shared.few_threads = threads < setup->jobs;
    /* OMP_THREAD_LIMIT or an enclosing team may give us even fewer threads: ask inside. */
#pragma omp parallel num_threads((int)threads + 1) default(none) shared(pool)
    {
        if (omp_get_thread_num() == 0)
            lead(pool, (unsigned)omp_get_num_threads() - 1);
        else
            work(pool, omp_get_thread_num() - 1);
    }
    ok = true;

    loom_budget_release(&pool->budget);
done_done:
    loom_queue_release(&pool->done);
done_jobs:
    loom_queue_release(&pool->jobs);
done_slots:
    free(pool->expected);
    free(pool->outcomes);
    free(pool->tasks);
    free(pool->free_slots);
    free(pool->slots);
    return ok;
}

unsigned loom_pool_threads(const loom_pool *pool)
{
    return pool->threads > 0 ? pool->threads : 1;
}

bool loom_pool_is_short(const loom_pool *pool)
{
    return pool->few_threads;
}

bool loom_pool_is_alone(const loom_pool *pool)
{
    return pool->threads == 0;
}

loom_slot *loom_pool_slot(loom_pool *pool, size_t index)
{
    return &pool->slots[index];
}

size_t loom_pool_slots(const loom_pool *pool)
{
    return pool->slot_count;
}

loom_slot *loom_pool_take(loom_pool *pool)
{
    return pool->free_count > 0 ? pool->free_slots[--pool->free_count] : NULL;
}

void loom_pool_give(loom_pool *pool, loom_slot *slot)
{
    for (size_t i = 0; i < slot->count; i++)
        loom_outcome_release(&slot->outcomes[i]);
    slot->count = 0;
    assert(pool->free_count < pool->slot_count);
    pool->free_slots[pool->free_count++] = slot;
}

void loom_pool_drain(loom_pool *pool)
{
    atomic_store(&pool->draining, true);
}

bool loom_pool_submit(loom_pool *pool, loom_slot *slot)
{
    bool alone = pool->threads == 0;

    for (size_t i = 0; i < slot->count; i++)
        loom_outcome_init(&slot->outcomes[i]);
    slot->queued_ns = loom_clock_now();
    slot->grace_ns = 0;
    slot->skip = false;
    slot->cancel.poll = alone ? pool->setup->poll : NULL;
    slot->cancel.front = pool->setup->user;
    slot->cancel.deadline_ns = slot->deadline_ns;
    slot->cancel.stop = slot->stop;
    atomic_store(&slot->cancel.reason, LOOM_OK);
    if (alone) {
        run_slot(pool, slot, 0);
        hand_back(pool, slot);
    } else {
        loom_queue_push(&pool->jobs, slot);
    }
    return alone;
}

bool loom_pool_withdraw(loom_pool *pool, loom_slot *slot)
{
    if (!loom_queue_remove(&pool->jobs, slot))
        return false;
    slot->skip = true;
    return true;
}

size_t loom_pool_waiting(loom_pool *pool)
{
    return loom_queue_count(&pool->jobs);
}

size_t loom_pool_done(loom_pool *pool)
{
    return loom_queue_count(&pool->done);
}

loom_slot *loom_pool_wait(loom_pool *pool, int64_t deadline_ns)
{
    return loom_queue_pop_until(&pool->done, deadline_ns);
}
