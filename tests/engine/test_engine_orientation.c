/* The eight orientations of EXIF in each format that carries them: upright, and the tag is gone. */
#include "support/engine_run.h"
#include "support/heif_turn.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 48, HEIGHT = 32 };

/* Red, green above blue, white. */
static oracle_image upright(void)
{
    static const uint16_t colours[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
    oracle_image made = sample_flat(WIDTH, HEIGHT, 3, 255, colours[0]);

    for (uint32_t i = 1; i < 4; i++)
        sample_fill(&made, i % 2 * WIDTH / 2, i / 2 * HEIGHT / 2, WIDTH / 2, HEIGHT / 2,
                    colours[i]);
    return made;
}

/* The upright picture as it lies in a file of that orientation: the turn that undoes it. */
static oracle_image stored(int orientation)
{
    static const int undone_by[9] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    oracle_image picture = upright();
    oracle_image made =
        oracle_turn(&picture, &(oracle_recipe){.orientation = undone_by[orientation]});

    oracle_release(&picture);
    return made;
}

static void write_input(loom_format format, const char *path, int orientation)
{
    oracle_image picture = stored(orientation);
    const sample_extras extras = {.orientation = orientation};

    if (format == LOOM_FORMAT_PNG) {
        sample_png(path, &picture, &extras);
    } else if (format == LOOM_FORMAT_TIFF) {
        sample_tiff(path, &picture, &extras);
    } else {
        engine_request request = engine_request_default();
        request.format = format;
        request.recipe.lossless = format == LOOM_FORMAT_WEBP;
        request.recipe.quality = format == LOOM_FORMAT_JPEG ? 100 : 0;
        request.recipe.chroma = format == LOOM_FORMAT_JPEG ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
        sample_png("plain.png", &picture, NULL);
        loom_outcome outcome =
            engine_run_written(&request, "plain.png", "plain.bin", LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        if (format == LOOM_FORMAT_WEBP) {
            sample_webp_orientation("plain.bin", path, picture.width, picture.height, orientation);
        } else {
            loom_strbuf segment = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;
            sample_exif_orientation(&exif, orientation);
            sample_exif_segment(&segment, &exif);
            sample_insert("plain.bin", path, &segment);
        }
    }
    oracle_release(&picture);
}

static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG, LOOM_FORMAT_WEBP,
                                      LOOM_FORMAT_TIFF};

enum { FORMATS = sizeof formats / sizeof *formats };

static void assert_upright(const engine_request *request, const oracle_recipe *recipe)
{
    oracle_image picture = upright();
    oracle_image expected = oracle_render(&picture, recipe);
    oracle_image made = engine_render(request, "in.bin");

    ck_assert_uint_eq(made.width, expected.width);
    ck_assert_uint_eq(made.height, expected.height);
    ck_assert_double_ge(oracle_compare(&made, &expected).psnr, 32);
    oracle_release(&picture);
    oracle_release(&expected);
    oracle_release(&made);
}

START_TEST(every_orientation_is_made_upright)
{
    const engine_request whole = engine_request_default();
    const engine_request small = engine_request_box(31, 0, LOOM_FIT_COVER);

    for (size_t i = 0; i < FORMATS; i++) {
        write_input(formats[i], "in.bin", _i);
        ck_assert_int_eq(engine_orientation("in.bin"), _i);
        assert_upright(&whole, &(oracle_recipe){.width = 0});
        assert_upright(&small, &(oracle_recipe){.width = 31});
    }
}
END_TEST

/* To each format, also with all metadata kept: nothing says that it must be turned once more. */
START_TEST(the_tag_is_gone_or_1)
{
    for (size_t from = 0; from < FORMATS; from++) {
        write_input(formats[from], "in.bin", _i);
        for (size_t to = 0; to < FORMATS; to++)
            for (int all = 0; all < 2; all++) {
                engine_request request = engine_request_default();
                request.format = formats[to];
                request.recipe.metadata = all ? LOOM_METADATA_ALL : LOOM_METADATA_NONE;
                loom_outcome outcome =
                    engine_run_written(&request, "in.bin", "out.bin", LOOM_RESULT_OK);
                ck_assert_uint_eq(outcome.width, WIDTH);
                ck_assert_uint_eq(outcome.height, HEIGHT);
                ck_assert_int_eq(engine_orientation("out.bin"), 1);
                loom_outcome_release(&outcome);
            }
    }
}
END_TEST

START_TEST(no_auto_orient_keeps_pixels_and_tag)
{
    engine_request request = engine_request_default();

    request.recipe.auto_orient = false;
    for (size_t i = 0; i < FORMATS; i++) {
        oracle_image expected = stored(_i);
        write_input(formats[i], "in.bin", _i);
        oracle_image made = engine_render(&request, "in.bin");
        ck_assert_double_ge(oracle_compare(&made, &expected).psnr, 35);
        ck_assert_int_eq(engine_orientation("out.png"), _i);
        oracle_release(&made);
        oracle_release(&expected);
    }
}
END_TEST

/* ---- HEIF: the container turns, EXIF has no say --------------------------- */

/* The upright picture as the coded one of a file that a decoder turns. */
static void write_plain_avif(const char *path, const oracle_image *picture)
{
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_AVIF;
    request.recipe.quality = 95;
    request.recipe.chroma = LOOM_CHROMA_444;
    request.recipe.metadata = LOOM_METADATA_ALL; /* so that there is an EXIF block */
    sample_png("coded.png", picture, &(sample_extras){.orientation = 1});
    loom_outcome outcome = engine_run_written(&request, "coded.png", path, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

/* What a run says of an input that is upright as it is decoded, and what it makes of it. */
static void assert_taken_as_upright(const engine_request *request, const oracle_image *expected)
{
    oracle_image made = engine_render(request, "turned.bin");
    loom_outcome outcome = engine_run_written(request, "turned.bin", "out.png", LOOM_RESULT_OK);

    ck_assert_int_eq(outcome.orientation, 1);
    ck_assert_uint_eq(outcome.original_width, expected->width);
    ck_assert_uint_eq(outcome.original_height, expected->height);
    ck_assert_uint_eq(made.width, expected->width);
    ck_assert_uint_eq(made.height, expected->height);
    ck_assert_double_ge(oracle_compare(&made, expected).psnr, 30);
    ck_assert_int_eq(engine_orientation("out.png"), 1);
    ck_assert_int_eq(engine_orientation("turned.bin"), 1);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}

static void assert_turned_once(const heif_turn *turn, const oracle_image *expected)
{
    heif_turn_write("plain.bin", "turned.bin", turn);
    for (int oriented = 0; oriented < 2; oriented++)
        for (int all = 0; all < 2; all++) {
            engine_request request = engine_request_default();
            request.recipe.auto_orient = oriented == 1;
            request.recipe.metadata = all ? LOOM_METADATA_ALL : LOOM_METADATA_NONE;
            assert_taken_as_upright(&request, expected);
        }
}

/* As cameras write it, whose EXIF says what irot does; and whatever else EXIF may say. */
START_TEST(what_the_container_turns_is_not_turned_again)
{
    static const int seen_as[4] = {1, 8, 3, 6}; /* the EXIF orientation of so many quarters */
    oracle_image picture = upright();

    write_plain_avif("plain.bin", &picture);
    for (int quarters = 0; quarters < 4; quarters++) {
        const oracle_recipe recipe = {.orientation = seen_as[quarters]};
        oracle_image expected = oracle_turn(&picture, &recipe);
        assert_turned_once(&(heif_turn){.quarters = quarters, .orientation = _i}, &expected);
        oracle_release(&expected);
    }
    oracle_release(&picture);
}
END_TEST

/* Editions of the standard differ in which axis is which: either way EXIF changes nothing. */
START_TEST(what_the_container_mirrors_is_not_mirrored_again)
{
    const engine_request request = engine_request_default();
    oracle_image picture = upright();

    write_plain_avif("plain.bin", &picture);
    for (int mirror = 1; mirror <= 2; mirror++) {
        heif_turn_write("plain.bin", "alone.bin", &(heif_turn){.mirror = mirror, .orientation = 1});
        oracle_image expected = engine_render(&request, "alone.bin");
        ck_assert_double_lt(oracle_compare(&expected, &picture).psnr, 20);
        assert_turned_once(&(heif_turn){.mirror = mirror, .orientation = _i}, &expected);
        oracle_release(&expected);
    }
    oracle_release(&picture);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_orientation");
    TCase *tests = tcase_create("engine_orientation");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_orientation_is_made_upright, 1, 9);
    tcase_add_loop_test(tests, the_tag_is_gone_or_1, 1, 9);
    tcase_add_loop_test(tests, no_auto_orient_keeps_pixels_and_tag, 1, 9);
    tcase_add_loop_test(tests, what_the_container_turns_is_not_turned_again, 1, 9);
    tcase_add_loop_test(tests, what_the_container_mirrors_is_not_mirrored_again, 1, 9);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
