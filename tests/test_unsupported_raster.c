/* Kinds of PSD and HDR that stb_image does not read, from headers made by hand. */
#include "format/container.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

typedef struct header {
    unsigned char data[32];
    size_t size;
} header;

static void put(header *b, const void *data, size_t size)
{
    ck_assert_uint_le(b->size + size, sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

static void put_be16(header *b, unsigned value)
{
    const unsigned char two[] = {(unsigned char)(value >> 8), (unsigned char)value};

    put(b, two, sizeof two);
}

/* What it is; "": decoders are to try. Of a copy, so that ASan sees what is read beyond its end. */
static const char *kind_of(loom_format format, const void *data, size_t size)
{
    static char reason[LOOM_UNSUPPORTED_REASON];
    unsigned char *copy = malloc(size);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);
    if (!loom_format_unsupported(format, (loom_bytes){copy, size}, reason))
        reason[0] = '\0';
    free(copy);
    return reason;
}

/* Photoshop's header: version, channels, depth, mode. */
START_TEST(psd_kinds)
{
    static const struct {
        unsigned version, channels, depth, mode;
        const char *words;
    } cases[] = {{1, 3, 8, 3, ""},
                 {1, 4, 16, 3, ""},
                 {2, 3, 8, 3, "a large one (PSB)"},
                 {1, 1, 8, 1, "a grey one"},
                 {1, 1, 8, 2, "one with a palette"},
                 {1, 1, 1, 0, "a bitmap"},
                 {1, 4, 8, 4, "a CMYK one"},
                 {1, 3, 8, 9, "one of L*a*b*"},
                 {1, 3, 32, 3, "one that is not of 8 or 16 bits"},
                 {1, 17, 8, 3, "one of more than 16 channels"},
                 {3, 3, 8, 3, ""}, /* what is no header of Photoshop's is damaged */
                 {1, 0, 8, 3, ""},
                 {1, 3, 8, 5, ""},
                 {1, 3, 7, 3, ""}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        header b = {.size = 0};
        put(&b, "8BPS", 4);
        put_be16(&b, cases[i].version);
        put(&b, "\0\0\0\0\0", 6);
        put_be16(&b, cases[i].channels);
        put(&b, "\0\0\0\2\0\0\0\3", 8);
        put_be16(&b, cases[i].depth);
        put_be16(&b, cases[i].mode);
        ck_assert_str_eq(kind_of(LOOM_FORMAT_PSD, b.data, b.size), cases[i].words);
        while (--b.size > 0)
            ck_assert_str_eq(kind_of(LOOM_FORMAT_PSD, b.data, b.size), "");
    }
}
END_TEST

START_TEST(hdr_kinds)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 3\n", ""},
        {"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 2 +X 3\n", "one of the colours XYZ"},
        {"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n+Y 2 +X 3\n", "one whose rows do not go down"},
        {"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n+X 3 -Y 2\n", "one whose rows do not go down"},
        {"#?RADIANCE\nFORMAT=\n\nrubbish\n", ""},
        {"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n+Y", ""},
        {"#?RADIANCE\nno line ends", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_str_eq(kind_of(LOOM_FORMAT_HDR, cases[i].text, strlen(cases[i].text)),
                         cases[i].words);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("unsupported_raster");
    TCase *tcase = tcase_create("headers");

    tcase_add_test(tcase, psd_kinds);
    tcase_add_test(tcase, hdr_kinds);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
