/* libvips' error text, for a process that is alone with its image (see alone.h). */
#ifndef LOOM_ENGINE_VIPS_WORDS_H
#define LOOM_ENGINE_VIPS_WORDS_H

#include "engine/alone.h"

/* A new image: what libvips said until now is not about it. */
void loom_alone_begin(void);

/*
 * Empties libvips' error buffer. In a process that is alone `text` gets what was in it, on one
 * line; elsewhere, and when there was nothing, "".
 */
#define LOOM_ALONE_TEXT 320
void loom_alone_take_text(char text[LOOM_ALONE_TEXT]);

/* As loom_error_set, with that text, if there is any, behind the sentence: "SENTENCE: TEXT". */
loom_status loom_alone_fail(loom_error *err, loom_status code, loom_stage stage, const char *format,
                            ...) LOOM_PRINTF(4, 5);

#endif
