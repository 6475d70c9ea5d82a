/* The jpeg lane beside the vips lane: the same pictures, by every recipe that it takes. */
#include "support/make_jpeg.h"
#include "support/suite.h"
#include "support/two_lanes.h"

#include <imgloom/recipe.h>
#include <stdio.h>

/* ---- recipes ------------------------------------------------------------- */

static const lanes_recipe recipes[] = {
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
    {.name = "extract", .size = "100%", .fields = "extract=100,60,200x160"},
    {.name = "extract, odd", .size = "100%", .fields = "extract=101,61,201x161"},
    {.name = "extract, odd, smaller", .size = "77x", .fields = "extract=101,61,201x161"},
    {.name = "extract, larger", .size = "130%", .fields = "extract=101,61,201x161"},
    {.name = "extract, turned, cover",
     .size = "77x99",
     .fields = "extract=101,61,201x161",
     .rotation = 90},
    {.name = "extract, gray",
     .size = "77x",
     .fields = "extract=20%,25%,50%x60%",
     .grayscale = true},
    {.name = "blur", .size = "150x", .fields = "blur=1.5"},
    {.name = "blur, full chroma, turned",
     .size = "151x",
     .fields = "blur=3",
     .rotation = 90,
     .full_chroma = true},
    {.name = "sharpen", .size = "150x", .fields = "sharpen"},
    {.name = "sharpen, contain, turned",
     .size = "150x180",
     .fit = LOOM_FIT_CONTAIN,
     .fields = "sharpen=1",
     .rotation = 270},
    {.name = "sharpen, cover, gray", .size = "90x90", .fields = "sharpen=0.8", .grayscale = true},
    {.name = "blur and sharpen", .size = "50%", .fields = "blur=1 sharpen=2"},
    {.name = "aspect", .size = "120x", .fields = "aspect=1:1"},
    {.name = "aspect, extract", .size = "120x", .fields = "aspect=2:1 extract=33,20,300x300"},
};

enum { RECIPES = sizeof recipes / sizeof *recipes };

/* ---- inputs -------------------------------------------------------------- */

static const lanes_input inputs[] = {
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

/* Colour beside a gray picture is for the vips lane. */
static bool declines(const lanes_input *input, const lanes_recipe *recipe)
{
    const loom_colour c = recipe->background;

    return input->gray && !recipe->grayscale && (c.red != c.green || c.green != c.blue);
}

START_TEST(lanes_make_the_same_picture)
{
    const lanes_input *input = &inputs[_i];
    char what[100];

    lanes_write_input(input, "in.jpg");
    for (int i = 0; i < RECIPES; i++) {
        const engine_request request = lanes_request(&recipes[i]);
        if (declines(input, &recipes[i]))
            continue;
        ck_assert_int_lt(snprintf(what, sizeof what, "%s: %s", input->name, recipes[i].name),
                         (int)sizeof what);
        lanes_assert_alike(&request, "in.jpg", LANES_PSNR_MIN, what);
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
        lanes_assert_alike(&request, engine_testdata(names[n]), LANES_PSNR_MIN, names[n]);
    }
}
END_TEST

/* Three sizes from one decode, whose scale the largest of them decides. */
static void run_sizes(const char *lane, const char *const outputs[3])
{
    engine_request request = engine_request_default();
    loom_engine *engine;
    loom_task tasks[3];
    const loom_task *pointers[3];
    loom_outcome outcomes[3];

    ck_assert_int_eq(loom_engine_start(&engine, NULL, NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&request.recipe, "size", "400x300,150x150,41x67", NULL),
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
    engine->run(engine->context, &job, outcomes);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(outcomes[i].result, LOOM_RESULT_OK);
        ck_assert_str_eq(outcomes[i].lane, lane);
        loom_outcome_release(&outcomes[i]);
    }
    engine->thread_exit(engine->context, job.thread);
    loom_engine_stop(engine);
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
        ck_assert_msg(psnr >= (double)LANES_PSNR_MIN, "%s: %.2f dB", jpeg[i], psnr);
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
                lanes_recipe c = {.size = sizes[s], .rotation = (double)((w + h) % 4) * 90};
                c.fit = (w + s) % 2 == 0 ? LOOM_FIT_CONTAIN : LOOM_FIT_COVER;
                const engine_request request = lanes_request(&c);
                oracle_image made = lanes_run("jpeg", &request, "in.jpg");
                oracle_release(&made);
                made = lanes_run("vips", &request, "in.jpg");
                oracle_release(&made);
            }
        }
    oracle_release(&scene);
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
    tcase_add_test(tcase, several_sizes_are_alike);
    tcase_add_test(tcase, tiny_pictures_pass);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
