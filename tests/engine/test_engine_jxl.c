/* JPEG XL: kinds, and colours that are multiplied by alpha; headers changed bit by bit. */
#include "format/container.h"
#include "support/engine_run.h"
#include "support/kinds.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

static bool is_written(void)
{
    return engine_codec(LOOM_FORMAT_JXL)->writer != NULL;
}

static unsigned bits_at(const unsigned char *data, size_t at, unsigned count)
{
    unsigned value = 0;

    for (unsigned i = 0; i < count; i++, at++)
        value |= ((unsigned)data[at / 8] >> at % 8 & 1u) << i;
    return value;
}

/*
 * Where "all as usual" of the first extra channel stands, in a codestream as libvips has it made of
 * a picture of 144 x 16 px (ISO/IEC 18181-1): sides in eighths, no orientation, 8 bits.
 */
static size_t find_extra_channel(const unsigned char *stream)
{
    ck_assert_mem_eq(stream, "\xFF\x0A", 2);
    ck_assert_uint_eq(bits_at(stream, 16, 1 + 5 + 3 + 5), 1 | 1 << 1 | 0 << 6 | 17 << 9);
    ck_assert_uint_eq(bits_at(stream, 30, 2), 0);     /* not all as usual; nothing more */
    ck_assert_uint_eq(bits_at(stream, 32, 3), 0);     /* samples of 8 bits */
    ck_assert_uint_eq(bits_at(stream, 36, 3), 1 | 4); /* one extra channel, as usual */
    return 38;
}

/* The same with 17 bits in the place of that one, which say alpha of 8 bits, multiplied in. */
static void make_premultiplied(const char *from, const char *to)
{
    static const unsigned char said[17] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1};
    size_t size;
    char *data = tmpdir_read(from, &size);
    const unsigned char *stream = (const unsigned char *)data; /* bare */
    unsigned char *made = calloc(size + 2, 1);
    const size_t extra = find_extra_channel(stream);

    ck_assert_ptr_nonnull(made);
    for (size_t i = 0; i < 8 * (size + 2); i++) {
        const unsigned bit = i < extra        ? bits_at(stream, i, 1)
                             : i < extra + 17 ? said[i - extra]
                                              : bits_at(stream, i - 16, 1);
        made[i / 8] |= (unsigned char)(bit << i % 8);
    }
    tmpdir_write(to, made, size + 2);
    free(made);
    free(data);
}

static oracle_image multiplied_patches(void)
{
    oracle_image made = patches_make(4, 255, 255);

    for (uint32_t i = 0; i < PATCHES; i++) {
        const unsigned alpha = i == 5 ? 0 : 31 * i + 7;
        uint16_t rgba[4] = {0, 0, 0, (uint16_t)alpha};
        for (int c = 0; c < 3; c++)
            rgba[c] = (uint16_t)((patch_colours[i][c] * alpha + 127) / 255);
        sample_fill(&made, i * PATCH, 0, PATCH, PATCH, rgba);
    }
    return made;
}

START_TEST(premultiplied_alpha_is_divided_out_once)
{
    engine_request request = engine_request_default();
    oracle_image picture = multiplied_patches();

    if (is_written()) {
        sample_png("in.png", &picture, NULL);
        request.settings.allow_untrusted = true;
        request.recipe.lossless = true;
        request.format = LOOM_FORMAT_JXL;
        loom_outcome outcome = engine_run(&request, "in.png", "plain.jxl");
        ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        make_premultiplied("plain.jxl", "in.jxl");
        request.recipe.lossless = false;
        request.format = LOOM_FORMAT_PNG;
        oracle_image plain = engine_render(&request, "plain.jxl");
        ck_assert_double_eq(oracle_compare(&plain, &picture).max, 0);
        oracle_image made = engine_render(&request, "in.jxl");
        for (uint32_t i = 0; i < PATCHES; i++) {
            const double alpha = oracle_at(&picture, i * PATCH + 8, 8, 3);
            ck_assert_double_eq(oracle_at(&made, i * PATCH + 8, 8, 3), alpha);
            for (uint32_t c = 0; c < 3; c++) {
                const double colour = oracle_at(&picture, i * PATCH + 8, 8, c);
                const double expected = alpha > 0 ? fmin(colour * 255 / alpha, 255) : 0;
                ck_assert_double_le(fabs(oracle_at(&made, i * PATCH + 8, 8, c) - expected), 0.51);
            }
        }
        oracle_release(&plain);
        oracle_release(&made);
    }
    oracle_release(&picture);
}
END_TEST

/* ---- headers made of bits ------------------------------------------------- */

typedef struct bit_writer {
    unsigned char data[64];
    size_t at;
} bit_writer;

static void put(bit_writer *w, unsigned count, unsigned value)
{
    for (unsigned i = 0; i < count; i++, w->at++)
        w->data[w->at / 8] |= (unsigned char)((value >> i & 1) << w->at % 8);
}

static void put_sides(bit_writer *w)
{
    put(w, 14, 1 | 1 << 1 | 0 << 6 | 17 << 9); /* 144 x 16 */
}

/* `extra` says which fields there are: 1 a size, 2 a preview, 4 an animation. */
static void begin(bit_writer *w, unsigned extra)
{
    *w = (bit_writer){.at = 0};
    put(w, 16, 0x0AFF);
    put_sides(w);
    put(w, 1, 0);
    put(w, 1, extra > 0);
    if (extra == 0)
        return;
    put(w, 3, 5); /* orientation */
    put(w, 1, extra & 1);
    if (extra & 1)
        put_sides(w);
    put(w, 1, extra >> 1 & 1);
    if (extra & 2) { /* 17 px high, and as wide */
        put(w, 1 + 2, 0);
        put(w, 6, 16);
        put(w, 3, 1);
    }
    put(w, 1, extra >> 2 & 1);
    if (extra & 4) {
        put(w, 2 + 10, 2);
        put(w, 2 + 2 + 1, 0);
    }
}

static bool is_said(const bit_writer *w, size_t size)
{
    unsigned char *copy = malloc(size);
    loom_header header;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, w->data, size);
    (void)loom_format_header(LOOM_FORMAT_JXL, (loom_bytes){copy, size}, &header);
    ck_assert_uint_eq(header.width, 144);
    free(copy);
    return header.premultiplied;
}

START_TEST(headers_say_whether_alpha_is_multiplied_in)
{
    for (unsigned i = 0; i < 8 * 2 * 2; i++) {
        const unsigned extra = i / 4, kind = i / 2 % 2, associated = i % 2;
        bit_writer w;
        begin(&w, extra);
        put(&w, 1 + 2, 1); /* floating point of 32 bits, exponent of 8 */
        put(&w, 4, 7);
        put(&w, 1, 0);
        put(&w, 2 + 4, 2); /* two extra channels */
        put(&w, 1, 0);
        put(&w, 2, kind); /* alpha, or depth */
        put(&w, 3 + 2, 0);
        put(&w, 2 + 4, 1 | 2 << 2); /* a name of two letters */
        put(&w, 16, 0x4141);
        if (kind == 0)
            put(&w, 1, associated);
        put(&w, 1, 1); /* the other is alpha as usual */
        put(&w, 16, 0x1F);
        ck_assert_int_eq(is_said(&w, sizeof w.data), kind == 0 && associated == 1);
        ck_assert(!is_said(&w, 5)); /* cut off */
    }
}
END_TEST

/* ---- kinds ---------------------------------------------------------------- */

/* Read, where this libvips writes some; `channels` 3, or 4 with alpha. */
static void read_back(uint32_t channels)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(channels, 255, 99);

    sample_png("in.png", &picture, NULL);
    request.settings.allow_untrusted = true;
    request.recipe.lossless = true;
    request.format = LOOM_FORMAT_JXL;
    loom_outcome outcome = engine_run(&request, "in.png", "in.jxl");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    request.recipe.lossless = false;
    request.format = LOOM_FORMAT_PNG;
    oracle_image made = engine_render(&request, "in.jxl");
    ck_assert_uint_eq(made.channels, channels);
    ck_assert_double_eq(oracle_compare(&made, &picture).max, 0);
    oracle_release(&made);
    oracle_release(&picture);
}

static void read_usual(const loom_kind *kind)
{
    (void)kind;
    for (uint32_t channels = 3; channels <= 4 && is_written(); channels++)
        read_back(channels);
}

static void assert_refused(const loom_kind *kind, const bit_writer *w)
{
    engine_request request = engine_request_default();

    request.settings.allow_untrusted = true;
    tmpdir_write("in.jxl", w->data, sizeof w->data);
    loom_outcome outcome = engine_run(&request, "in.jxl", "out.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    if (engine_codec(LOOM_FORMAT_JXL)->reader != NULL)
        ck_assert_msg(strstr(outcome.error.message, kind->aspect) != NULL &&
                          strstr(outcome.error.message, kind->name) != NULL,
                      "%s", outcome.error.message);
    loom_outcome_release(&outcome);
}

static void refuse_animation(const loom_kind *kind)
{
    bit_writer w;

    begin(&w, 4);
    assert_refused(kind, &w);
}

static void refuse_channel(const loom_kind *kind)
{
    bit_writer w;

    begin(&w, 0);
    put(&w, 3 + 1, 0); /* samples of 8 bits */
    put(&w, 2, 1);     /* one extra channel */
    put(&w, 1, 0);     /* not as usual */
    if (kind->value == 1)
        put(&w, 2, 1);
    else
        put(&w, 2 + 4, 2 | (kind->value - 2) << 2);
    assert_refused(kind, &w);
}

START_TEST(each_kind_is_read_or_refused)
{
    static const kind_trial trials[] = {{"frames", 0, read_usual},
                                        {"frames", 1, refuse_animation},
                                        {"extra channels", 0, read_usual},
                                        {"extra channels", 1, refuse_channel},
                                        {"extra channels", 2, refuse_channel},
                                        {"extra channels", 3, refuse_channel},
                                        {"extra channels", 4, refuse_channel},
                                        {"extra channels", 5, refuse_channel},
                                        {"extra channels", 6, refuse_channel}};

    kinds_walk(LOOM_FORMAT_JXL, trials, sizeof trials / sizeof *trials);
}
END_TEST

/* ---- floating point ------------------------------------------------------- */

static const double lights[] = {0.2, 0.4, 0.6, 0.25};

/* A picture of one colour in linear light, perhaps with alpha; its samples are floats. */
static void write_floats(const char *path, int channels)
{
    VipsImage *black, *pixels, *light;
    const double ones[] = {1, 1, 1, 1};

    ck_assert_int_eq(vips_black(&black, 32, 24, "bands", channels, NULL), 0);
    ck_assert_int_eq(vips_linear(black, &pixels, ones, lights, channels, NULL), 0);
    ck_assert_int_eq(vips_copy(pixels, &light, "interpretation", VIPS_INTERPRETATION_scRGB, NULL),
                     0);
    ck_assert_int_eq(vips_jxlsave(light, path, "lossless", TRUE, NULL), 0);
    g_object_unref(black);
    g_object_unref(pixels);
    g_object_unref(light);
}

START_TEST(floats_are_converted_with_their_alpha)
{
    engine_request request = engine_request_default();

    request.settings.allow_untrusted = true;
    for (int channels = 3; channels <= 4 && is_written(); channels++) {
        write_floats("in.jxl", channels);
        oracle_image made = engine_render(&request, "in.jxl");
        ck_assert_int_eq((int)made.channels, channels);
        ck_assert_uint_eq(made.max, 65535);
        for (uint32_t c = 0; c < made.channels; c++) {
            const double value = c < 3 ? icc_srgb_encode(lights[c]) : lights[c];
            ck_assert_double_le(fabs(oracle_at(&made, 9, 9, c) - 65535 * value), 200);
        }
        oracle_release(&made);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_jxl");
    TCase *tests = tcase_create("engine_jxl");

    tcase_add_checked_fixture(tests, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, premultiplied_alpha_is_divided_out_once);
    tcase_add_test(tests, headers_say_whether_alpha_is_multiplied_in);
    tcase_add_test(tests, each_kind_is_read_or_refused);
    tcase_add_test(tests, floats_are_converted_with_their_alpha);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
