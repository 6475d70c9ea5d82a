/*
 * How large a file says that it is, by its own structure, before a decoder sees it. Nothing here
 * trusts a length.
 */
#ifndef LOOM_FORMAT_LIMITS_H
#define LOOM_FORMAT_LIMITS_H

#include <imgloom/format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Width and height in px as the header of a PNG, GIF, TIFF or extended WebP has them (the screen,
 * the canvas). False, and neither is set, for other formats and where the header does not say.
 */
bool loom_limits_size(loom_format format, const unsigned char *data, size_t size, uint32_t *width,
                      uint32_t *height);

/* The scans of a JPEG, counted to `most` + 1. */
unsigned loom_limits_scans(const unsigned char *data, size_t size, unsigned most);

#endif
