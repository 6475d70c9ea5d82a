/* What trim finds, beside a search that looks at every px. */
#include "engine/codec/filter.h"
#include "support/labelled.h"
#include "support/random.h"
#include "support/suite.h"

static uint64_t seed = 1;

enum { WIDTH = 41, HEIGHT = 29 };

/* ---- the reference ------------------------------------------------------- */

static int premultiplied(const loom_picture *p, uint32_t x, uint32_t y, unsigned c)
{
    const int max = p->depth == 2 ? 65535 : 255, value = (int)picture_sample(p, x, y, c);

    if (p->channels % 2 == 1 || c == p->channels - 1)
        return value;
    return (int)(((int64_t)value * (int)picture_sample(p, x, y, p->channels - 1) + max / 2) / max);
}

static bool is_other(const loom_picture *p, const loom_trim *t, int64_t x, int64_t y)
{
    const int64_t right = t->in.x + t->in.width - 1, bottom = t->in.y + t->in.height - 1;
    const uint32_t ax = (uint32_t)(x < t->in.x ? t->in.x : x > right ? right : x);
    const uint32_t ay = (uint32_t)(y < t->in.y ? t->in.y : y > bottom ? bottom : y);
    const int limit = (int)t->threshold * (p->depth == 2 ? 257 : 1);

    for (unsigned c = 0; c < p->channels; c++)
        if (abs(premultiplied(p, ax, ay, c) - premultiplied(p, t->x, t->y, c)) > limit)
            return true;
    return false;
}

static loom_rect expected_of(const loom_picture *p, const loom_trim *t)
{
    uint32_t left = UINT32_MAX, top = UINT32_MAX, right = 0, bottom = 0;

    for (uint32_t y = t->in.y; y < t->in.y + t->in.height; y++)
        for (uint32_t x = t->in.x; x < t->in.x + t->in.width; x++) {
            int others = 0;
            for (int n = 0; n < 9; n++)
                others += is_other(p, t, (int64_t)x + n % 3 - 1, (int64_t)y + n / 3 - 1);
            if (others < 5)
                continue;
            left = x < left ? x : left;
            top = y < top ? y : top;
            right = x > right ? x : right;
            bottom = y > bottom ? y : bottom;
        }
    return left == UINT32_MAX ? t->in : (loom_rect){left, top, right - left + 1, bottom - top + 1};
}

static void assert_rect(loom_rect a, loom_rect b)
{
    ck_assert_msg(a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height,
                  "%u,%u %ux%u, not %u,%u %ux%u", a.x, a.y, a.width, a.height, b.x, b.y, b.width,
                  b.height);
}

/* ---- pictures ------------------------------------------------------------ */

/* One colour, with something of another at random places. */
static loom_picture random_picture(unsigned channels, unsigned depth)
{
    const unsigned max = depth == 2 ? 65535 : 255;
    loom_picture p = labelled_picture(WIDTH, HEIGHT, channels, depth);
    const unsigned border = random_next(&seed) % (max + 1);
    const unsigned patches = random_next(&seed) % 6;

    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            for (unsigned c = 0; c < channels; c++)
                picture_set(&p, x, y, c, border);
    for (unsigned i = 0; i < patches; i++) {
        const uint32_t x0 = random_next(&seed) % WIDTH, y0 = random_next(&seed) % HEIGHT;
        const uint32_t w = random_next(&seed) % 9, h = random_next(&seed) % 9;
        for (uint32_t y = y0; y < y0 + h && y < HEIGHT; y++)
            for (uint32_t x = x0; x < x0 + w && x < WIDTH; x++)
                for (unsigned c = 0; c < channels; c++)
                    picture_set(&p, x, y, c, random_next(&seed) % (max + 1));
    }
    return p;
}

START_TEST(the_part_is_that_of_a_plain_search)
{
    const unsigned channels = (unsigned)_i % 4 + 1, depth = (unsigned)_i / 4 + 1;

    for (int n = 0; n < 300; n++) {
        loom_picture p = random_picture(channels, depth);
        loom_trim t = {.in = {0, 0, WIDTH, HEIGHT}, .threshold = random_next(&seed) % 60};
        loom_rect found;
        if (n % 3 == 0)
            t.in = (loom_rect){random_next(&seed) % 20, random_next(&seed) % 14,
                               1 + random_next(&seed) % 21, 1 + random_next(&seed) % 15};
        t.x = t.in.x + random_next(&seed) % t.in.width;
        t.y = t.in.y + random_next(&seed) % t.in.height;
        ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
        assert_rect(found, expected_of(&p, &t));
        loom_picture_release(&p);
    }
}
END_TEST

/* ---- by hand ------------------------------------------------------------- */

/* Black, with a white block of 5x4 px at (7, 9). */
static loom_picture block_picture(void)
{
    loom_picture p = labelled_picture(WIDTH, HEIGHT, 3, 1);

    memset(p.data, 0, (size_t)WIDTH * HEIGHT * 3);
    for (uint32_t y = 9; y < 13; y++)
        memset(p.data + (y * WIDTH + 7) * 3, 255, 5 * 3);
    return p;
}

START_TEST(a_block_is_found_a_speck_is_not)
{
    loom_picture p = block_picture();
    loom_trim t = {.in = {0, 0, WIDTH, HEIGHT}, .threshold = 10};
    loom_rect found;

    memset(p.data + (20 * WIDTH + 30) * 3, 255, 3);     /* a speck */
    memset(p.data + (25 * WIDTH + 2) * 3, 255, 3 * 30); /* a line */
    ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){7, 9, 5, 4});
    loom_picture_release(&p);
}
END_TEST

START_TEST(a_colour_may_be_given)
{
    loom_picture p = block_picture();
    loom_trim t = {.in = {0, 0, WIDTH, HEIGHT}, .threshold = 10, .given = true};
    loom_rect found;

    t.colour = (loom_colour){255, 255, 255, 255}; /* of which there is no border */
    ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
    assert_rect(found, t.in);
    t.colour = (loom_colour){9, 3, 0, 255};
    ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){7, 9, 5, 4});
    t.colour.red = 11;
    ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
    assert_rect(found, t.in);
    loom_picture_release(&p);
}
END_TEST

/* Whatever colours are hidden below alpha 0. */
START_TEST(what_is_not_seen_is_alike)
{
    loom_picture p = labelled_picture(WIDTH, HEIGHT, 4, 1);
    const loom_trim t = {.in = {0, 0, WIDTH, HEIGHT}, .threshold = 0};
    loom_rect found;

    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            picture_set(&p, x, y, 3, x >= 5 && x < 15 && y >= 6 && y < 16 ? 200 : 0);
    ck_assert_int_eq(loom_picture_find_content(&p, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){5, 6, 10, 10});
    loom_picture_release(&p);
}
END_TEST

/* ---- planes -------------------------------------------------------------- */

/* Gray alone differs, then colour alone, at half the density. */
START_TEST(planes_are_compared_as_colours)
{
    loom_plane planes[3] = {{0}, {0}, {0}};
    const loom_density densities[3] = {{1, 1}, {0.5, 0.5}, {0.5, 0.5}};
    const loom_trim t = {.in = {0, 0, WIDTH, HEIGHT}, .threshold = 10};
    loom_rect found;

    for (int i = 0; i < 3; i++) {
        const uint32_t width = i == 0 ? WIDTH : (WIDTH + 1) / 2;
        const uint32_t height = i == 0 ? HEIGHT : (HEIGHT + 1) / 2;
        ck_assert(loom_plane_reserve(&planes[i], width, height));
        for (uint32_t y = 0; y < height; y++)
            memset(loom_plane_row(&planes[i], y), 128, width);
    }
    ck_assert_int_eq(loom_planes_find_content(planes, densities, 3, &t, NULL, &found), LOOM_OK);
    assert_rect(found, t.in);
    for (uint32_t y = 8; y < 20; y++)
        memset(loom_plane_row(&planes[0], y) + 11, 160, 9);
    ck_assert_int_eq(loom_planes_find_content(planes, densities, 3, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){11, 8, 9, 12});
    ck_assert_int_eq(loom_planes_find_content(planes, densities, 1, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){11, 8, 9, 12});
    for (uint32_t y = 10; y < 14; y++)
        memset(loom_plane_row(&planes[2], y) + 15, 100, 3);
    ck_assert_int_eq(loom_planes_find_content(planes, densities, 3, &t, NULL, &found), LOOM_OK);
    assert_rect(found, (loom_rect){11, 8, 25, 20});
    for (int i = 0; i < 3; i++)
        loom_plane_release(&planes[i]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("trim");
    TCase *tests = tcase_create("trim");

    tcase_add_loop_test(tests, the_part_is_that_of_a_plain_search, 0, 8);
    tcase_add_test(tests, a_block_is_found_a_speck_is_not);
    tcase_add_test(tests, a_colour_may_be_given);
    tcase_add_test(tests, what_is_not_seen_is_alike);
    tcase_add_test(tests, planes_are_compared_as_colours);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
