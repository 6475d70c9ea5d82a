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

#endif
