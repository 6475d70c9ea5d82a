/* What an image takes of memory is no more than what is estimated, and not far below it. */
#include "support/engine_run.h"
#include "support/make_jpeg.h"
#include "support/oracle_private.h"
#include "support/peak.h"
#include "support/samples.h"
#include "support/sanitized.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include "picture/recipe_fields.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Large enough for what a process takes for itself not to count. */
enum { WIDTH = 1800, HEIGHT = 1500 };
enum { SHORT = 3, SHORT_JPEGS = 7 };
enum { RATIO_MAX = 4, OWN = 24 << 20 }; /* bytes that are given to that */

/* Noise, which no encoder makes small. */
static void fill_with_noise(oracle_image *picture)
{
    const bool deep = picture->max > 255;
    uint32_t state = 1;

    for (size_t i = 0; i < (size_t)picture->width * picture->height * picture->channels; i++) {
        state = state * 1664525 + 1013904223;
        picture->samples[i] = (uint16_t)(deep ? 16384 + (state >> 17) : 64 + (state >> 25));
    }
}

static void write_noise(const char *path, uint32_t channels, uint32_t max)
{
    oracle_image picture = oracle_create(WIDTH, HEIGHT, channels, max);

    fill_with_noise(&picture);
    sample_png(path, &picture, NULL);
    oracle_release(&picture);
}

/* The estimate is no less than what is measured. */
static peak assert_enough(const char *input, const char *json, loom_format format)
{
    loom_recipe recipe;
    peak found;

    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, json, strlen(json), NULL), LOOM_OK);
    ck_assert_msg(peak_measure(input, &recipe, format, &found), "%s, %s", input, json);
    ck_assert_msg(found.code == LOOM_OK, "%s, %s: %s", input, json, found.message);
    ck_assert_msg(found.measured <= found.estimate && found.measured > 0,
                  "%s, %s, to %s: %lu MB instead of %lu at the most", input, json,
                  loom_format_get(format)->name, (unsigned long)(found.measured / 1000000),
                  (unsigned long)(found.estimate / 1000000));
    return found;
}

static void assert_bounded(const char *input, const char *json, loom_format format)
{
    const peak found = assert_enough(input, json, format);

    ck_assert_msg(found.estimate <= RATIO_MAX * found.measured + OWN,
                  "%s, %s, to %s: %lu MB, and an estimate of %lu", input, json,
                  loom_format_get(format)->name, (unsigned long)(found.measured / 1000000),
                  (unsigned long)(found.estimate / 1000000));
}

/* Leaves "in.EXT", in a process of its own, as libvips must not be started in this one. */
static void make_input(loom_format format, bool lossless, char path[64])
{
    char absolute[512];
    int status;

    (void)snprintf(path, 64, "in.%s", loom_format_get(format)->name);
    (void)snprintf(absolute, sizeof absolute, "%s/", tmpdir_path());
    const size_t start = strlen(absolute);
    const pid_t pid = fork();
    if (pid == 0) {
        char from[512], to[512];
        (void)snprintf(from, sizeof from, "%.*srgb.png", (int)start, absolute);
        (void)snprintf(to, sizeof to, "%.*s%s", (int)start, absolute, path);
        engine_setup();
        engine_request request = engine_request_default();
        request.format = format;
        request.recipe.lossless = lossless;
        request.recipe.effort = 1;
        loom_outcome outcome = engine_run(&request, from, to);
        _exit(outcome.result == LOOM_RESULT_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

/* ---- tests --------------------------------------------------------------- */

/* For all tests: none of them changes these. */
static void make_pictures(void)
{
    tmpdir_enter();
    write_noise("gray.png", 1, 255);
    write_noise("rgb.png", 3, 255);
    write_noise("rgba.png", 4, 255);
    write_noise("deep.png", 3, 65535);
}

static const char *const pictures[] = {"gray.png", "rgb.png", "rgba.png", "deep.png"};

static const struct {
    const char *json;
    loom_format format;
} encoders[] = {
    {"{}", LOOM_FORMAT_PNG},
    {"{\"progressive\":true}", LOOM_FORMAT_PNG},
    {"{}", LOOM_FORMAT_JPEG},
    {"{\"chroma\":\"444\",\"progressive\":true}", LOOM_FORMAT_JPEG},
    {"{}", LOOM_FORMAT_WEBP},
    {"{\"effort\":1,\"lossless\":true}", LOOM_FORMAT_WEBP},
    {"{}", LOOM_FORMAT_TIFF},
    {"{\"effort\":1}", LOOM_FORMAT_GIF},
    {"{\"effort\":0}", LOOM_FORMAT_AVIF},
    {"{\"ssim\":0.9}", LOOM_FORMAT_JPEG},
    {"{\"ssim\":0.9,\"progressive\":true}", LOOM_FORMAT_JPEG},
    {"{\"ssim\":0.9,\"quality\":2}", LOOM_FORMAT_WEBP},
    {"{\"ssim\":0.9,\"quality\":2,\"effort\":0}", LOOM_FORMAT_AVIF},
};

enum { ENCODERS = sizeof encoders / sizeof *encoders };

START_TEST(encoders_take_no_more_than_their_rows_say)
{
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (suite_takes(i + (unsigned)_i, SHORT))
            assert_bounded(pictures[i], encoders[_i].json, encoders[_i].format);
}
END_TEST

static const char *const steps[] = {
    "{\"sizes\":[{\"width\":300}]}",
    "{\"sizes\":[{\"width\":2600}]}",
    "{\"sizes\":[{\"percent\":100},{\"width\":300}]}",
    "{\"rotation\":10}",
    "{\"rotation\":90}",
    "{\"grayscale\":true}",
    "{\"sizes\":[{\"width\":2000,\"height\":2000}],\"position\":\"attention\"}",
    "{\"sizes\":[{\"width\":900,\"height\":500}],\"position\":\"entropy\",\"rotation\":20}",
};

enum { STEPS = sizeof steps / sizeof *steps };

START_TEST(steps_take_no_more_than_they_should)
{
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (suite_takes(i + (unsigned)_i, SHORT))
            assert_bounded(pictures[i], steps[_i], LOOM_FORMAT_PNG);
}
END_TEST

static const struct {
    loom_format format;
    bool lossless;
} inputs[] = {
    {LOOM_FORMAT_JPEG, false}, {LOOM_FORMAT_WEBP, false}, {LOOM_FORMAT_WEBP, true},
    {LOOM_FORMAT_TIFF, false}, {LOOM_FORMAT_GIF, false},  {LOOM_FORMAT_AVIF, false},
};

enum { INPUTS = sizeof inputs / sizeof *inputs };

START_TEST(decoders_take_no_more_than_their_rows_say)
{
    char path[64];

    make_input(inputs[_i].format, inputs[_i].lossless, path);
    for (unsigned i = 0; i < 3; i++)
        if (suite_takes(i + (unsigned)_i, 2))
            assert_bounded(path, i == 2 ? "{\"sizes\":[{\"width\":300}]}" : "{}",
                           i == 1 ? LOOM_FORMAT_JPEG : LOOM_FORMAT_PNG);
}
END_TEST

/* ---- JPEGs to JPEGs ------------------------------------------------------ */

static const struct {
    const char *name;
    uint32_t width, height;
    make_jpeg_options options;
} jpegs[] = {
    {"4:2:0", 3000, 2600, {.h = 2, .v = 2, .quality = 80}},
    {"4:4:4", 3000, 2600, {.quality = 80}},
    {"4:2:2", 1000, 8000, {.h = 2, .v = 1, .quality = 80}},
    {"4:4:0", 1000, 8000, {.h = 1, .v = 2, .quality = 80}},
    {"a scan each", 3000, 2600, {.quality = 80, .separate = true}},
    {"progressive, 4:2:0", 3000, 2600, {.h = 2, .v = 2, .quality = 80, .progressive = true}},
    {"progressive, 4:4:4", 3000, 2600, {.quality = 80, .progressive = true}},
    {"progressive, 4:2:2", 1000, 8000, {.h = 2, .v = 1, .quality = 80, .progressive = true}},
};

enum { JPEGS = sizeof jpegs / sizeof *jpegs };

static const char *const jpeg_recipes[] = {
    "{}",
    "{\"sizes\":[{\"percent\":55}]}",
    "{\"sizes\":[{\"percent\":35}],\"chroma\":\"444\"}",
    "{\"sizes\":[{\"percent\":30}],\"grayscale\":true}",
    "{\"sizes\":[{\"percent\":9}]}",
};

/*
 * `surplus`: more data than the picture takes, at its end. Our own decoder finds that out when all
 * is decoded, and libjpeg decodes after it.
 */
static void write_jpeg(const oracle_image *picture, const make_jpeg_options *options, bool surplus)
{
    enum { SURPLUS = 3000 };
    size_t size;
    unsigned char *data = make_jpeg(picture, options, &size);

    if (surplus) {
        data = realloc(data, size + SURPLUS);
        ck_assert_ptr_nonnull(data);
        memset(data + size - 2, 0, SURPLUS);
        size += SURPLUS;
        data[size - 2] = 0xFF;
        data[size - 1] = 0xD9;
    }
    tmpdir_write("in.jpg", data, size);
    free(data);
}

/* What is decoded twice is what the estimate is for: of the others it may be too high. */
START_TEST(jpegs_take_no_more_than_either_decoder)
{
    oracle_image noise = oracle_create(jpegs[_i].width, jpegs[_i].height, 3, 255);

    fill_with_noise(&noise);
    for (int surplus = 0; surplus < 2; surplus++) {
        write_jpeg(&noise, &jpegs[_i].options, surplus == 1);
        for (size_t r = 0; r < COUNT(jpeg_recipes); r++) {
            if (!suite_takes(r + (unsigned)(_i + surplus), SHORT_JPEGS))
                continue;
            if (surplus == 1 && !jpegs[_i].options.separate) /* of which a gray picture wants one */
                assert_bounded("in.jpg", jpeg_recipes[r], LOOM_FORMAT_JPEG);
            else
                (void)assert_enough("in.jpg", jpeg_recipes[r], LOOM_FORMAT_JPEG);
        }
    }
    oracle_release(&noise);
}
END_TEST

/* Chroma that is halved in one direction alone is decoded finer than luma, if it is to be whole. */
START_TEST(chroma_may_take_more_than_luma)
{
    static const make_jpeg_options kinds[] = {{.h = 2, .v = 1, .quality = 80},
                                              {.h = 1, .v = 2, .quality = 80}};
    static const char recipe[] = "{\"sizes\":[{\"width\":312,\"height\":8}],\"fit\":\"cover\","
                                 "\"chroma\":\"444\"}";
    oracle_image black = oracle_create(1000, 60000, 3, 255);

    for (int i = 0; i < 2 * (int)COUNT(kinds); i++) {
        if (!suite_takes((unsigned)i, SHORT))
            continue;
        write_jpeg(&black, &kinds[i / 2], i % 2 == 1);
        (void)assert_enough("in.jpg", recipe, LOOM_FORMAT_JPEG);
    }
    oracle_release(&black);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("cost");
    TCase *tests = tcase_create("cost"), *jpeg = tcase_create("jpeg");

    tcase_add_unchecked_fixture(tests, make_pictures, tmpdir_leave);
    tcase_add_checked_fixture(jpeg, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tests, 300);
    tcase_set_timeout(jpeg, 300);
    if (!TEST_SANITIZED) {
        tcase_add_loop_test(tests, encoders_take_no_more_than_their_rows_say, 0, ENCODERS);
        tcase_add_loop_test(tests, steps_take_no_more_than_they_should, 0, STEPS);
        tcase_add_loop_test(tests, decoders_take_no_more_than_their_rows_say, 0, INPUTS);
        tcase_add_loop_test(jpeg, jpegs_take_no_more_than_either_decoder, 0, JPEGS);
        tcase_add_test(jpeg, chroma_may_take_more_than_luma);
    }
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, jpeg);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
