/* The jpeg lane's WebPs: by arithmetic, beside the RGB way, and which it leaves to libvips. */
#include "support/icc_profile.h"
#include "support/make_jpeg.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/two_lanes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

/* ---- by arithmetic ------------------------------------------------------- */

static engine_request webp_request(const char *size)
{
    engine_request request = lanes_request(&(lanes_recipe){.size = size});

    request.format = LOOM_FORMAT_WEBP;
    request.recipe.quality = 100;
    return request;
}

typedef struct samples {
    uint8_t *luma, *cb, *cr; /* cb and cr belong to luma */
    int width, height, stride, half_stride;
} samples;

/* What the file holds, before libwebp makes RGB of it. */
static samples read_samples(const char *path)
{
    samples s;
    size_t size;
    char *file = tmpdir_read(path, &size);

    s.luma = WebPDecodeYUV((const uint8_t *)file, size, &s.width, &s.height, &s.cb, &s.cr,
                           &s.stride, &s.half_stride);
    ck_assert_ptr_nonnull(s.luma);
    free(file);
    return s;
}

static void assert_within(int is, double right, double within, const char *what)
{
    ck_assert_msg(fabs(is - right) <= within, "%s: %d instead of %.2f", what, is, right);
}

/* JFIF 1.02, then ITU-R BT.601-7; each step rounds, and so do the codecs at their best quality. */
START_TEST(colours_are_those_of_limited_range)
{
    static const uint16_t colours[][3] = {{0, 0, 0},     {255, 255, 255}, {128, 128, 128},
                                          {255, 0, 0},   {0, 255, 0},     {0, 0, 255},
                                          {30, 90, 200}, {250, 128, 5},   {1, 2, 3}};

    for (size_t i = 0; i < COUNT(colours); i++) {
        const double r = colours[i][0], g = colours[i][1], b = colours[i][2];
        const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
        oracle_image flat = sample_flat(48, 40, 3, 255, colours[i]);
        make_jpeg_file("in.jpg", &flat, &(make_jpeg_options){.h = 2, .v = 2, .quality = 100});
        oracle_release(&flat);
        const engine_request request = webp_request("50%");
        oracle_image made = lanes_run("jpeg", &request, "in.jpg");
        samples s = read_samples("jpeg.webp");
        assert_within(s.luma[5 * s.stride + 7], 16 + luma * 219 / 255, 1.5, "luma");
        assert_within(s.cb[3 * s.half_stride + 5], 128 + (b - luma) / 1.772 * 224 / 255, 1.5, "cb");
        assert_within(s.cr[3 * s.half_stride + 5], 128 + (r - luma) / 1.402 * 224 / 255, 1.5, "cr");
        oracle_release(&made);
        WebPFree(s.luma);
    }
}
END_TEST

/* A ramp of all 256 grays, each as wide as a block: not one is off by more than rounding. */
START_TEST(grays_keep_their_steps)
{
    oracle_image ramp = sample_flat(256 * 16, 16, 1, 255, (uint16_t[]){0});

    for (uint32_t i = 0; i < 256 * 16 * 16; i++)
        ramp.samples[i] = (uint16_t)(i % (256 * 16) / 16);
    make_jpeg_file("in.jpg", &ramp, &(make_jpeg_options){.quality = 100});
    const engine_request request = webp_request("100%");
    oracle_image made = lanes_run("jpeg", &request, "in.jpg");
    samples s = read_samples("jpeg.webp");
    for (int x = 8; x < s.width; x += 16) {
        assert_within(s.luma[8 * s.stride + x], 16 + x / 16 * 219.0 / 255, 1.5, "luma");
        ck_assert_int_eq(s.cb[4 * s.half_stride + x / 2], 128);
        ck_assert_int_eq(s.cr[4 * s.half_stride + x / 2], 128);
    }
    WebPFree(s.luma);
    oracle_release(&made);
    oracle_release(&ramp);
}
END_TEST

/* ---- beside the RGB way -------------------------------------------------- */

static const lanes_input inputs[] = {
    {"4:2:0", {.h = 2, .v = 2}, false, 640, 426},
    {"4:2:0, odd", {.h = 2, .v = 2}, false, 641, 427},
    {"4:2:0, progressive, odd", {.h = 2, .v = 2, .progressive = true}, false, 643, 435},
    {"4:2:2, odd", {.h = 2, .v = 1}, false, 641, 427},
    {"4:4:0, odd", {.h = 1, .v = 2}, false, 641, 427},
    {"4:4:4, odd", {.h = 1, .v = 1}, false, 633, 421},
    {"gray, odd", {.h = 1, .v = 1}, true, 641, 427},
};

static const lanes_recipe recipes[] = {
    {.name = "inside", .size = "200x200", .fit = LOOM_FIT_INSIDE},
    {.name = "odd", .size = "211x177", .fit = LOOM_FIT_INSIDE},
    {.name = "as it is", .size = "100%"},
    {.name = "larger", .size = "131%"},
    {.name = "cover south-east", .size = "150x77", .position = LOOM_POSITION_SOUTHEAST},
    {.name = "cover, turned", .size = "150x77", .rotation = 90, .position = LOOM_POSITION_NORTH},
    {.name = "contain", .size = "200x200", .fit = LOOM_FIT_CONTAIN},
    {.name = "contain, white",
     .size = "201x203",
     .fit = LOOM_FIT_CONTAIN,
     .background = {255, 255, 255, 255}},
    {.name = "contain, turned, coloured",
     .size = "301x155",
     .fit = LOOM_FIT_CONTAIN,
     .rotation = 270,
     .background = {220, 130, 20, 255}},
    {.name = "180, odd", .size = "177x", .rotation = 180},
    {.name = "90 and flop", .size = "177x", .rotation = 90, .flop = true},
    {.name = "gray", .size = "200x", .grayscale = true},
    {.name = "gray, contain, turned",
     .size = "251x200",
     .fit = LOOM_FIT_CONTAIN,
     .rotation = 90,
     .grayscale = true,
     .background = {200, 30, 90, 255}},
    {.name = "mitchell", .size = "200x", .kernel = LOOM_KERNEL_MITCHELL},
};

START_TEST(lanes_make_the_same_picture)
{
    const lanes_input *input = &inputs[_i];
    char what[100];

    lanes_write_input(input, "in.jpg");
    for (size_t i = 0; i < COUNT(recipes); i++) {
        engine_request request = lanes_request(&recipes[i]);
        const loom_colour c = recipes[i].background;
        if (input->gray && !recipes[i].grayscale && (c.red != c.green || c.green != c.blue))
            continue; /* colour beside a gray picture is for the vips lane */
        request.format = LOOM_FORMAT_WEBP;
        ck_assert_int_lt(snprintf(what, sizeof what, "%s: %s", input->name, recipes[i].name),
                         (int)sizeof what);
        lanes_assert_alike(&request, "in.jpg", LANES_WEBP_PSNR_MIN, what);
    }
}
END_TEST

/*
 * stb_image decodes the JPEG, the oracle resizes it in real numbers, libwebp decodes what we wrote.
 * The jpeg lane loses no more than the vips lane, which has RGB on the way. Each scale of decoding
 * divides the sides.
 */
START_TEST(pictures_are_as_near_to_the_truth_as_by_rgb)
{
    const oracle_recipe truth = {.width = 200, .height = 200, .fit = ORACLE_INSIDE};
    lanes_input input = inputs[_i];
    engine_request request = lanes_request(&recipes[0]);
    double psnr[2];

    input.width = 640;
    input.height = 432;
    lanes_write_input(&input, "in.jpg");
    oracle_image decoded = oracle_read("in.jpg"), right = oracle_render(&decoded, &truth);
    request.format = LOOM_FORMAT_WEBP;
    for (int lane = 0; lane < 2; lane++) {
        oracle_image made = lanes_run(lane == 0 ? "jpeg" : "vips", &request, "in.jpg");
        psnr[lane] = oracle_compare(&made, &right).psnr;
        oracle_release(&made);
    }
    ck_assert_msg(psnr[0] >= psnr[1] && psnr[0] >= LANES_WEBP_PSNR_MIN,
                  "%s: %.2f dB, by RGB %.2f dB", input.name, psnr[0], psnr[1]);
    oracle_release(&right);
    oracle_release(&decoded);
}
END_TEST

START_TEST(tiny_pictures_pass)
{
    static const uint32_t sides[] = {1, 2, 3, 15, 16, 17};
    static const char *const sizes[] = {"1x1", "2x3", "40x40", "100%"};
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));

    for (size_t w = 0; w < COUNT(sides); w++)
        for (size_t h = 0; h < COUNT(sides); h++) {
            oracle_image part = make_part(&scene, 300, 400, sides[w], sides[h]);
            const make_jpeg_options options = {
                .h = 1 + (int)(w % 2), .v = 1 + (int)(h % 2), .quality = 90};
            make_jpeg_file("in.jpg", &part, &options);
            oracle_release(&part);
            for (size_t s = 0; s < COUNT(sizes); s++) {
                engine_request request = webp_request(sizes[s]);
                request.recipe.fit = (w + s) % 2 == 0 ? LOOM_FIT_CONTAIN : LOOM_FIT_COVER;
                request.recipe.grayscale = h == 0 ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
                oracle_image made = lanes_run("jpeg", &request, "in.jpg");
                oracle_release(&made);
            }
        }
    oracle_release(&scene);
}
END_TEST

/* ---- limits -------------------------------------------------------------- */

START_TEST(the_longest_side_is_that_of_webp)
{
    engine_request request = engine_request_box(16383, 2, LOOM_FIT_FILL);
    const char *input = engine_testdata("photos/scene-2.jpg");

    request.format = LOOM_FORMAT_WEBP;
    request.settings.lane = "jpeg";
    loom_outcome outcome = engine_run_written(&request, input, "long.webp", LOOM_RESULT_OK);
    ck_assert_uint_eq(outcome.width, 16383);
    loom_outcome_release(&outcome);
    request.recipe.sizes[0].width = 16384;
    outcome = engine_run(&request, input, "longer.webp");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_TRANSFORM);
    ck_assert_ptr_nonnull(strstr(outcome.error.message, "at most 16383 px"));
    ck_assert(!tmpdir_exists("longer.webp"));
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- the choice ---------------------------------------------------------- */

static loom_outcome run_lane(const engine_request *request, const char *input, const char *lane)
{
    loom_outcome outcome = engine_run_written(request, input, "a.webp", LOOM_RESULT_OK);

    ck_assert_str_eq(outcome.lane, lane);
    ck_assert_int_eq(outcome.format, LOOM_FORMAT_WEBP);
    return outcome;
}

static void assert_declined(const engine_request *request, const char *input)
{
    loom_outcome outcome = run_lane(request, input, "vips");
    engine_request forced = *request;

    loom_outcome_release(&outcome);
    forced.settings.lane = "jpeg";
    engine_assert_error(&forced, input, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
}

START_TEST(it_is_the_first_choice)
{
    const char *input = engine_testdata("photos/scene-2.jpg");
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);

    request.format = LOOM_FORMAT_WEBP;
    loom_outcome outcome = run_lane(&request, input, "jpeg");
    const uint64_t size = outcome.processed_size;
    ck_assert_int_eq(outcome.quality, 80);
    ck_assert_int_eq(outcome.channels, 3);
    loom_outcome_release(&outcome);
    request.recipe.max_bytes = size / 2;
    outcome = run_lane(&request, input, "jpeg");
    ck_assert_uint_le(outcome.processed_size, size / 2);
    ck_assert_int_lt(outcome.quality, 80);
    loom_outcome_release(&outcome);
    request.recipe.max_bytes = 0;
    request.recipe.effort = 0;
    outcome = run_lane(&request, input, "jpeg");
    ck_assert_uint_gt(outcome.processed_size, size); /* libwebp tried less */
    loom_outcome_release(&outcome);
    request.recipe.effort = 10; /* more than it has */
    outcome = run_lane(&request, engine_testdata("photos/gray.jpg"), "jpeg");
    ck_assert_int_eq(outcome.channels, 1);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(what_it_does_not_take_goes_through_libvips)
{
    const char *input = engine_testdata("photos/scene-2.jpg");
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);

    request.format = LOOM_FORMAT_WEBP;
    request.recipe.lossless = true;
    assert_declined(&request, input);
    request.recipe.lossless = false;
    request.recipe.chroma = LOOM_CHROMA_444;
    assert_declined(&request, input);
    request.recipe.chroma = LOOM_CHROMA_420;
    loom_outcome outcome = run_lane(&request, input, "jpeg");
    loom_outcome_release(&outcome);
    request.recipe.rotation = 30;
    assert_declined(&request, input);
}
END_TEST

START_TEST(a_profile_is_kept)
{
    const char *input = engine_testdata("photos/scene-3.jpg");
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);
    loom_strbuf segments = LOOM_STRBUF_INIT;
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    sample_icc_segment(&segments, icc.bytes, icc.size);
    sample_insert(input, "p3.jpg", &segments);
    request.format = LOOM_FORMAT_WEBP;
    request.recipe.icc = LOOM_ICC_KEEP;
    lanes_assert_alike(&request, "p3.jpg", LANES_WEBP_PSNR_MIN, "P3");
    ck_assert(tmpdir_holds("jpeg.webp", icc.bytes, icc.size));
    ck_assert(tmpdir_holds("vips.webp", icc.bytes, icc.size));
    request.recipe.icc = LOOM_ICC_SRGB;
    assert_declined(&request, "p3.jpg");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg_webp");
    TCase *tcase = tcase_create("webp");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, colours_are_those_of_limited_range);
    tcase_add_test(tcase, grays_keep_their_steps);
    tcase_add_loop_test(tcase, lanes_make_the_same_picture, 0, COUNT(inputs));
    tcase_add_loop_test(tcase, pictures_are_as_near_to_the_truth_as_by_rgb, 0, COUNT(inputs));
    tcase_add_test(tcase, tiny_pictures_pass);
    tcase_add_test(tcase, the_longest_side_is_that_of_webp);
    tcase_add_test(tcase, it_is_the_first_choice);
    tcase_add_test(tcase, what_it_does_not_take_goes_through_libvips);
    tcase_add_test(tcase, a_profile_is_kept);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
