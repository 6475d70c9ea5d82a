/* BMP: each kind of it that is read, or refused. */
#include "support/make_bmp.h"
#include "support/raster_run.h"
#include "support/suite.h"

#include <string.h>

static void make_header(raster_file *f, uint32_t header)
{
    bmp b = bmp_usual;

    b.header = header;
    b.space = SRGB;
    bmp_put(f, &b);
    bmp_put_rows(f);
}

#define MAKE_HEADER(name, size)                                                                    \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        make_header(f, size);                                                                      \
    }
MAKE_HEADER(make_core, CORE)
MAKE_HEADER(make_info, INFO)
MAKE_HEADER(make_v2, V2)
MAKE_HEADER(make_v3, V3)
MAKE_HEADER(make_os2, OS2)
MAKE_HEADER(make_v4, V4)
MAKE_HEADER(make_v5, V5)

static void make_coded(raster_file *f, uint32_t header, uint32_t coding, uint32_t bits)
{
    bmp b = bmp_usual;

    b.header = header;
    b.coding = coding;
    b.bits = bits;
    b.space = SRGB;
    b.masks[0] = 0xFF0000;
    b.masks[1] = 0xFF00;
    b.masks[2] = 0xFF;
    bmp_put(f, &b);
}

static void make_rle8(raster_file *f)
{
    make_coded(f, INFO, 1, 8);
    raster_put(f, (unsigned char[]){1, 3, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1}, 12);
}

static void make_rle4(raster_file *f)
{
    make_coded(f, INFO, 2, 4);
    raster_put(f, (unsigned char[]){2, 0x31, 0, 0, 2, 0x10, 0, 1}, 8);
}

static void make_rle24(raster_file *f)
{
    make_coded(f, OS2, 4, 24);
    raster_put(f, (unsigned char[]){1, 10, 6, 3, 1, 4, 2, 1, 0, 0, 1, 4, 2, 1, 1, 1, 0, 0, 0, 1},
               20);
}

/* The four colours by 32 bits. */
static void put_rows_32(raster_file *f)
{
    static const unsigned order[] = {2, 3, 0, 1};

    for (unsigned i = 0; i < 4; i++) {
        const unsigned char *p = bmp_shown + (size_t)3 * order[i];
        raster_put(f, (unsigned char[]){p[2], p[1], p[0], 0}, 4);
    }
}

static void make_masks(raster_file *f)
{
    make_coded(f, INFO, 3, 32);
    put_rows_32(f);
}

static void make_alpha_masks(raster_file *f)
{
    make_coded(f, INFO, 6, 32);
    put_rows_32(f);
}

#define MAKE_CODED(name, header, coding, bits)                                                     \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        make_coded(f, header, coding, bits);                                                       \
        raster_put_le(f, 0, 4);                                                                    \
    }
MAKE_CODED(make_jpeg, V5, 4, 0)
MAKE_CODED(make_png, V5, 5, 0)
MAKE_CODED(make_cmyk, INFO, 11, 32)
MAKE_CODED(make_cmyk_8, INFO, 12, 8)
MAKE_CODED(make_cmyk_4, INFO, 13, 4)
MAKE_CODED(make_huffman, OS2, 3, 1)
MAKE_CODED(make_64_bits, INFO, 0, 64)

/* ---- bits ---------------------------------------------------------------- */

static void make_1_bit(raster_file *f)
{
    make_coded(f, INFO, 0, 1);
    raster_put(f, (unsigned char[]){0x80, 0, 0, 0, 0x40, 0, 0, 0}, 8);
}

static const unsigned char shown_1_bit[] = {0, 0, 1, 1, 2, 4, 1, 2, 4, 0, 0, 1};

static void make_2_bits(raster_file *f)
{
    make_coded(f, INFO, 0, 2);
    raster_put(f, (unsigned char[]){0xD0, 0, 0, 0, 0x40, 0, 0, 0}, 8);
}

static void make_4_bits(raster_file *f)
{
    make_coded(f, INFO, 0, 4);
    raster_put(f, (unsigned char[]){0x31, 0, 0, 0, 0x10, 0, 0, 0}, 8);
}

/* 5 bits each: 31, 16 and 1 are 255, 132 and 8; the bit above is nothing. */
static void make_16_bits(raster_file *f)
{
    make_coded(f, INFO, 0, 16);
    raster_put_le(f, 31 << 10, 2);
    raster_put_le(f, 16 << 5, 2);
    raster_put_le(f, 0x8000 | 1, 2);
    raster_put_le(f, 0x7FFF, 2);
}

static const unsigned char shown_16_bits[] = {0, 0, 8, 255, 255, 255, 255, 0, 0, 0, 132, 0};

static void make_24_bits(raster_file *f)
{
    make_coded(f, INFO, 0, 24);
    raster_put(f, (unsigned char[]){10, 6, 3, 4, 2, 1, 0, 0, 4, 2, 1, 1, 0, 0, 0, 0}, 16);
}

static void make_32_bits(raster_file *f)
{
    make_coded(f, INFO, 0, 32);
    put_rows_32(f);
}

/* ---- masks, rows, colour spaces ------------------------------------------ */

static void make_masked(raster_file *f, uint32_t bits, uint32_t red, uint32_t green, uint32_t blue)
{
    bmp b = bmp_usual;

    b.coding = 3;
    b.bits = bits;
    b.colours = 0;
    b.masks[0] = red;
    b.masks[1] = green;
    b.masks[2] = blue;
    bmp_put(f, &b);
    for (uint32_t i = 0; i < 4; i++)
        raster_put_le(f, 0x04030201 * (i + 1), bits / 8);
}

#define MAKE_MASKED(name, bits, red, green, blue)                                                  \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        make_masked(f, bits, red, green, blue);                                                    \
    }
MAKE_MASKED(make_apart, 32, 0xFF00, 0xFF000000, 0xFF)
MAKE_MASKED(make_gaps, 32, 0xF0F0, 0xFF0000, 0xF)
MAKE_MASKED(make_overlap, 32, 0xFF0000, 0xFFF00, 0xFF)
MAKE_MASKED(make_beyond, 16, 0x1F0000, 0x3E0, 0x1F)
MAKE_MASKED(make_none, 32, 0, 0, 0)

static const unsigned char shown_apart[] = {6, 12, 3, 8, 16, 4, 2, 4, 1, 4, 8, 2};

static void make_from_top(raster_file *f)
{
    bmp b = bmp_usual;

    b.height = -2;
    bmp_put(f, &b);
    raster_put_le(f, 1 | 0 << 8, 4);
    raster_put_le(f, 3 | 1 << 8, 4);
}

static void make_coded_from_top(raster_file *f)
{
    bmp b = bmp_usual;

    b.height = -2;
    b.coding = 1;
    bmp_put(f, &b);
    raster_put(f, (unsigned char[]){2, 0, 0, 1}, 4);
}

static void make_space(raster_file *f, uint32_t space)
{
    bmp b = bmp_usual;

    b.header = V5;
    b.space = space;
    b.profile_at = V5 + 16 + 8;
    b.profile_size = 5;
    bmp_put(f, &b);
    bmp_put_rows(f);
    raster_put_text(f, "12345");
}

#define MAKE_SPACE(name, space)                                                                    \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        make_space(f, space);                                                                      \
    }
MAKE_SPACE(make_srgb, SRGB)
MAKE_SPACE(make_windows, WINDOWS)
MAKE_SPACE(make_calibrated, 0)
MAKE_SPACE(make_linked, LINKED)
MAKE_SPACE(make_embedded, EMBEDDED)

START_TEST(each_kind)
{
    static const raster_kind cases[] = {{"header", CORE, make_core, 3, bmp_shown},
                                        {"header", OS2, make_os2, 3, bmp_shown},
                                        {"header", INFO, make_info, 3, bmp_shown},
                                        {"header", V2, make_v2, 3, bmp_shown},
                                        {"header", V3, make_v3, 3, bmp_shown},
                                        {"header", V4, make_v4, 3, bmp_shown},
                                        {"header", V5, make_v5, 3, bmp_shown},
                                        {"coding", 0, make_info, 3, bmp_shown},
                                        {"coding", 1, make_rle8, 3, bmp_shown},
                                        {"coding", 2, make_rle4, 3, bmp_shown},
                                        {"coding", 0x10004, make_rle24, 3, bmp_shown},
                                        {"coding", 3, make_masks, 3, bmp_shown},
                                        {"coding", 6, make_alpha_masks, 3, bmp_shown},
                                        {"coding", 4, make_jpeg, 0, NULL},
                                        {"coding", 5, make_png, 0, NULL},
                                        {"coding", 11, make_cmyk, 0, NULL},
                                        {"coding", 12, make_cmyk_8, 0, NULL},
                                        {"coding", 13, make_cmyk_4, 0, NULL},
                                        {"coding", 0x10003, make_huffman, 0, NULL},
                                        {"bits a pixel", 1, make_1_bit, 3, shown_1_bit},
                                        {"bits a pixel", 2, make_2_bits, 3, bmp_shown},
                                        {"bits a pixel", 4, make_4_bits, 3, bmp_shown},
                                        {"bits a pixel", 8, make_info, 3, bmp_shown},
                                        {"bits a pixel", 16, make_16_bits, 3, shown_16_bits},
                                        {"bits a pixel", 24, make_24_bits, 3, bmp_shown},
                                        {"bits a pixel", 32, make_32_bits, 3, bmp_shown},
                                        {"bits a pixel", 64, make_64_bits, 0, NULL},
                                        {"masks", 0, make_apart, 3, shown_apart},
                                        {"masks", 1, make_gaps, 0, NULL},
                                        {"masks", 2, make_overlap, 0, NULL},
                                        {"masks", 3, make_beyond, 0, NULL},
                                        {"masks", 4, make_none, 0, NULL},
                                        {"rows", 0, make_info, 3, bmp_shown},
                                        {"rows", 1, make_from_top, 3, bmp_shown},
                                        {"rows", 2, make_coded_from_top, 0, NULL},
                                        {"colour space", SRGB, make_srgb, 3, bmp_shown},
                                        {"colour space", WINDOWS, make_windows, 3, bmp_shown},
                                        {"colour space", 0, make_calibrated, 3, bmp_shown},
                                        {"colour space", LINKED, make_linked, 3, bmp_shown},
                                        {"colour space", EMBEDDED, make_embedded, 3, bmp_shown}};

    raster_walk_kinds(LOOM_FORMAT_BMP, cases, sizeof cases / sizeof *cases);
}
END_TEST

START_TEST(what_is_not_listed_is_refused)
{
    raster_file f = {.size = 0};

    make_header(&f, 41);
    raster_refuse(LOOM_FORMAT_BMP, &f, "header: number 41, which is not known");
    f.size = 0;
    make_coded(&f, INFO, 7, 8);
    raster_refuse(LOOM_FORMAT_BMP, &f, "coding: number 7, which is not known");
    f.size = 0;
    make_coded(&f, INFO, 0, 12);
    raster_refuse(LOOM_FORMAT_BMP, &f, "bits a pixel: number 12, which is not known");
    f.size = 0;
    make_space(&f, 2);
    raster_refuse(LOOM_FORMAT_BMP, &f, "colour space: number 2, which is not known");
}
END_TEST

/* Whether such pixels are read, by Microsoft's and IBM's tables. */
static loom_status model(uint32_t header, uint32_t bits, uint32_t coding)
{
    static const unsigned char os2[] = {16, 20, 24, 28, 32, 36, 42, 44, 46, 48, 60, 64};
    const bool other = header <= OS2 && memchr(os2, (int)header, sizeof os2) != NULL;
    const bool windows =
        header == INFO || header == V2 || header == V3 || header == V4 || header == V5;
    const bool known =
        bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;

    if (header < 20) /* it has no coding */
        coding = 0;
    if (!(header == CORE || other || windows) || !known)
        return LOOM_ERR_UNSUPPORTED;
    if (coding > 4 && (other || coding != 6))
        return LOOM_ERR_UNSUPPORTED;
    if ((coding == 3 && other) || (coding == 4 && !other))
        return LOOM_ERR_UNSUPPORTED;
    const bool masks = coding == 3 || coding == 6;
    const bool suits = coding == 0 || (coding == 1 && bits == 8) || (coding == 2 && bits == 4) ||
                       (coding == 4 && bits == 24) ||
                       (masks && (bits == 16 || bits == 32) && !(coding == 6 && header == V2));
    return suits ? LOOM_OK : LOOM_ERR_CORRUPT;
}

START_TEST(every_header_with_bits_and_codings)
{
    static const unsigned char all_bits[] = {0, 1, 2, 3, 4, 5, 8, 12, 15, 16, 24, 32, 48, 64, 65};

    for (uint32_t header = CORE; header <= V5; header++)
        for (unsigned n = 0; n < sizeof all_bits; n++)
            for (uint32_t coding = 0; coding < 15; coding++) {
                raster_file f = {.size = 0};
                bmp b = bmp_usual;
                b.header = header;
                const uint32_t bits = all_bits[n];
                b.bits = bits;
                b.coding = coding;
                b.space = SRGB;
                b.masks[0] = 0x7C00;
                b.masks[1] = 0x3E0;
                b.masks[2] = 0x1F;
                if (header > CORE && header < 16)
                    continue; /* not taken for a BMP */
                bmp_put(&f, &b);
                raster_put(&f, "0123456789abcdef", 16);
                raster_result r = raster_run_file(LOOM_FORMAT_BMP, &f);
                ck_assert_msg(r.status == model(header, bits, coding),
                              "header %u, %u bits, coding %u: %s", header, bits, coding, r.message);
                raster_end(&r);
            }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bmp");
    TCase *tests = tcase_create("kinds");

    tcase_add_test(tests, each_kind);
    tcase_add_test(tests, what_is_not_listed_is_refused);
    tcase_add_test(tests, every_header_with_bits_and_codings);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
