/*
 * Renders text as a layer. That takes pango, cairo and fontconfig, which a run without text need
 * not load: they are behind a module of their own (imgloom-text.so), found on first use. Only a
 * process that reads no pictures may load it: fonts are files, and a worker opens none.
 */
#ifndef LOOM_ENGINE_TEXT_MODULE_H
#define LOOM_ENGINE_TEXT_MODULE_H

#include "picture/picture.h"

#define LOOM_TEXT_SIDE_MAX 32000u /* px: cairo's surfaces end soon after */

/* What a text looks like. */
typedef struct loom_text_style {
    const char *font; /* a name, or the path of a file; "": the system's sans-serif font */
    uint32_t size;    /* px of the font, >= 1: smaller if the text is too high else */
    uint32_t width;   /* px: longer lines are broken, between words if possible */
    uint32_t height;  /* px that there are; both 1..LOOM_TEXT_SIDE_MAX */
    int align;        /* of several lines: -1 left, 0 centred, 1 right */
    loom_colour colour;
    const loom_colour *outline, *background; /* NULL: there is none */
} loom_text_style;

typedef struct loom_text_module {
    const char *version; /* LOOM_VERSION of its build */

    /*
     * The text (UTF-8, of at least one letter) as RGB + alpha of 8 bits, which the caller releases;
     * at most as large as the style allows. LOOM_ERR_NOT_FOUND: there is no such font.
     * LOOM_ERR_UNSUPPORTED: no font has some of its letters, or it does not fit.
     * LOOM_ERR_OUT_OF_MEMORY. Stage `transform`. Any thread.
     */
    loom_status (*render)(const loom_text_style *style, const char *text, loom_picture *layer,
                          loom_error *err);

    /*
     * Sets *path (the caller frees it) to the file that holds the font of this name, or of "".
     * LOOM_ERR_NOT_FOUND: there is none of this name. Any thread.
     */
    loom_status (*find_font)(const char *name, char **path, loom_error *err);
} loom_text_module;

/* Loads the module, unless that has happened. NULL: *err says why there is none. Any thread. */
const loom_text_module *loom_text_module_get(loom_error *err);

/* Its file and its one symbol: a function without parameters that returns the table. */
#define LOOM_TEXT_FILE   "imgloom-text.so"
#define LOOM_TEXT_SYMBOL "imgloom_text"

#endif
