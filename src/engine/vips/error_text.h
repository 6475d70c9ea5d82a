/* libvips' error text, for a worker process, which has one image at a time (see worker_hooks.h). */
#ifndef LOOM_ENGINE_VIPS_ERROR_TEXT_H
#define LOOM_ENGINE_VIPS_ERROR_TEXT_H

#include "engine/worker_hooks.h"

/* A new image: what libvips said until now is not about it. */
void loom_vips_error_clear(void);

/*
 * Empties libvips' error buffer. In a worker process `text` gets what was in it, on one
 * line; elsewhere, and when there was nothing, "".
 */
#define LOOM_VIPS_ERROR_TEXT 320
void loom_vips_error_take(char text[LOOM_VIPS_ERROR_TEXT]);

/* As loom_error_set, with that text, if there is any, behind the sentence: "SENTENCE: TEXT". */
loom_status loom_vips_error_set(loom_error *err, loom_status code, loom_stage stage,
                                const char *format, ...) LOOM_PRINTF(4, 5);

#endif
