/* Outputs whose input is gone: which they are, and what --prune removes of them. */
#include "support/state_run.h"

#include "base/clock.h"
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define GONE            "input is gone "
#define KEPT(path, why) "-" path ":input is gone(" why ") "

static state_request request;

static void setup(void)
{
    state_make_input("in/deep/er/c.jpg", 3);
    state_expect(&request, "a.jpg:new b.jpg:new c.jpg:new ");
}

static void expect(const char *text)
{
    state_expect(&request, text);
}

START_TEST(they_are_told_until_they_are_pruned)
{
    ck_assert_int_eq(unlink("in/deep/er/c.jpg"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged -out/deep/er/c.jpg:" GONE);
    expect("a.jpg:unchanged b.jpg:unchanged -out/deep/er/c.jpg:" GONE);
    ck_assert_uint_eq(state_gone.outputs, 3);
    ck_assert(tmpdir_exists("out/deep/er/c.jpg"));
    request.options.prune = true;
    request.settings.dry_run = true;
    expect("a.jpg:unchanged b.jpg:unchanged -out/deep/er/c.jpg:" GONE);
    request.settings.dry_run = false;
    expect("a.jpg:unchanged b.jpg:unchanged +out/deep/er/c.jpg:" GONE);
    ck_assert(!tmpdir_exists("out/deep") && tmpdir_exists("out/a.jpg"));
    expect("a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

/* Folders that hold something else stay, and so does the root. */
START_TEST(folders_that_are_not_empty)
{
    request.options.prune = true;
    request.options.max_prune = (loom_error_limit){.given = true, .percent = true, .max = 100};
    tmpdir_touch("out/deep/other");
    ck_assert_int_eq(unlink("in/deep/er/c.jpg"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged +out/deep/er/c.jpg:" GONE);
    ck_assert(tmpdir_exists("out/deep/other") && !tmpdir_exists("out/deep/er"));
    tmpdir_touch("in/other.jpg");
    ck_assert_int_eq(unlink("in/a.jpg") + unlink("in/b.jpg") + unlink("out/deep/other"), 0);
    expect("other.jpg:new!unsupported +out/a.jpg:" GONE "+out/b.jpg:" GONE);
    ck_assert(tmpdir_exists("out"));
}
END_TEST

START_TEST(outputs_that_were_changed)
{
    request.options.prune = true;
    ck_assert_int_eq(unlink("in/a.jpg"), 0);
    tmpdir_write_text("out/a.jpg", "mine");
    expect("b.jpg:unchanged c.jpg:unchanged -out/a.jpg:input is gone(was changed since) ");
    tmpdir_assert_text("out/a.jpg", "mine");
    ck_assert_int_eq(unlink("out/a.jpg"), 0);
    ck_assert_int_eq(symlink("b.jpg", "out/a.jpg"), 0);
    expect("b.jpg:unchanged c.jpg:unchanged -out/a.jpg:input is gone(was changed since) ");
    ck_assert_int_eq(unlink("out/a.jpg"), 0); /* somebody was faster */
    expect("b.jpg:unchanged c.jpg:unchanged +out/a.jpg:" GONE);
    expect("b.jpg:unchanged c.jpg:unchanged ");
}
END_TEST

/* Size and time are what tells it, or content if that is what tells everything. */
START_TEST(outputs_that_were_edited_in_place)
{
    request.options.prune = true;
    request.options.unchanged_by = LOOM_UNCHANGED_BY_HASH;
    ck_assert_int_eq(unlink("in/a.jpg"), 0);
    state_edit_in_place("out/a.jpg");
    expect("b.jpg:content c.jpg:content " KEPT("out/a.jpg", "was changed since"));
    request.options.unchanged_by = LOOM_UNCHANGED_BY_STAT;
    expect("b.jpg:unchanged c.jpg:unchanged +out/a.jpg:" GONE);
    ck_assert(!tmpdir_exists("out/a.jpg"));
}
END_TEST

/* A folder on the way that has become a link leads out of the tree. */
START_TEST(folders_that_became_links)
{
    request.options.prune = true;
    ck_assert_int_eq(unlink("in/deep/er/c.jpg"), 0);
    ck_assert_int_eq(rename("out/deep", "elsewhere"), 0);
    ck_assert_int_eq(symlink("../elsewhere", "out/deep"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged "
           "-out/deep/er/c.jpg:input is gone(its folder cannot be entered) ");
    ck_assert(tmpdir_exists("elsewhere/er/c.jpg"));
}
END_TEST

START_TEST(too_many)
{
    request.options.prune = true;
    ck_assert_int_eq(unlink("in/a.jpg") + unlink("in/b.jpg"), 0);
    expect("c.jpg:unchanged " KEPT("out/a.jpg", "too many are gone")
               KEPT("out/b.jpg", "too many are gone"));
    ck_assert(state_gone.too_many && state_gone.empty_input == NULL);
    request.options.max_prune = (loom_error_limit){.given = true, .max = 1};
    expect("c.jpg:unchanged " KEPT("out/a.jpg", "too many are gone")
               KEPT("out/b.jpg", "too many are gone"));
    ck_assert(state_gone.too_many);
    request.options.max_prune = (loom_error_limit){.given = true, .max = 2};
    expect("c.jpg:unchanged +out/a.jpg:" GONE "+out/b.jpg:" GONE);
    ck_assert(!state_gone.too_many);
}
END_TEST

/* A disk that is not mounted must cost no output. */
START_TEST(an_input_without_files)
{
    request.options.prune = true;
    request.options.max_prune = (loom_error_limit){.given = true, .percent = true, .max = 100};
    request.inputs[1] = "more";
    request.output_root = "all";
    state_make_input("more/d.jpg", 4);
    expect("a.jpg:new b.jpg:new c.jpg:new d.jpg:new ");
    ck_assert_int_eq(unlink("more/d.jpg"), 0);
    expect("a.jpg:unchanged b.jpg:unchanged c.jpg:unchanged " KEPT(
        "all/more/d.jpg", "an input folder has no files left"));
    ck_assert_str_eq(state_gone.empty_input, "more");
    ck_assert(tmpdir_exists("all/more/d.jpg"));
    state_make_input("more/e.jpg", 5);
    expect("a.jpg:unchanged b.jpg:unchanged c.jpg:unchanged e.jpg:new +all/more/d.jpg:" GONE);
}
END_TEST

START_TEST(a_folder_that_cannot_be_read)
{
    request.options.prune = true;
    ck_assert_int_eq(unlink("in/deep/er/c.jpg"), 0);
    ck_assert_int_eq(system("chmod -R a+rwX . && chmod 700 in/deep"), 0);
    user_drop();
    ck_assert(geteuid() != getuid() || chmod("in/deep", 0) == 0);
    expect("a.jpg:content b.jpg:content :!permission ");
    user_restore();
    ck_assert_int_eq(chmod("in/deep", 0777), 0);
    expect("a.jpg:unchanged b.jpg:unchanged +out/deep/er/c.jpg:" GONE);
}
END_TEST

/* A file where a folder was: what lay in that is gone, too. */
START_TEST(a_folder_that_became_a_file)
{
    ck_assert_int_eq(rename("in/deep", "deep"), 0);
    tmpdir_write_text("in/deep", "a file");
    expect("a.jpg:unchanged b.jpg:unchanged -out/deep/er/c.jpg:" GONE);
}
END_TEST

/* What exists but was not taken, and what other runs make, is no business of this one. */
START_TEST(what_does_not_count)
{
    request.options.prune = true;
    request.excluded[0] = "a.jpg";
    expect("b.jpg:unchanged c.jpg:unchanged ");
    ck_assert(tmpdir_exists("out/a.jpg"));
    request.excluded[0] = NULL;
    request.inputs[0] = "in/deep";
    request.output_root = "out/deep";
    expect("c.jpg:unchanged ");
    ck_assert_uint_eq(state_gone.outputs, 1);
    request.inputs[0] = "in/a.jpg"; /* a file is no folder whose files may be missing */
    request.output_root = "out";
    ck_assert_int_eq(unlink("in/b.jpg"), 0);
    expect("a.jpg:unchanged ");
    ck_assert_uint_eq(state_gone.outputs, 0);
    request.inputs[0] = "in";
    request.output_root = "other";
    expect("a.jpg:new c.jpg:new ");
    ck_assert_uint_eq(state_gone.outputs, 2);
}
END_TEST

START_TEST(outputs_with_other_names)
{
    request.options.prune = true;
    request.options.max_prune = (loom_error_limit){.given = true, .percent = true, .max = 100};
    request.name_template = "{dir}/{stem}.small.{ext}";
    expect("a.small.jpg:new b.small.jpg:new c.small.jpg:new "
           "+out/a.jpg:its outputs have other names now "
           "+out/b.jpg:its outputs have other names now "
           "+out/deep/er/c.jpg:its outputs have other names now ");
    ck_assert(tmpdir_exists("out/deep/er/c.small.jpg") && !tmpdir_exists("out/deep/er/c.jpg"));
}
END_TEST

/* Beside the inputs the folders are the user's. */
START_TEST(beside_the_inputs)
{
    request.output_root = NULL;
    request.name_template = "{stem}.small.{ext}";
    request.inputs[0] = "own";
    request.options.prune = true;
    state_make_input("own/a.jpg", 1);
    state_make_input("own/deep/b.jpg", 2);
    expect("a.small.jpg:new b.small.jpg:new ");
    ck_assert_int_eq(unlink("own/deep/b.jpg"), 0);
    ck_assert_int_eq(rename("own/a.small.jpg", "aside"), 0); /* which would be an input itself */
    ck_assert_int_eq(rename("own/deep/b.small.jpg", "own/deep/keep"), 0);
    ck_assert_int_eq(rename("own/deep/keep", "own/deep/b.small.jpg"), 0);
    expect("a.small.jpg:output b.small.small.jpg:new "
           "-own/deep/b.small.jpg:input is gone(it is an input of this run) ");
    ck_assert(tmpdir_exists("own/deep"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {they_are_told_until_they_are_pruned,
                                  folders_that_are_not_empty,
                                  outputs_that_were_changed,
                                  outputs_that_were_edited_in_place,
                                  folders_that_became_links,
                                  a_folder_that_became_a_file,
                                  too_many,
                                  an_input_without_files,
                                  a_folder_that_cannot_be_read,
                                  what_does_not_count,
                                  outputs_with_other_names,
                                  beside_the_inputs};

    return state_suite_run("state_gone", &request, setup, tests, COUNT(tests));
}
