/* Animated GIF and WebP: frames, delays and loops, and what cannot be done with them. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

enum { FRAMES = 3, REPEATS = 5 }; /* to be shown six times */

static const int delays[FRAMES] = {50, 120, 200}; /* ms */

/* The test data's animation, each frame with a delay of its own, and to be shown six times. */
static void write_gif(const char *path)
{
    size_t size;
    char *data = tmpdir_read(engine_testdata("formats/animated.gif"), &size);
    int frame = 0;

    for (size_t at = 0; at + 8 < size; at++)
        if (memcmp(data + at, "\x21\xF9\x04", 3) == 0) { /* GIF89a, 23: in 1/100 s */
            ck_assert_int_lt(frame, FRAMES);
            data[at + 4] = (char)(delays[frame++] / 10);
            data[at + 5] = 0;
        }
    ck_assert_int_eq(frame, FRAMES);
    char *netscape = memmem(data, size, "NETSCAPE2.0\3\1", 13);
    ck_assert_ptr_nonnull(netscape);
    netscape[13] = REPEATS;
    tmpdir_write(path, data, size);
    free(data);
}

/* All frames of a file, one below the other, as libvips reads them: another way than ours. */
typedef struct animation {
    int frames, height, loop;
    int delays[FRAMES];
    oracle_image pixels;
} animation;

static animation read_frames(const char *path)
{
    animation a = {.frames = 0};
    int *found, count;
    size_t size;

    VipsImage *image = vips_image_new_from_file(path, "n", -1, NULL);
    ck_assert_msg(image != NULL, "%s", path);
    ck_assert_int_eq(vips_image_get_array_int(image, "delay", &found, &count), 0);
    ck_assert_int_eq(vips_image_get_int(image, "loop", &a.loop), 0);
    a.frames = vips_image_get_n_pages(image);
    a.height = vips_image_get_page_height(image);
    ck_assert(a.frames <= FRAMES && count >= a.frames);
    memcpy(a.delays, found, (size_t)a.frames * sizeof *found);
    uint8_t *data = vips_image_write_to_memory(image, &size);
    a.pixels = oracle_from_bytes((uint32_t)vips_image_get_width(image),
                                 (uint32_t)vips_image_get_height(image),
                                 (uint32_t)vips_image_get_bands(image), data);
    g_free(data);
    g_object_unref(image);
    return a;
}

/* Which quadrant is at each corner of a frame: upright, by 180 degrees, flopped. */
static const uint32_t corners[FRAMES][4] = {
    {0xFF0000FF, 0x00FF00FF, 0x0000FFFF, 0xFFFFFFFF},
    {0xFFFFFFFF, 0x0000FFFF, 0x00FF00FF, 0xFF0000FF},
    {0x00FF00FF, 0xFF0000FF, 0xFFFFFFFF, 0x0000FFFF},
};

/* order: which of the corners stand at the upper left, upper right, lower left, lower right. */
static void assert_frames(const animation *a, uint32_t width, uint32_t height, const int order[4])
{
    ck_assert_int_eq(a->frames, FRAMES);
    ck_assert_uint_eq(a->pixels.width, width);
    ck_assert_int_eq(a->height, (int)height);
    ck_assert_uint_eq(a->pixels.height, FRAMES * height);
    for (uint32_t f = 0; f < FRAMES; f++)
        for (uint32_t i = 0; i < 4; i++)
            oracle_assert_pixel(&a->pixels, i % 2 == 0 ? width / 4 : width - width / 4,
                                f * height + (i < 2 ? height / 4 : height - height / 4), 24,
                                corners[f][order[i]]);
}

static const int as_it_is[4] = {0, 1, 2, 3}, by_180[4] = {3, 2, 1, 0}, flopped[4] = {1, 0, 3, 2};

static void assert_times(const animation *a)
{
    ck_assert_int_eq(a->loop, REPEATS + 1);
    for (int i = 0; i < FRAMES; i++)
        ck_assert_int_eq(a->delays[i], delays[i]);
}

static engine_request animated_request(loom_format format)
{
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);

    request.format = format;
    request.recipe.animated = true;
    return request;
}

static void convert(const engine_request *request, const char *input, const char *output,
                    const int order[4])
{
    loom_outcome outcome = engine_run_written(request, input, output, LOOM_RESULT_OK);

    ck_assert_uint_eq(outcome.width, 60);
    ck_assert_uint_eq(outcome.height, 40);
    ck_assert_uint_eq(outcome.original_width, 120);
    ck_assert_uint_eq(outcome.original_height, 80);
    animation a = read_frames(output);
    assert_frames(&a, 60, 40, order);
    assert_times(&a);
    oracle_release(&a.pixels);
    loom_outcome_release(&outcome);
}

START_TEST(every_frame_is_resized_and_times_are_kept)
{
    const engine_request gif = animated_request(LOOM_FORMAT_GIF);
    const engine_request webp = animated_request(LOOM_FORMAT_WEBP);
    engine_request whole = animated_request(LOOM_FORMAT_WEBP);

    write_gif("in.gif");
    convert(&gif, "in.gif", "a.gif", as_it_is);
    convert(&webp, "in.gif", "a.webp", as_it_is);
    whole.recipe.sizes[0].width = 0;
    loom_outcome outcome = engine_run_written(&whole, "in.gif", "in.webp", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    convert(&gif, "in.webp", "b.gif", as_it_is);
    convert(&webp, "in.webp", "b.webp", as_it_is);
}
END_TEST

START_TEST(frames_are_turned_by_180_and_mirrored)
{
    for (int i = 0; i < 2; i++) {
        engine_request request = animated_request(i == 0 ? LOOM_FORMAT_GIF : LOOM_FORMAT_WEBP);
        write_gif("in.gif");
        request.recipe.rotation = 180;
        convert(&request, "in.gif", "turned", by_180);
        request.recipe.flip = true; /* 180 and top to bottom: left to right */
        convert(&request, "in.gif", "turned", flopped);
        request.recipe.rotation = 0, request.recipe.flip = false, request.recipe.flop = true;
        convert(&request, "in.gif", "turned", flopped);
    }
}
END_TEST

START_TEST(frames_are_cropped_and_padded_each)
{
    engine_request request = animated_request(LOOM_FORMAT_WEBP);

    write_gif("in.gif");
    request.recipe.lossless = true;
    request.recipe.sizes[0] = (loom_size){.width = 60, .height = 60};
    loom_outcome outcome = engine_run_written(&request, "in.gif", "cover", LOOM_RESULT_OK);
    animation a = read_frames("cover");
    assert_frames(&a, 60, 60, as_it_is);
    oracle_release(&a.pixels);
    loom_outcome_release(&outcome);

    request.recipe.fit = LOOM_FIT_CONTAIN;
    request.recipe.background = (loom_colour){255, 255, 0, 255};
    request.recipe.background_given = true;
    outcome = engine_run_written(&request, "in.gif", "contain", LOOM_RESULT_OK);
    a = read_frames("contain");
    ck_assert_int_eq(a.frames, FRAMES);
    for (uint32_t f = 0; f < FRAMES; f++) {
        oracle_assert_pixel(&a.pixels, 3, 60 * f + 3, 0, 0xFFFF00FF);
        oracle_assert_pixel(&a.pixels, 3, 60 * f + 56, 0, 0xFFFF00FF);
        oracle_assert_pixel(&a.pixels, 15, 60 * f + 20, 0, corners[f][0]);
    }
    oracle_release(&a.pixels);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(frames_become_gray)
{
    engine_request request = animated_request(LOOM_FORMAT_GIF);

    write_gif("in.gif");
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    loom_outcome outcome = engine_run_written(&request, "in.gif", "gray.gif", LOOM_RESULT_OK);
    animation a = read_frames("gray.gif");
    ck_assert_int_eq(a.frames, FRAMES);
    assert_times(&a);
    oracle_assert_pixel(&a.pixels, 15, 10, 8, 0x4C4C4CFF);      /* red */
    oracle_assert_pixel(&a.pixels, 15, 40 + 10, 8, 0xFFFFFFFF); /* white */
    oracle_assert_pixel(&a.pixels, 15, 80 + 10, 8, 0x969696FF); /* green */
    oracle_release(&a.pixels);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(other_turns_are_unsupported)
{
    static const double angles[] = {90, 270, 45, 180.5};

    write_gif("in.gif");
    for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
        engine_request request = animated_request(LOOM_FORMAT_GIF);
        request.recipe.rotation = angles[i];
        engine_assert_error(&request, "in.gif", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM);
        request.recipe.animated = false; /* one frame can be turned */
        loom_outcome outcome = engine_run_written(&request, "in.gif", "one.gif", LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(without_the_switch_there_is_one_frame)
{
    engine_request request = animated_request(LOOM_FORMAT_GIF);

    write_gif("in.gif");
    request.recipe.animated = false;
    loom_outcome outcome = engine_run_written(&request, "in.gif", "one.gif", LOOM_RESULT_OK);
    VipsImage *image = vips_image_new_from_file("one.gif", "n", -1, NULL);
    ck_assert_ptr_nonnull(image);
    ck_assert_int_eq(vips_image_get_n_pages(image), 1);
    ck_assert_int_eq(vips_image_get_height(image), 40);
    g_object_unref(image);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(a_format_without_animation_gets_the_first_frame_and_a_warning)
{
    const engine_request request = animated_request(LOOM_FORMAT_PNG);

    write_gif("in.gif");
    loom_outcome outcome = engine_run_written(&request, "in.gif", "out.png", LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], "png holds no animation: the first frame was taken");
    oracle_image made = oracle_read("out.png");
    ck_assert(made.width == 60 && made.height == 40);
    oracle_assert_pixel(&made, 15, 10, 2, corners[0][0]);
    oracle_release(&made);
    loom_outcome_release(&outcome);
    /* What has one frame is no animation: nothing to warn of. */
    outcome = engine_run_written(&request, engine_testdata("formats/quadrants.gif"), "out.png",
                                 LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(all_frames_count_as_pixels)
{
    engine_request request = animated_request(LOOM_FORMAT_GIF);
    loom_outcome outcome;

    write_gif("in.gif");
    request.settings.max_pixels = 120 * 80 * FRAMES;
    outcome = engine_run_written(&request, "in.gif", "out.gif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    request.settings.max_pixels--;
    outcome = engine_run(&request, "in.gif", "error.gif");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_TOO_LARGE);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_PROBE);
    ck_assert_str_eq(outcome.error.message, "the picture has 3 frames of 120x80 = 28800 px; at "
                                            "most 28799 are allowed");
    loom_outcome_release(&outcome);
    request.recipe.animated = false; /* one frame is not too large */
    outcome = engine_run_written(&request, "in.gif", "out.gif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(all_frames_count_as_pixels_of_the_output)
{
    engine_request request = animated_request(LOOM_FORMAT_GIF);

    write_gif("in.gif");
    request.recipe.sizes[0] = (loom_size){.width = 60, .height = 40};
    request.settings.max_output_pixels = 60 * 40 * FRAMES;
    loom_outcome outcome = engine_run_written(&request, "in.gif", "out.gif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    request.settings.max_output_pixels--;
    outcome = engine_run(&request, "in.gif", "error.gif");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_TOO_LARGE);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_TRANSFORM);
    loom_outcome_release(&outcome);
}
END_TEST

/* The program has it blocked, because it reads GIF by itself. */
static void setup_with_gifload(void)
{
    engine_setup();
    vips_operation_block_set("VipsForeignLoadNsgif", FALSE);
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_animation");
    TCase *tests = tcase_create("engine_animation");

    tcase_add_checked_fixture(tests, setup_with_gifload, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_frame_is_resized_and_times_are_kept);
    tcase_add_test(tests, frames_are_turned_by_180_and_mirrored);
    tcase_add_test(tests, frames_are_cropped_and_padded_each);
    tcase_add_test(tests, frames_become_gray);
    tcase_add_test(tests, other_turns_are_unsupported);
    tcase_add_test(tests, without_the_switch_there_is_one_frame);
    tcase_add_test(tests, a_format_without_animation_gets_the_first_frame_and_a_warning);
    tcase_add_test(tests, all_frames_count_as_pixels);
    tcase_add_test(tests, all_frames_count_as_pixels_of_the_output);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
