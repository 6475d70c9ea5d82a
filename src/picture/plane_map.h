/*
 * Where the samples of an output's plane come from: geometry, applied to one component.
 *
 * A plane may have one sample for two pixels of the picture across and down (4:2:0). Its samples
 * lie in the middle of the pixels they stand for (JFIF 1.02), counted from the final picture's top
 * left, whatever was turned or padded. So a plane reaches over the picture by one pixel where a
 * side is odd, and a sample may stand for a pixel of the picture and one of the background.
 */
#ifndef LOOM_PICTURE_PLANE_MAP_H
#define LOOM_PICTURE_PLANE_MAP_H

#include "picture/geometry.h"

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
