/* Damage of a TIFF that libtiff and libvips pass over. */
#ifndef LOOM_ENGINE_CODEC_TIFF_H
#define LOOM_ENGINE_CODEC_TIFF_H

#include "base/bytes.h"
#include "engine/lane.h"

/* ---- checksums ----------------------------------------------------------- */

/*
 * Those of the zlib streams (RFC 1950) of strips and tiles that are compressed by deflate. libtiff
 * looks at one only where it needs all that the stream holds.
 */

/*
 * What is wrong, static: a checksum of the first page; NULL: none is, as far as `limit` bytes of
 * unpacked data tell. Streams that are broken or end early are left to libtiff.
 */
const char *loom_tiff_check_sums(loom_bytes file, uint64_t limit);

/* ---- JPEG tiles ---------------------------------------------------------- */

/* Damage in them goes without a word in libvips 8.14 and 8.16. */

enum { LOOM_TIFF_TILES_WORDS = 256 };

/*
 * Whether the job's input, a TIFF, is one of JPEG tiles, of a kind that is read, and libjpeg
 * complains of one of them; `words` then gets its first complaint. Takes as long as decoding at an
 * eighth of the size. False, too, when the job must stop in the midst of it.
 */
bool loom_tiff_tiles_damaged(const loom_lane_job *job, char words[LOOM_TIFF_TILES_WORDS]);

#endif
