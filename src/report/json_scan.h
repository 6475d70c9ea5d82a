/*
 * Splitting JSON text into values, without reading what they say: finds where a value ends and
 * where a member of an object stands. Whether it is JSON at all is for the parser to say. Constant
 * memory, no recursion; any thread.
 */
#ifndef LOOM_REPORT_JSON_SCAN_H
#define LOOM_REPORT_JSON_SCAN_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

#define LOOM_JSON_MAX_DEPTH                                                                        \
    ((size_t)1000) /* of arrays and objects in one another; reports need 4 */

/* A value whose text comes in pieces. Zero-initialise. */
typedef struct loom_json_scan {
    size_t depth;        /* of the arrays and objects that are open */
    bool string, escape; /* within a string; behind a backslash there */
    bool scalar;         /* within a number, or true, false, null */
    bool done;           /* the value has ended */
} loom_json_scan;

/*
 * Goes on with `size` more bytes, and returns how many of them belong to the value: all of them
 * unless it ended (`done`). The first byte of all must be the value's first. A number or word ends
 * before the first byte that cannot be part of it, or with the text.
 */
size_t loom_json_scan_feed(loom_json_scan *scan, const char *bytes, size_t size);

/* White space between values. */
bool loom_json_is_space(char c);

/* Where a member of an object stands: text[start..end), of which the name, with its quotes, is
 * [start..name_end) and the value [value..end). */
typedef struct loom_json_span {
    size_t start, name_end, value, end;
} loom_json_span;

/* Finds the next member of an object, which must be JSON; *at is 0 before the first. False: there
 * is none. */
bool loom_json_next(const char *object, size_t size, size_t *at, loom_json_span *span);

/* Finds the first member with this name in an object, which must be JSON. False: there is none. */
bool loom_json_find(const char *object, size_t size, const char *name, loom_json_span *span);

/* Removes the first member with this name, and the comma that goes with it. */
void loom_json_remove(loom_strbuf *object, const char *name);

/*
 * Makes null of each array and object that lies deeper than LOOM_JSON_MAX_DEPTH: a parser that
 * calls itself never sees it. Nothing of imgloom's is there.
 */
void loom_json_prune(loom_strbuf *json);

/* Takes out all white space that is not within strings. */
void loom_json_compact(loom_strbuf *json);

#endif
