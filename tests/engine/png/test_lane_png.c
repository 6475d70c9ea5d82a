/*
 * The pictures of the png lane: of every kind of file the same as the vips lane's, byte by byte,
 * and beside the oracle's exact ones.
 */
#include "support/make_png.h"
#include "support/png_lanes.h"
#include "support/random.h"
#include "support/recipe_words.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- recipes ------------------------------------------------------------- */

static const struct {
    uint32_t width, height;
    loom_fit fit;
    loom_kernel kernel;
    double rotation;
    bool flip, flop;
    loom_grayscale grayscale;
    loom_colour background; /* alpha 0: none is given */
    loom_position position;
    int effort;
    const char *fields; /* others, in words; NULL: none */
} recipes[] = {
    {.effort = -1},
    {.width = 17, .height = 11, .fit = LOOM_FIT_INSIDE, .effort = 1},
    {.width = 37, .height = 5, .fit = LOOM_FIT_FILL, .kernel = LOOM_KERNEL_MITCHELL, .effort = 0},
    {.width = 9, .height = 9, .kernel = LOOM_KERNEL_CUBIC, .rotation = 90, .effort = -1},
    {.width = 20,
     .height = 20,
     .fit = LOOM_FIT_CONTAIN,
     .kernel = LOOM_KERNEL_LINEAR,
     .background = {200, 30, 90, 255},
     .effort = 9},
    {.width = 20,
     .height = 14,
     .fit = LOOM_FIT_CONTAIN,
     .rotation = 270,
     .flip = true,
     .background = {20, 30, 90, 77},
     .effort = -1},
    {.width = 20, .height = 3, .effort = -1},
    {.width = 1,
     .height = 1,
     .kernel = LOOM_KERNEL_LANCZOS2,
     .grayscale = LOOM_GRAYSCALE_LUMINANCE,
     .effort = -1},
    {.width = 8,
     .height = 23,
     .flop = true,
     .grayscale = LOOM_GRAYSCALE_LUMA,
     .position = LOOM_POSITION_SOUTHEAST,
     .effort = -1},
    {.effort = -1, .fields = "extract=3,2,29x17 median=3 blur=0.7"},
    {.width = 9,
     .height = 9,
     .rotation = 90,
     .effort = -1,
     .fields = "aspect=4:3 sharpen normalize gamma=1.7 contrast=1.2 negate"},
    {.width = 12,
     .height = 9,
     .fit = LOOM_FIT_CONTAIN,
     .background = {200, 30, 90, 255},
     .effort = -1,
     .fields = "extend=1,2,3,4 border=5x6 border-color=#0a64c8 radius=7"},
    {.width = 8,
     .effort = -1,
     .grayscale = LOOM_GRAYSCALE_LUMA,
     .fields = "extend=30,2 extend-with=mirror border=3 border-color=#ff000080 radius=50%"},
    {.width = 9,
     .height = 9,
     .fit = LOOM_FIT_FILL,
     .effort = -1,
     .fields = "extract=3,2,29x17 brightness=0.8 saturation=1.5 hue=40 tint=#ac9977"},
};

static engine_request request_of(size_t i)
{
    engine_request request =
        engine_request_box(recipes[i].width, recipes[i].height, recipes[i].fit);
    loom_recipe *recipe = &request.recipe;

    recipe->kernel = recipes[i].kernel;
    recipe->rotation = recipes[i].rotation;
    recipe->flip = recipes[i].flip;
    recipe->flop = recipes[i].flop;
    recipe->grayscale = recipes[i].grayscale;
    recipe->position = recipes[i].position;
    recipe->effort = recipes[i].effort;
    recipe_set_words(recipe, recipes[i].fields);
    if (recipes[i].background.alpha > 0) {
        recipe->background = recipes[i].background;
        recipe->background_given = true;
    }
    return request;
}

/* ---- beside the vips lane ------------------------------------------------ */

START_TEST(every_kind_is_the_same_in_both_lanes)
{
    unsigned char trns[6];

    for (int how = 0; how < 4; how++) {
        png_plan plan = png_plan_of_kind(_i, 37, 23);
        loom_strbuf file = LOOM_STRBUF_INIT;
        plan.interlaced = (how & 1) != 0;
        if ((how & 2) != 0 && !png_add_transparency(&plan, trns))
            continue;
        png_make(&file, &plan);
        sample_write("in.png", &file);
        for (size_t r = 0; r < COUNT(recipes); r++) {
            engine_request request = request_of(r);
            png_lanes_assert_same(&request, "in.png");
            if (plan.depth == 16 && (plan.colour & 2) == 0)
                continue; /* it is not made 8 bits here */
            request.format = LOOM_FORMAT_JPEG;
            request.recipe.chroma = r % 2 == 0 ? LOOM_CHROMA_DEFAULT : LOOM_CHROMA_444;
            request.recipe.quality = 20 + 5 * (int)r;
            png_lanes_assert_same(&request, "in.png");
            request.format = LOOM_FORMAT_WEBP;
            png_lanes_assert_same(&request, "in.png");
        }
    }
}
END_TEST

/* libvips puts such a one with alpha into another container, so it is decoded. */
START_TEST(a_lossless_webp_is_the_same_picture)
{
    engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    const char *const lanes[] = {"png", "vips"};
    oracle_image made[2];
    loom_strbuf file = LOOM_STRBUF_INIT;
    const png_plan plan = {.width = 37, .height = 23, .depth = 8, .colour = (unsigned)_i};

    png_make(&file, &plan);
    sample_write("in.png", &file);
    request.format = LOOM_FORMAT_WEBP;
    request.recipe.lossless = true;
    for (int i = 0; i < 2; i++) {
        request.settings.lane = lanes[i];
        loom_outcome outcome = engine_run_written(&request, "in.png", "out.webp", LOOM_RESULT_OK);
        made[i] = engine_decode("out.webp");
        loom_outcome_release(&outcome);
    }
    ck_assert_uint_eq(made[0].channels, made[1].channels);
    ck_assert_mem_eq(made[0].samples, made[1].samples,
                     sizeof(uint16_t) * made[0].width * made[0].height * made[0].channels);
    for (int i = 0; i < 2; i++)
        oracle_release(&made[i]);
}
END_TEST

/* Several outputs of one input are made of rows that are kept. */
START_TEST(several_outputs_are_those_of_one)
{
    enum { OUTPUTS = 3 };
    static const loom_size sizes[OUTPUTS] = {{.width = 17}, {.width = 30, .height = 9}, {0}};
    const png_plan plan = png_plan_of_kind(_i, 37, 23);
    engine_request request = engine_request_default();
    loom_outcome outcomes[OUTPUTS];
    loom_task tasks[OUTPUTS];
    loom_strbuf file = LOOM_STRBUF_INIT;
    char names[OUTPUTS][8];

    png_make(&file, &plan);
    sample_write("in.png", &file);
    request.settings.lane = "png";
    for (unsigned i = 0; i < OUTPUTS; i++) {
        (void)snprintf(names[i], sizeof names[i], "%u.png", i);
        tasks[i] = (loom_task){
            .input_path = "in.png", .output_path = names[i], .size = i, .format = LOOM_FORMAT_PNG};
        request.recipe.sizes[i] = sizes[i];
    }
    request.recipe.size_count = OUTPUTS;
    engine_run_tasks(&request, tasks, OUTPUTS, outcomes);
    for (unsigned i = 0; i < OUTPUTS; i++) {
        engine_request alone = engine_request_default();
        size_t size, other;
        alone.settings.lane = "png";
        alone.recipe.sizes[0] = sizes[i];
        ck_assert_msg(outcomes[i].result == LOOM_RESULT_OK, "%s", outcomes[i].error.message);
        loom_outcome outcome = engine_run_written(&alone, "in.png", "alone.png", LOOM_RESULT_OK);
        char *made = tmpdir_read(names[i], &size), *expected = tmpdir_read("alone.png", &other);
        ck_assert_uint_eq(size, other);
        ck_assert_mem_eq(made, expected, size);
        free(made);
        free(expected);
        loom_outcome_release(&outcome);
        loom_outcome_release(&outcomes[i]);
    }
}
END_TEST

/* ---- beside the oracle --------------------------------------------------- */

/* Noise, and transparent parts with soft and hard edges. */
static oracle_image make_noise(uint32_t width, uint32_t height, uint32_t channels, uint32_t max)
{
    oracle_image image = sample_flat(width, height, channels, max, (uint16_t[]){0, 0, 0, 0});
    uint64_t seed = channels;

    for (size_t i = 0; i < (size_t)width * height * channels; i++)
        image.samples[i] = (uint16_t)(random_next(&seed) % (max + 1));
    for (uint32_t i = 0; channels % 2 == 0 && i < width * height; i++) {
        const uint32_t x = i % width, kind = x * 4 / width;
        uint16_t *alpha = &image.samples[(size_t)(i + 1) * channels - 1];
        *alpha = kind == 0   ? 0
                 : kind == 1 ? (uint16_t)max
                 : kind == 2 ? (uint16_t)(max * (i / width) / height)
                             : *alpha;
    }
    return image;
}

/* The largest difference of a sample times alpha, in parts of all of it. */
static double difference_of(const oracle_image *a, const oracle_image *b)
{
    const bool alpha = a->channels % 2 == 0;
    double max = 0;

    for (size_t i = 0; i < (size_t)a->width * a->height; i++) {
        const uint16_t *x = a->samples + i * a->channels, *y = b->samples + i * a->channels;
        const double with = alpha ? fmin(x[a->channels - 1], y[a->channels - 1]) / a->max : 1;
        for (uint32_t c = 0; c < a->channels; c++) {
            const double by = c + 1 == a->channels && alpha ? 1 : with;
            max = fmax(max, by * abs((int)x[c] - (int)y[c]) / a->max);
        }
    }
    return max;
}

static const struct {
    uint32_t width, height, to_width, to_height;
} sizes[] = {{300, 200, 97, 61}, {301, 33, 300, 3}, {64, 400, 1, 17}, {5, 7, 4, 7}, {1, 9, 1, 2}};

/* Rounding, and weights of 14 bits: a level and a half of 8 bits at the most, mostly less than one.
 */
START_TEST(pictures_are_exact)
{
    for (uint32_t channels = 1; channels <= 4; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            oracle_image noise = make_noise(sizes[_i].width, sizes[_i].height, channels, max);
            engine_request request =
                engine_request_box(sizes[_i].to_width, sizes[_i].to_height, LOOM_FIT_FILL);
            sample_png("noise.png", &noise, NULL);
            request.settings.lane = "png";
            oracle_image made = engine_render(&request, "noise.png");
            oracle_image exact =
                oracle_resize(&noise, sizes[_i].to_width, sizes[_i].to_height, ORACLE_LANCZOS3);
            const double off = difference_of(&made, &exact) * 255;
            ck_assert_msg(off <= (max == 255 ? 1 : 0.05), "%u channels to %u: %f", channels, max,
                          off);
            oracle_release(&noise);
            oracle_release(&made);
            oracle_release(&exact);
        }
}
END_TEST

/* What is not seen has no colour, whatever stood there. */
START_TEST(what_is_not_seen_bleeds_into_nothing)
{
    const uint16_t hidden[] = {255, 0, 255, 0}, seen[] = {10, 200, 30, 255};
    oracle_image image = sample_flat(60, 40, 4, 255, hidden);
    engine_request request = engine_request_box(20, 13, LOOM_FIT_FILL);

    sample_fill(&image, 31, 0, 29, 40, seen);
    sample_png("in.png", &image, NULL);
    request.settings.lane = "png";
    oracle_image made = engine_render(&request, "in.png");
    for (size_t i = 0; i < (size_t)20 * 13; i++) {
        const uint16_t *px = made.samples + 4 * i;
        const bool black = px[0] == 0 && px[1] == 0 && px[2] == 0 && px[3] == 0;
        ck_assert_msg(black ||
                          (abs(px[0] - 10) <= 1 && abs(px[1] - 200) <= 1 && abs(px[2] - 30) <= 1),
                      "px %zu: %u, %u, %u, %u", i, px[0], px[1], px[2], px[3]);
    }
    oracle_release(&made);
    oracle_release(&image);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_png");
    TCase *kinds = engine_case("kinds"), *exact = engine_case("exact");

    tcase_add_loop_test(kinds, every_kind_is_the_same_in_both_lanes, 0, PNG_KINDS);
    for (int colour = 0; colour <= 6; colour += 2)
        tcase_add_loop_test(kinds, a_lossless_webp_is_the_same_picture, colour, colour + 1);
    tcase_add_loop_test(kinds, several_outputs_are_those_of_one, 0, PNG_KINDS);
    suite_add_tcase(suite, kinds);
    tcase_add_loop_test(exact, pictures_are_exact, 0, COUNT(sizes));
    tcase_add_test(exact, what_is_not_seen_bleeds_into_nothing);
    suite_add_tcase(suite, exact);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
