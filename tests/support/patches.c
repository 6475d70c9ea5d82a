#include "support/patches.h"

#include "support/samples.h"

#include "support/check.h"
#include <math.h>

const uint16_t patch_colours[PATCHES][3] = {{200, 100, 50},  {60, 160, 90},   {40, 60, 180},
                                            {128, 128, 128}, {255, 255, 255}, {0, 0, 0},
                                            {220, 200, 30},  {255, 0, 0},     {12, 30, 8}};

oracle_image patches_make(uint32_t channels, uint32_t max, unsigned alpha)
{
    oracle_image made =
        sample_flat(PATCHES * PATCH, PATCH, channels, max, (const uint16_t[]){0, 0, 0, 0});

    for (uint32_t i = 0; i < PATCHES; i++) {
        const uint16_t *c = patch_colours[i];
        const uint16_t scale = (uint16_t)(max / 255);
        const uint16_t rgba[4] = {(uint16_t)(c[0] * scale), (uint16_t)(c[1] * scale),
                                  (uint16_t)(c[2] * scale), (uint16_t)(alpha * scale)};
        const uint16_t gray[2] = {rgba[0], rgba[3]};
        sample_fill(&made, i * PATCH, 0, PATCH, PATCH, channels < 3 ? gray : rgba);
    }
    return made;
}

void patches_assert_colour(const oracle_image *made, uint32_t i, const double expected[3],
                           double tolerance)
{
    for (uint32_t c = 0; c < 3; c++) {
        const uint32_t channel = made->channels < 3 ? 0 : c;
        const double found =
            oracle_at(made, i * PATCH + PATCH / 2, PATCH / 2, channel) * 255.0 / made->max;
        ck_assert_msg(fabs(found - 255 * expected[c]) <= tolerance,
                      "colour %u, channel %u: %.1f instead of %.1f", i, c, found,
                      255 * expected[c]);
    }
}

void patches_assert_converted(const oracle_image *made, const oracle_image *from,
                              const icc_space *space, double tolerance)
{
    for (uint32_t i = 0; i < PATCHES; i++) {
        double rgb[3], expected[3];
        for (uint32_t c = 0; c < 3; c++)
            rgb[c] = (double)oracle_at(from, i * PATCH + PATCH / 2, PATCH / 2,
                                       from->channels < 3 ? 0 : c) /
                     from->max;
        icc_rgb_to_srgb(space, rgb, expected);
        patches_assert_colour(made, i, expected, tolerance);
    }
}
