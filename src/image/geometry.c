#include "image/geometry.h"

#include <inttypes.h>

/* A size in wide integers: products of two sides fit in 64 bits. */
typedef struct size {
    uint64_t width, height;
} size;

/* ---- turns -------------------------------------------------------------------------------- */

loom_turn loom_turn_of_orientation(int orientation)
{
    static const loom_turn turns[9] = {
        [1] = {0, false}, [2] = {0, true},  [3] = {2, false}, [4] = {2, true},
        [5] = {1, true},  [6] = {1, false}, [7] = {3, true},  [8] = {3, false},
    };

    return turns[orientation >= 1 && orientation <= 8 ? orientation : 1];
}

loom_turn loom_turn_then(loom_turn first, loom_turn second)
{
    /* A flop followed by a rotation is the opposite rotation followed by a flop. */
    unsigned quarters = first.flop ? 4 - second.quarters : second.quarters;

    return (loom_turn){(first.quarters + quarters) % 4, first.flop != second.flop};
}

bool loom_turn_swaps(loom_turn turn)
{
    return turn.quarters % 2 == 1;
}

static loom_turn turn_of_recipe(const loom_recipe *recipe, int orientation)
{
    loom_turn turn = loom_turn_of_orientation(recipe->auto_orient ? orientation : 1);

    turn = loom_turn_then(turn, (loom_turn){(unsigned)recipe->rotation / 90 % 4, false});
    if (recipe->flip) /* top to bottom is half a turn, then left to right */
        turn = loom_turn_then(turn, (loom_turn){2, true});
    if (recipe->flop)
        turn = loom_turn_then(turn, (loom_turn){0, true});
    return turn;
}

/* ---- fit ---------------------------------------------------------------------------------- */

/* side * numerator / denominator, rounded half up, at least 1. All below 2^32. */
static uint64_t scale_side(uint64_t side, uint64_t numerator, uint64_t denominator)
{
    uint64_t scaled = (2 * side * numerator + denominator) / (2 * denominator);

    return scaled > 0 ? scaled : 1;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The size that keeps the aspect ratio with one side given (the other is 0). */
static size fit_side(const loom_recipe *recipe, size from, size box)
{
    const bool by_width = box.width > 0;
    const bool up = by_width ? box.width > from.width : box.height > from.height;

    if (up && recipe->no_upscale)
        return from;
    if (recipe->fit == LOOM_FIT_FILL)
        return by_width ? (size){box.width, from.height} : (size){from.width, box.height};
    if (by_width)
        return (size){box.width, scale_side(from.height, box.width, from.width)};
    return (size){scale_side(from.width, box.height, from.height), box.height};
}

/* The size of the whole picture, before crop and padding, with both sides of the box given. */
static size fit_box(const loom_recipe *recipe, size from, size box)
{
    if (recipe->fit == LOOM_FIT_FILL)
        return recipe->no_upscale
                   ? (size){smaller(box.width, from.width), smaller(box.height, from.height)}
                   : box;
    /* box.width / from.width <= box.height / from.height, without division */
    const bool width_binds = box.width * from.height <= box.height * from.width;
    const bool covers = recipe->fit == LOOM_FIT_COVER || recipe->fit == LOOM_FIT_OUTSIDE;

    if (width_binds != covers)
        return fit_side(recipe, from, (size){box.width, 0});
    return fit_side(recipe, from, (size){0, box.height});
}

static size resized(const loom_recipe *recipe, size from, size box)
{
    if (recipe->percent > 0) {
        uint64_t percent = recipe->no_upscale ? smaller(recipe->percent, 100) : recipe->percent;
        return (size){scale_side(from.width, percent, 100), scale_side(from.height, percent, 100)};
    }
    if (box.width > 0 && box.height > 0)
        return fit_box(recipe, from, box);
    if (box.width > 0 || box.height > 0)
        return fit_side(recipe, from, box);
    return from;
}

/* ---- the whole ---------------------------------------------------------------------------- */

/*
 * Where a part of the turned picture lies in the picture before the turn. `whole` is the size
 * after the turn.
 */
static loom_rect before_turn(loom_turn turn, size whole, loom_rect part)
{
    const uint32_t width = (uint32_t)whole.width, height = (uint32_t)whole.height;

    if (turn.flop)
        part.x = width - part.x - part.width;
    const uint32_t right = width - part.x - part.width, below = height - part.y - part.height;

    switch (turn.quarters) {
    case 1:
        return (loom_rect){part.y, right, part.height, part.width};
    case 2:
        return (loom_rect){right, below, part.width, part.height};
    case 3:
        return (loom_rect){below, part.x, part.height, part.width};
    default:
        return part;
    }
}

loom_status loom_geometry_compute(const loom_recipe *recipe, uint32_t width, uint32_t height,
                                  int orientation, loom_geometry *geometry, loom_error *err)
{
    const loom_turn turn = turn_of_recipe(recipe, orientation);
    const bool swaps = loom_turn_swaps(turn);
    const size from = swaps ? (size){height, width} : (size){width, height};
    const size box = {recipe->width, recipe->height};
    const size to = resized(recipe, from, box);

    if (to.width > LOOM_MAX_RESIZE || to.height > LOOM_MAX_RESIZE)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM,
                              "the picture would be %" PRIu64 "x%" PRIu64
                              " px before it is cropped; at most %u px a side are possible",
                              to.width, to.height, LOOM_MAX_RESIZE);

    const bool boxed = box.width > 0 && box.height > 0;
    const bool crops = boxed && recipe->fit == LOOM_FIT_COVER;
    const size kept =
        crops ? (size){smaller(to.width, box.width), smaller(to.height, box.height)} : to;
    const size final = boxed && recipe->fit == LOOM_FIT_CONTAIN ? box : kept;
    /* An odd left-over: crop starts at (in - out + 1) / 2, pad at (out - in) / 2. */
    const loom_rect crop = {(uint32_t)((to.width - kept.width + 1) / 2),
                            (uint32_t)((to.height - kept.height + 1) / 2), (uint32_t)kept.width,
                            (uint32_t)kept.height};

    *geometry = (loom_geometry){
        .resize_width = (uint32_t)(swaps ? to.height : to.width),
        .resize_height = (uint32_t)(swaps ? to.width : to.height),
        .crop = before_turn(turn, to, crop),
        .turn = turn,
        .width = (uint32_t) final.width,
        .height = (uint32_t) final.height,
        .left = (uint32_t)((final.width - kept.width) / 2),
        .top = (uint32_t)((final.height - kept.height) / 2),
    };
    return LOOM_OK;
}
