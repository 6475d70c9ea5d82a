/*
 * The folders that outputs go to: which of them exist, which are identical, which ignore case, and
 * which cannot be entered. Each path is looked up once. Zero-initialise; one thread at a time.
 */
#ifndef LOOM_FILES_FOLDER_SET_H
#define LOOM_FILES_FOLDER_SET_H

#include <imgloom/task.h>

#include "base/index_set.h"
#include "base/memory.h"
#include "files/output_tree.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether names that differ are different files in a folder. */
typedef enum loom_folding {
    LOOM_FOLDING_NONE = 0,
    LOOM_FOLDING_CASE,   /* no: case is ignored, and maybe more than that (forms of a letter in */
                         /* Unicode, final dots, a second and shorter name) */
    LOOM_FOLDING_UNKNOWN /* it cannot be told */
} loom_folding;

/*
 * Of the folder that a descriptor (O_PATH will do) is open on: LOOM_FOLDING_CASE for FAT, exFAT,
 * HFS+, SMB, for folders marked so on ext4, f2fs and others (chattr +F), and where an entry of the
 * folder, or of the one above it, is also found under its name with the case of each letter
 * changed (FUSE, 9P and NFS, by what is behind them). In a file of its own (folder_case.c), so that
 * a test can answer for a file system.
 */
loom_folding loom_folder_folding(int folder);

/*
 * The same, asked by a temporary file that is made there and removed: for a folder that can be
 * written to, by its path in the tree. LOOM_FOLDING_UNKNOWN: none could be made. In a file of its
 * own, too (folder_ask.c).
 */
loom_folding loom_folder_ask(const loom_output_tree *tree, const char *folder);

typedef struct loom_folder {
    const char *path;             /* the path first used for it; owned by the set */
    const loom_output_tree *tree; /* the tree that contains it */
    uint32_t same; /* index of the first folder identical to this one, perhaps by another path */
    bool exists;
    loom_folding folding; /* for a missing folder: that of its parent */
    int errnum; /* ELOOP, ENOTDIR, EXDEV: the path is not safe, as loom_output_tree_fail says; 0 */
    loom_file_id id;
    const char *identity; /* for a missing folder: its future identity, folded if case is ignored */
} loom_folder;

typedef struct loom_folder_set {
    loom_folder *folders;
    size_t count, capacity;
    loom_index_set paths;      /* folders by path */
    loom_index_set identities; /* first folders by id or identity */
    loom_arena arena;
    bool rooted;                    /* loom_folder_set_root was called */
    loom_folding inherited_folding; /* for missing folders below the root */
} loom_folder_set;

/*
 * Examines the output root; folders made below it will be on its file system. A missing root is
 * judged by the nearest folder above it; without a root, so is every missing folder. Call it before
 * the first loom_folder_set_find, or never.
 */
void loom_folder_set_root(loom_folder_set *set, const char *root);

/*
 * The index of the folder whose path is the `size` bytes at `path` (none: the current folder; a
 * final slash has no effect). It is added if necessary. It is entered as part of the tree, which
 * must outlive the set. False: out of memory.
 */
bool loom_folder_set_find(loom_folder_set *set, const loom_output_tree *tree, const char *path,
                          size_t size, uint32_t *index);

/* Opens (O_PATH) a folder of the set, as loom_output_tree_open does; the caller closes it. */
int loom_folder_set_open(const loom_folder_set *set, size_t index);

void loom_folder_set_release(loom_folder_set *set);

#endif
