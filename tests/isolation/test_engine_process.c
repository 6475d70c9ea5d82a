/*
 * Pictures from memory to memory through the real engine: in threads and in worker processes, they
 * are to the byte what a batch writes, with the same outcomes.
 */
#include "base/clock.h"
#include "batch/job.h"
#include "picture/recipe_fields.h"
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "worker/hostile.h"
#include <dirent.h>
#include <imgloom/process.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INPUTS_MAX = 200, CALLERS = 8 };
static loom_engine *shared; /* of threads */

static const loom_isolate isolations[] = {LOOM_ISOLATE_AUTO, LOOM_ISOLATE_ALL, LOOM_ISOLATE_NEVER};

static loom_engine *start(loom_isolate isolate, const char *worker)
{
    loom_engine_options *options = loom_engine_options_create();
    loom_engine *engine = NULL;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_ptr_nonnull(options);
    options->isolate = isolate;
    options->worker_path = getenv(worker);
    options->allow_untrusted = true;
    options->process_jobs = 2;
    ck_assert_msg(loom_engine_start(&engine, options, &err) == LOOM_OK, "%s", err.message);
    loom_engine_options_free(options);
    return engine;
}

static loom_request *make_request(const loom_recipe *recipe, const loom_settings *settings)
{
    loom_request *request = loom_request_create();

    ck_assert_ptr_nonnull(request);
    request->recipe = recipe;
    request->settings = settings;
    return request;
}

/* ---- inputs -------------------------------------------------------------- */

static char *inputs[INPUTS_MAX]; /* paths */
static size_t input_count;

static void add_folder(const char *name)
{
    char path[512];
    DIR *folder = opendir(engine_testdata(name));

    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "empty.jpg") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", engine_testdata(name), entry->d_name);
        ck_assert_uint_lt(input_count, INPUTS_MAX);
        inputs[input_count] = strdup(path);
        ck_assert_ptr_nonnull(inputs[input_count++]);
    }
    (void)closedir(folder);
}

static void setup(void)
{
    tmpdir_enter();
    add_folder("broken");
    add_folder("formats");
    add_folder("orientation");
    add_folder("photos");
    add_folder("tiny");
}

static void teardown(void)
{
    while (input_count > 0)
        free(inputs[--input_count]);
    tmpdir_leave();
}

/* A file's bytes, of which no other can be written to than LOOM_INPUT_SLACK behind them. */
typedef struct guarded {
    unsigned char *bytes, *map;
    size_t size, mapped;
} guarded;

static guarded guard(const char *path)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    guarded g;
    char *data = tmpdir_read(path, &g.size);
    const size_t front = (g.size + page - 1) / page * page;

    g.mapped = front + page;
    g.map = mmap(NULL, g.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(g.map, MAP_FAILED);
    g.bytes = g.map + front - g.size;
    memcpy(g.bytes, data, g.size);
    free(data);
    ck_assert_int_eq(mprotect(g.map, front, PROT_READ), 0);
    return g;
}

static void release(guarded *g)
{
    for (size_t i = 0; i < LOOM_INPUT_SLACK; i++)
        ck_assert_uint_eq(g->bytes[g->size + i], 0);
    ck_assert_int_eq(munmap(g->map, g->mapped), 0);
}

/* ---- comparing ----------------------------------------------------------- */

/* All but where and when it was done. */
static void compare_outcomes(const char *input, const loom_outcome *one, const loom_outcome *other)
{
    ck_assert_msg(one->result == other->result && one->error.code == other->error.code &&
                      one->error.stage == other->error.stage &&
                      strcmp(one->error.message, other->error.message) == 0,
                  "%s: %s %s \"%s\" and %s %s \"%s\"", input, loom_result_name(one->result),
                  loom_stage_name(one->error.stage), one->error.message,
                  loom_result_name(other->result), loom_stage_name(other->error.stage),
                  other->error.message);
    ck_assert_msg(one->warning_count == other->warning_count, "%s: warnings", input);
    for (size_t i = 0; i < one->warning_count; i++)
        ck_assert_str_eq(one->warnings[i], other->warnings[i]);
    ck_assert_uint_eq(one->original_size, other->original_size);
    ck_assert_int_eq(one->original_format, other->original_format);
    ck_assert_uint_eq(one->original_width, other->original_width);
    ck_assert_uint_eq(one->original_height, other->original_height);
    ck_assert_int_eq(one->orientation, other->orientation);
    ck_assert_int_eq(one->format, other->format);
    ck_assert_uint_eq(one->processed_size, other->processed_size);
    ck_assert_uint_eq(one->width, other->width);
    ck_assert_uint_eq(one->height, other->height);
    ck_assert_int_eq(one->channels, other->channels);
    ck_assert_int_eq(one->quality, other->quality);
    ck_assert_pstr_eq(one->lane, other->lane);
    ck_assert_str_eq(one->decoder, other->decoder);
}

/* A batch's task, and what became of it. */
typedef struct written {
    loom_task task;
    char path[64];
    loom_outcome outcome;
} written;

static void keep(void *user, const loom_task *task, loom_outcome *outcome)
{
    ((written *)user)[task->seq].outcome = *outcome;
    loom_outcome_init(outcome);
}

/* What a batch makes of all inputs with one size. */
static written *run_batch(loom_engine *engine, const loom_recipe *recipe, loom_format format)
{
    written *all = calloc(input_count, sizeof *all);
    loom_task *tasks = calloc(input_count, sizeof *tasks);
    loom_batch *batch = loom_batch_create(engine);

    ck_assert(all != NULL && tasks != NULL && batch != NULL);
    for (size_t i = 0; i < input_count; i++) {
        (void)snprintf(all[i].path, sizeof all[i].path, "out/%zu", i);
        tasks[i] = (loom_task){
            .seq = i, .input_path = inputs[i], .output_path = all[i].path, .format = format};
    }
    batch->user = all;
    batch->outcome = keep;
    ck_assert_int_eq(loom_batch_run_tasks(batch, recipe, tasks, input_count, NULL), LOOM_OK);
    loom_batch_free(batch);
    free(tasks);
    return all;
}

static void release_batch(written *all)
{
    for (size_t i = 0; i < input_count; i++)
        loom_outcome_release(&all[i].outcome);
    free(all);
}

static void compare_with(loom_engine *engine, loom_request *request, const char *input,
                         const written *expected, bool padded)
{
    guarded g = guard(input);

    request->padded = padded;
    request->name = input;
    const loom_status status = loom_process_buffer(engine, g.bytes, g.size, request, NULL);
    const loom_outcome *made = loom_request_outcome(request, 0);
    ck_assert_int_eq(status, expected->outcome.error.code);
    compare_outcomes(input, made, &expected->outcome);
    ck_assert_int_eq(made->picture != NULL, status == LOOM_OK);
    if (made->picture != NULL) {
        size_t size;
        char *file = tmpdir_read(expected->path, &size);
        ck_assert_uint_eq(size, made->processed_size);
        ck_assert_msg(memcmp(file, made->picture, size) == 0, "%s: the pictures differ", input);
        free(file);
    }
    release(&g);
}

/* `nth`: of the calls, which take other inputs each in the short form. */
static void compare_all(loom_isolate isolate, const loom_recipe *recipe, unsigned nth)
{
    loom_engine *engine = start(isolate, "IMGLOOM_WORKER");
    loom_request *request = make_request(recipe, NULL);
    written *all = run_batch(engine, recipe, recipe->format);

    for (size_t i = 0; i < input_count; i++) {
        for (unsigned from_memory = 0; from_memory < 2; from_memory++)
            if (suite_takes(i + nth + from_memory, 2))
                compare_with(engine, request, inputs[i], &all[i], from_memory == 1);
    }
    release_batch(all);
    loom_request_free(request);
    loom_engine_stop(engine);
}

START_TEST(all_inputs_are_as_from_files)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 60;
    recipe.metadata = LOOM_METADATA_ALL;
    recipe.format = LOOM_FORMAT_JPEG;
    compare_all(isolations[_i], &recipe, 0);
    recipe.format = LOOM_FORMAT_PNG;
    compare_all(isolations[_i], &recipe, 1);
}
END_TEST

static void keep_some(void)
{
    size_t kept = 0;

    for (size_t i = 0; i < input_count; i++) {
        if (strstr(inputs[i], "scene-1") != NULL || strstr(inputs[i], "quadrants.") != NULL)
            inputs[kept++] = inputs[i];
        else
            free(inputs[i]);
    }
    input_count = kept;
}

START_TEST(all_outputs_are_as_in_files)
{
    loom_recipe recipe;

    keep_some();
    loom_recipe_init(&recipe);
    recipe.sizes[0] = (loom_size){.width = 40, .height = 30};
    for (loom_format format = LOOM_FORMAT_WEBP; format < LOOM_FORMAT_COUNT; format++) {
        recipe.format = format;
        if (loom_format_get(format)->writable)
            compare_all(isolations[_i], &recipe, (unsigned)format);
    }
}
END_TEST

START_TEST(several_sizes_come_from_one_decode)
{
    loom_engine *engine = start(isolations[_i], "IMGLOOM_WORKER");
    loom_recipe recipe, one;
    loom_settings settings;

    loom_recipe_init(&recipe);
    recipe.size_count = 3;
    for (unsigned i = 0; i < 3; i++)
        recipe.sizes[i].width = 90 - 20 * i;
    loom_settings_init(&settings);
    loom_request *request = make_request(&recipe, &settings), *single = make_request(&one, NULL);
    for (int dry = 0; dry < 2; dry++) {
        settings.dry_run = dry;
        ck_assert_int_eq(
            loom_process_file(engine, engine_testdata("formats/quadrants.png"), request, NULL),
            LOOM_OK);
        for (unsigned i = 0; i < 3; i++) {
            const loom_outcome *made = loom_request_outcome(request, i);
            ck_assert_uint_eq(made->width, 90 - 20 * i);
            ck_assert_int_eq(made->result, dry ? LOOM_RESULT_PLANNED : LOOM_RESULT_OK);
            ck_assert_int_eq(made->picture == NULL, dry);
            one = recipe;
            one.size_count = 1;
            one.sizes[0] = recipe.sizes[i];
            ck_assert_int_eq(
                loom_process_file(engine, engine_testdata("formats/quadrants.png"), single, NULL),
                LOOM_OK);
            if (!dry)
                compare_outcomes("quadrants.png", made, loom_request_outcome(single, 0));
        }
    }
    loom_request_free(request);
    loom_request_free(single);
    loom_engine_stop(engine);
}
END_TEST

START_TEST(to_a_file)
{
    loom_engine *engine = start(isolations[_i], "IMGLOOM_WORKER");
    loom_recipe recipe;
    size_t size;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 50;
    loom_request *request = make_request(&recipe, NULL);
    const char *scene = engine_testdata("photos/scene-1.jpg");
    ck_assert_int_eq(loom_process_file(engine, scene, request, NULL), LOOM_OK);
    const loom_outcome *made = loom_request_outcome(request, 0);
    const size_t expected = made->processed_size;
    char *kept = made->picture;
    loom_request_outcome(request, 0)->picture = NULL;
    request->output_path = "new/folder/out.jpg";
    ck_assert_int_eq(loom_process_file(engine, scene, request, NULL), LOOM_OK);
    ck_assert_ptr_null(loom_request_outcome(request, 0)->picture);
    char *file = tmpdir_read("new/folder/out.jpg", &size);
    ck_assert_uint_eq(size, expected);
    ck_assert_mem_eq(file, kept, size);
    ck_assert_uint_eq(tmpdir_count("new/folder"), 1);
    free(file);
    free(kept);
    ck_assert_int_eq(loom_process_file(engine, "new/folder/out.jpg", request, NULL),
                     LOOM_ERR_WOULD_OVERWRITE_INPUT);
    ck_assert_int_eq(loom_process_file(engine, "missing.jpg", request, NULL), LOOM_ERR_NOT_FOUND);
    ck_assert_int_eq(loom_process_buffer(engine, NULL, 0, request, NULL), LOOM_ERR_EMPTY);
    loom_request_free(request);
    loom_engine_stop(engine);
}
END_TEST

/* ---- many at once -------------------------------------------------------- */

static void *make_all(void *user)
{
    const written *all = user;
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 60;
    recipe.format = LOOM_FORMAT_JPEG;
    loom_request *request = make_request(&recipe, NULL);
    for (size_t i = 0; i < input_count; i += suite_long() ? 1 : 3)
        compare_with(shared, request, inputs[i], &all[i], i % 2 == 0);
    loom_request_free(request);
    return NULL;
}

START_TEST(eight_threads_beside_a_batch)
{
    pthread_t threads[CALLERS];
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 60;
    recipe.format = LOOM_FORMAT_JPEG;
    shared = start(isolations[_i], "IMGLOOM_WORKER");
    const size_t descriptors = isolated_descriptors();
    written *all = run_batch(shared, &recipe, recipe.format);
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, make_all, all), 0);
    written *again = run_batch(shared, &recipe, recipe.format); /* at the same time */
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    release_batch(all);
    release_batch(again);
    loom_engine_stop(shared);
    pid_t left[4];
    ck_assert_uint_eq(isolated_children(getpid(), left, 4), 0);
    ck_assert_uint_le(isolated_descriptors(), descriptors);
}
END_TEST

/* ---- workers that misbehave ---------------------------------------------- */

static loom_status play(loom_engine *engine, loom_request *request, const char *words,
                        loom_error *err)
{
    char text[128];
    const int size = snprintf(text, sizeof text, "%s%s\n", LOOM_HOSTILE_MARK, words);

    *err = (loom_error)LOOM_ERROR_INIT;
    return loom_process_buffer(engine, text, (size_t)size, request, err);
}

START_TEST(a_worker_that_dies_takes_one_call_with_it)
{
    loom_engine *engine = start(LOOM_ISOLATE_ALL, "IMGLOOM_WORKER_TEST");
    loom_request *request = make_request(NULL, NULL);
    loom_error err;

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(play(engine, request, "segv", &err), LOOM_ERR_CRASHED);
        ck_assert_ptr_nonnull(strstr(err.message, "SIGSEGV"));
        ck_assert_int_eq(loom_process_file(engine, engine_testdata("tiny/1x1.png"), request, NULL),
                         LOOM_OK);
    }
    loom_request_free(request);
    loom_engine_stop(engine);
}
END_TEST

START_TEST(a_worker_that_hangs_is_ended_at_the_deadline)
{
    loom_engine *engine = start(LOOM_ISOLATE_ALL, "IMGLOOM_WORKER_TEST");
    loom_request *request = make_request(NULL, NULL);
    loom_error err;

    request->deadline_ns = loom_clock_now() + 300 * LOOM_NS_PER_MS;
    ck_assert_int_eq(play(engine, request, "spin", &err), LOOM_ERR_TIMEOUT);
    request->deadline_ns = 0;
    ck_assert_int_eq(loom_process_file(engine, engine_testdata("tiny/1x1.png"), request, NULL),
                     LOOM_OK);
    loom_request_free(request);
    loom_engine_stop(engine);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_process");
    TCase *tests = tcase_create("process");

    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, all_inputs_are_as_from_files, 0, COUNT(isolations));
    tcase_add_loop_test(tests, all_outputs_are_as_in_files, 0, COUNT(isolations));
    tcase_add_loop_test(tests, several_sizes_come_from_one_decode, 0, COUNT(isolations));
    tcase_add_loop_test(tests, to_a_file, 0, COUNT(isolations));
    tcase_add_loop_test(tests, eight_threads_beside_a_batch, 0, COUNT(isolations));
    tcase_add_test(tests, a_worker_that_dies_takes_one_call_with_it);
    tcase_add_test(tests, a_worker_that_hangs_is_ended_at_the_deadline);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
