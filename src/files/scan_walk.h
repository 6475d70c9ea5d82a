/* Private to the scanner: its state, the walk through one folder, and the names it takes. */
#ifndef LOOM_FILES_SCAN_WALK_H
#define LOOM_FILES_SCAN_WALK_H

#include <imgloom/scan.h>

#include "base/index_set.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "files/error_pool.h"
#include <sys/stat.h>

#define LOOM_SCAN_NO_FOLDER UINT32_MAX

/* A folder that was seen, as the parent of a file or in a walk. */
typedef struct loom_scan_folder {
    loom_file_id id;
    uint32_t walk; /* the last walk that entered it; 0: none yet */
} loom_scan_folder;

typedef struct loom_scan_input {
    const char *path;
    loom_input_kind kind;
} loom_scan_input;

/* A folder that belongs to the run. */
typedef struct loom_scan_special {
    loom_file_id id; /* zero: there is none */
    int descriptor;  /* -1: none */
} loom_scan_special;

struct loom_scan {
    loom_scan_options options;
    loom_arena arena; /* paths */

    loom_entry *entries;
    size_t entry_count, entry_capacity;
    uint32_t *parents; /* of each entry: index in folders, or LOOM_SCAN_NO_FOLDER */
    size_t parent_capacity;
    loom_index_set known; /* entries by parent and name; by path where the parent is unknown */

    loom_scan_folder *folders;
    size_t folder_count, folder_capacity;
    loom_index_set folder_set; /* folders by id */

    loom_scan_input *inputs;
    size_t input_count, input_capacity;

    loom_error_pool failures;
    loom_strbuf last_parent; /* of a path that was given: folder last_folder */
    uint32_t last_folder;
    uint32_t walks; /* begun so far */
    uint64_t ignored[LOOM_IGNORED_COUNT];
    loom_ignored_file *ignored_files;
    size_t ignored_count, ignored_capacity;
    bool *include_matched, *exclude_matched; /* of each glob */
    size_t exclude_idle;                     /* globs that have matched nothing so far */
    loom_scan_special output_root, quarantine;
    bool stopped;
};

/* Something found, to become an entry. */
typedef struct loom_scan_found {
    const char *path; /* copied */
    size_t relative;  /* offset in path */
    uint32_t parent;  /* index in folders, or LOOM_SCAN_NO_FOLDER */
    unsigned input;
    const struct stat *info; /* NULL: unknown */
    const loom_error *error; /* copied; NULL: none */
} loom_scan_found;

/* Adds an INPUT, as yet of an unknown kind; *index is its number. False: out of memory. */
bool loom_scan_add_input(loom_scan *scan, const char *path, unsigned *index);

/* Adds a path that was given, as an input or in a list. False: out of memory. */
bool loom_scan_add_path(loom_scan *scan, const char *path, unsigned input);

/* Whether the scan is to end here, and may be incomplete. */
bool loom_scan_must_stop(loom_scan *scan);

/* Adds it, or, where the same path is known, nothing. False: out of memory. */
bool loom_scan_put(loom_scan *scan, const loom_scan_found *found);

/* Adds it with the error "it is a FIFO …" unless it is a regular file. False: out of memory. */
bool loom_scan_put_file(loom_scan *scan, loom_scan_found *found);

/* Adds it as failed with `errnum`: its file cannot be found. False: out of memory. */
bool loom_scan_put_lost(loom_scan *scan, loom_scan_found *found, int errnum);

/* Adds it as failed with `errnum`; `what` could not be done. False: out of memory. */
bool loom_scan_put_failed(loom_scan *scan, loom_scan_found *found, int errnum, const char *what);

/* Counts an ignored file and, unless there are enough, records its path. False: out of memory. */
bool loom_scan_ignore(loom_scan *scan, const char *path, loom_ignored reason);

/* Whether the scan still records which files it ignores. */
bool loom_scan_lists_ignored(const loom_scan *scan);

/* The index of a folder in `folders`, where it is added as needed. False: out of memory. */
bool loom_scan_folder_index(loom_scan *scan, const struct stat *info, uint32_t *index);

/* Looks which folders the output root and the quarantine are. */
void loom_scan_find_special(loom_scan *scan);

/* Adds what is below a folder, found at a path as it was given. False: out of memory. */
bool loom_scan_walk(loom_scan *scan, const loom_scan_found *root, bool listed);

/* How many first bytes of `path` are `/` and `./`: what follows is relative to an output folder. */
size_t loom_scan_relative(const char *path);

/* ---- which names a walk takes, by the scan's options (scan_names.c) ------ */

/*
 * Judges by a file's name only, without globs. With `affixes`, rejects names with the prefix or
 * suffix to skip. False: *reason is set.
 */
bool loom_scan_takes(const loom_scan_options *options, const char *name, bool affixes,
                     loom_ignored *reason);

/*
 * Judges by the globs: `below` is the offset in `path` of the part to match, `name` that of the
 * last component. False: *reason is set.
 */
bool loom_scan_passes(loom_scan *scan, const loom_strbuf *path, size_t below, size_t name,
                      loom_ignored *reason);

/* Also tries a folder with a final slash; *path changes meanwhile. */
bool loom_scan_excludes_folder(loom_scan *scan, loom_strbuf *path, size_t below, size_t name);

/* Only records which globs match a file that is ignored all the same. */
void loom_scan_note_excluded(loom_scan *scan, const loom_strbuf *path, size_t below, size_t name);

#endif
