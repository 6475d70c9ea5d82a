/* Extensions and round corners, beside where each px must come from, and areas of circles. */
#include "support/labelled.h"
#include "support/suite.h"
#include <math.h>

/* ---- extend -------------------------------------------------------------- */

/* 3 2 1 0 | 0 1 2 3 | 3 2 1 0, by walking. */
static uint32_t mirrored(int64_t at, uint32_t side)
{
    int64_t here = 0;
    int step = 1;

    for (int64_t n = 0; n < (at < 0 ? -1 - at : at); n++) {
        if (here + step < 0 || here + step >= side)
            step = -step; /* the px at the edge comes twice */
        else
            here += step;
    }
    return (uint32_t)here;
}

static uint32_t copied(int64_t at, uint32_t side)
{
    return at < 0 ? 0 : at < side ? (uint32_t)at : side - 1;
}

static void assert_extended(unsigned channels, unsigned depth, loom_edges e, loom_extend_with with)
{
    uint32_t (*const from)(int64_t, uint32_t) = with == LOOM_EXTEND_MIRROR ? mirrored : copied;
    loom_picture p = labelled_picture(5, 3, channels, depth);

    ck_assert_int_eq(loom_picture_extend(&p, e, with, NULL), LOOM_OK);
    ck_assert_uint_eq(p.width, 5 + e.left + e.right);
    ck_assert_uint_eq(p.height, 3 + e.top + e.bottom);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++)
            for (unsigned c = 0; c < channels; c++)
                ck_assert_uint_eq(
                    picture_sample(&p, x, y, c),
                    label(from((int64_t)x - e.left, 5), from((int64_t)y - e.top, 3), c, depth));
    loom_picture_release(&p);
}

START_TEST(each_px_comes_from_its_place)
{
    static const loom_edges edges[] = {{0, 0, 0, 0}, {1, 2, 3, 4}, {0, 7, 0, 0}, {11, 23, 17, 31}};

    for (size_t i = 0; i < COUNT(edges); i++)
        for (unsigned kind = 0; kind < 8; kind++) {
            assert_extended(kind % 4 + 1, kind / 4 + 1, edges[i], LOOM_EXTEND_MIRROR);
            assert_extended(kind % 4 + 1, kind / 4 + 1, edges[i], LOOM_EXTEND_COPY);
        }
}
END_TEST

/* ---- corners ------------------------------------------------------------- */

/* A white picture whose corners are round. */
static loom_picture rounded(uint32_t width, uint32_t height, unsigned channels, unsigned depth,
                            double radius)
{
    loom_picture p = labelled_picture(width, height, channels, depth);

    memset(p.data, 0xFF, loom_picture_bytes(width, height, channels, depth));
    ck_assert_int_eq(loom_picture_round(&p, radius, NULL), LOOM_OK);
    ck_assert_uint_eq(p.channels, channels + channels % 2);
    return p;
}

/* What is seen of px (x, y), with a circle about (r, r) for the corner. */
static double share(uint32_t x, uint32_t y, double r)
{
    enum { PARTS = 40 };
    unsigned seen = 0;

    for (int i = 0; i < PARTS * PARTS; i++) {
        const double across = r - (x + (i % PARTS + 0.5) / PARTS);
        const int row = i / PARTS;
        const double down = r - (y + (row + 0.5) / PARTS);
        seen += across <= 0 || down <= 0 || hypot(across, down) <= r;
    }
    return seen / (double)(PARTS * PARTS);
}

static const double radii[] = {0.5, 1, 3, 7.5, 11, 400};

START_TEST(corners_are_quarters_of_circles)
{
    const uint32_t width = 31, height = 23;

    for (unsigned kind = 0; kind < 8; kind++) {
        const unsigned depth = kind / 4 + 1;
        const double max = depth == 2 ? 65535 : 255, r = fmin(radii[_i], 11.5);
        loom_picture p = rounded(width, height, kind % 4 + 1, depth, radii[_i]);
        for (uint32_t y = 0; y < height; y++)
            for (uint32_t x = 0; x < width; x++) {
                const uint32_t left = x < width - 1 - x ? x : width - 1 - x;
                const uint32_t above = y < height - 1 - y ? y : height - 1 - y;
                const double alpha = picture_sample(&p, x, y, p.channels - 1) / max;
                ck_assert_double_eq_tol(alpha, share(left, above, r), 0.03);
                for (unsigned c = 0; c + 1 < p.channels; c++)
                    ck_assert_uint_eq(picture_sample(&p, x, y, c), (unsigned)max);
            }
        loom_picture_release(&p);
    }
}
END_TEST

/* The whole of a circle is as large as pi says. */
START_TEST(a_square_becomes_a_circle)
{
    const double pi = 3.14159265358979;
    loom_picture p = rounded(64, 64, 3, 1, 32);
    double area = 0;

    for (size_t i = 0; i < 64 * 64; i++)
        area += p.data[i * 4 + 3] / 255.0;
    ck_assert_double_eq_tol(area, pi * 32 * 32, 2);
    loom_picture_release(&p);
}
END_TEST

/* What was transparent before gets no more opaque, and a radius of 0 changes nothing. */
START_TEST(alpha_is_multiplied)
{
    loom_picture p = labelled_picture(9, 9, 4, 1), same = labelled_picture(9, 9, 4, 1);

    ck_assert_int_eq(loom_picture_round(&same, 0, NULL), LOOM_OK);
    ck_assert_mem_eq(same.data, p.data, 9 * 9 * 4);
    ck_assert_int_eq(loom_picture_round(&p, 4, NULL), LOOM_OK);
    for (size_t i = 0; i < 9 * 9; i++)
        ck_assert_uint_le(p.data[i * 4 + 3], same.data[i * 4 + 3]);
    ck_assert_uint_eq(p.data[3], 0);
    loom_picture_release(&p);
    loom_picture_release(&same);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("frame");
    TCase *tests = tcase_create("frame");

    tcase_add_test(tests, each_px_comes_from_its_place);
    tcase_add_loop_test(tests, corners_are_quarters_of_circles, 0, COUNT(radii));
    tcase_add_test(tests, a_square_becomes_a_circle);
    tcase_add_test(tests, alpha_is_multiplied);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
