/*
 * Prepares drawings (SVG) for librsvg: unpacks packed ones (.svgz: gzip, RFC 1952), and gives a
 * size to those without one.
 */
#ifndef LOOM_ENGINE_CODEC_SVG_H
#define LOOM_ENGINE_CODEC_SVG_H

#include "files/input.h"
#include <imgloom/error.h>

/* The max bytes of an unpacked drawing: a megabyte of gzip can become a gigabyte. */
#define LOOM_DRAWING_MAX (UINT32_C(64) << 20)

/*
 * Puts the drawing that `input` holds packed in the place of it, and sets *format to the drawing's.
 * What is not gzip, or holds something else, is left as it is, with LOOM_OK. Members that follow
 * one another are one drawing, as gzip has it; other bytes behind them are ignored. Stage
 * `probe`: LOOM_ERR_TRUNCATED, LOOM_ERR_CORRUPT (also where the checksum differs),
 * LOOM_ERR_TOO_LARGE over LOOM_DRAWING_MAX, LOOM_ERR_OUT_OF_MEMORY; the input is then as it was.
 */
loom_status loom_svgz_unpack(loom_input *input, loom_format *format, loom_error *err);

/*
 * Puts a width and a height into the root element of a drawing that says neither these nor a view
 * box, and sets *format to the drawing's. All else is left as it is, with LOOM_OK. Stage `probe`:
 * LOOM_ERR_OUT_OF_MEMORY; the input is then as it was.
 */
loom_status loom_svg_give_size(loom_input *input, loom_format *format, loom_error *err);

#endif
