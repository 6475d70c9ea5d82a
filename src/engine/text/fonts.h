/* Fonts, as fontconfig finds them. */
#ifndef LOOM_ENGINE_TEXT_FONTS_H
#define LOOM_ENGINE_TEXT_FONTS_H

#include <imgloom/error.h>
#include <pango/pangocairo.h>

/* A font that was asked for, and the map that has it. One thread at a time uses it. */
typedef struct text_font {
    char *asked; /* as in loom_text_style */
    PangoFontMap *map;
    PangoFontDescription *description; /* without a size */
    struct text_font *next;
} text_font;

/*
 * Takes a font; return it by text_font_return. LOOM_ERR_NOT_FOUND: there is no such file, or no
 * font of this name. Stage `transform`. Any thread.
 */
loom_status text_font_take(const char *asked, text_font **font, loom_error *err);
void text_font_return(text_font *font);

/* As loom_text_module's find_font. */
loom_status text_font_find(const char *name, char **path, loom_error *err);

#endif
