/*
 * Writing an output so that it appears whole or not at all: a dot-file with a random name, made
 * with O_EXCL in the target's folder, written, given its mode and times, then renamed.
 */
#ifndef LOOM_FILES_OUTPUT_H
#define LOOM_FILES_OUTPUT_H

#include "files/output_tree.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file being written. Its temporary is locked (flock) while it lives, so that a sweep can tell
 * those of dead runs from those of living ones.
 */
typedef struct loom_output {
    int folder; /* descriptor of the target's folder */
    int file;   /* descriptor of the temporary; -1: none */
    char temporary[64];
    const char *name; /* last component of the caller's path, which must outlive this */
} loom_output;

/*
 * Makes the target's folders as needed, as loom_output_tree_open does (`tree` may be NULL), and
 * opens the temporary (mode 0666 less the umask). Stage `write`. A path whose last component is
 * empty, "." or ".." is LOOM_ERR_UNSAFE_PATH, so are ENAMETOOLONG, a name that the file system
 * cannot have, a part of the path that is not a folder, and below the tree's root one that is a
 * link. On failure nothing is left to close.
 */
loom_status loom_output_open(loom_output *output, const loom_output_tree *tree, const char *path,
                             loom_error *err);

/* Appends all bytes (short writes and EINTR are dealt with). */
loom_status loom_output_write(loom_output *output, const void *data, size_t size, loom_error *err);

/* Gives the file the times (ns since the epoch). */
loom_status loom_output_set_times(loom_output *output, int64_t atime_ns, int64_t mtime_ns,
                                  loom_error *err);

/*
 * Renames it to its final name, and closes. A link that stands there is replaced, never written
 * through. With `replace` false a name that exists is LOOM_ERR_EXISTS (renameat2 RENAME_NOREPLACE;
 * where the file system lacks it, linkat). A target that is a folder is LOOM_ERR_NOT_A_FILE. In any
 * case the temporary is removed, or left to a later sweep where that fails, and all is closed.
 */
loom_status loom_output_commit(loom_output *output, bool replace, loom_error *err);

/* Removes the temporary and closes. After a commit, or on a struct that was never opened but
 * initialised with LOOM_OUTPUT_INIT, it does nothing. */
void loom_output_abort(loom_output *output);

#define LOOM_OUTPUT_INIT                                                                           \
    {                                                                                              \
        -1, -1, "", NULL                                                                           \
    }

/*
 * Removes the temporaries of dead runs in the folder that a descriptor (O_PATH will do) is open on;
 * returns how many. -1 is allowed: 0.
 */
size_t loom_output_sweep(int folder);

#endif
