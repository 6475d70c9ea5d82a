/* The JPEG tiles of a TIFF, in which libvips 8.14 and 8.16 pass damage over without a word. */
#ifndef LOOM_ENGINE_CODEC_TIFF_TILES_H
#define LOOM_ENGINE_CODEC_TIFF_TILES_H

#include "engine/lane.h"

enum { LOOM_TIFF_TILES_WORDS = 256 };

/*
 * Whether the job's input is a TIFF of JPEG tiles, of a kind that is read, and libjpeg complains of
 * one of them; `words` then gets its first complaint. Takes as long as decoding at an eighth of the
 * size. False, too, when the job must stop in the midst of it.
 */
bool loom_tiff_tiles_damaged(const loom_lane_job *job, char words[LOOM_TIFF_TILES_WORDS]);

#endif
