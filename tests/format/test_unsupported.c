/* Kinds that are not read, and how large files say that they are, from headers made by hand. */
#include "format/container.h"
#include "format/jpeg_edit.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

/* ---- JPEG ---------------------------------------------------------------- */

typedef struct bytes {
    unsigned char data[4096];
    size_t size;
} bytes;

static void put(bytes *b, const void *data, size_t size)
{
    ck_assert_uint_le(b->size + size, sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

static void put_byte(bytes *b, unsigned byte)
{
    const unsigned char one = (unsigned char)byte;

    put(b, &one, 1);
}

static void put_be16(bytes *b, unsigned value)
{
    put_byte(b, value >> 8 & 255u);
    put_byte(b, value & 255u);
}

/* SOI, and a frame of components with these sampling factors: 0x11, 0x22 … */
static bytes jpeg_frame(unsigned marker, unsigned precision, unsigned width, unsigned height,
                        const char *sampling)
{
    const size_t count = strlen(sampling);
    bytes b = {.size = 0};

    put(&b, "\xFF\xD8\xFF", 3);
    put_byte(&b, marker);
    put_be16(&b, 8 + 3 * (unsigned)count);
    put_byte(&b, precision);
    put_be16(&b, height);
    put_be16(&b, width);
    put_byte(&b, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        put_byte(&b, (unsigned)i + 1);
        put_byte(&b, (unsigned char)sampling[i]);
        put_byte(&b, 0);
    }
    return b;
}

static void put_scan(bytes *b, unsigned component)
{
    const unsigned char scan[] = {0xFF, 0xDA, 0, 8, 1, (unsigned char)component, 0, 0, 63, 0, 42};

    put(b, scan, sizeof scan);
}

static const char *kind_of(loom_format format, const bytes *b)
{
    static char reason[LOOM_UNSUPPORTED_REASON];

    reason[0] = '\0';
    const bool unsupported =
        loom_format_unsupported(format, (loom_bytes){b->data, b->size}, reason);
    ck_assert_int_eq(unsupported, reason[0] != '\0');
    return reason;
}

static loom_integrity examine(loom_format format, const void *data, size_t size,
                              loom_header *header)
{
    const loom_bytes file = {data, size};
    loom_bytes missing;

    (void)loom_format_header(format, file, header);
    return loom_format_check(file, header, &missing);
}

static loom_integrity check(loom_format format, const void *data, size_t size)
{
    loom_header header;

    return examine(format, data, size, &header);
}

START_TEST(jpeg_kinds)
{
    static const struct {
        unsigned marker, precision, height;
        const char *sampling, *words;
    } rows[] = {
        {0xC0, 8, 20, "\x11", ""},
        {0xC0, 8, 20, "\x22\x11\x11", ""},
        {0xC1, 8, 20, "\x41\x11\x11", ""},
        {0xC2, 8, 20, "\x22\x21\x11\x22", ""},
        {0xC9, 8, 20, "\x22\x11\x11", ""}, /* arithmetic: libjpeg reads it */
        {0xCA, 8, 20, "\x22\x11\x11", ""},
        {0xC0, 9, 20, "\x11", ""}, /* damaged */
        {0xC0, 8, 20, "\x01", ""},
        {0xC3, 16, 20, "\x11", "process: lossless"},
        {0xCB, 8, 20, "\x11", "process: lossless, arithmetic coding"},
        {0xC5, 8, 20, "\x11", "process: hierarchical, sequential"},
        {0xC7, 8, 20, "\x11", "process: hierarchical, lossless"},
        {0xCD, 8, 20, "\x11", "process: hierarchical, sequential, arithmetic coding"},
        {0xCF, 8, 20, "\x11", "process: hierarchical, lossless, arithmetic coding"},
        {0xF7, 8, 20, "\x11", "process: JPEG-LS"},
        {0xC0, 8, 20, "\x11\x11", "components: 2"},
        {0xC2, 8, 20, "\x11\x11\x11\x11\x11", "components: number 5, which is not known"},
        {0xC1, 12, 20, "\x11\x11\x11", "bits a sample: 12"},
        {0xC0, 8, 0, "\x11", "height: after the first scan (DNL)"},
        {0xC0, 8, 20, "\x31\x21\x11", "sampling: components whose sizes have other ratios"},
        {0xC0, 8, 20, "\x14\x13\x11", "sampling: components whose sizes have other ratios"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bytes b =
            jpeg_frame(rows[i].marker, rows[i].precision, 30, rows[i].height, rows[i].sampling);
        ck_assert_str_eq(kind_of(LOOM_FORMAT_JPEG, &b), rows[i].words);
        for (size_t size = 0; size < b.size; size++) { /* too short to tell */
            bytes cut = b;
            cut.size = size;
            ck_assert_str_eq(kind_of(LOOM_FORMAT_JPEG, &cut), "");
        }
    }
}
END_TEST

/* A whole picture in its first scan, and another one behind it. */
static bytes jpeg_with_scan(unsigned marker)
{
    bytes b = jpeg_frame(marker, 8, 64, 64, "\x11");

    put_scan(&b, 1);
    put_scan(&b, 1);
    put(&b, "\xFF\xD9", 2);
    return b;
}

START_TEST(jpeg_scans_are_counted)
{
    bytes b = jpeg_frame(0xC2, 8, 64, 64, "\x11");
    loom_header header;

    for (int i = 0; i < 50; i++)
        put_scan(&b, 1);
    put(&b, "\xFF\xD9", 2);
    put_scan(&b, 1); /* behind the end: nothing */
    (void)examine(LOOM_FORMAT_JPEG, b.data, b.size, &header);
    ck_assert_uint_eq(header.scans, 50);
    const bytes one = jpeg_with_scan(0xC0);
    (void)examine(LOOM_FORMAT_JPEG, one.data, one.size, &header);
    ck_assert_uint_eq(header.scans, 1); /* what follows it is not looked for */
}
END_TEST

enum { SCANS = 100000, SCAN_SIZE = 10 };

/* A JPEG of two components and very many scans, none of them the whole picture. */
static unsigned char *make_many_scans(unsigned marker, size_t *head, size_t *size)
{
    static const unsigned char scan[SCAN_SIZE] = {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 7};
    const bytes start = jpeg_frame(marker, 8, 64, 64, "\x11\x11");
    unsigned char *data = malloc(start.size + SCANS * sizeof scan);

    ck_assert_ptr_nonnull(data);
    memcpy(data, start.data, start.size);
    for (size_t i = 0; i < SCANS; i++)
        memcpy(data + start.size + i * sizeof scan, scan, sizeof scan);
    *head = start.size;
    *size = start.size + SCANS * sizeof scan;
    return data;
}

/* Millions fit into a small file: they are neither counted nor mended to the last. */
START_TEST(jpeg_scans_have_a_limit)
{
    size_t head, size;
    unsigned char *data = make_many_scans(0xC2, &head, &size);
    loom_header header;

    (void)examine(LOOM_FORMAT_JPEG, data, size, &header);
    ck_assert_uint_eq(header.scans, LOOM_SCANS_COUNTED);
    free(data);

    data = make_many_scans(0xC0, &head, &size);
    loom_edits edits = {0};
    ck_assert_ptr_null(loom_jpeg_mend(data, size, &edits));
    loom_edits_release(&edits);
    ck_assert_int_eq(data[head + SCAN_SIZE - 1], 0);
    ck_assert_int_eq(data[head + LOOM_SCANS_COUNTED * SCAN_SIZE - 1], 0);
    ck_assert_int_eq(data[size - 1], 7);
    free(data);
}
END_TEST

/* A bit for each block is the least: what is shorter is cut, whatever its end looks like. */
START_TEST(a_jpeg_too_small_for_its_pixels_is_cut)
{
    static const unsigned markers[] = {0xC0, 0xC1, 0xC2, 0xC9};

    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        for (unsigned side = 8; side <= 65528; side += side < 1000 ? 8 : 5000) {
            bytes b = jpeg_frame(markers[i], 8, side, side, "\x11");
            put_scan(&b, 1);
            put(&b, "\xFF\xD9", 2);
            const uint64_t blocks = (uint64_t)(side / 8) * (side / 8);
            const bool cut = markers[i] <= 0xC2 && blocks / 8 > b.size;
            ck_assert_int_eq(check(LOOM_FORMAT_JPEG, b.data, b.size),
                             cut ? LOOM_INTEGRITY_CUT : LOOM_INTEGRITY_WHOLE);
        }
}
END_TEST

/* ---- other formats -------------------------------------------------------- */

START_TEST(other_formats_are_of_no_kind)
{
    const bytes b = jpeg_frame(0xC3, 8, 30, 20, "\x11");

    for (int format = 0; format < LOOM_FORMAT_COUNT; format++)
        if (format != LOOM_FORMAT_JPEG)
            ck_assert_str_eq(kind_of((loom_format)format, &b), "");
}
END_TEST

/* ---- sizes --------------------------------------------------------------- */

static void assert_size(loom_format format, const void *data, size_t size, uint32_t width,
                        uint32_t height)
{
    loom_header header;

    ck_assert(loom_format_header(format, (loom_bytes){data, size}, &header));
    ck_assert(header.binding);
    ck_assert_uint_eq(header.width, width);
    ck_assert_uint_eq(header.height, height);
}

static void assert_no_size(loom_format format, const void *data, size_t size)
{
    loom_header header;

    ck_assert(!loom_format_header(format, (loom_bytes){data, size}, &header));
    ck_assert(!header.binding && header.width == 0 && header.height == 0);
    ck_assert(header.format == format && header.frames == 1 && header.orientation == 1);
}

START_TEST(sizes_by_header)
{
    static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x01\x02\x03\x04\0\0\x01\0";
    static const unsigned char gif[] = "GIF89a\x34\x12\xFF\xFF";
    static const unsigned char webp[] =
        "RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x01\x02\x03\xFF\xFF\x0F";
    static const unsigned char tiff[] = "II*\0\x08\0\0\0\x02\0"
                                        "\0\x01\x03\0\x01\0\0\0\x1E\0\0\0"
                                        "\x01\x01\x03\0\x01\0\0\0\x14\0\0\0\0\0\0";

    assert_size(LOOM_FORMAT_PNG, png, 24, 0x01020304, 256);
    assert_size(LOOM_FORMAT_GIF, gif, 10, 0x1234, 65535);
    assert_size(LOOM_FORMAT_TIFF, tiff, sizeof tiff, 30, 20);
    assert_size(LOOM_FORMAT_WEBP, webp, 30, 0x030201 + 1, 0x100000);
    assert_no_size(LOOM_FORMAT_WEBP, webp, 29);
    assert_no_size(LOOM_FORMAT_PNG, png, 23);
    assert_no_size(LOOM_FORMAT_GIF, gif, 9);
    assert_no_size(LOOM_FORMAT_TIFF, tiff, 30);
    assert_no_size(LOOM_FORMAT_WEBP, png, 24);
    assert_no_size(LOOM_FORMAT_BMP, png, 24);
    assert_no_size(LOOM_FORMAT_COUNT, png, 24);
}
END_TEST

/* ---- GIF ----------------------------------------------------------------- */

#define SCREEN  "GIF89a\x02\0\x02\0\x80\0\0\0\0\0\xFF\xFF\xFF"
#define CONTROL "\x21\xF9\x04\0\x0A\0\0\0"
#define LOOP    "\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"
#define COMMENT "\x21\xFE\x02hi\0"
#define FRAME   "\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"

#define GIF_ROW(text, frames, integrity)                                                           \
    {                                                                                              \
        text, sizeof(text) - 1, frames, integrity                                                  \
    }

START_TEST(gif_frames_and_ends)
{
    static const struct {
        const char *data;
        size_t size;
        uint64_t frames;
        loom_integrity integrity;
    } rows[] = {
        GIF_ROW(SCREEN FRAME ";", 1, LOOM_INTEGRITY_WHOLE),
        GIF_ROW(SCREEN FRAME ";" FRAME, 1, LOOM_INTEGRITY_WHOLE),
        GIF_ROW(SCREEN FRAME, 1, LOOM_INTEGRITY_NO_END),
        GIF_ROW(SCREEN CONTROL FRAME, 1, LOOM_INTEGRITY_NO_END),
        GIF_ROW(SCREEN FRAME COMMENT, 1, LOOM_INTEGRITY_NO_END),
        GIF_ROW(SCREEN FRAME FRAME FRAME ";", 3, LOOM_INTEGRITY_WHOLE),
        GIF_ROW(SCREEN FRAME FRAME, 2, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN LOOP CONTROL FRAME, 1, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN CONTROL FRAME CONTROL, 1, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN, 0, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN ";", 0, LOOM_INTEGRITY_WHOLE),
        GIF_ROW(SCREEN FRAME "\x2C\0\0", 1, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN FRAME "\x2C\0\0\0\0\x01\0\x01\0\0\x02", 2, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN FRAME "\x21", 1, LOOM_INTEGRITY_CUT),
        GIF_ROW(SCREEN FRAME "\0\0\0", 1, LOOM_INTEGRITY_NO_END),
        GIF_ROW(SCREEN FRAME FRAME "\0\0\0", 2, LOOM_INTEGRITY_WHOLE), /* damaged */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const loom_bytes file = {(const unsigned char *)rows[i].data, rows[i].size};
        loom_header header;
        const loom_integrity integrity = examine(LOOM_FORMAT_GIF, file.data, file.size, &header);
        ck_assert_uint_eq(header.frames, rows[i].frames > 0 ? rows[i].frames : 1);
        ck_assert_int_eq(integrity, rows[i].integrity);
    }
}
END_TEST

/* 8x8 px, and the bit that says that there are several frames (18181-1, E.2). */
START_TEST(an_animated_jxl_is_refused)
{
    bytes still = {.size = 0}, animated = {.size = 0}, spot = {.size = 0};
    loom_header header;

    /* From the lowest bit: 1 eighths, 00000 one of them, 100 as wide; 0, 1, 000, 0, 0, 1. */
    put(&animated, "\xFF\x0A\x41\x04\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    put(&still, "\xFF\x0A\x41\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    ck_assert(
        loom_format_header(LOOM_FORMAT_JXL, (loom_bytes){animated.data, animated.size}, &header));
    ck_assert_uint_eq(header.width, 8);
    ck_assert_uint_eq(header.height, 8);
    ck_assert_str_eq(kind_of(LOOM_FORMAT_JXL, &animated), "frames: an animation");
    ck_assert_str_eq(kind_of(LOOM_FORMAT_JXL, &still), "");
    /* 8 bits, one extra channel, which is not the usual one, but 2 and 0 more. */
    put(&spot, "\xFF\x0A\x41\x04\x20\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    ck_assert_str_eq(kind_of(LOOM_FORMAT_JXL, &spot), "extra channels: a spot colour");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("unsupported");
    TCase *tests = tcase_create("headers");

    tcase_add_test(tests, jpeg_kinds);
    tcase_add_test(tests, an_animated_jxl_is_refused);
    tcase_add_test(tests, jpeg_scans_are_counted);
    tcase_add_test(tests, jpeg_scans_have_a_limit);
    tcase_add_test(tests, a_jpeg_too_small_for_its_pixels_is_cut);
    tcase_add_test(tests, other_formats_are_of_no_kind);
    tcase_add_test(tests, sizes_by_header);
    tcase_add_test(tests, gif_frames_and_ends);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
