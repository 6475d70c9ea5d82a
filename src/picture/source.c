/* The part of a picture that a recipe uses: extract and aspect, and what trim finds in it. */
#include "picture/geometry.h"

#include <inttypes.h>

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A length on a side, rounded half up. */
static uint64_t length_on(loom_length length, uint64_t side)
{
    const uint64_t whole = LOOM_LENGTH_WHOLE;

    return length.percent ? (2 * side * length.value + whole) / (2 * whole) : length.value;
}

/* The px of a side that are extracted. False: there are none. */
static bool extract_side(loom_length from, loom_length length, uint64_t side, uint32_t *first,
                         uint32_t *count, bool *clipped)
{
    uint64_t start = length_on(from, side), wanted = length_on(length, side);

    if (from.percent && from.value < LOOM_LENGTH_WHOLE)
        start = smaller(start, side - 1);
    if (start >= side)
        return false;
    wanted = wanted > 0 ? wanted : 1;
    *first = (uint32_t)start;
    *count = (uint32_t)smaller(wanted, side - start);
    /* Two percentages may each be rounded up. */
    if (wanted - *count > (length.percent ? 1 : 0))
        *clipped = true;
    return true;
}

static loom_status extract(const loom_recipe *recipe, loom_source_part *part, loom_error *err)
{
    const loom_extract *e = &recipe->extract;
    const loom_rect whole = part->upright;
    loom_rect *to = &part->upright;

    if (extract_side(e->x, e->width, whole.width, &to->x, &to->width, &part->clipped) &&
        extract_side(e->y, e->height, whole.height, &to->y, &to->height, &part->clipped))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                          "the part to extract lies outside of the picture, which has %" PRIu32
                          "x%" PRIu32 " px",
                          whole.width, whole.height);
}

/* The largest part of that ratio. */
static loom_rect crop_to(loom_ratio ratio, loom_position position, loom_rect in)
{
    uint64_t width = in.width, height = in.height;

    if (width * ratio.height > height * ratio.width)
        width = smaller(loom_scale_side(height, ratio.width, ratio.height), width);
    else
        height = smaller(loom_scale_side(width, ratio.height, ratio.width), height);
    return loom_rect_placed(position, in, (uint32_t)width, (uint32_t)height);
}

static loom_turn upright_turn(const loom_recipe *recipe, int orientation)
{
    return loom_turn_of_orientation(recipe->auto_orient ? orientation : 1);
}

loom_status loom_source_find(const loom_recipe *recipe, uint32_t width, uint32_t height,
                             int orientation, loom_source_part *part, loom_error *err)
{
    const loom_turn turn = upright_turn(recipe, orientation);
    const bool swaps = loom_turn_swaps(turn);
    const loom_rect upright = {0, 0, swaps ? height : width, swaps ? width : height};
    loom_status status = LOOM_OK;

    *part = (loom_source_part){.upright = upright};
    if (recipe->extract.width.value > 0)
        status = extract(recipe, part, err);
    if (status != LOOM_OK)
        return status;
    if (recipe->aspect.width > 0)
        part->upright = crop_to(recipe->aspect, recipe->position, part->upright);
    part->stored = loom_rect_unturned(part->upright, upright.width, upright.height, turn);
    part->cuts = part->upright.width < upright.width || part->upright.height < upright.height;
    return LOOM_OK;
}

void loom_source_trim(const loom_recipe *recipe, uint32_t width, uint32_t height, int orientation,
                      loom_rect found, loom_source_part *part)
{
    part->stored = found;
    part->upright = loom_rect_turned(found, width, height, upright_turn(recipe, orientation));
    part->cuts = found.width < width || found.height < height;
}
