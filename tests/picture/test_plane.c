/* Planes: turning them, their edges, and where an output's samples come from. */
#include "picture/plane.h"
#include "support/suite.h"

#include "picture/recipe_fields.h"
#include <math.h>
#include <string.h>

/* ---- planes -------------------------------------------------------------- */

static uint8_t sample_at(uint32_t x, uint32_t y)
{
    return (uint8_t)(x * 31 + y * 7 + 1);
}

static loom_plane make_plane(uint32_t width, uint32_t height)
{
    loom_plane plane = {.data = NULL};

    ck_assert(loom_plane_reserve(&plane, width, height));
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            loom_plane_row(&plane, y)[x] = sample_at(x, y);
    return plane;
}

/* What the turn brings to (x, y), one quarter after the other and then the flop. */
static uint8_t turned_sample(uint32_t width, uint32_t height, loom_turn turn, uint32_t x,
                             uint32_t y)
{
    uint32_t w = turn.quarters % 2 ? height : width, h = turn.quarters % 2 ? width : height;

    if (turn.flop)
        x = w - 1 - x;
    for (unsigned q = turn.quarters; q > 0; q--) { /* undo one clockwise quarter */
        const uint32_t from_x = y, from_y = w - 1 - x, t = w;
        x = from_x, y = from_y, w = h, h = t;
    }
    return sample_at(x, y);
}

START_TEST(a_plane_is_laid_in_all_eight_ways)
{
    static const uint32_t sides[] = {1, 2, 7, 8, 9, 16, 23, 65};

    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        for (size_t j = 0; j < sizeof sides / sizeof *sides; j++) {
            const loom_turn turn = {(unsigned)_i % 4, _i >= 4};
            const bool swaps = loom_turn_swaps(turn);
            loom_plane from = make_plane(sides[i], sides[j]), onto = {.data = NULL};
            const uint32_t width = swaps ? from.height : from.width;
            const uint32_t height = swaps ? from.width : from.height;
            ck_assert(loom_plane_reserve(&onto, width + 5, height + 4));
            memset(onto.data, 0, onto.stride * onto.height);
            loom_plane_lay(&from, turn, &onto, 3, 2);
            for (uint32_t y = 0; y < onto.height; y++)
                for (uint32_t x = 0; x < onto.width; x++) {
                    const bool in = x >= 3 && x < 3 + width && y >= 2 && y < 2 + height;
                    const uint8_t expected =
                        in ? turned_sample(from.width, from.height, turn, x - 3, y - 2) : 0;
                    ck_assert_uint_eq(loom_plane_row(&onto, y)[x], expected);
                }
            loom_plane_release(&from);
            loom_plane_release(&onto);
        }
}
END_TEST

START_TEST(rows_are_aligned_and_memory_is_kept)
{
    loom_plane plane = make_plane(65, 10);
    unsigned char *data = plane.data;

    ck_assert_uint_eq((uintptr_t)plane.data % LOOM_PLANE_ALIGN, 0);
    ck_assert_uint_eq(plane.stride, 128);
    ck_assert(loom_plane_reserve(&plane, 20, 20));
    ck_assert_ptr_eq(plane.data, data);
    ck_assert_uint_eq(plane.stride, 64);
    loom_plane_trim(&plane, plane.capacity);
    ck_assert_ptr_eq(plane.data, data);
    loom_plane_trim(&plane, plane.capacity - 1);
    ck_assert_ptr_null(plane.data);
}
END_TEST

START_TEST(edges_are_filled_mixed_and_extended)
{
    loom_plane plane = make_plane(13, 6);

    loom_plane_fill_around(&plane, (loom_rect){2, 1, 9, 4}, 77);
    for (uint32_t y = 0; y < 6; y++)
        for (uint32_t x = 0; x < 13; x++) {
            const bool in = x >= 2 && x < 11 && y >= 1 && y < 5;
            ck_assert_uint_eq(loom_plane_row(&plane, y)[x], in ? sample_at(x, y) : 77);
        }
    loom_plane_mix(&plane, (loom_rect){2, 1, 1, 4}, 100);
    ck_assert_uint_eq(loom_plane_row(&plane, 3)[2], (sample_at(2, 3) + 100u + 1) / 2);
    ck_assert_uint_eq(loom_plane_row(&plane, 3)[3], sample_at(3, 3));
    loom_plane_extend(&plane);
    for (uint32_t x = 13; x < 16; x++)
        ck_assert_uint_eq(loom_plane_row(&plane, 2)[x], 77);
    loom_plane_release(&plane);
}
END_TEST

/* ---- maps ---------------------------------------------------------------- */

static loom_geometry geometry_of(loom_fit fit, uint32_t width, uint32_t height, double rotation,
                                 bool flop)
{
    loom_recipe recipe;
    loom_geometry geometry;

    loom_recipe_init(&recipe);
    recipe.fit = fit;
    recipe.rotation = rotation;
    recipe.flop = flop;
    const loom_size size = {.width = width, .height = height};
    ck_assert_int_eq(loom_geometry_compute(&recipe, &size, 400, 200, 1, &geometry, NULL), LOOM_OK);
    return geometry;
}

static void assert_area(const loom_area *area, double x, double y, double width, double height)
{
    ck_assert_double_eq_tol(area->x, x, 1e-9);
    ck_assert_double_eq_tol(area->y, y, 1e-9);
    ck_assert_double_eq_tol(area->width, width, 1e-9);
    ck_assert_double_eq_tol(area->height, height, 1e-9);
}

static void assert_rect(loom_rect rect, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    ck_assert_uint_eq(rect.x, x);
    ck_assert_uint_eq(rect.y, y);
    ck_assert_uint_eq(rect.width, width);
    ck_assert_uint_eq(rect.height, height);
}

START_TEST(an_even_picture_maps_plainly)
{
    const loom_geometry g = geometry_of(LOOM_FIT_INSIDE, 100, 100, 0, false);
    const loom_density half = {0.5, 0.5};
    loom_plane_map map = loom_plane_map_make(&g, (loom_density){1, 1}, 1);

    assert_area(&map.source, 0, 0, 400, 200);
    assert_rect(map.lies, 0, 0, 100, 50);
    map = loom_plane_map_make(&g, half, 2);
    assert_area(&map.source, 0, 0, 200, 100);
    ck_assert_uint_eq(map.made_width, 50);
    ck_assert_uint_eq(map.made_height, 25);
    ck_assert(!map.mix_left && !map.mix_right && !map.mix_top && !map.mix_bottom);
}
END_TEST

START_TEST(an_odd_side_reaches_over_the_edge)
{
    /* 101x51: the last samples of chroma stand for one pixel that is not there. */
    loom_geometry g = geometry_of(LOOM_FIT_FILL, 101, 51, 0, false);
    loom_plane_map map = loom_plane_map_make(&g, (loom_density){0.5, 0.5}, 2);

    ck_assert_uint_eq(map.width, 51);
    ck_assert_uint_eq(map.height, 26);
    assert_area(&map.source, 0, 0, 200.0 * 102 / 101, 100.0 * 52 / 51);
    ck_assert(!map.mix_right && !map.mix_bottom);
    /* Mirrored, it is the first column of the stored picture that it lies before. */
    g = geometry_of(LOOM_FIT_FILL, 101, 51, 0, true);
    map = loom_plane_map_make(&g, (loom_density){0.5, 0.5}, 2);
    assert_area(&map.source, -200.0 / 101, 0, 200.0 * 102 / 101, 100.0 * 52 / 51);
    /* Turned by 90 degrees, final columns are stored rows from the bottom. */
    g = geometry_of(LOOM_FIT_FILL, 51, 101, 90, false);
    map = loom_plane_map_make(&g, (loom_density){0.5, 0.5}, 2);
    assert_area(&map.source, 0, -100.0 / 51, 200.0 * 102 / 101, 100.0 * 52 / 51);
    ck_assert_uint_eq(map.made_width, 51);
    ck_assert_uint_eq(map.made_height, 26);
    ck_assert_uint_eq(map.width, 26);
    ck_assert_uint_eq(map.height, 51);
}
END_TEST

START_TEST(odd_padding_makes_edges_of_both)
{
    /* 100x50 in 100x53: padded by 1 above and 2 below. */
    const loom_geometry g = geometry_of(LOOM_FIT_CONTAIN, 100, 53, 0, false);
    const loom_plane_map luma = loom_plane_map_make(&g, (loom_density){1, 1}, 1);
    const loom_plane_map chroma = loom_plane_map_make(&g, (loom_density){0.5, 0.5}, 2);

    assert_rect(luma.lies, 0, 1, 100, 50);
    ck_assert(!luma.mix_top && !luma.mix_bottom);
    ck_assert_uint_eq(chroma.height, 27);
    assert_rect(chroma.lies, 0, 0, 50, 26);
    assert_area(&chroma.source, 0, -2, 200, 104); /* a pixel before, and one after */
    ck_assert(chroma.mix_top && chroma.mix_bottom && !chroma.mix_left && !chroma.mix_right);
}
END_TEST

START_TEST(a_crop_is_a_part_of_the_source)
{
    /* 400x200 covers 100x100: 200x100, of which x 50..150 stay. */
    const loom_geometry g = geometry_of(LOOM_FIT_COVER, 100, 100, 0, false);
    const loom_plane_map map = loom_plane_map_make(&g, (loom_density){0.25, 0.25}, 2);

    assert_area(&map.source, 25, 0, 50, 50);
    ck_assert_uint_eq(map.made_width, 50);
    ck_assert_uint_eq(map.made_height, 50);
}
END_TEST

/* ITU-R BT.601-7, 2.5.1 and 2.5.3, and beyond both ends. */
START_TEST(levels_are_rounded)
{
    static const loom_levels all[] = {
        {219.0 / 255, 16}, {224.0 / 255, 128 * 31.0 / 255}, {0.5, 0}, {1, 100}, {1, -100}};

    for (size_t l = 0; l < COUNT(all); l++) {
        loom_plane plane = {.data = NULL};
        ck_assert(loom_plane_reserve(&plane, 253, 4));
        for (uint32_t y = 0; y < plane.height; y++)
            for (uint32_t x = 0; x < plane.width; x++)
                loom_plane_row(&plane, y)[x] = (uint8_t)(x + y);
        loom_plane_set_levels(&plane, all[l]);
        for (uint32_t y = 0; y < plane.height; y++)
            for (uint32_t x = 0; x < plane.width; x++) {
                const double real = round((x + y) * all[l].scale + all[l].offset);
                const double is = loom_plane_row(&plane, y)[x];
                ck_assert_double_eq(is, fmin(fmax(real, 0), 255));
                ck_assert_double_eq(is, loom_level_of(all[l], (uint8_t)(x + y)));
            }
        loom_plane_release(&plane);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plane");
    TCase *planes = tcase_create("planes"), *maps = tcase_create("maps");

    tcase_add_loop_test(planes, a_plane_is_laid_in_all_eight_ways, 0, 8);
    tcase_add_test(planes, rows_are_aligned_and_memory_is_kept);
    tcase_add_test(planes, edges_are_filled_mixed_and_extended);
    tcase_add_test(planes, levels_are_rounded);
    suite_add_tcase(suite, planes);

    tcase_add_test(maps, an_even_picture_maps_plainly);
    tcase_add_test(maps, an_odd_side_reaches_over_the_edge);
    tcase_add_test(maps, odd_padding_makes_edges_of_both);
    tcase_add_test(maps, a_crop_is_a_part_of_the_source);
    suite_add_tcase(suite, maps);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
