/* Turns: what they do to pixels, how they add up, and that they commute with a crop. */
#include "picture/recipe_fields.h"
#include "support/labelled.h"
#include "support/suite.h"

/* A picture of one byte a pixel, its rows written one after the other: "abcdef" is abc over def. */
static loom_picture lettered(uint32_t width, uint32_t height, const char *letters)
{
    loom_picture p = {.width = width, .height = height, .channels = 1, .depth = 1};

    p.data = malloc((size_t)width * height);
    ck_assert_ptr_nonnull(p.data);
    ck_assert_uint_eq(strlen(letters), (size_t)width * height);
    memcpy(p.data, letters, (size_t)width * height);
    return p;
}

static void turn(loom_picture *p, loom_turn how)
{
    ck_assert_int_eq(loom_picture_turn(p, how, NULL), LOOM_OK);
}

static void assert_letters(const loom_picture *p, uint32_t width, uint32_t height,
                           const char *letters)
{
    char got[64];

    ck_assert_uint_eq(p->width, width);
    ck_assert_uint_eq(p->height, height);
    memcpy(got, p->data, (size_t)width * height);
    got[(size_t)width * height] = '\0';
    ck_assert_str_eq(got, letters);
}

static const loom_turn turns[8] = {
    {0, false}, {1, false}, {2, false}, {3, false}, {0, true}, {1, true}, {2, true}, {3, true},
};

/*
 *       ab
 *       cd   as stored; below as it is seen, by Exif 2.32's words on where the first row and the
 *       ef   first column are
 */
START_TEST(each_orientation_moves_each_pixel)
{
    static const struct {
        uint32_t width, height;
        const char *letters;
    } seen[9] = {
        [1] = {2, 3, "abcdef"}, /* row 0 top, column 0 left */
        [2] = {2, 3, "badcfe"}, /* top, right */
        [3] = {2, 3, "fedcba"}, /* bottom, right */
        [4] = {2, 3, "efcdab"}, /* bottom, left */
        [5] = {3, 2, "acebdf"}, /* left, top */
        [6] = {3, 2, "ecafdb"}, /* right, top */
        [7] = {3, 2, "fdbeca"}, /* right, bottom */
        [8] = {3, 2, "bdface"}, /* left, bottom */
    };
    loom_picture p = lettered(2, 3, "abcdef");
    const loom_turn how = loom_turn_of_orientation(_i);

    turn(&p, how);
    assert_letters(&p, seen[_i].width, seen[_i].height, seen[_i].letters);
    ck_assert_int_eq(loom_turn_swaps(how), _i >= 5);
    loom_picture_release(&p);
}
END_TEST

START_TEST(other_orientations_are_none)
{
    static const int values[] = {0, -1, 9, 255, 65535, -2147483647 - 1, 2147483647};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const loom_turn how = loom_turn_of_orientation(values[i]);
        ck_assert_uint_eq(how.quarters, 0);
        ck_assert(!how.flop);
    }
}
END_TEST

START_TEST(quarters_are_clockwise)
{
    loom_picture p = lettered(3, 2, "abcdef");

    turn(&p, (loom_turn){1, false});
    assert_letters(&p, 2, 3, "daebfc");
    turn(&p, (loom_turn){0, true}); /* flop: left to right */
    assert_letters(&p, 2, 3, "adbecf");
    loom_picture_release(&p);
}
END_TEST

START_TEST(then_is_one_after_the_other)
{
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++) {
            loom_picture steps = lettered(2, 3, "abcdef"), once = lettered(2, 3, "abcdef");
            const loom_turn both = loom_turn_then(turns[i], turns[k]);
            turn(&steps, turns[i]);
            turn(&steps, turns[k]);
            turn(&once, both);
            ck_assert_uint_lt(both.quarters, 4);
            ck_assert_uint_eq(steps.width, once.width);
            ck_assert_mem_eq(steps.data, once.data, 6);
            loom_picture_release(&steps);
            loom_picture_release(&once);
        }
}
END_TEST

START_TEST(then_is_associative)
{
    for (int i = 0; i < 512; i++) {
        const loom_turn a = turns[i & 7], b = turns[i >> 3 & 7], c = turns[i >> 6];
        const loom_turn left = loom_turn_then(loom_turn_then(a, b), c);
        const loom_turn right = loom_turn_then(a, loom_turn_then(b, c));
        ck_assert_uint_eq(left.quarters, right.quarters);
        ck_assert_int_eq(left.flop, right.flop);
    }
}
END_TEST

/* ---- crop ---------------------------------------------------------------- */

static loom_picture cropped(const loom_picture *from, loom_rect r)
{
    loom_picture p = {
        .width = r.width, .height = r.height, .channels = from->channels, .depth = from->depth};

    p.data = malloc(loom_picture_bytes(r.width, r.height, p.channels, p.depth));
    ck_assert_ptr_nonnull(p.data);
    ck_assert_uint_le(r.x + r.width, from->width);
    ck_assert_uint_le(r.y + r.height, from->height);
    for (uint32_t y = 0; y < r.height; y++)
        for (uint32_t x = 0; x < r.width; x++)
            for (unsigned c = 0; c < p.channels; c++)
                picture_set(&p, x, y, c, picture_sample(from, r.x + x, r.y + y, c));
    return p;
}

/* As if there were no geometry: turn the whole picture step by step, then take the middle. */
static loom_picture turned_then_cropped(const loom_recipe *recipe, int orientation, uint32_t width,
                                        uint32_t height)
{
    loom_picture whole = labelled_picture(width, height, 3, 1);

    turn(&whole, loom_turn_of_orientation(orientation));
    for (int angle = 0; angle < recipe->rotation; angle += 90)
        turn(&whole, (loom_turn){1, false});
    if (recipe->flip) {
        turn(&whole, (loom_turn){2, false});
        turn(&whole, (loom_turn){0, true});
    }
    if (recipe->flop)
        turn(&whole, (loom_turn){0, true});
    loom_picture part =
        cropped(&whole, (loom_rect){(whole.width - recipe->sizes[0].width + 1) / 2,
                                    (whole.height - recipe->sizes[0].height + 1) / 2,
                                    recipe->sizes[0].width, recipe->sizes[0].height});
    loom_picture_release(&whole);
    return part;
}

static void check_crop(const loom_recipe *recipe, int orientation, uint32_t width, uint32_t height)
{
    loom_picture want = turned_then_cropped(recipe, orientation, width, height);
    loom_picture whole = labelled_picture(width, height, 3, 1);
    loom_geometry g;

    ck_assert_int_eq(
        loom_geometry_compute(recipe, &recipe->sizes[0], width, height, orientation, &g, NULL),
        LOOM_OK);
    ck_assert_uint_eq(g.resize_width, width);
    ck_assert_uint_eq(g.resize_height, height);
    loom_picture got = cropped(&whole, g.crop);
    turn(&got, g.turn);
    ck_assert_uint_eq(got.width, want.width);
    ck_assert_uint_eq(got.height, want.height);
    ck_assert_mem_eq(got.data, want.data, loom_picture_bytes(got.width, got.height, 3, 1));
    loom_picture_release(&whole);
    loom_picture_release(&want);
    loom_picture_release(&got);
}

/*
 * A box as wide as the turned picture, or as high, and 1 to 4 px less the other way: nothing is
 * resized, and what is left over is odd every other time.
 */
START_TEST(crop_then_turn_is_turn_then_crop)
{
    enum { WIDTH = 11, HEIGHT = 8 };
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    for (int turning = 0; turning < 16; turning++)
        for (uint32_t less = 1; less <= 4; less++)
            for (int across = 0; across < 2; across++) {
                recipe.rotation = turning % 4 * 90;
                recipe.flip = (turning & 4) != 0;
                recipe.flop = (turning & 8) != 0;
                const bool swaps = (_i >= 5) != (turning % 2 == 1);
                recipe.sizes[0].width = (swaps ? HEIGHT : WIDTH) - (across ? less : 0);
                recipe.sizes[0].height = (swaps ? WIDTH : HEIGHT) - (across ? 0 : less);
                check_crop(&recipe, _i, WIDTH, HEIGHT);
            }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("turn");
    TCase *tests = tcase_create("turn");

    tcase_add_loop_test(tests, each_orientation_moves_each_pixel, 1, 9);
    tcase_add_test(tests, other_orientations_are_none);
    tcase_add_test(tests, quarters_are_clockwise);
    tcase_add_test(tests, then_is_one_after_the_other);
    tcase_add_test(tests, then_is_associative);
    tcase_add_loop_test(tests, crop_then_turn_is_turn_then_crop, 1, 9);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
