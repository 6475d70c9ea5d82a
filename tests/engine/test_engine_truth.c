/* What an output keeps of EXIF and XMP is true of it, and is the input's, byte for byte, else. */
#include "base/bytes.h"
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    loom_format format;
    const char *name, *lane;
    bool progressive, exif;
} outputs[] = {{LOOM_FORMAT_JPEG, "out.jpg", "jpeg", false, true},
               {LOOM_FORMAT_JPEG, "vips.jpg", "vips", false, true},
               {LOOM_FORMAT_PNG, "out.png", NULL, false, true},
               {LOOM_FORMAT_PNG, "progressive.png", NULL, true, true},
               {LOOM_FORMAT_WEBP, "out.webp", "jpeg", false, true},
               {LOOM_FORMAT_WEBP, "vips.webp", "vips", false, true},
               {LOOM_FORMAT_AVIF, "out.avif", NULL, false, true},
               {LOOM_FORMAT_TIFF, "out.tif", NULL, false, false}};

enum { OUTPUTS = sizeof outputs / sizeof *outputs };

/* ---- an input ------------------------------------------------------------ */

enum { WIDTH_TAG = 0x100, ORIENTATION = 0x112, EXIF_IFD = 0x8769, NOTE = 0x927C, X_TAG = 0xA002 };
enum { AT_EXIF = 100, AT_NOTE = 200, NOTE_SIZE = 300 };

static void add_entry(loom_strbuf *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    sample_be16(out, tag);
    sample_be16(out, type);
    sample_be32(out, count);
    sample_be32(out, type == 3 ? value << 16 : value);
}

/* The note is such that libexif, which takes the first for Canon's, would write it anew. */
static void make_note(unsigned char note[NOTE_SIZE])
{
    for (unsigned i = 0; i < NOTE_SIZE; i++)
        note[i] = (unsigned char)(i * 7 + 3);
    loom_put16(note, true, 1);
    loom_put16(note + 2, true, 0x0006);
    loom_put16(note + 4, true, 2);
    loom_put32(note + 6, true, 40);
    loom_put32(note + 10, true, AT_NOTE + 100);
}

static void add_exif(loom_strbuf *out)
{
    unsigned char note[NOTE_SIZE];
    const size_t from = out->size;

    loom_strbuf_add(out, "MM\0*\0\0\0\10", 8);
    sample_be16(out, 6);
    add_entry(out, WIDTH_TAG, 4, 1, 60); /* as Samsung writes it */
    add_entry(out, WIDTH_TAG + 1, 4, 1, 40);
    add_entry(out, 0x10F, 2, 4, 0x43616E00); /* "Can" */
    add_entry(out, ORIENTATION, 3, 1, 6);
    add_entry(out, EXIF_IFD, 4, 1, AT_EXIF);
    add_entry(out, 0xFDE8, 7, 4, 0x01020304); /* nobody knows it */
    sample_be32(out, 0);
    while (out->size - from < AT_EXIF)
        loom_strbuf_add_char(out, 0);
    sample_be16(out, 3);
    add_entry(out, NOTE, 7, NOTE_SIZE, AT_NOTE);
    add_entry(out, X_TAG, 3, 1, 60);
    add_entry(out, X_TAG + 1, 3, 1, 40);
    sample_be32(out, 0);
    while (out->size - from < AT_NOTE)
        loom_strbuf_add_char(out, 0);
    make_note(note);
    loom_strbuf_add(out, note, sizeof note);
}

static const char xmp[] =
    "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    "xmlns:t='http://ns.adobe.com/tiff/1.0/' xmlns:g='http://ns.google.com/photos/1.0/camera/' "
    "t:Orientation='6' t:ImageWidth='60' g:MotionPhoto='1'><t:ImageLength>40</t:ImageLength>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>";

/* 60x40 px as stored, 40x60 upright. */
static void write_input(bool with_xmp)
{
    loom_strbuf segments = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;

    engine_make_jpeg("plain.jpg");
    add_exif(&exif);
    sample_exif_segment(&segments, &exif);
    if (with_xmp)
        sample_segment(&segments, 0xE1, xmp, 29, xmp + 29, sizeof xmp - 1 - 29);
    sample_segment(&segments, 0xE2, "MPF", 4, "index", 5);
    sample_insert("plain.jpg", "in.jpg", &segments);
}

/* ---- where it stands in an output ---------------------------------------- */

static loom_bytes find_in_jpeg(loom_bytes f, const char *name, size_t name_size)
{
    loom_bytes found = {NULL, 0};

    for (size_t at = 2; f.data[at + 1] != 0xDA; at += 2 + (size_t)loom_be16(f.data + at + 2))
        if (loom_bytes_equal(f, at + 4, name, name_size)) {
            ck_assert_ptr_null(found.data);
            found.data = f.data + at + 4 + name_size;
            found.size = loom_be16(f.data + at + 2) - 2 - name_size;
        }
    return found;
}

/* Chunks of PNG and WebP, the only one of its name, which must stand before or behind another. */
static loom_bytes find_chunk(loom_bytes f, const char *name, size_t skipped)
{
    const bool png = f.data[0] == 0x89;
    loom_bytes found = {NULL, 0};
    bool pixels = false;

    for (size_t at = png ? 8 : 12; at < f.size;) {
        const unsigned char *p = f.data + at;
        const size_t size = png ? loom_be32(p) : loom_le32(p + 4);
        const unsigned char *type = png ? p + 4 : p;
        pixels = pixels || memcmp(type, "IDAT", 4) == 0 || memcmp(type, "VP8", 3) == 0;
        if (memcmp(type, name, 4) == 0) {
            ck_assert_ptr_null(found.data);
            ck_assert(pixels != png);
            found = (loom_bytes){p + 8 + skipped, size - skipped};
        }
        at += png ? 12 + size : 8 + size + size % 2;
        if (memcmp(type, "VP8X", 4) == 0)
            pixels = false;
    }
    return found;
}

static loom_bytes find_box(loom_bytes in, const char *type)
{
    for (size_t at = 0; at < in.size; at += loom_be32(in.data + at))
        if (memcmp(in.data + at + 4, type, 4) == 0)
            return (loom_bytes){in.data + at + 12, loom_be32(in.data + at) - 12};
    ck_abort_msg("no %s", type);
}

/* By ISO/IEC 14496-12, 8.11, as far as files of one version are concerned. */
static loom_bytes find_item(loom_bytes f, const char *type, size_t skipped)
{
    const loom_bytes meta = find_box(f, "meta"), iinf = find_box(meta, "iinf");
    const loom_bytes iloc = find_box(meta, "iloc");
    unsigned id = 0;

    for (size_t at = 2; at < iinf.size; at += loom_be32(iinf.data + at))
        if (memcmp(iinf.data + at + 16, type, 4) == 0) {
            ck_assert_uint_eq(id, 0);
            id = loom_be16(iinf.data + at + 12);
        }
    ck_assert_uint_ne(id, 0);
    ck_assert_uint_eq(iloc.data[-4], 0); /* version */
    ck_assert_uint_eq(loom_be16(iloc.data), 0x4440);
    for (size_t i = 0; i < loom_be16(iloc.data + 2); i++) {
        const unsigned char *p = iloc.data + 4 + 18 * i;
        const size_t from = loom_be32(p + 4) + loom_be32(p + 10), size = loom_be32(p + 14);
        if (loom_be16(p) != id)
            continue;
        ck_assert_uint_eq(loom_be16(p + 2), 0);
        ck_assert_uint_eq(loom_be16(p + 8), 1);
        ck_assert(from <= f.size && size <= f.size - from);
        return (loom_bytes){f.data + from + skipped, size - skipped};
    }
    ck_abort_msg("no place of %s", type);
}

static loom_bytes find_exif(loom_format format, loom_bytes f)
{
    switch (format) {
    case LOOM_FORMAT_JPEG:
        return find_in_jpeg(f, "Exif\0", 6);
    case LOOM_FORMAT_PNG:
        return find_chunk(f, "eXIf", 0);
    case LOOM_FORMAT_WEBP:
        return find_chunk(f, "EXIF", 0);
    default:
        return find_item(f, "Exif", 4);
    }
}

static loom_bytes find_xmp(loom_format format, loom_bytes f)
{
    switch (format) {
    case LOOM_FORMAT_JPEG:
        return find_in_jpeg(f, "http://ns.adobe.com/xap/1.0/", 29);
    case LOOM_FORMAT_PNG:
        return find_chunk(f, "iTXt", 22);
    case LOOM_FORMAT_WEBP:
        return find_chunk(f, "XMP ", 0);
    case LOOM_FORMAT_AVIF:
        return find_item(f, "mime", 0);
    default: { /* TIFF, where it is the only text of its kind */
        const unsigned char *start = memmem(f.data, f.size, "<x:xmpmeta", 10);
        ck_assert_ptr_nonnull(start);
        return (loom_bytes){start, f.size - (size_t)(start - f.data)};
    }
    }
}

/* ---- running ------------------------------------------------------------- */

static loom_bytes run(int i, const char *input, loom_metadata metadata, bool auto_orient,
                      loom_result expected)
{
    engine_request request = engine_request_box(20, 0, LOOM_FIT_COVER);
    loom_bytes f;

    request.format = outputs[i].format;
    request.recipe.metadata = metadata;
    request.recipe.auto_orient = auto_orient;
    request.recipe.progressive = outputs[i].progressive;
    request.settings.lane = outputs[i].lane;
    loom_outcome outcome = engine_run_written(&request, input, outputs[i].name, expected);
    loom_outcome_release(&outcome);
    f.data = (const unsigned char *)tmpdir_read(outputs[i].name, &f.size);
    return f;
}

static void drop(loom_bytes f)
{
    free((void *)(uintptr_t)f.data);
}

static uint32_t number(loom_bytes tiff, size_t at, unsigned tag)
{
    const unsigned count = loom_be16(tiff.data + at);
    uint32_t value = 0;
    unsigned found = 0;

    for (unsigned i = 0; i < count; i++) {
        const unsigned char *e = tiff.data + at + 2 + 12 * (size_t)i;
        if (loom_be16(e) != tag)
            continue;
        value = loom_be16(e + 2) == 3 ? loom_be16(e + 8) : loom_be32(e + 8);
        found++;
    }
    ck_assert_uint_eq(found, 1);
    return value;
}

static void assert_exif(loom_bytes tiff, uint32_t width, uint32_t height, int orientation)
{
    unsigned char note[NOTE_SIZE];

    ck_assert_uint_eq(tiff.size, AT_NOTE + NOTE_SIZE);
    ck_assert_mem_eq(tiff.data, "MM\0*\0\0\0\10", 8);
    ck_assert_uint_eq(loom_be16(tiff.data + 8), 6);
    ck_assert_uint_eq(number(tiff, 8, WIDTH_TAG), width);
    ck_assert_uint_eq(number(tiff, 8, WIDTH_TAG + 1), height);
    ck_assert_uint_eq(number(tiff, 8, ORIENTATION), (unsigned)orientation);
    ck_assert_uint_eq(number(tiff, AT_EXIF, X_TAG), width);
    ck_assert_uint_eq(number(tiff, AT_EXIF, X_TAG + 1), height);
    ck_assert_uint_eq(number(tiff, 8, 0xFDE8), 0x01020304);
    ck_assert_uint_eq(number(tiff, AT_EXIF, NOTE), AT_NOTE);
    make_note(note);
    ck_assert_mem_eq(tiff.data + AT_NOTE, note, NOTE_SIZE);
}

/* ---- what is kept -------------------------------------------------------- */

START_TEST(exif_is_true_and_the_note_is_whole)
{
    if (!outputs[_i].exif || engine_codec(outputs[_i].format)->writer == NULL)
        return;
    write_input(true);
    loom_bytes f = run(_i, "in.jpg", LOOM_METADATA_ALL, true, LOOM_RESULT_OK);
    assert_exif(find_exif(outputs[_i].format, f), 20, 30, 1);
    drop(f);
}
END_TEST

START_TEST(xmp_is_true)
{
    if (engine_codec(outputs[_i].format)->writer == NULL)
        return;
    write_input(true);
    loom_bytes f = run(_i, "in.jpg", LOOM_METADATA_ALL, true,
                       outputs[_i].exif ? LOOM_RESULT_OK : LOOM_RESULT_WARNING);
    const loom_bytes found = find_xmp(outputs[_i].format, f);
    ck_assert_ptr_nonnull(memmem(found.data, found.size, "t:Orientation='1'", 17));
    ck_assert_ptr_nonnull(memmem(found.data, found.size, "t:ImageWidth='20'", 17));
    ck_assert_ptr_nonnull(memmem(found.data, found.size, ">30</t:ImageLength>", 19));
    ck_assert_ptr_null(memmem(f.data, f.size, "MotionPhoto", 11));
    ck_assert_ptr_null(memmem(f.data, f.size, "MPF", 4));
    drop(f);
}
END_TEST

START_TEST(an_orientation_that_is_not_applied_is_written)
{
    const loom_format format = outputs[_i].format;

    if (!outputs[_i].exif || engine_codec(format)->writer == NULL)
        return;
    write_input(false);
    for (int kept = 0; kept < 2; kept++) { /* AVIF's readers take no notice, which is told */
        loom_bytes f = run(_i, "in.jpg", kept ? LOOM_METADATA_ALL : LOOM_METADATA_NONE, false,
                           format == LOOM_FORMAT_AVIF ? LOOM_RESULT_WARNING : LOOM_RESULT_OK);
        const loom_bytes tiff = find_exif(format, f);
        if (kept)
            assert_exif(tiff, 20, 13, 6);
        else
            ck_assert_mem_eq(tiff.data + 8, "\1\0\22\1\3\0\1\0\0\0\6\0", 12);
        drop(f);
    }
}
END_TEST

/* A block travels through every format that keeps it, and back, without a change. */
START_TEST(blocks_come_back_the_same)
{
    if (!outputs[_i].exif || engine_codec(outputs[_i].format)->writer == NULL)
        return;
    write_input(true);
    loom_bytes first = run(_i, "in.jpg", LOOM_METADATA_ALL, true, LOOM_RESULT_OK);
    for (int i = 0; i < OUTPUTS; i++) {
        if (!outputs[i].exif || engine_codec(outputs[i].format)->writer == NULL ||
            strcmp(outputs[i].name, outputs[_i].name) == 0)
            continue;
        if (outputs[i].lane != NULL && strcmp(outputs[i].lane, "jpeg") == 0 &&
            outputs[_i].format != LOOM_FORMAT_JPEG)
            continue;
        loom_bytes f = run(i, outputs[_i].name, LOOM_METADATA_ALL, true, LOOM_RESULT_OK);
        assert_exif(find_exif(outputs[i].format, f), 20, 30, 1);
        const loom_bytes a = find_xmp(outputs[_i].format, first);
        const loom_bytes b = find_xmp(outputs[i].format, f);
        ck_assert_uint_eq(a.size, b.size);
        ck_assert_mem_eq(a.data, b.data, a.size);
        drop(f);
    }
    drop(first);
}
END_TEST

/* Both lanes write the same segments. */
START_TEST(lanes_agree)
{
    write_input(true);
    loom_bytes a = run(0, "in.jpg", LOOM_METADATA_ALL, true, LOOM_RESULT_OK);
    loom_bytes b = run(1, "in.jpg", LOOM_METADATA_ALL, true, LOOM_RESULT_OK);
    const loom_bytes exif_a = find_exif(LOOM_FORMAT_JPEG, a),
                     exif_b = find_exif(LOOM_FORMAT_JPEG, b);
    const loom_bytes xmp_a = find_xmp(LOOM_FORMAT_JPEG, a), xmp_b = find_xmp(LOOM_FORMAT_JPEG, b);

    ck_assert_uint_eq(exif_a.size, exif_b.size);
    ck_assert_mem_eq(exif_a.data, exif_b.data, exif_a.size);
    ck_assert_uint_eq(xmp_a.size, xmp_b.size);
    ck_assert_mem_eq(xmp_a.data, xmp_b.data, xmp_a.size);
    drop(a);
    drop(b);
}
END_TEST

/* What stands beside the picture changes no pixel of it. */
START_TEST(the_picture_is_the_same)
{
    if (engine_codec(outputs[_i].format)->writer == NULL)
        return;
    write_input(true);
    drop(run(_i, "in.jpg", LOOM_METADATA_NONE, true, LOOM_RESULT_OK));
    oracle_image without = engine_decode(outputs[_i].name);
    drop(run(_i, "in.jpg", LOOM_METADATA_ALL, true,
             outputs[_i].exif ? LOOM_RESULT_OK : LOOM_RESULT_WARNING));
    oracle_image with = engine_decode(outputs[_i].name);
    ck_assert(with.width == without.width && with.height == without.height &&
              with.channels == without.channels);
    for (size_t i = 0; i < (size_t)with.width * with.height * with.channels; i++)
        ck_assert_uint_eq(with.samples[i], without.samples[i]);
    oracle_release(&with);
    oracle_release(&without);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_truth");
    TCase *tests = engine_case("engine_truth");

    tcase_add_loop_test(tests, exif_is_true_and_the_note_is_whole, 0, OUTPUTS);
    tcase_add_loop_test(tests, xmp_is_true, 0, OUTPUTS);
    tcase_add_loop_test(tests, an_orientation_that_is_not_applied_is_written, 0, OUTPUTS);
    tcase_add_loop_test(tests, blocks_come_back_the_same, 0, OUTPUTS);
    tcase_add_test(tests, lanes_agree);
    tcase_add_loop_test(tests, the_picture_is_the_same, 0, OUTPUTS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
