/*
 * The names of outputs: pure functions of strings (but for loom_naming_folder_base, which may ask
 * the system). All append to `out` and leave a failed append to the caller (out->failed).
 */
#ifndef LOOM_FILES_NAMING_H
#define LOOM_FILES_NAMING_H

#include <imgloom/format.h>

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * The format to write for an input path: `wanted`, or, where that is LOOM_FORMAT_SAME, what the
 * format table says for the path's extension (PNG for an extension it does not know, or none).
 */
loom_format loom_naming_format(const char *path, loom_format wanted);

/* The same for an input of a format that is known. */
loom_format loom_naming_format_for(loom_format input, loom_format wanted);

/*
 * Appends PREFIX STEM SUFFIX . EXTENSION for the input's name (no slash in it). The extension is
 * the format's first, but one that names the format already stays as it is: "a.JPEG" for JPEG.
 */
void loom_naming_file(loom_strbuf *out, const char *name, loom_format format, const char *prefix,
                      const char *suffix);

/*
 * Appends the components of a relative folder path of `size` bytes, each after a slash, with "",
 * "." and ".." resolved. False when ".." leads out of it; nothing is appended then.
 */
bool loom_naming_tree(loom_strbuf *out, const char *folder, size_t size);

/*
 * Appends the name of an input folder: its last component, or, when that is "." or "..", the
 * last one of its real path. Nothing for the root folder. False, with errno, when the real path
 * cannot be had.
 */
bool loom_naming_folder_base(loom_strbuf *out, const char *folder);

/*
 * Appends the text as a file system compares it that takes no notice of case: each character in
 * lower case, by Unicode's one-to-one mappings. Bytes that are not UTF-8 stay. (Composed and
 * decomposed forms of a letter remain different.)
 */
void loom_naming_fold(loom_strbuf *out, const char *text, size_t size);

#endif
