/*
 * Positions, angles and several sizes. The steps of a geometry are carried out on pictures whose
 * pixels tell where they stood, and must give what turning the whole picture first gives.
 */
#include "picture/recipe_fields.h"
#include "support/geometry_of.h"
#include "support/labelled.h"
#include "support/suite.h"
#include <math.h>

static loom_recipe recipe_of(uint32_t width, uint32_t height, loom_fit fit)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe.sizes[0] = (loom_size){.width = width, .height = height};
    recipe.fit = fit;
    return recipe;
}

/* ---- compass points ------------------------------------------------------ */

/* Which end of each axis: -1 the start, 1 the end, 0 the middle. */
static const struct {
    loom_position position;
    int x, y;
} compass[] = {{LOOM_POSITION_CENTRE, 0, 0},     {LOOM_POSITION_NORTH, 0, -1},
               {LOOM_POSITION_NORTHEAST, 1, -1}, {LOOM_POSITION_EAST, 1, 0},
               {LOOM_POSITION_SOUTHEAST, 1, 1},  {LOOM_POSITION_SOUTH, 0, 1},
               {LOOM_POSITION_SOUTHWEST, -1, 1}, {LOOM_POSITION_WEST, -1, 0},
               {LOOM_POSITION_NORTHWEST, -1, -1}};

enum { COMPASS = sizeof compass / sizeof *compass };

/* Left-overs of 0 to 7 px, odd and even, on either axis. */
START_TEST(cover_keeps_the_side_that_is_named)
{
    for (uint32_t rest = 0; rest < 8; rest++) {
        loom_recipe recipe = recipe_of(10, 10, LOOM_FIT_COVER);
        recipe.position = compass[_i].position;
        const uint32_t middle = (rest + 1) / 2;
        const uint32_t starts[3] = {0, middle, rest};

        loom_geometry g = geometry_of(&recipe, 10 + rest, 10, 1);
        ck_assert_uint_eq(g.crop.x, starts[compass[_i].x + 1]);
        ck_assert_uint_eq(g.crop.y, 0);
        ck_assert_uint_eq(g.crop.width, 10);
        g = geometry_of(&recipe, 10, 10 + rest, 1);
        ck_assert_uint_eq(g.crop.x, 0);
        ck_assert_uint_eq(g.crop.y, starts[compass[_i].y + 1]);
        ck_assert_uint_eq(g.crop.height, 10);
    }
}
END_TEST

START_TEST(contain_lies_on_the_side_that_is_named)
{
    for (uint32_t rest = 0; rest < 8; rest++) {
        const uint32_t starts[3] = {0, rest / 2, rest};
        loom_recipe recipe = recipe_of(10 + rest, 10, LOOM_FIT_CONTAIN);
        recipe.position = compass[_i].position;

        loom_geometry g = geometry_of(&recipe, 10, 10, 1);
        ck_assert_uint_eq(g.left, starts[compass[_i].x + 1]);
        ck_assert_uint_eq(g.top, 0);
        recipe.sizes[0] = (loom_size){.width = 10, .height = 10 + rest};
        g = geometry_of(&recipe, 10, 10, 1);
        ck_assert_uint_eq(g.left, 0);
        ck_assert_uint_eq(g.top, starts[compass[_i].y + 1]);
    }
}
END_TEST

/* ---- the position is the turned picture's -------------------------------- */

/* The picture after the steps that the geometry names; its scale is 1. */
static loom_picture by_geometry(const loom_geometry *g, uint32_t width, uint32_t height)
{
    loom_picture p = labelled_picture(width, height, 1, 2);

    ck_assert(g->resize_width == width && g->resize_height == height);
    ck_assert_int_eq(loom_picture_crop(&p, g->crop, NULL), LOOM_OK);
    ck_assert_int_eq(loom_picture_turn(&p, g->turn, NULL), LOOM_OK);
    ck_assert(p.width == g->canvas_width && p.height == g->canvas_height);
    ck_assert_int_eq(loom_picture_crop(&p, g->part, NULL), LOOM_OK);
    ck_assert_int_eq(
        loom_picture_pad(&p, g->width, g->height, g->left, g->top, (loom_colour){0, 0, 0, 0}, NULL),
        LOOM_OK);
    return p;
}

/* The same, the whole picture turned first, cropped and padded by its own reckoning. */
static loom_picture by_turning_first(const loom_recipe *recipe, const loom_geometry *g, int point,
                                     uint32_t width, uint32_t height)
{
    loom_picture p = labelled_picture(width, height, 1, 2);
    const uint32_t box[2] = {recipe->sizes[0].width, recipe->sizes[0].height};
    uint32_t at[2];

    ck_assert_int_eq(loom_picture_turn(&p, g->turn, NULL), LOOM_OK);
    const uint32_t turned[2] = {p.width, p.height};
    for (int axis = 0; axis < 2; axis++) {
        const int towards = axis == 0 ? compass[point].x : compass[point].y;
        const bool cover = recipe->fit == LOOM_FIT_COVER;
        const uint32_t rest = cover ? turned[axis] - box[axis] : box[axis] - turned[axis];
        at[axis] = towards < 0 ? 0 : towards > 0 ? rest : (rest + cover) / 2;
    }
    if (recipe->fit == LOOM_FIT_COVER)
        ck_assert_int_eq(loom_picture_crop(&p, (loom_rect){at[0], at[1], box[0], box[1]}, NULL),
                         LOOM_OK);
    else
        ck_assert_int_eq(
            loom_picture_pad(&p, box[0], box[1], at[0], at[1], (loom_colour){0, 0, 0, 0}, NULL),
            LOOM_OK);
    return p;
}

/* A box that takes one side of the turned picture as it is, and leaves 5 or 6 px of the other. */
static void assert_position(int point, loom_fit fit, int turn, uint32_t width, uint32_t height)
{
    const int orientation = 1 + turn % 8;
    loom_recipe recipe = recipe_of(0, 0, fit);

    recipe.position = compass[point].position;
    recipe.rotation = 90 * (turn / 8 % 4);
    recipe.flip = turn / 32 % 2 == 1;
    recipe.flop = turn / 64 == 1;
    const loom_geometry plain = geometry_of(&recipe, width, height, orientation);
    const uint32_t rest = 5 + (uint32_t)turn % 2;
    for (int axis = 0; axis < 2; axis++) {
        uint32_t box[2] = {plain.width, plain.height};
        box[axis] = fit == LOOM_FIT_COVER ? box[axis] - rest : box[axis] + rest;
        recipe.sizes[0] = (loom_size){.width = box[0], .height = box[1]};
        const loom_geometry g = geometry_of(&recipe, width, height, orientation);
        loom_picture made = by_geometry(&g, width, height);
        loom_picture expected = by_turning_first(&recipe, &g, point, width, height);
        ck_assert(made.width == expected.width && made.height == expected.height);
        ck_assert_mem_eq(made.data, expected.data, (size_t)made.width * made.height * 2);
        loom_picture_release(&made);
        loom_picture_release(&expected);
    }
}

START_TEST(the_position_is_of_the_turned_picture)
{
    for (int turn = 0; turn < 8 * 4 * 2 * 2; turn++) {
        assert_position(_i, LOOM_FIT_COVER, turn, 17, 12);
        assert_position(_i, LOOM_FIT_CONTAIN, turn, 17, 12);
    }
}
END_TEST

/* ---- by content ---------------------------------------------------------- */

START_TEST(a_position_by_content_crops_last)
{
    static const loom_position positions[] = {LOOM_POSITION_ENTROPY, LOOM_POSITION_ATTENTION};

    for (int i = 0; i < 2; i++) {
        loom_recipe recipe = recipe_of(50, 50, LOOM_FIT_COVER);
        recipe.position = positions[i];
        recipe.rotation = 90;
        loom_geometry g = geometry_of(&recipe, 400, 200, 1);
        ck_assert(g.by_content);
        ck_assert(g.crop.width == g.resize_width && g.crop.height == g.resize_height);
        ck_assert(g.canvas_width == 50 && g.canvas_height == 100);
        ck_assert(g.part.width == 50 && g.part.height == 50);
        ck_assert(g.width == 50 && g.height == 50);

        recipe.sizes[0].height = 100; /* nothing is to be cropped: nothing to be found */
        g = geometry_of(&recipe, 400, 200, 1);
        ck_assert(!g.by_content && g.width == 50 && g.height == 100);
    }
}
END_TEST

/* What is 1 px high shows more of itself to a box than there is; it is looked at as it is. */
START_TEST(content_is_looked_at_before_it_is_enlarged)
{
    loom_recipe recipe = recipe_of(512, 512, LOOM_FIT_COVER);
    recipe.position = LOOM_POSITION_ATTENTION;
    loom_geometry g = geometry_of(&recipe, 1024, 1, 1);
    ck_assert(g.by_content && g.resize_width == 1024 && g.resize_height == 1);
    ck_assert(g.canvas_width == 1024 * 512 && g.canvas_height == 512);
    ck_assert(g.look_width == 1024 && g.look_height == 1);

    loom_rect window = loom_geometry_window(&g);
    ck_assert(window.width == 1 && window.height == 1);
    window.x = 10;
    loom_rect found = loom_geometry_found(&g, window);
    ck_assert(found.x == 10 * 512 && found.y == 0);
    ck_assert(found.width == 512 && found.height == 512);

    recipe.sizes[0].width = 100; /* less than 1 px of the picture: its middle */
    g = geometry_of(&recipe, 1024, 1, 1);
    ck_assert_uint_eq(loom_geometry_found(&g, window).x, 10 * 512 + 256 - 50);

    recipe.rotation = 45;
    g = geometry_of(&recipe, 100, 60, 1);
    ck_assert(g.look_width == 113 && g.look_height == 113);
    ck_assert(g.canvas_width == 512 && g.canvas_height == 512);
}
END_TEST

/* Whatever the window, what is found lies in the canvas, and where nothing is enlarged it is it. */
START_TEST(what_is_found_lies_in_the_canvas)
{
    for (uint32_t side = 20; side < 120; side++) {
        loom_recipe recipe = recipe_of(side, 50, LOOM_FIT_COVER);
        recipe.position = LOOM_POSITION_ENTROPY;
        const loom_geometry g = geometry_of(&recipe, 60, 40, 1);
        loom_rect window = loom_geometry_window(&g);
        ck_assert(!g.by_content || g.canvas_width > g.part.width ||
                  g.canvas_height > g.part.height);
        for (window.x = 0; window.x + window.width <= g.look_width; window.x++) {
            const loom_rect found = loom_geometry_found(&g, window);
            ck_assert(found.x + found.width <= g.canvas_width);
            ck_assert(found.y + found.height <= g.canvas_height);
            if (g.look_width == g.canvas_width)
                ck_assert_uint_eq(found.x, window.x);
        }
    }
}
END_TEST

/* ---- angles -------------------------------------------------------------- */

static const double angles[] = {0.1, 7.5, 15.5, 30, 45, 60, 89.9, 101.25, 190, 270.5, 350};

enum { ANGLES = sizeof angles / sizeof *angles };

static void bounds_of(double degrees, double width, double height, uint32_t bounds[2])
{
    const double c = fabs(cos(degrees * M_PI / 180)), s = fabs(sin(degrees * M_PI / 180));

    bounds[0] = (uint32_t)floor(width * c + height * s + 0.5);
    bounds[1] = (uint32_t)floor(width * s + height * c + 0.5);
}

START_TEST(examples_of_angles)
{
    static const struct {
        double angle;
        uint32_t width, height;
    } examples[] = {{45, 424, 424},  {30, 446, 373}, {15.5, 439, 300},
                    {225, 424, 424}, {90, 200, 400}, {180, 400, 200}};

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        loom_recipe recipe = recipe_of(0, 0, LOOM_FIT_COVER);
        recipe.rotation = examples[i].angle;
        const loom_geometry g = geometry_of(&recipe, 400, 200, 1);
        ck_assert_uint_eq(g.width, examples[i].width);
        ck_assert_uint_eq(g.height, examples[i].height);
        ck_assert(g.resize_width == 400 && g.resize_height == 200);
    }
}
END_TEST

/* The box meets the bounds as it meets any picture of their size. */
START_TEST(the_bounds_are_fitted)
{
    static const loom_size boxes[] = {{0, 0, 0},    {100, 80, 0}, {80, 0, 0},   {0, 33, 0},
                                      {900, 10, 0}, {0, 0, 50},   {700, 701, 0}};
    loom_recipe plain = recipe_of(0, 0, LOOM_FIT_COVER), turned = plain;
    uint32_t bounds[2];

    turned.rotation = angles[_i];
    bounds_of(angles[_i], 333, 222, bounds);
    for (int fit = LOOM_FIT_COVER; fit <= LOOM_FIT_OUTSIDE; fit++)
        for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
            for (int mirror = 0; mirror < 4; mirror++) {
                plain.sizes[0] = turned.sizes[0] = boxes[i];
                plain.fit = turned.fit = (loom_fit)fit;
                turned.flip = mirror % 2 == 1, turned.flop = mirror / 2 == 1;
                const loom_geometry a = geometry_of(&plain, bounds[0], bounds[1], 1);
                const loom_geometry b = geometry_of(&turned, 333, 222, 1);
                ck_assert(a.width == b.width && a.height == b.height);
                ck_assert(a.left == b.left && a.top == b.top);
                ck_assert(a.resize_width == b.canvas_width);
                ck_assert(a.resize_height == b.canvas_height);
                ck_assert(a.crop.x == b.part.x && a.crop.y == b.part.y);
                ck_assert(a.crop.width == b.part.width && a.crop.height == b.part.height);
            }
}
END_TEST

/* Shrunk before it is turned, to about the scale that is wanted, and never enlarged before. */
START_TEST(the_small_picture_is_turned)
{
    loom_recipe recipe = recipe_of(300, 300, LOOM_FIT_INSIDE);
    uint32_t bounds[2];

    recipe.rotation = angles[_i];
    bounds_of(angles[_i], 4000, 3000, bounds);
    const loom_geometry g = geometry_of(&recipe, 4000, 3000, 1);
    const double longer = bounds[0] > bounds[1] ? bounds[0] : bounds[1], scale = 300 / longer;
    ck_assert_double_le(fabs(g.resize_width - 4000 * scale), 2);
    ck_assert_double_le(fabs(g.resize_height - 3000 * scale), 2);

    recipe.sizes[0] = (loom_size){.width = 9000, .height = 9000};
    const loom_geometry up = geometry_of(&recipe, 4000, 3000, 1);
    ck_assert(up.resize_width == 4000 && up.resize_height == 3000);
}
END_TEST

/* Less than a quarter is left for the angle; a mirror turns its sense. */
START_TEST(quarters_and_angle_add_up)
{
    for (int mirror = 0; mirror < 4; mirror++) {
        loom_recipe recipe = recipe_of(0, 0, LOOM_FIT_COVER);
        recipe.rotation = angles[_i];
        recipe.flip = mirror % 2 == 1, recipe.flop = mirror / 2 == 1;
        const loom_geometry g = geometry_of(&recipe, 40, 30, 1);
        const bool mirrored = recipe.flip != recipe.flop;
        const double part = angles[_i] - 90 * floor(angles[_i] / 90);
        ck_assert_double_eq_tol(g.angle, mirrored ? -part : part, 1e-9);
        ck_assert_int_eq(g.turn.flop, mirrored);
    }
}
END_TEST

/* ---- several sizes ------------------------------------------------------- */

START_TEST(only_the_size_given_counts)
{
    loom_recipe recipe = recipe_of(1, 1, LOOM_FIT_INSIDE), alone;
    loom_geometry g;

    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "160x120,x60,50%,80x", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 4);
    for (unsigned i = 0; i < recipe.size_count; i++) {
        alone = recipe_of(0, 0, LOOM_FIT_INSIDE);
        alone.sizes[0] = recipe.sizes[i];
        const loom_geometry expected = geometry_of(&alone, 333, 222, 6);
        ck_assert_int_eq(loom_geometry_compute(&recipe, &recipe.sizes[i], 333, 222, 6, &g, NULL),
                         LOOM_OK);
        ck_assert(g.width == expected.width && g.height == expected.height);
        ck_assert(g.resize_width == expected.resize_width);
        ck_assert(g.resize_height == expected.resize_height);
    }
    ck_assert(g.width == 80 && g.height == 120); /* 222x333 at width 80 */
}
END_TEST

/* ---- what is cut away ----------------------------------------------------- */

static uint32_t cut(uint32_t width, uint32_t height, loom_fit fit, int orientation, double rotation)
{
    loom_recipe recipe = recipe_of(width, height, fit);

    recipe.rotation = rotation;
    const loom_geometry g = geometry_of(&recipe, 400, 300, orientation);
    ck_assert_int_eq(loom_geometry_same_view(&g), loom_geometry_cropped(&g) == 0 &&
                                                      orientation == 1 && rotation < 1 &&
                                                      fit != LOOM_FIT_CONTAIN);
    return loom_geometry_cropped(&g);
}

/* Of 400x300 a square of its height keeps 3/4, 400x100 a third; turned, 300x400, a box of 3:1 keeps
 * a quarter. */
START_TEST(what_a_cover_cuts_is_told)
{
    loom_recipe recipe;

    ck_assert_uint_eq(cut(300, 300, LOOM_FIT_COVER, 1, 0), 250000);
    ck_assert_uint_eq(cut(400, 100, LOOM_FIT_COVER, 1, 0), 666667);
    ck_assert_uint_eq(cut(300, 100, LOOM_FIT_COVER, 6, 0), 750000);
    ck_assert_uint_eq(cut(300, 100, LOOM_FIT_COVER, 1, 270), 750000);
    ck_assert_uint_eq(cut(600, 600, LOOM_FIT_COVER, 1, 0), 250000);
    ck_assert_uint_eq(cut(200, 150, LOOM_FIT_COVER, 1, 0), 0);
    ck_assert_uint_eq(cut(200, 200, LOOM_FIT_INSIDE, 1, 0), 0);
    ck_assert_uint_eq(cut(200, 200, LOOM_FIT_OUTSIDE, 1, 0), 0);
    ck_assert_uint_eq(cut(200, 200, LOOM_FIT_FILL, 1, 0), 0);
    ck_assert_uint_eq(cut(200, 200, LOOM_FIT_CONTAIN, 1, 0), 0);
    ck_assert_uint_eq(cut(200, 0, LOOM_FIT_COVER, 1, 0), 0);
    /* A canvas of 495x495 by 45 degrees, of which a box of 2:1 keeps half. */
    ck_assert_uint_eq(cut(200, 100, LOOM_FIT_COVER, 1, 45), 500000);
    /* Not enlarged, the box cuts what lies beyond it: 350x300 of 400x300. */
    recipe = recipe_of(350, 900, LOOM_FIT_COVER);
    recipe.no_upscale = true;
    loom_geometry g = geometry_of(&recipe, 400, 300, 1);
    ck_assert_uint_eq(loom_geometry_cropped(&g), 125000);
    /* By content, the crop comes last. */
    recipe = recipe_of(300, 300, LOOM_FIT_COVER);
    recipe.position = LOOM_POSITION_ATTENTION;
    g = geometry_of(&recipe, 400, 300, 1);
    ck_assert_uint_eq(loom_geometry_cropped(&g), 250000);
    /* Never all, and never nothing where there is a cut. */
    recipe = recipe_of(1, 65500, LOOM_FIT_COVER);
    g = geometry_of(&recipe, 30000, 1, 1);
    ck_assert_uint_eq(loom_geometry_cropped(&g), 999999);
    recipe = recipe_of(65500, 32749, LOOM_FIT_COVER);
    g = geometry_of(&recipe, 65500, 32750, 1);
    ck_assert_uint_eq(loom_geometry_cropped(&g), 31);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("geometry_position");
    TCase *tests = tcase_create("geometry_position");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, cover_keeps_the_side_that_is_named, 0, COMPASS);
    tcase_add_loop_test(tests, contain_lies_on_the_side_that_is_named, 0, COMPASS);
    tcase_add_loop_test(tests, the_position_is_of_the_turned_picture, 0, COMPASS);
    tcase_add_test(tests, a_position_by_content_crops_last);
    tcase_add_test(tests, content_is_looked_at_before_it_is_enlarged);
    tcase_add_test(tests, what_is_found_lies_in_the_canvas);
    tcase_add_test(tests, examples_of_angles);
    tcase_add_loop_test(tests, the_bounds_are_fitted, 0, ANGLES);
    tcase_add_loop_test(tests, the_small_picture_is_turned, 0, ANGLES);
    tcase_add_loop_test(tests, quarters_and_angle_add_up, 0, ANGLES);
    tcase_add_test(tests, only_the_size_given_counts);
    tcase_add_test(tests, what_a_cover_cuts_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
