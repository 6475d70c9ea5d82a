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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_deep");
    TCase *tests = engine_case("engine_deep");

    tcase_add_loop_test(tests, a_palette_holds_the_colours_of_a_deep_picture, 0, COUNT(palettes));
    tcase_add_test(tests, a_palette_holds_the_colours_of_ten_bits);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
