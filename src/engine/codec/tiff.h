/* Damage of a TIFF that libtiff and libvips do not report. */
#ifndef LOOM_ENGINE_CODEC_TIFF_H
#define LOOM_ENGINE_CODEC_TIFF_H

#include "base/bytes.h"
#include "engine/lane.h"

/* ---- checksums ----------------------------------------------------------- */

/*
 * The checksums of zlib streams (RFC 1950) in strips and tiles compressed by deflate. libtiff
 * checks one only if it needs all data of the stream.
 */

/*
 * Returns the damage, static: a wrong checksum in the first page; NULL: none within `limit` bytes
 * of unpacked data. Streams that are damaged or end early are left to libtiff.
 */
const char *loom_tiff_check_sums(loom_bytes file, uint64_t limit);

/* ---- JPEG tiles ---------------------------------------------------------- */

/* libvips 8.14 and 8.16 do not report damage in JPEG tiles. */

enum { LOOM_TIFF_TILES_WORDS = 256 };

/*
 * Whether the job's input is a TIFF with JPEG tiles, of a kind that is read, in one of which
 * libjpeg finds an error; `words` then receives its first message. Takes as long as decoding at an
 * eighth of the size. Also false if the job must stop meanwhile.
 */
bool loom_tiff_tiles_damaged(const loom_lane_job *job, char words[LOOM_TIFF_TILES_WORDS]);

#endif
