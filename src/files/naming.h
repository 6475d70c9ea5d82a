/*
 * The names of outputs, by default and by template: pure functions of strings (but for
 * loom_naming_folder_base, which may ask the system). All append to `out` and leave a failed append
 * to the caller (out->failed). What a template may hold is told in imgloom/plan.h, where
 * loom_name_template_check stands.
 */
#ifndef LOOM_FILES_NAMING_H
#define LOOM_FILES_NAMING_H

#include <imgloom/format.h>
#include <imgloom/plan.h>

#include "base/strbuf.h"
#include "files/input.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * The format to write for an input path: `wanted`, or, for LOOM_FORMAT_SAME, the format table's
 * choice for the path's extension (PNG for an unknown extension, or none).
 */
loom_format loom_naming_format(const char *path, loom_format wanted);

/* The same for an input whose format is known. */
loom_format loom_naming_format_for(loom_format input, loom_format wanted);

/*
 * Appends PREFIX STEM SUFFIX . EXTENSION for the input's name (without slashes). The extension is
 * the format's first, but an extension that already names the format stays: "a.JPEG" for JPEG.
 */
void loom_naming_file(loom_strbuf *out, const char *name, loom_format format, const char *prefix,
                      const char *suffix);

/*
 * Appends the components of a relative folder path of `size` bytes, each after a slash, with "",
 * "." and ".." resolved. False: ".." leads out of it; nothing is appended then.
 */
bool loom_naming_tree(loom_strbuf *out, const char *folder, size_t size);

/*
 * Appends the name of an input folder: its last component or, if that is "." or "..", the last one
 * of its real path. Nothing for the root folder. False, with errno: the real path cannot be found.
 */
bool loom_naming_folder_base(loom_strbuf *out, const char *folder);

/*
 * Appends the text as a file system that ignores case compares it: each character in lower case, by
 * Unicode's one-to-one mappings. Bytes that are not UTF-8 stay. (Composed and decomposed forms of a
 * letter remain different.)
 */
void loom_naming_fold(loom_strbuf *out, const char *text, size_t size);

/* ---- templates ----------------------------------------------------------- */

typedef enum loom_name_field {
    LOOM_NAME_DIR,
    LOOM_NAME_PARENT,
    LOOM_NAME_STEM,
    LOOM_NAME_INPUT_EXT,
    LOOM_NAME_EXT,
    LOOM_NAME_FORMAT,
    LOOM_NAME_WIDTH,
    LOOM_NAME_HEIGHT,
    LOOM_NAME_NUMBER,
    LOOM_NAME_DATE,
    LOOM_NAME_TAKEN,
    LOOM_NAME_FIELDS
} loom_name_field;

/* "{dir}" … */
const char *loom_name_field_text(loom_name_field field);

/* Whether a template (checked before) has the field. */
bool loom_name_template_has(const char *name_template, loom_name_field field);

/* The values of the fields. NULL is "". */
typedef struct loom_name_parts {
    const char *dir; /* without slashes at its ends; "": none */
    const char *stem;
    size_t stem_size; /* bytes */
    const char *extension, *format;
    loom_size size;
    const char *parent, *input_extension, *number, *date, *taken;
} loom_name_parts;

/* Appends a template (checked before) with its fields expanded, and nothing else done to it. */
void loom_name_template_fill(loom_strbuf *out, const char *name_template,
                             const loom_name_parts *parts);

/*
 * Expands a template (checked before) to a relative path without "", "." and ".." among its
 * components. A slash after an empty {dir} is dropped. Returns NULL, or a static sentence that says
 * why the path cannot be used; the path is then appended unchanged. A failed append is left to the
 * caller (out->failed).
 */
const char *loom_name_template_expand(loom_strbuf *out, const char *name_template,
                                      const loom_name_parts *parts);

/*
 * LOOM_ERR_USAGE, with a message that names both, if a template (checked before) gives two sizes or
 * formats of a recipe (checked before) the same name for every input; LOOM_ERR_OUT_OF_MEMORY; else
 * LOOM_OK.
 */
loom_status loom_name_template_check_outputs(const char *name_template, const loom_recipe *recipe,
                                             loom_error *err) LOOM_NODISCARD;

/* ---- texts that are written on pictures ------------------------------------ */

/*
 * Appends the text (checked before) with its fields expanded for a task: {width} and {height} are
 * `size`; {taken} is read from the input, at its path or from `source` (NULL: at its path).
 */
void loom_text_expand(loom_strbuf *out, const char *text, const loom_task *task,
                      const loom_source *source, const loom_size *size);

#endif
