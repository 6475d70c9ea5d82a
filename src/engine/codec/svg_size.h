/* Gives a drawing a size, where it has none. */
#ifndef LOOM_ENGINE_CODEC_SVG_SIZE_H
#define LOOM_ENGINE_CODEC_SVG_SIZE_H

#include "files/input.h"
#include <imgloom/error.h>

/*
 * Puts a width and a height into the root element of a drawing that says neither these nor a view
 * box. All else is left as it is, with LOOM_OK. Stage `probe`: LOOM_ERR_OUT_OF_MEMORY; the input is
 * then as it was.
 */
loom_status loom_svg_give_size(loom_input *input, loom_error *err);

#endif
