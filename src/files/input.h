/* Reading an input: whole into memory, never mapped, never blocking on what is not a file. */
#ifndef LOOM_FILES_INPUT_H
#define LOOM_FILES_INPUT_H

#include <imgloom/error.h>
#include <imgloom/task.h>
#include <stdint.h>

/* Zero bytes that follow the data, so that a decoder may be given a synthetic end marker. */
#define LOOM_INPUT_SLACK 16

typedef struct loom_input {
    unsigned char *data; /* owned; `size` bytes, then LOOM_INPUT_SLACK zero bytes */
    size_t size;
    int64_t mtime_ns, atime_ns;
    loom_file_id id;
} loom_input;

/* A regular file, open for reading, and what it was when it was opened. */
typedef struct loom_input_file {
    int descriptor; /* owned; -1: none */
    size_t size;    /* > 0 */
    int64_t mtime_ns, atime_ns;
    loom_file_id id;
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

/*
 * Reads the whole file, from its beginning wherever the descriptor stands. Size and mtime are
 * compared before and after: a file that changed meanwhile is LOOM_ERR_IO with a message that
 * says so. LOOM_ERR_OUT_OF_MEMORY. Stage `open`. *input is written on LOOM_OK only.
 */
loom_status loom_input_read(const loom_input_file *file, loom_input *input, loom_error *err);

/*
 * Whether the file is what it was when it was opened, and stands at its path still: to be asked
 * when all is read that is wanted of it. LOOM_ERR_IO when its size or time changed, or another file
 * stands at the path; one that was merely removed is as good as before. Stage `open`.
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
