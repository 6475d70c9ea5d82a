/* The median beside one that sorts each window by itself. */
#include "engine/codec/filter.h"
#include "support/labelled.h"
#include "support/random.h"
#include "support/suite.h"
#include <math.h>

static uint64_t seed = 1;

static loom_picture random_picture(uint32_t width, uint32_t height, unsigned channels,
                                   unsigned depth)
{
    loom_picture p = labelled_picture(width, height, channels, depth);

    for (size_t i = 0; i < loom_picture_bytes(width, height, channels, depth); i++)
        p.data[i] = (unsigned char)(i % 3 == 0 ? random_next(&seed) % 7 * 36 : random_next(&seed));
    return p;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double alpha_at(const loom_picture *p, uint32_t x, uint32_t y)
{
    return p->channels % 2 == 0
               ? picture_sample(p, x, y, p->channels - 1) / (p->depth == 2 ? 65535.0 : 255.0)
               : 1;
}

static uint32_t nearest(int64_t at, uint32_t side)
{
    return at < 0 ? 0 : at < side ? (uint32_t)at : side - 1;
}

static double median_at(const loom_picture *p, uint32_t x, uint32_t y, unsigned c, int window)
{
    const bool is_alpha = p->channels % 2 == 0 && c == p->channels - 1;
    double values[LOOM_MEDIAN_MAX * LOOM_MEDIAN_MAX];
    int count = 0;

    for (int dy = -window / 2; dy <= window / 2; dy++)
        for (int dx = -window / 2; dx <= window / 2; dx++) {
            const uint32_t across = nearest((int64_t)x + dx, p->width);
            const uint32_t down = nearest((int64_t)y + dy, p->height);
            values[count++] =
                picture_sample(p, across, down, c) * (is_alpha ? 1 : alpha_at(p, across, down));
        }
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

static void assert_median(const loom_picture *before, int window)
{
    const unsigned channels = before->channels;
    loom_picture p = *before;
    const size_t bytes = loom_picture_bytes(p.width, p.height, channels, p.depth);

    p.data = malloc(bytes);
    ck_assert_ptr_nonnull(p.data);
    memcpy(p.data, before->data, bytes);
    ck_assert_int_eq(loom_picture_median(&p, (unsigned)window, NULL), LOOM_OK);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++)
            for (unsigned c = 0; c < channels; c++) {
                const bool colour = channels % 2 == 0 && c < channels - 1;
                const double opacity = colour ? alpha_at(&p, x, y) : 1;
                const double median = median_at(before, x, y, c, window);
                if (opacity <= 0.05)
                    continue;
                ck_assert_double_le(fabs(picture_sample(&p, x, y, c) - median / opacity),
                                    channels % 2 == 1 ? 0
                                    : p.depth == 2    ? 16
                                                      : 0.6);
            }
    loom_picture_release(&p);
}

START_TEST(each_sample_is_the_median)
{
    const unsigned channels = (unsigned)_i % 4 + 1, depth = (unsigned)_i / 4 + 1;
    static const uint32_t sides[][2] = {{1, 1}, {3, 9}, {23, 17}};
    static const int windows[] = {3, 5, LOOM_MEDIAN_MAX};

    for (size_t s = 0; s < COUNT(sides); s++)
        for (size_t w = 0; w < COUNT(windows); w++) {
            loom_picture p = random_picture(sides[s][0], sides[s][1], channels, depth);
            assert_median(&p, windows[w]);
            loom_picture_release(&p);
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("median");
    TCase *tests = tcase_create("median");

    tcase_add_loop_test(tests, each_sample_is_the_median, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
