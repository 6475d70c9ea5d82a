/* Blur and sharpening beside plain sums over the whole window, in double precision. */
#include "engine/codec/filter.h"
#include "support/labelled.h"
#include "support/random.h"
#include "support/suite.h"
#include <imgloom/recipe.h>
#include <math.h>

static uint64_t seed = 1;

static const double sigmas[] = {0.3, 0.6, 1, 2.7, 9};

/* ---- the reference ------------------------------------------------------- */

/* An image of real numbers, of as many channels as there are. */
typedef struct reals {
    uint32_t width, height;
    unsigned channels;
    double *values;
} reals;

static reals make_reals(uint32_t width, uint32_t height, unsigned channels)
{
    reals r = {width, height, channels, malloc(sizeof(double) * width * height * channels)};

    ck_assert_ptr_nonnull(r.values);
    return r;
}

static double *real_at(const reals *r, int64_t x, int64_t y, unsigned c)
{
    const int64_t across = x < 0 ? 0 : x < r->width ? x : r->width - 1;
    const int64_t down = y < 0 ? 0 : y < r->height ? y : r->height - 1;

    return &r->values[((size_t)down * r->width + (size_t)across) * r->channels + c];
}

static reals blurred(const reals *from, double sigma)
{
    const int reach = (int)ceil(3 * sigma);
    reals to = make_reals(from->width, from->height, from->channels);

    for (uint32_t y = 0; y < to.height; y++)
        for (uint32_t x = 0; x < to.width; x++)
            for (unsigned c = 0; c < to.channels; c++) {
                double sum = 0, total = 0;
                for (int dy = -reach; dy <= reach; dy++)
                    for (int dx = -reach; dx <= reach; dx++) {
                        const double weight = exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
                        sum += weight * *real_at(from, (int64_t)x + dx, (int64_t)y + dy, c);
                        total += weight;
                    }
                *real_at(&to, x, y, c) = sum / total;
            }
    return to;
}

/* ---- planes -------------------------------------------------------------- */

static loom_plane random_plane(uint32_t width, uint32_t height)
{
    loom_plane plane = {0};

    ck_assert(loom_plane_reserve(&plane, width, height));
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            loom_plane_row(&plane, y)[x] =
                (uint8_t)(x / 7 % 2 == 0 ? random_next(&seed) : y % 2 * 255);
    return plane;
}

static reals reals_of_plane(const loom_plane *plane)
{
    reals r = make_reals(plane->width, plane->height, 1);

    for (uint32_t y = 0; y < plane->height; y++)
        for (uint32_t x = 0; x < plane->width; x++)
            *real_at(&r, x, y, 0) = loom_plane_row(plane, y)[x];
    return r;
}

static double clamped(double v, double max)
{
    return v < 0 ? 0 : v > max ? max : v;
}

static void assert_plane(const loom_plane *made, const reals *expected)
{
    for (uint32_t y = 0; y < made->height; y++)
        for (uint32_t x = 0; x < made->width; x++)
            ck_assert_double_le(
                fabs(loom_plane_row(made, y)[x] - clamped(*real_at(expected, x, y, 0), 255)), 0.51);
}

/* Smaller than the kernel, too. */
static const uint32_t sides[][2] = {{1, 1}, {1, 40}, {40, 1}, {5, 4}, {67, 41}};

START_TEST(plane_is_blurred)
{
    for (size_t s = 0; s < COUNT(sides); s++) {
        loom_plane plane = random_plane(sides[s][0], sides[s][1]);
        reals from = reals_of_plane(&plane), expected = blurred(&from, sigmas[_i]);
        ck_assert_int_eq(loom_plane_blur(&plane, sigmas[_i], NULL), LOOM_OK);
        assert_plane(&plane, &expected);
        free(from.values);
        free(expected.values);
        loom_plane_release(&plane);
    }
}
END_TEST

START_TEST(plane_is_sharpened)
{
    loom_plane plane = random_plane(67, 41);
    reals from = reals_of_plane(&plane), soft = blurred(&from, sigmas[_i]);
    const double amount = 0.7;

    for (size_t i = 0; i < (size_t)67 * 41; i++)
        soft.values[i] = from.values[i] + amount * (from.values[i] - soft.values[i]);
    ck_assert_int_eq(loom_plane_sharpen(&plane, (loom_unsharp){sigmas[_i], amount}, NULL), LOOM_OK);
    assert_plane(&plane, &soft);
    free(from.values);
    free(soft.values);
    loom_plane_release(&plane);
}
END_TEST

START_TEST(an_amount_of_0_changes_nothing)
{
    loom_plane plane = random_plane(9, 9);
    reals from = reals_of_plane(&plane);

    ck_assert_int_eq(loom_plane_sharpen(&plane, (loom_unsharp){0.6, 0}, NULL), LOOM_OK);
    assert_plane(&plane, &from);
    free(from.values);
    loom_plane_release(&plane);
}
END_TEST

/* ---- pictures ------------------------------------------------------------ */

static loom_picture random_picture(unsigned channels, unsigned depth)
{
    loom_picture p = labelled_picture(31, 23, channels, depth);

    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++)
            for (unsigned c = 0; c < channels; c++) {
                const bool alpha = channels % 2 == 0 && c == channels - 1;
                const unsigned max = depth == 2 ? 65535 : 255;
                /* transparent, opaque and in between */
                picture_set(&p, x, y, c,
                            alpha && x < 12 ? (x < 6 ? 0 : max) : random_next(&seed) % (max + 1));
            }
    return p;
}

static double opacity(const loom_picture *p, uint32_t x, uint32_t y)
{
    return p->channels % 2 == 0
               ? picture_sample(p, x, y, p->channels - 1) / (p->depth == 2 ? 65535.0 : 255.0)
               : 1;
}

/* Premultiplied; alpha itself, if there is any, last. */
static reals reals_of(const loom_picture *p)
{
    reals r = make_reals(p->width, p->height, p->channels);

    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            for (unsigned c = 0; c < p->channels; c++) {
                const bool alpha = p->channels % 2 == 0 && c == p->channels - 1;
                *real_at(&r, x, y, c) = picture_sample(p, x, y, c) * (alpha ? 1 : opacity(p, x, y));
            }
    return r;
}

START_TEST(picture_is_blurred)
{
    const unsigned channels = (unsigned)_i % 4 + 1, depth = (unsigned)_i / 4 + 1;
    const double max = depth == 2 ? 65535 : 255;

    for (size_t s = 0; s < COUNT(sigmas); s++) {
        loom_picture p = random_picture(channels, depth);
        reals from = reals_of(&p), expected = blurred(&from, sigmas[s]);
        ck_assert_int_eq(loom_picture_blur(&p, sigmas[s], NULL), LOOM_OK);
        for (uint32_t y = 0; y < p.height; y++)
            for (uint32_t x = 0; x < p.width; x++) {
                const double alpha =
                    channels % 2 == 0 ? *real_at(&expected, x, y, channels - 1) / max : 1;
                for (unsigned c = 0; c < channels; c++) {
                    const bool is_alpha = channels % 2 == 0 && c == channels - 1;
                    const double value = *real_at(&expected, x, y, c) / (is_alpha ? 1 : alpha);
                    if (is_alpha || alpha > 1e-3)
                        ck_assert_double_le(fabs(picture_sample(&p, x, y, c) - value),
                                            depth == 2 ? 1 : 0.52);
                }
            }
        free(from.values);
        free(expected.values);
        loom_picture_release(&p);
    }
}
END_TEST

START_TEST(luma_of_a_picture_is_sharpened)
{
    const unsigned channels = (unsigned)_i % 4 + 1, depth = (unsigned)_i / 4 + 1;
    const unsigned colours = channels <= 2 ? 1 : 3;
    const double max = depth == 2 ? 65535 : 255, amount = 0.8, sigma = 1.3;
    static const double weights[2][3] = {{1, 0, 0}, {0.299, 0.587, 0.114}};
    loom_picture before = random_picture(channels, depth);
    loom_picture p = random_picture(channels, depth);
    reals luma = make_reals(p.width, p.height, 1);

    memcpy(p.data, before.data, loom_picture_bytes(p.width, p.height, channels, depth));
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++) {
            double sum = 0;
            for (unsigned c = 0; c < colours; c++)
                sum += weights[colours == 3][c] * picture_sample(&p, x, y, c);
            *real_at(&luma, x, y, 0) = sum * opacity(&p, x, y);
        }
    reals soft = blurred(&luma, sigma);
    ck_assert_int_eq(loom_picture_sharpen(&p, (loom_unsharp){sigma, amount}, NULL), LOOM_OK);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++) {
            const double seen = opacity(&before, x, y);
            const double more =
                seen > 0 ? amount * (*real_at(&luma, x, y, 0) - *real_at(&soft, x, y, 0)) / seen
                         : 0;
            for (unsigned c = 0; c < channels; c++) {
                const double value = picture_sample(&before, x, y, c) + (c < colours ? more : 0);
                ck_assert_double_le(fabs(picture_sample(&p, x, y, c) - clamped(value, max)),
                                    depth == 2 ? 1 : 0.52);
            }
        }
    free(luma.values);
    free(soft.values);
    loom_picture_release(&p);
    loom_picture_release(&before);
}
END_TEST

/* ---- what a recipe says -------------------------------------------------- */

START_TEST(auto_depends_on_the_shrink)
{
    static const struct {
        uint32_t from, to;
        double amount;
    } rows[] = {{400, 400, 0}, {400, 800, 0}, {800, 400, 0.3}, {1600, 400, 0.6}, {9000, 400, 0.6}};
    loom_recipe *recipe = loom_recipe_create();

    ck_assert_ptr_nonnull(recipe);
    ck_assert_double_eq(loom_unsharp_of(recipe, &(loom_geometry){.width = 1}).amount, 0);
    ck_assert_int_eq(loom_recipe_set(recipe, "sharpen", NULL, NULL), LOOM_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const loom_geometry g = {.source = {0, 0, rows[i].from, rows[i].from},
                                 .resize_width = rows[i].to,
                                 .resize_height = rows[i].to};
        ck_assert_double_eq_tol(loom_unsharp_of(recipe, &g).amount, rows[i].amount, 1e-9);
    }
    ck_assert_int_eq(loom_recipe_set(recipe, "sharpen", "1.5", NULL), LOOM_OK);
    ck_assert_double_eq(loom_unsharp_of(recipe, &(loom_geometry){.width = 1}).amount, 1);
    ck_assert_double_eq(loom_unsharp_of(recipe, &(loom_geometry){.width = 1}).sigma, 1.5);
    loom_recipe_free(recipe);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("blur");
    TCase *tests = tcase_create("blur");

    tcase_add_loop_test(tests, plane_is_blurred, 0, COUNT(sigmas));
    tcase_add_loop_test(tests, plane_is_sharpened, 0, COUNT(sigmas));
    tcase_add_test(tests, an_amount_of_0_changes_nothing);
    tcase_add_loop_test(tests, picture_is_blurred, 0, 8);
    tcase_add_loop_test(tests, luma_of_a_picture_is_sharpened, 0, 8);
    tcase_add_test(tests, auto_depends_on_the_shrink);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
