/* Our way to libwebp: the same pixels as through libvips, and nothing but whole pictures. */
#include "engine/codec/webp_read.h"
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

static bool decodes(const char *path, size_t size, loom_picture *picture)
{
    size_t whole;
    char *data = tmpdir_read(path, &whole);
    char *file = malloc(size < whole ? size + 1 : whole); /* so that reading beyond it is seen */

    ck_assert_ptr_nonnull(file);
    size = size < whole ? size : whole;
    memcpy(file, data, size);
    const bool ok = loom_webp_decode((unsigned char *)file, size, picture);
    free(file);
    free(data);
    return ok;
}

/* Lossless pictures are known to the byte: what libwebp is given is what comes back. */
START_TEST(a_lossless_picture_comes_back)
{
    const bool alpha = _i == 1;
    const uint16_t corner[] = {250, 20, 120, 128};
    oracle_image sample = sample_flat(64, 48, alpha ? 4 : 3, 255, (uint16_t[]){9, 200, 31, 255});
    engine_request request = engine_request_default();
    loom_picture picture = {.data = NULL};

    sample_fill(&sample, 3, 5, 20, 10, corner);
    sample_png("in.png", &sample, NULL);
    request.format = LOOM_FORMAT_WEBP;
    request.recipe.lossless = true;
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.webp", LOOM_RESULT_OK);
    ck_assert(decodes("out.webp", SIZE_MAX, &picture));
    ck_assert_uint_eq(picture.width, sample.width);
    ck_assert_uint_eq(picture.height, sample.height);
    ck_assert_uint_eq(picture.channels, sample.channels);
    ck_assert_uint_eq(picture.depth, 1);
    const size_t samples = (size_t)sample.width * sample.height * sample.channels;
    size_t different = 0;
    for (size_t i = 0; i < samples; i++)
        different += picture.data[i] != sample.samples[i];
    ck_assert_uint_eq(different, 0);
    loom_picture_release(&picture);
    loom_outcome_release(&outcome);
    oracle_release(&sample);
}
END_TEST

START_TEST(what_is_cut_or_animated_is_left_to_libvips)
{
    static const char *const whole[] = {"formats/quadrants.webp", "formats/quadrants-alpha.webp"};
    engine_request request = engine_request_default();
    loom_picture picture = {.data = NULL};
    size_t size;

    for (size_t i = 0; i < 2; i++) {
        free(tmpdir_read(engine_testdata(whole[i]), &size));
        ck_assert(decodes(engine_testdata(whole[i]), size, &picture));
        loom_picture_release(&picture);
        picture = (loom_picture){.data = NULL};
        for (size_t cut = 0; cut < size - 2; cut++) { /* the last bytes may say nothing */
            ck_assert_msg(!decodes(engine_testdata(whole[i]), cut, &picture), "%s: %zu of %zu",
                          whole[i], cut, size);
            ck_assert_ptr_null(picture.data);
        }
    }
    request.format = LOOM_FORMAT_WEBP;
    request.recipe.animated = true;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/animated.gif"),
                                              "animated.webp", LOOM_RESULT_OK);
    ck_assert(!decodes("animated.webp", SIZE_MAX, &picture));
    ck_assert(!decodes(engine_testdata("formats/quadrants.png"), SIZE_MAX, &picture));
    ck_assert_ptr_null(picture.data);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("webp read");
    TCase *tests = engine_case("webp read");

    tcase_add_loop_test(tests, a_lossless_picture_comes_back, 0, 2);
    tcase_add_test(tests, what_is_cut_or_animated_is_left_to_libvips);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
