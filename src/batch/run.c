/* The public batch: checks its fields and fills in defaults. batch.c runs it. */
#include "base/error.h"
#include "batch/pool.h"
#include "files/planner.h"
#include <stdlib.h>

/* A loom_batch with its private part. */
typedef struct batch {
    loom_batch open; /* first: the program has a pointer to it */
    loom_batch_result result;
} batch;

loom_batch *loom_batch_create(loom_engine *engine)
{
    batch *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->open.engine = engine;
    made->open.timeout_ns = LOOM_DEFAULT_TIMEOUT_NS;
    return &made->open;
}

void loom_batch_free(loom_batch *open)
{
    free(open); /* which is where the whole begins */
}

const loom_batch_result *loom_batch_result_of(const loom_batch *open)
{
    return &((const batch *)open)->result;
}

/* Fills in defaults, and refuses values out of range. */
static loom_status resolve(loom_batch *b, loom_error *err)
{
    if (b->engine == NULL || b->outcome == NULL)
        return loom_usage(err, "a batch needs an engine and an outcome callback");
    const loom_status status = loom_pool_resolve(&b->jobs, &b->queue, &b->memory, err);
    if (status != LOOM_OK)
        return status;
    if (b->max_errors.percent && b->max_errors.max > 100)
        return loom_usage(err, "the error limit is at most 100%");
    if (b->durable > LOOM_DURABLE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "durable must be at most %u outputs", LOOM_DURABLE_MAX);
    if (b->timeout_ns < 0)
        return loom_usage(err, "a timeout must not be negative");
    return LOOM_OK;
}

/* `settings` NULL: the defaults. */
static loom_status run_tasks(loom_batch *open, const loom_settings *settings,
                             const loom_recipe *recipe, const loom_history *history,
                             const loom_task *tasks, size_t count, loom_error *err)
{
    loom_batch used = *open;
    loom_settings defaults;
    loom_batch_result result;
    const loom_status status = resolve(&used, err);

    if (status != LOOM_OK)
        return status;
    loom_settings_init(&defaults);
    used.settings = settings != NULL ? settings : &defaults;
    if (!loom_front_run(&used, recipe, history, tasks, count, &result))
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory to begin a batch of %zu images", count);
    ((batch *)open)->result = result;
    return LOOM_OK;
}

loom_status loom_batch_run_tasks(loom_batch *open, const loom_recipe *recipe,
                                 const loom_task *tasks, size_t count, loom_error *err)
{
    return run_tasks(open, open->settings, recipe, NULL, tasks, count, err);
}

loom_status loom_batch_run(loom_batch *open, loom_error *err)
{
    if (open->plan == NULL)
        return loom_usage(err, "a batch needs a plan");
    const loom_plan *plan = open->plan;
    return run_tasks(open, open->settings != NULL ? open->settings : plan->settings, &plan->recipe,
                     plan->history, plan->tasks, plan->count, err);
}
