/*
 * Landscapes from integer arithmetic: sky, sun, two ranges of hills, a meadow, a house. Each
 * pixel is the mean of 2x2 samples, which gives soft edges, and gets some grain.
 */
#include "canvas.h"

#include <stdbool.h>

typedef struct rgb {
    int red, green, blue;
} rgb;

typedef struct style {
    rgb sky_top, sky_low, sun, hill_far, hill_near, meadow, wall, roof;
    int sun_x, sun_y, house_x; /* in units, see below */
    int phase;
} style;

static const style styles[SCENE_COUNT] = {
    {{62, 122, 196},
     {188, 214, 236},
     {255, 246, 214},
     {112, 138, 160},
     {58, 98, 62},
     {124, 156, 66},
     {222, 208, 180},
     {158, 62, 44},
     3000,
     420,
     700,
     0},
    {{48, 40, 92},
     {244, 150, 88},
     {255, 226, 150},
     {118, 78, 104},
     {62, 44, 58},
     {86, 74, 52},
     {180, 140, 120},
     {84, 40, 44},
     1100,
     900,
     2300,
     9000},
    {{150, 172, 188},
     {226, 230, 230},
     {250, 250, 244},
     {160, 176, 182},
     {96, 122, 116},
     {150, 170, 150},
     {240, 236, 228},
     {90, 96, 110},
     2200,
     300,
     1500,
     21000},
    {{30, 96, 140},
     {250, 222, 170},
     {255, 255, 240},
     {190, 150, 110},
     {160, 110, 60},
     {214, 178, 110},
     {250, 240, 224},
     {200, 96, 50},
     600,
     520,
     2900,
     40000},
};

/* Coordinates are units of which the longer side has 4096; the horizon is where the hills end. */
#define UNITS 4096

/* A sine of period 65536 and height 4096, as two parabolas. */
static int wave(int phase)
{
    int p = phase & 0x7fff;
    int height = (p * (32768 - p)) >> 16;

    return (phase & 0x8000) != 0 ? -height : height;
}

static int mix(int a, int b, int part)
{
    if (part < 0)
        part = 0;
    else if (part > 256)
        part = 256;
    return a + (b - a) * part / 256;
}

static rgb blend(rgb a, rgb b, int part)
{
    return (rgb){mix(a.red, b.red, part), mix(a.green, b.green, part), mix(a.blue, b.blue, part)};
}

static rgb lighter(rgb colour, int amount)
{
    return (rgb){colour.red + amount, colour.green + amount, colour.blue + amount};
}

static rgb sky_at(const style *s, int x, int y, int horizon)
{
    rgb colour = blend(s->sky_top, s->sky_low, y * 256 / horizon);
    int dx = x - s->sun_x, dy = y - s->sun_y;
    int distance = dx * dx + dy * dy;
    int cloud = wave(x * 22 + wave(y * 70) * 2 + s->phase) + wave(x * 9 + y * 95 + s->phase * 2);

    if (distance < 150 * 150)
        return s->sun;
    colour = blend(colour, s->sun, 256 - distance / 2400);
    return blend(colour, (rgb){250, 250, 250}, (cloud - 2600) / 24);
}

/* Wall, roof, a door and two windows around (left, base); false outside the house. */
static bool house_at(const style *s, int x, int y, int base, rgb *colour)
{
    int dx = x - s->house_x, above = base - y;

    if (dx < -40 || dx >= 440 || above < 0 || above >= 420)
        return false;
    if (above >= 240) { /* the gable narrows upwards */
        int inset = (above - 240) * 4 / 3;

        if (dx < -40 + inset || dx >= 440 - inset)
            return false;
        *colour = lighter(s->roof, above / 12 % 2 * 14);
        return true;
    }
    if (dx < 0 || dx >= 400)
        return false;
    *colour = lighter(s->wall, -dx / 16);
    if (dx >= 170 && dx < 230 && above < 130)
        *colour = (rgb){74, 50, 36};
    else if (above >= 110 && above < 190 && ((dx >= 50 && dx < 120) || (dx >= 280 && dx < 350)))
        *colour = blend((rgb){40, 60, 90}, s->sky_low, above - 60);
    return true;
}

static rgb colour_at(const style *s, int x, int y, int horizon)
{
    int far_top = horizon - 330 - wave(x * 17 + s->phase) / 18 - wave(x * 61 + s->phase) / 55;
    int near_top = horizon - 110 - wave(x * 11 + s->phase + 20000) / 22 - wave(x * 130) / 190;
    rgb colour;

    if (house_at(s, x, y, horizon + 160, &colour))
        return colour;
    if (y >= horizon) {
        int depth = y - horizon + 60;
        int blades = wave(x * 1500 / depth * 37 + y * 900) + wave(y * 66000 / depth * 9);

        return lighter(blend(s->hill_near, s->meadow, depth * 256 / 700), blades / 420);
    }
    if (y >= near_top) {
        int trees = wave(x * 700 + wave(y * 800) * 3) + wave(y * 1100 + x * 260);

        return lighter(blend(s->hill_near, s->meadow, (y - near_top) / 3), trees / 380);
    }
    if (y >= far_top)
        return blend(s->hill_far, s->sky_low, (y - far_top) * 200 / 420);
    return sky_at(s, x, y, horizon);
}

static uint8_t clamped(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

canvas canvas_scene(uint32_t width, uint32_t height, unsigned scene)
{
    const style *s = &styles[scene % SCENE_COUNT];
    canvas made = canvas_create(width, height, 3, 8);
    int longest = (int)(width > height ? width : height);
    int horizon = (int)height * UNITS / longest * 62 / 100 + 1;
    uint32_t grain = 1 + scene;
    uint8_t *to = made.pixels;

    if (to == NULL)
        return made;
    for (int y = 0; y < (int)height; y++)
        for (int x = 0; x < (int)width; x++) {
            int red = 2, green = 2, blue = 2; /* half of 4, to round */

            for (int i = 0; i < 4; i++) {
                rgb part = colour_at(s, (2 * x + i % 2) * (UNITS / 2) / longest,
                                     (2 * y + i / 2) * (UNITS / 2) / longest, horizon);

                red += clamped(part.red), green += clamped(part.green);
                blue += clamped(part.blue);
            }
            grain = grain * 1664525u + 1013904223u; /* the LCG of Numerical Recipes */
            int noise = (int)(grain >> 30) + (int)(grain >> 28 & 3) - 3;
            *to++ = clamped(red / 4 + noise);
            *to++ = clamped(green / 4 + noise);
            *to++ = clamped(blue / 4 + noise);
        }
    return made;
}
