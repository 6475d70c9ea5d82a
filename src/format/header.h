/*
 * The size of a picture by the header of its file, read by our own parser: how the parent checks
 * what a child made, without a decoder that the child's maker could attack.
 */
#ifndef LOOM_FORMAT_HEADER_H
#define LOOM_FORMAT_HEADER_H

#include <imgloom/format.h>

/*
 * Width and height (of one frame) of the `size` bytes at `data`, a file that must be of `format`,
 * which is one that imgloom writes. False when it is not, or has no size in its header. Any bytes
 * are allowed; nothing is read beyond them.
 */
bool loom_header_size(loom_format format, const unsigned char *data, size_t size, uint32_t *width,
                      uint32_t *height);

#endif
