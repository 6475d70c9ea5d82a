#include "engine/codec/filter.h"

#include <stdlib.h>

enum { STOP_ROWS = 16, CHANNELS = 4, MOST = 5 /* of nine */ };

/* A px as 8 or 16 bits of each channel, alpha multiplied in. */
typedef struct px {
    int32_t values[CHANNELS];
} px;

/* What is looked at, and what the border is. */
typedef struct look {
    const loom_picture *picture; /* NULL: planes */
    const loom_plane *planes;
    const loom_density *densities;
    unsigned count; /* of channels or planes that are compared */
    loom_rect in;
    px border;
    int32_t threshold;
} look;

/* ---- px ------------------------------------------------------------------ */

static px picture_px(const loom_picture *picture, uint32_t x, uint32_t y)
{
    const unsigned channels = picture->channels;
    const size_t at = ((size_t)picture->width * y + x) * channels;
    const int64_t max = loom_picture_max(picture);
    px made = {{0}};

    for (unsigned c = 0; c < channels; c++)
        made.values[c] = (int32_t)loom_picture_sample(picture, at + c);
    for (unsigned c = 0; loom_picture_has_alpha(picture) && c + 1 < channels; c++)
        made.values[c] =
            (int32_t)((made.values[c] * (int64_t)made.values[channels - 1] + max / 2) / max);
    return made;
}

static int32_t plane_sample(const look *l, unsigned plane, uint32_t x, uint32_t y)
{
    const loom_plane *p = &l->planes[plane];
    const uint32_t across = (uint32_t)(x * l->densities[plane].x);
    const uint32_t down = (uint32_t)(y * l->densities[plane].y);

    return loom_plane_row(
        p, down < p->height ? down : p->height - 1)[across < p->width ? across : p->width - 1];
}

static int32_t clamp(int32_t v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

/* JFIF 1.02's matrix, in 16 bits below the point. */
static px planes_px(const look *l, uint32_t x, uint32_t y)
{
    const int32_t luma = plane_sample(l, 0, x, y);

    if (l->count == 1)
        return (px){{luma}};
    const int32_t cb = plane_sample(l, 1, x, y) - 128, cr = plane_sample(l, 2, x, y) - 128;
    return (px){{clamp(luma + ((91881 * cr + 32768) >> 16)),
                 clamp(luma - ((22554 * cb + 46802 * cr + 32768) >> 16)),
                 clamp(luma + ((116130 * cb + 32768) >> 16))}};
}

static px px_at(const look *l, uint32_t x, uint32_t y)
{
    return l->picture != NULL ? picture_px(l->picture, x, y) : planes_px(l, x, y);
}

static bool differs(const look *l, uint32_t x, uint32_t y)
{
    const px here = px_at(l, x, y);

    for (unsigned c = 0; c < l->count; c++)
        if (abs(here.values[c] - l->border.values[c]) > l->threshold)
            return true;
    return false;
}

/* ---- rows ---------------------------------------------------------------- */

/* How many of the three px about (x, y) in its column differ; beside the part its edge counts. */
static unsigned count_column(const look *l, int64_t x, uint32_t y)
{
    const uint32_t right = l->in.x + l->in.width - 1, bottom = l->in.y + l->in.height - 1;
    const uint32_t at = x < l->in.x ? l->in.x : x > right ? right : (uint32_t)x;
    const uint32_t above = y > l->in.y ? y - 1 : y, below = y < bottom ? y + 1 : y;

    return (unsigned)differs(l, at, above) + differs(l, at, y) + differs(l, at, below);
}

/*
 * The first content of row y from `x` on, in steps of `step` (1 or -1), of at most `count` px.
 * False: there is none.
 */
static bool find_in_row(const look *l, uint32_t y, uint32_t x, int step, uint32_t count,
                        uint32_t *found)
{
    unsigned before = count_column(l, (int64_t)x - step, y), here = count_column(l, x, y);

    for (uint32_t n = 0; n < count; n++) {
        const int64_t at = (int64_t)x + (int64_t)n * step;
        const unsigned after = count_column(l, at + step, y);
        if (before + here + after >= MOST) {
            *found = (uint32_t)at;
            return true;
        }
        before = here;
        here = after;
    }
    return false;
}

/* The first row with content from `y` on, of at most `count`. False: none, or *status says why. */
static bool find_row(const look *l, uint32_t y, int step, uint32_t count, const loom_cancel *cancel,
                     uint32_t *found, loom_status *status)
{
    uint32_t x;

    for (uint32_t n = 0; n < count && *status == LOOM_OK; n++) {
        *found = (uint32_t)((int64_t)y + (int64_t)n * step);
        if (find_in_row(l, *found, l->in.x, 1, l->in.width, &x))
            return true;
        if (n % STOP_ROWS == 0)
            *status = loom_cancel_check(cancel);
    }
    return false;
}

static loom_status find(const look *l, const loom_cancel *cancel, loom_rect *found)
{
    const loom_rect in = l->in;
    const uint32_t end = in.x + in.width - 1, last = in.y + in.height - 1;
    uint32_t top, bottom, left = end, right = in.x, x;
    loom_status status = LOOM_OK;

    *found = in;
    if (!find_row(l, in.y, 1, in.height, cancel, &top, &status) ||
        !find_row(l, last, -1, last - top + 1, cancel, &bottom, &status))
        return status;
    for (uint32_t y = top; y <= bottom && status == LOOM_OK; y++) {
        if (find_in_row(l, y, in.x, 1, left - in.x + 1, &x))
            left = x;
        if (find_in_row(l, y, end, -1, end - right + 1, &x))
            right = x;
        if (y % STOP_ROWS == 0)
            status = loom_cancel_check(cancel);
    }
    if (status == LOOM_OK)
        *found = (loom_rect){left, top, right - left + 1, bottom - top + 1};
    return status;
}

/* ---- pictures and planes ------------------------------------------------- */

/* The colour as a px of the picture, or of planes. */
static px px_of(const look *l, loom_colour colour)
{
    const bool alpha = l->picture != NULL && loom_picture_has_alpha(l->picture);
    const int32_t opacity = alpha ? colour.alpha : 255;
    const int32_t scale = l->picture != NULL && l->picture->depth == 2 ? 257 : 1;
    const unsigned colours = l->count - alpha;
    const uint8_t rgb[] = {colour.red, colour.green, colour.blue};
    px made = {{0}};

    for (unsigned c = 0; c < colours; c++)
        made.values[c] = (colours == 1 ? loom_colour_luma(colour) : rgb[c]) * opacity / 255 * scale;
    if (alpha)
        made.values[colours] = opacity * scale;
    return made;
}

static void prepare(look *l, const loom_trim *trim)
{
    const bool deep = l->picture != NULL && l->picture->depth == 2;

    l->in = trim->in;
    l->threshold = (int32_t)trim->threshold * (deep ? 257 : 1);
    l->border = trim->given ? px_of(l, trim->colour) : px_at(l, trim->x, trim->y);
}

loom_status loom_picture_find_content(const loom_picture *picture, const loom_trim *trim,
                                      const loom_cancel *cancel, loom_rect *found)
{
    look l = {.picture = picture, .count = picture->channels};

    prepare(&l, trim);
    return find(&l, cancel, found);
}

loom_status loom_planes_find_content(const loom_plane *planes, const loom_density *densities,
                                     unsigned count, const loom_trim *trim,
                                     const loom_cancel *cancel, loom_rect *found)
{
    look l = {.planes = planes, .densities = densities, .count = count};

    prepare(&l, trim);
    return find(&l, cancel, found);
}
