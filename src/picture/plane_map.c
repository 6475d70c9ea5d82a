#include "picture/plane_map.h"

/* The samples on one axis of the final picture that the picture's part of it takes. */
typedef struct axis {
    uint32_t first, count;
    uint32_t before, after; /* px by which they reach over it */
} axis;

static axis axis_of(uint32_t start, uint32_t length, uint32_t step)
{
    const uint32_t first = start / step, end = (start + length + step - 1) / step;

    return (axis){first, end - first, start - first * step, end * step - start - length};
}

/* One axis of the source: *start and *extent in samples. */
static void source_of(const axis *a, bool reversed, uint32_t crop, uint32_t step, double scale,
                      double *start, double *extent)
{
    const double over = reversed ? a->after : a->before;

    *start = ((double)crop - over) * scale;
    *extent = (double)a->count * step * scale;
}

loom_plane_map loom_plane_map_make(const loom_geometry *geometry, uint32_t width, uint32_t height,
                                   loom_density density, uint32_t step)
{
    const loom_geometry *g = geometry;
    const bool swaps = loom_turn_swaps(g->turn);
    const axis x = axis_of(g->left, g->part.width, step);
    const axis y = axis_of(g->top, g->part.height, step);
    /* Which of the final axes run against those of the stored picture. */
    const bool x_reversed = (g->turn.quarters == 1 || g->turn.quarters == 2) != g->turn.flop;
    const bool y_reversed = g->turn.quarters >= 2;
    /* Samples of the source for each px of the resized picture. */
    const double across = width * density.x / g->resize_width;
    const double down = height * density.y / g->resize_height;
    loom_plane_map map = {
        .width = (g->width + step - 1) / step,
        .height = (g->height + step - 1) / step,
        .lies = {x.first, y.first, x.count, y.count},
        .made_width = swaps ? y.count : x.count,
        .made_height = swaps ? x.count : y.count,
        .mix_left = x.before > 0,
        .mix_top = y.before > 0,
        .mix_right = x.after > 0 && g->left + g->part.width<g->width, .mix_bottom = y.after> 0 &&
                     g->top + g->part.height < g->height,
    };

    source_of(swaps ? &y : &x, swaps ? y_reversed : x_reversed, g->crop.x, step, across,
              &map.source.x, &map.source.width);
    source_of(swaps ? &x : &y, swaps ? x_reversed : y_reversed, g->crop.y, step, down,
              &map.source.y, &map.source.height);
    return map;
}
