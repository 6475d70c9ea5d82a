/*
 * Raw files of cameras through the real engine: in threads and in worker processes, what is made of
 * one is to the byte what is made of the JPEG in it alone.
 */
#include "support/engine_run.h"
#include "support/raw_file.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const loom_isolate isolations[] = {LOOM_ISOLATE_AUTO, LOOM_ISOLATE_ALL, LOOM_ISOLATE_NEVER};

static char *photo, *small;
static size_t photo_size, small_size;

static void setup(void)
{
    tmpdir_enter();
    photo = tmpdir_read(engine_testdata("photos/scene-1.jpg"), &photo_size);
    small = tmpdir_read(engine_testdata("tiny/photo-333x222.jpg"), &small_size);
}

static void teardown(void)
{
    free(photo);
    free(small);
    tmpdir_leave();
}

static void start(loom_isolate isolate)
{
    const loom_engine_options options = {.isolate = isolate,
                                         .worker_path = getenv("IMGLOOM_WORKER")};
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_engine_start(&engine_started, &options, &err) == LOOM_OK, "%s", err.message);
}

static void stop(void)
{
    engine_thread_exit();
    loom_engine_stop(engine_started);
    engine_started = NULL;
}

static raw_spec spec_of(raw_maker maker)
{
    return (raw_spec){.maker = maker,
                      .jpeg = photo,
                      .jpeg_size = photo_size,
                      .thumbnail = small,
                      .thumbnail_size = small_size,
                      .names = true};
}

/* Writes the file; its size. */
static size_t write_raw(const char *path, const raw_spec *spec)
{
    size_t preview;
    loom_strbuf file = raw_make(spec, &preview);
    const size_t size = file.size;

    tmpdir_write(path, file.data, size);
    loom_strbuf_release(&file);
    return size;
}

static engine_request request_for(loom_format format)
{
    engine_request request = engine_request_box(150, 150, LOOM_FIT_INSIDE);

    request.recipe.raw = LOOM_RAW_PREVIEW;
    request.format = format;
    return request;
}

static void assert_same_file(const char *one, const char *other)
{
    size_t size, other_size;
    char *bytes = tmpdir_read(one, &size), *others = tmpdir_read(other, &other_size);

    ck_assert_uint_eq(size, other_size);
    ck_assert_mem_eq(bytes, others, size);
    free(bytes);
    free(others);
}

/* ---- as the JPEG alone ------------------------------------------------------- */

/* What the row says: of the preview, but for the file's size. */
static void assert_row(const loom_outcome *raw, const loom_outcome *plain, const char *word,
                       size_t size)
{
    ck_assert_str_eq(raw->preview_of, word);
    ck_assert_str_eq(plain->preview_of, "");
    ck_assert_int_eq(raw->original_format, LOOM_FORMAT_JPEG);
    ck_assert_uint_eq(raw->original_size, size);
    ck_assert_uint_eq(raw->original_width, plain->original_width);
    ck_assert_uint_eq(raw->original_height, plain->original_height);
    ck_assert_int_eq(raw->orientation, plain->orientation);
    ck_assert_str_eq(raw->lane, plain->lane);
    ck_assert_str_eq(raw->decoder, plain->decoder);
    ck_assert_uint_eq(raw->warning_count, 0);
}

static void compare(raw_maker maker, loom_format format)
{
    const engine_request request = request_for(format);
    const raw_spec spec = spec_of(maker);
    const size_t size = write_raw("in.raw", &spec);

    loom_outcome raw = engine_run_written(&request, "in.raw", "raw.out", LOOM_RESULT_OK);
    loom_outcome plain = engine_run_written(&request, engine_testdata("photos/scene-1.jpg"),
                                            "plain.out", LOOM_RESULT_OK);
    assert_same_file("raw.out", "plain.out");
    assert_row(&raw, &plain, raw_word(maker), size);
    loom_outcome_release(&raw);
    loom_outcome_release(&plain);
}

START_TEST(as_the_jpeg_alone)
{
    start(isolations[_i]);
    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        compare((raw_maker)maker, LOOM_FORMAT_JPEG);
        if (suite_takes((unsigned long)maker, 5)) {
            compare((raw_maker)maker, LOOM_FORMAT_PNG);
            compare((raw_maker)maker, LOOM_FORMAT_WEBP);
        }
    }
    stop();
}
END_TEST

/* In a thread, where a JPEG would be converted there. */
START_TEST(a_thread_takes_it)
{
    const engine_request request = request_for(LOOM_FORMAT_JPEG);

    start(LOOM_ISOLATE_AUTO);
    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = spec_of((raw_maker)maker);
        (void)write_raw("in.raw", &spec);
        loom_outcome outcome = engine_run(&request, "in.raw", "out.jpg");
        ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
    }
    const loom_worker_counts *workers = loom_engine_worker_counts(engine_started);
    ck_assert_uint_eq(workers->idle + workers->busy + workers->starting, 0);
    stop();
}
END_TEST

START_TEST(the_raw_files_orientation)
{
    const engine_request request = request_for(LOOM_FORMAT_JPEG);

    start(isolations[_i]);
    for (int orientation = 2; orientation <= 8; orientation += 3) {
        loom_strbuf exif = LOOM_STRBUF_INIT, segment = LOOM_STRBUF_INIT;
        raw_spec spec = spec_of(RAW_NEF);
        spec.orientation = orientation;
        sample_exif_orientation(&exif, orientation);
        sample_exif_segment(&segment, &exif);
        sample_insert(engine_testdata("photos/scene-1.jpg"), "turned.jpg", &segment);
        (void)write_raw("in.raw", &spec);
        loom_outcome raw = engine_run_written(&request, "in.raw", "raw.out", LOOM_RESULT_OK);
        loom_outcome plain =
            engine_run_written(&request, "turned.jpg", "plain.out", LOOM_RESULT_OK);
        ck_assert_int_eq(raw.orientation, orientation);
        ck_assert_int_eq(plain.orientation, orientation);
        assert_same_file("raw.out", "plain.out");
        loom_outcome_release(&raw);
        loom_outcome_release(&plain);
    }
    stop();
}
END_TEST

/* Kept metadata are those of the raw file, and true of the output. */
START_TEST(what_is_kept)
{
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_WEBP};

    start(isolations[_i]);
    for (size_t i = 0; i < COUNT(formats); i++) {
        engine_request request = request_for(formats[i]);
        raw_spec spec = spec_of(RAW_ARW);
        spec.orientation = 6;
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "metadata", "all", NULL), LOOM_OK);
        (void)write_raw("in.raw", &spec);
        loom_outcome outcome = engine_run_written(&request, "in.raw", "out", LOOM_RESULT_OK);
        ck_assert_uint_lt(outcome.width, outcome.height);
        ck_assert(tmpdir_holds("out", "Ann Example", 12));
        ck_assert(tmpdir_holds("out", "2024:05:01 12:33:44", 20));
        ck_assert_int_eq(engine_orientation("out"), 1);
        loom_outcome_release(&outcome);
    }
    stop();
}
END_TEST

/* ---- what is refused --------------------------------------------------------- */

START_TEST(not_without_being_asked)
{
    start(isolations[_i]);
    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        engine_request request = request_for(LOOM_FORMAT_JPEG);
        const raw_spec spec = spec_of((raw_maker)maker);
        request.recipe.raw = LOOM_RAW_NONE;
        (void)write_raw("in.raw", &spec);
        engine_assert_error(&request, "in.raw", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
        loom_outcome outcome = engine_run(&request, "in.raw", "out");
        ck_assert_int_eq(outcome.original_format, LOOM_FORMAT_RAW);
        ck_assert_str_eq(outcome.preview_of, "");
        ck_assert_ptr_nonnull(strstr(outcome.error.message, "embedded preview can be used"));
        loom_outcome_release(&outcome);
    }
    stop();
}
END_TEST

START_TEST(none_is_there)
{
    const engine_request request = request_for(LOOM_FORMAT_JPEG);

    start(isolations[_i]);
    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        raw_spec spec = spec_of((raw_maker)maker);
        spec.jpeg_size = spec.thumbnail_size = 0;
        (void)write_raw("in.raw", &spec);
        engine_assert_error(&request, "in.raw", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    }
    stop();
}
END_TEST

/* Cut within the preview, at whose place the maker's file ends then. */
START_TEST(cut_previews)
{
    engine_request request = request_for(LOOM_FORMAT_JPEG);
    const raw_spec spec = spec_of(RAW_RAF);
    size_t preview;

    start(isolations[_i]);
    loom_strbuf file = raw_make(&spec, &preview);
    tmpdir_write("in.raw", file.data, preview + photo_size / 2);
    engine_assert_error(&request, "in.raw", LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE);
    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome = engine_run_written(&request, "in.raw", "out", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.preview_of, "raf");
    loom_outcome_release(&outcome);
    loom_strbuf_release(&file);
    stop();
}
END_TEST

/* A JPEG that ends early where others follow. */
START_TEST(damaged_previews)
{
    engine_request request = request_for(LOOM_FORMAT_JPEG);
    raw_spec spec = spec_of(RAW_ARW);

    start(isolations[_i]);
    spec.jpeg_size = photo_size / 2;
    (void)write_raw("in.raw", &spec);
    engine_assert_error(&request, "in.raw", LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE);
    stop();
}
END_TEST

START_TEST(thumbnails_are_told)
{
    const engine_request request = request_for(LOOM_FORMAT_JPEG);
    raw_spec spec = spec_of(RAW_DNG);
    size_t size;
    char *tiny = tmpdir_read(engine_testdata("tiny/1x1.jpg"), &size);

    start(isolations[_i]);
    spec.jpeg = tiny;
    spec.jpeg_size = size;
    (void)write_raw("in.raw", &spec);
    loom_outcome outcome = engine_run(&request, "in.raw", "out");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_WARNING);
    ck_assert_ptr_nonnull(strstr(outcome.warnings[0], "a thumbnail of 1x1 px"));
    loom_outcome_release(&outcome);
    free(tiny);
    stop();
}
END_TEST

/* The original is a raw file, whatever its preview is. */
START_TEST(a_raw_file_is_never_copied)
{
    engine_request request = engine_request_default();
    const raw_spec spec = spec_of(RAW_NEF);

    start(isolations[_i]);
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.raw = LOOM_RAW_PREVIEW;
    request.recipe.quality = 100;
    request.settings.if_larger = LOOM_IF_LARGER_COPY;
    (void)write_raw("in.raw", &spec);
    loom_outcome outcome = engine_run(&request, "in.raw", "out.jpg");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_SKIPPED);
    ck_assert_ptr_nonnull(strstr(outcome.skip_reason, "another format"));
    ck_assert(!tmpdir_exists("out.jpg"));
    loom_outcome_release(&outcome);
    /* A JPEG among raw files is copied as ever. */
    outcome = engine_run(&request, engine_testdata("photos/scene-1.jpg"), "out.jpg");
    ck_assert_msg(outcome.copied, "%s", outcome.skip_reason);
    loom_outcome_release(&outcome);
    stop();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_raw");
    TCase *tests = tcase_create("raw");
    const int modes = (int)COUNT(isolations);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, as_the_jpeg_alone, 0, modes);
    tcase_add_test(tests, a_thread_takes_it);
    tcase_add_loop_test(tests, the_raw_files_orientation, 0, modes);
    tcase_add_loop_test(tests, what_is_kept, 0, modes);
    tcase_add_loop_test(tests, not_without_being_asked, 0, modes);
    tcase_add_loop_test(tests, none_is_there, 0, modes);
    tcase_add_loop_test(tests, cut_previews, 0, modes);
    tcase_add_loop_test(tests, damaged_previews, 0, modes);
    tcase_add_loop_test(tests, thumbnails_are_told, 0, modes);
    tcase_add_loop_test(tests, a_raw_file_is_never_copied, 0, modes);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
