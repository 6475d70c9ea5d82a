/*
 * Reads an input: whole, into memory, never mapped, and never blocking on something that is not a
 * file. An input may also be bytes in memory; then they are copied only if a decoder writes to
 * them.
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
    unsigned char *data; /* `size` bytes, then LOOM_INPUT_SLACK zero bytes; writable */
    size_t size;
    /*
     * 0: data is owned. Else data is the caller's and has this many bytes; only the bytes after
     * them are written to.
     */
    size_t borrowed;
    int64_t mtime_ns, atime_ns;
    loom_file_id id;
    /* For loom_input_restore. */
    size_t read;           /* bytes of the file that were read: all, or only its start */
    loom_edits edits;      /* the edits made to them, or to their replacement */
    unsigned char *origin; /* where they are, if a replacement is in use; else NULL */
    loom_edits before;     /* if one is: the edits made to them */
} loom_input;

/* A regular file, open for reading, with its state when it was opened; or bytes instead. */
typedef struct loom_input_file {
    int descriptor; /* owned; -1: none, or none yet */
    size_t size;    /* > 0; 0: nothing was opened */
    int64_t mtime_ns, atime_ns, ctime_ns;
    loom_file_id id;
    int64_t opened_ns; /* CLOCK_REALTIME; 0: no file was opened */
    bool hashed;       /* see loom_input_hash */
    loom_content_hash hash;
    const unsigned char *bytes; /* the caller's, `size` of them; NULL: the input is a file */
    bool padded; /* LOOM_INPUT_SLACK zero bytes follow them, which we may write to meanwhile */
} loom_input_file;

/*
 * Opens the file at `path`, with O_NONBLOCK; only regular files, and none in /proc, /sys and the
 * like. LOOM_ERR_EMPTY, LOOM_ERR_NOT_A_FILE, LOOM_ERR_NOT_FOUND (also ENOTDIR, ELOOP),
 * LOOM_ERR_PERMISSION, LOOM_ERR_TOO_LARGE (over SSIZE_MAX less slack). Stage `open`. *file is
 * written on LOOM_OK only, but for what loom_input_stamp and opened_ns tell of an empty file.
 */
loom_status loom_input_open(const char *path, loom_input_file *file, loom_error *err);

/* The same for an open descriptor, which *file takes over on LOOM_OK. */
loom_status loom_input_adopt(int descriptor, loom_input_file *file, loom_error *err);

/* An input without a path. It is the caller's, and must not change until the file is closed. */
typedef struct loom_source {
    const void *bytes; /* `size` of them, instead of a file; NULL: `descriptor` is an open file */
    size_t size;
    bool padded; /* as in loom_input_file */
    int descriptor;
} loom_source;

/*
 * The same for a source. Also LOOM_ERR_IO: there is no descriptor left to duplicate the source's.
 */
loom_status loom_input_open_source(const loom_source *source, loom_input_file *file,
                                   loom_error *err);

/* Reads the first `size` bytes, or as many as there are. False: the file cannot be read. */
bool loom_input_peek(const loom_input_file *file, void *start, size_t size, size_t *got);

/*
 * Creates a descriptor for another process, if there is none: a nameless file with the bytes, which
 * nobody can change. Stage `worker`.
 */
loom_status loom_input_share(loom_input_file *file, loom_error *err);

/* ---- reading ------------------------------------------------------------- */

/*
 * Reads on until *input, zeroed at first, holds `size` bytes or the whole file. Until then it is a
 * start, only to be looked at; with the last byte it becomes what loom_input_read makes. Unchanged
 * on an error. Release it in any case.
 */
loom_status loom_input_read_on(const loom_input_file *file, size_t size, loom_input *input,
                               loom_error *err);

static inline bool loom_input_is_whole(const loom_input_file *file, const loom_input *input)
{
    return input->read == file->size;
}

/*
 * Reads the whole file from its beginning, at any offset of the descriptor. Compares size and mtime
 * before and after: a file that changed meanwhile is LOOM_ERR_IO, and the message says so.
 * LOOM_ERR_OUT_OF_MEMORY. Stage `open`. *input is written on LOOM_OK only. Padded bytes are
 * borrowed if nobody needs to change them, else copied.
 */
loom_status loom_input_read(const loom_input_file *file, loom_input *input, loom_error *err);

/* ---- changes to an input ------------------------------------------------- */

/* loom_edit overwrites bytes, with input->edits; others are appended to the file's. */

/* Replaces all bytes that were read by `size` others (from malloc, with slack; taken over). */
void loom_input_replace(loom_input *input, unsigned char *data, size_t size);

/* Restores an input that was read whole to that state. False: memory for the old bytes ran out. */
bool loom_input_restore(loom_input *input);

/*
 * Copies the input's bytes to a nameless file for another process, as loom_input_share. *shared
 * must be closed; the input may be released. Stage `worker`.
 */
loom_status loom_input_hand_over(const loom_input *input, loom_input_file *shared, loom_error *err);

/* ---- after reading ------------------------------------------------------- */

/* The file as it was when it was opened; all zero: there is none. */
loom_stamp loom_input_stamp(const loom_input_file *file);

/*
 * Sets file->hash and `hashed`, unless they are set. From the bytes of `input`, if it has all of
 * the file's and none was edited; else, and for NULL, from the file. A file that cannot be read
 * stays without a hash: who reads it gets the error.
 */
void loom_input_hash(loom_input_file *file, const loom_input *input);

/*
 * Whether the file is unchanged since it was opened and still at its path. Call it after the last
 * read. LOOM_ERR_IO if its size or time has changed, or another file is at the path (NULL: there is
 * no path); a removed file is still good. Stage `open`. Bytes in memory always pass.
 */
loom_status loom_input_check(const loom_input_file *file, const char *path, loom_error *err);

/*
 * Asks the system to read the file into the page cache soon, without waiting. As careful as
 * loom_input_open; ignores a file that cannot be opened.
 */
void loom_input_expect(const char *path);

void loom_input_close(loom_input_file *file); /* a struct that was never opened needs {-1} */
void loom_input_release(loom_input *input);   /* a zeroed struct is allowed */

#endif
