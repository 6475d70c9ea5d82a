/* EXIF that is made true of another picture: nothing moves that is not understood. */
#include "base/bytes.h"
#include "format/exif.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

enum { ORIENTATION = 0x0112, ARTIST = 0x013B, COPYRIGHT = 0x8298, WIDTH = 0x0100, HEIGHT = 0x0101 };
enum { X_SIZE = 0xA002, Y_SIZE = 0xA003, EXIF = 0x8769, GPS = 0x8825, INTEROP = 0xA005 };
enum { MAKER_NOTE = 0x927C, SUBJECT = 0x9214, COLOUR = 0xA001, UNKNOWN = 0xFDE8 };
enum { ASCII = 2, SHORT = 3, LONG = 4, UNDEFINED = 7 };

/* ---- making blocks ------------------------------------------------------- */

enum { BLOCK_MAX = 1024 };

typedef struct block {
    unsigned char bytes[BLOCK_MAX];
    size_t size;
    bool big;
} block;

typedef struct entry {
    unsigned tag, type;
    uint32_t count, value; /* a SHORT stands at the front of the field */
} entry;

static void begin(block *b, bool big, uint32_t first)
{
    memset(b, 0, sizeof *b);
    b->big = big;
    memcpy(b->bytes, big ? "MM\0*" : "II*", 4);
    loom_put32(b->bytes + 4, big, first);
    b->size = 8;
}

static void put_directory(block *b, size_t at, const entry *entries, size_t count, uint32_t link)
{
    unsigned char *p = b->bytes + at;

    loom_put16(p, b->big, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        unsigned char *e = p + 2 + 12 * i;
        loom_put16(e, b->big, entries[i].tag);
        loom_put16(e + 2, b->big, entries[i].type);
        loom_put32(e + 4, b->big, entries[i].count);
        if (entries[i].type == SHORT && entries[i].count == 1)
            loom_put16(e + 8, b->big, entries[i].value);
        else
            loom_put32(e + 8, b->big, entries[i].value);
    }
    loom_put32(p + 2 + 12 * count, b->big, link);
    b->size = b->size > at + 6 + 12 * count ? b->size : at + 6 + 12 * count;
}

static void put_bytes(block *b, size_t at, const void *bytes, size_t size)
{
    memcpy(b->bytes + at, bytes, size);
    b->size = b->size > at + size ? b->size : at + size;
}

static const char note[] = "Maker\0with offsets\1\2\3"; /* 22 bytes */
static const char thumbnail[] = "\xFF\xD8ThumbnailSecret\xFF\xD9";

enum { AT_MAIN = 400, AT_EXIF = 8, AT_INTEROP = 200, AT_NOTE = 240, AT_UNKNOWN = 264 };
enum { AT_SUBJECT = 280, AT_NAME = 290, AT_THUMBNAIL = 600, AT_SECOND = 320 };

/* As cameras and programs write it, with the main directory behind the others. */
static void make_block(block *b, bool big)
{
    const entry main[] = {{WIDTH, LONG, 1, 4000},     {HEIGHT, SHORT, 1, 3000},
                          {0x0102, SHORT, 3, 296},    {0x0103, SHORT, 1, 6},
                          {0x0106, SHORT, 1, 6},      {ORIENTATION, SHORT, 1, 6},
                          {0x0115, SHORT, 1, 3},      {ORIENTATION, LONG, 1, 8},
                          {0x0213, SHORT, 1, 2},      {ARTIST, ASCII, 11, AT_NAME},
                          {EXIF, LONG, 1, AT_EXIF},   {UNKNOWN, UNDEFINED, 12, AT_UNKNOWN},
                          {0x014A, LONG, 1, AT_EXIF}, {0xFDE9, 99, 7, 0x01020304}};
    const entry exif[] = {{0x9102, SHORT, 1, 4},
                          {SUBJECT, SHORT, 4, AT_SUBJECT},
                          {MAKER_NOTE, UNDEFINED, sizeof note, AT_NOTE},
                          {COLOUR, SHORT, 1, 2},
                          {X_SIZE, SHORT, 1, 4000},
                          {Y_SIZE, LONG, 1, 3000},
                          {INTEROP, LONG, 1, AT_INTEROP},
                          {ORIENTATION, 1, 1, 0x06060606},
                          {0xA431, ASCII, 4, 0x31323300}};
    const entry interop[] = {
        {1, ASCII, 4, 0x52303300}, {0x1001, LONG, 1, 4000}, {0x1002, SHORT, 1, 3000}};
    const entry second[] = {{0x0103, SHORT, 1, 6},
                            {0x0201, LONG, 1, AT_THUMBNAIL},
                            {0x0202, LONG, 1, sizeof thumbnail - 1}};

    begin(b, big, AT_MAIN);
    put_directory(b, AT_EXIF, exif, sizeof exif / sizeof *exif, 0);
    put_directory(b, AT_INTEROP, interop, 3, 0);
    put_bytes(b, AT_NOTE, note, sizeof note);
    put_bytes(b, AT_UNKNOWN, "do not touch", 12);
    put_bytes(b, AT_SUBJECT, "subject!", 8);
    put_bytes(b, AT_NAME, "Ann Artist", 11);
    put_directory(b, AT_SECOND, second, 3, 0);
    put_directory(b, AT_MAIN, main, sizeof main / sizeof *main, AT_SECOND);
    put_bytes(b, AT_THUMBNAIL, thumbnail, sizeof thumbnail - 1);
}

/* ---- a reader that shares nothing with ours ------------------------------ */

/* The n-th entry of the tag; NULL: there are not so many. */
static const unsigned char *find(const block *b, size_t at, unsigned tag, int n)
{
    const unsigned count = loom_get16(b->bytes + at, b->big);

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *e = b->bytes + at + 2 + 12 * (size_t)i;
        if (loom_get16(e, b->big) == tag && n-- == 0)
            return e;
    }
    return NULL;
}

static uint32_t number(const block *b, size_t at, unsigned tag)
{
    const unsigned char *e = find(b, at, tag, 0);

    ck_assert_msg(e != NULL, "tag %x", tag);
    ck_assert_ptr_null(find(b, at, tag, 1));
    ck_assert_uint_eq(loom_get32(e + 4, b->big), 1);
    if (loom_get16(e + 2, b->big) == SHORT)
        return loom_get16(e + 8, b->big);
    ck_assert_uint_eq(loom_get16(e + 2, b->big), LONG);
    return loom_get32(e + 8, b->big);
}

static bool holds(const block *b, const char *text)
{
    return memmem(b->bytes, b->size, text, strlen(text)) != NULL;
}

static loom_truth truth_of(uint32_t width, uint32_t height, int orientation)
{
    return (loom_truth){.format = LOOM_FORMAT_JPEG,
                        .width = width,
                        .height = height,
                        .was_width = 4000,
                        .was_height = 3000,
                        .orientation = orientation,
                        .same_view = true};
}

/* In memory of exactly that size, so that a sanitizer sees its end. */
static bool refresh(block *b, const loom_truth *truth)
{
    unsigned char *copy = malloc(b->size > 0 ? b->size : 1);
    size_t size = b->size;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, b->bytes, size);
    const bool made = loom_exif_refresh(copy, &size, truth);
    ck_assert_uint_le(size, b->size);
    memset(b->bytes, 0, sizeof b->bytes);
    memcpy(b->bytes, copy, size);
    b->size = size;
    free(copy);
    return made;
}

/* ---- what becomes of it -------------------------------------------------- */

START_TEST(sizes_and_orientation_are_the_output_s)
{
    block b;
    const loom_truth truth = truth_of(70000, 20, 3);

    make_block(&b, _i == 1);
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(number(&b, AT_MAIN, WIDTH), 70000);
    ck_assert_uint_eq(number(&b, AT_MAIN, HEIGHT), 20);
    ck_assert_uint_eq(number(&b, AT_MAIN, ORIENTATION), 3);
    ck_assert_uint_eq(number(&b, AT_EXIF, X_SIZE), 70000); /* was a SHORT */
    ck_assert_uint_eq(number(&b, AT_EXIF, Y_SIZE), 20);
    ck_assert_uint_eq(number(&b, AT_EXIF, ORIENTATION), 3); /* was a BYTE, where it should not be */
    ck_assert_uint_eq(number(&b, AT_INTEROP, 0x1001), 70000);
    ck_assert_uint_eq(number(&b, AT_INTEROP, 0x1002), 20);
    ck_assert_uint_eq(number(&b, AT_MAIN, 0x0213), 1);
    ck_assert_int_eq(loom_exif_orientation(b.bytes, b.size), 3);
}
END_TEST

START_TEST(claims_of_the_input_s_samples_go)
{
    static const unsigned gone[] = {0x0102, 0x0103, 0x0106, 0x0115, 0x014A};
    block b;
    const loom_truth truth = truth_of(40, 30, 1);

    make_block(&b, _i == 1);
    ck_assert(refresh(&b, &truth));
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        ck_assert_msg(find(&b, AT_MAIN, gone[i], 0) == NULL, "%x", gone[i]);
    ck_assert_ptr_null(find(&b, AT_EXIF, 0x9102, 0));
    ck_assert_ptr_null(find(&b, AT_EXIF, SUBJECT, 0));
    ck_assert(!holds(&b, "subject!"));
}
END_TEST

START_TEST(what_is_not_known_stays_where_it_is)
{
    block b, before;
    const loom_truth truth = truth_of(40, 30, 1);

    make_block(&b, _i == 1);
    before = b;
    ck_assert(refresh(&b, &truth));
    ck_assert_mem_eq(b.bytes + AT_NOTE, note, sizeof note);
    ck_assert_mem_eq(find(&b, AT_EXIF, MAKER_NOTE, 0), find(&before, AT_EXIF, MAKER_NOTE, 0), 12);
    ck_assert_mem_eq(b.bytes + AT_UNKNOWN, "do not touch", 12);
    ck_assert_mem_eq(find(&b, AT_MAIN, UNKNOWN, 0), find(&before, AT_MAIN, UNKNOWN, 0), 12);
    ck_assert_mem_eq(find(&b, AT_MAIN, 0xFDE9, 0), find(&before, AT_MAIN, 0xFDE9, 0), 12);
    ck_assert_mem_eq(find(&b, AT_MAIN, ARTIST, 0), find(&before, AT_MAIN, ARTIST, 0), 12);
    ck_assert_mem_eq(find(&b, AT_EXIF, 0xA431, 0), find(&before, AT_EXIF, 0xA431, 0), 12);
    ck_assert_uint_eq(number(&b, AT_EXIF, COLOUR), 2);
    ck_assert_uint_eq(number(&b, AT_MAIN, EXIF), AT_EXIF);
    ck_assert_uint_eq(number(&b, AT_EXIF, INTEROP), AT_INTEROP);
    ck_assert(holds(&b, "Ann Artist"));
}
END_TEST

START_TEST(the_thumbnail_is_gone)
{
    block b;
    const loom_truth truth = truth_of(40, 30, 1);

    make_block(&b, _i == 1);
    ck_assert(refresh(&b, &truth));
    ck_assert(!holds(&b, "Thumbnail"));
    ck_assert_uint_eq(b.size, AT_THUMBNAIL); /* it was the last thing */
    ck_assert_ptr_null(find(&b, AT_SECOND, 0x0201, 0));
    const unsigned entries = loom_get16(b.bytes + AT_MAIN, b.big);
    ck_assert_uint_eq(loom_get32(b.bytes + AT_MAIN + 2 + 12 * (size_t)entries, b.big), 0);

    make_block(&b, _i == 1); /* in between, and in strips, one of which is cut */
    put_bytes(&b, b.size, "more", 4);
    const entry second[] = {{0x0111, LONG, 2, 700},
                            {0x0117, SHORT, 2, b.big ? 0x000A03E8 : 0x03E8000A}};
    put_directory(&b, AT_SECOND, second, 2, 0);
    unsigned char strips[8];
    loom_put32(strips, b.big, AT_THUMBNAIL);
    loom_put32(strips + 4, b.big, AT_THUMBNAIL + 10);
    put_bytes(&b, 700, strips, 8);
    ck_assert(refresh(&b, &truth));
    ck_assert(!holds(&b, "Thumbnail") && !holds(&b, "Secret") && !holds(&b, "more"));
}
END_TEST

/* With its values, whether they lie in the directory or elsewhere; nothing else goes. */
START_TEST(the_place_is_gone_if_it_must)
{
    enum { AT_GPS = 760, AT_LATITUDE = 820 };
    const entry main[] = {{ARTIST, ASCII, 11, AT_NAME},
                          {GPS, LONG, 1, AT_GPS},
                          {EXIF, LONG, 1, AT_EXIF},
                          {GPS, LONG, 1, AT_GPS}};
    const entry gps[] = {
        {1, ASCII, 2, 0x4E4E0000}, {2, 5, 3, AT_LATITUDE}, {0x001D, ASCII, 11, AT_LATITUDE + 24}};
    block b, before;
    loom_truth truth = truth_of(40, 30, 1);

    make_block(&b, _i == 1);
    put_directory(&b, AT_MAIN, main, 4, 0);
    put_directory(&b, AT_GPS, gps, 3, 0);
    put_bytes(&b, AT_LATITUDE, "forty-eight degrees north2024:05:01\0", 36);
    put_bytes(&b, b.size, "behind", 6);
    before = b;
    ck_assert(refresh(&b, &truth));
    ck_assert(holds(&b, "forty-eight") && find(&b, AT_MAIN, GPS, 0) != NULL);
    b = before;
    truth.no_place = true;
    ck_assert(refresh(&b, &truth));
    ck_assert_ptr_null(find(&b, AT_MAIN, GPS, 0));
    ck_assert(!holds(&b, "forty") && !holds(&b, "north") && !holds(&b, "2024") && !holds(&b, "NN"));
    ck_assert(holds(&b, "Ann Artist") && holds(&b, "behind"));
    ck_assert_mem_eq(b.bytes + AT_NOTE, note, sizeof note);
    for (size_t i = AT_GPS; i < AT_GPS + 2 + 3 * 12; i++)
        ck_assert_uint_eq(b.bytes[i], 0);
}
END_TEST

/* X, Y and the unit, where they are; thousandths as a fraction. */
START_TEST(the_resolution_is_set)
{
    enum { AT_X = 300, AT_Y = 308 };
    const entry main[] = {
        {0x011A, 5, 1, AT_X}, {0x011B, 5, 1, AT_Y}, {0x0128, SHORT, 1, 3}, {ARTIST, ASCII, 2, 0}};
    block b;
    loom_truth truth = truth_of(40, 30, 1);

    begin(&b, _i == 1, 8);
    put_directory(&b, 8, main, 4, 0);
    put_bytes(&b, AT_X, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(loom_get32(b.bytes + AT_X, b.big), 0);
    truth.dpi = 300;
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(loom_get32(b.bytes + AT_X, b.big), 300000);
    ck_assert_uint_eq(loom_get32(b.bytes + AT_X + 4, b.big), 1000);
    ck_assert_uint_eq(loom_get32(b.bytes + AT_Y, b.big), 300000);
    ck_assert_uint_eq(number(&b, 8, 0x0128), 2);
    begin(&b, _i == 1, 8);
    put_directory(&b, 8, main + 2, 2, 0);
    ck_assert(!loom_exif_put_dpi(b.bytes, b.size, 300000));
}
END_TEST

START_TEST(a_part_that_is_also_something_else_is_not_erased)
{
    block b;
    const loom_truth truth = truth_of(40, 30, 1);
    const entry second[] = {{0x0201, LONG, 1, AT_NOTE - 4}, {0x0202, LONG, 1, 8}};

    make_block(&b, _i == 1);
    put_directory(&b, AT_SECOND, second, 2, 0);
    ck_assert(!refresh(&b, &truth));
}
END_TEST

START_TEST(colours_that_are_converted_are_srgb)
{
    block b;
    loom_truth truth = truth_of(40, 30, 1);

    truth.converted = true;
    make_block(&b, _i == 1);
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(number(&b, AT_EXIF, COLOUR), 1);
    ck_assert_mem_eq(find(&b, AT_INTEROP, 1, 0) + 8, "R98", 4);
}
END_TEST

START_TEST(places_stay_while_no_pixel_moves)
{
    block b;
    const loom_truth truth = truth_of(4000, 3000, 6);

    make_block(&b, _i == 1);
    ck_assert(refresh(&b, &truth));
    ck_assert_ptr_nonnull(find(&b, AT_EXIF, SUBJECT, 0));
    ck_assert_mem_eq(b.bytes + AT_SUBJECT, "subject!", 8);
}
END_TEST

START_TEST(odd_forms_are_written_anew)
{
    static const entry forms[] = {{ORIENTATION, LONG, 1, 6},
                                  {ORIENTATION, SHORT, 2, 6},
                                  {ORIENTATION, 5, 1, 100},
                                  {ORIENTATION, ASCII, 2, '6'},
                                  {ORIENTATION, SHORT, 0, 6}};
    block b;
    const loom_truth truth = truth_of(40, 30, 1);

    begin(&b, false, 8);
    put_directory(&b, 8, &forms[_i], 1, 0);
    put_bytes(&b, 100, "rational", 8);
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(number(&b, 8, ORIENTATION), 1);
}
END_TEST

START_TEST(what_cannot_be_made_true_is_refused)
{
    const entry plain[] = {{ARTIST, ASCII, 2, 'A'}}, lost[] = {{EXIF, LONG, 1, 5000}};
    const entry loop[] = {{EXIF, LONG, 1, 8}}, gps[] = {{GPS, LONG, 1, 5000}};
    block b;
    loom_truth truth = truth_of(40, 30, 6);

    begin(&b, false, 8);
    put_directory(&b, 8, plain, 1, 0);
    ck_assert(!refresh(&b, &truth)); /* there is no room for an orientation */
    truth.orientation = 1;
    begin(&b, false, 8);
    put_directory(&b, 8, lost, 1, 0);
    ck_assert(!refresh(&b, &truth));
    begin(&b, false, 8);
    put_directory(&b, 8, loop, 1, 0);
    ck_assert(!refresh(&b, &truth));
    begin(&b, false, 8);
    put_directory(&b, 8, gps, 1, 0); /* nobody can read it: it goes */
    ck_assert(refresh(&b, &truth));
    ck_assert_uint_eq(loom_le16(b.bytes + 8), 0);
    begin(&b, false, 8);
    put_directory(&b, 8, plain, 1, 0);
    loom_put16(b.bytes + 8, false, 2); /* cut */
    ck_assert(!refresh(&b, &truth));
    b.size = 0;
    ck_assert(!refresh(&b, &truth));
}
END_TEST

START_TEST(names_alone)
{
    block b;
    loom_strbuf out = LOOM_STRBUF_INIT;
    const entry main[] = {{ARTIST, ASCII, 11, 100},
                          {COPYRIGHT, ASCII, 4, _i ? 0x28632900 : 0x00296328}};

    begin(&b, _i == 1, 8);
    put_directory(&b, 8, main, 2, 0);
    put_bytes(&b, 100, "Ann Artist", 11);
    ck_assert(loom_exif_has_names(b.bytes, b.size));
    loom_exif_add_names(&out, b.bytes, b.size, 1, 0);
    begin(&b, false, 8);
    put_bytes(&b, 0, loom_strbuf_str(&out), out.size);
    ck_assert_uint_eq(loom_le16(b.bytes + 8), 3);
    ck_assert(holds(&b, "Ann Artist"));
    ck_assert_mem_eq(find(&b, 8, COPYRIGHT, 0) + 8, "(c)", 4);
    ck_assert_uint_eq(number(&b, 8, ORIENTATION), 1);
    loom_strbuf_release(&out);

    ck_assert(!loom_exif_has_names(NULL, 0));
    loom_exif_add_names(&out, NULL, 0, 8, 0);
    ck_assert_uint_eq(out.size, 8 + 2 + 12 + 4);
    ck_assert_int_eq(loom_exif_orientation((const unsigned char *)loom_strbuf_str(&out), out.size),
                     8);
    loom_strbuf_release(&out);
}
END_TEST

/* TIFF 6.0: the tags rise, the values of 8 bytes lie behind, at even offsets, X before Y. */
START_TEST(a_resolution_alone)
{
    enum { COUNT_OF = 5, BEHIND = 8 + 2 + COUNT_OF * 12 + 4 };
    static const unsigned tags[COUNT_OF] = {ORIENTATION, 0x011A, 0x011B, 0x0128, ARTIST};
    block b;
    loom_strbuf out = LOOM_STRBUF_INIT;
    const entry main[] = {{ARTIST, ASCII, 11, 100}};

    begin(&b, false, 8);
    put_directory(&b, 8, main, 1, 0);
    put_bytes(&b, 100, "Ann Artist", 11);
    loom_exif_add_names(&out, b.bytes, b.size, 1, 300);
    ck_assert_uint_eq(out.size, BEHIND + 16 + 11);
    begin(&b, false, 8);
    put_bytes(&b, 0, loom_strbuf_str(&out), out.size);
    ck_assert_uint_eq(loom_le16(b.bytes + 8), COUNT_OF);
    for (size_t i = 0; i < COUNT_OF; i++)
        ck_assert_uint_eq(loom_le16(b.bytes + 10 + i * 12), tags[i]);
    ck_assert_uint_eq(number(&b, 8, 0x0128), 2);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_uint_eq(loom_le32(find(&b, 8, 0x011A + i, 0) + 8), BEHIND + i * 8);
        ck_assert_uint_eq(loom_le32(b.bytes + BEHIND + (size_t)i * 8), 300);
        ck_assert_uint_eq(loom_le32(b.bytes + BEHIND + (size_t)i * 8 + 4), 1);
    }
    ck_assert_mem_eq(b.bytes + BEHIND + 16, "Ann Artist", 11);
    loom_strbuf_release(&out);
}
END_TEST

/* Each byte changed, each length cut: whatever is made is made of itself. */
START_TEST(any_bytes_do_no_harm)
{
    static const unsigned char values[] = {0, 1, 8, 0x7F, 0xFF};
    const loom_truth truth = truth_of(40, 30, 1);
    block whole;

    make_block(&whole, _i == 1);
    for (size_t at = 0; at < 2 * whole.size; at++)
        for (size_t v = 0; v < sizeof values; v++) {
            block b = whole;
            if (at < whole.size)
                b.bytes[at] = values[v];
            else
                b.size = at - whole.size;
            if (!refresh(&b, &truth))
                continue;
            const block once = b;
            ck_assert(refresh(&b, &truth));
            ck_assert_uint_eq(b.size, once.size);
            ck_assert_mem_eq(b.bytes, once.bytes, b.size);
            ck_assert_int_eq(loom_exif_orientation(b.bytes, b.size), 1);
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("exif");
    TCase *tests = tcase_create("exif");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, sizes_and_orientation_are_the_output_s, 0, 2);
    tcase_add_loop_test(tests, claims_of_the_input_s_samples_go, 0, 2);
    tcase_add_loop_test(tests, what_is_not_known_stays_where_it_is, 0, 2);
    tcase_add_loop_test(tests, the_thumbnail_is_gone, 0, 2);
    tcase_add_loop_test(tests, the_place_is_gone_if_it_must, 0, 2);
    tcase_add_loop_test(tests, the_resolution_is_set, 0, 2);
    tcase_add_loop_test(tests, a_part_that_is_also_something_else_is_not_erased, 0, 2);
    tcase_add_loop_test(tests, colours_that_are_converted_are_srgb, 0, 2);
    tcase_add_loop_test(tests, places_stay_while_no_pixel_moves, 0, 2);
    tcase_add_loop_test(tests, odd_forms_are_written_anew, 0, 5);
    tcase_add_test(tests, what_cannot_be_made_true_is_refused);
    tcase_add_loop_test(tests, names_alone, 0, 2);
    tcase_add_test(tests, a_resolution_alone);
    tcase_add_loop_test(tests, any_bytes_do_no_harm, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
