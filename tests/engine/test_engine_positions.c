/* Where cover crops and contain pads, to the pixel, and what entropy and attention find. */
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/samples.h"
#include "support/suite.h"

#include <stdlib.h>

/* ---- compass points ------------------------------------------------------ */

static const struct {
    loom_position position;
    int x, y; /* -1: at the start of the axis; 1: at its end */
} compass[] = {{LOOM_POSITION_CENTRE, 0, 0},     {LOOM_POSITION_NORTH, 0, -1},
               {LOOM_POSITION_NORTHEAST, 1, -1}, {LOOM_POSITION_EAST, 1, 0},
               {LOOM_POSITION_SOUTHEAST, 1, 1},  {LOOM_POSITION_SOUTH, 0, 1},
               {LOOM_POSITION_SOUTHWEST, -1, 1}, {LOOM_POSITION_WEST, -1, 0},
               {LOOM_POSITION_NORTHWEST, -1, -1}};

enum { COMPASS = sizeof compass / sizeof *compass };

static uint32_t start(int towards, uint32_t rest, bool cover)
{
    return towards < 0 ? 0 : towards > 0 ? rest : (rest + cover) / 2;
}

/* 120x80 px: red, green above blue, white, that meet at (60, 40). */
static uint32_t quadrant(uint32_t x, uint32_t y)
{
    static const uint32_t colours[2][2] = {{0xFF0000FF, 0x00FF00FF}, {0x0000FFFF, 0xFFFFFFFF}};

    return colours[y >= 40][x >= 60];
}

static uint32_t colour_at(const oracle_image *image, uint32_t x, uint32_t y)
{
    const uint16_t *p = oracle_pixel(image, x, y);

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | 0xFF;
}

START_TEST(cover_crops_exactly_there)
{
    static const uint32_t boxes[][2] = {{71, 80}, {120, 37}, {70, 80}};

    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        const uint32_t width = boxes[i][0], height = boxes[i][1];
        engine_request request = engine_request_box(width, height, LOOM_FIT_COVER);
        request.recipe.position = compass[_i].position;
        oracle_image made = engine_render(&request, engine_testdata("formats/quadrants.png"));
        const uint32_t left = start(compass[_i].x, 120 - width, true);
        const uint32_t top = start(compass[_i].y, 80 - height, true);
        ck_assert(made.width == width && made.height == height);
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++)
                if (colour_at(&made, x, y) != quadrant(left + x, top + y))
                    ck_abort_msg("(%u, %u) of %ux%u", x, y, width, height);
        oracle_release(&made);
    }
}
END_TEST

START_TEST(contain_pads_exactly_there)
{
    static const uint32_t boxes[][2] = {{135, 80}, {120, 91}, {130, 80}};

    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        const uint32_t width = boxes[i][0], height = boxes[i][1];
        engine_request request = engine_request_box(width, height, LOOM_FIT_CONTAIN);
        request.recipe.position = compass[_i].position;
        request.recipe.background = (loom_colour){1, 2, 3, 255};
        request.recipe.background_given = true;
        oracle_image made = engine_render(&request, engine_testdata("formats/quadrants.png"));
        const uint32_t left = start(compass[_i].x, width - 120, false);
        const uint32_t top = start(compass[_i].y, height - 80, false);
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++) {
                const bool inside = x >= left && x < left + 120 && y >= top && y < top + 80;
                const uint32_t expected = inside ? quadrant(x - left, y - top) : 0x010203FF;
                if (colour_at(&made, x, y) != expected)
                    ck_abort_msg("(%u, %u) of %ux%u", x, y, width, height);
            }
        oracle_release(&made);
    }
}
END_TEST

/* The corner of the picture as it is seen: after orientation and turn. */
START_TEST(the_position_is_of_the_picture_as_it_is_seen)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        char name[] = "orientation/landscape-0.jpg"; /* 240x160 once it is upright */
        name[sizeof name - 6] = (char)('0' + orientation);
        engine_request request = engine_request_box(100, 160, LOOM_FIT_COVER);
        request.recipe.position = LOOM_POSITION_WEST;
        oracle_image made = engine_render(&request, engine_testdata(name));
        oracle_assert_pixel(&made, 92, 70, 8, 0xFF0000FF);
        oracle_assert_pixel(&made, 92, 90, 8, 0x0000FFFF);
        oracle_release(&made);
        request.recipe.rotation = 180;
        made = engine_render(&request, engine_testdata(name));
        oracle_assert_pixel(&made, 92, 70, 8, 0xFFFFFFFF);
        oracle_assert_pixel(&made, 92, 90, 8, 0x00FF00FF);
        oracle_release(&made);
    }
}
END_TEST

/* ---- by content ---------------------------------------------------------- */

enum { SIDE = 80 };

/* A flat picture, lying or standing, with one busy square; `at`: where it starts, in sides. */
static void write_busy(bool lying, uint32_t at)
{
    static const uint16_t sky[3] = {110, 120, 130};
    oracle_image picture =
        sample_flat(lying ? 4 * SIDE : SIDE, lying ? SIDE : 4 * SIDE, 3, 255, sky);
    uint32_t state = 1;

    for (uint32_t y = 8; y < SIDE - 8; y++)
        for (uint32_t x = 8; x < SIDE - 8; x++) {
            uint16_t *p =
                oracle_pixel(&picture, (lying ? at * SIDE : 0) + x, (lying ? 0 : at * SIDE) + y);
            if (x / 4 % 2 == y / 4 % 2) /* saturated, and full of edges */
                p[0] = 230, p[1] = 40, p[2] = 60;
            state = state * 1664525 + 1013904223;
            p[1] = (uint16_t)(p[1] + (state >> 27));
        }
    sample_png("busy.png", &picture, NULL);
    oracle_release(&picture);
}

/* How many px are the busy red. */
static unsigned busy_pixels(const oracle_image *image)
{
    unsigned count = 0;

    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++)
            count += oracle_pixel(image, x, y)[0] > 180;
    return count;
}

START_TEST(the_busy_part_is_found)
{
    static const loom_position positions[] = {LOOM_POSITION_ENTROPY, LOOM_POSITION_ATTENTION};

    for (int lying = 0; lying < 2; lying++)
        for (uint32_t at = 0; at < 4; at++)
            for (int i = 0; i < 2; i++) {
                engine_request request = engine_request_box(60, 60, LOOM_FIT_COVER);
                request.recipe.position = positions[i];
                write_busy(lying == 1, at);
                oracle_image made = engine_render(&request, "busy.png");
                ck_assert(made.width == 60 && made.height == 60);
                const unsigned found = busy_pixels(&made), all = 48 * 48 / 2;
                ck_assert_msg(found >= all * 3 / 4, "%s, lying %d, at %u: %u of %u",
                              loom_recipe_field_keyword(LOOM_RECIPE_POSITION, positions[i]), lying,
                              at, found, all);
                oracle_release(&made);
            }
}
END_TEST

/* With turns, angles and alpha, or where nothing is to be cropped: the size is exact. */
START_TEST(the_size_is_exact_whatever_is_found)
{
    static const char *const names[] = {"formats/quadrants.png", "formats/quadrants-alpha.png",
                                        "formats/deep16.png",    "formats/graya.png",
                                        "photos/gray.jpg",       "tiny/wide-2000x3.png"};
    static const double angles[] = {0, 90, 180, 30};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < 8; k++) {
            engine_request request = engine_request_box(31, 17, LOOM_FIT_COVER);
            request.recipe.position = k % 2 == 0 ? LOOM_POSITION_ENTROPY : LOOM_POSITION_ATTENTION;
            request.recipe.rotation = angles[k / 2];
            oracle_image made = engine_render(&request, engine_testdata(names[i]));
            ck_assert(made.width == 31 && made.height == 17);
            oracle_release(&made);
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_positions");
    TCase *tests = tcase_create("engine_positions");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, cover_crops_exactly_there, 0, COMPASS);
    tcase_add_loop_test(tests, contain_pads_exactly_there, 0, COMPASS);
    tcase_add_test(tests, the_position_is_of_the_picture_as_it_is_seen);
    tcase_add_test(tests, the_busy_part_is_found);
    tcase_add_test(tests, the_size_is_exact_whatever_is_found);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
