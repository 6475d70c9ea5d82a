/* What a run with a state makes, and what it leaves out: situation by situation. */
#include "support/state_run.h"

#include "base/clock.h"
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUR (3600 * LOOM_NS_PER_SECOND)

static state_request request;

static void expect(const char *text)
{
    state_expect(&request, text);
}

START_TEST(unchanged_files_are_left_out)
{
    expect("a.jpg:new b.jpg:new ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    state_make_input("in/c.jpg", 3);
    expect("a.jpg:unchanged b.jpg:unchanged c.jpg:new ");
    expect("a.jpg:unchanged b.jpg:unchanged c.jpg:unchanged ");
}
END_TEST

/* ---- how it is made ------------------------------------------------------ */

START_TEST(another_recipe)
{
    expect("a.jpg:new b.jpg:new ");
    request.recipe.grayscale = true;
    expect("a.jpg:recipe b.jpg:recipe ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    request.settings.fail_on = LOOM_FAIL_ON_WARNING;
    expect("a.jpg:recipe b.jpg:recipe ");
    request.settings.max_pixels = 100000;
    expect("a.jpg:recipe b.jpg:recipe ");
    request.settings.preserve_timestamps = true;
    expect("a.jpg:recipe b.jpg:recipe ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

START_TEST(one_more_size)
{
    request.name_template = "{stem}-{width}.{ext}";
    expect("a-16.jpg:new b-16.jpg:new ");
    request.recipe.sizes[1].width = 24;
    request.recipe.size_count = 2;
    expect("a-16.jpg:unchanged a-24.jpg:new b-16.jpg:unchanged b-24.jpg:new ");
    request.recipe.sizes[0].width = 24; /* the same outputs, in another place of the recipe */
    request.recipe.sizes[1].width = 16;
    expect("a-24.jpg:unchanged a-16.jpg:unchanged b-24.jpg:unchanged b-16.jpg:unchanged ");
    state_set_time("in/a.jpg", -HOUR / 2);
    ck_assert_int_eq(unlink("out/a-24.jpg"), 0);
    expect("a-24.jpg:output a-16.jpg:content b-24.jpg:unchanged b-16.jpg:unchanged ");
    expect("a-24.jpg:unchanged a-16.jpg:unchanged b-24.jpg:unchanged b-16.jpg:unchanged ");
}
END_TEST

START_TEST(another_version)
{
    expect("a.jpg:new b.jpg:new ");
    request.options.vips_version = "9";
    request.options.keep_versions = true;
    expect("a.jpg:unchanged b.jpg:unchanged ");
    request.options.keep_versions = false;
    expect("a.jpg:version b.jpg:version ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    request.options.jpeg_version = "3";
    expect("a.jpg:version b.jpg:version ");
}
END_TEST

START_TEST(another_input)
{
    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(rename("in", "other"), 0);
    request.inputs[0] = "other";
    expect("a.jpg:new b.jpg:new ");
    request.inputs[0] = "./other//";
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

/* An output that would be larger than its original is recorded as left out. */
START_TEST(larger_than_the_original)
{
    request.settings.if_larger = LOOM_IF_LARGER_SKIP;
    request.recipe.sizes[0].width = 640;
    request.recipe.quality = 100;
    expect("a.jpg:the output would be larger than the original "
           "b.jpg:the output would be larger than the original ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    state_set_time("in/a.jpg", -HOUR / 2);
    expect("a.jpg:content b.jpg:unchanged ");
    ck_assert(!tmpdir_exists("out/a.jpg"));
    request.settings.if_larger = LOOM_IF_LARGER_WRITE;
    expect("a.jpg:recipe b.jpg:recipe ");
}
END_TEST

/* ---- outputs ------------------------------------------------------------- */

START_TEST(outputs_that_are_not_as_written)
{
    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(unlink("out/a.jpg"), 0);
    ck_assert_int_eq(truncate("out/b.jpg", 0), 0);
    expect("a.jpg:output b.jpg:output ");
    state_set_time("out/a.jpg", -HOUR);
    expect("a.jpg:output b.jpg:unchanged ");
    state_edit_in_place("out/a.jpg");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    request.options.unchanged_by = LOOM_UNCHANGED_BY_HASH;
    expect("a.jpg:output b.jpg:content ");
    expect("a.jpg:content b.jpg:content ");
}
END_TEST

/* A moved tree stays made: times may be rounded, and inodes and devices are others. */
START_TEST(outputs_that_were_moved)
{
    struct stat info;

    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(stat("out/a.jpg", &info), 0);
    ck_assert_int_eq(system("cp -p out/a.jpg out/copy && mv out/copy out/a.jpg"), 0);
    const struct timespec second = {info.st_mtim.tv_sec, 0};
    const struct timespec times[2] = {second, second};
    ck_assert_int_eq(utimensat(AT_FDCWD, "out/a.jpg", times, 0), 0);
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

START_TEST(outputs_of_others)
{
    tmpdir_write_text("out/a.jpg", "mine");
    state_set_time("out/a.jpg", -2 * HOUR);
    request.settings.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("a.jpg:output exists b.jpg:new ");
    expect("a.jpg:output exists b.jpg:unchanged ");
    request.settings.if_exists = LOOM_IF_EXISTS_ERROR;
    expect("a.jpg:!exists b.jpg:unchanged ");
    request.recipe.grayscale = true;
    expect("a.jpg:!exists b.jpg:recipe "); /* its own may be replaced */
    tmpdir_assert_text("out/a.jpg", "mine");
    request.settings.if_exists = LOOM_IF_EXISTS_NEWER;
    expect("a.jpg:new b.jpg:unchanged ");
    tmpdir_write_text("out/b.jpg", "mine");
    request.settings.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("a.jpg:unchanged b.jpg:output exists ");
}
END_TEST

/* What the plan refuses was not tried: its record stays. */
START_TEST(refused_by_the_plan)
{
    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(rename("out/b.jpg", "aside"), 0);
    tmpdir_write_text("out/b.jpg", "mine");
    request.settings.if_exists = LOOM_IF_EXISTS_ERROR;
    expect("a.jpg:unchanged b.jpg:!exists ");
    tmpdir_assert_text("out/b.jpg", "mine");
    ck_assert_int_eq(rename("aside", "out/b.jpg"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

START_TEST(outputs_that_are_taken_over)
{
    tmpdir_write_text("out/a.jpg", "made by another program");
    request.settings.if_exists = LOOM_IF_EXISTS_NEWER;
    request.settings.dry_run = true;
    expect("a.jpg:output is newer than the input b.jpg:planned new ");
    request.settings.dry_run = false;
    expect("a.jpg:output is newer than the input b.jpg:new ");
    request.settings.if_exists = LOOM_IF_EXISTS_REPLACE;
    expect("a.jpg:unchanged b.jpg:unchanged ");
    state_set_time("in/a.jpg", -HOUR / 2); /* no content is known of it */
    expect("a.jpg:input b.jpg:unchanged ");
}
END_TEST

/* ---- inputs -------------------------------------------------------------- */

START_TEST(stamps_that_differ)
{
    expect("a.jpg:new b.jpg:new ");
    state_set_time("in/a.jpg", -HOUR / 2);
    expect("a.jpg:content b.jpg:unchanged ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    ck_assert_int_eq(chmod("in/a.jpg", 0600), 0);
    ck_assert_int_eq(link("in/b.jpg", "link"), 0);
    expect("a.jpg:content b.jpg:content ");
    ck_assert_int_eq(system("cp -p in/b.jpg copy && mv copy in/b.jpg"), 0);
    expect("a.jpg:unchanged b.jpg:content ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
    state_make_input("in/a.jpg", 7);
    expect("a.jpg:input b.jpg:unchanged ");
    state_edit_in_place("in/a.jpg");
    expect("a.jpg:input b.jpg:unchanged ");
    tmpdir_write_text("in/b.jpg", "shorter");
    expect("a.jpg:unchanged b.jpg:input!unsupported ");
}
END_TEST

START_TEST(by_modification_time_alone)
{
    request.options.unchanged_by = LOOM_UNCHANGED_BY_MTIME;
    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(chmod("in/a.jpg", 0600), 0);
    expect("a.jpg:unchanged b.jpg:unchanged ");
    state_edit_in_place("in/a.jpg");
    expect("a.jpg:unchanged b.jpg:unchanged "); /* which is what it means */
    request.options.unchanged_by = LOOM_UNCHANGED_BY_STAT;
    expect("a.jpg:input b.jpg:unchanged ");
}
END_TEST

/* A write within the tick of the clock in which the input was read leaves its stamp as it was. */
START_TEST(written_while_it_was_read)
{
    request.options.unchanged_by = LOOM_UNCHANGED_BY_MTIME;
    state_set_time("in/a.jpg", 0);
    state_set_time("in/b.jpg", HOUR); /* of a clock that is wrong */
    expect("a.jpg:new b.jpg:new ");
    state_edit_in_place("in/a.jpg");
    expect("a.jpg:input b.jpg:content ");
}
END_TEST

START_TEST(always_by_content)
{
    request.options.unchanged_by = LOOM_UNCHANGED_BY_HASH;
    expect("a.jpg:new b.jpg:new ");
    expect("a.jpg:content b.jpg:content ");
    state_edit_in_place("in/a.jpg");
    expect("a.jpg:input b.jpg:content ");
}
END_TEST

/* ---- failures ------------------------------------------------------------ */

START_TEST(failures_are_tried_again)
{
    tmpdir_write_text("in/b.jpg", "no picture");
    state_set_time("in/b.jpg", -HOUR);
    expect("a.jpg:new b.jpg:new!unsupported ");
    expect("a.jpg:unchanged b.jpg:failed!unsupported ");
    request.options.retry = LOOM_RETRY_NEVER;
    expect("a.jpg:unchanged b.jpg:!unsupported ");
    state_set_time("in/b.jpg", -HOUR / 2);
    expect("a.jpg:unchanged b.jpg:!unsupported "); /* by its content */
    expect("a.jpg:unchanged b.jpg:!unsupported ");
    tmpdir_write_text("in/b.jpg", "ni picture");
    expect("a.jpg:unchanged b.jpg:failed!unsupported ");
    request.recipe.grayscale = true;
    expect("a.jpg:recipe b.jpg:recipe!unsupported ");
    state_make_input("in/b.jpg", 2);
    expect("a.jpg:unchanged b.jpg:failed ");
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

/* Only errors that are the input's own are kept. */
START_TEST(each_code)
{
    static const loom_status kept[] = {LOOM_ERR_EMPTY,     LOOM_ERR_UNSUPPORTED,  LOOM_ERR_CORRUPT,
                                       LOOM_ERR_TRUNCATED, LOOM_ERR_TOO_LARGE,    LOOM_ERR_TIMEOUT,
                                       LOOM_ERR_CRASHED,   LOOM_ERR_OUT_OF_MEMORY};
    char sql[200], text[100];

    expect("a.jpg:new b.jpg:new ");
    request.options.retry = LOOM_RETRY_NEVER;
    for (unsigned code = 1; code < LOOM_STATUS_COUNT; code++) {
        bool keeps = false;
        for (size_t i = 0; i < COUNT(kept); i++)
            keeps = keeps || kept[i] == (loom_status)code;
        (void)snprintf(sql, sizeof sql,
                       "UPDATE output SET status = 4, code = %u, stage = 5, error = 'it' "
                       "WHERE CAST(path AS TEXT) = 'out/b.jpg'",
                       code);
        state_change("s.db", sql);
        (void)snprintf(text, sizeof text, "a.jpg:unchanged b.jpg:%s%s ", keeps ? "!" : "failed",
                       keeps ? loom_status_name((loom_status)code) : "");
        expect(text);
    }
}
END_TEST

/* An image that fails where an output of an earlier run stands: that stays the state's own. */
START_TEST(failed_behind_an_output)
{
    expect("a.jpg:new b.jpg:new ");
    tmpdir_write_text("in/b.jpg", "no picture");
    expect("a.jpg:unchanged b.jpg:input!unsupported ");
    state_make_input("in/b.jpg", 3);
    request.settings.if_exists = LOOM_IF_EXISTS_ERROR;
    expect("a.jpg:unchanged b.jpg:failed ");
}
END_TEST

/* ---- runs ---------------------------------------------------------------- */

START_TEST(dry_runs_change_nothing)
{
    size_t size, size_after;

    request.settings.dry_run = true;
    expect("a.jpg:planned new b.jpg:planned new ");
    ck_assert(!tmpdir_exists("s.db") && !tmpdir_exists("out"));
    request.settings.dry_run = false;
    expect("a.jpg:new b.jpg:new ");
    state_make_input("in/c.jpg", 3);
    state_set_time("in/a.jpg", -HOUR / 2);
    char *before = tmpdir_read("s.db", &size);
    request.settings.dry_run = true;
    expect("a.jpg:planned input b.jpg:unchanged c.jpg:planned new ");
    request.recipe.grayscale = true;
    expect("a.jpg:planned recipe b.jpg:planned recipe c.jpg:planned new ");
    char *after = tmpdir_read("s.db", &size_after);
    ck_assert_uint_eq(size, size_after);
    ck_assert_mem_eq(before, after, size);
    ck_assert(!tmpdir_exists("s.db-wal") && !tmpdir_exists("out/c.jpg"));
    free(before);
    free(after);
}
END_TEST

START_TEST(an_interrupted_run_goes_on)
{
    char path[40];

    for (int i = 0; i < 40; i++) {
        (void)snprintf(path, sizeof path, "in/%02d.jpg", i);
        state_make_input(path, i);
    }
    request.stop_after = 5;
    (void)state_run(&request);
    const int64_t done = state_count("SELECT count(*) FROM output");
    ck_assert_int_ge(done, 5);
    ck_assert_int_lt(done, 42); /* those that were cancelled have none */
    ck_assert_int_eq(state_count("SELECT count(*) FROM output WHERE status = 0"), done);
    request.stop_after = 0;
    const unsigned made = state_run(&request);
    ck_assert_uint_eq(made, 42u - (unsigned)done);
    ck_assert_uint_eq(state_run(&request), 0);
}
END_TEST

START_TEST(a_project_that_was_moved)
{
    expect("a.jpg:new b.jpg:new ");
    ck_assert_int_eq(mkdir("project", 0700), 0);
    ck_assert_int_eq(rename("in", "project/in"), 0);
    ck_assert_int_eq(rename("out", "project/out"), 0);
    ck_assert_int_eq(rename("s.db", "project/s.db"), 0);
    ck_assert_int_eq(chdir("project"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged ");
    ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {unchanged_files_are_left_out,
                                  another_recipe,
                                  one_more_size,
                                  another_version,
                                  larger_than_the_original,
                                  another_input,
                                  outputs_that_are_not_as_written,
                                  outputs_that_were_moved,
                                  outputs_of_others,
                                  refused_by_the_plan,
                                  outputs_that_are_taken_over,
                                  stamps_that_differ,
                                  by_modification_time_alone,
                                  written_while_it_was_read,
                                  always_by_content,
                                  failures_are_tried_again,
                                  each_code,
                                  failed_behind_an_output,
                                  dry_runs_change_nothing,
                                  an_interrupted_run_goes_on,
                                  a_project_that_was_moved};

    return state_suite_run("state", &request, NULL, tests, COUNT(tests));
}
