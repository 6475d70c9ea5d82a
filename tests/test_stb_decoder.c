/* The decoder of BMP, TGA, PSD, PNM and HDR against pictures written out byte by byte. */
#include "engine/stb_decoder.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- files in memory ---- */

typedef struct file {
    unsigned char bytes[2048];
    size_t size;
} file;

static void put(file *f, const void *bytes, size_t size)
{
    ck_assert_uint_le(f->size + size, sizeof f->bytes);
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void put_text(file *f, const char *text)
{
    put(f, text, strlen(text));
}

static void put_le(file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        put(f, &(unsigned char){(unsigned char)(value >> (8 * i))}, 1);
}

static void put_be(file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--)
        put(f, &(unsigned char){(unsigned char)(value >> (8 * (i - 1)))}, 1);
}

/* As the engine hands it over: a copy of the exact size and its slack, so that ASan sees all. */
static loom_input input_of(const void *bytes, size_t size)
{
    loom_input input = {.data = calloc(1, size + LOOM_INPUT_SLACK), .size = size};

    ck_assert_ptr_nonnull(input.data);
    memcpy(input.data, bytes, size);
    return input;
}

/* ---- the pictures: 3x2 px, colours of no symmetry ---- */

static const unsigned char rgb[18] = {255, 0, 0,   0,  255, 0,  0,  0,   255,
                                      1,   2, 253, 10, 200, 30, 77, 128, 5};
static const unsigned char gray[6] = {0, 50, 100, 150, 200, 255};

static void put_bgr(file *f, unsigned pixel, bool alpha)
{
    const unsigned char *p = rgb + (size_t)3 * pixel;

    put(f, (unsigned char[]){p[2], p[1], p[0], (unsigned char)(40 * (pixel + 1))}, alpha ? 4 : 3);
}

/* BITMAPINFOHEADER of Windows 3: rows from the bottom, padded to 4 bytes. */
static void make_bmp(file *f, unsigned bits, bool from_top)
{
    const uint32_t row = (3 * bits / 8 + 3) / 4 * 4;

    put_text(f, "BM");
    put_le(f, 54 + 2 * row, 4);
    put_le(f, 0, 4);
    put_le(f, 54, 4);
    put_le(f, 40, 4);
    put_le(f, 3, 4);
    put_le(f, from_top ? (uint32_t)-2 : 2, 4);
    put_le(f, 1, 2);
    put_le(f, bits, 2);
    for (int i = 0; i < 6; i++)
        put_le(f, 0, 4);
    for (unsigned y = 0; y < 2; y++) {
        for (unsigned x = 0; x < 3; x++)
            put_bgr(f, (from_top ? y : 1 - y) * 3 + x, bits == 32);
        put_le(f, 0, row - 3 * bits / 8);
    }
}

static void make_bmp_24(file *f)
{
    make_bmp(f, 24, false);
}

static void make_bmp_from_top(file *f)
{
    make_bmp(f, 24, true);
}

static void make_bmp_32(file *f)
{
    make_bmp(f, 32, false);
}

/* Truevision TGA 2.0. Types 2 and 3: true colour and black-and-white; 10: run-length coded. */
static void make_tga(file *f, unsigned type, unsigned bits, unsigned descriptor)
{
    put(f, (unsigned char[]){0, 0, (unsigned char)type}, 3);
    put_le(f, 0, 4);
    put_le(f, 0, 1);
    put_le(f, 0, 4);
    put_le(f, 3, 2);
    put_le(f, 2, 2);
    put(f, (unsigned char[]){(unsigned char)bits, (unsigned char)descriptor}, 2);
}

static void make_tga_raw(file *f)
{
    make_tga(f, 2, 24, 0x20);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i, false);
}

static void make_tga_from_bottom(file *f)
{
    make_tga(f, 2, 24, 0);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i < 3 ? i + 3 : i - 3, false);
}

static void make_tga_alpha(file *f)
{
    make_tga(f, 2, 32, 0x28);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i, true);
}

static void make_tga_gray(file *f)
{
    make_tga(f, 3, 8, 0x20);
    put(f, gray, sizeof gray);
}

/* A run of one pixel, then a packet of five as they are. */
static void make_tga_rle(file *f)
{
    make_tga(f, 10, 24, 0x20);
    put_le(f, 0x80, 1);
    put_bgr(f, 0, false);
    put_le(f, 4, 1);
    for (unsigned i = 1; i < 6; i++)
        put_bgr(f, i, false);
}

/* Adobe Photoshop file format: planes one after another; PackBits where `packed`. */
static void make_psd(file *f, bool packed)
{
    put_text(f, "8BPS");
    put_be(f, 1, 2);
    put_be(f, 0, 4);
    put_be(f, 0, 2);
    put_be(f, 3, 2);
    put_be(f, 2, 4);
    put_be(f, 3, 4);
    put_be(f, 8, 2);
    put_be(f, 3, 2);
    for (int section = 0; section < 3; section++)
        put_be(f, 0, 4);
    put_be(f, packed, 2);
    for (unsigned row = 0; packed && row < 6; row++)
        put_be(f, 4, 2);
    for (unsigned plane = 0; plane < 3; plane++)
        for (unsigned i = 0; i < 6; i++) {
            if (packed && i % 3 == 0)
                put_be(f, 2, 1); /* three bytes as they are */
            put(f, rgb + (size_t)3 * i + plane, 1);
        }
}

static void make_psd_raw(file *f)
{
    make_psd(f, false);
}

static void make_psd_packed(file *f)
{
    make_psd(f, true);
}

static void make_ppm(file *f)
{
    put_text(f, "P6\n# a comment\n3 2\n255\n");
    put(f, rgb, sizeof rgb);
}

static void make_pgm(file *f)
{
    put_text(f, "P5 3 2 255 ");
    put(f, gray, sizeof gray);
}

/* Values of 0..100: 0, 20, 40, 60, 80, 100 per cent. */
static void make_pgm_100(file *f)
{
    put_text(f, "P5\n3\n2\n100\n");
    put(f, (unsigned char[]){0, 20, 40, 60, 80, 100}, 6);
}

static void make_pgm_1000(file *f)
{
    put_text(f, "P5\n3 2\n1000\n");
    for (uint32_t i = 0; i < 6; i++)
        put_be(f, 200 * i, 2);
}

static void make_pgm_16(file *f)
{
    put_text(f, "P5\n3 2\n65535\n");
    for (uint32_t i = 0; i < 6; i++)
        put_be(f, 0x0102 + 0x3001 * i, 2);
}

static void make_ppm_16(file *f)
{
    put_text(f, "P6 3 2 65535\n");
    for (uint32_t i = 0; i < 18; i++)
        put_be(f, 1000 * i + 7, 2);
}

static const char hdr_header[] = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n";

/* Too narrow for runs: four bytes a pixel. 128 * 2^(129 - 136) is 1. */
static void make_hdr_flat(file *f)
{
    put_text(f, hdr_header);
    put_text(f, "-Y 2 +X 3\n");
    for (unsigned i = 0; i < 6; i++)
        put(f, (unsigned char[]){128, 64, 32, (unsigned char)(129 - i)}, 4);
}

/* 16x1 px: a run of 16 for red, and bytes as they are for the others. */
static void make_hdr_rle(file *f)
{
    put_text(f, hdr_header);
    put_text(f, "-Y 1 +X 16\n");
    put(f, (unsigned char[]){2, 2, 0, 16}, 4);
    put(f, (unsigned char[]){128 + 16, 128}, 2);
    for (unsigned plane = 1; plane < 4; plane++) {
        put_le(f, 16, 1);
        for (unsigned x = 0; x < 16; x++)
            put_le(f, plane == 1 ? 8 * x : plane == 2 ? 0 : 129, 1);
    }
}

/* ---- what they must be ---- */

static const struct {
    const char *name;
    void (*make)(file *f);
    loom_format format;
    unsigned width, height, channels, depth;
} files[] = {
    {"bmp 24", make_bmp_24, LOOM_FORMAT_BMP, 3, 2, 3, 1},
    {"bmp from top", make_bmp_from_top, LOOM_FORMAT_BMP, 3, 2, 3, 1},
    {"bmp 32", make_bmp_32, LOOM_FORMAT_BMP, 3, 2, 4, 1},
    {"tga", make_tga_raw, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"tga from bottom", make_tga_from_bottom, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"tga alpha", make_tga_alpha, LOOM_FORMAT_TGA, 3, 2, 4, 1},
    {"tga gray", make_tga_gray, LOOM_FORMAT_TGA, 3, 2, 1, 1},
    {"tga rle", make_tga_rle, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"psd", make_psd_raw, LOOM_FORMAT_PSD, 3, 2, 4, 1},
    {"psd packed", make_psd_packed, LOOM_FORMAT_PSD, 3, 2, 4, 1},
    {"ppm", make_ppm, LOOM_FORMAT_PNM, 3, 2, 3, 1},
    {"pgm", make_pgm, LOOM_FORMAT_PNM, 3, 2, 1, 1},
    {"pgm 100", make_pgm_100, LOOM_FORMAT_PNM, 3, 2, 1, 1},
    {"pgm 1000", make_pgm_1000, LOOM_FORMAT_PNM, 3, 2, 1, 2},
    {"pgm 16", make_pgm_16, LOOM_FORMAT_PNM, 3, 2, 1, 2},
    {"ppm 16", make_ppm_16, LOOM_FORMAT_PNM, 3, 2, 3, 2},
    {"hdr flat", make_hdr_flat, LOOM_FORMAT_HDR, 3, 2, 3, 1},
    {"hdr rle", make_hdr_rle, LOOM_FORMAT_HDR, 16, 1, 3, 1},
};

enum { FILES = sizeof files / sizeof *files };

static int file_called(const char *name)
{
    int i = 0;

    while (strcmp(files[i].name, name) != 0)
        i++;
    return i;
}

static loom_picture decode_whole(int i)
{
    file f = {.size = 0};
    loom_error err = LOOM_ERROR_INIT;
    loom_picture picture = {0};
    uint32_t width = 0, height = 0;
    bool past_end = true;

    files[i].make(&f);
    loom_input input = input_of(f.bytes, f.size);
    ck_assert_msg(loom_stb_probe(files[i].format, &input, &width, &height, &err) == LOOM_OK,
                  "%s: %s", files[i].name, err.message);
    ck_assert_uint_eq(width, files[i].width);
    ck_assert_uint_eq(height, files[i].height);
    ck_assert_msg(loom_stb_decode(files[i].format, &input, &picture, &past_end, &err) == LOOM_OK,
                  "%s: %s", files[i].name, err.message);
    ck_assert(!past_end);
    loom_input_release(&input);
    return picture;
}

static unsigned sample(const loom_picture *picture, unsigned pixel, unsigned channel)
{
    const size_t at = (size_t)pixel * picture->channels + channel;
    uint16_t deep;

    if (picture->depth == 1)
        return picture->data[at];
    memcpy(&deep, picture->data + 2 * at, sizeof deep);
    return deep;
}

START_TEST(sizes_channels_and_depth)
{
    loom_picture picture = decode_whole(_i);

    ck_assert_uint_eq(picture.width, files[_i].width);
    ck_assert_uint_eq(picture.height, files[_i].height);
    ck_assert_uint_eq(picture.channels, files[_i].channels);
    ck_assert_uint_eq(picture.depth, files[_i].depth);
    loom_picture_release(&picture);
}
END_TEST

START_TEST(colours_of_8_bits)
{
    static const char *const names[] = {"bmp 24",  "bmp from top", "bmp 32", "tga",
                                        "tga rle", "tga alpha",    "psd",    "tga from bottom",
                                        "ppm",     "psd packed"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const int i = file_called(names[n]);
        loom_picture picture = decode_whole(i);
        for (unsigned p = 0; p < 6; p++) {
            for (unsigned c = 0; c < 3; c++)
                ck_assert_msg(sample(&picture, p, c) == rgb[3 * p + c], "%s: %u %u", names[n], p,
                              c);
            if (files[i].channels == 4)
                ck_assert_uint_eq(sample(&picture, p, 3),
                                  files[i].format == LOOM_FORMAT_PSD ? 255 : 40 * (p + 1));
        }
        loom_picture_release(&picture);
    }
}
END_TEST

START_TEST(grays_are_scaled_to_the_whole_range)
{
    static const struct {
        const char *name;
        unsigned expected[6];
    } cases[] = {{"pgm", {0, 50, 100, 150, 200, 255}},
                 {"tga gray", {0, 50, 100, 150, 200, 255}},
                 {"pgm 100", {0, 51, 102, 153, 204, 255}},
                 {"pgm 1000", {0, 13107, 26214, 39321, 52428, 65535}},
                 {"pgm 16", {0x0102, 0x3103, 0x6104, 0x9105, 0xC106, 0xF107}}};

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        loom_picture picture = decode_whole(file_called(cases[n].name));
        for (unsigned p = 0; p < 6; p++)
            ck_assert_msg(sample(&picture, p, 0) == cases[n].expected[p], "%s: %u is %u",
                          cases[n].name, p, sample(&picture, p, 0));
        loom_picture_release(&picture);
    }
    loom_picture picture = decode_whole(file_called("ppm 16"));
    for (unsigned i = 0; i < 18; i++)
        ck_assert_uint_eq(sample(&picture, i / 3, i % 3), 1000 * i + 7);
    loom_picture_release(&picture);
}
END_TEST

/* 255 * v^(1 / 2.2), rounded, of v = 1, 1/2, 1/4 … 1/128. */
static const unsigned by_halves[] = {255, 186, 136, 99, 72, 53, 39, 28};

START_TEST(light_is_mapped_by_a_gamma)
{
    loom_picture flat = decode_whole(file_called("hdr flat"));
    for (unsigned p = 0; p < 6; p++)
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(sample(&flat, p, c), by_halves[p + c]);
    loom_picture_release(&flat);

    loom_picture rle = decode_whole(file_called("hdr rle"));
    for (unsigned x = 0; x < 16; x++) {
        ck_assert_uint_eq(sample(&rle, x, 0), 255);
        ck_assert_uint_eq(sample(&rle, x, 2), 0);
    }
    ck_assert_uint_eq(sample(&rle, 8, 1), 186);
    ck_assert_uint_eq(sample(&rle, 4, 1), 136);
    ck_assert_uint_eq(sample(&rle, 0, 1), 0);
    loom_picture_release(&rle);
}
END_TEST

/* ---- cut and damaged ---- */

/* Decodes what may be anything, if its header claims no more than a small picture. */
static loom_status decode_any(loom_format format, const void *bytes, size_t size, bool *past_end,
                              loom_error *err)
{
    loom_input input = input_of(bytes, size);
    loom_picture picture = {0};
    uint32_t width, height;

    *past_end = false;
    loom_status status = loom_stb_probe(format, &input, &width, &height, err);
    if (status == LOOM_OK && (uint64_t)width * height <= 100000)
        status = loom_stb_decode(format, &input, &picture, past_end, err);
    loom_picture_release(&picture);
    loom_input_release(&input);
    return status;
}

START_TEST(each_cut_is_told)
{
    file f = {.size = 0};

    files[_i].make(&f);
    for (size_t size = files[_i].format == LOOM_FORMAT_TGA ? 1 : 4; size < f.size; size++) {
        loom_error err = LOOM_ERROR_INIT;
        bool past_end;
        loom_status status = decode_any(files[_i].format, f.bytes, size, &past_end, &err);
        ck_assert_msg(status == LOOM_OK ? past_end : status == LOOM_ERR_TRUNCATED,
                      "%s, %zu of %zu bytes: %s %s", files[_i].name, size, f.size,
                      loom_status_name(status), err.message);
    }
}
END_TEST

START_TEST(a_cut_that_asks_for_as_much_as_the_look_ahead_is_told)
{
    /* 13 bytes of header and 243 of pixels: after the first 128, stb reads 128 in one piece. */
    file f = {.size = 0};
    loom_error err = LOOM_ERROR_INIT;
    bool past_end;

    put_text(&f, "P5 243 1 255\n");
    memset(f.bytes + f.size, 9, 243);
    f.size += 243;
    ck_assert_int_eq(decode_any(LOOM_FORMAT_PNM, f.bytes, f.size, &past_end, &err), LOOM_OK);
    ck_assert(!past_end);
    for (size_t size = f.size - 127; size < f.size; size++) {
        ck_assert_int_eq(decode_any(LOOM_FORMAT_PNM, f.bytes, size, &past_end, &err), LOOM_OK);
        ck_assert(past_end);
    }
}
END_TEST

/* Knuth's MMIX generator: the same bytes in every run. */
static unsigned next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33);
}

START_TEST(mutations_end)
{
    uint64_t state = (uint64_t)_i + 1;
    file whole = {.size = 0};

    files[_i].make(&whole);
    for (int i = 0; i < 2000; i++) {
        loom_error err = LOOM_ERROR_INIT;
        file f = whole;
        bool past_end;
        for (unsigned n = next_random(&state) % 6 + 1; n > 0; n--)
            f.bytes[next_random(&state) % f.size] = (unsigned char)next_random(&state);
        loom_status status = decode_any(files[_i].format, f.bytes, f.size, &past_end, &err);
        ck_assert_msg(status == LOOM_OK || err.message[0] != '\0', "%s, %d", files[_i].name, i);
    }
}
END_TEST

START_TEST(garbage_behind_a_magic_number_ends)
{
    static const struct {
        loom_format format;
        const char *magic;
    } kinds[] = {{LOOM_FORMAT_BMP, "BM"},
                 {LOOM_FORMAT_PSD, "8BPS"},
                 {LOOM_FORMAT_PNM, "P5 3 3 255 "},
                 {LOOM_FORMAT_TGA, ""},
                 {LOOM_FORMAT_HDR, "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 9 +X 9\n"}};
    uint64_t state = 7;

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = 0; i < 2000; i++) {
            loom_error err = LOOM_ERROR_INIT;
            file f = {.size = 0};
            bool past_end;
            put_text(&f, kinds[k].magic);
            for (unsigned n = next_random(&state) % 300 + 4; n > 0; n--)
                put_le(&f, next_random(&state), 1);
            (void)decode_any(kinds[k].format, f.bytes, f.size, &past_end, &err);
        }
}
END_TEST

START_TEST(headers_that_cannot_be_read)
{
    static const struct {
        loom_format format;
        const char *text;
        loom_status code;
    } cases[] = {{LOOM_FORMAT_PNM, "P4 3 2\n......", LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_PNM, "P2 3 2 255 1 2 3 4 5 6", LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_PNM, "P5 99999999999 2 255 x", LOOM_ERR_TOO_LARGE},
                 {LOOM_FORMAT_PNM, "P5 3 65536 255 x", LOOM_ERR_TOO_LARGE},
                 {LOOM_FORMAT_PNM, "P5 3 2 65536 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_PNM, "P5 0 2 255 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_PNM, "P5 x 2 255 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_HDR, "#?RADIANCE\nFORMAT=other\n\n-Y 2 +X 3\nxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_BMP, "BMxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                  LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_TGA, "this is a text of some length", LOOM_ERR_CORRUPT}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_input input = input_of(cases[i].text, strlen(cases[i].text));
        loom_error err = LOOM_ERROR_INIT;
        uint32_t width = 11, height = 12;
        loom_status status = loom_stb_probe(cases[i].format, &input, &width, &height, &err);
        ck_assert_msg(status == cases[i].code, "%s: %s (%s)", cases[i].text,
                      loom_status_name(status), err.message);
        ck_assert_int_eq(err.stage, LOOM_STAGE_PROBE);
        ck_assert_uint_eq(width, 11);
        ck_assert_uint_eq(height, 12);
        loom_input_release(&input);
    }
}
END_TEST

/* One row of 8 bits: of a header of `size` bytes and a compression; two colours in its palette. */
static file make_indexed_bmp(uint32_t size, uint32_t compression, const unsigned char row[4])
{
    file f = {.size = 0};

    put_text(&f, "BM");
    put_le(&f, 14 + size + 8 + 4, 4);
    put_le(&f, 0, 4);
    put_le(&f, 14 + size + 8, 4);
    put_le(&f, size, 4);
    put_le(&f, 4, 4);
    put_le(&f, 1, 4);
    put_le(&f, 1, 2);
    put_le(&f, 8, 2);
    put_le(&f, compression, 4);
    while (f.size < 14 + size)
        put_le(&f, 0, 1);
    put_le(&f, 0x102030, 4);
    put_le(&f, 0xFFEEDD, 4);
    put(&f, row, 4);
    return f;
}

START_TEST(an_index_beyond_the_palette_is_black)
{
    static const unsigned char row[] = {1, 2, 0, 255},
                               expected[] = {0xFF, 0xEE, 0xDD, 0, 0, 0, 0x10, 0x20, 0x30, 0, 0, 0};
    const file f = make_indexed_bmp(40, 0, row);
    loom_input input = input_of(f.bytes, f.size);
    loom_error err = LOOM_ERROR_INIT;
    loom_picture picture;
    bool past_end;

    ck_assert_int_eq(loom_stb_decode(LOOM_FORMAT_BMP, &input, &picture, &past_end, &err), LOOM_OK);
    ck_assert_uint_eq(picture.channels, 3);
    ck_assert_mem_eq(picture.data, expected, sizeof expected);
    loom_picture_release(&picture);
    loom_input_release(&input);
}
END_TEST

/* One row with each colour of a palette of OS/2 1: colour i is 3 * i in red, the others turned. */
static file make_os2_bmp(unsigned bits)
{
    const unsigned colours = 1U << bits, row = colours * bits / 8 > 4 ? colours * bits / 8 : 4;
    const uint32_t offset = 26 + 3 * colours;
    file f = {.size = 0};

    put_text(&f, "BM");
    put_le(&f, offset + row, 4);
    put_le(&f, 0, 4);
    put_le(&f, offset, 4);
    put_le(&f, 12, 4);
    put_le(&f, colours, 2);
    put_le(&f, 1, 2);
    put_le(&f, 1, 2);
    put_le(&f, bits, 2);
    for (unsigned i = 0; i < colours; i++)
        put(&f,
            (unsigned char[]){(unsigned char)(255 - i), (unsigned char)i, (unsigned char)(3 * i)},
            3);
    for (unsigned i = 0; bits == 8 && i < colours; i++)
        put_le(&f, i, 1);
    for (unsigned i = 0; bits == 4 && i < colours; i += 2)
        put_le(&f, i << 4 | (i + 1), 1);
    if (bits == 1)
        put_le(&f, 0x40, 4);
    return f;
}

START_TEST(palettes_of_os2_are_whole)
{
    static const unsigned bits[] = {1, 4, 8};
    const file f = make_os2_bmp(bits[_i]);

    for (size_t cut = 0; cut < f.size; cut += cut == 0 ? 1 : f.size / 4) {
        loom_input input = input_of(f.bytes, f.size - cut);
        loom_error err = LOOM_ERROR_INIT;
        loom_picture picture;
        bool past_end = false;
        if (loom_stb_decode(LOOM_FORMAT_BMP, &input, &picture, &past_end, &err) == LOOM_OK) {
            for (unsigned i = 0; cut == 0 && i < 1U << bits[_i]; i++) {
                ck_assert_uint_eq(picture.data[3 * i], 3 * i % 256);
                ck_assert_uint_eq(picture.data[3 * i + 1], i);
                ck_assert_uint_eq(picture.data[3 * i + 2], 255 - i);
            }
            loom_picture_release(&picture);
        }
        ck_assert(past_end == (cut != 0));
        loom_input_release(&input);
    }
}
END_TEST

/* Sound files, but not of a kind that stb reads. */
START_TEST(kinds_that_are_not_read_are_unsupported)
{
    static const struct {
        uint32_t size, compression;
        const char *why;
    } cases[] = {
        {40, 1, "stb_image does not read this kind of bmp: one with run-length coding"},
        {40, 2, "stb_image does not read this kind of bmp: one with run-length coding"},
        {40, 4, "stb_image does not read this kind of bmp: one that holds a JPEG or PNG"},
        {64, 0, "stb_image does not read this kind of bmp: one with a header of an unknown size"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const file f = make_indexed_bmp(cases[i].size, cases[i].compression,
                                        (const unsigned char[]){0, 1, 0, 1});
        loom_input input = input_of(f.bytes, f.size);
        loom_error err = LOOM_ERROR_INIT;
        uint32_t width, height;
        ck_assert_int_eq(loom_stb_probe(LOOM_FORMAT_BMP, &input, &width, &height, &err),
                         LOOM_ERR_UNSUPPORTED);
        ck_assert_str_eq(err.message, cases[i].why);
        loom_input_release(&input);
    }
}
END_TEST

START_TEST(reads_five_formats)
{
    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++)
        ck_assert_int_eq(loom_stb_reads((loom_format)i),
                         i >= LOOM_FORMAT_BMP && i <= LOOM_FORMAT_HDR);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stb_decoder");
    TCase *whole = tcase_create("whole"), *broken = tcase_create("broken");

    tcase_add_loop_test(whole, sizes_channels_and_depth, 0, FILES);
    tcase_add_test(whole, colours_of_8_bits);
    tcase_add_test(whole, grays_are_scaled_to_the_whole_range);
    tcase_add_test(whole, light_is_mapped_by_a_gamma);
    tcase_add_test(whole, an_index_beyond_the_palette_is_black);
    tcase_add_loop_test(whole, palettes_of_os2_are_whole, 0, 3);
    tcase_add_test(whole, kinds_that_are_not_read_are_unsupported);
    tcase_add_test(whole, reads_five_formats);
    suite_add_tcase(suite, whole);

    tcase_set_timeout(broken, 60);
    tcase_add_loop_test(broken, each_cut_is_told, 0, FILES);
    tcase_add_test(broken, a_cut_that_asks_for_as_much_as_the_look_ahead_is_told);
    tcase_add_loop_test(broken, mutations_end, 0, FILES);
    tcase_add_test(broken, garbage_behind_a_magic_number_ends);
    tcase_add_test(broken, headers_that_cannot_be_read);
    suite_add_tcase(suite, broken);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
