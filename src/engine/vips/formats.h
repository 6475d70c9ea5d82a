/*
 * The formats of the vips lane, one row each in formats.c: loader, saver, their libraries, and our
 * own steps (parts.h). Steps that all rows share are in codecs.c. Loaders are called by name, and
 * all others are blocked.
 */
#ifndef LOOM_ENGINE_VIPS_FORMATS_H
#define LOOM_ENGINE_VIPS_FORMATS_H

#include "engine/lane.h"
#include <imgloom/engine.h>
#include <vips/vips.h>

/*
 * Called once after libvips has started: finds the libraries' versions, and blocks every loader
 * that is not in a row.
 */
void loom_vips_formats_start(bool allow_untrusted);

/* As loom_engine_codec and loom_engine_vips_version, after the start. */
loom_codec_info loom_vips_codec(loom_format format);
const char *loom_vips_version(void);

/* The library behind libvips' loader of the format, likewise; "": there is none. */
const char *loom_vips_library(loom_format format);

/* ---- opening ------------------------------------------------------------- */

typedef struct loom_vips_load {
    loom_fail_on fail_on;
    int shrink;         /* 1, 2, 4, 8: shrinks a JPEG by this factor while decoding */
    double scale;       /* of a drawing (SVG), which is rendered at that scale; 1: its own size */
    bool frames;        /* all frames of WebP, one below another */
    bool premultiplied; /* unpremultiply alpha */
} loom_vips_load;

/* Whether this libvips has a loader for the format. */
bool loom_vips_reads(loom_format format);

/* As read_header and settle of loom_plugin: reads the header by libvips or by our own decoder. */
loom_status loom_vips_read_header(const loom_input *input, loom_integrity integrity,
                                  loom_header *header, loom_error *err);
void loom_vips_settle(loom_lane_job *job);

/*
 * Opens `size` bytes at `data` (which must outlive the image) for reading from top to bottom.
 * NULL on failure, which loom_vips_error_take must follow. The caller unrefs the image.
 */
VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load);

#endif
