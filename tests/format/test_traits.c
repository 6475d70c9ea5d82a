/* What a file says of its picture besides its size: alpha, bits, frames, resolution. */
#include "format/container.h"
#include "format/exif.h"

#include "support/random.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <string.h>

enum { MUTATIONS = 20000, KEPT_MAX = 20000 };

#define NO  LOOM_PRESENCE_ABSENT
#define YES LOOM_PRESENCE_PRESENT

static const struct {
    const char *name;
    loom_format format;
    loom_presence alpha;
    uint32_t bits, frames;
} files[] = {
    {"photos/scene-1.jpg", LOOM_FORMAT_JPEG, NO, 8, 1},
    {"photos/cmyk.jpg", LOOM_FORMAT_JPEG, NO, 8, 1},
    {"formats/quadrants.png", LOOM_FORMAT_PNG, NO, 8, 1},
    {"formats/quadrants-alpha.png", LOOM_FORMAT_PNG, YES, 8, 1},
    {"formats/graya.png", LOOM_FORMAT_PNG, YES, 8, 1},
    {"formats/deep16.png", LOOM_FORMAT_PNG, NO, 16, 1},
    {"formats/palette.png", LOOM_FORMAT_PNG, NO, 8, 1},
    {"formats/quadrants.webp", LOOM_FORMAT_WEBP, NO, 8, 1},
    {"formats/quadrants-alpha.webp", LOOM_FORMAT_WEBP, YES, 8, 1},
    {"formats/quadrants.gif", LOOM_FORMAT_GIF, YES, 8, 1}, /* libvips always names one colour */
    {"formats/animated.gif", LOOM_FORMAT_GIF, YES, 8, 3},
    {"formats/quadrants.tif", LOOM_FORMAT_TIFF, NO, 8, 1},
    {"formats/deep16.tif", LOOM_FORMAT_TIFF, NO, 16, 1},
    {"formats/quadrants.avif", LOOM_FORMAT_AVIF, NO, 8, 1},
    {"formats/quadrants.bmp", LOOM_FORMAT_BMP, NO, 8, 1},
    {"formats/quadrants.tga", LOOM_FORMAT_TGA, NO, 8, 1},
    {"formats/quadrants.psd", LOOM_FORMAT_PSD, NO, 8, 1},
    {"formats/quadrants.ppm", LOOM_FORMAT_PNM, NO, 8, 1},
    {"formats/quadrants.hdr", LOOM_FORMAT_HDR, NO, 0, 1},
};

static unsigned char *read_file(const char *name, size_t *size)
{
    static char path[4096];
    const char *folder = getenv("TESTDATA");

    ck_assert_ptr_nonnull(folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return (unsigned char *)tmpdir_read(path, size);
}

/* Asks in memory of exactly `size` bytes, so that a byte read beyond them is found. */
static loom_traits ask(loom_format format, const void *data, size_t size)
{
    unsigned char *exact = malloc(size > 0 ? size : 1);
    loom_traits traits;

    ck_assert_ptr_nonnull(exact);
    memcpy(exact, data, size);
    loom_format_traits(format, (loom_bytes){exact, size}, &traits);
    ck_assert_uint_le(traits.bits, LOOM_SAMPLE_BITS_MAX);
    free(exact);
    return traits;
}

START_TEST(files_tell_their_traits)
{
    size_t size;
    unsigned char *data = read_file(files[_i].name, &size);
    const loom_traits traits = ask(files[_i].format, data, size);

    ck_assert_int_eq(traits.alpha, files[_i].alpha);
    ck_assert_uint_eq(traits.bits, files[_i].bits);
    ck_assert_uint_eq(traits.frames, files[_i].frames);
    free(data);
}
END_TEST

START_TEST(damaged_files_are_safe)
{
    size_t size;
    unsigned char *data = read_file(files[_i].name, &size);
    uint64_t state = (uint64_t)_i + 1;

    size = size < KEPT_MAX ? size : KEPT_MAX;
    for (size_t cut = 0; cut < size; cut += cut < 1000 ? 1 : 97)
        for (unsigned f = 0; f < LOOM_FORMAT_COUNT; f++)
            (void)ask((loom_format)f, data, cut);
    for (size_t i = 0; i < MUTATIONS / COUNT(files); i++) {
        const size_t at = random_next(&state) % (i % 2 ? 200 : size);
        const unsigned char was = data[at];
        data[at] = (unsigned char)random_next(&state);
        (void)ask(files[_i].format, data, size);
        data[at] = i % 3 ? was : data[at];
    }
    free(data);
}
END_TEST

/* ---- resolution ---------------------------------------------------------- */

/* A TIFF structure: XResolution as a rational, and ResolutionUnit unless `unit` is 0. */
static size_t make_exif(unsigned char to[64], bool big, uint32_t above, uint32_t below,
                        unsigned unit)
{
    unsigned char *entry = to + 10;

    memset(to, 0, 64);
    memcpy(to, big ? "MM\0*" : "II*", 4);
    loom_put32(to + 4, big, 8);
    loom_put16(to + 8, big, unit > 0 ? 2 : 1);
    loom_put16(entry, big, 0x011A);
    loom_put16(entry + 2, big, 5);
    loom_put32(entry + 4, big, 1);
    loom_put32(entry + 8, big, 48);
    loom_put16(entry + 12, big, 0x0128);
    loom_put16(entry + 14, big, 3);
    loom_put32(entry + 16, big, 1);
    loom_put16(entry + 20, big, unit);
    loom_put32(to + 48, big, above);
    loom_put32(to + 52, big, below);
    return 56;
}

START_TEST(resolution_in_exif)
{
    static const struct {
        uint32_t above, below;
        unsigned unit;
        uint32_t dpi;
    } rows[] = {{300, 1, 2, 300000},         {72, 1, 0, 72000}, {118, 1, 3, 299720},
                {7200001, 100000, 2, 72000}, {300, 1, 1, 0},    {300, 0, 2, 0},
                {UINT32_MAX, 1, 3, 0},       {0, 1, 2, 0},      {1, 3, 2, 333}};
    unsigned char exif[64];

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int big = 0; big < 2; big++) {
            const size_t size =
                make_exif(exif, big != 0, rows[i].above, rows[i].below, rows[i].unit);
            ck_assert_uint_eq(loom_exif_dpi(exif, size), rows[i].dpi);
            ck_assert_uint_eq(loom_exif_dpi(exif, size - 1), 0); /* cut in its value */
        }
}
END_TEST

/* JFIF 1.02: version, units, density across, density down. EXIF counts where that says nothing. */
START_TEST(resolution_of_a_jpeg)
{
    unsigned char file[128] = {0xFF, 0xD8, 0xFF, 0xE0, 0,    16, 'J', 'F', 'I', 'F',  0,
                               1,    2,    1,    0x01, 0x2C, 0,  96,  0,   0,   0xFF, 0xE1};
    unsigned char *units = file + 13;
    const size_t exif = make_exif(file + 30, true, 240, 1, 2);

    loom_put16(file + 22, true, (unsigned)(2 + 6 + exif));
    memcpy(file + 24, "Exif\0\0", 6);
    ck_assert_uint_eq(ask(LOOM_FORMAT_JPEG, file, 30 + exif).dpi, 300000);
    *units = 2;
    ck_assert_uint_eq(ask(LOOM_FORMAT_JPEG, file, 30 + exif).dpi, 762000);
    *units = 0;
    ck_assert_uint_eq(ask(LOOM_FORMAT_JPEG, file, 30 + exif).dpi, 240000);
    ck_assert_uint_eq(ask(LOOM_FORMAT_JPEG, file, 22).dpi, 0);
}
END_TEST

/* PNG and BMP store whole px per metre: 2835 is what writers make of 72 dpi, 2834 of none. */
START_TEST(resolution_by_the_metre)
{
    static const struct {
        uint32_t per_metre, dpi;
    } rows[] = {{2835, 72000}, {3780, 96000}, {11811, 300000}, {2834, 71984},
                {39, 1000},    {1, 25},       {0, 0},          {UINT32_MAX, 0}};
    size_t size;
    unsigned char *png = read_file("formats/quadrants.png", &size);
    unsigned char *bmp = read_file("formats/quadrants.bmp", &size);
    unsigned char file[33 + 21] = {0};

    memcpy(file, png, 33);
    loom_put32(file + 33, true, 9);
    memcpy(file + 37, "pHYs", 4);
    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_put32(file + 41, true, rows[i].per_metre);
        file[49] = 1;
        ck_assert_uint_eq(ask(LOOM_FORMAT_PNG, file, sizeof file).dpi, rows[i].dpi);
        file[49] = 0; /* a ratio */
        ck_assert_uint_eq(ask(LOOM_FORMAT_PNG, file, sizeof file).dpi, 0);
        loom_put32(bmp + 38, false, rows[i].per_metre);
        ck_assert_uint_eq(ask(LOOM_FORMAT_BMP, bmp, size).dpi, rows[i].dpi);
    }
    free(png);
    free(bmp);
}
END_TEST

/* ---- by hand ------------------------------------------------------------- */

/* A palette has alpha by tRNS; acTL says how many frames an animation has. */
START_TEST(chunks_of_a_png)
{
    static const unsigned char chunks[] = {0, 0, 0, 1, 't', 'R', 'N', 'S', 0,   0,   0,
                                           0, 0, 0, 0, 0,   8,   'a', 'c', 'T', 'L', 0,
                                           0, 0, 7, 0, 0,   0,   0,   0,   0,   0,   0};
    unsigned char file[33 + sizeof chunks];
    size_t size;
    unsigned char *png = read_file("formats/palette.png", &size);

    memcpy(file, png, 33);
    memcpy(file + 33, chunks, sizeof chunks);
    loom_traits traits = ask(LOOM_FORMAT_PNG, file, 33);
    ck_assert(traits.alpha == NO && traits.frames == 1);
    traits = ask(LOOM_FORMAT_PNG, file, sizeof file);
    ck_assert(traits.alpha == YES && traits.frames == 7 && traits.bits == 8);
    free(png);
}
END_TEST

/* VP8X says by a flag whether there is alpha; each frame of an animation has a chunk. */
START_TEST(chunks_of_a_webp)
{
    unsigned char file[12 + 18 + 3 * 8] = "RIFF....WEBPVP8X";

    file[16] = 10;
    file[20] = 0x10 | 0x02;
    for (int i = 0; i < 3; i++)
        memcpy(file + 30 + 8 * i, "ANMF", 4);
    loom_traits traits = ask(LOOM_FORMAT_WEBP, file, sizeof file);
    ck_assert(traits.alpha == YES && traits.bits == 8 && traits.frames == 3);
    file[20] = 0;
    traits = ask(LOOM_FORMAT_WEBP, file, 30);
    ck_assert(traits.alpha == NO && traits.frames == 1);
}
END_TEST

START_TEST(samples_of_a_pnm)
{
    static const struct {
        const char *text;
        uint32_t bits;
    } rows[] = {
        {"P5 1 1 255 x", 8}, {"P5 1 1 65535 xx", 16}, {"P5 1 1 1023 xx", 10}, {"P4 1 1 x", 1}};

    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_uint_eq(ask(LOOM_FORMAT_PNM, rows[i].text, strlen(rows[i].text)).bits,
                          rows[i].bits);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("traits");
    TCase *tests = tcase_create("traits");

    tcase_add_loop_test(tests, files_tell_their_traits, 0, (int)COUNT(files));
    tcase_add_loop_test(tests, damaged_files_are_safe, 0, (int)COUNT(files));
    tcase_add_test(tests, resolution_in_exif);
    tcase_add_test(tests, resolution_of_a_jpeg);
    tcase_add_test(tests, resolution_by_the_metre);
    tcase_add_test(tests, chunks_of_a_png);
    tcase_add_test(tests, chunks_of_a_webp);
    tcase_add_test(tests, samples_of_a_pnm);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
