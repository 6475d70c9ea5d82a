/*
 * The lowest quality of a similarity: what was chosen reaches it, and the quality below does not,
 * as other decoders and plain sums say.
 */
#include "batch/pool.h"
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/luma.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char photo[] = "tiny/photo-333x222.jpg";

/* How far the engine's figure may be from the test's: its luma is rounded, and that of WebP too. */
static const double slack = 1e-3;

/* ---- the quality that is chosen ------------------------------------------ */

/* The photograph, and as a PNG; in 16 bits; gray; with alpha; with a size that is no multiple. */
static void make_inputs(void)
{
    oracle_image image = oracle_read(engine_testdata(photo)), gray = oracle_grayscale(&image);
    engine_request request = engine_request_default();

    sample_png("photo.png", &image, NULL);
    sample_png("gray.png", &gray, NULL);
    oracle_release(&image);
    oracle_release(&gray);
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 97;
    loom_outcome outcome = engine_run_written(&request, "photo.png", "photo.jpg", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

/* A photograph that fades out to the right, of which half is not seen at all. */
static void make_faded(void)
{
    oracle_image image = oracle_read(engine_testdata(photo));
    oracle_image faded =
        sample_flat(image.width, image.height, 4, 255, (const uint16_t[]){0, 0, 0, 255});

    for (size_t i = 0; i < (size_t)image.width * image.height; i++) {
        const uint32_t x = (uint32_t)(i % image.width), seen = x < 255 ? 255 - x : 0;
        for (unsigned c = 0; c < 3; c++)
            faded.samples[4 * i + c] = image.samples[3 * i + c];
        faded.samples[4 * i + 3] = (uint16_t)(seen > 120 ? 255 : seen);
    }
    sample_png("faded.png", &faded, NULL);
    oracle_release(&faded);
    oracle_release(&image);
}

static const struct {
    const char *input, *lane;
    loom_format format;
    double target;
    const char *name, *word; /* of another field of the recipe; NULL: none */
} cases[] = {
    {"photo.jpg", "jpeg", LOOM_FORMAT_JPEG, 0.9, NULL, NULL},
    {"photo.jpg", "jpeg", LOOM_FORMAT_JPEG, 0.98, "progressive", NULL},
    {"photo.jpg", "jpeg", LOOM_FORMAT_JPEG, 0.97, "grayscale", NULL},
    {"photo.jpg", "jpeg", LOOM_FORMAT_WEBP, 0.95, NULL, NULL},
    {"photo.png", "png", LOOM_FORMAT_JPEG, 0.95, NULL, NULL},
    {"photo.png", "png", LOOM_FORMAT_JPEG, 0.995, "chroma", "444"},
    {"photo.png", "png", LOOM_FORMAT_WEBP, 0.97, NULL, NULL},
    {"faded.png", "png", LOOM_FORMAT_WEBP, 0.98, NULL, NULL},
    {"gray.png", "png", LOOM_FORMAT_JPEG, 0.9, NULL, NULL},
    {"photo.png", "vips", LOOM_FORMAT_JPEG, 0.97, NULL, NULL},
    {"photo.png", "vips", LOOM_FORMAT_WEBP, 0.98, NULL, NULL},
    {"faded.png", "vips", LOOM_FORMAT_WEBP, 0.95, NULL, NULL},
    {"photo.png", "vips", LOOM_FORMAT_AVIF, 0.95, "effort", "0"},
    {"faded.png", "vips", LOOM_FORMAT_AVIF, 0.96, "effort", "0"},
    {"photo.png", "vips", LOOM_FORMAT_JXL, 0.95, "effort", "3"},
};

static engine_request request_of(int i)
{
    engine_request request = engine_request_default();

    request.format = cases[i].format;
    request.settings.lane = cases[i].lane;
    request.settings.allow_untrusted = true;
    if (cases[i].name != NULL)
        ck_assert_int_eq(loom_recipe_set(&request.recipe, cases[i].name, cases[i].word, NULL),
                         LOOM_OK);
    return request;
}

static bool is_here(loom_format format)
{
    return engine_codec(format)->writer != NULL;
}

START_TEST(it_is_the_lowest)
{
    engine_request request = request_of(_i);
    size_t sizes[2];

    if (!is_here(cases[_i].format))
        return;
    make_inputs();
    make_faded();
    luma was = strcmp(cases[_i].input, "photo.jpg") == 0 ? luma_read_jpeg(cases[_i].input)
                                                         : luma_read_by_oracle(cases[_i].input);
    request.recipe.ssim = cases[_i].target;
    loom_outcome outcome = engine_run(&request, cases[_i].input, "chosen");
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    ck_assert_str_eq(outcome.lane, cases[_i].lane);
    const double reached = luma_similarity(&was, cases[_i].format, "chosen");
    ck_assert_double_ge(outcome.ssim / 1e6, cases[_i].target);
    ck_assert_double_eq_tol(outcome.ssim / 1e6, reached, slack);
    ck_assert_int_gt(outcome.quality, 1);
    ck_assert_int_lt(outcome.quality, 100);

    /* It is the file of that quality, and the one below is not alike enough. */
    request.recipe.ssim = 0;
    request.recipe.quality = outcome.quality;
    loom_outcome_release(&outcome);
    outcome = engine_run(&request, cases[_i].input, "same");
    ck_assert_uint_eq(outcome.ssim, 0);
    loom_outcome_release(&outcome);
    char *chosen = tmpdir_read("chosen", &sizes[0]), *same = tmpdir_read("same", &sizes[1]);
    ck_assert_uint_eq(sizes[0], sizes[1]);
    ck_assert_mem_eq(chosen, same, sizes[0]);
    free(chosen);
    free(same);
    request.recipe.quality--;
    outcome = engine_run(&request, cases[_i].input, "below");
    const double below = luma_similarity(&was, cases[_i].format, "below");
    ck_assert_msg(below < cases[_i].target + slack, "quality %d has %f, for %f",
                  request.recipe.quality, below, cases[_i].target);
    ck_assert_double_lt(below, reached);
    loom_outcome_release(&outcome);
    free(was.data);
}
END_TEST

START_TEST(a_higher_target_takes_a_higher_quality)
{
    static const double targets[] = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995};
    engine_request request = engine_request_default();
    int last = 0;

    request.format = LOOM_FORMAT_JPEG;
    for (size_t i = 0; i < COUNT(targets); i++) {
        request.recipe.ssim = targets[i];
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata(photo), "out.jpg", LOOM_RESULT_OK);
        ck_assert_int_gt(outcome.quality, last);
        ck_assert_double_ge(outcome.ssim / 1e6, targets[i]);
        last = outcome.quality;
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* ---- where there is none ------------------------------------------------- */

START_TEST(quality_is_the_limit_and_a_warning)
{
    engine_request request = engine_request_default();

    make_inputs();
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 40;
    request.recipe.ssim = 0.99;
    luma was = luma_read_jpeg("photo.jpg");
    loom_outcome outcome =
        engine_run_written(&request, "photo.jpg", "out.jpg", LOOM_RESULT_WARNING);
    const double reached = luma_similarity(&was, LOOM_FORMAT_JPEG, "out.jpg");
    char expected[128];
    ck_assert_int_eq(outcome.quality, 40);
    ck_assert_double_eq_tol(outcome.ssim / 1e6, reached, slack);
    (void)snprintf(expected, sizeof expected,
                   "even quality 40 has a similarity of 0.%04u, less than the 0.99 asked for",
                   outcome.ssim / 100);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], expected);
    loom_outcome_release(&outcome);
    request.recipe.ssim = 0.7; /* below the limit it is searched for */
    outcome = engine_run_written(&request, "photo.jpg", "out.jpg", LOOM_RESULT_OK);
    ck_assert_int_lt(outcome.quality, 40);
    loom_outcome_release(&outcome);
    free(was.data);
}
END_TEST

/* A gray of 128 comes back from quality 1; so does a picture of one px. */
START_TEST(what_is_flat_is_the_same_at_the_lowest)
{
    static const uint32_t sides[][2] = {{64, 48}, {1, 1}, {3, 200}};

    for (size_t i = 0; i < COUNT(sides); i++) {
        oracle_image gray = sample_flat(sides[i][0], sides[i][1], 1, 255, (const uint16_t[]){128});
        engine_request request = engine_request_default();
        sample_png("flat.png", &gray, NULL);
        request.format = LOOM_FORMAT_JPEG;
        request.recipe.ssim = 1;
        loom_outcome outcome = engine_run_written(&request, "flat.png", "out.jpg", LOOM_RESULT_OK);
        ck_assert_int_eq(outcome.quality, 1);
        ck_assert_uint_eq(outcome.ssim, 1000000);
        loom_outcome_release(&outcome);
        oracle_release(&gray);
    }
}
END_TEST

START_TEST(a_format_without_quality_is_told_where_it_loses)
{
    engine_request request = engine_request_default();

    request.recipe.ssim = 0.98;
    loom_outcome outcome =
        engine_run_written(&request, engine_testdata(photo), "out.png", LOOM_RESULT_OK);
    ck_assert_uint_eq(outcome.ssim, 0);
    loom_outcome_release(&outcome);
    request.recipe.palette = LOOM_PALETTE_16;
    outcome = engine_run_written(&request, engine_testdata(photo), "out.png", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0],
                     "no similarity was looked for: png has no quality to search");
    loom_outcome_release(&outcome);
    request.format = LOOM_FORMAT_GIF;
    outcome = engine_run_written(&request, engine_testdata(photo), "out.gif", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0],
                     "no similarity was looked for: gif has no quality to search");
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(what_has_no_luma_of_its_samples_is_refused)
{
    engine_request request = engine_request_default();
    icc_profile profile;
    oracle_image image = oracle_read(engine_testdata(photo));

    request.recipe.ssim = 0.9;
    request.recipe.animated = true;
    request.format = LOOM_FORMAT_WEBP;
    engine_assert_error(&request, engine_testdata("formats/animated.gif"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_TRANSFORM);
    request.recipe.icc = LOOM_ICC_KEEP;
    request.format = LOOM_FORMAT_JPEG;
    engine_assert_error(&request, engine_testdata("photos/cmyk.jpg"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_ENCODE);
    icc_make_rgb(&profile, &icc_adobe_rgb);
    sample_png("wide.png", &image,
               &(sample_extras){.icc = profile.bytes, .icc_size = profile.size});
    oracle_release(&image);
    loom_outcome outcome = engine_run_written(&request, "wide.png", "out.jpg", LOOM_RESULT_OK);
    ck_assert_double_ge(outcome.ssim / 1e6, 0.9);
    loom_outcome_release(&outcome);
    request.format = LOOM_FORMAT_JXL;
    request.settings.allow_untrusted = true;
    if (is_here(LOOM_FORMAT_JXL))
        engine_assert_error(&request, "wide.png", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE);
}
END_TEST

/* ---- stopping ------------------------------------------------------------ */

typedef struct trial {
    loom_cancel cancel;
    unsigned looks, stop_at; /* 0: never */
} trial;

static void look(void *front)
{
    trial *t = front;

    if (++t->looks == t->stop_at)
        atomic_store(&t->cancel.reason, LOOM_ERR_TIMEOUT);
}

/* Wherever the job is when its time is over. */
START_TEST(a_stop_ends_the_search)
{
    engine_request request = request_of(_i);
    trial whole = {.cancel = {.poll = look, .front = &whole}};

    if (!is_here(cases[_i].format))
        return;
    make_inputs();
    make_faded();
    request.recipe.ssim = cases[_i].target;
    request.cancel = &whole.cancel;
    loom_outcome outcome = engine_run(&request, cases[_i].input, "whole");
    ck_assert_int_eq(outcome.error.code, LOOM_OK);
    loom_outcome_release(&outcome);
    ck_assert_uint_gt(whole.looks, 20);
    for (unsigned part = 1; part < 8; part++) {
        trial t = {.cancel = {.poll = look, .front = &t}, .stop_at = whole.looks * part / 8};
        request.cancel = &t.cancel;
        outcome = engine_run(&request, cases[_i].input, "stopped");
        ck_assert_int_eq(outcome.error.code, LOOM_ERR_TIMEOUT);
        ck_assert_uint_eq(outcome.ssim, 0);
        ck_assert(!tmpdir_exists("stopped"));
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* JPEG XL is decoded again only where untrusted formats are allowed. */
static TCase *untrusted_case(const char *name)
{
    TCase *made = tcase_create(name);

    tcase_add_checked_fixture(made, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(made, 120);
    return made;
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_ssim");
    TCase *lowest = untrusted_case("lowest"), *stop = untrusted_case("stop");
    TCase *none = engine_case("none");

    tcase_add_loop_test(lowest, it_is_the_lowest, 0, COUNT(cases));
    tcase_add_test(lowest, a_higher_target_takes_a_higher_quality);
    suite_add_tcase(suite, lowest);
    tcase_add_test(none, quality_is_the_limit_and_a_warning);
    tcase_add_test(none, what_is_flat_is_the_same_at_the_lowest);
    tcase_add_test(none, a_format_without_quality_is_told_where_it_loses);
    tcase_add_test(none, what_has_no_luma_of_its_samples_is_refused);
    suite_add_tcase(suite, none);
    tcase_add_loop_test(stop, a_stop_ends_the_search, 0, COUNT(cases));
    suite_add_tcase(suite, stop);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
