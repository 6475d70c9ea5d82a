/*
 * The checksums of a TIFF: those of the zlib streams (RFC 1950) of strips and tiles that are
 * compressed by deflate. libtiff looks at one only where it needs all that the stream holds.
 */
#ifndef LOOM_ENGINE_CODEC_TIFF_SUMS_H
#define LOOM_ENGINE_CODEC_TIFF_SUMS_H

#include "base/bytes.h"

/*
 * What is wrong, static: a checksum of the first page; NULL: none is, as far as `limit` bytes of
 * unpacked data tell. Streams that are broken or end early are left to libtiff.
 */
const char *loom_tiff_check_sums(loom_bytes file, uint64_t limit);

#endif
