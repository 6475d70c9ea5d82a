/*
 * A picture in memory, and the steps for the small one after the resize: turn, pad, grayscale,
 * flatten. Plain loops over interleaved samples without any codec, so every lane shares them and
 * tests check them against arithmetic.
 *
 * Samples are gamma-encoded sRGB, alpha is not premultiplied. Every function that changes a picture
 * either succeeds or leaves it unchanged; LOOM_ERR_OUT_OF_MEMORY is the only error.
 */
#ifndef LOOM_PICTURE_PICTURE_H
#define LOOM_PICTURE_PICTURE_H

#include "picture/geometry.h"
#include <imgloom/recipe.h>
#include <stddef.h>

typedef struct loom_picture {
    uint32_t width, height; /* px, >= 1 */
    unsigned channels;      /* 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha (or CMYK) */
    unsigned depth;         /* bytes a sample: 1, or 2 in the machine's byte order */
    unsigned char *data;    /* owned, from malloc; rows without gaps */
    bool cmyk;              /* the 4 channels are CMYK, 0 is no ink; no alpha */
} loom_picture;

/* The data's size in bytes; 0: it does not fit in size_t. */
size_t loom_picture_bytes(uint32_t width, uint32_t height, unsigned channels, unsigned depth);

void loom_picture_release(loom_picture *picture); /* a zeroed struct is allowed */

static inline bool loom_picture_has_alpha(const loom_picture *picture)
{
    return picture->channels % 2 == 0 && !picture->cmyk;
}

/* The largest value of a sample; one of them, and setting it: `at` counts from the first sample. */
static inline unsigned loom_picture_max(const loom_picture *picture)
{
    return picture->depth == 2 ? 65535 : 255;
}

static inline unsigned loom_picture_sample(const loom_picture *picture, size_t at)
{
    return picture->depth == 2 ? ((const uint16_t *)(const void *)picture->data)[at]
                               : picture->data[at];
}

static inline void loom_picture_set_sample(const loom_picture *picture, size_t at, unsigned value)
{
    if (picture->depth == 2)
        ((uint16_t *)(void *)picture->data)[at] = (uint16_t)value;
    else
        picture->data[at] = (uint8_t)value;
}

/* Turns the picture. */
loom_status loom_picture_turn(loom_picture *picture, loom_turn turn, loom_error *err);

/*
 * Puts the picture into one of width x height px at (left, top), where it must fit, and fills the
 * rest with `fill`: its alpha counts if the picture has alpha, its luma if it is gray.
 */
loom_status loom_picture_pad(loom_picture *picture, uint32_t width, uint32_t height, uint32_t left,
                             uint32_t top, loom_colour fill, loom_error *err);

/*
 * Converts RGB to gray by Rec. 601 luma on the encoded values, Y' = 0.299 R' + 0.587 G' + 0.114 B',
 * in 16-bit fixed point as in libjpeg (with the factors of JFIF 1.02). Keeps alpha; a gray picture
 * stays unchanged. Not for CMYK. In place: cannot fail.
 */
void loom_picture_to_luma(loom_picture *picture);

/* The same by luminance in linear light, Y = 0.2126 R + 0.7152 G + 0.0722 B, encoded again. */
void loom_picture_to_luminance(loom_picture *picture);

/* Drops alpha by blending the picture with `background` (taken as opaque). In place: cannot fail.
 */
void loom_picture_flatten(loom_picture *picture, loom_colour background);

/* Rounds samples of 16 bits to 8; a picture of 8 stays unchanged. In place: cannot fail. */
void loom_picture_drop_depth(loom_picture *picture);

/* Crops to the part, which must lie in the picture. */
loom_status loom_picture_crop(loom_picture *picture, loom_rect part, loom_error *err);

/*
 * Appends a picture of the same size and kind below the last one, for the frames of an animation.
 * An empty picture (all zero) takes it as its first. `frame` becomes empty.
 */
loom_status loom_picture_append(loom_picture *picture, loom_picture *frame, loom_error *err);

/* Add an opaque alpha channel if there is none; convert gray to RGB. CMYK stays unchanged. */
loom_status loom_picture_add_alpha(loom_picture *picture, loom_error *err);
loom_status loom_picture_add_colour(loom_picture *picture, loom_error *err);

/* ---- frame.c ------------------------------------------------------------- */

/*
 * Adds px on each side: the picture mirrored at its edges (its first px comes again first), as
 * often as it takes, or the px at the edge repeated.
 */
loom_status loom_picture_extend(loom_picture *picture, loom_edges edges, loom_extend_with with,
                                loom_error *err);

/*
 * Rounds the corners: a quarter of a circle each, of this radius in px, at most half of the shorter
 * side. Adds an alpha channel if there is none; px on the circle are seen as far as they lie
 * within. Not for CMYK.
 */
loom_status loom_picture_round(loom_picture *picture, double radius, loom_error *err);

/* ---- tone.c -------------------------------------------------------------- */

/*
 * The tone and colours of a picture: changed in this order, on encoded values v of 0..1 of each
 * colour:
 *
 *   normalize   v = (v - low) / (high - low), where of all pixels that are seen 1 % have a luma
 *               below `low`, and 1 % one above `high`
 *   gamma       v = v ^ (1 / gamma)
 *   contrast    v = (v - 1/2) * contrast + 1/2
 *   brightness  v = v * brightness
 *   saturation  v = Y + (v - Y) * saturation
 *   hue         the colour differences turned by the angle: (Cb, Cr) of JFIF, so that +120 makes
 *               green of red; luma stays
 *   negate      v = 1 - v
 *
 * with Y the Rec. 601 luma. The first four end within 0..1 each; saturation and hue are one step.
 * Nothing is rounded in between. Alpha stays as it is, gray stays gray.
 */

/* Whether the recipe changes any of it. */
bool loom_tone_is_asked(const loom_recipe *recipe);

/* LOOM_ERR_OUT_OF_MEMORY, stage `transform`: the picture is unchanged. Not for CMYK. */
loom_status loom_picture_set_tone(loom_picture *picture, const loom_recipe *recipe,
                                  loom_error *err);

/*
 * Makes the picture RGB of one hue: luma is kept, and runs from black through the colour, at its
 * own luma, to white. LOOM_ERR_OUT_OF_MEMORY, stage `transform`. Not for CMYK.
 */
loom_status loom_picture_tint(loom_picture *picture, loom_colour colour, loom_error *err);

/* Rec. 601 luma, and sRGB's luminance, of an 8-bit colour, rounded. */
uint8_t loom_colour_luma(loom_colour colour);
uint8_t loom_colour_luminance(loom_colour colour);

/* Releases memory that the picture no longer needs; on failure it simply keeps it. */
void loom_picture_trim(loom_picture *picture);

#endif
