/* Files cut short at every place: no part of a picture may pass for the whole. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many places of a file, spread evenly; and each of its last bytes. */
enum { MANY_CUTS = 500, SOME_CUTS = 50 };

enum { OF_GIF = -1 }; /* what stands behind the codes of the first frame's last pixels */

static const struct {
    const char *name, *extension;
    size_t magic; /* bytes: with fewer it cannot be known what the file is */
    int end;      /* bytes that only mark the end: without them all pixels are there; or OF_GIF */
} files[] = {
    {"tiny/photo-333x222.jpg", "jpg", 3, 2},
    {"photos/scene-3.jpg", "jpg", 3, 2},
    {"photos/gray.jpg", "jpg", 3, 2},
    {"formats/deep16.png", "png", 8, 20}, /* IEND, CRC, Adler-32; the stream's end */
    {"broken/png-named.jpg", "png", 8, 20},
    {"formats/quadrants.gif", "gif", 6, OF_GIF}, /* it says that it loops: an animation */
    {"still.gif", "gif", 6, OF_GIF},
    {"formats/animated.gif", "gif", 6, OF_GIF},
    {"formats/quadrants.webp", "webp", 12, 0},
    {"formats/quadrants-alpha.webp", "webp", 12, 0},
    {"formats/quadrants.tif", "tif", 4, 0},
    {"formats/deep16.tif", "tif", 4, 0},
    {"formats/quadrants.avif", "avif", 12, 0},
    {"formats/quadrants.bmp", "bmp", 18, 0},
    {"formats/quadrants.tga", "tga", 0, 0},
    {"raw.tga", "tga", 0, 0},
    {"formats/quadrants.psd", "psd", 4, 0},
    {"formats/quadrants.ppm", "ppm", 3, 0},
    {"formats/quadrants.pgm", "pgm", 3, 0},
    {"deep.pgm", "pgm", 3, 0},
    {"formats/quadrants.hdr", "hdr", 11, 0},
};

enum { FILES = sizeof files / sizeof *files };

/* ---- files that the test data do not have -------------------------------- */

/* Truevision TGA 2.0, image type 2: 16 x 15 px of 24 bits, from the top. */
static void write_raw_tga(void)
{
    unsigned char tga[18 + 16 * 15 * 3] = {[2] = 2, [12] = 16, [14] = 15, [16] = 24, [17] = 0x20};

    for (size_t i = 18; i < sizeof tga; i++)
        tga[i] = (unsigned char)(i * 7);
    tmpdir_write("raw.tga", tga, sizeof tga);
}

static void write_deep_pgm(void)
{
    static const char header[] = "P5\n# sixteen bits\n40 30\n65535\n";
    unsigned char pgm[sizeof header - 1 + 40 * 30 * 2];

    memcpy(pgm, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < sizeof pgm; i++)
        pgm[i] = (unsigned char)(i * 13);
    tmpdir_write("deep.pgm", pgm, sizeof pgm);
}

/* quadrants.gif without its loop extension. */
static void write_still_gif(void)
{
    size_t size;
    char *gif = tmpdir_read(engine_testdata("formats/quadrants.gif"), &size);
    char *loop = memmem(gif, size, "\x21\xFF\x0BNETSCAPE2.0", 14);

    ck_assert_ptr_nonnull(loop);
    memmove(loop, loop + 19, size - 19 - (size_t)(loop - gif));
    tmpdir_write("still.gif", gif, size - 19);
    free(gif);
}

static char *read_whole(const char *name, size_t *size)
{
    write_raw_tga();
    write_deep_pgm();
    write_still_gif();
    return tmpdir_read(strchr(name, '/') != NULL ? engine_testdata(name) : name, size);
}

/* ---- one cut ------------------------------------------------------------- */

/* What is missing is no more than the end: written, with a warning, and all pixels are right. */
static void assert_only_the_end_is_missing(const loom_outcome *outcome, size_t length,
                                           const oracle_image *whole)
{
    ck_assert_msg(outcome->result == LOOM_RESULT_WARNING, "%zu bytes: %s %s", length,
                  loom_result_name(outcome->result), outcome->error.message);
    ck_assert_uint_eq(outcome->warning_count, 1);
    ck_assert_str_eq(outcome->warnings[0], "the file lacks its end marker");
    oracle_image made = oracle_read("out.png");
    ck_assert(isinf(oracle_compare(&made, whole).psnr));
    oracle_release(&made);
}

/*
 * GIF89a, 18 to 22: behind the first frame's codes stand the last bits of its end code, which may
 * have a byte of their own, its last sub-block, and what comes after.
 */
static size_t end_of_gif(const unsigned char *gif, size_t size)
{
    size_t at = 13 + (gif[10] & 0x80 ? (size_t)3 << ((gif[10] & 7) + 1) : 0);
    bool frame = false;

    while (!frame) {
        frame = gif[at] == 0x2C;
        at += frame ? 11 + (gif[at + 9] & 0x80 ? (size_t)3 << ((gif[at + 9] & 7) + 1) : 0) : 2;
        while (gif[at] != 0)
            at += 1u + gif[at];
        at++;
    }
    return size - at + 1;
}

static size_t end_of(int file, const void *data, size_t size)
{
    return files[file].end == OF_GIF ? end_of_gif(data, size) : (size_t)files[file].end;
}

/* In the byte before the end of a GIF there may be nothing but the end code. */
static bool may_be_whole(int file, const loom_outcome *outcome, size_t length, size_t end)
{
    return files[file].end == OF_GIF && length + 1 >= end && outcome->result == LOOM_RESULT_WARNING;
}

static void assert_cut(int file, size_t length, size_t end, size_t size, const char *path,
                       const engine_request *request, const oracle_image *whole)
{
    const loom_status expected = length == 0                  ? LOOM_ERR_EMPTY
                                 : length < files[file].magic ? LOOM_ERR_UNSUPPORTED
                                                              : LOOM_ERR_TRUNCATED;
    loom_outcome outcome = engine_run(request, path, "out.png");
    /* The stream of a PNG ends with a code that is no pixel's, of 1 to 15 bits. */
    const bool png = strcmp(files[file].extension, "png") == 0;
    const size_t spare = png && outcome.result != LOOM_RESULT_ERROR ? 2 : 0;

    if (length >= end - spare || may_be_whole(file, &outcome, length, end)) {
        assert_only_the_end_is_missing(&outcome, length, whole);
        ck_assert_int_eq(remove("out.png"), 0);
    } else {
        ck_assert_msg(outcome.result == LOOM_RESULT_ERROR && outcome.error.code == expected,
                      "%s, %zu of %zu bytes: %s %s instead of %s: %s", files[file].name, length,
                      size, loom_result_name(outcome.result), loom_status_name(outcome.error.code),
                      loom_status_name(expected), outcome.error.message);
        ck_assert(!tmpdir_exists("out.png"));
    }
    loom_outcome_release(&outcome);
}

/* The lengths to try: all of a short file, `cuts` of a long one, and each close to the end. */
static size_t next_length(size_t length, size_t size, size_t cuts)
{
    const size_t step = size > cuts ? size / cuts : 1;

    return length + step + 20 < size ? length + step : length + 1;
}

static void assert_cuts(int file, size_t cuts, const engine_request *request)
{
    size_t size;
    char path[16] = "cut.";
    char *data = read_whole(files[file].name, &size);

    strcat(path, files[file].extension);
    tmpdir_write(path, data, size);
    oracle_image whole = engine_render(request, path);
    ck_assert_int_eq(remove("out.png"), 0);
    for (size_t length = 0; length < size; length = next_length(length, size, cuts)) {
        tmpdir_write(path, data, length);
        assert_cut(file, length, size - end_of(file, data, size), size, path, request, &whole);
    }
    oracle_release(&whole);
    free(data);
}

START_TEST(cuts_at_full_size)
{
    const engine_request request = engine_request_default();

    assert_cuts(_i, SOME_CUTS, &request);
}
END_TEST

START_TEST(cuts_of_a_picture_made_much_smaller)
{
    const engine_request request = engine_request_box(30, 30, LOOM_FIT_INSIDE);

    assert_cuts(_i, suite_long() ? MANY_CUTS : MANY_CUTS / 3, &request);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_cuts");
    TCase *tcase = tcase_create("cuts");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_loop_test(tcase, cuts_at_full_size, 0, FILES);
    tcase_add_loop_test(tcase, cuts_of_a_picture_made_much_smaller, 0, FILES);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
