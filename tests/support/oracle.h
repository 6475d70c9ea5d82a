/*
 * The picture oracle: what an output must look like, worked out a second time from first
 * principles. It shares no code with src/: pictures are read by stb_image, turns are applied to
 * the full picture before it is resized, and all arithmetic is in double precision. Slow, and
 * meant to be. What goes wrong (a file that cannot be read, want of memory) fails the test.
 *
 * test_oracle checks it against pictures computed by hand.
 */
#ifndef TESTS_SUPPORT_ORACLE_H
#define TESTS_SUPPORT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct oracle_image {
    uint32_t width, height;
    uint32_t channels; /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha not premultiplied */
    uint32_t max;      /* of a sample: 255 or 65535 */
    uint16_t *samples; /* rows without padding; freed by oracle_release */
} oracle_image;

/*
 * Reads JPEG, PNG, BMP, TGA, PSD, PNM or HDR by content. 16-bit PNG and PNM keep 16 bits.
 * As stb_image does: EXIF is not looked at, CMYK (by the plain formula, no profile)
 * and palettes come as RGB, PSD as RGBA.
 */
oracle_image oracle_read(const char *path);
oracle_image oracle_read_memory(const void *data, size_t size);

/* A copy of 8-bit samples. */
oracle_image oracle_from_bytes(uint32_t width, uint32_t height, uint32_t channels,
                               const uint8_t *bytes);
void oracle_release(oracle_image *image);

/* ---- what a recipe makes of a picture ------------------------------------ */

typedef enum oracle_fit {
    ORACLE_COVER = 0,
    ORACLE_CONTAIN,
    ORACLE_FILL,
    ORACLE_INSIDE,
    ORACLE_OUTSIDE
} oracle_fit;

typedef enum oracle_filter {
    ORACLE_LANCZOS3 = 0, /* stretched by the scale when reducing; edges repeated */
    ORACLE_AREA          /* mean over the output pixel's exact footprint */
} oracle_filter;

typedef struct oracle_recipe {
    int orientation;        /* EXIF 1..8; 0 is 1 */
    uint32_t part[4];       /* x, y, width, height of the upright picture; width 0: all of it */
    int rotation;           /* degrees clockwise: a multiple of 90 in 0..270 */
    bool flip, flop;        /* after the rotation */
    uint32_t width, height; /* of the box; 0: free */
    uint32_t percent;       /* instead of width and height; 0: not given */
    oracle_fit fit;
    bool no_upscale;
    oracle_filter filter;
    const uint8_t *background; /* r, g, b, a; NULL: transparent when the picture has alpha, else
                                  black */
    bool grayscale;            /* Rec. 601 luma, last, rounded half up */
} oracle_recipe;

/* The sizes on the way, of a picture that is already turned. */
typedef struct oracle_layout {
    uint32_t scaled_width, scaled_height; /* after resizing */
    uint32_t width, height;               /* after crop and pad */
} oracle_layout;

oracle_layout oracle_fit_sizes(uint32_t width, uint32_t height, const oracle_recipe *recipe);

/* The whole recipe; a new picture. A coloured background makes a grey picture RGB. */
oracle_image oracle_render(const oracle_image *image, const oracle_recipe *recipe);

/* Single steps of it, for tests that need one. New pictures. */
oracle_image oracle_turn(const oracle_image *image, const oracle_recipe *recipe);
oracle_image oracle_resize(const oracle_image *image, uint32_t width, uint32_t height,
                           oracle_filter filter);
oracle_image oracle_grayscale(const oracle_image *image);
/* Without alpha, on a background r, g, b; without alpha already: a copy. */
oracle_image oracle_flatten(const oracle_image *image, const uint8_t *background);

/* ---- looking at pictures ------------------------------------------------- */

/* One sample. The position is asserted. */
unsigned oracle_at(const oracle_image *image, uint32_t x, uint32_t y, uint32_t channel);

/* Asserts that each of r, g, b, a (0xRRGGBBAA, 8 bits) is at most `tolerance` away. */
void oracle_assert_pixel(const oracle_image *image, uint32_t x, uint32_t y, unsigned tolerance,
                         uint32_t rgba);

typedef struct oracle_difference {
    double max;  /* largest of one sample */
    double mean; /* of absolute differences */
    double psnr; /* dB over all samples; INFINITY when there is no difference */
} oracle_difference;

/*
 * Sides, channels and depth are asserted to be the same. Colours are compared multiplied by their
 * alpha: where nothing is seen, no colour is wrong.
 */
oracle_difference oracle_compare(const oracle_image *a, const oracle_image *b);

#endif
