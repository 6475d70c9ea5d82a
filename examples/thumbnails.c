/*
 * Makes a thumbnail of every picture of a folder, and says what became of each, by libimgloom:
 *
 *   cc -o thumbnails thumbnails.c $(pkg-config --cflags --libs imgloom)
 *   ./thumbnails photos thumbs
 *
 * Ends with 0 when all is well, 1 when a picture failed, 2 when it could not begin.
 */
#include <imgloom/imgloom.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

/* For the signal handler: a request to stop may come from one, or from another thread. */
static loom_stop *stop;

static void on_signal(int number)
{
    (void)number;
    loom_stop_request(stop);
}

/* Once for each picture, on the thread that called loom_batch_run: no lock is needed. */
static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    loom_totals *totals = user;

    loom_totals_add(totals, task, outcome);
    if (outcome->result == LOOM_RESULT_ERROR)
        printf("%s: %s: %s\n", task->input_path, loom_status_name(outcome->error.code),
               outcome->error.message);
    else
        printf("%s -> %s %" PRIu32 "x%" PRIu32 "\n", task->input_path, task->output_path,
               outcome->width, outcome->height);
    for (size_t i = 0; i < outcome->warning_count; i++)
        printf("    %s\n", outcome->warnings[i]);
}

/* Runs what was found through an engine. */
static loom_status run(loom_engine *engine, loom_scan *scan, const char *to, loom_totals *totals,
                       loom_error *err)
{
    const loom_plan_options where = {.output_root = to};
    loom_recipe recipe;
    loom_plan *plan = NULL;
    loom_batch *batch = loom_batch_create(engine);
    loom_status status;

    if (batch == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
    loom_recipe_init(&recipe);
    recipe.sizes[0] = (loom_size){.width = 320, .height = 320};
    recipe.fit = LOOM_FIT_INSIDE;
    if ((status = loom_recipe_check(&recipe, err)) == LOOM_OK &&
        (status = loom_plan_create(&plan, scan, &recipe, &where, err)) == LOOM_OK &&
        (status = loom_plan_enter(plan, err)) == LOOM_OK) {
        batch->plan = plan;
        batch->stop = stop;
        batch->user = totals;
        batch->outcome = on_outcome;
        status = loom_batch_run(batch, err);
    }
    if (status == LOOM_OK)
        loom_totals_finish(totals, loom_batch_result_of(batch));
    loom_batch_free(batch);
    loom_plan_free(plan);
    return status;
}

static loom_status make_thumbnails(const char *from, const char *to, loom_totals *totals,
                                   loom_error *err)
{
    const loom_scan_options what = {.output_root = to};
    loom_scan *scan = loom_scan_create(&what);
    loom_engine *engine;
    loom_status status;

    if (scan == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
    status = loom_scan_add(scan, from, err);
    if (status == LOOM_OK && (status = loom_engine_start(&engine, NULL, err)) == LOOM_OK) {
        status = run(engine, scan, to, totals, err);
        loom_engine_stop(engine);
    }
    loom_scan_free(scan);
    return status;
}

int main(int argc, char **argv)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_totals totals;

    if (argc != 3 || (stop = loom_stop_create()) == NULL) {
        fprintf(stderr, "usage: thumbnails FOLDER OUTPUT_FOLDER\n");
        return 2;
    }
    signal(SIGINT, on_signal);
    loom_totals_init(&totals);
    loom_status status = make_thumbnails(argv[1], argv[2], &totals, &err);
    loom_stop_free(stop);
    if (status != LOOM_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    printf("%" PRIu64 " pictures, %" PRIu64 " failed, %.1f s\n", totals.rows,
           totals.by_result[LOOM_RESULT_ERROR], (double)totals.elapsed_ns / 1e9);
    return totals.by_result[LOOM_RESULT_ERROR] > 0 ? 1 : 0;
}
