/* Which images the jpeg lane takes, which it leaves to libvips, and what it keeps beside pixels. */
#include "format/jpeg.h"
#include "support/icc_profile.h"
#include "support/make_jpeg.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/two_lanes.h"

#include <stdio.h>
#include <string.h>

/* ---- the choice ---------------------------------------------------------- */

/* `lane` takes it instead. */
static void assert_declined_for(const engine_request *request, const char *input, const char *lane)
{
    engine_request forced = *request;

    forced.format = LOOM_FORMAT_JPEG;
    forced.settings.lane = "jpeg";
    engine_assert_error(&forced, input, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    forced.settings.lane = NULL;
    loom_outcome outcome = engine_run_written(&forced, input, "other.jpg", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, lane);
    loom_outcome_release(&outcome);
}

static void assert_declined(const engine_request *request, const char *input)
{
    assert_declined_for(request, input, "vips");
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
    assert_declined_for(&request, engine_testdata("broken/png-named.jpg"), "png");
    assert_declined_for(&request, engine_testdata("formats/quadrants.png"), "png");

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

/* ---- metadata ------------------------------------------------------------ */

static loom_jpeg_header header_of(const char *path)
{
    loom_jpeg_header header;
    size_t size;
    unsigned char *data = (unsigned char *)tmpdir_read(path, &size);

    ck_assert(loom_jpeg_header_read((loom_bytes){data, size}, &header));
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
        lanes_assert_alike(&request, engine_testdata(name), LANES_PSNR_MIN, name);
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
    lanes_assert_alike(&request, "p3.jpg", LANES_PSNR_MIN, "P3");
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
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome =
        engine_run_written(&request, "wrong.jpg", "out.jpg", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.lane, "vips");
    ck_assert_int_eq(header_of("out.jpg").profile, LOOM_JPEG_PROFILE_NONE);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg_choice");
    TCase *tcase = tcase_create("lanes");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, the_orientation_stays_where_it_is_not_applied);
    tcase_add_test(tcase, a_profile_is_kept);
    tcase_add_test(tcase, what_it_does_not_take_goes_through_libvips);
    tcase_add_test(tcase, it_is_the_first_choice);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
