/* Sizes by the header of a file: right where it is whole, harmless where it is not. */
#include "format/container.h"

#include "support/random.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MUTATIONS = 20000, KEPT_MAX = 6000 };

static const struct {
    const char *name;
    loom_format format;
    uint32_t width, height;
} files[] = {
    {"photos/scene-1.jpg", LOOM_FORMAT_JPEG, 1200, 800},
    {"photos/scene-3.jpg", LOOM_FORMAT_JPEG, 640, 480},
    {"photos/gray.jpg", LOOM_FORMAT_JPEG, 600, 400},
    {"photos/cmyk.jpg", LOOM_FORMAT_JPEG, 300, 200},
    {"orientation/landscape-6.jpg", LOOM_FORMAT_JPEG, 160, 240},
    {"formats/quadrants.png", LOOM_FORMAT_PNG, 120, 80},
    {"tiny/tall-3x2000.png", LOOM_FORMAT_PNG, 3, 2000},
    {"formats/quadrants.webp", LOOM_FORMAT_WEBP, 120, 80},
    {"formats/quadrants-alpha.webp", LOOM_FORMAT_WEBP, 120, 80},
    {"formats/quadrants.gif", LOOM_FORMAT_GIF, 120, 80},
    {"formats/animated.gif", LOOM_FORMAT_GIF, 120, 80},
    {"formats/quadrants.tif", LOOM_FORMAT_TIFF, 120, 80},
    {"formats/quadrants.avif", LOOM_FORMAT_AVIF, 120, 80},
};

enum { FILES = sizeof files / sizeof *files };

static const char *testdata(const char *name)
{
    static char path[4096];
    const char *folder = getenv("TESTDATA");

    ck_assert_msg(folder != NULL, "TESTDATA does not name the folder of test data");
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Asks in memory of exactly `size` bytes, so that a byte read beyond them is found. */
static bool ask(loom_format format, const void *data, size_t size, uint32_t *width,
                uint32_t *height)
{
    unsigned char *exact = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, data, size);
    const loom_bytes file = {exact, size};
    loom_header header;
    const bool known =
        loom_format_sniff(exact, size) == format && loom_format_header(format, file, &header);
    if (known) {
        *width = header.width;
        *height = header.height;
    }
    free(exact);
    return known;
}

static void assert_size(loom_format format, const void *data, size_t size, uint32_t width,
                        uint32_t height)
{
    uint32_t w = 0, h = 0;

    ck_assert(ask(format, data, size, &w, &h));
    ck_assert_uint_eq(w, width);
    ck_assert_uint_eq(h, height);
}

START_TEST(whole_files_tell_their_size)
{
    size_t size;
    char *data = tmpdir_read(testdata(files[_i].name), &size);
    uint32_t w, h;

    assert_size(files[_i].format, data, size, files[_i].width, files[_i].height);
    for (unsigned f = 0; f < LOOM_FORMAT_COUNT; f++)
        ck_assert_int_eq(ask((loom_format)f, data, size, &w, &h), f == files[_i].format);
    free(data);
}
END_TEST

/* A cut file tells its size, or nothing: never another. */
START_TEST(cuts_are_safe)
{
    size_t size;
    char *data = tmpdir_read(testdata(files[_i].name), &size);
    bool any = false;

    for (size_t cut = 0; cut < size; cut += cut < 2000 ? 1 : 97) {
        uint32_t w = 0, h = 0;
        if (!ask(files[_i].format, data, cut, &w, &h)) {
            ck_assert_uint_eq(w | h, 0);
            continue;
        }
        any = true;
        ck_assert_uint_eq(w, files[_i].width);
        ck_assert_uint_eq(h, files[_i].height);
    }
    ck_assert(any || files[_i].format == LOOM_FORMAT_TIFF); /* whose directory may stand last */
    free(data);
}
END_TEST

/* What else a header says, and what a walk through the file adds. */
START_TEST(more_than_a_size)
{
    static const struct {
        const char *name;
        loom_format format;
        int orientation;
        bool whole;
        uint32_t frames;
        unsigned scans;
    } rows[] = {
        {"photos/scene-1.jpg", LOOM_FORMAT_JPEG, 1, false, 1, 1},
        {"photos/scene-3.jpg", LOOM_FORMAT_JPEG, 1, true, 1, 10}, /* progressive */
        {"orientation/landscape-6.jpg", LOOM_FORMAT_JPEG, 6, false, 1, 1},
        {"formats/quadrants.gif", LOOM_FORMAT_GIF, 1, false, 1, 1},
        {"formats/animated.gif", LOOM_FORMAT_GIF, 1, false, 3, 1},
        {"formats/quadrants.png", LOOM_FORMAT_PNG, 1, false, 1, 1},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t size;
        char *data = tmpdir_read(testdata(rows[i].name), &size);
        const loom_bytes file = {(unsigned char *)data, size};
        loom_bytes missing;
        loom_header header;
        ck_assert(loom_format_header(rows[i].format, file, &header));
        ck_assert_int_eq(loom_format_check(file, &header, &missing), LOOM_INTEGRITY_WHOLE);
        ck_assert_int_eq(header.orientation, rows[i].orientation);
        ck_assert_int_eq(header.whole, rows[i].whole);
        ck_assert_uint_eq(header.frames, rows[i].frames);
        ck_assert_uint_eq(header.scans, rows[i].scans);
        ck_assert(header.binding && !header.no_pixels);
        ck_assert_int_eq(header.has_jpeg, rows[i].format == LOOM_FORMAT_JPEG);
        free(data);
    }
}
END_TEST

/* IHDR says by its last byte that a PNG is interlaced. */
START_TEST(interlaced_png_is_whole)
{
    size_t size;
    char *data = tmpdir_read(testdata("formats/quadrants.png"), &size);
    loom_header header;

    data[28] = 1;
    ck_assert(
        loom_format_header(LOOM_FORMAT_PNG, (loom_bytes){(unsigned char *)data, size}, &header));
    ck_assert(header.whole);
    free(data);
}
END_TEST

START_TEST(changed_bytes_are_safe)
{
    size_t size;
    char *data = tmpdir_read(testdata(files[_i].name), &size);
    const size_t kept = size < KEPT_MAX ? size : KEPT_MAX;
    char *changed = malloc(kept);
    uint64_t state = (uint64_t)_i + 1;

    ck_assert_ptr_nonnull(changed);
    for (int i = 0; i < MUTATIONS / FILES; i++) {
        uint32_t w = 0, h = 0;
        memcpy(changed, data, kept);
        for (unsigned n = random_next(&state) % 8 + 1; n > 0; n--)
            changed[random_next(&state) % (n % 2 ? 200 : kept)] = (char)random_next(&state);
        (void)ask(files[_i].format, changed, kept, &w, &h); /* a sanitizer looks */
    }
    free(changed);
    free(data);
}
END_TEST

/* ---- by hand ------------------------------------------------------------- */

/* Bits of a JPEG XL codestream behind its signature, least significant first. */
typedef struct bits {
    unsigned char bytes[16];
    size_t at;
} bits;

static void put(bits *b, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++, b->at++)
        if (value >> i & 1)
            b->bytes[b->at / 8] |= (unsigned char)(1u << b->at % 8);
}

static bits jxl_start(void)
{
    return (bits){{0xFF, 0x0A}, 16};
}

START_TEST(jxl_sizes_of_each_kind)
{
    bits small = jxl_start(), ratio = jxl_start(), large = jxl_start(), longest = jxl_start();

    put(&small, 1, 1); /* eighths */
    put(&small, 3, 5); /* (3 + 1) * 8 */
    put(&small, 0, 3); /* no ratio */
    put(&small, 31, 5);
    assert_size(LOOM_FORMAT_JXL, small.bytes, sizeof small.bytes, 256, 32);

    put(&ratio, 0, 1);
    put(&ratio, 1, 2);
    put(&ratio, 1079, 13);
    put(&ratio, 5, 3); /* 16:9 */
    assert_size(LOOM_FORMAT_JXL, ratio.bytes, sizeof ratio.bytes, 1920, 1080);

    put(&large, 0, 1);
    put(&large, 0, 2);
    put(&large, 221, 9);
    put(&large, 0, 3);
    put(&large, 2, 2);
    put(&large, 99999, 18);
    assert_size(LOOM_FORMAT_JXL, large.bytes, sizeof large.bytes, 100000, 222);

    put(&longest, 0, 1);
    put(&longest, 3, 2);
    put(&longest, (UINT32_C(1) << 30) - 1, 30);
    put(&longest, 7, 3); /* 2:1 */
    assert_size(LOOM_FORMAT_JXL, longest.bytes, sizeof longest.bytes, UINT32_C(1) << 31,
                UINT32_C(1) << 30);
    for (size_t cut = 0; cut < sizeof longest.bytes; cut++) {
        uint32_t w, h;
        ck_assert_int_eq(ask(LOOM_FORMAT_JXL, longest.bytes, cut, &w, &h), cut >= 7); /* 52 bits */
    }
}
END_TEST

/* libjxl 0.11: the size, metadata, the picture. */
START_TEST(jxl_in_pieces_has_its_size)
{
    static const char file[] = "\0\0\0\x0CJXL \x0D\x0A\x87\x0A"
                               "\0\0\0\x10jxlp\0\0\0\0\xFF\x0A\x3B\xE6"
                               "\0\0\0\x09"
                               "brob";
    uint32_t w, h;

    assert_size(LOOM_FORMAT_JXL, file, sizeof file, 160, 240);
    ck_assert(!ask(LOOM_FORMAT_JXL, file, 27, &w, &h));
}
END_TEST

START_TEST(what_claims_no_size_has_none)
{
    static const unsigned char png[33] = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\0\0\0\0\x05";
    static const unsigned char jpeg[] = "\xFF\xD8\xFF\xE0\0\x02\xFF\xC0\0\x0B\x08\0\0\0\x01\x01";
    static const unsigned char gif[] = "GIF89a\x05\0\0\0\0\0\0";
    uint32_t w = 0, h = 0;

    ck_assert(!ask(LOOM_FORMAT_PNG, png, sizeof png, &w, &h));
    ck_assert(!ask(LOOM_FORMAT_JPEG, jpeg, sizeof jpeg, &w, &h));
    ck_assert(!ask(LOOM_FORMAT_GIF, gif, sizeof gif, &w, &h));
    ck_assert_uint_eq(w | h, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("header");
    TCase *tcase = tcase_create("header");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, whole_files_tell_their_size, 0, FILES);
    tcase_add_loop_test(tcase, cuts_are_safe, 0, FILES);
    tcase_add_loop_test(tcase, changed_bytes_are_safe, 0, FILES);
    tcase_add_test(tcase, more_than_a_size);
    tcase_add_test(tcase, interlaced_png_is_whole);
    tcase_add_test(tcase, jxl_sizes_of_each_kind);
    tcase_add_test(tcase, jxl_in_pieces_has_its_size);
    tcase_add_test(tcase, what_claims_no_size_has_none);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
