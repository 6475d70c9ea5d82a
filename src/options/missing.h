/* What is said of a path that leads to nothing, or to a folder where a file is needed; and small
 * files that are read. */
#ifndef OPTIONS_MISSING_H
#define OPTIONS_MISSING_H

#include <glib.h>
#include <imgloom/error.h>
#include <stdbool.h>

/* Whether it is missing: a name that is wrong. */
bool options_is_missing(const char *path);

/* A path beside this one whose name is nearly the same; NULL: there is none. g_free. */
char *options_find_similar(const char *path);

/*
 * Of a file to be read: "no such file: PATH; did you mean OTHER?", "PATH is a link that leads to
 * nothing" or "PATH is a folder". NULL: it is neither missing nor a folder. g_free.
 */
char *options_describe_missing(const char *path);

/*
 * Reads a whole small file, of at most OPTIONS_FILE_MAX bytes; g_string_free. NULL: *err says why,
 * in the words above where it is missing, with LOOM_ERR_USAGE.
 */
GString *options_read_file(const char *path, loom_error *err);

#define OPTIONS_FILE_MAX (1u << 20)

#endif
