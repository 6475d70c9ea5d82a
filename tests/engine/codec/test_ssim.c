/* SSIM beside plain sums over each window in double precision, and what luma is. */
#include "engine/codec/ssim.h"
#include "support/random.h"
#include "support/ssim_truth.h"
#include "support/suite.h"
#include <math.h>

static uint64_t seed = 1;

static loom_plane make_plane(uint32_t width, uint32_t height)
{
    loom_plane plane = {0};

    ck_assert(loom_plane_reserve(&plane, width, height));
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            loom_plane_row(&plane, y)[x] = 0;
    return plane;
}

/* Edges, a slope and noise. */
static loom_plane make_scene(uint32_t width, uint32_t height)
{
    loom_plane plane = make_plane(width, height);

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            loom_plane_row(&plane, y)[x] = (uint8_t)(x / 9 % 3 == 0 ? 200 + random_next(&seed) % 56
                                                     : y % 5 == 0   ? random_next(&seed)
                                                                    : (3 * x + 2 * y) % 256);
    return plane;
}

/* Each sample is changed by at most `most`, and stays within 0..255. */
static loom_plane disturb(const loom_plane *from, int most)
{
    loom_plane plane = make_plane(from->width, from->height);

    for (uint32_t y = 0; y < from->height; y++)
        for (uint32_t x = 0; x < from->width; x++) {
            const int change = (int)(random_next(&seed) % (2 * (unsigned)most + 1)) - most;
            const int sample = loom_plane_row(from, y)[x] + change;
            loom_plane_row(&plane, y)[x] = (uint8_t)(sample < 0 ? 0 : sample > 255 ? 255 : sample);
        }
    return plane;
}

static double ssim_of(const loom_plane *a, const loom_plane *b)
{
    double ssim = -2;

    ck_assert_int_eq(loom_plane_ssim(a, b, NULL, &ssim), LOOM_OK);
    return ssim;
}

static double truth_of(const loom_plane *a, const loom_plane *b)
{
    return ssim_truth(&(ssim_samples){a->width, a->height, a->stride, a->data},
                      &(ssim_samples){b->width, b->height, b->stride, b->data});
}

/* ---- the routine --------------------------------------------------------- */

static const struct {
    uint32_t width, height;
    int most;
} scenes[] = {{11, 11, 20}, {12, 11, 3},  {11, 19, 90}, {64, 48, 1},
              {61, 35, 8},  {97, 23, 40}, {33, 70, 255}};

START_TEST(it_is_the_mean_of_the_windows)
{
    loom_plane a = make_scene(scenes[_i].width, scenes[_i].height);
    loom_plane b = disturb(&a, scenes[_i].most);
    const double want = truth_of(&a, &b), got = ssim_of(&a, &b);

    ck_assert_msg(fabs(want - got) < 1e-5, "%.9f, not %.9f", got, want);
    ck_assert_double_eq(ssim_of(&b, &a), got);
    loom_plane_release(&a);
    loom_plane_release(&b);
}
END_TEST

START_TEST(the_same_samples_have_1)
{
    loom_plane a = make_scene(scenes[_i].width, scenes[_i].height);
    loom_plane b = disturb(&a, 0);

    ck_assert_double_eq(ssim_of(&a, &b), 1);
    loom_plane_release(&a);
    loom_plane_release(&b);
}
END_TEST

/* Nothing varies: what is left is (2 a b + C1) / (a^2 + b^2 + C1), C1 = 6.5025. */
START_TEST(flat_planes_have_what_their_levels_say)
{
    static const struct {
        uint8_t a, b;
        double ssim;
    } levels[] = {
        {0, 0, 1},
        {255, 255, 1},
        {0, 255, 6.5025 / 65031.5025},
        {100, 110, 22006.5025 / 22106.5025},
        {10, 20, 406.5025 / 506.5025},
        {250, 255, 127506.5025 / 127531.5025},
    };

    for (size_t i = 0; i < COUNT(levels); i++) {
        loom_plane a = make_plane(30, 17), b = make_plane(30, 17);
        loom_plane_fill_around(&a, (loom_rect){0}, levels[i].a);
        loom_plane_fill_around(&b, (loom_rect){0}, levels[i].b);
        ck_assert_double_eq_tol(ssim_of(&a, &b), levels[i].ssim, 5e-5);
        loom_plane_release(&a);
        loom_plane_release(&b);
    }
}
END_TEST

/*
 * A checkerboard of 1 and -1 about the middle and its negative: under any window both means are
 * nearly the middle, the variances nearly d^2, and the covariance -d^2.
 */
START_TEST(a_negative_is_below_zero)
{
    loom_plane a = make_plane(40, 40), b = make_plane(40, 40);
    const double d = 50, c2 = 58.5225;

    for (uint32_t y = 0; y < 40; y++)
        for (uint32_t x = 0; x < 40; x++) {
            loom_plane_row(&a, y)[x] = (x + y) % 2 == 0 ? 178 : 78;
            loom_plane_row(&b, y)[x] = (x + y) % 2 == 0 ? 78 : 178;
        }
    ck_assert_double_eq_tol(ssim_of(&a, &b), (-2 * d * d + c2) / (2 * d * d + c2), 1e-3);
    loom_plane_release(&a);
    loom_plane_release(&b);
}
END_TEST

/* Sides below 11: the same as of planes whose first and last samples were repeated. */
START_TEST(small_planes_are_made_larger_by_their_edges)
{
    static const uint32_t sides[][2] = {{1, 1}, {2, 30}, {10, 10}, {11, 3}, {25, 7}, {9, 40}};

    for (size_t i = 0; i < COUNT(sides); i++) {
        const uint32_t width = sides[i][0], height = sides[i][1];
        const uint32_t wide = width < 11 ? 11 : width, high = height < 11 ? 11 : height;
        const int left = (int)(wide - width) / 2, top = (int)(high - height) / 2;
        loom_plane a = make_scene(width, height), b = disturb(&a, 30);
        loom_plane large_a = make_plane(wide, high), large_b = make_plane(wide, high);
        for (int y = 0; y < (int)high; y++)
            for (int x = 0; x < (int)wide; x++) {
                const int u = (int)fmin(fmax(x - left, 0), width - 1);
                const int v = (int)fmin(fmax(y - top, 0), height - 1);
                loom_plane_row(&large_a, (uint32_t)y)[x] = loom_plane_row(&a, (uint32_t)v)[u];
                loom_plane_row(&large_b, (uint32_t)y)[x] = loom_plane_row(&b, (uint32_t)v)[u];
            }
        ck_assert_double_eq_tol(ssim_of(&a, &b), truth_of(&large_a, &large_b), 1e-5);
        loom_plane_release(&a);
        loom_plane_release(&b);
        loom_plane_release(&large_a);
        loom_plane_release(&large_b);
    }
}
END_TEST

START_TEST(more_noise_is_less_alike)
{
    loom_plane a = make_scene(120, 90);
    double last = 1;

    for (int most = 1; most <= 128; most *= 2) {
        loom_plane b = disturb(&a, most);
        const double ssim = ssim_of(&a, &b);
        ck_assert_double_lt(ssim, last);
        last = ssim;
        loom_plane_release(&b);
    }
    ck_assert_double_lt(last, 0.8);
    loom_plane_release(&a);
}
END_TEST

/* ---- luma ---------------------------------------------------------------- */

/* One px after another, of 8 or 16 bits: 0.299 R + 0.587 G + 0.114 B, on 128 where it shows. */
START_TEST(luma_of_pictures)
{
    uint64_t state = 7;

    for (unsigned channels = 1; channels <= 4; channels++)
        for (unsigned depth = 1; depth <= 2; depth++) {
            loom_picture picture = {
                .width = 57, .height = 31, .channels = channels, .depth = depth};
            const size_t samples = (size_t)57 * 31 * channels;
            loom_plane luma = {0};
            picture.data = malloc(samples * depth);
            ck_assert_ptr_nonnull(picture.data);
            for (size_t i = 0; i < samples; i++)
                loom_picture_set_sample(&picture, i,
                                        random_next(&state) % (loom_picture_max(&picture) + 1));
            ck_assert_int_eq(loom_luma_of(&picture, &luma), LOOM_OK);
            ck_assert_uint_eq(luma.width, 57);
            ck_assert_uint_eq(luma.height, 31);
            for (size_t px = 0; px < (size_t)57 * 31; px++) {
                double v[4];
                for (unsigned c = 0; c < channels; c++)
                    v[c] = loom_picture_sample(&picture, px * channels + c) * 255.0 /
                           loom_picture_max(&picture);
                const double opaque =
                    channels <= 2 ? v[0] : 0.299 * v[0] + 0.587 * v[1] + 0.114 * v[2];
                const double alpha = channels % 2 == 0 ? v[channels - 1] / 255 : 1;
                const double want = opaque * alpha + 128 * (1 - alpha);
                const double got = loom_plane_row(&luma, (uint32_t)(px / 57))[px % 57];
                ck_assert_double_eq_tol(got, want, depth == 2 || alpha < 1 ? 1.6 : 0.51);
            }
            loom_plane_release(&luma);
            loom_picture_release(&picture);
        }
}
END_TEST

/* Of WebP's limited range, BT.601: 16 is black, 235 white. */
START_TEST(luma_of_webp_has_full_range)
{
    loom_plane limited = make_plane(256, 1), luma = {0};

    for (unsigned i = 0; i < 256; i++)
        loom_plane_row(&limited, 0)[i] = (uint8_t)i;
    ck_assert_int_eq(loom_luma_of_webp(&limited, &luma), LOOM_OK);
    for (unsigned i = 0; i < 256; i++) {
        const double full = (i - 16.0) * 255 / 219;
        ck_assert_double_eq_tol(loom_plane_row(&luma, 0)[i], fmin(fmax(full, 0), 255), 0.5);
    }
    loom_plane_release(&limited);
    loom_plane_release(&luma);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ssim");
    TCase *ssim = tcase_create("ssim"), *luma = tcase_create("luma");

    tcase_add_loop_test(ssim, it_is_the_mean_of_the_windows, 0, COUNT(scenes));
    tcase_add_loop_test(ssim, the_same_samples_have_1, 0, COUNT(scenes));
    tcase_add_test(ssim, flat_planes_have_what_their_levels_say);
    tcase_add_test(ssim, a_negative_is_below_zero);
    tcase_add_test(ssim, small_planes_are_made_larger_by_their_edges);
    tcase_add_test(ssim, more_noise_is_less_alike);
    suite_add_tcase(suite, ssim);
    tcase_add_test(luma, luma_of_pictures);
    tcase_add_test(luma, luma_of_webp_has_full_range);
    suite_add_tcase(suite, luma);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
