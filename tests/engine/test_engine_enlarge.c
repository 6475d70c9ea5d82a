/*
 * Covers that enlarge: of what would be far larger than its box, the part that is kept is right,
 * and nothing else is made.
 */
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/two_lanes.h"

#include <math.h>
#include <stdlib.h>

/* ---- by arithmetic ------------------------------------------------------- */

/* Any number, by its place. */
static unsigned sample_at(uint32_t at, unsigned max)
{
    return (at * 2654435761U >> 7) % (max / 2) + max / 4;
}

/* One px high, or across where it stands. */
static void write_thin(uint32_t side, bool lying, unsigned max)
{
    oracle_image picture = oracle_create(lying ? side : 1, lying ? 1 : side, 1, max);

    for (uint32_t i = 0; i < side; i++)
        picture.samples[i] = (uint16_t)sample_at(i, max);
    sample_png("thin.png", &picture, NULL);
    oracle_release(&picture);
}

/* The sample that is `at` px along the enlarged picture. */
static double enlarged_at(double at, double scale, uint32_t side, unsigned max, loom_kernel kernel)
{
    if (kernel == LOOM_KERNEL_NEAREST)
        return sample_at((uint32_t)floor(at / scale), max);
    const double x = fmin(fmax((at + 0.5) / scale - 0.5, 0), side - 1.0);
    const uint32_t first = (uint32_t)floor(x), next = first + 1 < side ? first + 1 : first;
    const double weight = x - first;
    return sample_at(first, max) * (1 - weight) + sample_at(next, max) * weight;
}

static const struct {
    loom_position lying, standing;
    double at; /* of what is cut away */
} ends[] = {
    {LOOM_POSITION_WEST, LOOM_POSITION_NORTH, 0},
    {LOOM_POSITION_CENTRE, LOOM_POSITION_CENTRE, 0.5},
    {LOOM_POSITION_EAST, LOOM_POSITION_SOUTH, 1},
};

static void assert_thin(uint32_t side, bool lying, uint32_t box, unsigned max, loom_kernel kernel,
                        size_t end)
{
    engine_request request = engine_request_box(box, box, LOOM_FIT_COVER);

    request.recipe.position = lying ? ends[end].lying : ends[end].standing;
    request.recipe.kernel = kernel;
    oracle_image made = engine_render(&request, "thin.png");
    ck_assert(made.width == box && made.height == box);
    const double start = ceil(((double)side * box - box) * ends[end].at);
    for (uint32_t i = 0; i < box; i++)
        for (uint32_t across = 0; across < box; across += box - 1) {
            const double is = *oracle_pixel(&made, lying ? i : across, lying ? across : i);
            const double wanted = enlarged_at(start + i, box, side, max, kernel);
            /* libvips knows 64 places between two samples. */
            if (fabs(is - wanted) > (kernel == LOOM_KERNEL_NEAREST ? 0 : max / 100.0))
                ck_abort_msg("%u px, lying %d, box %u, max %u, %s, end %zu: %f instead of %f at %u",
                             side, lying, box, max,
                             loom_recipe_field_keyword(LOOM_RECIPE_KERNEL, kernel), end, is, wanted,
                             i);
        }
    oracle_release(&made);
}

/* The long ones would be longer than libvips' pictures can be, the last than its coordinates. */
START_TEST(what_is_kept_of_a_thin_picture_is_right)
{
    static const uint32_t sides[] = {64, 25000, 300000}, boxes[] = {77, 512};
    const unsigned max = _i % 2 == 0 ? 255 : 65535;
    const bool lying = _i / 2 == 0;

    for (size_t s = 0; s < (lying ? 3 : 2); s++) {
        write_thin(sides[s], lying, max);
        for (size_t b = 0; b < 2; b++)
            for (size_t end = 0; end < 3; end++) {
                assert_thin(sides[s], lying, boxes[b], max, LOOM_KERNEL_LINEAR, end);
                assert_thin(sides[s], lying, boxes[b], max, LOOM_KERNEL_NEAREST, end);
            }
    }
}
END_TEST

/*
 * Less high and wider, as no lane of ours makes it. Across it is all the same, so that only what
 * was shrunk tells: to a step of a sample, which loops with weights of few bits do not reach.
 */
START_TEST(what_is_shrunk_one_way_alone_is_exact)
{
    static const uint32_t heights[] = {150, 97, 70, 55};
    engine_request request = engine_request_box(0, 0, LOOM_FIT_FILL);
    oracle_image picture = oracle_create(64, 200, 3, 255);

    for (uint32_t y = 0; y < 200; y++)
        for (uint32_t x = 0; x < 64; x++)
            for (uint32_t c = 0; c < 3; c++)
                oracle_pixel(&picture, x, y)[c] = (uint16_t)sample_at(y * 3 + c, 255);
    sample_png("one-way.png", &picture, NULL);
    for (size_t i = 0; i < 4; i++) {
        request.recipe.sizes[0] = (loom_size){.width = 80, .height = heights[i]};
        oracle_image made = engine_render(&request, "one-way.png");
        oracle_image expected = oracle_resize(&picture, 80, heights[i], ORACLE_LANCZOS3);
        const oracle_difference difference = oracle_compare(&made, &expected);
        ck_assert_msg(difference.max <= 1.01, "%u px high: %f off", heights[i], difference.max);
        oracle_release(&made);
        oracle_release(&expected);
    }
    oracle_release(&picture);
}
END_TEST

/* ---- by content ---------------------------------------------------------- */

/* Dull, with noise of strong colours in the middle of the third quarter. */
static void write_busy(uint32_t width, uint32_t height, uint32_t channels)
{
    static const uint16_t dull[4] = {110, 120, 130, 255};
    oracle_image picture = sample_flat(width, height, channels, 255, dull);
    const uint32_t along = width > height ? width : height;
    uint32_t state = 1;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t at = width > height ? x : y;
            if (at < along * 9 / 16 || at >= along * 11 / 16)
                continue;
            uint16_t *p = oracle_pixel(&picture, x, y);
            state = state * 1664525 + 1013904223;
            p[0] = state >> 31 ? 250 : 200;
            p[1] = p[2] = (uint16_t)(state >> 26);
        }
    sample_png("busy.png", &picture, NULL);
    oracle_release(&picture);
}

/* The largest difference between a part and what lies at a place of the whole. */
static double difference_at(const oracle_image *part, const oracle_image *all, uint32_t left,
                            uint32_t top)
{
    double max = 0;

    for (uint32_t y = 0; y < part->height; y++)
        for (uint32_t x = 0; x < part->width; x++)
            for (uint32_t c = 0; c < part->channels; c++) {
                const double d = fabs((double)oracle_pixel(part, x, y)[c] -
                                      (double)oracle_pixel(all, left + x, top + y)[c]);
                max = d > max ? d : max;
            }
    return max;
}

/* Asserts that `part` is a part of `all`, which is enlarged whole. */
static void assert_is_part(const oracle_image *part, const oracle_image *all)
{
    ck_assert(part->channels == all->channels);
    for (uint32_t top = 0; top + part->height <= all->height; top++)
        for (uint32_t left = 0; left + part->width <= all->width; left++)
            if (difference_at(part, all, left, top) <= 1)
                return;
    ck_abort_msg("it is no part of the enlarged picture");
}

static unsigned red_pixels(const oracle_image *image)
{
    unsigned count = 0;

    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++)
            count += oracle_pixel(image, x, y)[0] > 150;
    return count;
}

static const loom_position by_content[] = {LOOM_POSITION_ENTROPY, LOOM_POSITION_ATTENTION};

START_TEST(what_is_found_is_a_part_of_the_enlarged_picture)
{
    for (uint32_t channels = 3; channels <= 4; channels++)
        for (int lying = 0; lying < 2; lying++)
            for (int i = 0; i < 2; i++) {
                write_busy(lying ? 80 : 20, lying ? 20 : 80, channels);
                engine_request request = engine_request_box(45, 45, LOOM_FIT_COVER);
                request.recipe.position = by_content[i];
                oracle_image part = engine_render(&request, "busy.png");
                ck_assert(part.width == 45 && part.height == 45);
                ck_assert_uint_gt(red_pixels(&part), 45 * 45 / 4);
                request.recipe.fit = LOOM_FIT_OUTSIDE;
                oracle_image all = engine_render(&request, "busy.png");
                assert_is_part(&part, &all);
                oracle_release(&part);
                oracle_release(&all);
            }
}
END_TEST

/* It would take the memory of a worker many times over to make these whole. */
START_TEST(a_thin_picture_is_looked_at_as_it_is)
{
    static const double rotations[] = {0, 90, 0.01};

    for (int lying = 0; lying < 2; lying++)
        for (int i = 0; i < 2; i++)
            for (size_t r = 0; r < 3; r++) {
                write_busy(lying ? 40000 : 1, lying ? 1 : 40000, 3);
                engine_request request = engine_request_box(400, 300, LOOM_FIT_COVER);
                request.recipe.position = by_content[i];
                request.recipe.rotation = rotations[r];
                oracle_image made = engine_render(&request, "busy.png");
                ck_assert(made.width == 400 && made.height == 300);
                if (rotations[r] != 0.01) /* where it is mostly background */
                    ck_assert_uint_gt(red_pixels(&made), 400 * 300 / 2);
                oracle_release(&made);
            }
}
END_TEST

/* ---- both lanes ---------------------------------------------------------- */

START_TEST(the_lanes_make_the_same_of_a_thin_jpeg)
{
    static const loom_position positions[] = {LOOM_POSITION_WEST, LOOM_POSITION_CENTRE,
                                              LOOM_POSITION_SOUTHEAST};
    engine_request jpeg = engine_request_default();

    jpeg.format = LOOM_FORMAT_JPEG;
    jpeg.recipe.quality = 95;
    for (int lying = 0; lying < 2; lying++) {
        write_thin(30000, lying == 1, 255);
        loom_outcome outcome = engine_run_written(&jpeg, "thin.png", "thin.jpg", LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        for (size_t i = 0; i < 3; i++) {
            const lanes_recipe recipe = {
                .name = "thin", .size = "400x400", .position = positions[i]};
            const engine_request request = lanes_request(&recipe);
            lanes_assert_alike(&request, "thin.jpg", LANES_PSNR_MIN, "thin");
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_enlarge");
    TCase *tests = engine_case("engine_enlarge");

    tcase_add_loop_test(tests, what_is_kept_of_a_thin_picture_is_right, 0, 4);
    tcase_add_test(tests, what_is_shrunk_one_way_alone_is_exact);
    tcase_add_test(tests, what_is_found_is_a_part_of_the_enlarged_picture);
    tcase_add_test(tests, a_thin_picture_is_looked_at_as_it_is);
    tcase_add_test(tests, the_lanes_make_the_same_of_a_thin_jpeg);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
