#include "support/suite.h"

#include "format/container.h"
#include <imgloom/format.h>
#include <stdio.h>
#include <string.h>

/* ---- the table ----------------------------------------------------------- */

START_TEST(table_is_consistent)
{
    const loom_format_info *info = loom_format_get((loom_format)_i);
    const loom_format_info *same = loom_format_get(info->same_as);

    ck_assert_int_eq(info->format, _i);
    ck_assert(same->writable);
    ck_assert_int_eq(same->same_as, same->format);
    ck_assert_int_eq(info->writable, info->max_side > 0);
    if (!info->writable)
        ck_assert(!info->alpha && !info->deep && info->quality == 0);
    if (_i == LOOM_FORMAT_UNKNOWN)
        return;
    ck_assert_int_eq(loom_format_by_name(info->name), _i);
    ck_assert(info->extensions[0] != NULL || _i == LOOM_FORMAT_PDF);
    for (const char *const *e = info->extensions; *e != NULL; e++) {
        char path[16];
        snprintf(path, sizeof path, "a.%s", *e);
        ck_assert_int_eq(loom_format_by_path(path), _i); /* no extension in two rows */
    }
}
END_TEST

static const struct {
    loom_format format;
    const char *name, *extension;
    loom_format same_as;
    int quality;
    uint32_t max_side;
    bool alpha, deep, untrusted;
} rows[] = {
    {LOOM_FORMAT_UNKNOWN, "unknown", NULL, LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_JPEG, "jpeg", "jpg", LOOM_FORMAT_JPEG, 80, 65500, false, false, false},
    {LOOM_FORMAT_PNG, "png", "png", LOOM_FORMAT_PNG, 0, 10000000, true, true, false},
    {LOOM_FORMAT_WEBP, "webp", "webp", LOOM_FORMAT_WEBP, 80, 16383, true, false, false},
    {LOOM_FORMAT_GIF, "gif", "gif", LOOM_FORMAT_GIF, 0, 65535, true, false, false},
    {LOOM_FORMAT_TIFF, "tiff", "tif", LOOM_FORMAT_TIFF, 0, 10000000, true, true, false},
    {LOOM_FORMAT_AVIF, "avif", "avif", LOOM_FORMAT_AVIF, 50, 16384, true, false, false},
    {LOOM_FORMAT_HEIC, "heic", "heic", LOOM_FORMAT_JPEG, 0, 0, false, false, false},
    {LOOM_FORMAT_BMP, "bmp", "bmp", LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_TGA, "tga", "tga", LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_PSD, "psd", "psd", LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_PNM, "pnm", "pnm", LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_HDR, "hdr", "hdr", LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_JXL, "jxl", "jxl", LOOM_FORMAT_JXL, 75, 10000000, true, false, true},
    {LOOM_FORMAT_SVG, "svg", "svg", LOOM_FORMAT_PNG, 0, 0, false, false, true},
    {LOOM_FORMAT_JP2, "jp2", "jp2", LOOM_FORMAT_PNG, 0, 0, false, false, true},
    {LOOM_FORMAT_PDF, "pdf", NULL, LOOM_FORMAT_PNG, 0, 0, false, false, false},
    {LOOM_FORMAT_RAW, "raw", "dng", LOOM_FORMAT_JPEG, 0, 0, false, false, false},
};

START_TEST(table_says_what_the_contract_says)
{
    const loom_format_info *info = loom_format_get(rows[_i].format);

    ck_assert_uint_eq(COUNT(rows), LOOM_FORMAT_COUNT);
    ck_assert_str_eq(info->name, rows[_i].name);
    ck_assert_pstr_eq(info->extensions[0], rows[_i].extension);
    ck_assert_int_eq(info->same_as, rows[_i].same_as);
    ck_assert_int_eq(info->quality, rows[_i].quality);
    ck_assert_uint_eq(info->max_side, rows[_i].max_side);
    ck_assert_int_eq(info->alpha, rows[_i].alpha);
    ck_assert_int_eq(info->deep, rows[_i].deep);
    ck_assert_int_eq(info->untrusted, rows[_i].untrusted);
}
END_TEST

START_TEST(table_answers_out_of_range)
{
    ck_assert_int_eq(loom_format_get(LOOM_FORMAT_COUNT)->format, LOOM_FORMAT_UNKNOWN);
    ck_assert_int_eq(loom_format_get((loom_format)-1)->format, LOOM_FORMAT_UNKNOWN);
}
END_TEST

START_TEST(names_are_found)
{
    ck_assert_int_eq(loom_format_by_name("JPEG"), LOOM_FORMAT_JPEG);
    ck_assert_int_eq(loom_format_by_name("jpg"), LOOM_FORMAT_JPEG);
    ck_assert_int_eq(loom_format_by_name("tif"), LOOM_FORMAT_TIFF);
    ck_assert_int_eq(loom_format_by_name("WebP"), LOOM_FORMAT_WEBP);
    ck_assert_int_eq(loom_format_by_name("unknown"), LOOM_FORMAT_UNKNOWN);
    ck_assert_int_eq(loom_format_by_name("jpe"), LOOM_FORMAT_UNKNOWN);
    ck_assert_int_eq(loom_format_by_name("pdf"), LOOM_FORMAT_PDF);
    ck_assert_int_eq(loom_format_by_name(""), LOOM_FORMAT_UNKNOWN);
}
END_TEST

static const struct {
    const char *path;
    loom_format format;
} paths[] = {
    {"a.jpg", LOOM_FORMAT_JPEG},      {"a.JPG", LOOM_FORMAT_JPEG},
    {"a.jpeg", LOOM_FORMAT_JPEG},     {"a.Jpe", LOOM_FORMAT_JPEG},
    {"a.jfif", LOOM_FORMAT_JPEG},     {"b/c.d/a.tiff", LOOM_FORMAT_TIFF},
    {"a.heif", LOOM_FORMAT_HEIC},     {"a.dib", LOOM_FORMAT_BMP},
    {"DSC1.HIF", LOOM_FORMAT_HEIC},   {"a.pbm", LOOM_FORMAT_PNM},
    {"a.pgm", LOOM_FORMAT_PNM},       {"a.ppm", LOOM_FORMAT_PNM},
    {"a.svgz", LOOM_FORMAT_SVG},      {"a.tar.png", LOOM_FORMAT_PNG},
    {".hidden.png", LOOM_FORMAT_PNG}, {"..png", LOOM_FORMAT_PNG},
    {" .png", LOOM_FORMAT_PNG},       {"\xFF\xFE.webp", LOOM_FORMAT_WEBP},
    {".png", LOOM_FORMAT_UNKNOWN},    {"a/.png", LOOM_FORMAT_UNKNOWN},
    {"a.png/b", LOOM_FORMAT_UNKNOWN}, {"a.png/", LOOM_FORMAT_UNKNOWN},
    {"png", LOOM_FORMAT_UNKNOWN},     {"a.", LOOM_FORMAT_UNKNOWN},
    {"..", LOOM_FORMAT_UNKNOWN},      {"a.pngx", LOOM_FORMAT_UNKNOWN},
    {"a.pn", LOOM_FORMAT_UNKNOWN},    {"a.png ", LOOM_FORMAT_UNKNOWN},
    {"a.png\n", LOOM_FORMAT_UNKNOWN}, {"a.txt", LOOM_FORMAT_UNKNOWN},
    {"a.CR2", LOOM_FORMAT_RAW},       {"a.nrw", LOOM_FORMAT_RAW},
    {"a.gz", LOOM_FORMAT_UNKNOWN},    {"a.pdf", LOOM_FORMAT_UNKNOWN},
    {"", LOOM_FORMAT_UNKNOWN},
};

START_TEST(path_tells_format)
{
    ck_assert_int_eq(loom_format_by_path(paths[_i].path), paths[_i].format);
}
END_TEST

/* ---- the sniffer --------------------------------------------------------- */

#define BYTES(literal) literal, sizeof(literal) - 1
#define BMP_WITH(size) "BM\x46\0\0\0\0\0\0\0\x36\0\0\0" size

static const struct {
    const char *bytes;
    size_t size;
    loom_format format;
} contents[] = {
    {BYTES("\xFF\xD8\xFF"), LOOM_FORMAT_JPEG},
    {BYTES("\xFF\xD8\xFE"), LOOM_FORMAT_UNKNOWN},
    {BYTES("\x89PNG\r\n\x1A\n"), LOOM_FORMAT_PNG},
    {BYTES("\x89PNG\n\x1A\n\n"), LOOM_FORMAT_UNKNOWN}, /* spoilt by a text-mode transfer */
    {BYTES("GIF87a"), LOOM_FORMAT_GIF},
    {BYTES("GIF89a"), LOOM_FORMAT_GIF},
    {BYTES("GIF88a"), LOOM_FORMAT_UNKNOWN},
    {BYTES("RIFF\x1A\0\0\0WEBPVP8L"), LOOM_FORMAT_WEBP},
    {BYTES("RIFF\x1A\0\0\0WAVEfmt "), LOOM_FORMAT_UNKNOWN},
    {BYTES("II*\0"), LOOM_FORMAT_TIFF},
    {BYTES("MM\0*"), LOOM_FORMAT_TIFF},
    {BYTES("II+\0"), LOOM_FORMAT_TIFF},
    {BYTES("MM\0+"), LOOM_FORMAT_TIFF},
    {BYTES("II\0*"), LOOM_FORMAT_UNKNOWN},
    {BYTES("8BPS\0\1"), LOOM_FORMAT_PSD},
    /* Magic numbers come before the brands that stand behind any four bytes. */
    {BYTES("8BPSftypavif\0\0\0\0"), LOOM_FORMAT_PSD},
    {BYTES("\xFF\x0A\0\0ftypavif\0\0\0\0"), LOOM_FORMAT_JXL},
    {BYTES("\xFF\x4F\xFF\x51"
           "ftypheic\0\0\0\0"),
     LOOM_FORMAT_JP2},
    {BYTES("#?RADIANCE\n"), LOOM_FORMAT_HDR},
    {BYTES("#?RGBE\n"), LOOM_FORMAT_HDR},
    {BYTES("#?RADIANCEx"), LOOM_FORMAT_UNKNOWN},
    {BYTES("\xFF\x0A"), LOOM_FORMAT_JXL},
    {BYTES("\0\0\0\x0CJXL \r\n\x87\n"), LOOM_FORMAT_JXL},
    {BYTES("\0\0\0\x0CjP  \r\n\x87\n"), LOOM_FORMAT_JP2},
    {BYTES("\xFF\x4F\xFF\x51"), LOOM_FORMAT_JP2},
    {BYTES("%PDF-1.7"), LOOM_FORMAT_PDF},
    {BYTES("II*\0\20\0\0\0CR\2\0"), LOOM_FORMAT_RAW},
    {BYTES("II*\0\20\0\0\0CR"), LOOM_FORMAT_TIFF},
    {BYTES("IIRO\10\0\0\0"), LOOM_FORMAT_RAW},
    {BYTES("IIRS\10\0\0\0"), LOOM_FORMAT_RAW},
    {BYTES("MMOR\0\0\0\10"), LOOM_FORMAT_RAW},
    {BYTES("IIU\0\30\0\0\0"), LOOM_FORMAT_RAW},
    {BYTES("FUJIFILMCCD-RAW 0201"), LOOM_FORMAT_RAW},
    {BYTES("FUJIFILMCCD-RA"), LOOM_FORMAT_UNKNOWN},
    {BYTES("\0\0\0\30ftypcrx \0\0\0\1crx isom"), LOOM_FORMAT_RAW},
    {BYTES("\x1F\x8B\x08\0<svg>"), LOOM_FORMAT_UNKNOWN}, /* gzip */
    {BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3"), LOOM_FORMAT_UNKNOWN},
    /* BMP: the size of its second header */
    {BYTES(BMP_WITH("\x28\0\0\0")), LOOM_FORMAT_BMP},
    {BYTES(BMP_WITH("\x0C\0\0\0")), LOOM_FORMAT_BMP},
    {BYTES(BMP_WITH("\x10\0\0\0")), LOOM_FORMAT_BMP},
    {BYTES(BMP_WITH("\x7C\0\0\0")), LOOM_FORMAT_BMP},
    {BYTES(BMP_WITH("\x7D\0\0\0")), LOOM_FORMAT_UNKNOWN},
    {BYTES(BMP_WITH("\x0D\0\0\0")), LOOM_FORMAT_UNKNOWN},
    {BYTES(BMP_WITH("\0\0\0\0")), LOOM_FORMAT_UNKNOWN},
    {BYTES(BMP_WITH("\x28\0\0\1")), LOOM_FORMAT_UNKNOWN},
    {BYTES(BMP_WITH("\x28\0\0")), LOOM_FORMAT_UNKNOWN},
    {BYTES("BMW drives into a wall"), LOOM_FORMAT_UNKNOWN},
    /* PNM */
    {BYTES("P1\n"), LOOM_FORMAT_PNM},
    {BYTES("P6 3"), LOOM_FORMAT_PNM},
    {BYTES("P5#a"), LOOM_FORMAT_PNM},
    {BYTES("P3\t"), LOOM_FORMAT_PNM},
    {BYTES("P7\n"), LOOM_FORMAT_UNKNOWN},
    {BYTES("P0\n"), LOOM_FORMAT_UNKNOWN},
    {BYTES("P6"), LOOM_FORMAT_UNKNOWN},
    {BYTES("P65"), LOOM_FORMAT_UNKNOWN},
    /* HEIF: brands */
    {BYTES("\0\0\0\x1C"
           "ftypavif\0\0\0\0mif1avifmiaf"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x10"
           "ftypavis\0\0\0\0"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x18"
           "ftypheic\0\0\0\0mif1heic"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftypheix\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftyphevc\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftyphevx\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftypheim\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftypheis\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftypmif1\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x10"
           "ftypmsf1\0\0\0\0"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x1C"
           "ftypmif1\0\0\0\0miafMA1Bavif"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0heicmiaf"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\x14"
           "ftypabcd\0\0\0\0avif"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x14"
           "ftypabcd\0\0\0\0heic"),
     LOOM_FORMAT_HEIC},
    {BYTES("\0\0\0\0"
           "ftypmif1\0\0\0\0avif"),
     LOOM_FORMAT_AVIF}, /* to the end of the file */
    {BYTES("\0\0\0\x10"
           "ftypmif1\0\0\0\0avif"),
     LOOM_FORMAT_HEIC}, /* behind the box */
    {BYTES("\0\0\0\x17"
           "ftypmif1\0\0\0\0avifavi"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x17"
           "ftypmif1\0\0\0\0miafavif"),
     LOOM_FORMAT_HEIC}, /* half in the box */
    {BYTES("\0\0\0\x18"
           "ftypmif1\0\0\0\0avi"),
     LOOM_FORMAT_HEIC}, /* cut short */
    {BYTES("\xFF\xFF\xFF\xFF"
           "ftypmif1\0\0\0\0avif"),
     LOOM_FORMAT_AVIF},
    {BYTES("\0\0\0\x10"
           "ftypmif1avif"),
     LOOM_FORMAT_HEIC}, /* a minor version is no brand */
    {BYTES("\0\0\0\x18"
           "ftypmp42\0\0\0\0mp41isom"),
     LOOM_FORMAT_UNKNOWN},
    {BYTES("\0\0\0\x0B"
           "ftypavif"),
     LOOM_FORMAT_UNKNOWN},
    {BYTES("\0\0\0\x10"
           "ftypavi"),
     LOOM_FORMAT_UNKNOWN},
    {BYTES("\0\0\0\x10"
           "ftzpavif"),
     LOOM_FORMAT_UNKNOWN},
    /* SVG */
    {BYTES("<svg>"), LOOM_FORMAT_SVG},
    {BYTES("<svg/>"), LOOM_FORMAT_SVG},
    {BYTES("<svg xmlns='x'>"), LOOM_FORMAT_SVG},
    {BYTES("<svg:svg>"), LOOM_FORMAT_SVG},
    {BYTES("<s:svg xmlns:s='x'>"), LOOM_FORMAT_SVG},
    {BYTES("<a-1.b_:svg/>"), LOOM_FORMAT_SVG},
    {BYTES("<svg:svgs>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<svg:g>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<:svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<a:b:svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("\xEF\xBB\xBF \r\n\t<svg>"), LOOM_FORMAT_SVG},
    {BYTES("<?xml version='1.0'?>\n<!-- a > b --><svg>"), LOOM_FORMAT_SVG},
    {BYTES("<!DOCTYPE svg PUBLIC 'a' 'b'><svg>"), LOOM_FORMAT_SVG},
    {BYTES("<!DOCTYPE svg [ <!ENTITY a 'b'> ] ><svg>"), LOOM_FORMAT_SVG},
    {BYTES("<!DOCTYPE svg [ <!ENTITY a 'b'> <svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<!DOCTYPE html><html><svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<!-- <svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<!-- <svg> -->"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<svgs>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<svg"), LOOM_FORMAT_UNKNOWN},
    {BYTES("<SVG>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("text <svg>"), LOOM_FORMAT_UNKNOWN},
    {BYTES("   "), LOOM_FORMAT_UNKNOWN},
    {BYTES("plain text"), LOOM_FORMAT_UNKNOWN},
    {BYTES("\0\0\2\0\0\0\0\0\0\0\0\0\1\0\1\0\x18\0"), LOOM_FORMAT_UNKNOWN}, /* TGA */
};

/* A copy of exactly that size on the heap, so that a sanitizer sees each byte read beyond. */
static loom_format sniff_copy(const char *bytes, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    loom_format format = loom_format_sniff(copy, size);
    free(copy);
    return format;
}

/* A worker is told no more of an input's name than this. */
START_TEST(name_alone_tells_what_content_does_not)
{
    ck_assert_int_eq(loom_format_by_name_alone("folder/a.tga"), LOOM_FORMAT_TGA);
    ck_assert_int_eq(loom_format_by_name_alone("A.TGA"), LOOM_FORMAT_TGA);
    ck_assert_int_eq(loom_format_by_name_alone("a.jpg"), LOOM_FORMAT_UNKNOWN);
    ck_assert_int_eq(loom_format_by_name_alone("tga"), LOOM_FORMAT_UNKNOWN);
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const char *const extension = loom_format_get((loom_format)i)->extensions[0];
        const bool told = loom_container_of((loom_format)i)->sniff == NULL;
        char name[32];
        if (extension == NULL)
            continue;
        snprintf(name, sizeof name, "input.%s", extension);
        ck_assert_int_eq(loom_format_by_name_alone(name), told ? i : LOOM_FORMAT_UNKNOWN);
    }
}
END_TEST

START_TEST(content_tells_format)
{
    ck_assert_int_eq(sniff_copy(contents[_i].bytes, contents[_i].size), contents[_i].format);
}
END_TEST

START_TEST(content_may_be_cut_anywhere)
{
    for (size_t i = 0; i < COUNT(contents); i++)
        for (size_t size = 0; size < contents[i].size; size++) {
            loom_format format = sniff_copy(contents[i].bytes, size);
            ck_assert(format == LOOM_FORMAT_UNKNOWN || format == contents[i].format ||
                      format == LOOM_FORMAT_HEIC || /* whose brands may be missing */
                      (format == LOOM_FORMAT_TIFF && contents[i].format == LOOM_FORMAT_RAW));
        }
    ck_assert_int_eq(loom_format_sniff(NULL, 0), LOOM_FORMAT_UNKNOWN);
}
END_TEST

START_TEST(svg_is_looked_for_in_64_kib)
{
    static char text[(1 << 16) + 10];

    memset(text, ' ', sizeof text);
    memcpy(text + (1 << 16) - 1, "<svg>", 5);
    ck_assert_int_eq(sniff_copy(text, sizeof text), LOOM_FORMAT_SVG);
    memset(text, ' ', sizeof text);
    memcpy(text + (1 << 16), "<svg>", 5);
    ck_assert_int_eq(sniff_copy(text, sizeof text), LOOM_FORMAT_UNKNOWN);
}
END_TEST

START_TEST(kinds_end)
{
    size_t count = 0;

    while (loom_format_kind(LOOM_FORMAT_PNG, count) != NULL)
        ck_assert_ptr_nonnull(loom_format_kind(LOOM_FORMAT_PNG, count++)->aspect);
    ck_assert_uint_gt(count, 1);
    ck_assert_ptr_null(loom_format_kind(LOOM_FORMAT_PNG, count + 1));
    ck_assert_ptr_null(loom_format_kind(LOOM_FORMAT_UNKNOWN, 0));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *table = tcase_create("table"), *sniff = tcase_create("sniff");

    tcase_add_loop_test(table, table_is_consistent, 0, LOOM_FORMAT_COUNT);
    tcase_add_loop_test(table, table_says_what_the_contract_says, 0, COUNT(rows));
    tcase_add_test(table, table_answers_out_of_range);
    tcase_add_test(table, names_are_found);
    tcase_add_test(table, kinds_end);
    tcase_add_loop_test(table, path_tells_format, 0, COUNT(paths));
    tcase_add_test(table, name_alone_tells_what_content_does_not);
    suite_add_tcase(suite, table);

    tcase_add_loop_test(sniff, content_tells_format, 0, COUNT(contents));
    tcase_add_test(sniff, content_may_be_cut_anywhere);
    tcase_add_test(sniff, svg_is_looked_for_in_64_kib);
    suite_add_tcase(suite, sniff);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
