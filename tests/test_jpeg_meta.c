/* Metadata from one JPEG to another: true of the output, or refused; whatever the bytes are. */
#include "base/bytes.h"
#include "format/exif.h"
#include "format/jpeg_edit.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

enum { ORIENTATION = 0x0112, ARTIST = 0x013B, COPYRIGHT = 0x8298, WIDTH_TAG = 0xA002 };
enum { MAIN = 8, NAMES = 100, EXIF = 140, THUMBNAIL_TABLE = 180, THUMBNAIL = 220, TIFF = 236 };

static void put_entry(unsigned char *p, bool big, unsigned tag, unsigned type, uint32_t count,
                      uint32_t value)
{
    loom_put16(p, big, tag);
    loom_put16(p + 2, big, type);
    loom_put32(p + 4, big, count);
    if (type == 3)
        loom_put16(p + 8, big, value);
    else
        loom_put32(p + 8, big, value);
}

/* Orientation 6, both names, 4000x3000 px, and a thumbnail at the end. */
static void make_tiff(unsigned char tiff[TIFF], bool big)
{
    memset(tiff, 0, TIFF);
    memcpy(tiff, big ? "MM\0*" : "II*", 4);
    loom_put32(tiff + 4, big, MAIN);
    loom_put16(tiff + MAIN, big, 4);
    put_entry(tiff + MAIN + 2, big, ORIENTATION, 3, 1, 6);
    put_entry(tiff + MAIN + 14, big, ARTIST, 2, 11, NAMES);
    put_entry(tiff + MAIN + 26, big, COPYRIGHT, 2, 13, NAMES + 16);
    put_entry(tiff + MAIN + 38, big, 0x8769, 4, 1, EXIF);
    loom_put32(tiff + MAIN + 50, big, THUMBNAIL_TABLE);
    memcpy(tiff + NAMES, "Ann Artist", 11);
    memcpy(tiff + NAMES + 16, "(c) Somebody", 13);
    loom_put16(tiff + EXIF, big, 2);
    put_entry(tiff + EXIF + 2, big, WIDTH_TAG, 4, 1, 4000);
    put_entry(tiff + EXIF + 14, big, WIDTH_TAG + 1, 3, 1, 3000);
    loom_put16(tiff + THUMBNAIL_TABLE, big, 2);
    put_entry(tiff + THUMBNAIL_TABLE + 2, big, 0x0201, 4, 1, THUMBNAIL);
    put_entry(tiff + THUMBNAIL_TABLE + 14, big, 0x0202, 4, 1, TIFF - THUMBNAIL);
    memcpy(tiff + THUMBNAIL, "ThumbnailSecret!", TIFF - THUMBNAIL);
}

static bool holds(const void *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

/* ---- EXIF ---------------------------------------------------------------- */

START_TEST(exif_becomes_true)
{
    const bool big = _i == 1;
    unsigned char tiff[TIFF];
    size_t size = TIFF;

    make_tiff(tiff, big);
    ck_assert_int_eq(loom_exif_orientation(tiff, size), 6);
    ck_assert(loom_exif_refresh(tiff, &size, 3, 320, 240));
    ck_assert_uint_eq(size, THUMBNAIL);
    ck_assert(!holds(tiff, TIFF, "Thumbnail"));
    ck_assert_uint_eq(loom_get32(tiff + MAIN + 50, big), 0);
    ck_assert_int_eq(loom_exif_orientation(tiff, size), 3);
    ck_assert_uint_eq(loom_get32(tiff + EXIF + 10, big), 320);
    ck_assert_uint_eq(loom_get16(tiff + EXIF + 22, big), 240);
    ck_assert(holds(tiff, size, "Ann Artist"));
}
END_TEST

START_TEST(a_thumbnail_in_between_is_blanked)
{
    unsigned char tiff[TIFF + 4];
    size_t size = TIFF + 4;

    make_tiff(tiff, false);
    memcpy(tiff + TIFF, "more", 4);
    ck_assert(loom_exif_refresh(tiff, &size, 1, 1, 1));
    ck_assert_uint_eq(size, TIFF + 4);
    ck_assert(!holds(tiff, size, "Thumbnail"));
    ck_assert(holds(tiff, size, "more"));
}
END_TEST

START_TEST(what_cannot_be_made_true_is_refused)
{
    unsigned char tiff[TIFF];
    size_t size = TIFF;

    make_tiff(tiff, false);
    ck_assert(!loom_exif_refresh(tiff, &size, 1, 10, 70000)); /* a SHORT */
    make_tiff(tiff, false);
    loom_put32(tiff + THUMBNAIL_TABLE + 10, false, TIFF - 1); /* reaches over the end */
    ck_assert(!loom_exif_refresh(tiff, &size, 1, 10, 10));
    make_tiff(tiff, false);
    loom_put16(tiff + THUMBNAIL_TABLE + 2, false, 0x0111); /* not a JPEG */
    ck_assert(!loom_exif_refresh(tiff, &size, 1, 10, 10));
    make_tiff(tiff, false);
    loom_put16(tiff + MAIN + 2, false, ORIENTATION - 1);
    ck_assert(!loom_exif_refresh(tiff, &size, 6, 10, 10)); /* there is no room for it */
    size = 0;
    ck_assert(!loom_exif_refresh(tiff, &size, 1, 10, 10));
}
END_TEST

START_TEST(names_alone)
{
    unsigned char tiff[TIFF];
    loom_strbuf out = LOOM_STRBUF_INIT;

    make_tiff(tiff, _i == 1);
    ck_assert(loom_exif_has_names(tiff, TIFF));
    loom_exif_add_names(&out, tiff, TIFF, 1);
    const unsigned char *made = (const unsigned char *)loom_strbuf_str(&out);
    ck_assert(holds(made, out.size, "Ann Artist") && holds(made, out.size, "(c) Somebody"));
    ck_assert_uint_eq(loom_le16(made + MAIN), 3);
    ck_assert_uint_eq(out.size, MAIN + 2 + 3 * 12 + 4 + 11 + 13);
    ck_assert_uint_eq(loom_le32(made + MAIN + 2 + 12 + 8), MAIN + 2 + 3 * 12 + 4);
    ck_assert_uint_eq(loom_le32(made + MAIN + 2 + 24 + 8), MAIN + 2 + 3 * 12 + 4 + 11);
    ck_assert_int_eq(loom_exif_orientation(made, out.size), 1);
    ck_assert(loom_exif_has_names(made, out.size));
    loom_strbuf_release(&out);

    ck_assert(!loom_exif_has_names(NULL, 0));
    loom_exif_add_names(&out, NULL, 0, 8);
    made = (const unsigned char *)loom_strbuf_str(&out);
    ck_assert_uint_eq(out.size, MAIN + 2 + 12 + 4);
    ck_assert_int_eq(loom_exif_orientation(made, out.size), 8);
    loom_strbuf_release(&out);
}
END_TEST

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

static const char xmp[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>";
static const char iptc[] = "Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\4Byli8BIM\4\14\0\0\0\0\0\4Thum";

static void make_file(loom_strbuf *out)
{
    unsigned char exif[6 + TIFF] = "Exif\0", profile[14 + 128] = "ICC_PROFILE\0\1\1";

    make_tiff(exif + 6, false);
    memcpy(profile + 14 + 16, "RGB ", 4);
    memcpy(profile + 14 + 36, "acsp", 4);
    loom_strbuf_add(out, "\xFF\xD8", 2);
    add(out, 0xE1, exif, sizeof exif);
    add(out, 0xE1, xmp, sizeof xmp - 1);
    add(out, 0xE2, profile, sizeof profile);
    add(out, 0xED, iptc, sizeof iptc - 1);
    add(out, 0xED, "Adobe_CM", 9);
    add(out, 0xFE, "CommentSecret", 13);
    add_picture(out);
    add(out, 0xE1, xmp, sizeof xmp - 1); /* no header any more */
}

static bool read_header(const void *data, size_t size, loom_jpeg_header *header)
{
    return loom_jpeg_header_read((loom_bytes){data, size}, header);
}

static void assert_segments(loom_metadata kept, bool profile, const char *markers)
{
    loom_strbuf file = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    loom_jpeg_header header;
    char found[8] = "";
    size_t count = 0;

    make_file(&file);
    ck_assert(read_header(file.data, file.size, &header));
    ck_assert(!header.meta.several);
    ck_assert(loom_jpeg_meta_suits(&header.meta, 3) && !loom_jpeg_meta_suits(&header.meta, 1));
    ck_assert(loom_jpeg_meta_add(&header.meta, kept, profile, 1, 30, 20, &out));
    for (size_t at = 0; at < out.size;) {
        const unsigned char *p = (const unsigned char *)out.data + at;
        ck_assert_uint_eq(p[0], 0xFF);
        found[count++] = (char)(p[1] - 0xE0 + 'a');
        at += 2 + (size_t)loom_be16(p + 2);
    }
    ck_assert_str_eq(found, markers);
    ck_assert(!holds(loom_strbuf_str(&out), out.size, "Thum"));
    ck_assert(!holds(loom_strbuf_str(&out), out.size, "Secret"));
    ck_assert_int_eq(holds(loom_strbuf_str(&out), out.size, "Byli"), kept == LOOM_METADATA_ALL);
    loom_strbuf_release(&file);
    loom_strbuf_release(&out);
}

START_TEST(what_is_asked_for_is_kept)
{
    assert_segments(LOOM_METADATA_NONE, false, "");
    assert_segments(LOOM_METADATA_NONE, true, "c");
    assert_segments(LOOM_METADATA_COPYRIGHT, false, "b");
    assert_segments(LOOM_METADATA_ALL, false, "bbn");
    assert_segments(LOOM_METADATA_ALL, true, "bbcn");
}
END_TEST

START_TEST(parts_of_a_whole_are_not_put_together)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_jpeg_header header;

    loom_strbuf_add(&file, "\xFF\xD8", 2);
    for (int i = 0; i < 2; i++)
        add(&file, 0xE2, "ICC_PROFILE\0\1\2", 14);
    add_picture(&file);
    ck_assert(read_header(file.data, file.size, &header));
    ck_assert(header.meta.several);
    ck_assert(!loom_jpeg_meta_suits(&header.meta, 3));
    loom_strbuf_release(&file);
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
            loom_jpeg_header header;
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, file.data, size);
            if (at < file.size)
                copy[at] = values[v];
            const bool known = read_header(copy, size, &header);
            if (known)
                (void)loom_jpeg_meta_suits(&header.meta, 3);
            if (known && !header.meta.several &&
                loom_jpeg_meta_add(&header.meta,
                                   v % 2 ? LOOM_METADATA_ALL : LOOM_METADATA_COPYRIGHT, true, 1, 30,
                                   20, &out))
                for (size_t i = 0; i < out.size;) {
                    ck_assert_uint_ge(out.size - i, 4);
                    i += 2 + (size_t)loom_be16((const unsigned char *)out.data + i + 2);
                    ck_assert_uint_le(i, out.size);
                }
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
    tcase_add_loop_test(tests, exif_becomes_true, 0, 2);
    tcase_add_test(tests, a_thumbnail_in_between_is_blanked);
    tcase_add_test(tests, what_cannot_be_made_true_is_refused);
    tcase_add_loop_test(tests, names_alone, 0, 2);
    tcase_add_test(tests, what_is_asked_for_is_kept);
    tcase_add_test(tests, parts_of_a_whole_are_not_put_together);
    tcase_add_test(tests, any_bytes_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
