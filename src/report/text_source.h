/* Text read through a buffer, with the place in it: lines, or JSON values one by one. */
#ifndef LOOM_REPORT_TEXT_SOURCE_H
#define LOOM_REPORT_TEXT_SOURCE_H

#include "base/strbuf.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_text_source {
    int file;         /* owned, but for standard input; -1: none */
    char *buffer;     /* owned */
    size_t at, limit; /* buffer[at..limit) was read from the file and not taken yet */
    uint64_t offset;  /* of buffer[at] in the file */
    uint64_t line;    /* of buffer[at]; from 1 */
} loom_text_source;

#define LOOM_TEXT_SOURCE_END (-1) /* instead of a byte: nothing follows */

/*
 * "-" is standard input. With `seekable` a pipe is copied to a temporary file first. Sets *source
 * on LOOM_OK only. A byte order mark at the beginning is skipped.
 */
loom_status loom_text_source_open(loom_text_source *source, const char *path, bool seekable,
                                  loom_error *err);
void loom_text_source_close(
    loom_text_source *source); /* a struct with `file` -1 and no buffer is allowed */

/* Goes back to the beginning, or to another place that it was at; what cannot be read twice and was
 * not opened `seekable` is an error. */
loom_status loom_text_source_rewind(loom_text_source *source, loom_error *err);
loom_status loom_text_source_seek(loom_text_source *source, uint64_t offset, uint64_t line,
                                  loom_error *err);

/* Sets *byte to the next one, which stays, or to LOOM_TEXT_SOURCE_END. */
loom_status loom_text_source_peek(loom_text_source *source, int *byte, loom_error *err);
/* The one that is `ahead` bytes (below 64 Ki) further on, all of which stay. */
loom_status loom_text_source_peek_ahead(loom_text_source *source, size_t ahead, int *byte,
                                        loom_error *err);
/* Takes the byte that peek told. */
void loom_text_source_skip(loom_text_source *source);
/* Passes over white space, then as loom_text_source_peek. */
loom_status loom_text_source_peek_value(loom_text_source *source, int *byte, loom_error *err);

/*
 * Appends the JSON value that begins here; `out` NULL skips it. LOOM_ERR_TRUNCATED when the
 * file ends within it; LOOM_ERR_TOO_LARGE beyond `limit`; the value is then skipped, and some
 * of it appended.
 */
loom_status loom_text_source_value(loom_text_source *source, loom_strbuf *out, size_t limit,
                                   loom_error *err);

/*
 * Appends the bytes to the end of the line, which is taken but not appended; `ended` tells whether
 * there was one. LOOM_ERR_TOO_LARGE beyond `limit`; the line is then skipped, and its
 * beginning appended.
 */
loom_status loom_text_source_line(loom_text_source *source, loom_strbuf *out, size_t limit,
                                  bool *ended, loom_error *err);

/* Appends `size` bytes from `offset` of the file; needs `seekable`. */
loom_status loom_text_source_read_at(const loom_text_source *source, uint64_t offset, size_t size,
                                     loom_strbuf *out, loom_error *err);

#endif
