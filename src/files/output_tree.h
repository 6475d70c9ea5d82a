/*
 * The output tree: a folder, the root, and everything below it, which is reached from the root
 * alone and never through a symbolic link. Who can plant links in the tree, or move its folders
 * about while a run goes on, leads no output out of it.
 *
 * The root is entered as it is named, links followed: it is what the user chose. With an output
 * folder it is that one, for all outputs, and entered once: what its path leads to later does not
 * matter. Beside inputs it is the folder of each input, entered anew by the path that the input is
 * read by.
 *
 * Whatever else is written for a user into a folder of his choice goes the same way: a tree of its
 * own, loom_output_tree_open for the folder, and then calls relative to that descriptor with the
 * name alone (linkat, symlinkat, loom_output_open), so that no path is followed again.
 *
 * A tree is a plain value that does not change while outputs are written; any thread.
 */
#ifndef LOOM_FILES_OUTPUT_TREE_H
#define LOOM_FILES_OUTPUT_TREE_H

#include <imgloom/error.h>
#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>

struct loom_output_tree {
    size_t root_size; /* how many first bytes of each path in it name the root; 0: the current
                       * folder, or / where the path begins so */
    int root;         /* descriptor, open on the root; -1: it is opened by path each time */
};

/*
 * Opens the root that the first `size` bytes of `path` name (0: as root_size says). A descriptor
 * (O_PATH, close-on-exec) of the caller's, or -1 with errno.
 */
int loom_output_root_open(const char *path, size_t size);

/*
 * Makes an output folder with its parents where it is missing, and opens it (*root, on LOOM_OK
 * only; as loom_output_root_open does). As loom_output_root_check, and what the system says.
 */
loom_status loom_output_root_make(const char *output_root, int *root, loom_error *err);

/* Whether files can be made in the folder; as LOOM_OK, or what the system says. Stage `plan`. */
loom_status loom_output_root_writable(int root, loom_error *err);

/*
 * Opens the folder that is the first `size` bytes of `path`, which begins with the tree's root.
 * With `make` those that are missing below the root are made (0777 less the umask; many threads may
 * make the same ones), the root never is. A descriptor (O_PATH, close-on-exec) of the caller's, or
 * -1 with errno: ELOOP for a link on the way, ENOTDIR for what is no folder, EXDEV for "..".
 *
 * Without a tree (NULL) the folder is itself the root, and `make` makes it, too.
 */
int loom_output_tree_open(const loom_output_tree *tree, const char *path, size_t size, bool make);

/*
 * Sets *err to what an errno of making or using a folder or file of the tree means: for an unsafe
 * path LOOM_ERR_UNSAFE_PATH, for a folder that went away LOOM_ERR_IO; else "WHAT: …" by
 * loom_error_set_errno.
 */
loom_status loom_output_tree_fail(loom_error *err, loom_stage stage, int errnum, const char *what);

/*
 * Whether the kernel's openat2 is asked for whole paths; as it is where the kernel has it, unless a
 * test says otherwise. Without it a path is walked folder by folder, to the same end.
 */
void loom_output_tree_use_openat2(bool use);

#endif
