/*
 * A JSON writer (RFC 8259) that appends to a string. It adds the commas; the caller must nest the
 * calls correctly. Fixed decimals and no locale, so the output is the same everywhere. Out of
 * memory sets `failed` of the strbuf.
 */
#ifndef LOOM_REPORT_JSON_H
#define LOOM_REPORT_JSON_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct loom_json {
    loom_strbuf *out;
    bool comma; /* a value precedes: the next one in this object or array needs a comma */
} loom_json;

#define LOOM_JSON_INIT(buffer)                                                                     \
    {                                                                                              \
        (buffer), false                                                                            \
    }

void loom_json_begin(loom_json *json, char bracket); /* '{' or '[' */
void loom_json_end(loom_json *json, char bracket);   /* '}' or ']' */

/* A member's name; its value follows. Names are our own: plain ASCII, nothing to escape. */
void loom_json_key(loom_json *json, const char *key);

void loom_json_null(loom_json *json);
void loom_json_bool(loom_json *json, bool value);
void loom_json_uint(loom_json *json, uint64_t value);
void loom_json_thousandths(loom_json *json, int64_t value);  /* 1042120 as 1042.120 */
void loom_json_millionths(loom_json *json, uint64_t value);  /* 250000 as 0.25 */
void loom_json_ms(loom_json *json, int64_t ns);              /* ns as ms, rounded to 0.001 */
void loom_json_text(loom_json *json, const char *json_text); /* a value that is JSON already */

/* A string; each byte that is not UTF-8 becomes U+FFFD. NULL is written as null. */
void loom_json_string(loom_json *json, const char *text);

/* The bytes as a string in base64 (RFC 4648 section 4, padded). */
void loom_json_base64(loom_json *json, const char *bytes, size_t size);

/*
 * Appends the bytes that the text of such a string stands for. False where it is not padded base64:
 * its length is no multiple of 4, a character is not of the alphabet, or bits behind the last byte
 * are set. Part of it may have been appended then.
 */
bool loom_json_base64_decode(loom_strbuf *out, const char *text, size_t size);

/* An instant, ns since the epoch, as RFC 3339 in UTC: "2026-11-20T09:15:00.123Z". */
void loom_json_instant(loom_json *json, int64_t wall_ns);

#endif
