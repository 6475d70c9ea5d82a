/* Damaged JPEGs in the jpeg lane beside the vips lane: the same verdict; and scans left out. */
#include "base/bytes.h"
#include "batch/pool.h"
#include "engine/jpeg/decode.h"
#include "engine/jpeg/encode.h"
#include "support/engine_run.h"
#include "support/make_jpeg.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 300, MUTATIONS = 20000, COMPARED = 400, SHORT = 4, CUT_STEP = 5 };

/* ---- verdicts ------------------------------------------------------------ */

typedef struct verdict {
    loom_result result;
    loom_status code;
} verdict;

static verdict verdict_of(const char *lane, const engine_request *request, const char *input)
{
    engine_request in_lane = *request;

    if (in_lane.format != LOOM_FORMAT_WEBP)
        in_lane.format = LOOM_FORMAT_JPEG;
    in_lane.settings.lane = lane;
    loom_outcome outcome = engine_run(&in_lane, input, "out.jpg");
    const verdict made = {outcome.result, outcome.error.code};
    loom_outcome_release(&outcome);
    return made;
}

static void assert_same_verdict(const engine_request *request, const char *input, const char *what)
{
    const verdict jpeg = verdict_of("jpeg", request, input);
    const verdict vips = verdict_of("vips", request, input);

    if (jpeg.code == LOOM_ERR_UNSUPPORTED) /* it is not the jpeg lane's */
        return;
    ck_assert_msg(jpeg.result == vips.result && jpeg.code == vips.code,
                  "%s, --fail-on %d: %s %s instead of %s %s", what, (int)request->settings.fail_on,
                  loom_result_name(jpeg.result), loom_status_name(jpeg.code),
                  loom_result_name(vips.result), loom_status_name(vips.code));
}

static void assert_same_at_all_levels(loom_format format, uint32_t width, const char *input,
                                      const char *what)
{
    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++) {
        engine_request request = engine_request_box(width, 0, LOOM_FIT_COVER);
        request.format = format;
        request.settings.fail_on = (loom_fail_on)level;
        assert_same_verdict(&request, input, what);
    }
}

START_TEST(broken_files_get_the_same_verdict)
{
    static const char *const names[] = {
        "empty.jpg",     "text.jpg",    "huge-claim.jpg",
        "truncated.jpg", "corrupt.jpg", "header-only.jpg",
        "png-named.jpg", "no-end.jpg",  "truncated-progressive.jpg"};
    static const uint32_t widths[] = {0, 90, 45, 20, 1};
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_WEBP};
    char path[64];

    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            (void)snprintf(path, sizeof path, "broken/%s", names[n]);
            for (size_t f = 0; f < COUNT(formats); f++)
                assert_same_at_all_levels(formats[f], widths[w], engine_testdata(path), names[n]);
        }
}
END_TEST

/* ---- what no pixel depends on -------------------------------------------- */

/* Where the marker stands first. */
static size_t find_marker(const unsigned char *data, size_t size, unsigned marker)
{
    for (size_t at = 2; at + 1 < size; at += 2 + loom_be16(data + at + 2))
        if (data[at + 1] == marker)
            return at;
    ck_abort_msg("no marker %02X", marker);
}

/* Copies testdata's photograph to "odd.jpg" with `size` bytes put in at `at`. */
static void write_odd(const unsigned char *data, size_t all, size_t at, const void *bytes,
                      size_t size)
{
    unsigned char *made = malloc(all + size);

    ck_assert_ptr_nonnull(made);
    memcpy(made, data, at);
    memcpy(made + at, bytes, size);
    memcpy(made + at + size, data + at, all - at);
    tmpdir_write("odd.jpg", made, all + size);
    free(made);
}

/*
 * In each lane the picture is that of the photograph, byte for byte; where our own decoder does not
 * take the odd one, that of libjpeg.
 */
static void assert_same_picture(const char *what, const char *warning, loom_jpeg_decoder decoder)
{
    static const char *const lanes[] = {"jpeg", "vips"};

    for (size_t l = 0; l < COUNT(lanes); l++) {
        engine_request request = engine_request_box(90, 0, LOOM_FIT_COVER);
        size_t good_size, odd_size;
        request.format = LOOM_FORMAT_JPEG;
        request.settings.lane = lanes[l];
        request.settings.jpeg_decoder = decoder;
        loom_outcome good = engine_run_written(&request, engine_testdata("photos/scene-1.jpg"),
                                               "good.out", LOOM_RESULT_OK);
        request.settings.jpeg_decoder = LOOM_JPEG_DECODER_IMGLOOM;
        loom_outcome odd = engine_run(&request, "odd.jpg", "odd.out");
        ck_assert_msg(odd.result == (warning != NULL ? LOOM_RESULT_WARNING : LOOM_RESULT_OK),
                      "%s, %s: %s: %s", what, lanes[l], loom_result_name(odd.result),
                      odd.error.message);
        if (warning != NULL)
            ck_assert_str_eq(odd.warnings[0], warning);
        if (l == 0) /* our own, where the build has it */
            ck_assert(decoder == LOOM_JPEG_DECODER_IMGLOOM ||
                      strcmp(odd.decoder, good.decoder) == 0);
        char *expected = tmpdir_read("good.out", &good_size);
        char *made = tmpdir_read("odd.out", &odd_size);
        ck_assert_msg(good_size == odd_size && memcmp(expected, made, odd_size) == 0,
                      "%s, %s: another picture", what, lanes[l]);
        free(expected);
        free(made);
        loom_outcome_release(&good);
        loom_outcome_release(&odd);
    }
}

/* As scanners, phones and old programs write them; libjpeg warns of each. */
START_TEST(complaints_that_no_pixel_depends_on)
{
    static const unsigned char adobe[] = {0xFF, 0xEE, 0,   14, 'A', 'd', 'o', 'b',
                                          'e',  0,    100, 0,  0,   0,   0,   7};
    static const unsigned char strays[] = {0x12, 0, 0x7F, 0xFF, 0, 0x34};
    static const unsigned char padding[3000] = {0};
    static const unsigned char parameters[][3] = {{0, 0, 0}, {63, 0, 0}, {0, 63, 0x11}, {1, 5, 9}};
    size_t size;
    unsigned char *data =
        (unsigned char *)tmpdir_read(engine_testdata("photos/scene-1.jpg"), &size);
    const size_t scan = find_marker(data, size, 0xDA), behind = scan + 5 + data[scan + 4] * 2u;

    for (unsigned version = 0; version <= 255; version += 51) {
        data[11] = (unsigned char)version;
        write_odd(data, size, 2, "", 0);
        assert_same_picture("JFIF version", NULL, LOOM_JPEG_DECODER_IMGLOOM);
    }
    data[11] = 1;
    for (size_t i = 0; i < COUNT(parameters); i++) {
        unsigned char former[3];
        memcpy(former, data + behind, 3);
        memcpy(data + behind, parameters[i], 3);
        write_odd(data, size, 2, "", 0);
        assert_same_picture("scan parameters", NULL, LOOM_JPEG_DECODER_IMGLOOM);
        memcpy(data + behind, former, 3);
    }
    write_odd(data, size, scan, adobe, sizeof adobe);
    assert_same_picture("Adobe transform", NULL, LOOM_JPEG_DECODER_IMGLOOM);
    write_odd(data, size, scan, strays, sizeof strays);
    assert_same_picture("stray bytes", "bytes between the segments of the JPEG header were skipped",
                        LOOM_JPEG_DECODER_IMGLOOM);
    write_odd(data, size, size - 2, padding, sizeof padding); /* as cameras do */
    assert_same_picture("padding", "the file holds more picture data than its pixels take",
                        LOOM_JPEG_DECODER_LIBJPEG);
    free(data);
}
END_TEST

static const struct {
    const char *name;
    make_jpeg_options options;
} kinds[] = {
    {"4:2:0", {.h = 2, .v = 2, .quality = 80}},
    {"4:4:4", {.h = 1, .v = 1, .quality = 80}},
    {"progressive", {.h = 2, .v = 2, .quality = 80, .progressive = true}},
    {"4:4:4, progressive", {.h = 1, .v = 1, .quality = 80, .progressive = true}},
    {"restarts", {.h = 2, .v = 2, .quality = 80, .restart_rows = 1}},
    {"a scan each", {.h = 2, .v = 2, .quality = 80, .separate = true}},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static unsigned char *make_kind(int kind, uint32_t width, uint32_t height, size_t *size)
{
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));
    oracle_image part = make_part(&scene, 300, 300, width, height);
    unsigned char *data = make_jpeg(&part, &kinds[kind].options, size);

    oracle_release(&part);
    oracle_release(&scene);
    return data;
}

START_TEST(cuts_get_the_same_verdict)
{
    size_t size;
    unsigned char *data = make_kind(_i, 200, 150, &size);
    char what[100];

    for (size_t i = 0; i < CUTS; i++) {
        if (i >= 40 && !suite_takes(i, CUT_STEP))
            continue;
        /* All of the last bytes, and others evenly. */
        const size_t length = i < 40 ? size - i : (size - 40) * (i - 40) / (CUTS - 40);
        engine_request request = engine_request_box(i % 2 == 0 ? 20 : 150, 0, LOOM_FIT_COVER);
        request.settings.fail_on = (loom_fail_on)(i / 2 % 4);
        request.recipe.grayscale = i % 3 == 0 ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
        tmpdir_write("cut.jpg", data, length);
        (void)snprintf(what, sizeof what, "%s, %zu of %zu bytes", kinds[_i].name, length, size);
        assert_same_verdict(&request, "cut.jpg", what);
    }
    free(data);
}
END_TEST

/* ---- damage without a plan ----------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes, ranqd1 */
    return *state >> 8;
}

/* A copy with one to four bytes changed. */
static void write_mutation(const unsigned char *data, size_t size, uint32_t *state)
{
    unsigned char *copy = malloc(size);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);
    for (uint32_t n = 1 + next_random(state) % 4; n > 0; n--)
        copy[next_random(state) % size] = (unsigned char)next_random(state);
    tmpdir_write("mutation.jpg", copy, size);
    free(copy);
}

START_TEST(nothing_crashes_on_mutations)
{
    uint32_t state = 1 + (uint32_t)_i;
    size_t size;
    unsigned char *data = make_kind(_i, 40, 33, &size);

    for (int i = 0; i < MUTATIONS / KINDS / (suite_long() ? 1 : SHORT); i++) {
        engine_request request = engine_request_box(4 + (uint32_t)i % 60, 30, LOOM_FIT_CONTAIN);
        request.format = LOOM_FORMAT_JPEG;
        request.settings.fail_on = (loom_fail_on)(i % 4);
        request.settings.lane = "jpeg";
        request.settings.max_pixels = 1 << 22;
        request.recipe.rotation = i % 4 * 90;
        request.recipe.grayscale = i % 3 == 0 ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
        write_mutation(data, size, &state);
        loom_outcome outcome = engine_run(&request, "mutation.jpg", "out.jpg");
        ck_assert_int_ne(outcome.error.code, LOOM_ERR_INTERNAL);
        loom_outcome_release(&outcome);
    }
    free(data);
}
END_TEST

START_TEST(mutations_get_the_same_verdict)
{
    uint32_t state = 77 + (uint32_t)_i;
    size_t size;
    unsigned char *data = make_kind(_i, 200, 150, &size);
    char what[100];

    for (int i = 0; i < COMPARED / (suite_long() ? 1 : SHORT); i++) {
        engine_request request = engine_request_box(70, 0, LOOM_FIT_COVER);
        request.settings.fail_on = (loom_fail_on)(i % 3); /* warnings may be libvips' own */
        request.settings.max_pixels = 1 << 22;
        write_mutation(data, size, &state);
        (void)snprintf(what, sizeof what, "%s, mutation %d", kinds[_i].name, i);
        assert_same_verdict(&request, "mutation.jpg", what);
    }
    free(data);
}
END_TEST

/* ---- scans that are left out --------------------------------------------- */

/* With its end marker missing a file is decoded whole; the picture must be the same to the bit. */
static void assert_same_without_end(const engine_request *request, const unsigned char *data,
                                    size_t size, const char *what)
{
    engine_request with = *request, without;
    size_t a_size, b_size;

    with.format = LOOM_FORMAT_JPEG;
    with.settings.lane = "jpeg";
    with.settings.jpeg_decoder = LOOM_JPEG_DECODER_LIBJPEG;
    without = with;
    without.settings.fail_on = LOOM_FAIL_ON_NONE;
    tmpdir_write("whole.jpg", data, size);
    tmpdir_write("no-end.jpg", data, size - 2);
    loom_outcome outcome = engine_run_written(&with, "whole.jpg", "a.jpg", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    outcome = engine_run_written(&without, "no-end.jpg", "b.jpg", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0], "the file lacks its end marker");
    loom_outcome_release(&outcome);
    char *a = tmpdir_read("a.jpg", &a_size), *b = tmpdir_read("b.jpg", &b_size);
    ck_assert_msg(a_size == b_size && memcmp(a, b, a_size) == 0, "%s", what);
    free(a);
    free(b);
}

START_TEST(scans_left_out_change_no_bit)
{
    size_t size;
    unsigned char *data = make_kind(_i, 333, 259, &size);

    for (uint32_t width = 10; width < 333; width += width < 60 ? 7 : 90)
        for (int gray = 0; gray < 2; gray++) {
            char what[100];
            engine_request request = engine_request_box(width, 0, LOOM_FIT_COVER);
            request.recipe.grayscale = gray ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
            (void)snprintf(what, sizeof what, "%s, %u px, gray %d", kinds[_i].name, width, gray);
            assert_same_without_end(&request, data, size, what);
        }
    free(data);
}
END_TEST

/* ---- stopping ------------------------------------------------------------ */

/* A lane's job for the decoder alone, of an input that the caller frees. */
static loom_lane_job job_of(const loom_job *job, loom_outcome *common, unsigned char *data,
                            size_t size)
{
    loom_lane_job made = {.job = job, .common = common, .count = 1};

    made.input.data = data;
    made.input.size = size;
    ck_assert(loom_jpeg_header_read((loom_bytes){data, size}, &made.header.jpeg));
    made.header.width = made.header.jpeg.width;
    made.header.height = made.header.jpeg.height;
    return made;
}

START_TEST(a_stop_is_seen_at_work)
{
    engine_request request = engine_request_default();
    loom_cancel cancel;
    loom_job job = {.recipe = &request.recipe, .settings = &request.settings};
    const loom_task task = {.format = LOOM_FORMAT_JPEG};
    loom_outcome common;
    loom_error err = LOOM_ERROR_INIT;
    loom_jpeg_planes planes = {.count = 0};
    loom_jpeg_buffer buffer = {.data = NULL};
    size_t size;

    memset(&cancel, 0, sizeof cancel);
    atomic_init(&cancel.reason, LOOM_OK);
    loom_outcome_init(&common);
    unsigned char *data = make_kind(_i, 200, 150, &size);
    loom_lane_job lane_job = job_of(&job, &common, data, size);
    loom_lane_output output = {.task = &task, .outcome = &common};
    ck_assert_int_eq(loom_jpeg_decode(&lane_job, 1, false, &planes, &err), LOOM_LANE_DONE);
    ck_assert_uint_eq(planes.count, 3);
    for (unsigned i = 0; i < planes.count; i++)
        loom_plane_extend(&planes.planes[i]);

    job.cancel = &cancel;
    atomic_store(&cancel.reason, LOOM_ERR_CANCELLED);
    ck_assert_int_eq(loom_jpeg_decode(&lane_job, 1, false, &planes, &err), LOOM_LANE_FAILED);
    ck_assert_int_eq(err.code, LOOM_ERR_CANCELLED);
    ck_assert_int_eq(err.stage, LOOM_STAGE_DECODE);
    loom_error_clear(&err);
    for (int progressive = 0; progressive < 2; progressive++) { /* our encoder, then libjpeg's */
        request.recipe.progressive = progressive == 1;
        ck_assert_int_eq(
            loom_jpeg_encode(&lane_job, &output, planes.planes, 1, NULL, &buffer, &err),
            LOOM_ERR_CANCELLED);
        ck_assert_int_eq(err.stage, LOOM_STAGE_ENCODE);
        ck_assert_ptr_null(output.encoded.data);
        loom_error_clear(&err);
    }
    ck_assert_int_eq(loom_jpeg_encode_webp(&lane_job, &output, planes.planes, 1, NULL, &err),
                     LOOM_ERR_CANCELLED);
    ck_assert_int_eq(err.stage, LOOM_STAGE_ENCODE);
    ck_assert_ptr_null(output.encoded.data);
    loom_error_clear(&err);

    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++)
        loom_plane_release(&planes.planes[i]);
    loom_jpeg_buffer_release(&buffer);
    loom_outcome_release(&common);
    free(data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg_damage");
    TCase *tcase = tcase_create("damage");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, broken_files_get_the_same_verdict);
    tcase_add_test(tcase, complaints_that_no_pixel_depends_on);
    tcase_add_loop_test(tcase, cuts_get_the_same_verdict, 0, KINDS);
    tcase_add_loop_test(tcase, nothing_crashes_on_mutations, 0, KINDS);
    tcase_add_loop_test(tcase, mutations_get_the_same_verdict, 0, KINDS);
    tcase_add_loop_test(tcase, scans_left_out_change_no_bit, 0, KINDS);
    tcase_add_loop_test(tcase, a_stop_is_seen_at_work, 0, KINDS);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
