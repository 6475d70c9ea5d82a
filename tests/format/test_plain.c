/*
 * Which files hold nothing but one picture and known metadata, so that they may stand for an
 * output: every part that is not known to be harmless is refused.
 */
#include "format/container.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <string.h>

/* A file of the test data, from which tests make others. */
static loom_strbuf take(const char *name)
{
    char path[400];
    loom_strbuf file = LOOM_STRBUF_INIT;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", getenv("TESTDATA"), name);
    char *data = tmpdir_read(path, &size);
    loom_strbuf_add(&file, data, size);
    free(data);
    return file;
}

/* Puts bytes into a file. */
static void put(loom_strbuf *file, size_t at, const loom_strbuf *bytes)
{
    loom_strbuf made = LOOM_STRBUF_INIT;

    ck_assert_uint_le(at, file->size);
    loom_strbuf_add(&made, file->data, at);
    loom_strbuf_add(&made, bytes->data, bytes->size);
    loom_strbuf_add(&made, file->data + at, file->size - at);
    loom_strbuf_release(file);
    *file = made;
}

static bool is_plain(loom_format format, const loom_strbuf *file, loom_meta_source *source)
{
    return loom_container_of(format)->plain(loom_meta_bytes(file), source);
}

/* Of the two, the block of one kind is this text; all others are missing. */
static void assert_block(loom_bytes block, const char *text)
{
    ck_assert_uint_eq(block.size, text != NULL ? strlen(text) : 0);
    if (text != NULL)
        ck_assert_mem_eq(block.data, text, block.size);
}

static void assert_blocks(const loom_meta_source *source, const char *exif, const char *xmp,
                          const char *iptc, const char *profile)
{
    assert_block(source->exif, exif);
    assert_block(source->xmp, xmp);
    assert_block(source->iptc, iptc);
    assert_block(source->profile, profile);
}

/* ---- JPEG ---------------------------------------------------------------- */

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
    unsigned marker;
    const char *prefix;
    size_t size;
    const char *exif, *xmp, *iptc, *profile; /* NULL: none */
    bool plain, twice;
} segments[] = {
    {0xE1, BYTES("Exif\0\0MM"), .exif = "MM", .plain = true},
    {0xE1, BYTES("http://ns.adobe.com/xap/1.0/\0<x/>"), .xmp = "<x/>", .plain = true},
    {0xED, BYTES("Photoshop 3.0\0008BIM"), .iptc = "8BIM", .plain = true},
    {0xE2, BYTES("ICC_PROFILE\0\1\1icc"), .profile = "icc", .plain = true},
    {0xE2, BYTES("ICC_PROFILE\0\1\2icc"), .plain = false},
    {0xE1, BYTES("Exif\0\0MM"), .twice = true},
    {0xED, BYTES("Photoshop 3.0\0008BIM"), .twice = true},
    {0xE1, BYTES("http://ns.adobe.com/xmp/extension/\0x"), .plain = false},
    {0xE1, BYTES("other"), .plain = false},
    {0xE2, BYTES("MPF\0x"), .plain = false},
    {0xE0, BYTES("JFXX\0\x13"), .plain = false},
    {0xE0, BYTES("JFIF\0\1\1\0\0\1\0\1\1\1rgb"), .plain = false}, /* a thumbnail */
    {0xE5, BYTES("x"), .plain = false},
    {0xED, BYTES("Adobe_CM"), .plain = false},
    {0xFE, BYTES("a comment"), .plain = false},
};

START_TEST(segments_of_a_jpeg)
{
    loom_strbuf file = take("photos/scene-1.jpg"), more = LOOM_STRBUF_INIT;
    loom_meta_source source;

    ck_assert(is_plain(LOOM_FORMAT_JPEG, &file, &source));
    assert_blocks(&source, NULL, NULL, NULL, NULL);
    for (int i = 0; i <= segments[_i].twice; i++)
        sample_segment(&more, segments[_i].marker, "", 0, segments[_i].prefix, segments[_i].size);
    put(&file, 2, &more);
    ck_assert_int_eq(is_plain(LOOM_FORMAT_JPEG, &file, &source), segments[_i].plain);
    if (segments[_i].plain)
        assert_blocks(&source, segments[_i].exif, segments[_i].xmp, segments[_i].iptc,
                      segments[_i].profile);
    loom_strbuf_release(&more);
    loom_strbuf_release(&file);
}
END_TEST

/* A film behind a photograph, a file that is cut, inks: none of it is plain. */
START_TEST(jpegs_that_are_more_or_less)
{
    loom_strbuf file = take("photos/scene-1.jpg"), inks = take("photos/cmyk.jpg");
    loom_meta_source source;

    ck_assert(!is_plain(LOOM_FORMAT_JPEG, &inks, &source));
    loom_strbuf_add_char(&file, 0);
    ck_assert(!is_plain(LOOM_FORMAT_JPEG, &file, &source));
    for (size_t size = file.size - 3; size > 0; size = size * 3 / 4) {
        loom_strbuf_truncate(&file, size);
        ck_assert(!is_plain(LOOM_FORMAT_JPEG, &file, &source));
    }
    loom_strbuf_release(&inks);
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(other_kinds_of_jpeg)
{
    static const char *const names[] = {"photos/gray.jpg", "tiny/1x1.jpg"};
    loom_meta_source source;

    for (size_t i = 0; i < COUNT(names); i++) {
        loom_strbuf file = take(names[i]);
        ck_assert_msg(is_plain(LOOM_FORMAT_JPEG, &file, &source), "%s", names[i]);
        loom_strbuf_release(&file);
    }
}
END_TEST

/* ---- PNG ----------------------------------------------------------------- */

enum { BEHIND_IHDR = 33 };

static const struct {
    const char *type, *data;
    size_t size;
    const char *exif, *xmp;
    bool plain, twice;
} chunks[] = {
    {"eXIf", BYTES("MM"), .exif = "MM", .plain = true},
    {"iTXt", BYTES("XML:com.adobe.xmp\0\0\0\0\0<x/>"), .xmp = "<x/>", .plain = true},
    {"sRGB", BYTES("\0"), .plain = true},
    {"pHYs", BYTES("\0\0\0\1\0\0\0\1\1"), .plain = true},
    {"eXIf", BYTES("MM"), .twice = true},
    {"gAMA", BYTES("\0\1\x86\xA0"), .plain = false}, /* linear light: colours are converted */
    {"cICP", BYTES("\x0C\x0D\0\1"), .plain = false},
    {"iCCP", BYTES("icc\0\0x"), .plain = false},
    {"iTXt", BYTES("Comment\0\0\0\0\0x"), .plain = false},
    {"tEXt", BYTES("Comment\0x"), .plain = false},
    {"tIME", BYTES("\x07\xE8\1\1\0\0\0"), .plain = false},
    {"acTL", BYTES("\0\0\0\2\0\0\0\0"), .plain = false},
    {"juNk", BYTES("x"), .plain = false},
};

START_TEST(chunks_of_a_png)
{
    loom_strbuf file = take("formats/quadrants.png"), chunk = LOOM_STRBUF_INIT,
                data = LOOM_STRBUF_INIT;
    loom_meta_source source;

    ck_assert(is_plain(LOOM_FORMAT_PNG, &file, &source));
    loom_strbuf_add(&data, chunks[_i].data, chunks[_i].size);
    for (int i = 0; i <= chunks[_i].twice; i++)
        sample_chunk(&chunk, chunks[_i].type, &data);
    put(&file, BEHIND_IHDR, &chunk);
    ck_assert_int_eq(is_plain(LOOM_FORMAT_PNG, &file, &source), chunks[_i].plain);
    if (chunks[_i].plain)
        assert_blocks(&source, chunks[_i].exif, chunks[_i].xmp, NULL, NULL);
    loom_strbuf_add_char(&file, 0); /* behind its end */
    ck_assert(!is_plain(LOOM_FORMAT_PNG, &file, &source));
    loom_strbuf_truncate(&file, file.size - 2);
    ck_assert(!is_plain(LOOM_FORMAT_PNG, &file, &source));
    loom_strbuf_release(&data);
    loom_strbuf_release(&chunk);
    loom_strbuf_release(&file);
}
END_TEST

/* ---- WebP ---------------------------------------------------------------- */

static void add_chunk(loom_strbuf *out, const char *type, const char *data, size_t size)
{
    loom_strbuf_add(out, type, 4);
    sample_le32(out, (uint32_t)size);
    loom_strbuf_add(out, data, size);
    if (size % 2 == 1)
        loom_strbuf_add_char(out, 0);
}

/* A WebP with an extended header of these flags, and another chunk behind its picture. */
static loom_strbuf make_webp(unsigned flags, const char *type, const char *data, size_t size)
{
    loom_strbuf made = LOOM_STRBUF_INIT;
    const char header[10] = {(char)flags, 0, 0, 0, 119, 0, 0, 79, 0, 0};

    loom_strbuf_add(&made, "RIFF\0\0\0\0WEBP", 12);
    add_chunk(&made, "VP8X", header, sizeof header);
    add_chunk(&made, "VP8L", "picture", 7);
    add_chunk(&made, type, data, size);
    loom_put32((unsigned char *)made.data + 4, false, (uint32_t)(made.size - 8));
    return made;
}

static const struct {
    unsigned flags;
    const char *type;
    const char *exif, *xmp, *profile;
    bool plain;
} parts[] = {
    {0x08, "EXIF", .exif = "some", .plain = true},
    {0x04, "XMP ", .xmp = "some", .plain = true},
    {0x20, "ICCP", .profile = "some", .plain = true},
    {0x10, "ALPH", .plain = true},
    {0x02, "ANIM", .plain = false},
    {0x02, "ALPH", .plain = false}, /* the flag of an animation alone */
    {0x00, "ANMF", .plain = false},
    {0x00, "junk", .plain = false},
};

START_TEST(chunks_of_a_webp)
{
    loom_strbuf file = make_webp(parts[_i].flags, parts[_i].type, "some", 4);
    loom_meta_source source;

    ck_assert_int_eq(is_plain(LOOM_FORMAT_WEBP, &file, &source), parts[_i].plain);
    if (parts[_i].plain)
        assert_blocks(&source, parts[_i].exif, parts[_i].xmp, NULL, parts[_i].profile);
    loom_strbuf_add_char(&file, 0);
    ck_assert(!is_plain(LOOM_FORMAT_WEBP, &file, &source));
    loom_strbuf_truncate(&file, file.size - 2);
    ck_assert(!is_plain(LOOM_FORMAT_WEBP, &file, &source));
    loom_strbuf_release(&file);
    file = take("formats/quadrants-alpha.webp");
    ck_assert(is_plain(LOOM_FORMAT_WEBP, &file, &source));
    loom_strbuf_release(&file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plain");
    TCase *tests = tcase_create("plain");

    tcase_add_loop_test(tests, segments_of_a_jpeg, 0, (int)COUNT(segments));
    tcase_add_test(tests, jpegs_that_are_more_or_less);
    tcase_add_test(tests, other_kinds_of_jpeg);
    tcase_add_loop_test(tests, chunks_of_a_png, 0, (int)COUNT(chunks));
    tcase_add_loop_test(tests, chunks_of_a_webp, 0, (int)COUNT(parts));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
