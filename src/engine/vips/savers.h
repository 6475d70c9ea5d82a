/* libvips' savers, called with the recipe's encoder settings. */
#ifndef LOOM_ENGINE_VIPS_SAVERS_H
#define LOOM_ENGINE_VIPS_SAVERS_H

#include "picture/picture.h"
#include <imgloom/recipe.h>
#include <vips/vips.h>

typedef struct loom_vips_save {
    const loom_recipe *recipe;   /* effort, lossless, progressive, chroma */
    const loom_picture *picture; /* the image's samples */
    int quality;                 /* 1..100; 0: the format has none */
    bool strip;                  /* write no metadata */
    bool *no_memory;             /* set where it is that which an encoder of ours lacks */
} loom_vips_save;

/* Whether this libvips has a saver for the format. */
bool loom_vips_writes(loom_format format);

/* Encodes the image; 0, and *data (g_free) of *size bytes, or not 0 as libvips does. */
int loom_vips_save_buffer(loom_format format, VipsImage *image, const loom_vips_save *save,
                          void **data, size_t *size);

#endif
