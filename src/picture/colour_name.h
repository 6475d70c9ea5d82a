/* The named colours of CSS. */
#ifndef LOOM_PICTURE_COLOUR_NAME_H
#define LOOM_PICTURE_COLOUR_NAME_H

#include <imgloom/recipe.h>

/* Sets *colour and answers true for a name (ASCII case ignored), "transparent" among them. */
bool loom_colour_by_name(const char *name, loom_colour *colour);

#endif
