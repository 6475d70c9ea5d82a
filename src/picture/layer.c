#include "picture/layer.h"

bool loom_layer_is_asked(const loom_recipe *recipe, loom_layer_kind kind)
{
    return kind == LOOM_LAYER_WATERMARK ? recipe->watermark.path[0] != '\0'
                                        : recipe->text[0] != '\0';
}

/* ---- size and place ------------------------------------------------------- */

static uint32_t shorter_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* of * numerator / denominator, rounded half up, at least 1. */
static uint32_t scale(uint32_t of, uint64_t numerator, uint64_t denominator)
{
    const uint64_t scaled = (of * numerator + denominator / 2) / denominator;

    return scaled > 0 ? (uint32_t)scaled : 1;
}

void loom_layer_scale(const loom_recipe *recipe, const loom_picture *on, uint32_t width,
                      uint32_t height, uint32_t *to_width, uint32_t *to_height)
{
    const loom_length size = recipe->watermark_size;
    uint64_t wide = size.value == 0 ? width
                    : size.percent  ? scale(on->width, size.value, LOOM_LENGTH_WHOLE)
                                    : size.value;

    if (wide > on->width)
        wide = on->width;
    uint32_t high = scale(height, wide, width);
    if (high > on->height) {
        high = on->height;
        wide = scale(width, high, height);
    }
    *to_width = shorter_of((uint32_t)wide, on->width);
    *to_height = high;
}

static uint32_t px_of(loom_length length, uint32_t shorter)
{
    return length.percent ? (uint32_t)(((uint64_t)shorter * length.value + LOOM_LENGTH_WHOLE / 2) /
                                       LOOM_LENGTH_WHOLE)
                          : length.value;
}

uint32_t loom_place_margin(const loom_place *place, bool along_y, uint32_t width, uint32_t height)
{
    const loom_length margin = {LOOM_PLACE_MARGIN, 1};
    const loom_length given = along_y ? place->y : place->x;

    return px_of(place->offset_given ? given : margin, shorter_of(width, height));
}

/* At which end of each axis the nine places are: -1 its start, 1 its end, 0 its middle. */
static const int across[] = {0, 0, 1, 1, 1, 0, -1, -1, -1};
static const int down[] = {0, -1, -1, 0, 1, 1, 1, 0, -1};

bool loom_place_is_at_edge(const loom_place *place, bool along_y)
{
    return place->where < LOOM_PLACE_TILE &&
           (along_y ? down[place->where] : across[place->where]) != 0;
}

/* Where the layer begins on an axis, by such a number. */
static int64_t place_on_axis(int end, const loom_place *place, uint32_t side, uint32_t layer,
                             uint32_t margin)
{
    const int64_t rest = (int64_t)side - layer;

    if (end == 0)
        return rest / 2 + (place->offset_given ? margin : 0);
    return end < 0 ? margin : rest - margin;
}

loom_layer_spots loom_layer_place(const loom_place *place, uint32_t width, uint32_t height,
                                  const loom_picture *layer)
{
    const uint32_t x = loom_place_margin(place, false, width, height);
    const uint32_t y = loom_place_margin(place, true, width, height);

    if (place->where >= LOOM_PLACE_TILE)
        return (loom_layer_spots){.across = layer->width + x, .down = layer->height + y};
    return (loom_layer_spots){
        .left = place_on_axis(across[place->where], place, width, layer->width, x),
        .top = place_on_axis(down[place->where], place, height, layer->height, y)};
}

/* ---- px ------------------------------------------------------------------- */

bool loom_layer_is_coloured(const loom_picture *layer)
{
    const size_t pixels = (size_t)layer->width * layer->height;

    for (const uint8_t *px = layer->data, *end = px + 4 * pixels; px < end; px += 4)
        if (px[3] > 0 && (px[0] != px[1] || px[1] != px[2]))
            return true;
    return false;
}

static double mix(loom_blend blend, double b, double c)
{
    switch (blend) {
    case LOOM_BLEND_MULTIPLY:
        return b * c;
    case LOOM_BLEND_SCREEN:
        return b + c - b * c;
    default:
        return c;
    }
}

/* Changes the px whose first sample is at `at`. */
static void lay_px(loom_picture *picture, size_t at, const uint8_t *px, double a, loom_blend blend)
{
    const bool alpha = loom_picture_has_alpha(picture);
    const unsigned colours = picture->channels - alpha;
    const double max = loom_picture_max(picture);
    const double b_alpha = alpha ? loom_picture_sample(picture, at + colours) / max : 1;
    const double r_alpha = a + b_alpha * (1 - a);

    for (unsigned i = 0; i < colours; i++) {
        const double b = loom_picture_sample(picture, at + i) / max, c = px[i] / 255.0;
        const double r =
            (a * (1 - b_alpha) * c + a * b_alpha * mix(blend, b, c) + (1 - a) * b_alpha * b) /
            r_alpha;
        loom_picture_set_sample(picture, at + i, (unsigned)(r * max + 0.5));
    }
    if (alpha)
        loom_picture_set_sample(picture, at + colours, (unsigned)(r_alpha * max + 0.5));
}

/* Of a layer at (left, top) what is on the picture. */
static void lay_at(loom_picture *picture, const loom_picture *layer, int64_t left, int64_t top,
                   double opacity, loom_blend blend)
{
    const int64_t x_end = shorter_of(layer->width, (uint32_t)(picture->width - left));
    const int64_t y_end = shorter_of(layer->height, (uint32_t)(picture->height - top));

    for (int64_t y = top < 0 ? -top : 0; y < y_end; y++)
        for (int64_t x = left < 0 ? -left : 0; x < x_end; x++) {
            const uint8_t *px = layer->data + 4 * ((size_t)y * layer->width + (size_t)x);
            const double a = loom_layer_alpha(px, opacity);
            if (a > 0)
                lay_px(picture,
                       ((size_t)(top + y) * picture->width + (size_t)(left + x)) *
                           picture->channels,
                       px, a, blend);
        }
}

loom_status loom_picture_lay(loom_picture *picture, const loom_picture *layer,
                             const loom_place *place, double opacity, loom_blend blend,
                             loom_error *err)
{
    const loom_layer_spots spots = loom_layer_place(place, picture->width, picture->height, layer);

    if (picture->channels < 3 && loom_layer_is_coloured(layer)) {
        const loom_status status = loom_picture_add_colour(picture, err);
        if (status != LOOM_OK)
            return status;
    }
    for (int64_t top = spots.top; top < picture->height; top += spots.down) {
        for (int64_t left = spots.left; left < picture->width; left += spots.across) {
            lay_at(picture, layer, left, top, opacity, blend);
            if (spots.across == 0)
                break;
        }
        if (spots.down == 0)
            break;
    }
    return LOOM_OK;
}
