/*
 * How the threads of a batch meet
 * ===============================
 *
 * One OpenMP team does everything: thread 0 is the caller's and runs the front end (this file),
 * the others are threads (pool.c). What passes between them is a fixed number C of slots, C =
 * jobs + queue. A slot holds one job, which is the tasks of one input that are to be run, and
 * their outcomes; at every moment exactly one party owns it:
 *
 *        take            submit             pop              push            wait
 *   free ────▶ front end ──────▶ jobs queue ────▶ a thread ───────▶ done queue ────▶ front end
 *     ▲                                                                                 │
 *     └──────────────────────────────────── give ───────────────────────────────────────┘
 *
 *   Invariant: free + queued + running + done + (0 or 1 in the front end's hand) == C.
 *
 * Both queues have room for C slots, so a push can neither block nor fail. Threads wait for items
 * only: threads for the jobs queue, the front end for the done queue. A cycle of waiting would
 * need a thread that waits for the front end while holding a slot, or the reverse; neither
 * exists, so there is no deadlock to look for. The queues' mutexes also carry the slot's plain
 * fields from one owner to the next.
 *
 * Back-pressure is the number of slots: the front end hands jobs out only while it has a free
 * one, so memory is bounded by C jobs however many tasks there are, and it never runs ahead of the
 * threads by more than the queue. A slot has room for the largest job there is, no more: outcomes
 * are large, and most runs have one size.
 *
 * A job is one unit throughout: it has one start, one deadline and one cancel mark, one thread does
 * all of it, and its outcomes come back together. That is what lets the engine make all sizes of an
 * input from one decode.
 *
 * Outcomes come in the order of completion and carry their sequence number. Handing them over in
 * the order of the inputs would let one slow picture hold up all behind it. Jobs go out largest
 * file first, so that no giant is left for the end when the other threads are idle.
 *
 * Three things are looked at from outside while a thread owns a slot, all of them atomics:
 *   - cancel.reason, set by the front end, polled by the engine;
 *   - started_ns, set by the thread, read by the front end for deadlines and progress;
 *   - the stop's counter, raised by a signal handler, read by all.
 * Marking a slot whose job has just ended does no harm: the mark is wiped at the next submit,
 * and only the front end submits. When more outcomes are in error than are allowed, the front end
 * lets the pool drain, as a stop does: queued slots come back unrun.
 *
 * While jobs wait in the jobs queue, the front end is woken only when half of the queue's length is
 * done: it has nothing urgent to do, and a wake-up costs more than the other system calls of a
 * small picture. No slot is forgotten: a thread that finds no job waiting wakes it, and where one
 * was waiting, who runs it comes to the same point later.
 *
 * A service (service.c) is another front end: its slots come one at a time, each with a recipe, a
 * deadline and a stop of its own, which the job itself looks at; and each wakes it, by whatever it
 * waits for beside them.
 *
 * When nothing else is to do, the front end has the system asked for the files of the jobs that
 * wait: by a thread that is no part of the team and knows of files alone, for to open one may take
 * for ever (readahead.h).
 *
 * The front end wakes at least every TICK_NS. That tick reports progress, cancels running jobs
 * after a second stop request, and marks those past their deadline. When a tick comes much too
 * late the whole process was stopped (SIGSTOP, a suspended machine), and the running jobs get
 * that time back. An engine that ignores its mark holds up its thread, never the others.
 *
 * When the team has one thread alone (OMP_THREAD_LIMIT=1, a nested region, a system without room
 * for a second thread: system.c), submit runs the job
 * on the spot, and the engine's polling calls the tick: same outcomes, no parallelism.
 */
#include "batch/pool.h"

#include "base/clock.h"
#include "batch/durable.h"
#include "batch/order.h"
#include "batch/readahead.h"
#include <stdlib.h>

#define TICK_NS  (100 * LOOM_NS_PER_MS)
#define PAUSE_NS LOOM_NS_PER_SECOND /* a later tick means that the process was stopped */

typedef struct front {
    const loom_batch *batch;
    const loom_recipe *recipe;
    const loom_history *history; /* NULL: none */
    int64_t began_ns, last_tick_ns;

    const loom_task *all;           /* progress.tasks of them */
    const loom_batch_input *inputs; /* inputs with tasks to run, in the order to run them */
    size_t count, next;             /* inputs[0..next) were submitted */
    size_t busy;                    /* slots submitted and not waited for yet */

    loom_progress progress;
    uint64_t errors, errors_max; /* failed outcomes handed over, and the limit */
    loom_durable durable;        /* every 0: rows are not held back */
    loom_readahead readahead;
    loom_pool *pool; /* NULL before the team runs */
    unsigned threads;
    bool few_threads;
} front;

static int stop_requests(const front *f)
{
    return f->batch->stop != NULL ? loom_stop_requests(f->batch->stop) : 0;
}

static bool too_many_errors(const front *f)
{
    return f->errors > f->errors_max;
}

/* Whether no further job may begin. */
static bool ends_early(const front *f)
{
    return stop_requests(f) > 0 || too_many_errors(f);
}

/* ---- the tick ------------------------------------------------------------ */

/* Marks the slots that must end, and counts the running ones. */
static unsigned watch_slots(front *f, int64_t now, int64_t pause)
{
    const int64_t timeout = f->batch->timeout_ns;
    unsigned running = 0;

    for (size_t i = 0; i < loom_pool_slots(f->pool); i++) {
        loom_slot *slot = loom_pool_slot(f->pool, i);
        int64_t started = atomic_load(&slot->started_ns);
        if (stop_requests(f) > 1) /* also a job that waits for memory */
            loom_slot_cancel(slot, LOOM_ERR_CANCELLED);
        if (started == 0)
            continue;
        running++;
        /* Started after the pause: `now - pause` is about when the pause began. */
        if (started <= now - pause)
            slot->grace_ns += pause;
        if (timeout > 0 && now - started - slot->grace_ns > timeout)
            loom_slot_cancel(slot, LOOM_ERR_TIMEOUT);
    }
    return running;
}

static void tick(void *user)
{
    front *f = user;
    int64_t now = loom_clock_now(), since = now - f->last_tick_ns;

    if (since < TICK_NS)
        return;
    f->last_tick_ns = now;
    f->progress.running = watch_slots(f, now, since > PAUSE_NS ? since - TICK_NS : 0);
    f->progress.elapsed_ns = now - f->began_ns;
    if (f->batch->tick != NULL)
        f->batch->tick(f->batch->user, &f->progress);
}

/* ---- outcomes ------------------------------------------------------------ */

static void hand_over(front *f, const loom_task *task, loom_outcome *outcome)
{
    f->progress.done++;
    if (f->history != NULL && (outcome->content_unchanged ||
                               (task->skip_reason != NULL && task->because == LOOM_BECAUSE_NONE)))
        f->history->recall(f->history->user, task, outcome);
    if (outcome->result == LOOM_RESULT_ERROR && outcome->error.code != LOOM_ERR_CANCELLED) {
        f->errors++;
        if (too_many_errors(f))
            loom_pool_drain(f->pool);
    }
    f->batch->outcome(f->batch->user, task, outcome);
}

/* Hands over a task that no thread gets: failed or skipped by the plan, or cancelled before its
 * turn. */
static void hand_over_unrun(front *f, const loom_task *task)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.original_size = task->input_size;
    if (task->error != NULL) {
        outcome.result = LOOM_RESULT_ERROR;
        outcome.error = *task->error;
    } else if (task->skip_reason != NULL) {
        outcome.result = LOOM_RESULT_SKIPPED;
        outcome.skip_reason = task->skip_reason;
    } else {
        outcome.result = LOOM_RESULT_ERROR;
        (void)loom_error_set(&outcome.error, LOOM_ERR_CANCELLED, LOOM_STAGE_WORKER,
                             stop_requests(f) == 0
                                 ? "too many images failed before this one started"
                                 : "the run was interrupted before this image started");
    }
    hand_over(f, task, &outcome);
    loom_outcome_release(&outcome);
}

/* ---- the front end ------------------------------------------------------- */

static void add_task(const front *f, loom_slot *slot, const loom_task *task)
{
    loom_expected *expected = &slot->expected[slot->count];

    *expected = (loom_expected){.known = false};
    if (task->check) {
        f->history->expect(f->history->user, task, expected);
        slot->checks = slot->checks || expected->known;
    }
    slot->tasks[slot->count++] = task;
}

/* Makes a job from an input: its tasks that are to run. */
static void fill_slot(const front *f, loom_slot *slot, const loom_batch_input *from)
{
    slot->recipe = f->recipe;
    slot->settings = f->batch->settings;
    slot->checks = false;
    slot->count = 0;
    for (size_t i = 0; i < from->count; i++)
        if (loom_task_runs(&from->tasks[i]))
            add_task(f, slot, &from->tasks[i]);
}

static void feed(front *f)
{
    while (f->next < f->count && !ends_early(f)) {
        loom_slot *slot = loom_pool_take(f->pool);
        if (slot == NULL)
            return;
        fill_slot(f, slot, &f->inputs[f->next++]);
        f->busy++;
        if (loom_pool_submit(f->pool, slot))
            return; /* done already, in a team of one: collect it before the next */
    }
}

/* Hands over the outcomes of a slot that is done. */
static void hand_over_slot(front *f, loom_slot *slot)
{
    if (!slot->skip && f->durable.every > 0 &&
        loom_durable_wants(slot->tasks, slot->outcomes, slot->count)) {
        loom_durable_add(&f->durable, slot->tasks, slot->outcomes, slot->count, loom_clock_now());
        return;
    }
    for (size_t i = 0; i < slot->count; i++) {
        if (slot->skip)
            hand_over_unrun(f, slot->tasks[i]);
        else
            hand_over(f, slot->tasks[i], &slot->outcomes[i]);
    }
}

/*
 * Syncs the rows that are held back, and hands them over. A sync may take seconds; running jobs get
 * that time back at the next tick, as after any pause.
 */
static void sync_durable(front *f)
{
    loom_durable_sync(&f->durable);
    for (size_t i = 0; i < f->durable.count; i++) {
        hand_over(f, f->durable.rows[i].task, &f->durable.rows[i].outcome);
        loom_outcome_release(&f->durable.rows[i].outcome);
    }
    f->durable.count = 0;
}

/* Called in idle moments only. False: nothing to read ahead. */
static bool look_readahead(front *f)
{
    return loom_pool_done(f->pool) == 0 &&
           loom_readahead_look(&f->readahead, f->inputs, f->next - loom_pool_waiting(f->pool),
                               f->next);
}

static void collect(front *f)
{
    loom_slot *slot = loom_pool_wait(f->pool, f->last_tick_ns + TICK_NS);

    if (slot != NULL) {
        f->busy--;
        hand_over_slot(f, slot);
        loom_pool_give(f->pool, slot);
    }
    if (loom_durable_due(&f->durable, loom_clock_now()))
        sync_durable(f);
    tick(f);
}

/* Hands over the inputs whose turn never came. */
static void hand_over_rest(front *f)
{
    for (; f->next < f->count; f->next++)
        for (size_t i = 0; i < f->inputs[f->next].count; i++)
            if (loom_task_runs(&f->inputs[f->next].tasks[i]))
                hand_over_unrun(f, &f->inputs[f->next].tasks[i]);
}

static void run_front(void *user, loom_pool *pool)
{
    front *f = user;

    f->pool = pool;
    f->threads = loom_pool_threads(pool);
    f->few_threads = loom_pool_is_short(pool);
    f->last_tick_ns = loom_clock_now();
    for (size_t i = 0; i < f->progress.tasks; i++)
        if (!loom_task_runs(&f->all[i]))
            hand_over_unrun(f, &f->all[i]);
    for (;;) {
        feed(f);
        if (f->busy == 0)
            break; /* nothing is in progress, and feed had nothing to add or must not */
        if (look_readahead(f))
            tick(f);
        else
            collect(f);
    }
    loom_readahead_release(&f->readahead);
    sync_durable(f);
    hand_over_rest(f);
    f->pool = NULL;
}

/* ---- setting up ---------------------------------------------------------- */

/* The number of tasks, out of `count`, that may fail. */
static uint64_t errors_allowed(const loom_error_limit *limit, size_t count)
{
    if (!limit->given)
        return UINT64_MAX;
    return limit->percent ? count / 100 * limit->max + count % 100 * limit->max / 100 : limit->max;
}

static unsigned at_most(unsigned wanted, size_t limit)
{
    return wanted <= limit ? wanted : limit > 0 ? (unsigned)limit : 1;
}

bool loom_front_run(const loom_batch *batch, const loom_recipe *recipe, const loom_history *history,
                    const loom_task *tasks, size_t count, loom_batch_result *result)
{
    const loom_settings *settings = batch->settings;
    size_t ordered, per_job;
    bool ran = false;

    loom_batch_input *inputs = loom_batch_order(tasks, count, &ordered, &per_job);
    if (inputs == NULL)
        return false;
    front f = {.batch = batch, .recipe = recipe, .began_ns = loom_clock_now()};
    f.history = history;
    f.all = tasks;
    f.inputs = inputs;
    f.count = ordered;
    f.progress.tasks = count;
    f.errors_max = errors_allowed(&batch->max_errors, count);
    if (batch->durable > 0 && !settings->discard && !settings->dry_run &&
        !loom_durable_init(&f.durable, at_most(batch->durable, count), per_job))
        goto done;
    const loom_pool_setup setup = {
        .engine = batch->engine,
        .stop = batch->stop,
        /* Starts no idle threads, and allocates only slots that can be used. */
        .jobs = at_most(batch->jobs, ordered),
        .queue = at_most(batch->queue, ordered),
        .began_ns = f.began_ns,
        .front = run_front,
        .poll = tick,
        .user = &f,
        .per_job = per_job,
        .memory = batch->memory,
    };
    ran = loom_pool_run(&setup);
    loom_durable_release(&f.durable);
    if (ran)
        *result = (loom_batch_result){.jobs = f.threads,
                                      .few_threads = f.few_threads,
                                      .elapsed_ns = loom_clock_now() - f.began_ns,
                                      .interrupted = stop_requests(&f) > 0,
                                      .too_many_errors = too_many_errors(&f)};
done:
    free(inputs);
    return ran;
}
