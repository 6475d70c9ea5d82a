#include "engine/jpeg/layers.h"

bool loom_jpeg_takes_layers(const loom_recipe *recipe)
{
    return !loom_layer_is_asked(recipe, LOOM_LAYER_WATERMARK) ||
           recipe->watermark_blend == LOOM_BLEND_OVER;
}

/* JFIF 1.02's matrix, which is Rec. 601's. */
static double component_of(const uint8_t *px, unsigned component)
{
    static const double matrix[LOOM_JPEG_PLANES][4] = {{0.299, 0.587, 0.114, 0},
                                                       {-0.168735892, -0.331264108, 0.5, 128},
                                                       {0.5, -0.418687589, -0.081312411, 128}};
    const double *m = matrix[component];

    return m[0] * px[0] + m[1] * px[1] + m[2] * px[2] + m[3];
}

/* A layer at (left, top) of a picture of width x height px. */
typedef struct lying {
    const loom_picture *layer;
    int64_t left, top;
    uint32_t width, height;
    uint32_t across, down; /* of tiles: px from one to the next; 0: there is only one */
    double opacity;
} lying;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The px of the layer at (x, y) of the picture; NULL: there is none. */
static const uint8_t *px_at(const lying *of, uint32_t x, uint32_t y)
{
    int64_t lx = x - of->left, ly = y - of->top;

    if (of->across > 0) { /* tiles begin at the top left */
        lx %= of->across;
        ly %= of->down;
    }
    if (lx < 0 || ly < 0 || lx >= of->layer->width || ly >= of->layer->height)
        return NULL;
    return of->layer->data + 4 * ((size_t)ly * of->layer->width + (size_t)lx);
}

/* Rounded to a sample: the matrix takes pure red and blue half a level beyond it. */
static uint8_t to_sample(double value)
{
    return (uint8_t)(value < 255 ? value > 0 ? value + 0.5 : 0 : 255);
}

/* The sample at (x, y), of which the px of the picture that it covers see the layer in part. */
static void lay_sample(loom_plane *plane, const lying *of, uint32_t x, uint32_t y, uint32_t step,
                       unsigned component, loom_levels levels)
{
    uint8_t *sample = loom_plane_row(plane, y) + x;
    double seen = 0, sum = 0;
    unsigned count = 0;

    for (uint32_t py = y * step; py < smaller((int64_t)(y + 1) * step, of->height); py++)
        for (uint32_t px = x * step; px < smaller((int64_t)(x + 1) * step, of->width); px++) {
            const uint8_t *at = px_at(of, px, py);
            const double alpha = at != NULL ? loom_layer_alpha(at, of->opacity) : 0;
            count++;
            if (alpha > 0) {
                seen += alpha;
                sum += alpha * (component_of(at, component) * levels.scale + levels.offset);
            }
        }
    if (seen > 0)
        *sample = to_sample(((count - seen) * *sample + sum) / count);
}

static void lay_on_plane(loom_plane *plane, const lying *of, uint32_t step, unsigned component,
                         loom_levels levels)
{
    const bool tiled = of->across > 0;
    const int64_t right = tiled ? of->width : smaller(of->left + of->layer->width, of->width);
    const int64_t bottom = tiled ? of->height : smaller(of->top + of->layer->height, of->height);
    const uint32_t first_x = of->left > 0 ? (uint32_t)of->left / step : 0;
    const uint32_t first_y = of->top > 0 ? (uint32_t)of->top / step : 0;

    for (uint32_t y = first_y; (int64_t)y * step < bottom; y++)
        for (uint32_t x = first_x; (int64_t)x * step < right; x++)
            lay_sample(plane, of, x, y, step, component, levels);
}

static void lay(const loom_picture *layer, const loom_layer_way *way, const loom_geometry *g,
                loom_plane planes[LOOM_JPEG_PLANES], uint32_t step, const loom_levels *levels)
{
    const loom_layer_spots spots = loom_layer_place(way->place, g->width, g->height, layer);
    const lying of = {.layer = layer,
                      .left = spots.left,
                      .top = spots.top,
                      .width = g->width,
                      .height = g->height,
                      .across = spots.across,
                      .down = spots.down,
                      .opacity = way->opacity};

    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++)
        lay_on_plane(&planes[i], &of, i > 0 ? step : 1, i, levels[i]);
}

loom_status loom_jpeg_lay(const loom_lane_job *job, const loom_lane_output *output,
                          loom_plane planes[LOOM_JPEG_PLANES], uint32_t step,
                          const loom_levels levels[LOOM_JPEG_PLANES], loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;

    for (unsigned i = 0; i < LOOM_LAYER_KINDS; i++) {
        const loom_layer_way way = loom_layer_way_of(recipe, (loom_layer_kind)i);
        const loom_picture *layer;
        if (!loom_layer_is_asked(recipe, (loom_layer_kind)i))
            continue;
        const loom_status status =
            loom_layer_get(job, output, (loom_layer_kind)i, g->width, g->height, &layer, err);
        if (status != LOOM_OK)
            return status;
        lay(layer, &way, g, planes, step, levels);
    }
    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++)
        loom_plane_extend(&planes[i]);
    return LOOM_OK;
}
