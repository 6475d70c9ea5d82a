/* Drawings that come packed (.svgz): gzip, RFC 1952, around SVG. */
#ifndef LOOM_ENGINE_CODEC_SVGZ_H
#define LOOM_ENGINE_CODEC_SVGZ_H

#include "files/input.h"
#include <imgloom/error.h>

/* Bytes of a drawing that are unpacked: a megabyte of gzip can become a gigabyte. */
#define LOOM_DRAWING_MAX (UINT32_C(64) << 20)

/*
 * Puts the drawing that `input` holds packed in the place of it. What is not gzip, or holds
 * something else, is left as it is, with LOOM_OK. Members that follow one another are one drawing,
 * as gzip has it; other bytes behind them are passed over. Stage `probe`: LOOM_ERR_TRUNCATED,
 * LOOM_ERR_CORRUPT (also where the checksum differs), LOOM_ERR_TOO_LARGE over LOOM_DRAWING_MAX,
 * LOOM_ERR_OUT_OF_MEMORY; the input is then as it was.
 */
loom_status loom_svgz_unpack(loom_input *input, loom_error *err);

#endif
