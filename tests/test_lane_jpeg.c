/* The jpeg lane beside the vips lane: the same pictures, by every recipe that it takes. */
#include "image/jpeg_header.h"
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/make_jpeg.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <imgloom/recipe.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_PSNR = 38 }; /* dB */

/* ---- one recipe in both lanes ---- */

static oracle_image run_in(const char *lane, const engine_request *request, const char *input)
{
    engine_request in_lane = *request;
    const char *output = lane[0] == 'j' ? "jpeg.jpg" : "vips.jpg";

    in_lane.settings.lane = lane;
    in_lane.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&in_lane, input, output, LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, lane);
    oracle_image made = oracle_read(output);
    ck_assert_uint_eq(made.width, outcome.width);
    ck_assert_uint_eq(made.height, outcome.height);
    ck_assert_int_eq((int)made.channels, outcome.channels);
    loom_outcome_release(&outcome);
    return made;
}

static void assert_alike(const engine_request *request, const char *input, double psnr,
                         const char *what)
{
    oracle_image jpeg = run_in("jpeg", request, input), vips = run_in("vips", request, input);

    ck_assert_msg(jpeg.width == vips.width && jpeg.height == vips.height &&
                      jpeg.channels == vips.channels,
                  "%s: %ux%u with %u channels, not %ux%u with %u", what, jpeg.width, jpeg.height,
                  jpeg.channels, vips.width, vips.height, vips.channels);
    const oracle_difference difference = oracle_compare(&jpeg, &vips);
    ck_assert_msg(difference.psnr >= psnr, "%s: %.2f dB", what, difference.psnr);
    oracle_release(&jpeg);
    oracle_release(&vips);
}

/* ---- recipes ---- */

static const struct recipe_case {
    const char *name;
    const char *size;
    loom_fit fit;
    loom_position position;
    loom_kernel kernel;
    double rotation;
    bool flip, flop, no_upscale, grayscale, progressive, full_chroma;
    loom_colour background;
} recipes[] = {
    {.name = "inside", .size = "200x200", .fit = LOOM_FIT_INSIDE},
    {.name = "odd", .size = "211x177", .fit = LOOM_FIT_INSIDE},
    {.name = "small", .size = "61x45", .fit = LOOM_FIT_INSIDE},
    {.name = "as it is", .size = "100%"},
    {.name = "half", .size = "50%"},
    {.name = "nearly as it is", .size = "97%"},
    {.name = "larger", .size = "131%"},
    {.name = "cover", .size = "151x151"},
    {.name = "cover north-west", .size = "131x151", .position = LOOM_POSITION_NORTHWEST},
    {.name = "cover south-east", .size = "150x77", .position = LOOM_POSITION_SOUTHEAST},
    {.name = "cover, turned", .size = "150x77", .rotation = 90, .position = LOOM_POSITION_NORTH},
    {.name = "cover, not enlarged", .size = "300x3000", .no_upscale = true},
    {.name = "fill", .size = "90x201", .fit = LOOM_FIT_FILL},
    {.name = "outside", .size = "150x150", .fit = LOOM_FIT_OUTSIDE},
    {.name = "contain", .size = "200x200", .fit = LOOM_FIT_CONTAIN},
    {.name = "contain, white",
     .size = "201x203",
     .fit = LOOM_FIT_CONTAIN,
     .background = {255, 255, 255, 255}},
    {.name = "contain, coloured",
     .size = "205x301",
     .fit = LOOM_FIT_CONTAIN,
     .background = {200, 30, 90, 255}},
    {.name = "contain, coloured, wide",
     .size = "301x155",
     .fit = LOOM_FIT_CONTAIN,
     .background = {20, 130, 90, 255}},
    {.name = "contain, coloured, south-east",
     .size = "301x155",
     .fit = LOOM_FIT_CONTAIN,
     .position = LOOM_POSITION_SOUTHEAST,
     .background = {20, 130, 190, 255}},
    {.name = "contain, turned, coloured",
     .size = "301x155",
     .fit = LOOM_FIT_CONTAIN,
     .rotation = 270,
     .background = {220, 130, 20, 255}},
    {.name = "90", .size = "200x", .rotation = 90},
    {.name = "90, odd", .size = "177x", .rotation = 90},
    {.name = "180, odd", .size = "177x", .rotation = 180},
    {.name = "270, odd", .size = "x177", .rotation = 270},
    {.name = "90 and flop", .size = "177x", .rotation = 90, .flop = true},
    {.name = "270 and flip", .size = "177x", .rotation = 270, .flip = true},
    {.name = "flip", .size = "177x", .flip = true},
    {.name = "flop", .size = "177x", .flop = true},
    {.name = "90, not resized", .size = "100%", .rotation = 90},
    {.name = "180, not resized", .size = "100%", .rotation = 180},
    {.name = "flop, full chroma", .size = "177x", .flop = true, .full_chroma = true},
    {.name = "full chroma", .size = "100%", .full_chroma = true},
    {.name = "full chroma, half", .size = "50%", .full_chroma = true},
    {.name = "full chroma, contain",
     .size = "205x301",
     .fit = LOOM_FIT_CONTAIN,
     .full_chroma = true,
     .background = {200, 30, 90, 255}},
    {.name = "progressive", .size = "200x", .progressive = true},
    {.name = "gray", .size = "200x", .grayscale = true},
    {.name = "gray, contain, turned",
     .size = "251x200",
     .fit = LOOM_FIT_CONTAIN,
     .rotation = 90,
     .grayscale = true,
     .background = {200, 30, 90, 255}},
    {.name = "gray, progressive", .size = "80x", .grayscale = true, .progressive = true},
    {.name = "lanczos2", .size = "200x", .kernel = LOOM_KERNEL_LANCZOS2},
    {.name = "mitchell", .size = "200x", .kernel = LOOM_KERNEL_MITCHELL},
    {.name = "cubic", .size = "200x", .kernel = LOOM_KERNEL_CUBIC},
    {.name = "linear", .size = "200x", .kernel = LOOM_KERNEL_LINEAR},
    {.name = "linear, larger", .size = "150%", .kernel = LOOM_KERNEL_LINEAR},
};

enum { RECIPES = sizeof recipes / sizeof *recipes };

static engine_request request_for(const struct recipe_case *c)
{
    engine_request request = engine_request_default();
    loom_recipe *recipe = &request.recipe;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_parse_size(recipe, c->size, &err), LOOM_OK);
    recipe->fit = c->fit;
    recipe->position = c->position;
    recipe->kernel = c->kernel;
    recipe->rotation = c->rotation;
    recipe->flip = c->flip;
    recipe->flop = c->flop;
    recipe->no_upscale = c->no_upscale;
    recipe->grayscale = c->grayscale ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    recipe->progressive = c->progressive;
    recipe->chroma = c->full_chroma ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
    recipe->quality = 95;
    if (c->background.alpha > 0) {
        recipe->background = c->background;
        recipe->background_given = true;
    }
    return request;
}

/* ---- inputs ---- */

static const struct input_case {
    const char *name;
    make_jpeg_options options;
    bool gray;
    uint32_t width, height;
} inputs[] = {
    {"4:2:0", {.h = 2, .v = 2}, false, 640, 426},
    {"4:2:0, odd", {.h = 2, .v = 2}, false, 641, 427},
    {"4:2:0, progressive, odd", {.h = 2, .v = 2, .progressive = true}, false, 643, 435},
    {"4:2:2, odd", {.h = 2, .v = 1}, false, 641, 427},
    {"4:4:0, odd", {.h = 1, .v = 2}, false, 641, 427},
    {"4:4:4, odd", {.h = 1, .v = 1}, false, 633, 421},
    {"4:4:4, progressive", {.h = 1, .v = 1, .progressive = true}, false, 640, 424},
    {"4:2:0, a scan each", {.h = 2, .v = 2, .separate = true}, false, 629, 431},
    {"4:2:0, restarts", {.h = 2, .v = 2, .restart_rows = 1}, false, 630, 430},
    {"gray, odd", {.h = 1, .v = 1}, true, 641, 427},
    {"gray, sampled 2x2", {.h = 2, .v = 2}, true, 639, 433},
};

enum { INPUTS = sizeof inputs / sizeof *inputs };

static void write_input(const struct input_case *c, const char *path)
{
    make_jpeg_options options = c->options;
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));
    oracle_image part = make_part(&scene, 101, 57, c->width, c->height);

    if (c->gray) {
        oracle_image gray = oracle_grayscale(&part);
        oracle_release(&part);
        part = gray;
    }
    options.quality = 95;
    make_jpeg_file(path, &part, &options);
    oracle_release(&part);
    oracle_release(&scene);
}

/* Colour beside a gray picture is for the vips lane. */
static bool declines(const struct input_case *input, const struct recipe_case *recipe)
{
    const loom_colour c = recipe->background;

    return input->gray && !recipe->grayscale && (c.red != c.green || c.green != c.blue);
}

START_TEST(lanes_make_the_same_picture)
{
    const struct input_case *input = &inputs[_i];
    char what[100];

    write_input(input, "in.jpg");
    for (int i = 0; i < RECIPES; i++) {
        const engine_request request = request_for(&recipes[i]);
        if (declines(input, &recipes[i]))
            continue;
        ck_assert_int_lt(snprintf(what, sizeof what, "%s: %s", input->name, recipes[i].name),
                         (int)sizeof what);
        assert_alike(&request, "in.jpg", LEAST_PSNR, what);
    }
}
END_TEST

START_TEST(photographs_and_orientations_are_alike)
{
    static const char *const names[] = {"photos/scene-1.jpg",
                                        "photos/scene-2.jpg",
                                        "photos/scene-3.jpg",
                                        "photos/scene-4.jpg",
                                        "photos/gray.jpg",
                                        "orientation/landscape-2.jpg",
                                        "orientation/landscape-3.jpg",
                                        "orientation/landscape-4.jpg",
                                        "orientation/landscape-5.jpg",
                                        "orientation/landscape-6.jpg",
                                        "orientation/landscape-7.jpg",
                                        "orientation/landscape-8.jpg"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        engine_request request = engine_request_box(119, 81, LOOM_FIT_INSIDE);
        request.recipe.quality = 95;
        assert_alike(&request, engine_testdata(names[n]), LEAST_PSNR, names[n]);
    }
}
END_TEST

/* Three sizes from one decode, whose scale the largest of them decides. */
static void run_sizes(const char *lane, const char *const outputs[3])
{
    engine_request request = engine_request_default();
    loom_engine engine;
    loom_task tasks[3];
    const loom_task *pointers[3];
    loom_outcome outcomes[3];

    ck_assert_int_eq(loom_engine_start(&engine, NULL, NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_parse_size(&request.recipe, "400x300,150x150,41x67", NULL),
                     LOOM_OK);
    request.recipe.quality = 95;
    request.settings.lane = lane;
    for (unsigned i = 0; i < 3; i++) {
        tasks[i] = (loom_task){.input_path = engine_testdata("photos/scene-2.jpg"),
                               .output_path = outputs[i],
                               .size = i,
                               .format = LOOM_FORMAT_JPEG};
        pointers[i] = &tasks[i];
        loom_outcome_init(&outcomes[i]);
    }
    const loom_job job = {
        .tasks = pointers, .count = 3, .recipe = &request.recipe, .settings = &request.settings};
    engine.run(engine.context, &job, outcomes);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(outcomes[i].result, LOOM_RESULT_OK);
        ck_assert_str_eq(outcomes[i].lane, lane);
        loom_outcome_release(&outcomes[i]);
    }
    engine.thread_exit(engine.context, job.worker);
    loom_engine_stop(&engine);
}

START_TEST(several_sizes_are_alike)
{
    static const char *const jpeg[] = {"j0.jpg", "j1.jpg", "j2.jpg"};
    static const char *const vips[] = {"v0.jpg", "v1.jpg", "v2.jpg"};

    run_sizes("jpeg", jpeg);
    run_sizes("vips", vips);
    for (unsigned i = 0; i < 3; i++) {
        oracle_image a = oracle_read(jpeg[i]), b = oracle_read(vips[i]);
        const double psnr = oracle_compare(&a, &b).psnr;
        ck_assert_msg(psnr >= LEAST_PSNR, "%s: %.2f dB", jpeg[i], psnr);
        oracle_release(&a);
        oracle_release(&b);
    }
}
END_TEST

START_TEST(tiny_pictures_pass)
{
    static const uint32_t sides[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 33};
    static const char *const sizes[] = {"1x1", "2x3", "5x", "40x40", "100%"};
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));

    for (size_t w = 0; w < sizeof sides / sizeof *sides; w++)
        for (size_t h = 0; h < sizeof sides / sizeof *sides; h++) {
            oracle_image part = make_part(&scene, 300, 400, sides[w], sides[h]);
            const make_jpeg_options options = {
                .h = 1 + (int)(w % 2), .v = 1 + (int)(h % 2), .quality = 90};
            make_jpeg_file("in.jpg", &part, &options);
            oracle_release(&part);
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                struct recipe_case c = {.size = sizes[s], .rotation = (double)((w + h) % 4) * 90};
                c.fit = (w + s) % 2 == 0 ? LOOM_FIT_CONTAIN : LOOM_FIT_COVER;
                const engine_request request = request_for(&c);
                oracle_image made = run_in("jpeg", &request, "in.jpg");
                oracle_release(&made);
                made = run_in("vips", &request, "in.jpg");
                oracle_release(&made);
            }
        }
    oracle_release(&scene);
}
END_TEST

/* ---- nothing is shifted ---- */

static oracle_image blank(uint32_t width, uint32_t height)
{
    uint8_t *bytes = malloc((size_t)width * height * 3);

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 255, (size_t)width * height * 3);
    oracle_image made = oracle_from_bytes(width, height, 3, bytes);
    free(bytes);
    return made;
}

/* A dark, coloured line of `thick` px across and one down. */
static oracle_image cross(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t thick)
{
    oracle_image image = blank(width, height);

    for (uint32_t j = 0; j < height; j++)
        for (uint32_t i = 0; i < width; i++)
            if (i - x < thick || j - y < thick) {
                uint16_t *p = image.samples + ((size_t)j * width + i) * 3;
                p[0] = 140, p[1] = 0, p[2] = 0;
            }
    return image;
}

enum kind { LIGHT = 0, COLOUR, KINDS };

/* How far a pixel is from white: its green, which luma makes, or its redness, which chroma makes.
 */
static double mark_at(const oracle_image *image, uint32_t x, uint32_t y, enum kind kind)
{
    const double red = oracle_at(image, x, y, 0), green = oracle_at(image, x, y, 1);

    return kind == LIGHT ? 255 - green : red - green;
}

/* Where the line lies on average, px, along the row or column that is `at`. */
static double centre_of(const oracle_image *image, uint32_t at, bool down, enum kind kind)
{
    const uint32_t length = down ? image->height : image->width;
    double sum = 0, weighted = 0;

    for (uint32_t i = 0; i < length; i++) {
        const double mark = mark_at(image, down ? at : i, down ? i : at, kind);
        sum += mark > 16 ? mark : 0;
        weighted += mark > 16 ? mark * (i + 0.5) : 0;
    }
    return weighted / sum;
}

static void assert_not_shifted(const oracle_image *a, const oracle_image *b, const char *what)
{
    for (int down = 0; down < 2; down++)
        for (int kind = LIGHT; kind < KINDS; kind++) {
            const double x = centre_of(a, 4, down == 1, (enum kind)kind);
            const double y = centre_of(b, 4, down == 1, (enum kind)kind);
            ck_assert_msg(fabs(x - y) < (kind == LIGHT ? 0.1 : 0.2),
                          "%s: %s, %s: %.3f instead of %.3f", what, down ? "down" : "across",
                          kind == LIGHT ? "light" : "colour", x, y);
        }
}

START_TEST(lines_and_edges_are_not_shifted)
{
    static const uint32_t widths[] = {320, 321, 333};
    static const char *const sizes[] = {"100%", "50%", "161x", "107x", "80x", "57x", "41x"};
    static const double turns[] = {0, 90, 180, 270};

    for (size_t w = 0; w < 3; w++)
        for (int sampling = 0; sampling < 4; sampling++) {
            const make_jpeg_options options = {
                .h = 1 + sampling % 2, .v = 1 + sampling / 2, .quality = 95};
            /* The lines are about four px wide in the end, so that chroma shows them. */
            oracle_image image = cross(widths[w], widths[w] - 10, 190, 130, 32);
            make_jpeg_file("in.jpg", &image, &options);
            oracle_release(&image);
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
                for (size_t t = 0; t < 4; t++) {
                    char what[100];
                    struct recipe_case c = {.size = sizes[s], .rotation = turns[t]};
                    const engine_request request = request_for(&c);
                    (void)snprintf(what, sizeof what, "%u px, sampling %d, to %s, turned by %g",
                                   widths[w], sampling, sizes[s], turns[t]);
                    oracle_image a = run_in("jpeg", &request, "in.jpg");
                    oracle_image b = run_in("vips", &request, "in.jpg");
                    assert_not_shifted(&a, &b, what);
                    oracle_release(&a);
                    oracle_release(&b);
                }
        }
}
END_TEST

/* ---- what it leaves to others ---- */

static void assert_declined(const engine_request *request, const char *input)
{
    engine_request forced = *request;

    forced.format = LOOM_FORMAT_JPEG;
    forced.settings.lane = "jpeg";
    engine_assert_error(&forced, input, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    forced.settings.lane = NULL;
    loom_outcome outcome = engine_run_written(&forced, input, "other.jpg", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, "vips");
    loom_outcome_release(&outcome);
}

START_TEST(what_it_does_not_take_goes_through_libvips)
{
    oracle_image scene = oracle_read(engine_testdata("photos/scene-3.jpg"));
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);

    make_jpeg_file("rgb.jpg", &scene, &(make_jpeg_options){.quality = 90, .rgb = true});
    make_jpeg_file("good.jpg", &scene, &(make_jpeg_options){.quality = 90});
    oracle_release(&scene);
    assert_declined(&request, "rgb.jpg");
    assert_declined(&request, engine_testdata("photos/cmyk.jpg"));
    assert_declined(&request, engine_testdata("broken/png-named.jpg"));
    assert_declined(&request, engine_testdata("formats/quadrants.png"));

    request.recipe.rotation = 30;
    assert_declined(&request, "good.jpg");
    request = engine_request_box(100, 50, LOOM_FIT_COVER);
    request.recipe.position = LOOM_POSITION_ATTENTION;
    assert_declined(&request, "good.jpg");
    request = engine_request_box(100, 50, LOOM_FIT_COVER);
    request.recipe.kernel = LOOM_KERNEL_NEAREST;
    assert_declined(&request, "good.jpg");
    request.recipe.kernel = LOOM_KERNEL_LANCZOS3;
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMINANCE;
    assert_declined(&request, "good.jpg");
    request = engine_request_box(100, 100, LOOM_FIT_CONTAIN);
    request.recipe.background = (loom_colour){200, 30, 90, 255};
    assert_declined(&request, engine_testdata("photos/gray.jpg"));
}
END_TEST

/* ---- metadata ---- */

static loom_jpeg_header header_of(const char *path)
{
    loom_jpeg_header header;
    size_t size;
    unsigned char *data = (unsigned char *)tmpdir_read(path, &size);

    ck_assert(loom_jpeg_header_read(data, size, &header));
    free(data);
    return header;
}

START_TEST(the_orientation_stays_where_it_is_not_applied)
{
    engine_request request = engine_request_box(100, 50, LOOM_FIT_INSIDE);

    request.recipe.auto_orient = false;
    request.recipe.quality = 95;
    for (int i = 1; i <= 8; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "orientation/landscape-%d.jpg", i);
        assert_alike(&request, engine_testdata(name), LEAST_PSNR, name);
        ck_assert_int_eq(header_of("jpeg.jpg").orientation, i);
        ck_assert_int_eq(header_of("vips.jpg").orientation, i);
        ck_assert(header_of("jpeg.jpg").jfif);
        ck_assert_int_eq(header_of("jpeg.jpg").metadata, i != 1);
    }
}
END_TEST

/* A profile is kept with the pixels as they are; where it does not fit, libvips decides. */
START_TEST(a_profile_is_kept)
{
    oracle_image scene = oracle_read(engine_testdata("photos/scene-3.jpg"));
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);
    loom_strbuf segments = LOOM_STRBUF_INIT;
    icc_profile icc;

    make_jpeg_file("plain.jpg", &scene, &(make_jpeg_options){.quality = 90});
    oracle_release(&scene);
    icc_make_rgb(&icc, &icc_display_p3);
    sample_icc_segment(&segments, icc.bytes, icc.size);
    sample_insert("plain.jpg", "p3.jpg", &segments);
    request.recipe.icc = LOOM_ICC_KEEP;
    assert_alike(&request, "p3.jpg", LEAST_PSNR, "P3");
    size_t size;
    char *made = tmpdir_read("jpeg.jpg", &size);
    ck_assert_ptr_nonnull(memmem(made, size, icc.bytes, icc.size));
    free(made);
    ck_assert_int_eq(header_of("vips.jpg").profile, LOOM_JPEG_PROFILE_OTHER);

    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    assert_declined(&request, "p3.jpg");
    request.recipe.grayscale = LOOM_GRAYSCALE_NONE;
    request.recipe.icc = LOOM_ICC_SRGB;
    assert_declined(&request, "p3.jpg");
    request.recipe.icc = LOOM_ICC_KEEP;
    memcpy(icc.bytes + 16, "GRAY", 4);
    sample_icc_segment(&segments, icc.bytes, icc.size);
    sample_insert("plain.jpg", "wrong.jpg", &segments);
    assert_declined(&request, "wrong.jpg");
}
END_TEST

START_TEST(it_is_the_first_choice)
{
    engine_request request = engine_request_box(100, 100, LOOM_FIT_INSIDE);

    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("photos/scene-2.jpg"),
                                              "a.jpg", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, "jpeg");
    ck_assert_int_eq(outcome.quality, 80);
    loom_outcome_release(&outcome);
    request.recipe.max_bytes = 1500;
    outcome = engine_run_written(&request, engine_testdata("photos/scene-2.jpg"), "a.jpg",
                                 LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, "jpeg");
    ck_assert_uint_le(outcome.processed_size, 1500);
    ck_assert_int_lt(outcome.quality, 80);
    loom_outcome_release(&outcome);
    engine_thread_exit();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg");
    TCase *tcase = tcase_create("lanes");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_loop_test(tcase, lanes_make_the_same_picture, 0, INPUTS);
    tcase_add_test(tcase, photographs_and_orientations_are_alike);
    tcase_add_test(tcase, the_orientation_stays_where_it_is_not_applied);
    tcase_add_test(tcase, a_profile_is_kept);
    tcase_add_test(tcase, several_sizes_are_alike);
    tcase_add_test(tcase, tiny_pictures_pass);
    tcase_add_test(tcase, lines_and_edges_are_not_shifted);
    tcase_add_test(tcase, what_it_does_not_take_goes_through_libvips);
    tcase_add_test(tcase, it_is_the_first_choice);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
