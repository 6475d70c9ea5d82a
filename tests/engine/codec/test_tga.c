/* TGA: each kind of it that is read, or refused, and its header with all numbers. */
#include "support/raster_run.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- a file of 3x2 px ---------------------------------------------------- */

typedef struct tga {
    unsigned type, bits, descriptor, map_type, first, colours, map_bits;
    const char *id;
    unsigned meaning; /* of attributes, in a footer of TGA 2.0, and 1; 0: there is no footer */
} tga;

enum { TOP = 0x20, RIGHT = 0x10 };

static void put_header(raster_file *f, const tga *t)
{
    const char *id = t->id != NULL ? t->id : "";

    raster_put_le(f, (uint32_t)strlen(id), 1);
    raster_put_le(f, t->map_type, 1);
    raster_put_le(f, t->type, 1);
    raster_put_le(f, t->first, 2);
    raster_put_le(f, t->colours, 2);
    raster_put_le(f, t->map_bits, 1);
    raster_put_le(f, 0, 4);
    raster_put_le(f, 3, 2);
    raster_put_le(f, 2, 2);
    raster_put_le(f, t->bits, 1);
    raster_put_le(f, t->descriptor, 1);
    raster_put_text(f, id);
}

/* A colour of so many bits: those of 15 and 16 are 31 or 0 where the other is above 127 or not. */
static void put_colour(raster_file *f, const unsigned char rgb[3], unsigned alpha, unsigned bits)
{
    if (bits < 15 || bits > 32) { /* nothing that is read */
        for (unsigned i = 0; i < (bits + 7) / 8; i++)
            raster_put_le(f, 0, 1);
        return;
    }
    if (bits <= 16) {
        raster_put_le(f,
                      (rgb[0] > 127 ? 31U << 10 : 0) | (rgb[1] > 127 ? 31U << 5 : 0) |
                          (rgb[2] > 127 ? 31U : 0) | (alpha > 127 ? 0x8000U : 0),
                      2);
        return;
    }
    raster_put(f, (unsigned char[]){rgb[2], rgb[1], rgb[0], (unsigned char)alpha}, bits / 8);
}

static void put_footer(raster_file *f, const tga *t)
{
    const size_t at = f->size;

    if (t->meaning == 0)
        return;
    raster_put_le(f, 495, 2);
    while (f->size < at + 494)
        raster_put_le(f, 0, 1);
    raster_put_le(f, t->meaning - 1, 1);
    raster_put_le(f, (uint32_t)at, 4);
    raster_put_le(f, 0, 4);
    raster_put(f, "TRUEVISION-XFILE.", 18);
}

static unsigned char alpha_of(unsigned pixel)
{
    return (unsigned char)(40 * (pixel + 1));
}

/* Pixel i of the file: colour i, or index i + first, or gray. */
static void put_pixel(raster_file *f, const tga *t, unsigned i)
{
    const unsigned char *rgb = raster_rgb + (size_t)3 * i;

    switch (t->type & 7) {
    case 1:
        raster_put_le(f, t->first + i, t->bits <= 8 ? 1 : 2);
        break;
    case 3:
        raster_put(f, (unsigned char[8]){rgb[0], alpha_of(i)}, (t->bits + 7) / 8);
        break;
    default:
        put_colour(f, rgb, alpha_of(i), t->bits);
    }
}

static void put_tga(raster_file *f, const tga *t)
{
    put_header(f, t);
    for (unsigned i = 0; i < t->colours; i++)
        put_colour(f, raster_rgb + (size_t)3 * (i % 6), alpha_of(i % 6), t->map_bits);
    for (unsigned i = 0; i < 6; i++) {
        if (t->type >= 8 && i % 4 == 0) /* packets go beyond their row */
            raster_put_le(f, i == 0 ? 3 : 1, 1);
        put_pixel(f, t, i);
    }
    put_footer(f, t);
}

/* ---- what it shows ------------------------------------------------------- */

static unsigned char high(unsigned value)
{
    return value > 127 ? 255 : 0;
}

/* What such a file shows, from the top; its channels. 0: it is not read. */
static unsigned model(const tga *t, unsigned char pixels[24])
{
    const unsigned kind = t->type < 16 ? t->type & 7 : 0, bits = kind == 1 ? t->map_bits : t->bits;
    const unsigned attributes = t->descriptor & 15;
    const bool colour = bits == 15 || bits == 16 || bits == 24 || bits == 32;
    const bool means = t->meaning == 0 || t->meaning == 4 || t->meaning == 5;

    if (t->type >= 16 || kind < 1 || kind > 3 || t->descriptor > 63 || t->meaning > 5 ||
        t->map_type > 1)
        return 0;
    if (kind == 1 && t->bits != 8 && t->bits != 16)
        return 0;
    if (kind != 3 && (!colour || (bits == 32 && attributes != 0 && attributes != 8) ||
                      (bits == 16 && attributes > 1)))
        return 0;
    if (kind == 3 && bits != 8 && (bits != 16 || attributes != 8))
        return 0;
    const bool alpha = means && attributes > 0 && (bits == 16 || bits == 32);
    const unsigned colours = kind == 3 ? 1 : 3, channels = colours + alpha;
    for (unsigned i = 0; i < 6; i++) {
        const unsigned x = (t->descriptor & RIGHT) != 0 ? 2 - i % 3 : i % 3;
        const unsigned y = (t->descriptor & TOP) != 0 ? i / 3 : 1 - i / 3;
        unsigned char *to = pixels + (size_t)channels * (3 * y + x);
        for (unsigned c = 0; c < colours; c++) {
            const unsigned char value = raster_rgb[3 * i + c];
            to[c] = kind != 3 && bits <= 16 ? high(value) : value;
        }
        if (alpha)
            to[colours] = bits == 16 && kind != 3 ? high(alpha_of(i)) : alpha_of(i);
        for (unsigned c = 0; c < colours && alpha && t->meaning == 5; c++) {
            const double whole = 255.0 * to[c] / (to[colours] > 0 ? to[colours] : 255);
            to[c] = (unsigned char)(whole < 255 ? whole + 0.5 : 255);
        }
    }
    return channels;
}

static void assert_model(const tga *t, const char *what)
{
    raster_file f = {.size = 0};
    unsigned char pixels[24];
    const unsigned channels = model(t, pixels);
    char words[160];

    (void)snprintf(words, sizeof words,
                   "%s: type %u, %u bits, descriptor %02x, map of %u bits, meaning %u", what,
                   t->type, t->bits, t->descriptor, t->map_bits, t->meaning);
    put_tga(&f, t);
    if (channels > 0) {
        raster_expect(LOOM_FORMAT_TGA, &f, channels, pixels, words);
        return;
    }
    raster_result r = raster_run_file(LOOM_FORMAT_TGA, &f);
    ck_assert_msg(r.status == LOOM_ERR_UNSUPPORTED, "%s: %s", words, r.message);
    raster_end(&r);
}

/* ---- its fields ---------------------------------------------------------- */

static const unsigned all_bits[] = {1, 8, 15, 16, 24, 32, 64};
enum { BITS = sizeof all_bits / sizeof *all_bits };

START_TEST(types_and_bits)
{
    for (unsigned type = 0; type < 256; type++)
        for (unsigned b = 0; b < BITS; b++) {
            tga t = {.type = type, .bits = all_bits[b], .descriptor = TOP};
            if ((type & ~8U) == 1) {
                t.map_type = 1;
                t.colours = 6;
                t.map_bits = 24;
            } else if ((type & ~8U) == 3 && all_bits[b] == 16) {
                t.descriptor |= 8;
            }
            assert_model(&t, "type");
        }
}
END_TEST

START_TEST(descriptors)
{
    static const unsigned char types[] = {2, 3, 10, 11};

    for (unsigned descriptor = 0; descriptor < 256; descriptor++)
        for (unsigned i = 0; i < sizeof types; i++)
            for (unsigned b = 0; b < BITS; b++) {
                const tga t = {.type = types[i], .bits = all_bits[b], .descriptor = descriptor};
                assert_model(&t, "descriptor");
            }
}
END_TEST

START_TEST(maps)
{
    for (unsigned type = 1; type <= 9; type += 8)
        for (unsigned b = 0; b < BITS; b++)
            for (unsigned bits = 8; bits <= 16; bits++)
                for (unsigned descriptor = TOP; descriptor <= TOP + 9; descriptor++)
                    for (unsigned first = 0; first <= 100; first += 50) {
                        const tga t = {type, bits,        descriptor, 1, first,
                                       6,    all_bits[b], "some id",  0};
                        assert_model(&t, "map");
                    }
}
END_TEST

/* A map that colours do not need is skipped. */
START_TEST(unused_maps)
{
    static const unsigned char types[] = {2, 3, 10, 11};

    for (unsigned i = 0; i < sizeof types; i++)
        for (unsigned b = 1; b < BITS; b++)
            for (unsigned map_type = 0; map_type < 4; map_type++) {
                tga t = {
                    types[i], types[i] % 8 == 3 ? 8 : 24, TOP, map_type, 3, 7, all_bits[b], "id",
                    0};
                if (map_type != 1)
                    t.colours = 0;
                assert_model(&t, "unused map");
            }
}
END_TEST

START_TEST(meanings_of_attributes)
{
    for (unsigned meaning = 0; meaning <= 7; meaning++)
        for (unsigned type = 2; type <= 3; type++)
            for (unsigned bits = 8; bits <= 32; bits += 8) {
                const tga t = {
                    .type = type, .bits = bits, .descriptor = TOP | 8, .meaning = meaning};
                assert_model(&t, "meaning");
            }
}
END_TEST

/* ---- the list ------------------------------------------------------------ */

static unsigned char colours[18], grays[6], grays_alpha[12], colours_alpha[24], colours_16[24];
static unsigned char divided[24];

static void expect_of(const tga *t, unsigned char *pixels)
{
    ck_assert_uint_gt(model(t, pixels), 0);
}

#define MAKE(name, ...)                                                                            \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        const tga t = {__VA_ARGS__};                                                               \
        put_tga(f, &t);                                                                            \
    }
MAKE(make_indexed, .type = 1, .bits = 8, .descriptor = TOP, .map_type = 1, .first = 0, .colours = 6,
     .map_bits = 24)
MAKE(make_colour, .type = 2, .bits = 24, .descriptor = TOP)
MAKE(make_gray, .type = 3, .bits = 8, .descriptor = TOP)
MAKE(make_indexed_rle, .type = 9, .bits = 8, .descriptor = TOP, .map_type = 1, .first = 0,
     .colours = 6, .map_bits = 24)
MAKE(make_colour_rle, .type = 10, .bits = 24, .descriptor = TOP)
MAKE(make_gray_rle, .type = 11, .bits = 8, .descriptor = TOP)
MAKE(make_nothing, .type = 0, .bits = 24, .descriptor = TOP)
MAKE(make_huffman, .type = 32, .bits = 24, .descriptor = TOP)
MAKE(make_huffman_4, .type = 33, .bits = 24, .descriptor = TOP)
MAKE(make_with_map, .type = 2, .bits = 24, .descriptor = TOP, .map_type = 1, .first = 0,
     .colours = 9, .map_bits = 16)
MAKE(make_indexed_16, .type = 1, .bits = 16, .descriptor = TOP, .map_type = 1, .first = 300,
     .colours = 6, .map_bits = 24)
MAKE(make_15, .type = 2, .bits = 15, .descriptor = TOP)
MAKE(make_16, .type = 2, .bits = 16, .descriptor = TOP)
MAKE(make_32, .type = 2, .bits = 32, .descriptor = TOP)
MAKE(make_gray_16, .type = 3, .bits = 16, .descriptor = TOP | 8)
MAKE(make_16_alpha, .type = 2, .bits = 16, .descriptor = TOP | 1)
MAKE(make_32_alpha, .type = 2, .bits = 32, .descriptor = TOP | 8)
MAKE(make_no_alpha, .type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 1)
MAKE(make_undefined, .type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 2)
MAKE(make_retained, .type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 3)
MAKE(make_alpha, .type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 4)
MAKE(make_premultiplied, .type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 5)
MAKE(make_by_two, .type = 2, .bits = 24, .descriptor = TOP | 0x40)
MAKE(make_by_four, .type = 2, .bits = 24, .descriptor = TOP | 0x80)

START_TEST(each_kind)
{
    static unsigned char colours_15[18];
    const raster_kind cases[] = {{"image type", 1, make_indexed, 3, colours},
                                 {"image type", 2, make_colour, 3, colours},
                                 {"image type", 3, make_gray, 1, grays},
                                 {"image type", 9, make_indexed_rle, 3, colours},
                                 {"image type", 10, make_colour_rle, 3, colours},
                                 {"image type", 11, make_gray_rle, 1, grays},
                                 {"image type", 0, make_nothing, 0, NULL},
                                 {"image type", 32, make_huffman, 0, NULL},
                                 {"image type", 33, make_huffman_4, 0, NULL},
                                 {"colour map", 0, make_colour, 3, colours},
                                 {"colour map", 1, make_with_map, 3, colours},
                                 {"bits of an index", 8, make_indexed, 3, colours},
                                 {"bits of an index", 16, make_indexed_16, 3, colours},
                                 {"bits of a colour", 15, make_15, 3, colours_15},
                                 {"bits of a colour", 16, make_16, 3, colours_15},
                                 {"bits of a colour", 24, make_colour, 3, colours},
                                 {"bits of a colour", 32, make_32, 3, colours},
                                 {"bits of a gray", 8, make_gray, 1, grays},
                                 {"bits of a gray", 16, make_gray_16, 2, grays_alpha},
                                 {"alpha of 16 bits", 0, make_16, 3, colours_15},
                                 {"alpha of 16 bits", 1, make_16_alpha, 4, colours_16},
                                 {"alpha of 32 bits", 0, make_32, 3, colours},
                                 {"alpha of 32 bits", 8, make_32_alpha, 4, colours_alpha},
                                 {"alpha of gray", 8, make_gray_16, 2, grays_alpha},
                                 {"attributes", 255, make_32_alpha, 4, colours_alpha},
                                 {"attributes", 0, make_no_alpha, 3, colours},
                                 {"attributes", 1, make_undefined, 3, colours},
                                 {"attributes", 2, make_retained, 3, colours},
                                 {"attributes", 3, make_alpha, 4, colours_alpha},
                                 {"attributes", 4, make_premultiplied, 4, divided},
                                 {"rows", 0, make_colour, 3, colours},
                                 {"rows", 1, make_by_two, 0, NULL},
                                 {"rows", 2, make_by_four, 0, NULL}};

    expect_of(&(tga){.type = 2, .bits = 24, .descriptor = TOP}, colours);
    expect_of(&(tga){.type = 3, .bits = 8, .descriptor = TOP}, grays);
    expect_of(&(tga){.type = 3, .bits = 16, .descriptor = TOP | 8}, grays_alpha);
    expect_of(&(tga){.type = 2, .bits = 32, .descriptor = TOP | 8}, colours_alpha);
    expect_of(&(tga){.type = 2, .bits = 15, .descriptor = TOP}, colours_15);
    expect_of(&(tga){.type = 2, .bits = 16, .descriptor = TOP | 1}, colours_16);
    expect_of(&(tga){.type = 2, .bits = 32, .descriptor = TOP | 8, .meaning = 5}, divided);
    ck_assert_mem_eq(colours, raster_rgb, sizeof colours);
    raster_walk_kinds(LOOM_FORMAT_TGA, cases, sizeof cases / sizeof *cases);
}
END_TEST

/* ---- damage -------------------------------------------------------------- */

START_TEST(indices_without_a_colour_are_damage)
{
    for (unsigned first = 0; first <= 2; first++) {
        raster_file f = {.size = 0};
        put_header(&f, &(tga){.type = 1,
                              .bits = 8,
                              .descriptor = TOP,
                              .map_type = 1,
                              .first = first,
                              .colours = 5,
                              .map_bits = 24});
        for (unsigned i = 0; i < 5; i++)
            put_colour(&f, raster_rgb + (size_t)3 * i, 0, 24);
        raster_put(
            &f, (unsigned char[]){2, 3, 4, 3, 2, (unsigned char)(first == 1 ? 0 : first + 5)}, 6);
        raster_result r = raster_run_file(LOOM_FORMAT_TGA, &f);
        ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
        ck_assert_ptr_nonnull(r.decoded.damage);
        ck_assert_uint_eq(raster_sample_at(&r, 0, 0), raster_rgb[3 * (2 - first)]);
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(raster_sample_at(&r, 5, c), 0);
        raster_end(&r);
    }
}
END_TEST

START_TEST(a_run_beyond_the_picture_is_damage)
{
    raster_file f = {.size = 0};

    put_header(&f, &(tga){.type = 11, .bits = 8, .descriptor = TOP});
    raster_put(&f, (unsigned char[]){0x80 + 6, 9}, 2);
    raster_result r = raster_run_file(LOOM_FORMAT_TGA, &f);
    ck_assert_int_eq(r.status, LOOM_OK);
    ck_assert_ptr_nonnull(r.decoded.damage);
    ck_assert(!r.decoded.missing);
    raster_end(&r);
}
END_TEST

START_TEST(headers_that_contradict_themselves)
{
    static const tga cases[] = {{.type = 1, .bits = 8, .map_bits = 24},
                                {.type = 9, .bits = 8, .map_type = 1, .map_bits = 24}};

    for (unsigned i = 0; i < 2; i++) {
        raster_file f = {.size = 0};
        put_tga(&f, &cases[i]);
        raster_result r = raster_run_file(LOOM_FORMAT_TGA, &f);
        ck_assert_msg(r.status == LOOM_ERR_CORRUPT, "%s", r.message);
        raster_end(&r);
    }
}
END_TEST

/* Alpha that is 0 everywhere is none; a fourth byte that is not declared is none, and is told. */
START_TEST(bytes_that_look_like_alpha)
{
    for (unsigned i = 0; i < 4; i++) {
        raster_file f = {.size = 0};
        put_header(&f, &(tga){.type = 2, .bits = 32, .descriptor = i < 2 ? TOP : TOP | 8});
        for (unsigned p = 0; p < 6; p++)
            put_colour(&f, raster_rgb + (size_t)3 * p, i % 2 == 0 ? 0 : 9 * p, 32);
        raster_result r = raster_run_file(LOOM_FORMAT_TGA, &f);
        ck_assert_int_eq(r.status, LOOM_OK);
        ck_assert_uint_eq(r.decoded.picture.channels, i == 3 ? 4 : 3);
        ck_assert((r.decoded.warning != NULL) == (i == 1 || i == 2));
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(raster_sample_at(&r, 5, c), raster_rgb[15 + c]);
        raster_end(&r);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tga");
    TCase *tests = tcase_create("fields");

    tcase_add_test(tests, each_kind);
    tcase_add_test(tests, types_and_bits);
    tcase_add_test(tests, descriptors);
    tcase_add_test(tests, maps);
    tcase_add_test(tests, unused_maps);
    tcase_add_test(tests, meanings_of_attributes);
    tcase_add_test(tests, indices_without_a_colour_are_damage);
    tcase_add_test(tests, a_run_beyond_the_picture_is_damage);
    tcase_add_test(tests, headers_that_contradict_themselves);
    tcase_add_test(tests, bytes_that_look_like_alpha);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
