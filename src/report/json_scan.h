/*
 * Splits JSON text into values without parsing their content: finds the end of a value, and the
 * members of an object. The parser decides whether it is valid JSON. Constant memory, no recursion;
 * any thread.
 */
#ifndef LOOM_REPORT_JSON_SCAN_H
#define LOOM_REPORT_JSON_SCAN_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

#define LOOM_JSON_MAX_DEPTH ((size_t)1000) /* max nesting of arrays and objects; reports need 4 */

/* A value whose text comes in pieces. Zero-initialise. */
typedef struct loom_json_scan {
    size_t depth;        /* number of open arrays and objects */
    bool string, escape; /* within a string; after a backslash in it */
    bool scalar;         /* within a number, or true, false, null */
    bool done;           /* the value has ended */
} loom_json_scan;

/*
 * Continues with `size` more bytes, and returns how many of them belong to the value: all of them,
 * unless it ended (`done`). The very first byte must be the value's first. A number or word ends
 * before the first byte that cannot be part of it, or with the text.
 */
size_t loom_json_scan_feed(loom_json_scan *scan, const char *bytes, size_t size);

/* White space between values. */
bool loom_json_is_space(char c);

/* The position of an object's member: text[start..end); its name, including quotes, is
 * [start..name_end), its value [value..end). */
typedef struct loom_json_span {
    size_t start, name_end, value, end;
} loom_json_span;

/* Finds the next member of an object, which must be valid JSON; *at is 0 before the first. False:
 * there is none. */
bool loom_json_next(const char *object, size_t size, size_t *at, loom_json_span *span);

/* Finds the first member with this name in an object, which must be valid JSON. False: there is
 * none. */
bool loom_json_find(const char *object, size_t size, const char *name, loom_json_span *span);

/* Removes the first member with this name, and its comma. */
void loom_json_remove(loom_strbuf *object, const char *name);

/*
 * Replaces each array and object nested deeper than LOOM_JSON_MAX_DEPTH by null, so that a
 * recursive parser never sees it. imgloom writes no such values.
 */
void loom_json_prune(loom_strbuf *json);

/* Removes all white space outside strings. */
void loom_json_compact(loom_strbuf *json);

#endif
