/* Pictures of more than 8 bits a sample in outputs that have 8: what is expected is arithmetic. */
#include "support/avif_run.h"
#include "support/engine_run.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>

/* ---- palettes ------------------------------------------------------------- */

enum { SIDE = 8 }; /* px of a patch */

static const struct {
    const char *word;
    uint32_t colours;
} palettes[] = {{NULL, 256}, {"256", 256}, {"16", 16}, {"4", 4}, {"2", 2}};

/* One of so many colours, 8 bits each. Some of them are seen through. */
static unsigned colour_of(uint32_t i, uint32_t count, uint32_t channel, uint32_t channels)
{
    static const uint8_t alphas[] = {255, 200, 255, 128};
    const unsigned ramp = i * 255 / (count - 1);

    if (channels % 2 == 0 && channel == channels - 1)
        return alphas[i % 4];
    return channel == 0 ? ramp : channel == 1 ? 255 - ramp : ramp * 7 % 256;
}

/* Of 16 bits these are as far off as rounding allows, above and below in turn. */
static uint16_t blur_of(unsigned value, uint32_t i, uint32_t max)
{
    if (max == 255)
        return (uint16_t)value;
    const bool above = value == 0 || (value < 255 && i % 2 == 0);
    return (uint16_t)(above ? value * 257 + 128 : value * 257 - 128);
}

/* A row of patches, one of each colour, as 8 bits and as the input with its own largest sample. */
static void make_colours(uint32_t count, uint32_t channels, uint32_t max, oracle_image *plain,
                         oracle_image *input)
{
    static const uint16_t none[4] = {0};

    *plain = sample_flat(count * SIDE, SIDE, channels, 255, none);
    *input = sample_flat(count * SIDE, SIDE, channels, max, none);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t colour[4], deep[4];
        for (uint32_t c = 0; c < channels; c++) {
            colour[c] = (uint16_t)colour_of(i, count, c, channels);
            deep[c] = blur_of(colour[c], i + c, max);
        }
        sample_fill(plain, i * SIDE, 0, SIDE, SIDE, colour);
        sample_fill(input, i * SIDE, 0, SIDE, SIDE, deep);
    }
}

/* "in" to a PNG with a palette, which stb_image reads as RGB, with alpha if there is any. */
static oracle_image reduce(const char *input, const char *word)
{
    engine_request request = engine_request_default();
    size_t size;

    ck_assert_int_eq(loom_recipe_set(&request.recipe, "palette", word, NULL), LOOM_OK);
    loom_outcome outcome = engine_run(&request, input, "out.png");
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    oracle_image made = oracle_read("out.png");
    char *file = tmpdir_read("out.png", &size);
    ck_assert_int_eq(file[25], 3); /* IHDR's colour type: indexed */
    free(file);
    ck_assert_uint_eq(made.max, 255);
    return made;
}

static void assert_near(const oracle_image *made, const oracle_image *plain, unsigned tolerance)
{
    for (uint32_t x = 0; x < plain->width; x++) {
        const bool gray = plain->channels < 3, clear = plain->channels % 2 == 0;
        for (uint32_t c = 0; c < made->channels; c++) {
            const unsigned expected = c < 3   ? oracle_at(plain, x, SIDE / 2, gray ? 0 : c)
                                      : clear ? oracle_at(plain, x, SIDE / 2, plain->channels - 1)
                                              : 255;
            const unsigned found = oracle_at(made, x, SIDE / 2, c);
            ck_assert_msg(found <= expected + tolerance && found + tolerance >= expected,
                          "%u channels, pixel %u, channel %u: %u instead of %u", plain->channels, x,
                          c, found, expected);
        }
    }
}

/* A picture of no more colours than the palette has room for: each of them, of 8 bits, comes out.
 */
START_TEST(a_palette_holds_the_colours_of_a_deep_picture)
{
    for (uint32_t channels = 1; channels <= 4; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            oracle_image plain, input;
            make_colours(palettes[_i].colours, channels, max, &plain, &input);
            sample_png("in.png", &input, NULL);
            sample_tiff("in.tif", &input, NULL);
            for (int tiff = 0; tiff < 2; tiff++) {
                oracle_image made = reduce(tiff ? "in.tif" : "in.png", palettes[_i].word);
                assert_near(&made, &plain, 1);
                oracle_release(&made);
            }
            oracle_release(&plain);
            oracle_release(&input);
        }
}
END_TEST

START_TEST(a_palette_holds_the_colours_of_ten_bits)
{
    avif_write_ten_bits("in.avif");
    for (size_t i = 0; i < COUNT(palettes); i++) {
        oracle_image made = reduce("in.avif", palettes[i].word);
        oracle_assert_pixel(&made, 4, 8, 5, 0xC81E28FF);
        oracle_assert_pixel(&made, 27, 8, 5, 0x2832D2FF);
        oracle_release(&made);
    }
}
END_TEST

/* ---- alpha and a profile -------------------------------------------------- */

static const uint16_t alphas[] = {0, 1, 255, 256, 21244, 0x80C8, 65279, 65535};

/* Patches with an alpha that 8 bits cannot hold, as in.png and in.tif with a profile. */
static oracle_image write_clear(uint32_t channels, uint16_t alpha, const icc_profile *icc)
{
    const sample_extras extras = {.icc = icc->bytes, .icc_size = icc->size};
    oracle_image picture = patches_make(channels, 65535, 0);

    for (size_t i = channels - 1; i < (size_t)picture.width * picture.height * channels;
         i += channels)
        picture.samples[i] = alpha;
    sample_png("in.png", &picture, &extras);
    sample_tiff("in.tif", &picture, &extras);
    return picture;
}

static const uint8_t behind[] = {250, 20, 120};

static oracle_image convert(const char *input, loom_format format)
{
    engine_request request = engine_request_default();

    request.format = format;
    request.recipe.lossless = format == LOOM_FORMAT_WEBP;
    request.recipe.quality = format == LOOM_FORMAT_JPEG ? 100 : 0;
    request.recipe.chroma = format == LOOM_FORMAT_JPEG ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
    request.recipe.background = (loom_colour){behind[0], behind[1], behind[2], 255};
    request.recipe.background_given = true;
    loom_outcome outcome = engine_run(&request, input, "out.bin");
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    return engine_decode("out.bin");
}

/* The colours that the profile means, 0..1, laid over the background as far as they are seen. */
static void assert_laid(const oracle_image *made, const icc_space *space, uint16_t alpha)
{
    const double seen = alpha / 65535.0;

    for (uint32_t i = 0; i < PATCHES; i++) {
        double rgb[3], expected[3];
        for (uint32_t c = 0; c < 3; c++)
            rgb[c] = patch_colours[i][c] / 255.0;
        icc_rgb_to_srgb(space, rgb, expected);
        for (uint32_t c = 0; c < 3; c++)
            expected[c] = fmin(fmax(expected[c], 0), 1) * seen + behind[c] / 255.0 * (1 - seen);
        patches_assert_colour(made, i, expected, 4);
    }
}

static void assert_alpha(const oracle_image *made, uint16_t alpha)
{
    const bool has = made->channels % 2 == 0; /* lossless WebP drops one that is opaque */

    for (uint32_t x = 0; x < made->width; x++) {
        const double found =
            has ? oracle_at(made, x, PATCH / 2, made->channels - 1) * 65535.0 / made->max : 65535;
        ck_assert_msg(fabs(found - alpha) <= (made->max == 255 ? 257 : 0), "alpha %g instead of %u",
                      found, alpha);
    }
}

static const icc_space *const spaces[] = {&icc_display_p3, &icc_srgb, &icc_adobe_rgb};

START_TEST(a_profile_keeps_the_alpha_of_a_deep_picture)
{
    icc_profile icc;

    icc_make_rgb(&icc, spaces[_i]);
    for (size_t n = 0; n < 2 * COUNT(alphas); n++) {
        const uint16_t alpha = alphas[n / 2];
        const char *input = n % 2 == 0 ? "in.png" : "in.tif";
        oracle_image picture = write_clear(4, alpha, &icc);
        oracle_image jpeg = convert(input, LOOM_FORMAT_JPEG);
        oracle_image webp = convert(input, LOOM_FORMAT_WEBP);
        oracle_image png = convert(input, LOOM_FORMAT_PNG);
        ck_assert_uint_eq(jpeg.channels, 3);
        assert_laid(&jpeg, spaces[_i], alpha);
        assert_alpha(&webp, alpha);
        ck_assert_uint_eq(png.max, 65535);
        assert_alpha(&png, alpha);
        if (alpha > 256) /* else 8 bits may hold none of it, and no colour */
            patches_assert_converted(&webp, &picture, spaces[_i], 3);
        patches_assert_converted(&png, &picture, spaces[_i], 3);
        oracle_release(&jpeg);
        oracle_release(&webp);
        oracle_release(&png);
        oracle_release(&picture);
    }
}
END_TEST

/* A power is applied by our own table, another curve by the colour engine: 0 is sRGB's. */
START_TEST(a_gray_profile_keeps_the_alpha_of_a_deep_picture)
{
    static const double gammas[] = {0, 1.8};
    const double gamma = gammas[_i];
    icc_profile icc;

    icc_make_gray(&icc, gamma);
    for (size_t n = 0; n < 2 * COUNT(alphas); n++) {
        const uint16_t alpha = alphas[n / 2];
        const char *input = n % 2 == 0 ? "in.png" : "in.tif";
        oracle_image picture = write_clear(2, alpha, &icc);
        oracle_image webp = convert(input, LOOM_FORMAT_WEBP);
        oracle_image png = convert(input, LOOM_FORMAT_PNG);
        assert_alpha(&webp, alpha);
        assert_alpha(&png, alpha);
        for (uint32_t i = 0; i < PATCHES; i++) {
            const double from = patch_colours[i][0] / 255.0;
            const double gray = gamma > 0 ? icc_gray_to_srgb(gamma, from) : from;
            patches_assert_colour(&png, i, (const double[]){gray, gray, gray}, 3);
            if (alpha > 256) /* else 8 bits may hold none of it, and no colour */
                patches_assert_colour(&webp, i, (const double[]){gray, gray, gray}, 3);
        }
        oracle_release(&webp);
        oracle_release(&png);
        oracle_release(&picture);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_deep");
    TCase *tests = engine_case("engine_deep");

    tcase_add_loop_test(tests, a_palette_holds_the_colours_of_a_deep_picture, 0, COUNT(palettes));
    tcase_add_test(tests, a_palette_holds_the_colours_of_ten_bits);
    tcase_add_loop_test(tests, a_profile_keeps_the_alpha_of_a_deep_picture, 0, COUNT(spaces));
    tcase_add_loop_test(tests, a_gray_profile_keeps_the_alpha_of_a_deep_picture, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
