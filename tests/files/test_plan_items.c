/* Plans of outputs that were planned before. */
#include "batch/job.h"
#include "files/output_tree.h"
#include "files/planner.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <string.h>

static loom_plan *plan;
static loom_recipe recipe;

static void setup(void)
{
    tmpdir_enter();
    loom_recipe_init(&recipe);
    recipe.format = recipe.formats[0] = LOOM_FORMAT_JPEG;
    recipe.formats[1] = LOOM_FORMAT_WEBP;
    recipe.format_count = 2;
    recipe.sizes[0].width = 8;
    recipe.sizes[1].width = 4;
    recipe.size_count = 2;
    plan = NULL;
}

static void teardown(void)
{
    loom_plan_free(plan);
    tmpdir_leave();
}

static loom_status make(const loom_item *items, size_t count, const char *root)
{
    loom_plan_free(plan);
    plan = NULL;
    return loom_plan_create_of_items(&plan, items, count, &recipe, root, NULL, NULL, NULL);
}

START_TEST(tasks_are_the_items)
{
    const loom_error error = {LOOM_ERR_COLLISION, LOOM_STAGE_PLAN, "two"};
    char again[] = "in/a.jpg";
    const loom_item items[] = {
        {7, "in/a.jpg", "out/a-8.jpg", 100, 0, LOOM_FORMAT_JPEG, NULL, NULL},
        {8, again, "out/a-8.webp", 100, 1, LOOM_FORMAT_WEBP, NULL, "output exists"},
        {9, "in/a.jpg", "out/a-4.jpg", 100, 2, LOOM_FORMAT_JPEG, &error, NULL},
        {20, "in/b.jpg", NULL, 0, 0, LOOM_FORMAT_UNKNOWN, &error, "both"},
    };

    ck_assert_int_eq(make(items, COUNT(items), "out"), LOOM_OK);
    ck_assert_uint_eq(loom_plan_count(plan), COUNT(items));
    for (size_t i = 0; i < COUNT(items); i++) {
        const loom_task *task = loom_plan_task(plan, i);
        ck_assert_uint_eq(task->seq, items[i].item);
        ck_assert_ptr_eq(task->output_path, items[i].output_path);
        ck_assert_uint_eq(task->input_size, items[i].bytes);
        ck_assert_uint_eq(task->output, items[i].output);
        ck_assert_uint_eq(task->size, items[i].output / 2);
        ck_assert_int_eq(task->format, items[i].format);
        ck_assert_ptr_eq(task->error, items[i].error);
        ck_assert(!task->new_name);
    }
    /* Outputs of an input are known by one pointer. */
    ck_assert_ptr_eq(loom_plan_task(plan, 1)->input_path, loom_plan_task(plan, 0)->input_path);
    ck_assert_str_eq(loom_plan_task(plan, 1)->skip_reason, "output exists");
    ck_assert_ptr_null(loom_plan_task(plan, 3)->skip_reason);
    ck_assert_int_eq(loom_plan_enter(plan, NULL), LOOM_OK);
    ck_assert(tmpdir_exists("out"));
    ck_assert(loom_plan_is_output(plan, "out/a-8.jpg"));
    tmpdir_touch("in/a.jpg");
    ck_assert(!loom_plan_is_input(plan, "in/a.jpg"));
    ck_assert_uint_eq(loom_plan_sweep(plan), 0);
}
END_TEST

/* Whatever a list says, no output leaves its folder. */
START_TEST(paths_that_leave)
{
    static const struct {
        const char *root, *input, *output;
        size_t root_size; /* SIZE_MAX: unsafe */
    } cases[] = {
        {"out", "in/a.jpg", "out/a.jpg", 3},
        {"out//", "in/a.jpg", "out/s/a.jpg", 3},
        {"out", "in/a.jpg", "out", SIZE_MAX},
        {"out", "in/a.jpg", "out/", SIZE_MAX},
        {"out", "in/a.jpg", "outer/a.jpg", SIZE_MAX},
        {"out", "in/a.jpg", "in/a.jpg", SIZE_MAX},
        {"out", "in/a.jpg", "out/../in/a.jpg", SIZE_MAX},
        {"out", "in/a.jpg", "out/..", SIZE_MAX},
        {"out", "in/a.jpg", "out/./a.jpg", SIZE_MAX},
        {"out", "in/a.jpg", "out//etc/passwd", SIZE_MAX},
        {"out", "in/a.jpg", "/etc/passwd", SIZE_MAX},
        {"/", "in/a.jpg", "/srv/a.jpg", 0},
        {"/", "in/a.jpg", "srv/a.jpg", SIZE_MAX},
        {".", "in/a.jpg", "./a.jpg", 1},
        {NULL, "in/a.jpg", "in/processed_a.jpg", 3},
        {NULL, "in/a.jpg", "in/s/a.jpg", 3},
        {NULL, "in/a.jpg", "in/../a.jpg", SIZE_MAX},
        {NULL, "in/a.jpg", "out/a.jpg", SIZE_MAX},
        {NULL, "in/a.jpg", "in", SIZE_MAX},
        {NULL, "a.jpg", "processed_a.jpg", 0},
        {NULL, "a.jpg", "/processed_a.jpg", SIZE_MAX},
        {NULL, "a.jpg", "../processed_a.jpg", SIZE_MAX},
        {NULL, "a.jpg", "", SIZE_MAX},
        {NULL, "/a.jpg", "/processed_a.jpg", 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const loom_item item = {0,   cases[i].input, cases[i].output, 1, 0, LOOM_FORMAT_JPEG, NULL,
                                NULL};
        ck_assert_int_eq(make(&item, 1, cases[i].root), LOOM_OK);
        const loom_task *task = loom_plan_task(plan, 0);
        ck_assert_msg((task->error != NULL) == (cases[i].root_size == SIZE_MAX), "%zu", i);
        if (task->error != NULL)
            ck_assert_int_eq(task->error->code, LOOM_ERR_UNSAFE_PATH);
        else
            ck_assert_uint_eq(task->tree->root_size, cases[i].root_size);
    }
}
END_TEST

START_TEST(inputs_in_a_folder_share_a_tree)
{
    const loom_item items[] = {
        {0, "in/a.jpg", "in/x/a.jpg", 1, 0, LOOM_FORMAT_JPEG, NULL, NULL},
        {1, "in/b.jpg", "in/x/b.jpg", 1, 0, LOOM_FORMAT_JPEG, NULL, NULL},
        {2, "on/b.jpg", "on/x/b.jpg", 1, 0, LOOM_FORMAT_JPEG, NULL, NULL},
    };

    ck_assert_int_eq(make(items, COUNT(items), NULL), LOOM_OK);
    ck_assert_ptr_eq(loom_plan_task(plan, 0)->tree, loom_plan_task(plan, 1)->tree);
    ck_assert_ptr_ne(loom_plan_task(plan, 0)->tree, loom_plan_task(plan, 2)->tree);
    ck_assert_int_eq(loom_plan_enter(plan, NULL), LOOM_OK);
}
END_TEST

START_TEST(items_that_are_none)
{
    loom_item item = {0, "in/a.jpg", "out/a.jpg", 1, 4, LOOM_FORMAT_JPEG, NULL, NULL};

    ck_assert_int_eq(make(&item, 1, "out"), LOOM_ERR_USAGE);
    item.output = 3;
    ck_assert_int_eq(make(&item, 1, "out"), LOOM_OK);
    item.format = LOOM_FORMAT_SAME;
    ck_assert_int_eq(make(&item, 1, "out"), LOOM_ERR_USAGE);
    item.format = LOOM_FORMAT_WEBP;
    item.output_path = NULL;
    ck_assert_int_eq(make(&item, 1, "out"), LOOM_ERR_USAGE);
    ck_assert_int_eq(make(NULL, 0, "out"), LOOM_OK);
    ck_assert_uint_eq(loom_plan_count(plan), 0);
    recipe.quality = 101;
    ck_assert_int_eq(make(NULL, 0, "out"), LOOM_ERR_USAGE);
}
END_TEST

/* What was decided when it was planned is not decided again. */
START_TEST(existing_outputs_are_replaced)
{
    const loom_item item = {0, "in/a.jpg", "out/a.jpg", 1, 0, LOOM_FORMAT_JPEG, NULL, NULL};
    loom_settings settings;

    loom_settings_init(&settings);
    settings.if_exists = LOOM_IF_EXISTS_SKIP;
    settings.preserve_timestamps = true;
    tmpdir_touch("out/a.jpg");
    ck_assert_int_eq(
        loom_plan_create_of_items(&plan, &item, 1, &recipe, "out", &settings, NULL, NULL), LOOM_OK);
    ck_assert_ptr_null(loom_plan_task(plan, 0)->skip_reason);
    ck_assert_int_eq(plan->settings->if_exists, LOOM_IF_EXISTS_REPLACE);
    ck_assert(plan->settings->preserve_timestamps);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan items");
    TCase *c = tcase_create("plan items");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, tasks_are_the_items);
    tcase_add_test(c, paths_that_leave);
    tcase_add_test(c, inputs_in_a_folder_share_a_tree);
    tcase_add_test(c, items_that_are_none);
    tcase_add_test(c, existing_outputs_are_replaced);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
