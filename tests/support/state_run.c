#include "support/state_run.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "batch/job.h"
#include "files/path.h"
#include "support/engine_run.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

loom_gone state_gone;
static char empty_input[100];

/* What the run is about, for its callbacks. */
typedef struct run {
    const state_request *request;
    loom_state *state;
    loom_stop *stop;
    char (*words)[160]; /* of each task */
    unsigned handed, made;
    loom_strbuf gone;
} run;

state_request state_request_default(void)
{
    state_request request = {.inputs = {"in"}, .output_root = "out"};

    request.recipe = recipe_fresh();
    request.recipe.sizes[0].width = 16;
    loom_settings_init(&request.settings);
    request.settings.hash = true;
    request.options.vips_version = "8";
    request.options.jpeg_version = "2";
    return request;
}

/* What was left out has the facts of its record. */
static void check_facts(const loom_task *task, const loom_outcome *outcome)
{
    struct stat info;

    if (outcome->result != LOOM_RESULT_SKIPPED || task->because != LOOM_BECAUSE_NONE ||
        outcome->width == 0) /* of adopted ones nothing is known */
        return;
    ck_assert_int_eq(stat(task->output_path, &info), 0);
    ck_assert_uint_eq(outcome->processed_size, (uint64_t)info.st_size);
    ck_assert_uint_eq(outcome->original_size, task->input_size);
    ck_assert_uint_eq(outcome->original_width, 333);
    ck_assert_int_eq(outcome->format, LOOM_FORMAT_JPEG);
    ck_assert_str_eq(outcome->lane, "jpeg");
}

static void describe(char *to, size_t size, const loom_task *task, const loom_outcome *outcome)
{
    const char *because = loom_because_name(loom_outcome_because(task, outcome));
    const char *name = task->output_path != NULL ? loom_path_base(task->output_path) : "";

    if (outcome->content_unchanged || strcmp(because, "") == 0)
        check_facts(task, outcome);
    if (outcome->result == LOOM_RESULT_ERROR)
        (void)snprintf(to, size, "%s:%s!%s ", name, because, loom_status_name(outcome->error.code));
    else if (outcome->content_unchanged)
        (void)snprintf(to, size, "%s:content ", name);
    else if (outcome->result == LOOM_RESULT_SKIPPED)
        (void)snprintf(to, size, "%s:%s ", name, outcome->skip_reason);
    else
        (void)snprintf(to, size, "%s:%s%s ", name,
                       outcome->result == LOOM_RESULT_PLANNED ? "planned " : "", because);
}

static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    run *r = user;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_state_add(r->state, task, outcome, &err) == LOOM_OK, "%s", err.message);
    describe(r->words[task->seq], sizeof r->words[0], task, outcome);
    r->made += outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING;
    if (++r->handed == r->request->stop_after)
        loom_stop_request(r->stop);
}

static void on_removed(void *user, const loom_removed *removed)
{
    run *r = user;

    loom_strbuf_add_format(&r->gone, "%s%s:%s", removed->pruned ? "+" : "-", removed->output_path,
                           removed->reason);
    if (removed->kept != NULL)
        loom_strbuf_add_format(&r->gone, "(%s)", removed->kept);
    loom_strbuf_add_char(&r->gone, ' ');
}

static void run_batch(run *r, const loom_plan *plan)
{
    loom_batch *batch = loom_batch_create(engine_started);
    loom_error err = LOOM_ERROR_INIT;

    batch->plan = plan;
    batch->jobs = 2;
    batch->user = r;
    batch->stop = r->stop;
    batch->outcome = on_outcome;
    ck_assert_msg(loom_batch_run(batch, &err) == LOOM_OK, "%s", err.message);
    loom_batch_free(batch);
}

static void run_plan(run *r, loom_plan *plan)
{
    const bool dry = r->request->settings.dry_run;
    loom_error err = LOOM_ERROR_INIT;
    const loom_gone *gone;

    ck_assert_msg(loom_state_check(r->state, &err) == LOOM_OK, "%s", err.message);
    ck_assert(dry || loom_plan_enter(plan, &err) == LOOM_OK);
    ck_assert_msg(loom_state_prepare(r->state, &err) == LOOM_OK, "%s", err.message);
    r->words = calloc(loom_plan_count(plan) + 1, sizeof *r->words);
    run_batch(r, plan);
    if (r->request->stop_after == 0) {
        ck_assert(loom_state_find_gone(r->state, plan, on_removed, r, &gone, &err) == LOOM_OK);
        state_gone = *gone;
        if (gone->empty_input != NULL) { /* which belongs to the scan */
            (void)snprintf(empty_input, sizeof empty_input, "%s", gone->empty_input);
            state_gone.empty_input = empty_input;
        }
    }
    ck_assert_msg(loom_state_finish(r->state, &err) == LOOM_OK, "%s", err.message);
}

static void check(const run *r, size_t count, const char *text)
{
    loom_strbuf all = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < count; i++)
        loom_strbuf_add_str(&all, r->words[i]);
    loom_strbuf_add_str(&all, loom_strbuf_str(&r->gone));
    ck_assert_str_eq(loom_strbuf_str(&all), text);
    loom_strbuf_release(&all);
}

/* `text` NULL: anything may happen. Returns the number of outputs that were made. */
static unsigned run_with(const state_request *request, const char *text)
{
    loom_state_options options = request->options;
    run r = {.request = request, .stop = loom_stop_create()};
    loom_scan_options found = {.exclude = request->excluded};
    loom_error err = LOOM_ERROR_INIT;
    loom_plan *plan;

    while (request->excluded[found.exclude_count] != NULL)
        found.exclude_count++;
    loom_scan *scan = loom_scan_create(&found);

    options.recipe = &request->recipe;
    options.settings = &request->settings;
    ck_assert_msg(loom_state_open(&r.state, "s.db", &options, &err) == LOOM_OK, "%s", err.message);
    for (size_t i = 0; request->inputs[i] != NULL; i++)
        ck_assert(loom_scan_add(scan, request->inputs[i], &err) == LOOM_OK);
    const loom_plan_options how = {.output_root = request->output_root,
                                   .name_template = request->name_template,
                                   .settings = &request->settings,
                                   .history = loom_state_history(r.state)};
    ck_assert_msg(loom_plan_create(&plan, scan, &request->recipe, &how, &err) == LOOM_OK, "%s",
                  err.message);
    run_plan(&r, plan);
    if (text != NULL)
        check(&r, loom_plan_count(plan), text);
    free(r.words);
    loom_strbuf_release(&r.gone);
    loom_plan_free(plan);
    loom_scan_free(scan);
    loom_state_free(r.state);
    loom_stop_free(r.stop);
    return r.made;
}

void state_expect(const state_request *request, const char *text)
{
    (void)run_with(request, text);
}

unsigned state_run(const state_request *request)
{
    return run_with(request, NULL);
}

void state_set_time(const char *path, int64_t ns_from_now)
{
    const int64_t ns = loom_clock_wall() + ns_from_now;
    const struct timespec time = {.tv_sec = ns / LOOM_NS_PER_SECOND,
                                  .tv_nsec = ns % LOOM_NS_PER_SECOND};
    const struct timespec times[2] = {time, time};

    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

void state_edit_in_place(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "r+b");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &info), 0);
    ck_assert_int_eq(fseek(file, -1, SEEK_END), 0);
    ck_assert_int_eq(fputc('x', file), 'x');
    ck_assert_int_eq(fclose(file), 0);
    const struct timespec times[2] = {info.st_mtim, info.st_mtim};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

void state_make_input(const char *path, int kind)
{
    size_t size;
    char *picture = tmpdir_read(engine_testdata("tiny/photo-333x222.jpg"), &size);
    char *marked = malloc(size + 16);

    ck_assert_ptr_nonnull(marked);
    memcpy(marked, picture, size);
    (void)snprintf(marked + size, 16, "kind %8d", kind); /* after the picture's end */
    tmpdir_write(path, marked, size + 13);
    state_set_time(path, -3600 * LOOM_NS_PER_SECOND);
    free(marked);
    free(picture);
}

void state_change(const char *path, const char *sql)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

int64_t state_count(const char *sql)
{
    sqlite3_stmt *row;
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open("s.db", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    const int64_t number = sqlite3_column_int64(row, 0);
    ck_assert_int_eq(sqlite3_finalize(row), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return number;
}

void state_assert_refused(const char *path, loom_status code, const char *words)
{
    const state_request request = state_request_default();
    loom_state_options options = request.options;
    loom_error err = LOOM_ERROR_INIT;
    loom_state *state = NULL;

    options.recipe = &request.recipe;
    options.settings = &request.settings;
    ck_assert_int_eq(loom_state_open(&state, path, &options, &err), code);
    ck_assert_ptr_null(state);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
}

/* ---- suites -------------------------------------------------------------- */

static state_request *wanted;
static void (*prepare_more)(void);

static void setup(void)
{
    engine_setup();
    *wanted = state_request_default();
    state_make_input("in/a.jpg", 1);
    state_make_input("in/b.jpg", 2);
    if (prepare_more != NULL)
        prepare_more();
}

int state_suite_run(const char *name, state_request *request, void (*more)(void),
                    const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *runs = tcase_create("runs");

    wanted = request;
    prepare_more = more;
    tcase_add_checked_fixture(runs, setup, engine_teardown);
    tcase_set_timeout(runs, 300);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(runs, tests[i]);
    suite_add_tcase(suite, runs);
    return suite_run(suite);
}
