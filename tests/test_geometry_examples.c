/* Geometry by examples whose answers are known; test_geometry tries every combination. */
#include "picture/recipe_fields.h"
#include "support/geometry_of.h"
#include "support/suite.h"

typedef struct extent {
    uint32_t width, height;
} extent;

typedef struct target {
    uint32_t width, height, percent;
} target;

typedef struct example {
    extent stored;
    loom_fit fit;
    target to;
    bool no_upscale;
    extent resized, final;
} example;

static const example examples[] = {
    {{333, 222}, LOOM_FIT_COVER, {100, 0, 0}, false, {100, 67}, {100, 67}},
    {{1001, 999}, LOOM_FIT_COVER, {500, 0, 0}, false, {500, 499}, {500, 499}},
    {{2000, 3}, LOOM_FIT_COVER, {100, 0, 0}, false, {100, 1}, {100, 1}},
    {{400, 200}, LOOM_FIT_INSIDE, {333, 777, 0}, false, {333, 167}, {333, 167}},
    {{400, 200}, LOOM_FIT_FILL, {100, 0, 0}, false, {100, 200}, {100, 200}},
    {{400, 200}, LOOM_FIT_COVER, {300, 300, 0}, true, {400, 200}, {300, 200}},
    {{400, 200}, LOOM_FIT_CONTAIN, {300, 300, 0}, true, {300, 150}, {300, 300}},
    {{400, 200}, LOOM_FIT_FILL, {300, 300, 0}, true, {300, 200}, {300, 200}},
    {{400, 200}, LOOM_FIT_INSIDE, {300, 300, 0}, true, {300, 150}, {300, 150}},
    {{400, 200}, LOOM_FIT_OUTSIDE, {300, 300, 0}, true, {400, 200}, {400, 200}},
    {{400, 200}, LOOM_FIT_COVER, {1000, 1000, 0}, true, {400, 200}, {400, 200}},
    {{400, 200}, LOOM_FIT_FILL, {1000, 1000, 0}, true, {400, 200}, {400, 200}},
    {{400, 200}, LOOM_FIT_INSIDE, {1000, 1000, 0}, true, {400, 200}, {400, 200}},
    {{400, 200}, LOOM_FIT_OUTSIDE, {1000, 1000, 0}, true, {400, 200}, {400, 200}},
    {{400, 200}, LOOM_FIT_CONTAIN, {1000, 1000, 0}, true, {400, 200}, {1000, 1000}},
    {{400, 200}, LOOM_FIT_COVER, {0, 0, 50}, false, {200, 100}, {200, 100}},
    {{5, 3}, LOOM_FIT_COVER, {0, 0, 50}, false, {3, 2}, {3, 2}}, /* 2.5 and 1.5: half up */
    {{400, 200}, LOOM_FIT_COVER, {300, 300, 0}, false, {600, 300}, {300, 300}},
    {{400, 200}, LOOM_FIT_OUTSIDE, {300, 300, 0}, false, {600, 300}, {600, 300}},
};

START_TEST(worked_example)
{
    const example *x = &examples[_i];
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.fit = x->fit;
    recipe.sizes[0].width = x->to.width;
    recipe.sizes[0].height = x->to.height;
    recipe.sizes[0].percent = x->to.percent;
    recipe.no_upscale = x->no_upscale;
    const loom_geometry g = geometry_of(&recipe, x->stored.width, x->stored.height, 1);
    ck_assert_uint_eq(g.resize_width, x->resized.width);
    ck_assert_uint_eq(g.resize_height, x->resized.height);
    ck_assert_uint_eq(g.width, x->final.width);
    ck_assert_uint_eq(g.height, x->final.height);
}
END_TEST

START_TEST(the_box_is_the_turned_picture_s)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 100, recipe.sizes[0].height = 50, recipe.rotation = 90;
    loom_geometry g = geometry_of(&recipe, 800, 400, 1);
    ck_assert_uint_eq(g.width, 100);
    ck_assert_uint_eq(g.height, 50);
    ck_assert_uint_eq(g.resize_width, 200); /* 400x800 once turned, and 100x200 resized */
    ck_assert_uint_eq(g.resize_height, 100);
}
END_TEST

/* 7 px to 4 leave 3 over: the crop starts at (3 + 1) / 2; 4 in 7 start at 3 / 2. */
START_TEST(an_odd_left_over_is_shared_as_agreed)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 4, recipe.sizes[0].height = 4;
    loom_geometry g = geometry_of(&recipe, 7, 4, 1);
    ck_assert_uint_eq(g.crop.x, 2);
    ck_assert_uint_eq(g.crop.width, 4);
    recipe.flop = true; /* column 2 of the turned picture is column 4 of the stored one */
    g = geometry_of(&recipe, 7, 4, 1);
    ck_assert_uint_eq(g.crop.x, 1);
    recipe.flop = false;
    recipe.sizes[0].width = 7, recipe.fit = LOOM_FIT_CONTAIN;
    g = geometry_of(&recipe, 4, 4, 1);
    ck_assert_uint_eq(g.left, 1);
    ck_assert_uint_eq(g.top, 0);
}
END_TEST

START_TEST(orientation_counts_only_when_asked)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    ck_assert_uint_eq(geometry_of(&recipe, 30, 20, 6).width, 20);
    recipe.auto_orient = false;
    loom_geometry g = geometry_of(&recipe, 30, 20, 6);
    ck_assert_uint_eq(g.width, 30);
    ck_assert_uint_eq(g.turn.quarters, 0);
    ck_assert(!g.turn.flop);
}
END_TEST

START_TEST(too_large_leaves_the_result_alone)
{
    loom_geometry g = {.width = 77};
    loom_error err = LOOM_ERROR_INIT;
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 65500, recipe.sizes[0].height = 65500;
    ck_assert_int_eq(loom_geometry_compute(&recipe, &recipe.sizes[0], 1000000, 3, 1, &g, &err),
                     LOOM_ERR_TOO_LARGE);
    ck_assert_uint_eq(g.width, 77);
    ck_assert_int_eq(err.stage, LOOM_STAGE_TRANSFORM);
    ck_assert_str_eq(err.message, "the picture would be 21833333333x65500 px before it is "
                                  "cropped; at most 2147483647 px a side are possible");
    recipe.fit = LOOM_FIT_INSIDE;
    ck_assert_int_eq(loom_geometry_compute(&recipe, &recipe.sizes[0], 2000, 3, 1, &g, &err),
                     LOOM_OK);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("geometry_examples");
    TCase *tests = tcase_create("geometry_examples");

    tcase_add_loop_test(tests, worked_example, 0, (int)(sizeof examples / sizeof *examples));
    tcase_add_test(tests, the_box_is_the_turned_picture_s);
    tcase_add_test(tests, an_odd_left_over_is_shared_as_agreed);
    tcase_add_test(tests, orientation_counts_only_when_asked);
    tcase_add_test(tests, too_large_leaves_the_result_alone);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
