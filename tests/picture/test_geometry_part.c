/*
 * Extracts and aspects: which part of the stored picture they are, by pictures whose pixels tell
 * where they stood, and by numbers reckoned by hand.
 */
#include "picture/recipe_fields.h"
#include "support/geometry_of.h"
#include "support/labelled.h"
#include "support/suite.h"

static loom_recipe recipe_of(const char *extract, const char *aspect)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    if (extract != NULL)
        ck_assert_int_eq(loom_recipe_set(&recipe, "extract", extract, NULL), LOOM_OK);
    if (aspect != NULL)
        ck_assert_int_eq(loom_recipe_set(&recipe, "aspect", aspect, NULL), LOOM_OK);
    return recipe;
}

/* ---- numbers, of an upright picture -------------------------------------- */

static const struct {
    uint32_t width, height;
    const char *extract, *aspect;
    loom_rect part;
    bool clipped;
} numbers[] = {
    {100, 50, "10,20,30x25", NULL, {10, 20, 30, 25}, false},
    {100, 50, "0,0,100x50", NULL, {0, 0, 100, 50}, false},
    {100, 50, "90,40,30x25", NULL, {90, 40, 10, 10}, true},
    {100, 50, "99,49,1x1", NULL, {99, 49, 1, 1}, false},
    {100, 50, "0,0,101x50", NULL, {0, 0, 100, 50}, true},
    {100, 50, "10%,20%,30%x40%", NULL, {10, 10, 30, 20}, false},
    {101, 7, "50%,50%,50%x50%", NULL, {51, 4, 50, 3}, false}, /* 50.5 and 3.5, twice */
    {9, 9, "0,0,0.01%x0.01%", NULL, {0, 0, 1, 1}, false},
    {9, 9, "99.99%,99%,1%x1%", NULL, {8, 8, 1, 1}, false},
    {9, 9, "20%,0,100%x9", NULL, {2, 0, 7, 9}, true},
    {100, 50, NULL, "1:1", {25, 0, 50, 50}, false},
    {101, 50, NULL, "1:1", {26, 0, 50, 50}, false}, /* an odd rest as for the fit cover */
    {50, 100, NULL, "1:1", {0, 25, 50, 50}, false},
    {100, 50, NULL, "2:1", {0, 0, 100, 50}, false},
    {100, 50, NULL, "16:9", {6, 0, 89, 50}, false}, /* 88.9 */
    {100, 99, NULL, "1.91:1", {0, 24, 100, 52}, false},
    {100, 50, NULL, "65500:1", {0, 25, 100, 1}, false},
    {100, 50, NULL, "1:65500", {50, 0, 1, 50}, false},
    {65500, 65500, NULL, "65500:0.001", {0, 32750, 65500, 1}, false},
    {100, 50, "10,10,40x30", "1:1", {15, 10, 30, 30}, false},
};

START_TEST(numbers_are_right)
{
    const loom_recipe recipe = recipe_of(numbers[_i].extract, numbers[_i].aspect);
    const loom_geometry g = geometry_of(&recipe, numbers[_i].width, numbers[_i].height, 1);
    const loom_rect part = numbers[_i].part;

    ck_assert_uint_eq(g.source.x, part.x);
    ck_assert_uint_eq(g.source.y, part.y);
    ck_assert_uint_eq(g.source.width, part.width);
    ck_assert_uint_eq(g.source.height, part.height);
    ck_assert_int_eq(g.clipped, numbers[_i].clipped);
    ck_assert_int_eq(g.extracts,
                     part.width < numbers[_i].width || part.height < numbers[_i].height);
    ck_assert_int_eq(loom_geometry_same_view(&g), !g.extracts);
    ck_assert_uint_eq(g.width, part.width);
    ck_assert_uint_eq(g.height, part.height);
    ck_assert_uint_eq(loom_geometry_cropped(&g), 0); /* its fit cuts nothing away */
}
END_TEST

START_TEST(an_aspect_keeps_the_side_that_is_named)
{
    loom_recipe recipe = recipe_of("10,0,80x50", "1:1");

    recipe.position = LOOM_POSITION_WEST;
    ck_assert_uint_eq(geometry_of(&recipe, 100, 50, 1).source.x, 10);
    recipe.position = LOOM_POSITION_NORTHEAST;
    ck_assert_uint_eq(geometry_of(&recipe, 100, 50, 1).source.x, 40);
}
END_TEST

START_TEST(nothing_inside_is_unsupported)
{
    static const char *const words[] = {"100,0,1x1", "0,50,1x1", "100%,0,10x10", "4000000,0,1x1"};

    for (size_t i = 0; i < COUNT(words); i++) {
        const loom_recipe recipe = recipe_of(words[i], NULL);
        loom_geometry g;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_geometry_compute(&recipe, &recipe.sizes[0], 100, 50, 1, &g, &err),
                         LOOM_ERR_UNSUPPORTED);
        ck_assert_int_eq(err.stage, LOOM_STAGE_TRANSFORM);
        ck_assert_str_eq(err.message, "the part to extract lies outside of the picture, which has "
                                      "100x50 px");
    }
}
END_TEST

/* ---- what is laid around it ---------------------------------------------- */

START_TEST(a_frame_is_around_the_size)
{
    loom_recipe recipe = recipe_of(NULL, NULL);

    recipe.sizes[0] = (loom_size){.width = 30, .height = 30};
    recipe.fit = LOOM_FIT_CONTAIN;
    recipe.extend = (loom_edges){1, 2, 3, 4};
    recipe.border = (loom_edges){10, 20, 10, 20};
    const loom_geometry g = geometry_of(&recipe, 100, 50, 1);
    ck_assert(g.inner_width == 30 && g.inner_height == 30);
    ck_assert(g.part.width == 30 && g.part.height == 15 && g.top == 7);
    ck_assert(g.width == 30 + 6 + 40 && g.height == 30 + 4 + 20);
    ck_assert(!loom_geometry_same_view(&g));
}
END_TEST

START_TEST(a_frame_may_be_too_large)
{
    loom_recipe recipe = recipe_of(NULL, NULL);
    loom_geometry g;

    recipe.border = (loom_edges){LOOM_EDGE_MAX, LOOM_EDGE_MAX, LOOM_EDGE_MAX, LOOM_EDGE_MAX};
    ck_assert_int_eq(
        loom_geometry_compute(&recipe, &recipe.sizes[0], LOOM_RESIZE_MAX, 1, 1, &g, NULL),
        LOOM_ERR_TOO_LARGE);
}
END_TEST

/* ---- turned pictures ----------------------------------------------------- */

/* The stored picture, as the geometry says. */
static loom_picture by_geometry(const loom_geometry *g, uint32_t width, uint32_t height)
{
    loom_picture p = labelled_picture(width, height, 1, 2);

    ck_assert_int_eq(loom_picture_crop(&p, g->source, NULL), LOOM_OK);
    ck_assert(g->resize_width == p.width && g->resize_height == p.height);
    ck_assert_int_eq(loom_picture_crop(&p, g->crop, NULL), LOOM_OK);
    ck_assert_int_eq(loom_picture_turn(&p, g->turn, NULL), LOOM_OK);
    ck_assert(p.width == g->width && p.height == g->height);
    return p;
}

/* Upright first, then the part, then what the recipe turns. */
static loom_picture by_hand(const loom_recipe *recipe, loom_rect part, uint32_t width,
                            uint32_t height, int orientation)
{
    loom_picture p = labelled_picture(width, height, 1, 2);
    const loom_turn turn = {(unsigned)(recipe->rotation / 90), false};

    ck_assert_int_eq(loom_picture_turn(&p, loom_turn_of_orientation(orientation), NULL), LOOM_OK);
    ck_assert_int_eq(loom_picture_crop(&p, part, NULL), LOOM_OK);
    ck_assert_int_eq(loom_picture_turn(&p, turn, NULL), LOOM_OK);
    if (recipe->flip)
        ck_assert_int_eq(loom_picture_turn(&p, (loom_turn){2, true}, NULL), LOOM_OK);
    if (recipe->flop)
        ck_assert_int_eq(loom_picture_turn(&p, (loom_turn){0, true}, NULL), LOOM_OK);
    return p;
}

static void assert_turned(const loom_recipe *recipe, loom_rect part, int orientation)
{
    const uint32_t width = orientation >= 5 ? 11 : 17, height = orientation >= 5 ? 17 : 11;
    const loom_geometry g = geometry_of(recipe, width, height, orientation);
    loom_picture made = by_geometry(&g, width, height);
    loom_picture expected = by_hand(recipe, part, width, height, orientation);

    ck_assert_uint_eq(made.width, expected.width);
    ck_assert_uint_eq(made.height, expected.height);
    ck_assert_mem_eq(made.data, expected.data, (size_t)2 * made.width * made.height);
    loom_picture_release(&made);
    loom_picture_release(&expected);
}

START_TEST(a_part_is_of_the_upright_picture)
{
    loom_recipe extract = recipe_of("3,2,5x7", NULL), aspect = recipe_of("1,0,16x11", "1:1");

    aspect.position = LOOM_POSITION_EAST;
    for (int orientation = 1; orientation <= 8; orientation++) {
        extract.rotation = aspect.rotation = 90 * (_i % 4);
        extract.flip = aspect.flip = _i / 4 % 2 == 1;
        extract.flop = aspect.flop = _i / 8 == 1;
        assert_turned(&extract, (loom_rect){3, 2, 5, 7}, orientation);
        assert_turned(&aspect, (loom_rect){6, 0, 11, 11}, orientation);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("geometry_part");
    TCase *part = tcase_create("part");

    tcase_add_loop_test(part, numbers_are_right, 0, COUNT(numbers));
    tcase_add_test(part, an_aspect_keeps_the_side_that_is_named);
    tcase_add_test(part, nothing_inside_is_unsupported);
    tcase_add_test(part, a_frame_is_around_the_size);
    tcase_add_test(part, a_frame_may_be_too_large);
    tcase_add_loop_test(part, a_part_is_of_the_upright_picture, 0, 16);
    suite_add_tcase(suite, part);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
