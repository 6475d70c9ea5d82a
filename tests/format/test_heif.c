/* What is known of HEIF and AVIF files by their boxes; no sample is decoded. */
#include "format/container.h"
#include "format/heif.h"
#include "support/heif_file.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

/* One item of a type, without data, that has a size. */
static void make(heif_file *file, const char *type)
{
    *file = (heif_file){.brand = "avif"};
    file->primary = heif_file_add_item(file, type);
    heif_file_add_property(file, 1, "ispe", "\0\0\0\0\0\0\0\x40\0\0\0\x30", 12);
}

/* The bytes of a file, which it then releases. */
static loom_bytes bytes_of(heif_file *file)
{
    size_t size;

    heif_file_write(file, "made.avif");
    heif_file_release(file);
    const char *data = tmpdir_read("made.avif", &size);
    return (loom_bytes){(const unsigned char *)data, size};
}

static void release(loom_bytes file)
{
    free((void *)(uintptr_t)file.data);
}

/* Each cut of it is looked at, too. */
static const char *reason_of(heif_file *file)
{
    static char reason[LOOM_UNSUPPORTED_REASON];
    const loom_bytes bytes = bytes_of(file);

    for (size_t size = 0; size < bytes.size; size++) {
        loom_header header;
        (void)loom_format_unsupported(LOOM_FORMAT_AVIF, (loom_bytes){bytes.data, size}, reason);
        (void)loom_format_header(LOOM_FORMAT_AVIF, (loom_bytes){bytes.data, size}, &header);
    }
    reason[0] = '\0';
    const bool refused = loom_format_unsupported(LOOM_FORMAT_AVIF, bytes, reason);
    ck_assert_int_eq(refused, reason[0] != '\0');
    release(bytes);
    return reason;
}

static loom_header header_of(heif_file *file)
{
    const loom_bytes bytes = bytes_of(file);
    loom_header header;

    ck_assert(loom_format_header(LOOM_FORMAT_AVIF, bytes, &header));
    release(bytes);
    return header;
}

/* ---- kinds ---------------------------------------------------------------- */

START_TEST(codings_are_those_that_are_known)
{
    static const struct {
        const char *type, *words;
    } rows[] = {{"av01", ""},
                {"hvc1", ""},
                {"avc1", "coding: AVC"},
                {"vvc1", "coding: VVC"},
                {"jpeg", "coding: JPEG"},
                {"j2k1", "coding: JPEG 2000"},
                {"unci", "coding: uncompressed"},
                {"Exif", "coding: metadata, no picture"},
                {"abcd", "coding: \"abcd\", which is not known"},
                {"ab\x01"
                 "d",
                 "coding: number 1633812836, which is not known"}};
    heif_file file;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make(&file, rows[i].type);
        ck_assert_str_eq(reason_of(&file), rows[i].words);
    }
    make(&file, "av01");
    file.primary = 0;
    ck_assert_str_eq(reason_of(&file), ""); /* damaged */
    make(&file, "av01");
    file.primary = 7;
    ck_assert_str_eq(reason_of(&file), "");
}
END_TEST

/* A picture of `type` that is made of two items. */
static void make_derived(heif_file *file, const char *type, const char *first, const char *second)
{
    make(file, first);
    heif_file_add_item(file, second);
    file->primary = heif_file_add_item(file, type);
    heif_file_add_reference(file, "dimg", 3, 1);
    heif_file_add_reference(file, "dimg", 3, 2);
}

START_TEST(pictures_made_of_others_are_of_their_coding)
{
    static const struct {
        const char *type, *first, *second, *words;
    } rows[] = {{"grid", "av01", "av01", ""},
                {"iovl", "hvc1", "hvc1", ""},
                {"iden", "av01", "av01", ""},
                {"grid", "jpeg", "jpeg", "coding: JPEG"},
                {"grid", "av01", "hvc1", "tiles with different codings"},
                {"tmap", "av01", "av01", "derivation: a tone-mapped picture"},
                {"grid", "grid", "iden", ""}}; /* of nothing: damaged */
    heif_file file;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_derived(&file, rows[i].type, rows[i].first, rows[i].second);
        ck_assert_str_eq(reason_of(&file), rows[i].words);
    }
    make_derived(&file, "grid", "iden", "iden"); /* one of the other, in a ring */
    heif_file_add_reference(&file, "dimg", 1, 2);
    heif_file_add_reference(&file, "dimg", 2, 1);
    ck_assert_str_eq(reason_of(&file), "");
}
END_TEST

/* AV1's configuration: more than 8 bits, 12 bits, without chroma. */
static void add_av1(heif_file *file, unsigned bits, bool gray)
{
    const unsigned char content[4] = {
        0x81, 0,
        (unsigned char)((bits > 8 ? 0x40 : 0) | (bits > 10 ? 0x20 : 0) | (gray ? 0x10 : 0)), 0};

    heif_file_add_property(file, file->primary, "av1C", content, sizeof content);
}

START_TEST(matrices_and_ranges_are_those_that_are_known)
{
    static const unsigned read[] = {0, 1, 2, 4, 5, 6, 7, 9, 12};
    heif_file file;

    for (unsigned matrix = 0; matrix < 256; matrix++)
        for (int kind = 0; kind < 4; kind++) {
            const bool gray = kind > 1, full = kind % 2 == 1;
            bool known = false;
            make(&file, "av01");
            add_av1(&file, 8, gray);
            heif_file_set_codes(&file, 1, 1, 13, matrix, full);
            for (size_t i = 0; i < sizeof read / sizeof *read; i++)
                known = known || read[i] == matrix;
            const bool good = gray ? full : known && (matrix != 0 || full);
            if (matrix < 20 || matrix == 255)
                ck_assert_msg((reason_of(&file)[0] == '\0') == good, "matrix %u, kind %d", matrix,
                              kind);
            else
                heif_file_release(&file);
        }
    make(&file, "av01");
    add_av1(&file, 8, true);
    heif_file_set_codes(&file, 1, 1, 13, 6, false);
    ck_assert_str_eq(reason_of(&file), "range of gray: limited");
}
END_TEST

START_TEST(bits_are_those_that_are_known)
{
    heif_file file;

    for (unsigned more = 0; more < 8; more++) {
        unsigned char content[19] = {1};
        content[16] = 0xFD;
        content[17] = (unsigned char)(0xF8u | more);
        make(&file, "hvc1");
        heif_file_add_property(&file, 1, "hvcC", content, sizeof content);
        const char *reason = reason_of(&file);
        ck_assert_int_eq(reason[0] == '\0', more == 0 || more == 2 || more == 4);
    }
}
END_TEST

START_TEST(what_is_mirrored_has_8_bits)
{
    heif_file file;

    for (unsigned bits = 8; bits <= 12; bits += 2) {
        make(&file, "av01");
        add_av1(&file, bits, false);
        heif_file_add_property(&file, 1, "imir", "", 1);
        ck_assert_str_eq(reason_of(&file),
                         bits > 8 ? "a mirrored picture of more than 8 bits" : "");
    }
}
END_TEST

START_TEST(a_film_is_no_picture)
{
    static const char film[] = "\0\0\0\x10"
                               "ftypavis\0\0\0\0\0\0\0\x0C"
                               "moov\0\0\0";
    char reason[LOOM_UNSUPPORTED_REASON] = "";

    ck_assert(loom_format_unsupported(
        LOOM_FORMAT_AVIF, (loom_bytes){(const unsigned char *)film, sizeof film}, reason));
    ck_assert_str_eq(reason, "a video without a still picture");
}
END_TEST

/* ---- the header ----------------------------------------------------------- */

START_TEST(the_header_has_what_samples_mean)
{
    heif_file file;

    make(&file, "av01");
    loom_header header = header_of(&file);
    ck_assert_int_eq(header.colour.kind, LOOM_COLOUR_NONE);
    ck_assert(!header.premultiplied && !header.gray);
    ck_assert_uint_eq(header.coding, 0x61763031);

    make(&file, "av01");
    add_av1(&file, 10, true);
    heif_file_set_codes(&file, 1, 12, 16, 9, true);
    header = header_of(&file);
    ck_assert_int_eq(header.colour.kind, LOOM_COLOUR_CODES);
    ck_assert_uint_eq(header.colour.primaries, 12);
    ck_assert_uint_eq(header.colour.transfer, 16);
    ck_assert(header.gray && !header.colour.first);
    ck_assert_uint_eq(header.width, 64);

    make(&file, "av01"); /* beside a profile, code points say nothing */
    heif_file_set_codes(&file, 1, 12, 16, 9, true);
    heif_file_add_property(&file, 1, "colr", "rICCabc", 7);
    header = header_of(&file);
    ck_assert_int_eq(header.colour.kind, LOOM_COLOUR_NONE);
}
END_TEST

/* What another item says is not the picture's. */
START_TEST(premultiplied_is_what_the_primary_item_says)
{
    heif_file file;

    for (unsigned from = 1; from <= 2; from++) {
        make(&file, "av01");
        heif_file_add_item(&file, "av01");
        heif_file_add_reference(&file, "auxl", 2, 1);
        heif_file_add_reference(&file, "prem", from, 3 - from);
        heif_file_set_codes(&file, 2, 12, 16, 9, true);
        const loom_header header = header_of(&file);
        ck_assert_int_eq(header.premultiplied, from == 1);
        ck_assert_int_eq(header.colour.kind, LOOM_COLOUR_NONE);
    }
}
END_TEST

/* ---- alpha ---------------------------------------------------------------- */

static void add_alpha(heif_file *file)
{
    static const char name[] = "\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
    const unsigned alpha = heif_file_add_item(file, "av01");

    heif_file_add_reference(file, "auxl", alpha, 1);
    heif_file_add_property(file, alpha, "auxC", name, sizeof name);
}

START_TEST(alpha_is_turned_and_cropped_as_the_colours)
{
    static const char crops[2][32] = {{0, 0, 0, 40, 0, 0, 0, 1}, {0, 0, 0, 39, 0, 0, 0, 1}};
    heif_file file;

    for (unsigned i = 0; i < 4; i++) { /* the same; another place; none; a turn beside it */
        make(&file, "av01");
        add_alpha(&file);
        heif_file_add_property(&file, 1, "clap", crops[0], 32);
        if (i != 2)
            heif_file_add_property(&file, 2, "clap", crops[i == 1], 32);
        if (i == 3)
            heif_file_add_property(&file, 2, "irot", "\1", 1);
        ck_assert_str_eq(reason_of(&file),
                         i == 0 ? "" : "turns of alpha: different from the colours");
    }
}
END_TEST

/* ---- places --------------------------------------------------------------- */

/* Else 65,535 of them for each item, which has six bytes. */
START_TEST(extents_without_numbers_are_one)
{
    static const unsigned char box[] = {0, 0, 0, 0, 0,    0,    0, 2, /* two items */
                                        0, 1, 0, 0, 0xFF, 0xFF, 0, 2, 0, 0, 0, 3};
    const loom_bytes iloc = {box, sizeof box};
    loom_heif_extent extent;
    loom_heif_iloc walk;

    ck_assert(loom_heif_iloc_begin(&walk, iloc));
    for (uint32_t item = 1; item <= 2; item++) {
        ck_assert(loom_heif_iloc_next(&walk, &extent));
        ck_assert_uint_eq(walk.item, item);
        ck_assert(extent.at == 0 && extent.length == 0 && !extent.overflows);
    }
    ck_assert(!loom_heif_iloc_next(&walk, &extent));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("heif");
    TCase *tests = tcase_create("heif");

    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_add_test(tests, codings_are_those_that_are_known);
    tcase_add_test(tests, pictures_made_of_others_are_of_their_coding);
    tcase_add_test(tests, matrices_and_ranges_are_those_that_are_known);
    tcase_add_test(tests, bits_are_those_that_are_known);
    tcase_add_test(tests, what_is_mirrored_has_8_bits);
    tcase_add_test(tests, a_film_is_no_picture);
    tcase_add_test(tests, the_header_has_what_samples_mean);
    tcase_add_test(tests, premultiplied_is_what_the_primary_item_says);
    tcase_add_test(tests, alpha_is_turned_and_cropped_as_the_colours);
    tcase_add_test(tests, extents_without_numbers_are_one);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
