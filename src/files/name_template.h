/*
 * Name templates: text with {fields} that become the path of an output. Pure functions of strings;
 * what a template may hold is told in imgloom/plan.h, where loom_name_template_check stands.
 */
#ifndef LOOM_FILES_NAME_TEMPLATE_H
#define LOOM_FILES_NAME_TEMPLATE_H

#include <imgloom/plan.h>

#include "base/strbuf.h"
#include <stddef.h>

/* What the fields stand for. */
typedef struct loom_name_parts {
    const char *dir; /* without slashes at its ends; "": none */
    const char *stem;
    size_t stem_size; /* bytes */
    const char *extension, *format;
    loom_size size;
} loom_name_parts;

/*
 * Appends what a template (checked before) gives: a relative path without "", "." and ".." among
 * its components. An empty {dir} takes the slash behind it along. Returns NULL, or a static
 * sentence that says why the path cannot be used; it is then appended as it is. A failed append
 * is left to the caller (out->failed).
 */
const char *loom_name_template_expand(loom_strbuf *out, const char *name_template,
                                      const loom_name_parts *parts);

/*
 * LOOM_ERR_USAGE with a message that names both, when a template (checked before) gives two of
 * the sizes one name whatever the input is; LOOM_ERR_OUT_OF_MEMORY; else LOOM_OK.
 */
loom_status loom_name_template_check_sizes(const char *name_template, const loom_size *sizes,
                                           size_t count, loom_error *err) LOOM_NODISCARD;

#endif
