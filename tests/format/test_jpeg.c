/* What is read of a JPEG and of EXIF without a decoder, on bytes laid by hand. */
#include "format/container.h"
#include "format/exif.h"
#include "format/jpeg.h"
#include "format/jpeg_edit.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- bytes --------------------------------------------------------------- */

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

static void put_marker(bytes *b, unsigned marker)
{
    const unsigned char two[] = {0xFF, (unsigned char)marker};

    put(b, two, 2);
}

static void put_segment(bytes *b, unsigned marker, const void *data, size_t size)
{
    const unsigned char length[] = {(unsigned char)((size + 2) >> 8), (unsigned char)(size + 2)};

    put_marker(b, marker);
    put(b, length, 2);
    put(b, data, size);
}

/* A frame of `count` components with ids from 1, the first sampled h x v. */
static void put_frame(bytes *b, unsigned marker, unsigned count, unsigned h, unsigned v)
{
    unsigned char frame[18] = {8, 0x01, 0x02, 0x03, 0x04, (unsigned char)count};

    for (unsigned i = 0; i < count; i++) {
        frame[6 + i * 3] = (unsigned char)(1 + i);
        frame[7 + i * 3] = (unsigned char)(i == 0 ? h << 4 | v : 0x11);
    }
    put_segment(b, marker, frame, 6 + count * 3);
}

/* A scan of the components whose ids stand in `ids`, with a little entropy-coded data. */
static void put_scan(bytes *b, const char *ids, unsigned from, unsigned to)
{
    static const unsigned char coded[] = {0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56};
    unsigned char scan[16] = {(unsigned char)strlen(ids)};
    size_t n = 1;

    for (; *ids != '\0'; ids++) {
        scan[n++] = (unsigned char)(*ids - '0');
        scan[n++] = 0x00;
    }
    scan[n++] = (unsigned char)from;
    scan[n++] = (unsigned char)to;
    scan[n++] = 0;
    put_segment(b, LOOM_JPEG_SOS, scan, n);
    put(b, coded, sizeof coded);
}

static bytes start(void)
{
    bytes b = {.size = 0};

    put_marker(&b, LOOM_JPEG_SOI);
    return b;
}

/* A small EXIF block with an orientation. */
static size_t exif_block(unsigned char out[64], bool big_endian, unsigned type, unsigned value)
{
    static const unsigned char little[] = {'E', 'x', 'i',  'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0,
                                           1,   0,   0x12, 1,   3, 0, 1,   0,   0,  0, 0, 0, 0, 0};
    static const unsigned char big[] = {'E', 'x', 'i', 'f',  0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                        0,   1,   1,   0x12, 0, 3, 0,   0,   0, 1,  0, 0, 0, 0};

    memcpy(out, big_endian ? big : little, sizeof big);
    out[big_endian ? 19 : 18] = (unsigned char)type;
    out[big_endian ? (type == 4 ? 27 : 25) : 24] = (unsigned char)value;
    return sizeof big;
}

/* ---- EXIF ---------------------------------------------------------------- */

START_TEST(orientation_is_read_in_both_byte_orders)
{
    unsigned char block[64];

    for (int big = 0; big < 2; big++)
        for (unsigned type = 3; type <= 4; type++)
            for (unsigned value = 0; value <= 9; value++) {
                const size_t size = exif_block(block, big == 1, type, value);
                const int expected = value >= 1 && value <= 8 ? (int)value : 1;
                ck_assert_int_eq(loom_exif_orientation(block + 6, size - 6), expected);
            }
}
END_TEST

START_TEST(broken_exif_is_upright)
{
    unsigned char block[64];
    const size_t size = exif_block(block, false, 3, 6) - 6;

    for (size_t cut = 0; cut < size; cut++) {
        unsigned char part[64];
        memcpy(part, block + 6, cut);
        ck_assert_int_eq(loom_exif_orientation(part, cut), 1);
    }
    block[6 + 4] = 200; /* the directory lies beyond the end */
    ck_assert_int_eq(loom_exif_orientation(block + 6, size), 1);
    (void)exif_block(block, false, 3, 6);
    block[6 + 14] = 2; /* two values */
    ck_assert_int_eq(loom_exif_orientation(block + 6, size), 1);
    (void)exif_block(block, false, 2, 6); /* text */
    ck_assert_int_eq(loom_exif_orientation(block + 6, size), 1);
}
END_TEST

/* ---- the header ---------------------------------------------------------- */

START_TEST(header_tells_size_components_and_scan)
{
    static const unsigned char jfif[14] = "JFIF";
    loom_jpeg_header header;
    bytes b = start();

    put_segment(&b, LOOM_JPEG_APP0, jfif, sizeof jfif);
    put_frame(&b, LOOM_JPEG_SOF2, 3, 2, 1);
    put_scan(&b, "123", 0, 0);
    ck_assert(loom_jpeg_header_read((loom_bytes){b.data, b.size}, &header));
    ck_assert_uint_eq(header.width, 0x304);
    ck_assert_uint_eq(header.height, 0x102);
    ck_assert_uint_eq(header.frame, LOOM_JPEG_SOF2);
    ck_assert_uint_eq(header.precision, 8);
    ck_assert_uint_eq(header.count, 3);
    ck_assert_uint_eq(header.components[0].h, 2);
    ck_assert_uint_eq(header.components[0].v, 1);
    ck_assert_uint_eq(header.components[2].id, 3);
    ck_assert_uint_eq(header.scan_count, 3);
    ck_assert(header.jfif && header.adobe == -1 && header.orientation == 1);
    ck_assert(!header.metadata && header.profile == LOOM_JPEG_PROFILE_NONE);
    ck_assert(loom_jpeg_is_ordinary(&header) && loom_jpeg_is_ycc(&header));
}
END_TEST

START_TEST(header_tells_what_else_is_there)
{
    static const unsigned char adobe[12] = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
    static const char icc[] = "ICC_PROFILE\0\1\1not a profile";
    unsigned char exif[64];
    loom_jpeg_header header;
    bytes b = start();

    put_segment(&b, LOOM_JPEG_APP1, exif, exif_block(exif, true, 3, 6));
    put_segment(&b, LOOM_JPEG_APP1, exif, exif_block(exif, true, 3, 8)); /* the first one counts */
    put_segment(&b, LOOM_JPEG_APP2, icc, sizeof icc);
    put_segment(&b, LOOM_JPEG_APP14, adobe, sizeof adobe);
    put_frame(&b, LOOM_JPEG_SOF0, 3, 1, 1);
    put_scan(&b, "1", 0, 63);
    ck_assert(loom_jpeg_header_read((loom_bytes){b.data, b.size}, &header));
    ck_assert_int_eq(header.orientation, 6);
    ck_assert_int_eq(header.adobe, 0);
    ck_assert_int_eq(header.profile, LOOM_JPEG_PROFILE_OTHER);
    ck_assert_uint_eq(header.scan_count, 1);
    ck_assert(header.metadata && !header.jfif);
    ck_assert(!loom_jpeg_is_ycc(&header)); /* RGB, by Adobe's marker */
}
END_TEST

START_TEST(colour_is_told_as_libjpeg_does)
{
    loom_jpeg_header header = {.count = 3, .adobe = -1};

    for (unsigned i = 0; i < 3; i++)
        header.components[i].id = 1 + i;
    ck_assert(loom_jpeg_is_ycc(&header));
    header.components[0].id = 'R';
    ck_assert(!loom_jpeg_is_ycc(&header));
    header.adobe = 1;
    ck_assert(loom_jpeg_is_ycc(&header));
    header.adobe = 0;
    ck_assert(!loom_jpeg_is_ycc(&header));
    header.jfif = true; /* is stronger than Adobe's */
    ck_assert(loom_jpeg_is_ycc(&header));
    header.count = 4;
    ck_assert(!loom_jpeg_is_ycc(&header));
}
END_TEST

/* Of a start of any length: as much as the next step needs, and in the end the header. */
START_TEST(a_start_tells_how_much_more_the_header_needs)
{
    loom_jpeg_header header;
    size_t needed = 0, steps = 0;
    bytes b = start();

    put_segment(&b, LOOM_JPEG_APP1, "abc", 3);
    put_frame(&b, LOOM_JPEG_SOF0, 3, 2, 2);
    put_scan(&b, "123", 0, 63);
    for (size_t size = 0; size <= b.size; size++) {
        const loom_bytes start = {b.data, size};
        const size_t asked = loom_format_header_size(LOOM_FORMAT_JPEG, start);
        ck_assert_int_eq(asked <= size, loom_jpeg_header_read(start, &header));
        ck_assert_uint_le(asked, b.size);
        if (asked > size && asked != needed)
            steps++;
        needed = asked;
    }
    ck_assert_uint_gt(steps, 2);
    ck_assert_uint_lt(needed, b.size); /* without the scans */
    /* A segment that no length is of: more bytes tell no more. */
    static const unsigned char damaged[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0, 0, 0};
    ck_assert_uint_le(
        loom_format_header_size(LOOM_FORMAT_JPEG, (loom_bytes){damaged, sizeof damaged}),
        sizeof damaged);
    ck_assert_uint_eq(loom_format_header_size(LOOM_FORMAT_PNG, (loom_bytes){damaged, 5}), 5);
}
END_TEST

START_TEST(a_header_that_is_cut_or_odd_is_refused)
{
    loom_jpeg_header header;
    bytes b = start();

    put_frame(&b, LOOM_JPEG_SOF0, 3, 2, 2);
    put_scan(&b, "123", 0, 63);
    const size_t needed = b.size - 7; /* less the coded data */
    for (size_t size = 0; size < b.size; size++)
        ck_assert_int_eq(loom_jpeg_header_read((loom_bytes){b.data, size}, &header),
                         size >= needed);

    bytes twice = start();
    put_frame(&twice, LOOM_JPEG_SOF0, 3, 2, 2);
    put_frame(&twice, LOOM_JPEG_SOF0, 3, 2, 2);
    put_scan(&twice, "123", 0, 63);
    ck_assert(!loom_jpeg_header_read((loom_bytes){twice.data, twice.size}, &header));

    bytes many = start();
    unsigned char frame[21] = {8, 0, 1, 0, 1, 5};
    put_segment(&many, LOOM_JPEG_SOF0, frame, sizeof frame);
    put_scan(&many, "1", 0, 63);
    ck_assert(!loom_jpeg_header_read((loom_bytes){many.data, many.size}, &header));

    bytes sampled = start();
    put_frame(&sampled, LOOM_JPEG_SOF0, 3, 0, 2);
    put_scan(&sampled, "123", 0, 63);
    ck_assert(!loom_jpeg_header_read((loom_bytes){sampled.data, sampled.size}, &header));
}
END_TEST

START_TEST(only_huffman_with_8_bits_is_ordinary)
{
    loom_jpeg_header header = {.precision = 8};

    for (unsigned frame = LOOM_JPEG_SOF0; frame <= LOOM_JPEG_SOF15; frame++) {
        header.frame = frame;
        ck_assert_int_eq(loom_jpeg_is_ordinary(&header), frame <= LOOM_JPEG_SOF2);
    }
    header.frame = LOOM_JPEG_SOF1;
    header.precision = 12;
    ck_assert(!loom_jpeg_is_ordinary(&header));
}
END_TEST

/* ---- scans --------------------------------------------------------------- */

/* A progressive file of the scans named: "0:123" is DC of all, "1:2" AC of the second. */
static bytes progressive(const char *const *scans)
{
    static const unsigned char table[] = {0x00, 1, 2, 3};
    bytes b = start();

    put_frame(&b, LOOM_JPEG_SOF2, 3, 2, 2);
    for (; *scans != NULL; scans++) {
        put_segment(&b, LOOM_JPEG_DHT, table, sizeof table);
        put_scan(&b, *scans + 2, **scans == '0' ? 0 : 1, **scans == '0' ? 0 : 63);
    }
    put_marker(&b, LOOM_JPEG_EOI);
    return b;
}

/* The same without the scans at these places, whose tables stay. */
static bytes without(const char *const *scans, const char *dropped)
{
    static const unsigned char table[] = {0x00, 1, 2, 3};
    bytes b = start();

    put_frame(&b, LOOM_JPEG_SOF2, 3, 2, 2);
    for (int i = 0; scans[i] != NULL; i++) {
        put_segment(&b, LOOM_JPEG_DHT, table, sizeof table);
        if (strchr(dropped, '0' + i) == NULL)
            put_scan(&b, scans[i] + 2, scans[i][0] == '0' ? 0 : 1, scans[i][0] == '0' ? 0 : 63);
    }
    put_marker(&b, LOOM_JPEG_EOI);
    return b;
}

static const char *const usual[] = {"0:123", "1:1", "1:2", "1:3", "0:1", "0:2", "1:1", NULL};

START_TEST(scans_that_do_not_matter_are_taken_out)
{
    static const struct {
        loom_jpeg_need needs[LOOM_JPEG_COMPONENTS];
        const char *dropped;
    } cases[] = {
        {{LOOM_JPEG_ALL, LOOM_JPEG_ALL, LOOM_JPEG_ALL}, ""},
        {{LOOM_JPEG_DC, LOOM_JPEG_ALL, LOOM_JPEG_ALL}, "16"},
        {{LOOM_JPEG_DC, LOOM_JPEG_DC, LOOM_JPEG_DC}, "1236"},
        {{LOOM_JPEG_ALL, LOOM_JPEG_NOTHING, LOOM_JPEG_NOTHING}, "235"},
        {{LOOM_JPEG_DC, LOOM_JPEG_NOTHING, LOOM_JPEG_NOTHING}, "12356"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bytes b = progressive(usual);
        const bytes expected = without(usual, cases[i].dropped);
        size_t size = b.size;
        unsigned char *made =
            loom_jpeg_without_scans((loom_bytes){b.data, b.size}, cases[i].needs, &size);
        ck_assert_int_eq(made == NULL, cases[i].dropped[0] == '\0');
        ck_assert_uint_eq(size, expected.size);
        ck_assert_mem_eq(made != NULL ? made : b.data, expected.data, size);
        ck_assert_mem_eq(b.data, progressive(usual).data, b.size);
        free(made);
    }
}
END_TEST

START_TEST(a_file_that_is_not_well_formed_is_left_alone)
{
    static const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS] = {LOOM_JPEG_DC, LOOM_JPEG_DC,
                                                               LOOM_JPEG_DC};
    const bytes whole = progressive(usual);
    size_t left;

    for (size_t size = 0; size < whole.size; size++) { /* cut anywhere */
        bytes b = whole;
        ck_assert_ptr_null(loom_jpeg_without_scans((loom_bytes){b.data, size}, needs, &left));
    }
    bytes b = progressive(usual);
    unsigned char *last = b.data + b.size - 2 - 7 - 8; /* the last scan's length */
    ck_assert_uint_eq(last[1], 8);
    last[1] = 1;
    ck_assert_ptr_null(loom_jpeg_without_scans((loom_bytes){b.data, b.size}, needs, &left));
    last[1] = 9;
    ck_assert_ptr_null(loom_jpeg_without_scans((loom_bytes){b.data, b.size}, needs, &left));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg");
    TCase *exif = tcase_create("exif"), *header = tcase_create("header");
    TCase *scans = tcase_create("scans");

    tcase_add_test(exif, orientation_is_read_in_both_byte_orders);
    tcase_add_test(exif, broken_exif_is_upright);
    suite_add_tcase(suite, exif);

    tcase_add_test(header, header_tells_size_components_and_scan);
    tcase_add_test(header, header_tells_what_else_is_there);
    tcase_add_test(header, colour_is_told_as_libjpeg_does);
    tcase_add_test(header, a_header_that_is_cut_or_odd_is_refused);
    tcase_add_test(header, a_start_tells_how_much_more_the_header_needs);
    tcase_add_test(header, only_huffman_with_8_bits_is_ordinary);
    suite_add_tcase(suite, header);

    tcase_add_test(scans, scans_that_do_not_matter_are_taken_out);
    tcase_add_test(scans, a_file_that_is_not_well_formed_is_left_alone);
    suite_add_tcase(suite, scans);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
