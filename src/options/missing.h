/* What is said of a path that leads to nothing, or to a folder where a file is needed. */
#ifndef OPTIONS_MISSING_H
#define OPTIONS_MISSING_H

#include <stdbool.h>

/* Whether it is missing: a name that is wrong. */
bool options_is_missing(const char *path);

/* A path beside this one whose name is nearly the same; NULL: there is none. g_free. */
char *options_find_similar(const char *path);

/*
 * Of a file to be read: "no such file: PATH; did you mean OTHER?", or "PATH is a folder". NULL: it
 * is neither missing nor a folder. g_free.
 */
char *options_describe_missing(const char *path);

#endif
