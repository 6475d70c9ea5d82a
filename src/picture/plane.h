/*
 * A plane: the 8-bit samples of one component of a picture, in rows that begin at multiples of
 * LOOM_PLANE_ALIGN, as vector code requires. Its memory is reused from picture to picture.
 */
#ifndef LOOM_PICTURE_PLANE_H
#define LOOM_PICTURE_PLANE_H

#include "picture/geometry.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_PLANE_ALIGN 64 /* bytes; also the granularity of a row's capacity */

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
 * Makes the plane width x height (both >= 1), with undefined samples. False if memory runs out; the
 * plane then has no memory.
 */
bool loom_plane_reserve(loom_plane *plane, uint32_t width, uint32_t height);

void loom_plane_release(loom_plane *plane); /* a zeroed struct is allowed */

/* Releases memory of more than `limit` bytes. */
void loom_plane_trim(loom_plane *plane, size_t limit);

/* Copies `from`, turned, onto the other plane with its top left at (left, top); it must fit. */
void loom_plane_lay(const loom_plane *from, loom_turn turn, loom_plane *onto, uint32_t left,
                    uint32_t top);

/* Sets all samples outside `inside`, which must lie in the plane. */
void loom_plane_fill_around(loom_plane *plane, loom_rect inside, uint8_t value);

/* Replaces the samples of a part of the plane by their mean with `value`, rounded half up. */
void loom_plane_mix(loom_plane *plane, loom_rect part, uint8_t value);

/* What a sample becomes: sample * scale + offset. */
typedef struct loom_levels {
    double scale; /* 0..1 */
    double offset;
} loom_levels;

#define LOOM_LEVELS_SAME ((loom_levels){1, 0})

/* To the nearest integer of 0..255, a half up. */
uint8_t loom_level_of(loom_levels levels, uint8_t sample);

/* The same of all samples. */
void loom_plane_set_levels(loom_plane *plane, loom_levels levels);

/* Repeats the last sample of each row up to the next multiple of 8, for JPEG blocks. */
void loom_plane_extend(loom_plane *plane);

/* ---- where its samples come from ----------------------------------------- */

/*
 * Geometry, applied to one component.
 *
 * A plane may have one sample for two pixels of the picture across and down (4:2:0). Its samples
 * lie in the middle of their pixels (JFIF 1.02), counted from the top left of the final picture,
 * whatever was turned or padded. So a plane extends one pixel beyond the picture if a side is odd,
 * and a sample may cover a pixel of the picture and one of the background.
 */

/* A part of a plane in samples, not rounded. */
typedef struct loom_area {
    double x, y, width, height;
} loom_area;

/* The density of a source component: samples for each px of the stored picture. */
typedef struct loom_density {
    double x, y;
} loom_density;

/*
 * The samples on an axis that lie in a part of it, so that they show nothing from beside it; if
 * there are none, those that show any of it.
 */
void loom_samples_inside(double start, double length, uint32_t *first, uint32_t *count);

/* All samples of a plane. */
#define LOOM_SEEN_ALL ((loom_rect){0, 0, UINT32_MAX, UINT32_MAX})

typedef struct loom_plane_map {
    uint32_t width, height; /* samples of the final plane */
    loom_rect lies;         /* where the picture lies in it, after the turn */
    loom_area source;       /* that part of the source plane; may extend beyond it */
    loom_rect seen; /* the samples of the source plane that are looked at; may extend beyond it */
    uint32_t made_width, made_height; /* samples made from the source, before the turn */
    bool mix_left, mix_right, mix_top, mix_bottom; /* that edge is half background */
} loom_plane_map;

/*
 * step: px of the final picture that a sample covers across and down, 1 or 2. The geometry must
 * have neither an angle nor a part by content.
 */
loom_plane_map loom_plane_map_make(const loom_geometry *geometry, loom_density density,
                                   uint32_t step);

#endif
