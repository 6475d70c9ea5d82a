#include "support/fake_engine.h"

#include "picture/recipe_fields.h"

#include "support/check.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Which thread this thread is, in which batch. */
static atomic_uint batch_number;
static _Thread_local unsigned thread_batch;
static _Thread_local int thread_number;
static _Thread_local const fake_batch *reporting; /* set while a listener is called */

static loom_recipe recipe;
static loom_settings settings;

static void *make_array(size_t count, size_t size)
{
    void *array = calloc(count > 0 ? count : 1, size);

    ck_assert_ptr_nonnull(array);
    return array;
}

void fake_init(fake_batch *batch, size_t count, unsigned jobs, unsigned queue)
{
    *batch = (fake_batch){.setup = loom_batch_create(NULL), .count = count};
    ck_assert_ptr_nonnull(batch->setup);
    batch->setup->jobs = jobs;
    batch->setup->queue = queue;
    batch->setup->timeout_ns = 0;
    (void)atomic_fetch_add(&batch_number, 1);
    batch->tasks = make_array(count, sizeof *batch->tasks);
    batch->runs = make_array(count, sizeof *batch->runs);
    batch->order = make_array(count, sizeof *batch->order);
    batch->jobs = make_array(count, sizeof *batch->jobs);
    batch->outcomes = make_array(count, sizeof *batch->outcomes);
    batch->results = make_array(count, sizeof *batch->results);
    batch->codes = make_array(count, sizeof *batch->codes);
    for (size_t i = 0; i < count; i++) {
        batch->tasks[i].seq = i;
        batch->tasks[i].input_path = "in";
        batch->tasks[i].output_path = "out";
        batch->tasks[i].input_size = 1000;
        batch->tasks[i].format = LOOM_FORMAT_PNG;
    }
}

void fake_set_sizes(fake_batch *batch, unsigned sizes)
{
    for (size_t i = 0; i < batch->count; i++)
        batch->tasks[i].size = batch->tasks[i].output = (unsigned)(i % sizes);
}

void fake_release(fake_batch *batch)
{
    loom_batch_free(batch->setup);
    free(batch->tasks);
    free(batch->runs);
    free(batch->order);
    free(batch->jobs);
    free(batch->outcomes);
    free(batch->results);
    free(batch->codes);
}

unsigned fake_thread_limit(void)
{
    const char *limit = getenv("OMP_THREAD_LIMIT");

    return limit != NULL ? (unsigned)strtoul(limit, NULL, 10) : UINT_MAX;
}

unsigned fake_threads(unsigned jobs)
{
    const unsigned limit = fake_thread_limit();

    return limit <= 1 ? 1 : jobs < limit ? jobs : limit - 1;
}

/* ---- on the threads ------------------------------------------------------ */

static void violation(fake_batch *batch)
{
    (void)atomic_fetch_add(&batch->violations, 1);
}

/* The same thread number is always the same thread, and no other thread has it. */
static void check_thread(fake_batch *batch, int thread)
{
    const unsigned current = atomic_load(&batch_number);

    if (thread < 0 || thread >= FAKE_THREADS) {
        violation(batch);
        return;
    }
    if (thread_batch == current) {
        if (thread_number != thread)
            violation(batch);
        return;
    }
    thread_batch = current;
    thread_number = thread;
    if (atomic_fetch_add(&batch->owners[thread], 1) > 0)
        violation(batch);
}

static void note_slot(fake_batch *batch, const void *cancel)
{
    for (size_t i = 0; i < FAKE_SLOTS; i++) {
        const void *none = NULL;
        if (atomic_compare_exchange_strong(&batch->slots[i], &none, cancel)) {
            (void)atomic_fetch_add(&batch->slot_count, 1);
            return;
        }
        if (none == cancel)
            return;
    }
    violation(batch);
}

static void check_task(fake_batch *batch, const loom_job *job, size_t index)
{
    const loom_task *task = job->tasks[index];

    if (task->error != NULL || task->skip_reason != NULL || task != &batch->tasks[task->seq])
        violation(batch);
    if (index > 0 && (task->seq <= job->tasks[index - 1]->seq || task->output == 0 ||
                      task->input_path != job->tasks[0]->input_path))
        violation(batch); /* tasks of a job are those of one input, in order */
}

static void check_outcome(fake_batch *batch, const loom_outcome *outcome)
{
    if (outcome->thread != -1 || outcome->warning_count != 0 || outcome->warnings != NULL ||
        outcome->result != LOOM_RESULT_OK || outcome->error.code != LOOM_OK)
        violation(batch); /* it comes initialised */
}

static void check_job(fake_batch *batch, const loom_job *job, const loom_outcome *outcomes)
{
    if (job->recipe != &recipe || job->settings != &settings || job->count < 1 ||
        job->count > LOOM_SIZES_MAX)
        violation(batch);
    for (size_t i = 0; i < job->count; i++) {
        check_task(batch, job, i);
        check_outcome(batch, &outcomes[i]);
    }
    if (reporting != NULL)
        violation(batch); /* a listener is being called on this very thread */
}

static void run(void *context, const loom_job *job, loom_outcome *outcomes)
{
    fake_batch *batch = context;

    check_thread(batch, job->thread);
    check_job(batch, job, outcomes);
    note_slot(batch, job->cancel);
    const unsigned number = atomic_fetch_add(&batch->begun, 1);
    batch->order[number] = (unsigned)job->tasks[0]->seq;
    for (size_t i = 0; i < job->count; i++) {
        const loom_task *task = job->tasks[i];
        (void)atomic_fetch_add(&batch->runs[task->seq], 1);
        batch->jobs[task->seq] = number;
        /* The pool sets these four whatever the engine leaves in them. */
        outcomes[i].thread = -77;
        outcomes[i].start_ns = outcomes[i].queue_ns = outcomes[i].elapsed_ns = -77;
        outcomes[i].original_size = task->input_size;
        loom_outcome_warn(&outcomes[i], "task %d", (int)task->seq);
    }
    if (batch->act != NULL)
        batch->act(batch, job, outcomes);
}

static void thread_exit(void *context, int thread)
{
    fake_batch *batch = context;

    check_thread(batch, thread);
    if (thread >= 0 && thread < FAKE_THREADS)
        (void)atomic_fetch_add(&batch->exits[thread], 1);
}

/* ---- on the caller's thread ---------------------------------------------- */

static void check_run_outcome(const loom_outcome *outcome, const loom_task *task, unsigned threads)
{
    char warning[32];

    ck_assert_int_ge(outcome->thread, 0);
    ck_assert_int_lt(outcome->thread, (int)threads);
    ck_assert_int_ge(outcome->queue_ns, 0);
    ck_assert_int_ge(outcome->start_ns, outcome->queue_ns); /* queued after the batch began */
    ck_assert_int_ge(outcome->elapsed_ns, 0);
    ck_assert_uint_eq(outcome->warning_count, 1);
    (void)snprintf(warning, sizeof warning, "task %d", (int)task->seq);
    ck_assert_str_eq(outcome->warnings[0], warning);
}

static void check_unrun_outcome(const loom_outcome *outcome)
{
    ck_assert_int_eq(outcome->thread, -1);
    ck_assert_int_eq(outcome->start_ns, 0);
    ck_assert_int_eq(outcome->queue_ns, 0);
    ck_assert_int_eq(outcome->elapsed_ns, 0);
    ck_assert_uint_eq(outcome->warning_count, 0);
}

static void take_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    fake_batch *batch = user;
    const unsigned slots = batch->setup->jobs + batch->setup->queue;
    const unsigned durable = batch->setup->durable; /* held back, and the rest of a job */
    const unsigned held = durable > 0 ? durable + LOOM_SIZES_MAX : 0;

    reporting = batch;
    ck_assert_ptr_eq(task, &batch->tasks[task->seq]);
    ck_assert_uint_eq(outcome->original_size, task->input_size);
    if (atomic_load(&batch->runs[task->seq]) > 0)
        check_run_outcome(outcome, task, fake_threads(batch->setup->jobs));
    else
        check_unrun_outcome(outcome);
    /* This one's slot is not free yet: the slots bound what was begun. */
    ck_assert_uint_le(atomic_load(&batch->begun), atomic_load(&batch->handed) + slots + held);
    batch->outcomes[task->seq]++;
    batch->results[task->seq] = outcome->result;
    batch->codes[task->seq] = outcome->error.code;
    if (batch->outcome != NULL)
        batch->outcome(batch, task, outcome);
    (void)atomic_fetch_add(&batch->handed, 1);
    reporting = NULL;
}

static void take_tick(void *user, const loom_progress *progress)
{
    fake_batch *batch = user;

    ck_assert_ptr_null(reporting);
    ck_assert_uint_eq(progress->tasks, batch->count);
    ck_assert_uint_eq(progress->done, atomic_load(&batch->handed));
    ck_assert_uint_le(progress->running, batch->setup->jobs);
    ck_assert_int_gt(progress->elapsed_ns, 0);
    if (batch->tick != NULL)
        batch->tick(batch, progress);
    (void)atomic_fetch_add(&batch->ticks, 1);
}

/* ---- the whole ----------------------------------------------------------- */

static void check_end(fake_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->outcomes[i] != 1 || atomic_load(&batch->runs[i]) > 1)
            ck_abort_msg("task %zu: %u outcomes, %u runs", i, batch->outcomes[i],
                         atomic_load(&batch->runs[i]));
    ck_assert_uint_eq(atomic_load(&batch->handed), batch->count);
    ck_assert_uint_eq(atomic_load(&batch->violations), 0);
    ck_assert_uint_le(atomic_load(&batch->slot_count), batch->setup->jobs + batch->setup->queue);
    ck_assert_uint_ge(batch->result.jobs, 1);
    ck_assert_uint_le(batch->result.jobs, fake_threads(batch->setup->jobs));
    for (unsigned i = 0; i < FAKE_THREADS; i++)
        ck_assert_uint_eq(atomic_load(&batch->exits[i]), i < batch->result.jobs ? 1 : 0);
    ck_assert_int_ge(batch->result.elapsed_ns, 0);
    ck_assert_int_eq(batch->result.interrupted,
                     batch->stop != NULL && loom_stop_requests(batch->stop) > 0);
}

void fake_run(fake_batch *batch)
{
    loom_engine engine = {.context = batch, .run = run, .thread_exit = thread_exit};
    loom_batch *setup = batch->setup;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_uint_le(batch->setup->jobs, FAKE_THREADS);
    loom_recipe_init(&recipe);
    loom_settings_init(&settings);
    setup->engine = &engine;
    setup->settings = &settings;
    setup->stop = batch->stop;
    setup->user = batch;
    setup->outcome = take_outcome;
    setup->tick = take_tick;
    ck_assert_int_eq(loom_batch_run_tasks(setup, &recipe, batch->tasks, batch->count, &err),
                     LOOM_OK);
    batch->result = *loom_batch_result_of(setup);
    ck_assert_int_eq(err.code, LOOM_OK);
    check_end(batch);
}
