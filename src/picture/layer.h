/*
 * Layers: what is laid on a finished picture, a watermark or a text. Their size and place are
 * whole-number arithmetic, the px plain sums.
 */
#ifndef LOOM_PICTURE_LAYER_H
#define LOOM_PICTURE_LAYER_H

#include "picture/picture.h"

typedef enum loom_layer_kind { LOOM_LAYER_WATERMARK = 0, LOOM_LAYER_TEXT } loom_layer_kind;

#define LOOM_LAYER_KINDS 2u

bool loom_layer_is_asked(const loom_recipe *recipe, loom_layer_kind kind);

/*
 * The size of a watermark of `width` x `height` px on a picture: as wide as the recipe says,
 * rounded half up, and as high as it then is; made smaller to fit into the picture. Both >= 1.
 */
void loom_layer_scale(const loom_recipe *recipe, const loom_picture *on, uint32_t width,
                      uint32_t height, uint32_t *to_width, uint32_t *to_height);

/* Where layers lie: each at (left + i across, top + j down), as far as that is on the picture. */
typedef struct loom_layer_spots {
    int64_t left, top;     /* px from the picture's top left; may be negative */
    uint32_t across, down; /* px from one to the next; 0: there is only one */
} loom_layer_spots;

loom_layer_spots loom_layer_place(const loom_place *place, uint32_t width, uint32_t height,
                                  const loom_picture *layer);

/* px of a distance from an edge of a picture, along either axis; of its default where none is given
 */
uint32_t loom_place_margin(const loom_place *place, bool along_y, uint32_t width, uint32_t height);

/* Whether a place is at an edge of that axis; else it is centred on it, or is a tile. */
bool loom_place_is_at_edge(const loom_place *place, bool along_y);

/* Whether any px that is seen is not gray. The layer is RGB + alpha of 8 bits, as all are. */
bool loom_layer_is_coloured(const loom_picture *layer);

/* How much of a px of the layer is seen, 0..1. */
static inline double loom_layer_alpha(const uint8_t *px, double opacity)
{
    return px[3] / 255.0 * opacity;
}

/*
 * Lays the layer on the picture, whose alpha counts: with c, b, r the colours of layer, picture and
 * result, A and B their alpha, of the layer times the opacity, R = A + B (1 - A), and m the blend
 * (W3C Compositing and Blending 1, 9.1.3):
 *
 *   r = (A (1 - B) c + A B m(b, c) + (1 - A) B b) / R
 *
 * A gray picture becomes RGB if the layer is coloured. Stage `transform`: LOOM_ERR_OUT_OF_MEMORY.
 * Not for CMYK.
 */
loom_status loom_picture_lay(loom_picture *picture, const loom_picture *layer,
                             const loom_place *place, double opacity, loom_blend blend,
                             loom_error *err);

#endif
