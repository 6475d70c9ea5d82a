/*
 * Geometry: computes the steps for a picture from its size, its orientation and the recipe, in pure
 * integer arithmetic.
 *
 * The order of the recipe is orient → extract, aspect → rotate → flip/flop → fit. Quarter turns
 * commute with cropping and resizing, so the picture is cropped and resized as stored, and the
 * small result is turned. The sizes do not show this: they are computed as if the picture had been
 * turned first.
 */
#ifndef LOOM_PICTURE_GEOMETRY_H
#define LOOM_PICTURE_GEOMETRY_H

#include <imgloom/error.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stdint.h>

/* One of the eight orientations of a rectangle: first clockwise quarter turns (0..3), then a flop.
 */
typedef struct loom_turn {
    unsigned quarters;
    bool flop;
} loom_turn;

typedef struct loom_rect {
    uint32_t x, y, width, height; /* px */
} loom_rect;

/*
 * The steps, in their order. All sides are at least 1.
 *
 * A crop that is known in advance comes before the turn, where it saves work: then the canvas is
 * the cropped picture, and `part` is all of it. With an angle, or a position that depends on the
 * content, the crop comes last.
 *
 * Of a canvas, or of an enlarged picture, only the part that is kept is made, because the whole may
 * be far larger than memory. So the content is examined before the picture is enlarged.
 */
typedef struct loom_geometry {
    loom_rect source;  /* the part of the stored picture that is used; nothing beside it is seen */
    loom_rect upright; /* the same of the upright picture */
    bool extracts;     /* it is not all of it */
    bool clipped;      /* the recipe's extract reaches over an edge of the picture */
    uint32_t resize_width, resize_height; /* of the whole part */
    loom_rect crop;                       /* the part of the resized picture that is kept */
    loom_turn turn;                       /* of the cropped picture */
    double angle; /* degrees clockwise, after the turn; -90 < angle < 90; 0: none */
    uint32_t canvas_width, canvas_height; /* the size to which the picture is then brought */
    loom_rect part;  /* the part of the canvas that is kept; x and y are unset if `by_content` */
    bool by_content; /* the part is found by entropy or attention */
    uint32_t look_width, look_height;   /* of the canvas in which it is searched: never enlarged */
    uint32_t inner_width, inner_height; /* of the picture with its padding */
    uint32_t left, top;                 /* the position of the part in it */
    uint32_t width, height; /* of the final picture: with extension and border around it */
} loom_geometry;

/* The part of a picture that a recipe uses. */
typedef struct loom_source_part {
    loom_rect stored, upright; /* the same part of the picture as stored and as shown, px */
    bool cuts;                 /* it is not all of it */
    bool clipped;              /* the recipe's extract reaches over an edge */
} loom_source_part;

/* The max side of a picture of which a part is made, px: that of an int. */
#define LOOM_RESIZE_MAX 2147483647u

/* Converts an EXIF orientation 1..8 (Exif 2.32, tag 0x0112) to a turn; any other value counts as 1,
 * no turn. */
loom_turn loom_turn_of_orientation(int orientation);

/* The turn that does `first`, then `second`. */
loom_turn loom_turn_then(loom_turn first, loom_turn second);

/* Whether the turn swaps width and height. */
bool loom_turn_swaps(loom_turn turn);

/* A part of a picture of width x height px as it lies once that is turned. */
loom_rect loom_rect_turned(loom_rect part, uint32_t width, uint32_t height, loom_turn turn);

/* The opposite: `part` is of the turned picture, which has width x height px. */
loom_rect loom_rect_unturned(loom_rect part, uint32_t width, uint32_t height, loom_turn turn);

/*
 * A part of width x height px of `in`, where the position says, which is none by content. If an odd
 * number of px is left over, a centred part starts at (in - part + 1) / 2.
 */
loom_rect loom_rect_placed(loom_position position, loom_rect in, uint32_t width, uint32_t height);

/* side * numerator / denominator, rounded half up, at least 1. All below 2^32. */
static inline uint64_t loom_scale_side(uint64_t side, uint64_t numerator, uint64_t denominator)
{
    const uint64_t scaled = (2 * side * numerator + denominator) / (2 * denominator);

    return scaled > 0 ? scaled : 1;
}

/*
 * The part of the canvas whose content was found at (x, y), in a window of `width` x `height` px of
 * the canvas as searched: both have the same centre, unless the part would cross an edge.
 * loom_geometry_window gives the size of the window.
 */
loom_rect loom_geometry_window(const loom_geometry *geometry);
loom_rect loom_geometry_found(const loom_geometry *geometry, loom_rect window);

/* Whether every part of the picture keeps its old place, with nothing added. */
bool loom_geometry_same_view(const loom_geometry *geometry);

/* The share of the turned picture that its fit cuts away, in millionths; 0: it is kept whole. */
uint32_t loom_geometry_cropped(const loom_geometry *geometry);

/* What extract and aspect leave. Errors as of loom_geometry_compute. */
loom_status loom_source_find(const loom_recipe *recipe, uint32_t width, uint32_t height,
                             int orientation, loom_source_part *part, loom_error *err);

/* The part of it that trim has found: `found` is of the stored picture of width x height px. */
void loom_source_trim(const loom_recipe *recipe, uint32_t width, uint32_t height, int orientation,
                      loom_rect found, loom_source_part *part);

/* As loom_geometry_compute, of a part that is known. */
loom_status loom_geometry_of_part(const loom_recipe *recipe, const loom_size *wanted,
                                  const loom_source_part *from, int orientation,
                                  loom_geometry *geometry, loom_error *err) LOOM_NODISCARD;

/*
 * width, height >= 1: of the stored picture. `orientation` is used if the recipe says auto_orient.
 * `size` is the requested size; the sizes of the recipe are not used. LOOM_ERR_TOO_LARGE, stage
 * transform: the picture would have a side beyond LOOM_RESIZE_MAX on the way (a thin picture that
 * must cover a box). LOOM_ERR_UNSUPPORTED, same stage: nothing of the extract lies in the picture.
 * *geometry is written on LOOM_OK only.
 */
loom_status loom_geometry_compute(const loom_recipe *recipe, const loom_size *size, uint32_t width,
                                  uint32_t height, int orientation, loom_geometry *geometry,
                                  loom_error *err) LOOM_NODISCARD;

#endif
