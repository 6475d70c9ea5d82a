/* Opening an image with the libvips loader that is meant, by name, and no other. */
#ifndef LOOM_ENGINE_VIPS_LOAD_H
#define LOOM_ENGINE_VIPS_LOAD_H

#include "engine/decoders.h"
#include <imgloom/engine.h>
#include <vips/vips.h>

typedef struct loom_vips_load {
    loom_fail_on fail_on;
    int shrink;   /* 1, 2, 4, 8: makes a JPEG that much smaller while decoding */
    double scale; /* of a drawing (SVG), which is made in that size; 1: its own */
    bool frames;  /* all frames of GIF and WebP, one below the other */
} loom_vips_load;

/* Whether this libvips has a loader for the format. */
bool loom_vips_reads(loom_format format);

/*
 * Opens `size` bytes at `data` (which must outlive the image) for reading from top to bottom.
 * NULL on failure, which loom_vips_error_take must follow. The caller unrefs the image.
 */
VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load);

/* Blocks every loader but those that can be opened here; once, at the start. */
void loom_vips_block_loaders(bool allow_untrusted);

#endif
