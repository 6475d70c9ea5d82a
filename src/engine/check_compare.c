/*
 * Compares two small pictures in blocks, at most 16 x 16. A block's mean is to be that of the same
 * place in the other picture. It may differ by what lossy coding does, and by a part of the
 * contrast around it, as far as cells and the filter of the resize reach over its edges.
 */
#include "engine/check.h"

#include <math.h>

enum { SHIFT_BLOCKS = 64 }; /* for fewer, what lies on edges does not cancel out */
enum { BLOCKS_MAX = 16 };   /* across and down */
enum { LEAST_CELLS = 4 };   /* px and cells that a block should have across and down */

/* In levels of 255; see docs/manual.md. */
static const double block_max = 16, mean_max = 9, shift_max = 9;

/* Less is rounding. */
static const double small_off = 2;

/* The part of the contrast by which a block may differ that lies on edges alone. */
static const double edge_share = 0.4;

/* ---- from the output to what is expected --------------------------------- */

/* Undoes a turn, in parts of the sides: first the mirror, then the quarters. */
static void unturn(loom_turn turn, double *x, double *y)
{
    const double a = turn.flop ? 1 - *x : *x, b = *y;

    switch (turn.quarters) {
    case 1:
        *x = b;
        *y = 1 - a;
        break;
    case 2:
        *x = 1 - a;
        *y = 1 - b;
        break;
    case 3:
        *x = 1 - b;
        *y = a;
        break;
    default:
        *x = a;
        break;
    }
}

/* A point of the output, in px, as a part of the sides of the small picture. */
static void locate(const loom_expect *e, double *x, double *y)
{
    const loom_geometry *g = e->geometry;

    if (g != NULL) {
        *x = (*x - e->lies.x) / e->lies.width;
        *y = (*y - e->lies.y) / e->lies.height;
        unturn(g->turn, x, y);
        *x = g->source.x + (g->crop.x + *x * g->crop.width) * g->source.width / g->resize_width;
        *y = g->source.y + (g->crop.y + *y * g->crop.height) * g->source.height / g->resize_height;
    }
    *x = (*x - e->x) / e->width;
    *y = (*y - e->y) / e->height;
}

/* A rectangle of the output, px. */
typedef struct block {
    double left, top, right, bottom;
} block;

static loom_small_area area_of(const loom_expect *e, block b)
{
    double x = b.left, y = b.top, x2 = b.right, y2 = b.bottom;

    locate(e, &x, &y);
    locate(e, &x2, &y2);
    return (loom_small_area){fmin(x, x2), fmin(y, y2), fmax(x, x2), fmax(y, y2)};
}

/* ---- one block ----------------------------------------------------------- */

/* Two small pictures at the same block. */
typedef struct pair {
    const loom_expect *e;
    const loom_small *small;
    block block;
    loom_small_area expected, wider; /* of what is expected; with all that has an influence */
    loom_small_area made;
    bool flattened;
} pair;

static pair pair_of(const loom_expect *e, const loom_small *small, const loom_reread *read, block b)
{
    const double across = (double)small->planes[0].across * read->shrink;
    const double down = (double)small->planes[0].down * read->shrink;
    const block wider = {b.left - e->reach, b.top - e->reach, b.right + e->reach,
                         b.bottom + e->reach};

    return (pair){.e = e,
                  .small = small,
                  .block = b,
                  .expected = area_of(e, b),
                  .wider = area_of(e, wider),
                  .made = {b.left / across, b.top / down, b.right / across, b.bottom / down}};
}

static bool has_alpha(const loom_small *small)
{
    return small->planes[3].across > 0 && !small->cmyk;
}

/* Y', Cb or Cr of what is behind the picture. */
static double behind(const loom_expect *e, unsigned plane)
{
    const loom_colour c = e->behind;
    const double luma = 0.299 * c.red + 0.587 * c.green + 0.114 * c.blue;

    if (plane == 0)
        return luma;
    if (e->gray)
        return 0;
    return plane == 1 ? (c.blue - luma) * 0.5 / 0.886 : (c.red - luma) * 0.5 / 0.701;
}

static loom_small_view see_expected(const pair *p, unsigned plane)
{
    loom_small_view view = loom_small_see(&p->e->small->planes[plane], p->expected);

    if (p->e->gray && (plane == 1 || plane == 2))
        view.mean = 0;
    if (p->flattened && plane == 3)
        view.mean = 255;
    else if (p->flattened)
        view.mean += (1 - loom_small_see(&p->e->small->planes[3], p->expected).mean / 255) *
                     behind(p->e, plane);
    return view;
}

static double contrast(const loom_small_plane *plane, loom_small_area area)
{
    const loom_small_range range = loom_small_range_of(plane, area);

    return range.high - range.low;
}

/* Of both, in a plane. */
static double contrast_of(const pair *p, unsigned plane)
{
    double expected = contrast(&p->e->small->planes[plane], p->wider);

    if (p->flattened)
        expected += contrast(&p->e->small->planes[3], p->wider) / 255 * fabs(behind(p->e, plane));
    return fmax(expected, contrast(&p->small->planes[plane], p->made));
}

/*
 * Formats may make alpha coarser, or a palette of it: where it is kept, only what is opaque, or not
 * to be seen at all, is compared.
 */
static bool is_clear(const pair *p)
{
    const loom_small_range alpha = loom_small_range_of(&p->e->small->planes[3], p->wider);

    return alpha.low >= 250 || alpha.high <= 2;
}

/* By how much the means may differ in a plane, for cells and filters reach over a block's edges. */
static double allowance(const pair *p, unsigned plane, loom_small_view expected,
                        loom_small_view made)
{
    const block b = p->block;
    const double cells =
        0.5 / expected.across + 0.5 / expected.down + 0.5 / made.across + 0.5 / made.down;
    const double filter =
        0.5 * p->e->reach / (b.right - b.left) + 0.5 * p->e->reach / (b.bottom - b.top);

    return contrast_of(p, plane) * fmin(edge_share * (cells + filter), 1);
}

/* Sums of all blocks, for each plane. */
typedef struct sums {
    double absolute[LOOM_SMALL_PLANES], signs[LOOM_SMALL_PLANES];
} sums;

static void compare_block(pair *p, loom_difference *d, sums *s)
{
    bool beyond = false;

    p->flattened = has_alpha(p->e->small) && p->e->opaque;
    if (!loom_small_see(&p->e->small->planes[0], p->expected).known ||
        (!p->e->opaque && !p->small->cmyk && !is_clear(p)))
        return;
    d->compared++;
    for (unsigned i = 0; i < LOOM_SMALL_PLANES; i++) {
        const loom_small_view expected = see_expected(p, i);
        const loom_small_view made = loom_small_see(&p->small->planes[i], p->made);
        const double off = made.mean - expected.mean;
        s->signs[i] += off;
        if (fabs(off) < small_off)
            continue;
        const double rest = fmax(fabs(off) - allowance(p, i, expected, made), 0);
        s->absolute[i] += rest;
        if (rest <= block_max + p->e->leeway)
            continue;
        beyond = true;
        d->largest = fmax(d->largest, fabs(off));
    }
    d->beyond += beyond;
}

/* ---- all blocks ---------------------------------------------------------- */

/* Their number on an axis: `px` of the output, seen in so many cells. */
static unsigned count_blocks(double px, double cells)
{
    const double count = fmin(floor(fmin(px, cells) / LEAST_CELLS), BLOCKS_MAX);

    return count < 2 ? (px < 2 || cells < 2 ? 1 : 2) : (unsigned)count;
}

static void conclude(const loom_expect *e, const sums *s, loom_difference *d)
{
    if (d->compared == 0)
        return;
    for (unsigned i = 0; i < LOOM_SMALL_PLANES; i++) {
        d->mean = fmax(d->mean, s->absolute[i] / d->compared);
        if (d->compared >= SHIFT_BLOCKS)
            d->shift = fmax(d->shift, fabs(s->signs[i]) / d->compared);
    }
    d->differs =
        d->beyond > 0 || d->mean > mean_max + e->leeway || d->shift > shift_max + e->leeway;
}

/*
 * Where there is padding beside it, a cell that shows both says nothing: [*start, *end), px, of the
 * `side` px of an axis, seen in so many cells of `size` px each.
 */
static void keep_off(double *start, double *end, uint32_t side, uint32_t cells, double size)
{
    const double cell = size / cells;

    if (*start > 0)
        *start = ceil(*start / cell + 0.01) * cell;
    if (*end < side)
        *end = floor(*end / cell - 0.01) * cell;
}

/* The picture within the padding. */
static block inner_of(const loom_expect *e, const loom_small_plane *plane, const loom_reread *read)
{
    const loom_rect in = e->lies;
    block b = {in.x, in.y, (double)in.x + in.width, (double)in.y + in.height};

    keep_off(&b.left, &b.right, read->width, plane->columns, (double)plane->across * read->shrink);
    keep_off(&b.top, &b.bottom, read->height, plane->rows, (double)plane->down * read->shrink);
    return b;
}

loom_difference loom_check_compare(const loom_expect *expect, const loom_small *small,
                                   const loom_reread *read)
{
    const loom_small_plane *plane = &small->planes[0];
    const block in = inner_of(expect, plane, read);
    const double width = in.right - in.left, height = in.bottom - in.top;
    const loom_small_area seen = area_of(expect, in);
    const loom_small_view view = loom_small_see(&expect->small->planes[0], seen);
    const bool swaps = expect->geometry != NULL && loom_turn_swaps(expect->geometry->turn);
    const unsigned across = count_blocks(
        width, fmin(width * plane->columns / read->width, swaps ? view.down : view.across));
    const unsigned down = count_blocks(
        height, fmin(height * plane->rows / read->height, swaps ? view.across : view.down));
    loom_difference d = {.compared = 0};
    sums s = {.absolute = {0}};

    if (expect->small->cmyk != small->cmyk)
        return d;
    for (unsigned y = 0; y < down; y++)
        for (unsigned x = 0; x < across; x++) {
            const block b = {in.left + width * x / across, in.top + height * y / down,
                             in.left + width * (x + 1) / across, in.top + height * (y + 1) / down};
            pair p = pair_of(expect, small, read, b);
            compare_block(&p, &d, &s);
        }
    conclude(expect, &s, &d);
    return d;
}
