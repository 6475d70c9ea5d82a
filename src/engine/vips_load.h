/* Opening an image with the libvips loader that is meant, by name, and no other. */
#ifndef LOOM_ENGINE_VIPS_LOAD_H
#define LOOM_ENGINE_VIPS_LOAD_H

#include <imgloom/engine.h>
#include <vips/vips.h>

/* Whether this libvips has a loader for the format. */
bool loom_vips_reads(loom_format format);

/*
 * Opens `size` bytes at `data` (which must outlive the image) for reading from top to bottom.
 * `shrink` (1, 2, 4, 8) makes a JPEG that much smaller while decoding. NULL on failure, with
 * libvips' error buffer, which all threads share, emptied. The caller unrefs the image.
 */
VipsImage *loom_vips_open(loom_format format, const void *data, size_t size, loom_fail_on fail_on,
                          int shrink);

#endif
