/*
 * A growing byte string, always NUL-terminated, for paths and messages (which may hold any byte).
 *
 * Out of memory is sticky: a failed append sets `failed`, and later appends do nothing. So a caller
 * may build the whole string and check once.
 */
#ifndef LOOM_BASE_STRBUF_H
#define LOOM_BASE_STRBUF_H

#include <imgloom/export.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct loom_strbuf {
    char *data; /* NULL until the first append */
    size_t size, capacity;
    bool failed;
} loom_strbuf;

#define LOOM_STRBUF_INIT                                                                           \
    {                                                                                              \
        NULL, 0, 0, false                                                                          \
    }

void loom_strbuf_release(loom_strbuf *buf);
void loom_strbuf_clear(loom_strbuf *buf);              /* keeps the memory */
void loom_strbuf_truncate(loom_strbuf *buf, size_t n); /* to at most n bytes */
void loom_strbuf_add(loom_strbuf *buf, const void *bytes, size_t size);
void loom_strbuf_add_str(loom_strbuf *buf, const char *text);
void loom_strbuf_add_char(loom_strbuf *buf, char c);
void loom_strbuf_add_format(loom_strbuf *buf, const char *format, ...) LOOM_PRINTF(2, 3);

/* The string, still owned by the buffer; "" if empty or failed. */
const char *loom_strbuf_str(const loom_strbuf *buf);

/* Hands the string to the caller (free()) and empties the buffer; NULL when it failed. */
char *loom_strbuf_take(loom_strbuf *buf);

#endif
