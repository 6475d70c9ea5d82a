/*
 * Geometry: from the size of a picture, its orientation and the recipe to what must be done with
 * it, as pure integer arithmetic.
 *
 * The recipe's order is orient → rotate → flip/flop → fit. Turning by quarters commutes with
 * resizing, so the picture is resized and cropped as it is stored and the small result is turned;
 * nothing of that shows in the sizes, which are computed as if it had been turned first.
 */
#ifndef LOOM_PICTURE_GEOMETRY_H
#define LOOM_PICTURE_GEOMETRY_H

#include <imgloom/error.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stdint.h>

/* One of the eight ways to lay a rectangle: first quarters clockwise (0..3), then left-right. */
typedef struct loom_turn {
    unsigned quarters;
    bool flop;
} loom_turn;

typedef struct loom_rect {
    uint32_t x, y, width, height; /* px */
} loom_rect;

/*
 * The steps, in the order in which they are done. All sides are at least 1.
 *
 * A crop that is known beforehand comes before the turn, where it saves work: then the canvas is
 * the cropped picture as it lies, and `part` is all of it. With an angle, or a position that
 * depends on the content, the crop comes last.
 *
 * Of a canvas, as of a picture that is enlarged, no more is made than the part that is kept: either
 * may be far larger than what there is memory for. So content is looked at before it is enlarged.
 */
typedef struct loom_geometry {
    uint32_t resize_width, resize_height; /* of the whole picture as stored */
    loom_rect crop;                       /* part of the resized picture that is kept */
    loom_turn turn;                       /* of the cropped picture */
    double angle; /* degrees clockwise, after the turn; -90 < angle < 90; 0: none */
    uint32_t canvas_width, canvas_height; /* to which the picture is brought then */
    loom_rect part;  /* of the canvas that is kept; x and y are open when `by_content` */
    bool by_content; /* the part is found by entropy or attention */
    uint32_t look_width, look_height; /* of the canvas on which it is found: never enlarged */
    uint32_t width, height;           /* of the final picture */
    uint32_t left, top;               /* where the part lies in it */
} loom_geometry;

/* The longest side that a picture may have of which a part is made, px: an int's. */
#define LOOM_RESIZE_MAX 2147483647u

/* EXIF orientation 1..8 as a turn (Exif 2.32, tag 0x0112); any other value is 1: no turn. */
loom_turn loom_turn_of_orientation(int orientation);

/* The turn that does `first`, then `second`. */
loom_turn loom_turn_then(loom_turn first, loom_turn second);

/* Whether the turn swaps width and height. */
bool loom_turn_swaps(loom_turn turn);

/*
 * Where in the canvas its part lies whose content was found at (x, y), in a window of `width` x
 * `height` px of the canvas as it was looked at: their middles are the same, but where that would
 * reach over an edge. loom_geometry_window says how large that window is.
 */
loom_rect loom_geometry_window(const loom_geometry *geometry);
loom_rect loom_geometry_found(const loom_geometry *geometry, loom_rect window);

/*
 * width, height >= 1: of the picture as stored. `orientation` is used when the recipe says
 * auto_orient; `size` is the one asked for, the recipe's sizes are not looked at.
 * LOOM_ERR_TOO_LARGE, stage transform, when the picture would have a side beyond LOOM_RESIZE_MAX
 * on the way (a thin picture that must cover a box). *geometry is written on LOOM_OK only.
 */
loom_status loom_geometry_compute(const loom_recipe *recipe, const loom_size *size, uint32_t width,
                                  uint32_t height, int orientation, loom_geometry *geometry,
                                  loom_error *err) LOOM_NODISCARD;

#endif
