/*
 * A plane: the samples of one component of a picture, 8 bits each, in rows that begin at multiples
 * of LOOM_PLANE_ALIGN, as vector code likes them. Its memory is kept from picture to picture.
 */
#ifndef LOOM_PICTURE_PLANE_H
#define LOOM_PICTURE_PLANE_H

#include "picture/geometry.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_PLANE_ALIGN 64 /* bytes; also the unit of a row's room */

typedef struct loom_plane {
    uint32_t width, height; /* samples */
    size_t stride;          /* bytes from row to row, >= width */
    unsigned char *data;    /* owned; NULL: none yet */
    size_t capacity;        /* bytes at `data` */
} loom_plane;

static inline unsigned char *loom_plane_row(const loom_plane *plane, uint32_t y)
{
    return plane->data + plane->stride * y;
}

/*
 * Makes it width x height (both >= 1), with undefined samples. False when memory runs out; the
 * plane is then without any.
 */
bool loom_plane_reserve(loom_plane *plane, uint32_t width, uint32_t height);

void loom_plane_release(loom_plane *plane); /* a zeroed struct is allowed */

/* Releases memory of more than `limit` bytes. */
void loom_plane_trim(loom_plane *plane, size_t limit);

/* Lays `from`, turned, onto the other plane, its top left at (left, top), where it must fit. */
void loom_plane_lay(const loom_plane *from, loom_turn turn, loom_plane *onto, uint32_t left,
                    uint32_t top);

/* Sets all samples outside of `inside`, which must lie in the plane. */
void loom_plane_fill_around(loom_plane *plane, loom_rect inside, uint8_t value);

/* Replaces the samples of a part of the plane by their mean with `value`, rounded half up. */
void loom_plane_mix(loom_plane *plane, loom_rect part, uint8_t value);

/* Repeats the last sample of each row to the next multiple of 8: the blocks of JPEG. */
void loom_plane_extend(loom_plane *plane);

/* ---- where its samples come from ----------------------------------------- */

/*
 * Geometry, applied to one component.
 *
 * A plane may have one sample for two pixels of the picture across and down (4:2:0). Its samples
 * lie in the middle of the pixels they stand for (JFIF 1.02), counted from the final picture's top
 * left, whatever was turned or padded. So a plane reaches over the picture by one pixel where a
 * side is odd, and a sample may stand for a pixel of the picture and one of the background.
 */

/* A part of a plane in samples, not rounded. */
typedef struct loom_area {
    double x, y, width, height;
} loom_area;

/* How densely a source component lies: samples for each px of the picture as it is stored. */
typedef struct loom_density {
    double x, y;
} loom_density;

typedef struct loom_plane_map {
    uint32_t width, height;           /* samples of the final plane */
    loom_rect lies;                   /* where the picture lies in it, after the turn */
    loom_area source;                 /* what of the source plane that is; may reach over it */
    uint32_t made_width, made_height; /* samples that are made of the source, before the turn */
    bool mix_left, mix_right, mix_top, mix_bottom; /* that edge is half background */
} loom_plane_map;

/*
 * width, height: of the picture as it is stored, px; step: px of the final picture that a sample
 * stands for across and down, 1 or 2. The geometry has no angle and no part by content.
 */
loom_plane_map loom_plane_map_make(const loom_geometry *geometry, uint32_t width, uint32_t height,
                                   loom_density density, uint32_t step);

#endif
