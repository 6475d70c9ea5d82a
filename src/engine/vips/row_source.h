/* Images of libvips whose rows a reader of ours makes, one after the other. */
#ifndef LOOM_ENGINE_VIPS_ROW_SOURCE_H
#define LOOM_ENGINE_VIPS_ROW_SOURCE_H

#include "engine/codec/jpeg_read.h"
#include "engine/codec/png.h"
#include <vips/vips.h>

/*
 * To be read once, from top to bottom. Resolution and metadata are those of `opened`, as libvips
 * has it. The reader stays the caller's, and must outlive the reading. NULL: libvips fails.
 */
VipsImage *loom_vips_png_rows(VipsImage *opened, loom_png_reader *reader);
VipsImage *loom_vips_jpeg_rows(VipsImage *opened, loom_jpeg_reader *reader);

#endif
