/*
 * The small picture of a picture: the means of at most 64 x 64 cells, by plain sums. It is made of
 * whatever comes by, rows, strips or planes, and is what check.c compares.
 */
#ifndef LOOM_ENGINE_SMALL_H
#define LOOM_ENGINE_SMALL_H

#include "picture/picture.h"
#include "picture/plane.h"
#include <stdbool.h>
#include <stdint.h>

enum { LOOM_SMALL_SIDE = 64, LOOM_SMALL_PLANES = 4 };

/* One plane; cell c of an axis holds the samples from c * across / columns on, rounded down. */
typedef struct loom_small_plane {
    uint32_t across, down; /* samples; 0: there are none, and all is as `flat` says */
    uint32_t columns, rows;
    float flat;
    float mean[LOOM_SMALL_SIDE * LOOM_SMALL_SIDE];     /* the sum, until the end */
    uint32_t count[LOOM_SMALL_SIDE * LOOM_SMALL_SIDE]; /* samples that came; 0: not known */
} loom_small_plane;

/*
 * Y', Cb and Cr of Rec. 601 (JFIF), the latter two around 0, all three weighted by alpha; and
 * alpha. All within 0..255. Of CMYK instead its four channels. About 128 KiB.
 */
typedef struct loom_small {
    loom_small_plane planes[LOOM_SMALL_PLANES];
    unsigned channels, depth; /* as loom_picture's */
    bool cmyk;
    bool known; /* it has come to its end */
} loom_small;

/* Begins with a picture of this size and kind, of which nothing has come. `depth`: 1 or 2 bytes. */
void loom_small_begin(loom_small *small, uint32_t width, uint32_t height, unsigned channels,
                      unsigned depth, bool cmyk);

/* Adds `count` px of row y from column x on; what comes twice counts twice. */
void loom_small_add(loom_small *small, uint32_t x, uint32_t y, uint32_t count, const void *pixels);

/* The whole picture is known now, as far as it has come. */
void loom_small_end(loom_small *small);

/*
 * Before the end, for colours that are to be converted: the cells as a picture of LOOM_SMALL_SIDE x
 * LOOM_SMALL_SIDE px of 8 bits, as many channels as it has, alpha not premultiplied; and other
 * colours in their place: `picture` is at least as large, of 8 bits, and may have other channels
 * but for alpha.
 */
void loom_small_show(const loom_small *small, unsigned char *pixels);
void loom_small_recolour(loom_small *small, const loom_picture *picture);

/*
 * Makes it of `count` planes, 1: Y', or 3: Y', Cb, Cr with 128 for none, of each of which `parts`
 * is used, which must lie in it.
 */
void loom_small_of_planes(loom_small *small, const loom_plane planes[], const loom_rect parts[],
                          unsigned count);

/* A rectangle of the picture, in parts of its sides: 0..1. */
typedef struct loom_small_area {
    double left, top, right, bottom;
} loom_small_area;

/* What is seen there. */
typedef struct loom_small_view {
    bool known;          /* most of it has come */
    double mean;         /* each cell as much as it lies in the area */
    double across, down; /* cells that the area is wide and high, not rounded */
} loom_small_view;

loom_small_view loom_small_see(const loom_small_plane *plane, loom_small_area area);

/* The lowest and the highest of all cells that the area touches. */
typedef struct loom_small_range {
    double low, high;
} loom_small_range;

loom_small_range loom_small_range_of(const loom_small_plane *plane, loom_small_area area);

#endif
