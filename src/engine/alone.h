/*
 * What only a process knows that carries one image at a time: that libvips' error text is this
 * image's. A worker child says so of itself; everywhere else the text is dropped.
 */
#ifndef LOOM_ENGINE_ALONE_H
#define LOOM_ENGINE_ALONE_H

#include <imgloom/error.h>
#include <stddef.h>

/* Says so, once, before the first image. `on_stage` is told the stage that an image comes to. */
void loom_alone_start(void (*on_stage)(loom_stage stage));

/* Tells on_stage, if there is one. */
void loom_alone_stage(loom_stage stage);

/*
 * Empties libvips' error buffer. In a process that is alone `text` gets what was in it, on one
 * line, as ": WORDS", ready to follow a sentence of ours; elsewhere, and when there was nothing,
 * "".
 */
#define LOOM_ALONE_TEXT 320
void loom_alone_take_text(char text[LOOM_ALONE_TEXT]);

#endif
