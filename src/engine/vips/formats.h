/*
 * The formats of the vips lane, one row each in formats.c: its loader, its saver, and the libraries
 * behind them. Loaders are called by name, and all others are blocked.
 */
#ifndef LOOM_ENGINE_VIPS_FORMATS_H
#define LOOM_ENGINE_VIPS_FORMATS_H

#include "format/metadata.h"
#include "picture/picture.h"
#include <imgloom/engine.h>
#include <imgloom/recipe.h>
#include <imgloom/settings.h>
#include <vips/vips.h>

/*
 * Once, after libvips was started: finds out the libraries' versions, and blocks every loader but
 * those that can be opened here.
 */
void loom_vips_formats_start(bool allow_untrusted);

/* As loom_engine_codec and loom_engine_vips_version, once it was started. */
loom_codec_info loom_vips_codec(loom_format format);
const char *loom_vips_version(void);

/* ---- opening ------------------------------------------------------------- */

typedef struct loom_vips_load {
    loom_fail_on fail_on;
    int shrink;         /* 1, 2, 4, 8: makes a JPEG that much smaller while decoding */
    double scale;       /* of a drawing (SVG), which is made in that size; 1: its own */
    bool frames;        /* all frames of WebP, one below the other */
    bool premultiplied; /* alpha is to be divided out */
} loom_vips_load;

/* Whether this libvips has a loader for the format. */
bool loom_vips_reads(loom_format format);

/*
 * Opens `size` bytes at `data` (which must outlive the image) for reading from top to bottom.
 * NULL on failure, which loom_vips_error_take must follow. The caller unrefs the image.
 */
VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load);

/* ---- saving -------------------------------------------------------------- */

typedef struct loom_vips_save {
    const loom_recipe *recipe;   /* effort, lossless, progressive, chroma */
    const loom_picture *picture; /* the image's samples */
    int quality;                 /* 1..100; 0: the format has none */
    bool strip;                  /* libvips writes no metadata of its own accord */
    const loom_meta *meta;       /* which are put into the file here, where libvips does not */
    bool *lost;                  /* set where they could not be */
    bool *no_memory;             /* set where it is that which is lacking here */
} loom_vips_save;

/* Whether this libvips has a saver for the format. */
bool loom_vips_writes(loom_format format);

/* Encodes the image; 0, and *data (g_free) of *size bytes, or not 0 as libvips does. */
int loom_vips_save_buffer(loom_format format, VipsImage *image, const loom_vips_save *save,
                          void **data, size_t *size);

#endif
