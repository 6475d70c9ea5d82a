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
#include <stdio.h>

/* Once for each picture, on the thread that called loom_batch_run: no lock is needed. */
static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    loom_totals_add(user, task, outcome);
    if (outcome->result == LOOM_RESULT_ERROR)
        printf("%s: %s: %s\n", task->input_path, loom_status_name(outcome->error.code),
               outcome->error.message);
    else
        printf("%s -> %s %" PRIu32 "x%" PRIu32 "\n", task->input_path, task->output_path,
               outcome->width, outcome->height);
    for (size_t i = 0; i < outcome->warning_count; i++)
        printf("    %s\n", outcome->warnings[i]);
}

/* Finds, names, and processes. */
static loom_status run(loom_scan *scan, const char *from, loom_plan_options *where,
                       const loom_recipe *recipe, loom_totals *totals, loom_error *err)
{
    loom_plan *plan = NULL;
    loom_engine *engine = NULL;
    loom_batch *batch = NULL;
    loom_status status = loom_scan_add(scan, from, err);

    if (status == LOOM_OK &&
        (status = loom_plan_create(&plan, scan, recipe, where, err)) == LOOM_OK &&
        (status = loom_plan_enter(plan, err)) == LOOM_OK &&
        (status = loom_engine_start(&engine, NULL, err)) == LOOM_OK) {
        batch = loom_batch_create(engine);
        if (batch == NULL) {
            status = loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
        } else {
            batch->plan = plan;
            batch->user = totals;
            batch->outcome = on_outcome;
            status = loom_batch_run(batch, err);
        }
    }
    if (status == LOOM_OK)
        loom_totals_finish(totals, loom_batch_result_of(batch));
    loom_batch_free(batch);
    loom_engine_stop(engine);
    loom_plan_free(plan);
    return status;
}

int main(int argc, char **argv)
{
    loom_error err = LOOM_ERROR_INIT;
    int exit_status = 2;

    if (argc != 3) {
        fprintf(stderr, "usage: thumbnails FOLDER OUTPUT_FOLDER\n");
        return exit_status;
    }
    loom_recipe *recipe = loom_recipe_create();
    loom_plan_options *where = loom_plan_options_create();
    loom_scan_options *what = loom_scan_options_create();
    loom_totals *totals = loom_totals_create();
    loom_scan *scan = NULL;

    if (recipe != NULL && where != NULL && what != NULL && totals != NULL) {
        where->output_root = what->output_root = argv[2]; /* which is not scanned */
        scan = loom_scan_create(what);
    }
    if (scan == NULL) {
        fprintf(stderr, "out of memory\n");
    } else if (loom_recipe_set(recipe, "size", "320x320", &err) != LOOM_OK ||
               loom_recipe_set(recipe, "fit", "inside", &err) != LOOM_OK ||
               run(scan, argv[1], where, recipe, totals, &err) != LOOM_OK) {
        fprintf(stderr, "%s\n", err.message);
    } else {
        printf("%" PRIu64 " pictures, %" PRIu64 " failed, %.1f s\n", totals->rows,
               totals->by_result[LOOM_RESULT_ERROR], (double)totals->elapsed_ns / 1e9);
        exit_status = totals->by_result[LOOM_RESULT_ERROR] > 0 ? 1 : 0;
    }
    loom_scan_free(scan);
    loom_totals_free(totals);
    loom_scan_options_free(what);
    loom_plan_options_free(where);
    loom_recipe_free(recipe);
    return exit_status;
}
