/*
 * The pictures of the test data, drawn with integers alone so that every machine draws the same.
 *
 * Out of memory is sticky, as in a loom_strbuf: the canvas has no pixels, drawing on it does
 * nothing, and an encoder marks its output as failed.
 */
#ifndef TESTDATA_CANVAS_H
#define TESTDATA_CANVAS_H

#include <stddef.h>
#include <stdint.h>

typedef struct canvas {
    uint32_t width, height;
    uint32_t channels; /* 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA or CMYK */
    uint32_t depth;    /* bits a sample: 8, or 16 in the machine's byte order */
    uint8_t *pixels;   /* rows without padding; NULL: out of memory */
} canvas;

canvas canvas_create(uint32_t width, uint32_t height, uint32_t channels, uint32_t depth);
void canvas_release(canvas *picture);

/* Bytes of one row and of all. */
size_t canvas_row_bytes(const canvas *picture);
size_t canvas_bytes(const canvas *picture);

/*
 * Four solid quadrants: red, green above blue, white. Where sides are odd the left and the upper
 * quadrants have the smaller half.
 */
canvas canvas_quadrants(uint32_t width, uint32_t height);

/* The quadrants in RGBA within a transparent border, whose hidden colour is magenta. */
canvas canvas_quadrants_alpha(uint32_t width, uint32_t height, uint32_t border);

/* Rec. 601 luma of an RGB picture, and the same with an alpha ramp from left to right. */
canvas canvas_luma(const canvas *rgb);
canvas canvas_luma_alpha(const canvas *rgb);

/* RGB in 16 bits: red grows to the right, green downwards, blue along the diagonal. */
canvas canvas_deep(uint32_t width, uint32_t height);

/* The picture that a camera stores for EXIF orientation 1..8 when `upright` is to be seen. */
canvas canvas_stored(const canvas *upright, int orientation);

/* Frames of equal size one below the other. */
canvas canvas_stack(const canvas *frames, uint32_t count);

/* A landscape that looks like a photograph to a codec: soft gradients, edges, grain. */
#define SCENE_COUNT 4u
canvas canvas_scene(uint32_t width, uint32_t height, unsigned scene); /* 0..SCENE_COUNT-1, RGB */

/* The plain inverse of RGB with black taken out: a CMYK picture, ink as 255. */
canvas canvas_cmyk(const canvas *rgb);

#endif
