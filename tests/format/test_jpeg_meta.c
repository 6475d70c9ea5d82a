/* Metadata from one JPEG to another: true of the output, or refused; whatever the bytes are. */
#include "base/bytes.h"
#include "format/jpeg.h"
#include "format/jpeg_meta.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

/* From its header on, with one entry: orientation 6. */
static const char tiff[] = "MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0";

static bool holds(const void *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

/* ---- segments ------------------------------------------------------------ */

static void add(loom_strbuf *out, unsigned marker, const void *data, size_t size)
{
    const unsigned char head[] = {0xFF, (unsigned char)marker, (unsigned char)((size + 2) >> 8),
                                  (unsigned char)((size + 2) & 255)};

    loom_strbuf_add(out, head, 4);
    loom_strbuf_add(out, data, size);
}

/* What ends a header: a frame of one component, and its scan. */
static void add_picture(loom_strbuf *out)
{
    add(out, 0xC0, "\x08\0\x08\0\x08\x01\x01\x11\0", 9);
    add(out, 0xDA, "\x01\x01\0\0\x3F\0", 6);
}

static const char xmp[] = "http://ns.adobe.com/xap/1.0/\0<xmpmeta/>";
static const char iptc[] = "Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\4Byli8BIM\4\14\0\0\0\0\0\4Thum";

static void add_named(loom_strbuf *out, unsigned marker, const char *name, size_t name_size,
                      const void *data, size_t size)
{
    loom_strbuf both = LOOM_STRBUF_INIT;

    loom_strbuf_add(&both, name, name_size);
    loom_strbuf_add(&both, data, size);
    add(out, marker, both.data, both.size);
    loom_strbuf_release(&both);
}

static void make_file(loom_strbuf *out)
{
    loom_strbuf_add(out, "\xFF\xD8", 2);
    add_named(out, 0xE1, "Exif\0", 6, tiff, sizeof tiff - 1);
    add(out, 0xE1, xmp, sizeof xmp - 1);
    add(out, 0xE2, "ICC_PROFILE\0\2\2 and its end", 26);
    add(out, 0xE2, "MPF\0index", 9);
    add(out, 0xE2, "ICC_PROFILE\0\1\2the profile", 25);
    add(out, 0xED, iptc, sizeof iptc - 1);
    add(out, 0xED, "Adobe_CM", 9);
    add(out, 0xFE, "CommentSecret", 13);
    add_picture(out);
    add(out, 0xE1, xmp, sizeof xmp - 1); /* no header any more */
}

static void assert_bytes(loom_bytes b, const void *expected, size_t size)
{
    ck_assert_uint_eq(b.size, size);
    ck_assert_mem_eq(b.data, expected, size);
}

/* ---- reading ------------------------------------------------------------- */

START_TEST(blocks_are_found_and_put_together)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_jpeg_meta meta;

    make_file(&file);
    ck_assert(loom_jpeg_meta_read(&meta, loom_meta_bytes(&file)));
    assert_bytes(meta.source.exif, tiff, sizeof tiff - 1);
    assert_bytes(meta.source.xmp, "<xmpmeta/>", 10);
    assert_bytes(meta.source.iptc, iptc + 14, sizeof iptc - 1 - 14);
    assert_bytes(meta.source.profile, "the profile and its end", 23);
    ck_assert(!meta.source.further);
    loom_jpeg_meta_release(&meta);
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(further_blocks_are_told_of)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_jpeg_meta meta;

    loom_strbuf_add(&file, "\xFF\xD8", 2);
    add(&file, 0xE1, xmp, sizeof xmp - 1);
    if (_i == 0)
        add(&file, 0xE1, "http://ns.adobe.com/xap/1.0/\0<other/>", 37);
    else
        add(&file, 0xE1, "http://ns.adobe.com/xmp/extension/\0GUID", 39);
    add(&file, 0xED, "Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\4By", 28); /* goes on in the next */
    add(&file, 0xED, "Photoshop 3.0\0li", 16);
    add_picture(&file);
    ck_assert(loom_jpeg_meta_read(&meta, loom_meta_bytes(&file)));
    ck_assert(meta.source.further);
    assert_bytes(meta.source.xmp, "<xmpmeta/>", 10);
    assert_bytes(meta.source.iptc, "8BIM\4\4\0\0\0\0\0\4Byli", 16);
    loom_jpeg_meta_release(&meta);
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(pieces_that_are_not_all_there_are_no_profile)
{
    static const char pieces[][3] = {"\1\2", "\2\2", "\1\0", "\0\1", "\3\2"};
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_jpeg_meta meta;

    loom_strbuf_add(&file, "\xFF\xD8", 2);
    add_named(&file, 0xE2, "ICC_PROFILE", 12, pieces[_i], 2);
    if (_i == 0) /* the same once more */
        add_named(&file, 0xE2, "ICC_PROFILE", 12, pieces[_i], 2);
    add_picture(&file);
    ck_assert(loom_jpeg_meta_read(&meta, loom_meta_bytes(&file)));
    ck_assert_uint_eq(meta.source.profile.size, 0);
    loom_jpeg_meta_release(&meta);
    loom_strbuf_release(&file);
}
END_TEST

/* ---- writing ------------------------------------------------------------- */

static const loom_truth truth = {
    .format = LOOM_FORMAT_JPEG, .width = 30, .height = 20, .orientation = 1};

/* Checks that segments are whole; their markers as letters. */
static void read_markers(const loom_strbuf *out, size_t from, char *found, size_t room)
{
    size_t count = 0;

    for (size_t at = from; at < out->size;) {
        const unsigned char *p = (const unsigned char *)out->data + at;
        ck_assert_uint_ge(out->size - at, 4);
        ck_assert_uint_eq(p[0], 0xFF);
        ck_assert_uint_lt(count + 1, room);
        found[count++] = (char)(p[1] - 0xE0 + 'a');
        at += 2 + (size_t)loom_be16(p + 2);
        ck_assert_uint_le(at, out->size);
    }
    found[count] = '\0';
}

static void assert_segments(loom_metadata kept, bool profile, const char *markers)
{
    loom_strbuf file = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    loom_jpeg_meta input;
    loom_meta meta;
    char found[8];

    make_file(&file);
    ck_assert(loom_jpeg_meta_read(&input, loom_meta_bytes(&file)));
    ck_assert(loom_meta_make(&meta, &input.source, kept, profile, &truth));
    ck_assert_uint_eq(meta.warning_count, 0);
    ck_assert(loom_jpeg_meta_add(&meta, &out));
    read_markers(&out, 0, found, sizeof found);
    ck_assert_str_eq(found, markers);
    ck_assert(!holds(loom_strbuf_str(&out), out.size, "Thum"));
    ck_assert(!holds(loom_strbuf_str(&out), out.size, "Secret"));
    ck_assert_int_eq(holds(loom_strbuf_str(&out), out.size, "Byli"), kept == LOOM_METADATA_ALL);
    ck_assert_int_eq(holds(loom_strbuf_str(&out), out.size, "\1\1the profile and its end"),
                     profile);
    loom_meta_release(&meta);
    loom_jpeg_meta_release(&input);
    loom_strbuf_release(&file);
    loom_strbuf_release(&out);
}

START_TEST(what_is_asked_for_is_kept)
{
    assert_segments(LOOM_METADATA_NONE, false, "");
    assert_segments(LOOM_METADATA_NONE, true, "c");
    assert_segments(LOOM_METADATA_COPYRIGHT, false, ""); /* there are no names */
    assert_segments(LOOM_METADATA_ALL, false, "bbn");
    assert_segments(LOOM_METADATA_ALL, true, "bbcn");
}
END_TEST

/* A profile in as many segments as it takes, resources likewise, behind JFIF's. */
START_TEST(long_blocks_are_split)
{
    enum { SIZE = 150000 };
    unsigned char *profile = malloc(SIZE);
    loom_strbuf file = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    loom_meta meta = {.profile = {profile, SIZE}};
    loom_jpeg_meta input;
    loom_jpeg_header header;

    ck_assert_ptr_nonnull(profile);
    for (size_t i = 0; i < SIZE; i++)
        profile[i] = (unsigned char)(i * 31 >> 4);
    loom_strbuf_add(&meta.iptc, profile, SIZE);
    loom_strbuf_add(&file, "\xFF\xD8", 2);
    if (_i == 0)
        add(&file, 0xE0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
    add_picture(&file);
    ck_assert(loom_jpeg_meta_insert(loom_meta_bytes(&file), &meta, &out));
    ck_assert_uint_eq((unsigned char)out.data[3], _i == 0 ? 0xE0 : 0xE2);
    ck_assert(loom_jpeg_header_read(loom_meta_bytes(&out), &header));
    ck_assert(loom_jpeg_meta_read(&input, loom_meta_bytes(&out)));
    assert_bytes(input.source.profile, profile, SIZE);
    assert_bytes(input.source.iptc, profile, SIZE);
    loom_jpeg_meta_release(&input);
    loom_meta_release(&meta);
    loom_strbuf_release(&file);
    loom_strbuf_release(&out);
    free(profile);
}
END_TEST

START_TEST(what_is_too_long_for_a_segment_is_told)
{
    loom_strbuf long_xmp = LOOM_STRBUF_INIT, long_exif = LOOM_STRBUF_INIT;
    loom_meta meta;

    loom_strbuf_add_str(&long_xmp, "<a>");
    loom_strbuf_add(&long_exif, tiff, sizeof tiff - 1);
    while (long_xmp.size < 65533)
        loom_strbuf_add_char(&long_xmp, ' ');
    while (long_exif.size < 65533)
        loom_strbuf_add_char(&long_exif, ' ');
    loom_strbuf_add_str(&long_xmp, "</a>");
    const loom_meta_source source = {.exif = loom_meta_bytes(&long_exif),
                                     .xmp = loom_meta_bytes(&long_xmp)};
    ck_assert(loom_meta_make(&meta, &source, LOOM_METADATA_ALL, false, &truth));
    ck_assert_uint_eq(meta.warning_count, 2);
    ck_assert_uint_eq(meta.exif.size + meta.xmp.size, 0);
    loom_meta_release(&meta);
    loom_strbuf_release(&long_xmp);
    loom_strbuf_release(&long_exif);
}
END_TEST

/* Each byte changed, each length cut: nothing but whole segments comes out. */
START_TEST(any_bytes_do_no_harm)
{
    static const unsigned char values[] = {0, 1, 0x7F, 0x80, 0xFF};
    loom_strbuf file = LOOM_STRBUF_INIT;

    make_file(&file);
    for (size_t at = 0; at < 2 * file.size; at++)
        for (size_t v = 0; v < sizeof values; v++) {
            const size_t size = at < file.size ? file.size : at - file.size;
            unsigned char *copy =
                malloc(size > 0 ? size : 1); /* so that a sanitizer sees its end */
            loom_strbuf out = LOOM_STRBUF_INIT;
            loom_jpeg_meta input;
            loom_meta meta;
            char found[8];
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, file.data, size);
            if (at < file.size)
                copy[at] = values[v];
            ck_assert(loom_jpeg_meta_read(&input, (loom_bytes){copy, size}));
            ck_assert(loom_meta_make(&meta, &input.source,
                                     v % 2 ? LOOM_METADATA_ALL : LOOM_METADATA_COPYRIGHT, true,
                                     &truth));
            ck_assert(loom_jpeg_meta_add(&meta, &out));
            read_markers(&out, 0, found, sizeof found);
            loom_meta_release(&meta);
            loom_jpeg_meta_release(&input);
            loom_strbuf_release(&out);
            free(copy);
        }
    loom_strbuf_release(&file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_meta");
    TCase *tests = tcase_create("jpeg_meta");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, blocks_are_found_and_put_together);
    tcase_add_loop_test(tests, further_blocks_are_told_of, 0, 2);
    tcase_add_loop_test(tests, pieces_that_are_not_all_there_are_no_profile, 0, 5);
    tcase_add_test(tests, what_is_asked_for_is_kept);
    tcase_add_loop_test(tests, long_blocks_are_split, 0, 2);
    tcase_add_test(tests, what_is_too_long_for_a_segment_is_told);
    tcase_add_test(tests, any_bytes_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
