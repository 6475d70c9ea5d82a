/*
 * Reading an input: whole into memory, never mapped, never blocking on what is not a file. It may
 * also be bytes that are in memory already; then those of them are copied that a decoder writes to.
 */
#ifndef LOOM_FILES_INPUT_H
#define LOOM_FILES_INPUT_H

#include "base/edits.h"
#include <imgloom/error.h>
#include <imgloom/request.h> /* LOOM_INPUT_SLACK */
#include <imgloom/task.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct loom_input {
    unsigned char *data; /* `size` bytes, then LOOM_INPUT_SLACK zero bytes; ours to write to */
    size_t size;
    /* 0: data is owned. Else it is the caller's, with so many bytes: only what stands behind them
     * is written to. */
    size_t borrowed;
    int64_t mtime_ns, atime_ns;
    loom_file_id id;
    /* What loom_input_restore goes by. */
    size_t read;           /* bytes of the file that were read; all of them, but for its start */
    loom_edits edits;      /* what was written to them */
    unsigned char *origin; /* where they are, once others took their place; else NULL */
} loom_input;

/* A regular file, open for reading, and what it was when it was opened; or bytes in its place. */
typedef struct loom_input_file {
    int descriptor; /* owned; -1: none (yet) */
    size_t size;    /* > 0; 0: nothing was opened */
    int64_t mtime_ns, atime_ns;
    loom_file_id id;
    const unsigned char *bytes; /* the caller's, `size` of them; NULL: it is a file */
    bool padded; /* LOOM_INPUT_SLACK zero bytes stand behind them, which are ours meanwhile */
} loom_input_file;

/*
 * Opens the file at `path`, with O_NONBLOCK; only regular files are opened, and none of /proc, /sys
 * and their like. LOOM_ERR_EMPTY, LOOM_ERR_NOT_A_FILE, LOOM_ERR_NOT_FOUND (also ENOTDIR, ELOOP),
 * LOOM_ERR_PERMISSION, LOOM_ERR_TOO_LARGE (over SSIZE_MAX less slack). Stage `open`. *file is
 * written on LOOM_OK only.
 */
loom_status loom_input_open(const char *path, loom_input_file *file, loom_error *err);

/* The same for a descriptor that was opened elsewhere, which *file takes over on LOOM_OK. */
loom_status loom_input_adopt(int descriptor, loom_input_file *file, loom_error *err);

/* Where an input is, when it is not at a path: the caller's, as it is until the file is closed. */
typedef struct loom_source {
    const void *bytes; /* `size` of them, in place of a file; NULL: `descriptor` is open on one */
    size_t size;
    bool padded; /* as in loom_input_file */
    int descriptor;
} loom_source;

/* The same for a source. LOOM_ERR_IO, too: no descriptor is left for one more of the same file. */
loom_status loom_input_open_source(const loom_source *source, loom_input_file *file,
                                   loom_error *err);

/* The first bytes, `size` of them or as many as there are. False: it cannot be read. */
bool loom_input_peek(const loom_input_file *file, void *start, size_t size, size_t *got);

/*
 * Makes a descriptor for another process, where there is none: of a nameless file that holds the
 * bytes and that nobody changes. Stage `worker`.
 */
loom_status loom_input_share(loom_input_file *file, loom_error *err);

/* ---- reading ------------------------------------------------------------- */

/*
 * Reads on until *input, zeroed at first, holds `size` bytes, or all that there are: a start, which
 * is looked at alone. With the last of them it becomes as loom_input_read makes it. On an error it
 * stays as it was. To be released in any case.
 */
loom_status loom_input_read_on(const loom_input_file *file, size_t size, loom_input *input,
                               loom_error *err);

static inline bool loom_input_is_whole(const loom_input_file *file, const loom_input *input)
{
    return input->read == file->size;
}

/*
 * Reads the whole file, from its beginning wherever the descriptor stands. Size and mtime are
 * compared before and after: a file that changed meanwhile is LOOM_ERR_IO with a message that
 * says so. LOOM_ERR_OUT_OF_MEMORY. Stage `open`. *input is written on LOOM_OK only. Bytes that are
 * padded are borrowed, where nobody needs to change them, else copied.
 */
loom_status loom_input_read(const loom_input_file *file, loom_input *input, loom_error *err);

/* ---- who changes what was read ------------------------------------------- *
 * Bytes are overwritten by loom_edit with input->edits, or stand behind the file's. */

/* Puts `size` bytes (from malloc, with slack; taken over) in place of all that was read. */
void loom_input_replace(loom_input *input, unsigned char *data, size_t size);

/* Makes an input that was read whole as it was then. False: there was no memory to keep that. */
bool loom_input_restore(loom_input *input);

/*
 * Makes `shared` of what the input holds, which may then be released: for another process, of a
 * nameless file, as loom_input_share. To be closed. Stage `worker`.
 */
loom_status loom_input_hand_over(const loom_input *input, loom_input_file *shared, loom_error *err);

/* ---- afterwards ---------------------------------------------------------- */

/*
 * Whether the file is what it was when it was opened, and stands at its path still: to be asked
 * when all is read that is wanted of it. LOOM_ERR_IO when its size or time changed, or another file
 * stands at the path (NULL: it has none); one that was merely removed is as good as before. Stage
 * `open`. Bytes are.
 */
loom_status loom_input_check(const loom_input_file *file, const char *path, loom_error *err);

/*
 * Asks the system to have the file's pages in memory soon, and does not wait for them. As careful
 * as loom_input_open; what cannot be opened is left alone.
 */
void loom_input_expect(const char *path);

void loom_input_close(loom_input_file *file); /* one that was never opened needs {-1} */
void loom_input_release(loom_input *input);   /* a zeroed struct is allowed */

#endif
