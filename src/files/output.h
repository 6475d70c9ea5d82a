/*
 * Writes an output so that it appears complete or not at all: a dot-file with a name of its own is
 * made with O_EXCL in the target's folder, written, given its mode and times, and renamed.
 */
#ifndef LOOM_FILES_OUTPUT_H
#define LOOM_FILES_OUTPUT_H

#include "files/output_tree.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file being written. Its temporary file is locked (flock) while it exists, so that a sweep can
 * distinguish those of dead runs.
 */
typedef struct loom_output {
    int folder; /* descriptor of the target's folder */
    int file;   /* descriptor of the temporary; -1: none */
    char temporary[64];
    bool named;       /* the temporary's name is told by others, too: it is not random */
    const char *name; /* last component of the caller's path, which must outlive this struct */
} loom_output;

/*
 * Makes the target's folders if missing, as loom_output_tree_open does (`tree` may be NULL), and
 * opens the temporary file (mode 0666 less the umask). Stage `write`. LOOM_ERR_UNSAFE_PATH: the
 * last component is empty, "." or "..", the name is too long or not allowed by the file system, a
 * part of the path is not a folder, or, below the tree's root, is a link. On failure nothing is
 * left to close.
 */
loom_status loom_output_open(loom_output *output, const loom_output_tree *tree, const char *path,
                             loom_error *err);

/* Appends all bytes; handles short writes and EINTR. */
loom_status loom_output_write(loom_output *output, const void *data, size_t size, loom_error *err);

/* Sets the file's times (ns since the epoch). */
loom_status loom_output_set_times(loom_output *output, int64_t atime_ns, int64_t mtime_ns,
                                  loom_error *err);

/*
 * Renames the file to its final name, and closes it. An existing link is replaced, never followed.
 * With `replace` false, an existing name is LOOM_ERR_EXISTS (renameat2 RENAME_NOREPLACE; linkat if
 * the file system lacks it). A target that is a folder is LOOM_ERR_NOT_A_FILE. In any case the
 * temporary file is removed, or left to a later sweep if that fails, and everything is closed.
 */
loom_status loom_output_commit(loom_output *output, bool replace, loom_error *err);

/* The whole of an output, in memory. */
typedef struct loom_output_content {
    const void *data;
    size_t size;
    bool timed; /* the file gets these times, ns since the epoch */
    int64_t atime_ns, mtime_ns;
    uint64_t item; /* names the temporary file, if the tree has loom_temporaries */
} loom_output_content;

/*
 * Opens, writes and commits an output in one call, with the errors of those calls. A temporary file
 * that was removed by somebody else is written again, up to LOOM_OUTPUT_TRIES times: where locks
 * are not shared between machines, the sweep of a run elsewhere takes it for that of a dead run.
 * Sets *stamp to that of the file once it has its name, on LOOM_OK only; all zero if it is unknown.
 * If the tree has loom_temporaries, those that earlier processes may have left of this item are
 * removed first.
 */
loom_status loom_output_store(const loom_output_tree *tree, const char *path,
                              const loom_output_content *content, bool replace, loom_stamp *stamp,
                              loom_error *err);

#define LOOM_OUTPUT_TRIES 3

/*
 * Whether a file in a folder, which is never reached through a link, has this size and content.
 * Reads it whole. False also if it cannot be read.
 */
bool loom_output_has_content(int folder, const char *name, uint64_t size,
                             const loom_content_hash *hash);

/* The same for an output by its path, in its tree. */
bool loom_output_is(const loom_output_tree *tree, const char *path, uint64_t size,
                    const loom_content_hash *hash);

/* Removes the temporary file and closes it. Does nothing after a commit, or on a struct that was
 * initialised with LOOM_OUTPUT_INIT and never opened. */
void loom_output_abort(loom_output *output);

#define LOOM_OUTPUT_INIT                                                                           \
    {                                                                                              \
        -1, -1, "", false, NULL                                                                    \
    }

/*
 * Removes temporary files of dead runs from the folder that a descriptor (O_PATH is enough) is open
 * on; returns their number. -1 is allowed: 0.
 */
size_t loom_output_sweep(int folder);

#endif
