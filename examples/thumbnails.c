/*
 * Makes a thumbnail of every picture of a folder, and says what became of each, by libimgloom:
 *
 *   cc -o thumbnails thumbnails.c $(pkg-config --cflags --libs imgloom)
 *   ./thumbnails photos thumbs
 *
 * Ends with 0 when all is well, 1 when a picture failed, 2 when it could not begin.
 */
#include <imgloom/imgloom.h>
#include <stdio.h>

/* Once for each picture, on the thread that called loom_batch_run: no lock is needed. */
static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    const bool failed = outcome->result == LOOM_RESULT_ERROR;

    ((unsigned *)user)[failed]++;
    if (failed)
        printf("%s: %s: %s\n", task->input_path, loom_status_name(outcome->error.code),
               outcome->error.message);
    else
        printf("%s -> %s %ux%u\n", task->input_path, task->output_path, outcome->width,
               outcome->height);
}

int main(int argc, char **argv)
{
    loom_scan_options *what = loom_scan_options_create();
    loom_plan_options *where = loom_plan_options_create();
    loom_recipe *recipe = loom_recipe_create();
    loom_engine *engine = NULL;
    loom_batch *batch = NULL;
    loom_plan *plan = NULL;
    loom_error err = LOOM_ERROR_INIT;
    unsigned counts[2] = {0, 0}; /* made, failed */

    if (argc != 3 || what == NULL || where == NULL || recipe == NULL)
        return 2;
    what->output_root = where->output_root = argv[2]; /* which is not scanned */
    loom_scan *scan = loom_scan_create(what);
    bool ok = scan != NULL && loom_scan_add(scan, argv[1], &err) == LOOM_OK &&
              loom_recipe_set(recipe, "size", "320x320", &err) == LOOM_OK &&
              loom_recipe_set(recipe, "fit", "inside", &err) == LOOM_OK &&
              loom_plan_create(&plan, scan, recipe, where, &err) == LOOM_OK &&
              loom_plan_enter(plan, &err) == LOOM_OK &&
              loom_engine_start(&engine, NULL, &err) == LOOM_OK &&
              (batch = loom_batch_create(engine)) != NULL;
    if (ok) {
        batch->plan = plan;
        batch->user = counts;
        batch->outcome = on_outcome;
        ok = loom_batch_run(batch, &err) == LOOM_OK;
    }
    printf("%u pictures, %u failed\n%s", counts[0] + counts[1], counts[1], err.message);
    loom_batch_free(batch);
    loom_engine_stop(engine);
    loom_plan_free(plan);
    loom_scan_free(scan);
    loom_recipe_free(recipe);
    loom_plan_options_free(where);
    loom_scan_options_free(what);
    return !ok ? 2 : counts[1] > 0;
}
