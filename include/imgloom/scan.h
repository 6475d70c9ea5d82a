/*
 * The scanner: walks files, folders and lists, and remembers what is to be processed.
 *
 * Nothing is opened but folders. A file named by the caller (or in a list) is always taken; in a
 * folder only those with an extension of the format table, the others are counted as ignored.
 * One thread at a time.
 */
#ifndef IMGLOOM_SCAN_H
#define IMGLOOM_SCAN_H

#include <imgloom/error.h>
#include <imgloom/stop.h>
#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/*
 * Strings and arrays are the caller's and must outlive the scan.
 *
 * A glob is matched as by fnmatch without FNM_PATHNAME, case heeded: a star also matches slashes
 * and leading dots. It is matched against the whole path below the input, and one without a slash
 * (but for a final one) also against the last component alone; two stars and a slash at its start
 * may match nothing. A glob that ends in a slash matches folders only. Excluding a folder excludes
 * what is below; includes choose among files, and never keep a folder from being walked.
 */
typedef struct loom_scan_options {
    bool hidden;                /* take entries whose names start with a dot */
    bool allow_untrusted;       /* take the extensions of untrusted formats, too */
    bool follow;                /* walk into linked folders; each real folder once per input */
    unsigned max_depth;         /* 1: the folder itself only; 0: no limit */
    const char *const *include; /* globs on the path below the input; none: all */
    size_t include_count;
    const char *const *exclude; /* wins over include; also prunes folders */
    size_t exclude_count;
    const char *output_root; /* a folder that is not entered (by device and inode) where it lies */
                             /* below an input; may be NULL */
    const char *quarantine;  /* a folder whose links, and those below it, are passed over */
    const char *skip_prefix; /* names in folders that start / end (before the extension) so are */
    const char
        *skip_suffix;      /* counted as ignored, with an output_root where the input lies in it */
                           /* alone; NULL or "": none */
    const loom_stop *stop; /* once requested, nothing more is found; NULL: none */
} loom_scan_options;

LOOM_API loom_scan_options *loom_scan_options_create(void);       /* all zero; NULL: no memory */
LOOM_API void loom_scan_options_free(loom_scan_options *options); /* NULL is allowed */

/* One file (or one failure) found. Strings belong to the scan. */
typedef struct loom_entry {
    const char *path;     /* to open and to report: as the user gave it, extended below folders */
    const char *relative; /* part of `path` that an output tree repeats; points into `path` */
    unsigned input;       /* which input it came from: 0, 1, 2 … in the order given */
    uint64_t size;        /* bytes */
    int64_t mtime_ns;
    loom_file_id id;         /* links followed; zero when unknown */
    const loom_error *error; /* not NULL: cannot be processed; stage `scan`. Maybe shared */
} loom_entry;

typedef enum loom_input_kind {
    LOOM_INPUT_FILE = 0,
    LOOM_INPUT_FOLDER,
    LOOM_INPUT_LISTED /* a path from a list */
} loom_input_kind;

typedef struct loom_scan loom_scan;

/* NULL: out of memory. *options is copied (its strings are not); NULL: all zero. */
LOOM_API loom_scan *loom_scan_create(const loom_scan_options *options);
LOOM_API void loom_scan_free(loom_scan *scan); /* NULL is allowed */

/*
 * Adds a file or walks a folder, in sorted order (bytes, as strcmp; a folder's files and
 * sub-folders sorted together by name). A path that is missing, unreadable or not a file becomes
 * an entry with `error`, so does an unreadable sub-folder; the scan goes on. Only
 * LOOM_ERR_OUT_OF_MEMORY is returned. A file found twice (after `.`, `..` and linked folders are
 * resolved) is one entry; hard links are different files.
 *
 * Links to files are followed; `path` itself may be a link to a folder, whatever `follow` says. In
 * a folder, a FIFO, socket or device, or a link that leads nowhere, is an entry with `error` when
 * its name is one that would be taken, and passed over otherwise. Trees may be of any depth.
 */
LOOM_API loom_status loom_scan_add(loom_scan *scan, const char *path,
                                   loom_error *err) LOOM_NODISCARD;

/*
 * Adds the paths listed in a file (`-`: standard input), ended by newlines or, with `null`, by NUL
 * bytes. Empty items are passed over; the last one needs no end. LOOM_ERR_NOT_FOUND and others
 * when the list itself cannot be read, LOOM_ERR_USAGE for a NUL byte where newlines are expected;
 * what was read by then stays added. A listed folder is walked like an input folder.
 */
LOOM_API loom_status loom_scan_add_list(loom_scan *scan, const char *list_path, bool null,
                                        loom_error *err) LOOM_NODISCARD;

LOOM_API size_t loom_scan_count(const loom_scan *scan);
LOOM_API const loom_entry *loom_scan_entry(const loom_scan *scan, size_t index);

/*
 * How many files in walked folders were passed over: by extension, untrusted format, prefix or
 * suffix, include or exclude. Hidden files are not counted, nor is what folders hold that were not
 * entered.
 */
LOOM_API uint64_t loom_scan_ignored(const loom_scan *scan);

/* Whether a stop cut the scan short: there may be more than was found. */
LOOM_API bool loom_scan_stopped(const loom_scan *scan);

/* The inputs as they were added, for naming: a list counts as one. */
LOOM_API size_t loom_scan_input_count(const loom_scan *scan);
LOOM_API const char *loom_scan_input_path(const loom_scan *scan, unsigned input);
LOOM_API loom_input_kind loom_scan_input_kind(const loom_scan *scan, unsigned input);

LOOM_END_DECLS

#endif
