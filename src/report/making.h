/*
 * How an output was made, beside its recipe, as text: how its input was judged, and the versions
 * that made it. What is at its default is left out, so that a field of a later version changes no
 * text.
 */
#ifndef LOOM_REPORT_MAKING_H
#define LOOM_REPORT_MAKING_H

#include "base/strbuf.h"
#include <imgloom/settings.h>
#include <jansson.h>

/* Appends the JSON object of the settings that decide how an output becomes; NULL: the defaults. */
void loom_write_judge(loom_strbuf *out, const loom_settings *settings);

/*
 * Sets these settings from such an object; those that it leaves out stay. settings->lane is a
 * string of the object. LOOM_ERR_UNSUPPORTED, with a message that names it: a field or a word is
 * not known, or a value is of the wrong type.
 */
loom_status loom_read_judge(loom_settings *settings, const json_t *object, loom_error *err);

/* Appends the JSON object of the versions; NULL: unknown. */
void loom_write_tool(loom_strbuf *out, const char *vips_version, const char *jpeg_version);

#endif
