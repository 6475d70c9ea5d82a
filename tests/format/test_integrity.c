/*
 * Whole files of the test data are cut at each place (long ones at each 7th); copies of exactly
 * that size let a sanitizer see a byte read too many.
 */
#include "base/bytes.h"
#include "format/container.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

enum { SHORT_FILE = 8000, STRIDE = 7 };

typedef struct file {
    unsigned char *data;
    size_t size;
} file;

static file read_file(const char *name)
{
    const char *folder = getenv("TESTDATA");
    char path[1024];
    file f;

    ck_assert_ptr_nonnull(folder);
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", folder, name), (int)sizeof path);
    FILE *stream = fopen(path, "rb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(fseek(stream, 0, SEEK_END), 0);
    const long size = ftell(stream);
    ck_assert_int_gt(size, 0);
    f.size = (size_t)size;
    f.data = malloc(f.size);
    ck_assert_ptr_nonnull(f.data);
    rewind(stream);
    ck_assert_uint_eq(fread(f.data, 1, f.size, stream), f.size);
    (void)fclose(stream);
    return f;
}

static loom_integrity check_file(loom_format format, const unsigned char *data, size_t size,
                                 loom_bytes *missing)
{
    const loom_bytes bytes = {data, size};
    loom_header header;

    (void)loom_format_header(format, bytes, &header);
    return loom_format_check(bytes, &header, missing);
}

/* Of the first `size` bytes, in a block of their own, and `more` behind them. */
static loom_integrity check_with(loom_format format, const unsigned char *data, size_t size,
                                 const void *more, size_t more_size)
{
    unsigned char *copy = malloc(size + more_size > 0 ? size + more_size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);
    memcpy(copy + size, more, more_size);
    loom_bytes missing;
    const loom_integrity result = check_file(format, copy, size + more_size, &missing);
    ck_assert_uint_le(missing.size, 12);
    free(copy);
    return result;
}

static loom_integrity check_cut(loom_format format, const unsigned char *data, size_t size)
{
    return check_with(format, data, size, "", 0);
}

/* ---- files --------------------------------------------------------------- */

typedef struct known {
    const char *name;
    loom_format format;
    size_t end; /* bytes of its end marker */
} known;

static const known files[] = {
    {"photos/scene-1.jpg", LOOM_FORMAT_JPEG, 2},
    {"photos/scene-3.jpg", LOOM_FORMAT_JPEG, 2}, /* progressive */
    {"photos/cmyk.jpg", LOOM_FORMAT_JPEG, 2},
    {"photos/gray.jpg", LOOM_FORMAT_JPEG, 2},
    {"orientation/landscape-6.jpg", LOOM_FORMAT_JPEG, 2}, /* with EXIF */
    {"formats/quadrants-alpha.png", LOOM_FORMAT_PNG, 12},
    {"formats/palette.png", LOOM_FORMAT_PNG, 12},
    {"orientation/landscape-6.png", LOOM_FORMAT_PNG, 12},
    {"broken/png-named.jpg", LOOM_FORMAT_PNG, 12},
    {"formats/quadrants.gif", LOOM_FORMAT_GIF, 0}, /* it says that it loops: an animation */
    {"formats/animated.gif", LOOM_FORMAT_GIF, 0},
    {"formats/quadrants.webp", LOOM_FORMAT_WEBP, 0},
    {"formats/quadrants-alpha.webp", LOOM_FORMAT_WEBP, 0},
    {"formats/quadrants.tif", LOOM_FORMAT_TIFF, 0},
    {"formats/deep16.tif", LOOM_FORMAT_TIFF, 0},
    {"formats/quadrants.avif", LOOM_FORMAT_AVIF, 0},
};

START_TEST(a_whole_file_is_whole)
{
    const known *k = &files[_i];
    file f = read_file(k->name);

    ck_assert_int_eq(check_cut(k->format, f.data, f.size), LOOM_INTEGRITY_WHOLE);
    free(f.data);
}
END_TEST

/*
 * No cut of these is taken for whole: each ends with what a picture needs (the TIFFs with the
 * values of SampleFormat) or with its end marker.
 */
START_TEST(a_cut_file_is_not_whole)
{
    const known *k = &files[_i];
    file f = read_file(k->name);
    const size_t step = f.size < SHORT_FILE ? 1 : STRIDE;

    for (size_t size = 0; size < f.size; size += size + 20 < f.size ? step : 1)
        if (check_cut(k->format, f.data, size) == LOOM_INTEGRITY_WHOLE)
            ck_abort_msg("%s cut to %zu of %zu bytes is taken for whole", k->name, size, f.size);
    free(f.data);
}
END_TEST

START_TEST(a_missing_end_marker_is_no_end)
{
    const known *k = &files[_i];
    file f = read_file(k->name);

    for (size_t less = 1; less <= k->end; less++) {
        unsigned char *cut = malloc(f.size - less);
        loom_bytes end;
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, f.data, f.size - less);
        ck_assert_int_eq(check_file(k->format, cut, f.size - less, &end), LOOM_INTEGRITY_NO_END);
        ck_assert_int_eq(check_with(k->format, cut, f.size - less, end.data, end.size),
                         LOOM_INTEGRITY_WHOLE);
        if (k->format != LOOM_FORMAT_JPEG) { /* there FF FF D9 is the same as FF D9 */
            ck_assert_uint_eq(end.size, less);
            ck_assert_mem_eq(end.data, f.data + f.size - less, less);
        }
        free(cut);
    }
    free(f.data);
}
END_TEST

/* What stands before the end marker is missing, too: a PNG's checksum, a GIF's block. */
START_TEST(more_than_the_end_marker_is_cut)
{
    const known *k = &files[_i];
    file f = read_file(k->name);

    if (k->format == LOOM_FORMAT_PNG) /* whose stream tells whether pixels are missing */
        ck_assert_int_eq(check_cut(k->format, f.data, f.size - k->end - 1), LOOM_INTEGRITY_NO_END);
    else if (k->format != LOOM_FORMAT_JPEG) /* whose scans have no length */
        ck_assert_int_eq(check_cut(k->format, f.data, f.size - k->end - 1), LOOM_INTEGRITY_CUT);
    ck_assert_int_eq(check_cut(k->format, f.data, 20), LOOM_INTEGRITY_CUT);
    free(f.data);
}
END_TEST

START_TEST(bytes_after_the_end_are_nothing)
{
    static const char *const after[] = {"\n", "junk", "12345678", "\xFF\xD8\xFF\xE0 a second one",
                                        "IHDR and what else there may be, 0123456789"};
    const known *k = &files[_i];
    file f = read_file(k->name);

    for (size_t i = 0; i < COUNT(after); i++)
        ck_assert_int_eq(check_with(k->format, f.data, f.size, after[i], strlen(after[i])),
                         LOOM_INTEGRITY_WHOLE);
    free(f.data);
}
END_TEST

/* ---- JPEG ---------------------------------------------------------------- */

/* Where each scan's data begins. */
static size_t scans_of(file f, size_t *at, size_t capacity)
{
    size_t count = 0;

    for (size_t i = 2; i + 4 < f.size;) {
        if (f.data[i] != 0xFF || f.data[i + 1] == 0 || (f.data[i + 1] & 0xF8) == 0xD0) {
            i++;
            continue;
        }
        const bool scan = f.data[i + 1] == 0xDA;
        i += 2 + (size_t)(f.data[i + 2] << 8 | f.data[i + 3]);
        if (scan) {
            ck_assert_uint_lt(count, capacity);
            at[count++] = i;
        }
    }
    return count;
}

/* The fewest bytes that its pixels take: a bit for each block. */
static size_t least_of(file f)
{
    for (size_t i = 2; i + 9 < f.size; i += 2 + (size_t)(f.data[i + 2] << 8 | f.data[i + 3]))
        if (f.data[i + 1] >= 0xC0 && f.data[i + 1] <= 0xC2)
            return (size_t)((f.data[i + 5] << 8 | f.data[i + 6]) + 7) / 8 *
                   ((size_t)((f.data[i + 7] << 8 | f.data[i + 8]) + 7) / 8) / 8;
    ck_abort_msg("no frame");
}

static void check_jpeg_cuts(const char *name, size_t scans)
{
    file f = read_file(name);
    const size_t least = least_of(f);
    size_t at[32];

    ck_assert_uint_eq(scans_of(f, at, COUNT(at)), scans);
    for (size_t size = 0; size < f.size; size += size + 2 * STRIDE < f.size ? STRIDE : 1) {
        const loom_integrity want =
            size < at[scans - 1] || size < least ? LOOM_INTEGRITY_CUT : LOOM_INTEGRITY_NO_END;
        if (check_cut(LOOM_FORMAT_JPEG, f.data, size) != want)
            ck_abort_msg("%s cut to %zu bytes is not %d", name, size, want);
    }
    free(f.data);
}

/* As long as a scan is to come that refines the picture, data is missing. */
START_TEST(jpeg_is_cut_before_its_last_scan)
{
    check_jpeg_cuts("photos/scene-1.jpg", 1);
    check_jpeg_cuts("photos/scene-3.jpg", 10);
}
END_TEST

/* An EXIF thumbnail ends like the file itself. */
START_TEST(jpeg_cut_behind_its_thumbnail)
{
    static const unsigned char head[] = {0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x0E, 'E',  'x',
                                         'i',  'f',  0,    0,    0xFF, 0xD8, 0xFF, 0xD9};
    file f = read_file("orientation/landscape-1.jpg");
    unsigned char *joined = malloc(sizeof head + 2 + f.size - 2);

    ck_assert_ptr_nonnull(joined);
    memcpy(joined, head, sizeof head);
    memcpy(joined + sizeof head, "..", 2); /* the segment's last bytes */
    memcpy(joined + sizeof head + 2, f.data + 2, f.size - 2);
    ck_assert_int_eq(check_cut(LOOM_FORMAT_JPEG, joined, sizeof head + f.size),
                     LOOM_INTEGRITY_WHOLE);
    for (size_t size = 0; size < sizeof head + 200; size++)
        ck_assert_int_eq(check_cut(LOOM_FORMAT_JPEG, joined, size), LOOM_INTEGRITY_CUT);
    free(joined);
    free(f.data);
}
END_TEST

/* ---- TIFF, built here: big-endian, BigTIFF, tiles, pixels behind the directory  */

enum { TIFF_SIZE = 200 };

static void put(unsigned char *p, unsigned bytes, uint64_t v, bool big)
{
    for (unsigned i = 0; i < bytes; i++)
        p[big ? bytes - 1 - i : i] = (unsigned char)(v >> 8 * i);
}

/* A directory with offsets and byte counts of two pieces, which lie at 120 and 160, 40 B each. */
static void make_tiff(unsigned char *data, bool big, bool wide, bool tiles)
{
    const unsigned field = wide ? 8 : 4, entry = wide ? 20 : 12, head = wide ? 16 : 8;
    unsigned char *p = data + head;

    memset(data, 0, TIFF_SIZE);
    memcpy(data, big ? "MM" : "II", 2);
    put(data + 2, 2, wide ? 43 : 42, big);
    put(data + 4, 4, wide ? 8 : head, big); /* BigTIFF: size of offsets, then 0 */
    if (wide)
        put(data + 8, 8, head, big);
    put(p, wide ? 8 : 2, 2, big);
    p += wide ? 8 : 2;
    for (unsigned i = 0; i < 2; i++, p += entry) {
        put(p, 2, (tiles ? 324u : i == 0 ? 273u : 278u) + i, big);
        put(p + 2, 2, 4, big);
        put(p + 4, field, 2, big);
        if (!wide)
            put(p + 8, 4, 100 + 8 * i, big);
        unsigned char *values = wide ? p + 12 : data + 100 + 8 * i;
        put(values, 4, i == 0 ? 120 : 40, big);
        put(values + 4, 4, i == 0 ? 160 : 40, big);
    }
}

START_TEST(tiff_of_every_kind)
{
    unsigned char data[TIFF_SIZE];

    make_tiff(data, (_i & 1) != 0, (_i & 2) != 0, (_i & 4) != 0);
    ck_assert_int_eq(check_cut(LOOM_FORMAT_TIFF, data, TIFF_SIZE), LOOM_INTEGRITY_WHOLE);
    for (size_t size = 0; size < TIFF_SIZE; size++)
        ck_assert_int_eq(check_cut(LOOM_FORMAT_TIFF, data, size), LOOM_INTEGRITY_CUT);
}
END_TEST

/* A long directory that is its own next one: it is not walked again and again. */
START_TEST(tiff_of_a_ring)
{
    const size_t entries = 500000, size = 16 + 8 + entries * 20 + 8;
    unsigned char *data = calloc(1, size);

    ck_assert_ptr_nonnull(data);
    memcpy(data, "II", 2);
    put(data + 2, 2, 43, false);
    put(data + 4, 4, 8, false);
    put(data + 8, 8, 16, false);
    put(data + 16, 8, entries, false);
    put(data + size - 8, 8, 16, false);
    loom_bytes missing;
    ck_assert_int_eq(check_file(LOOM_FORMAT_TIFF, data, size, &missing), LOOM_INTEGRITY_WHOLE);
    free(data);
}
END_TEST

static bool has_no_pixels(loom_format format, const unsigned char *data, size_t size)
{
    const loom_bytes bytes = {data, size};
    loom_bytes missing;
    loom_header header;

    (void)loom_format_header(format, bytes, &header);
    (void)loom_format_check(bytes, &header, &missing);
    return header.no_pixels;
}

/* Up to the type of the first IDAT there is nothing to decode; from there on there may be. */
START_TEST(header_of_a_png_is_cut_or_not)
{
    file f = read_file("formats/palette.png");
    size_t idat = 8;

    while (memcmp(f.data + idat + 4, "IDAT", 4) != 0)
        idat += 12 + (size_t)loom_be32(f.data + idat);
    for (size_t size = 8; size <= f.size; size++) {
        unsigned char *cut = malloc(size);
        ck_assert_ptr_nonnull(cut);
        memcpy(cut, f.data, size);
        ck_assert_int_eq(has_no_pixels(LOOM_FORMAT_PNG, cut, size), size < idat + 8);
        free(cut);
    }
    memcpy(f.data + 8, "\x7F\xFF\xFF\xFF", 4); /* of IHDR */
    ck_assert(has_no_pixels(LOOM_FORMAT_PNG, f.data, f.size));
    ck_assert(!has_no_pixels(LOOM_FORMAT_JPEG, f.data, f.size));
    free(f.data);
}
END_TEST

/* ---- the rest ------------------------------------------------------------ */

START_TEST(formats_that_say_nothing_are_whole)
{
    const unsigned char none[1] = {0};
    loom_bytes missing = {none, 1};

    ck_assert_int_eq(check_cut(LOOM_FORMAT_BMP, none, 0), LOOM_INTEGRITY_WHOLE);
    ck_assert_int_eq(check_cut(LOOM_FORMAT_UNKNOWN, none, 0), LOOM_INTEGRITY_WHOLE);
    (void)check_file(LOOM_FORMAT_WEBP, none, 0, &missing);
    ck_assert_uint_eq(missing.size, 0);
}
END_TEST

/* No result is asked for; under a sanitizer it must end well. Cut as well every other time. */
START_TEST(damage_at_random)
{
    const known *k = &files[_i];
    file f = read_file(k->name);
    const int rounds = 20000 / (int)COUNT(files);
    uint32_t random = 12345;

    for (int round = 0; round < rounds; round++) {
        size_t at[4], size = f.size;
        unsigned char former[4];
        for (int i = 0; i < 4; i++) {
            random = random * 1664525u + 1013904223u;
            /* the structure stands at the beginning and, in TIFF, at the end */
            at[i] = (random >> 8) % (i < 2 && f.size > 512 ? 512 : f.size);
            if (i == 2)
                at[i] = f.size - 1 - at[i] % (f.size < 256 ? f.size : 256);
            former[i] = f.data[at[i]];
            f.data[at[i]] = (unsigned char)(round % 3 == 0 ? 0xFF : random >> 24);
        }
        if (round % 2 == 1)
            size = (random >> 4) % f.size;
        (void)check_cut(k->format, f.data, size);
        for (int i = 3; i >= 0; i--)
            f.data[at[i]] = former[i];
    }
    free(f.data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("integrity");
    TCase *tests = tcase_create("integrity");
    const int count = (int)COUNT(files);

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_whole_file_is_whole, 0, count);
    tcase_add_loop_test(tests, a_cut_file_is_not_whole, 0, count);
    tcase_add_loop_test(tests, a_missing_end_marker_is_no_end, 0, count);
    tcase_add_loop_test(tests, more_than_the_end_marker_is_cut, 0, count);
    tcase_add_test(tests, header_of_a_png_is_cut_or_not);
    tcase_add_loop_test(tests, bytes_after_the_end_are_nothing, 0, count);
    tcase_add_test(tests, jpeg_is_cut_before_its_last_scan);
    tcase_add_test(tests, jpeg_cut_behind_its_thumbnail);
    tcase_add_loop_test(tests, tiff_of_every_kind, 0, 8);
    tcase_add_test(tests, tiff_of_a_ring);
    tcase_add_test(tests, formats_that_say_nothing_are_whole);
    tcase_add_loop_test(tests, damage_at_random, 0, count);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
