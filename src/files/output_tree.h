/*
 * The output tree: a folder, the root, and everything below it, which is reached only from the root
 * and never through a symbolic link. Anyone who can plant links in the tree, or move its folders
 * during a run, cannot redirect an output out of it.
 *
 * The root itself is entered by its path, following links, because the user chose it. With an
 * output folder, that folder is the root for all outputs. It is entered once: a later change of its
 * path has no effect. Without an output folder, the root is the folder of each input, entered again
 * by the path of the input.
 *
 * Other files that are written for a user into a chosen folder use the same mechanism: a separate
 * tree, loom_output_tree_open for the folder, and then calls relative to that descriptor with the
 * name only (linkat, symlinkat, loom_output_open), so that no path is followed again.
 *
 * A tree is a plain value that does not change while outputs are written; any thread.
 */
#ifndef LOOM_FILES_OUTPUT_TREE_H
#define LOOM_FILES_OUTPUT_TREE_H

#include <imgloom/error.h>
#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The names of the temporary files of outputs that several processes make, on machines that may not
 * share locks: each can tell the names of the others, and remove what they left. Its digits are the
 * hash of "PLAN/ATTEMPT/ITEM" (loom_hash_word).
 */
typedef struct loom_temporaries {
    const char *plan;           /* the id of what they make together */
    const char *attempt;        /* the name of this process */
    const char *const *earlier; /* those that may have died; earlier_count of them */
    size_t earlier_count;
} loom_temporaries;

struct loom_output_tree {
    size_t root_size; /* the number of leading bytes of each path in it that name the root; 0: the
                         current folder, or / for an absolute path */
    int root;         /* descriptor, open on the root; -1: it is opened by path each time */
    const loom_temporaries *temporaries; /* NULL: temporary files have random names */
};

/*
 * Opens the root that the first `size` bytes of `path` name (0: as root_size says). Returns a
 * descriptor (O_PATH, close-on-exec) that the caller closes, or -1 with errno.
 */
int loom_output_root_open(const char *path, size_t size);

/*
 * Makes an output folder and its parents if missing, and opens it (*root, on LOOM_OK only; as
 * loom_output_root_open does). Errors as loom_output_root_check, and as the system says.
 */
loom_status loom_output_root_make(const char *output_root, int *root, loom_error *err);

/* Whether files can be made in the folder: LOOM_OK, or the system's error. Stage `plan`. */
loom_status loom_output_root_writable(int root, loom_error *err);

/*
 * Opens the folder that is the first `size` bytes of `path`, which begins with the tree's root.
 * With `make`, missing folders below the root are made (0777 less the umask; several threads may
 * make the same ones), but never the root. Returns a descriptor (O_PATH, close-on-exec) that the
 * caller closes, or -1 with errno: ELOOP for a link on the way, ENOTDIR for something other than a
 * folder, EXDEV for "..".
 *
 * Without a tree (NULL) the folder itself is the root, and `make` makes it too.
 */
int loom_output_tree_open(const loom_output_tree *tree, const char *path, size_t size, bool make);

/*
 * Sets *err for an errno from making or using a folder or file of the tree: LOOM_ERR_UNSAFE_PATH
 * for an unsafe path, LOOM_ERR_IO for a folder that was removed; otherwise "WHAT: …" by
 * loom_error_set_errno.
 */
loom_status loom_output_tree_fail(loom_error *err, loom_stage stage, int errnum, const char *what);

/*
 * The error of a new file in an open folder. Some file systems, such as /proc, answer ENOENT to any
 * new name: that does not mean that their folder was removed.
 */
loom_status loom_output_fail_in(int folder, int errnum, loom_error *err);

/*
 * For files that are no outputs: "the output" in the message of an error of these files becomes
 * `noun`, which is no longer than that ("the report"). Returns `status`; LOOM_OK changes nothing,
 * and `err` may be NULL.
 */
loom_status loom_output_rename_error(loom_status status, const char *noun, loom_error *err);

/*
 * Selects whether the kernel's openat2 resolves whole paths. It does by default if the kernel has
 * it; tests may switch it off. Without it a path is walked folder by folder, with the same result.
 */
void loom_output_tree_use_openat2(bool use);

#endif
