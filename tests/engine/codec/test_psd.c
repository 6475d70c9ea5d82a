/* PSD and PSB: each kind of them that is read, or refused, what is alpha and what is not. */
#include "support/make_psd.h"
#include "support/raster_run.h"
#include "support/suite.h"

#include <string.h>

/* ---- the list ------------------------------------------------------------ */

static const unsigned char grays[6] = {0, 50, 100, 150, 200, 255},
                           indices[6] = {9, 8, 7, 200, 1, 255};
static const unsigned char bits[6] = {0, 255, 0, 255, 0, 255};
static const unsigned char indexed[18] = {9,   18,  27, 8, 16, 24, 7,   14,  21,
                                          200, 144, 88, 1, 2,  3,  255, 254, 253};
static const unsigned char light[24] = {0,  1,  2,  3,   4,   5,   6,   7,   255, 254, 253, 252,
                                        90, 80, 70, 100, 100, 100, 100, 100, 10,  20,  30,  40};
static unsigned char inks[24];

#define MAKE(name, ...)                                                                            \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        const psd p = {__VA_ARGS__};                                                               \
        psd_put(f, &p);                                                                            \
    }
MAKE(make_rgb, .channels = 3, .mode = RGB)
MAKE(make_psb, .version = 2, .channels = 3, .mode = RGB, .coding = 1)
MAKE(make_bitmap, .channels = 1, .depth = 1, .mode = BITMAP)
MAKE(make_gray, .channels = 1, .mode = GRAY, .samples = grays)
MAKE(make_indexed, .channels = 1, .mode = INDEXED, .samples = indices)
MAKE(make_cmyk, .channels = 4, .mode = CMYK, .samples = light)
MAKE(make_multichannel, .channels = 3, .mode = MULTICHANNEL)
MAKE(make_duotone, .channels = 1, .mode = DUOTONE)
MAKE(make_lab, .channels = 3, .mode = LAB)
MAKE(make_cmyk_16, .channels = 4, .mode = CMYK, .depth = 16, .samples = light)
MAKE(make_rgb_32, .channels = 3, .mode = RGB, .depth = 32)
MAKE(make_merged, .channels = 3, .mode = RGB, .merged = 1)
MAKE(make_not_merged, .channels = 3, .mode = RGB, .merged = -1)
MAKE(make_cmyk_alpha, .channels = 5, .mode = CMYK, .layers = -1)
MAKE(make_rle, .channels = 3, .mode = RGB, .coding = 1)
MAKE(make_zip, .channels = 3, .mode = RGB, .coding = 2)
MAKE(make_zip_predicted, .channels = 3, .mode = RGB, .coding = 3)

START_TEST(each_kind)
{
    static const raster_kind cases[] = {{"version", 1, make_rgb, 3, raster_rgb},
                                        {"version", 2, make_psb, 3, raster_rgb},
                                        {"colours", BITMAP, make_bitmap, 1, bits},
                                        {"colours", GRAY, make_gray, 1, grays},
                                        {"colours", INDEXED, make_indexed, 3, indexed},
                                        {"colours", RGB, make_rgb, 3, raster_rgb},
                                        {"colours", CMYK, make_cmyk, 4, inks},
                                        {"colours", MULTICHANNEL, make_multichannel, 0, NULL},
                                        {"colours", DUOTONE, make_duotone, 0, NULL},
                                        {"colours", LAB, make_lab, 0, NULL},
                                        {"bits of black and white", 1, make_bitmap, 1, bits},
                                        {"bits of an index", 8, make_indexed, 3, indexed},
                                        {"bits of a colour", 8, make_rgb, 3, raster_rgb},
                                        {"bits of a colour", 16, make_cmyk_16, 4, inks},
                                        {"bits of a colour", 32, make_rgb_32, 0, NULL},
                                        {"picture of all layers", 1, make_merged, 3, raster_rgb},
                                        {"picture of all layers", 0, make_not_merged, 0, NULL},
                                        {"transparency of CMYK", 0, make_cmyk, 4, inks},
                                        {"transparency of CMYK", 1, make_cmyk_alpha, 0, NULL},
                                        {"coding", 0, make_rgb, 3, raster_rgb},
                                        {"coding", 1, make_rle, 3, raster_rgb},
                                        {"coding", 2, make_zip, 0, NULL},
                                        {"coding", 3, make_zip_predicted, 0, NULL}};

    for (unsigned i = 0; i < sizeof light; i++)
        inks[i] = (unsigned char)(255 - light[i]);
    raster_walk_kinds(LOOM_FORMAT_PSD, cases, sizeof cases / sizeof *cases);
}
END_TEST

/* ---- channels, depth, codings -------------------------------------------- */

/* All of them that are read, against the samples they were made of. */
START_TEST(samples_of_every_coding)
{
    static const unsigned modes[] = {GRAY, RGB};

    for (unsigned i = 0; i < 16; i++) {
        psd p = {.version = 1 + i % 2,
                 .mode = modes[i / 2 % 2],
                 .depth = i / 4 % 2 == 0 ? 8 : 16,
                 .coding = i / 8};
        raster_file f = {.size = 0};
        p.channels = p.mode == GRAY ? 1 : 3;
        psd_put(&f, &p);
        raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
        ck_assert_msg(r.status == LOOM_OK, "%u: %s", i, r.message);
        ck_assert(!r.decoded.missing && r.decoded.damage == NULL);
        ck_assert_uint_eq(r.decoded.picture.depth, p.depth / 8);
        ck_assert_uint_eq(r.decoded.picture.channels, p.channels);
        for (unsigned n = 0; n < 6 * p.channels; n++)
            ck_assert_uint_eq(raster_sample_at(&r, n / p.channels, n % p.channels),
                              raster_rgb[3 * (n / p.channels) + n % p.channels] *
                                  (p.depth == 16 ? 257U : 1U));
        raster_end(&r);
    }
}
END_TEST

START_TEST(selections_are_no_transparency)
{
    for (unsigned channels = 3; channels <= 8; channels++)
        for (int layers = 0; layers <= 3; layers++)
            for (unsigned coding = 0; coding < 2; coding++) {
                const psd p = {
                    .channels = channels, .mode = RGB, .coding = coding, .layers = layers};
                raster_file f = {.size = 0};
                psd_put(&f, &p);
                raster_expect(LOOM_FORMAT_PSD, &f, 3, raster_rgb, "selection");
                f.size -= channels > 3; /* which may well be missing */
                raster_expect(LOOM_FORMAT_PSD, &f, 3, raster_rgb, "selection that is cut");
            }
}
END_TEST

/* Colours over white, by which they are stored: 255 - a + c a / 255, rounded. */
START_TEST(transparency_is_taken_off_white)
{
    for (unsigned way = 0; way < 3; way++)
        for (unsigned depth = 8; depth <= 16; depth += 8) {
            unsigned char samples[30];
            const psd p = {.channels = 5,
                           .mode = RGB,
                           .depth = depth,
                           .layers = way == 2 ? 1 : -1,
                           .layers_behind = way > 0,
                           .marked = way == 2,
                           .samples = samples};
            raster_file f = {.size = 0};
            for (unsigned i = 0; i < 6; i++) {
                const unsigned alpha = psd_alpha(i);
                for (unsigned c = 0; c < 3; c++)
                    samples[5 * i + c] =
                        (unsigned char)(255 - alpha + raster_rgb[3 * i + c] * alpha / 255.0 + 0.5);
                samples[5 * i + 3] = (unsigned char)alpha;
                samples[5 * i + 4] = 77; /* a selection */
            }
            psd_put(&f, &p);
            raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
            ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
            ck_assert_uint_eq(r.decoded.picture.channels, 4);
            for (unsigned i = 0; i < 6; i++) {
                const unsigned unit = depth == 16 ? 257 : 1, alpha = psd_alpha(i);
                ck_assert_uint_eq(raster_sample_at(&r, i, 3), alpha * unit);
                for (unsigned c = 0; c < 3; c++) {
                    const int off =
                        (int)(raster_sample_at(&r, i, c) / unit) - raster_rgb[3 * i + c];
                    /* half a step of what is stored */
                    ck_assert_msg(off * (int)alpha <= 255 && off * (int)alpha >= -255, "%u: %d", i,
                                  off);
                }
            }
            raster_end(&r);
        }
}
END_TEST

/* What cannot lie over white, as it is darker, was never laid there. */
START_TEST(transparency_that_is_not_over_white_stays)
{
    unsigned char expected[24];
    const psd p = {.channels = 4, .mode = RGB, .layers = -1};
    raster_file f = {.size = 0};

    for (unsigned i = 0; i < 24; i++)
        expected[i] = i % 4 < 3 ? raster_rgb[3 * (i / 4) + i % 4] : psd_alpha(i / 4);
    psd_put(&f, &p);
    raster_expect(LOOM_FORMAT_PSD, &f, 4, expected, "as it is");
}
END_TEST

START_TEST(an_index_may_be_transparent)
{
    unsigned char expected[24];
    const psd p = {.channels = 1, .mode = INDEXED, .samples = indices, .transparent = 1 + 200};
    raster_file f = {.size = 0};

    for (unsigned i = 0; i < 24; i++)
        expected[i] = i % 4 < 3 ? indexed[3 * (i / 4) + i % 4] : indices[i / 4] == 200 ? 0 : 255;
    psd_put(&f, &p);
    raster_expect(LOOM_FORMAT_PSD, &f, 4, expected, "index");
}
END_TEST

START_TEST(profiles_are_passed_on)
{
    const psd p = {.channels = 3, .mode = RGB, .profile = "a profile", .profile_size = 9};
    raster_file f = {.size = 0};

    psd_put(&f, &p);
    raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
    ck_assert_uint_eq(r.decoded.profile.size, 9);
    ck_assert_mem_eq(r.decoded.profile.data, "a profile", 9);
    raster_end(&r);
}
END_TEST

/* ---- its header with other numbers --------------------------------------- */

static bool is_known(const psd *p)
{
    const bool deep = p->depth == 8 || p->depth == 16;

    switch (p->mode) {
    case BITMAP:
        return p->depth == 1;
    case INDEXED:
        return p->depth == 8;
    case GRAY:
    case RGB:
    case CMYK:
        return deep;
    default:
        return false;
    }
}

START_TEST(every_mode_depth_and_number_of_channels)
{
    static const unsigned depths[] = {1, 2, 8, 16, 24, 32}, wanted[] = {1, 1, 1, 3, 4};

    for (unsigned i = 0; i < 12 * 6 * 8; i++) {
        const psd p = {.mode = i % 12, .depth = depths[i / 12 % 6], .channels = 1 + i / 72};
        raster_file f = {.size = 0};
        psd_put(&f, &p);
        raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
        const loom_status expected = !is_known(&p)                 ? LOOM_ERR_UNSUPPORTED
                                     : p.channels < wanted[p.mode] ? LOOM_ERR_CORRUPT
                                                                   : LOOM_OK;
        ck_assert_msg(r.status == expected, "mode %u, depth %u, %u channels: %s", p.mode, p.depth,
                      p.channels, r.message);
        if (r.status == LOOM_OK)
            ck_assert_uint_eq(r.decoded.picture.channels, p.mode == INDEXED ? 3 : wanted[p.mode]);
        raster_end(&r);
    }
}
END_TEST

/* One number of the header is another: mode, depth, version, channels, coding. */
START_TEST(what_is_not_listed_is_refused)
{
    static const struct {
        size_t at;
        unsigned value;
        loom_status status;
        const char *words;
    } cases[] = {{4, 3, LOOM_ERR_UNSUPPORTED, "version: number 3, which is not known"},
                 {4, 0, LOOM_ERR_UNSUPPORTED, "version: number 0, which is not known"},
                 {12, 0, LOOM_ERR_CORRUPT,
                  "the header is damaged: such colours have another number of channels"},
                 {12, 57, LOOM_ERR_CORRUPT,
                  "the header is damaged: such colours have another number of channels"},
                 {12, 2, LOOM_ERR_CORRUPT,
                  "the header is damaged: such colours have another number of channels"},
                 {16, 0, LOOM_ERR_CORRUPT, "the header is damaged: it gives no size"},
                 {22, 2, LOOM_ERR_UNSUPPORTED, "bits of a colour: number 2, which is not known"},
                 {22, 9, LOOM_ERR_UNSUPPORTED, "bits of a colour: number 9, which is not known"},
                 {24, 5, LOOM_ERR_UNSUPPORTED, "colours: number 5, which is not known"},
                 {24, 10, LOOM_ERR_UNSUPPORTED, "colours: number 10, which is not known"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_file f = {.size = 0};
        make_rgb(&f);
        f.bytes[cases[i].at] = 0;
        f.bytes[cases[i].at + 1] = (unsigned char)cases[i].value;
        raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
        ck_assert_msg(r.status == cases[i].status, "%zu: %s", i, r.message);
        ck_assert_str_eq(r.message, cases[i].words);
        raster_end(&r);
    }
    raster_file f = {.size = 0};
    psd_put(&f, &(psd){.channels = 3, .mode = RGB, .coding = 4});
    raster_refuse(LOOM_FORMAT_PSD, &f, "coding: number 4, which is not known");
}
END_TEST

START_TEST(rows_of_another_length_are_damage)
{
    raster_file f = {.size = 0};

    make_rle(&f);
    f.bytes[f.size - 2] ^= 1; /* the last row's count of bytes as they are */
    raster_result r = raster_run_file(LOOM_FORMAT_PSD, &f);
    ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
    ck_assert_ptr_nonnull(r.decoded.damage);
    raster_end(&r);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("psd");
    TCase *tests = tcase_create("kinds");

    tcase_add_test(tests, each_kind);
    tcase_add_test(tests, samples_of_every_coding);
    tcase_add_test(tests, selections_are_no_transparency);
    tcase_add_test(tests, transparency_is_taken_off_white);
    tcase_add_test(tests, transparency_that_is_not_over_white_stays);
    tcase_add_test(tests, an_index_may_be_transparent);
    tcase_add_test(tests, profiles_are_passed_on);
    tcase_add_test(tests, every_mode_depth_and_number_of_channels);
    tcase_add_test(tests, what_is_not_listed_is_refused);
    tcase_add_test(tests, rows_of_another_length_are_damage);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
