/*
 * The scanner walks files, folders and lists, and records which files to process.
 *
 * It opens only folders and lists. It always takes a file that the caller or a list names; from a
 * folder it takes files with an extension in the format table, and counts the others as ignored.
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
 * The small pictures of a page (loom_run_info.pictures) are no inputs of later runs. Below an
 * input, the scan does not enter a folder whose name begins with LOOM_PICTURES_START, and in which
 * a regular file is named LOOM_PICTURES_MARK. Who makes such a folder puts that file there first.
 */
#define LOOM_PICTURES_START "pictures-"
#define LOOM_PICTURES_MARK  ".imgloom-pictures"

/*
 * The caller owns the strings and arrays, which must outlive the scan.
 *
 * A glob matches as in fnmatch without FNM_PATHNAME, and case matters unless ignore_case is set: a
 * star also matches slashes and leading dots. The glob is matched against the whole path below the
 * input; a glob without a slash (except a final one) also against the last component alone. A
 * leading pair of stars with a slash may match nothing. A glob that ends in a slash matches folders
 * only. Excluding a folder excludes everything below it. Includes select files; they never keep the
 * scan out of a folder.
 */
typedef struct loom_scan_options {
    bool hidden;                /* take entries whose names start with a dot */
    bool allow_untrusted;       /* also take the extensions of untrusted formats */
    bool follow;                /* walk into linked folders; each real folder once per input */
    unsigned max_depth;         /* in levels; 1: the input folder only; 0: no limit */
    const char *const *include; /* globs on the path below the input; none: all files */
    size_t include_count;
    const char *const *exclude; /* wins over include; also prunes folders */
    size_t exclude_count;
    const char *output_root; /* not entered below an input (by device and inode); or NULL */
    const char *quarantine;  /* a folder in and below which links are ignored; or NULL */
    /* Files in folders whose stem starts with skip_prefix or ends in skip_suffix are counted as
     * ignored. With an output_root, only for inputs that lie in it. NULL or "": none. */
    const char *skip_prefix;
    const char *skip_suffix;
    const loom_stop *stop; /* ends the scan when requested; NULL: none */
    bool ignore_case;      /* globs ignore case */
    size_t list_ignored;   /* record which files were ignored, up to so many; 0: count only */
    bool raw;              /* also take the extensions of cameras' raw files */
} loom_scan_options;

LOOM_API loom_scan_options *loom_scan_options_create(void); /* all zero; NULL: out of memory */
LOOM_API void loom_scan_options_free(loom_scan_options *options); /* NULL is allowed */

/* A file that was found, or a failure. Strings belong to the scan. */
typedef struct loom_entry {
    const char *path;     /* to open and to report: as the user gave it, extended below folders */
    const char *relative; /* the part of `path` that an output tree repeats; points into `path` */
    unsigned input;       /* the index of its input: 0, 1, 2 … in the order of the calls */
    uint64_t size;        /* bytes */
    int64_t mtime_ns, ctime_ns;
    loom_file_id id;         /* of the file that links lead to; zero: unknown */
    const loom_error *error; /* not NULL: cannot be processed; stage `scan`. May be shared */
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
 * Adds a file, or walks a folder in sorted order (by bytes, as strcmp; files and sub-folders of a
 * folder are sorted together). A path that is missing, unreadable or not a file becomes an entry
 * with `error`, and so does an unreadable sub-folder; the scan goes on. The only error returned is
 * LOOM_ERR_OUT_OF_MEMORY. A file found twice (after `.`, `..` and linked folders are resolved) is
 * one entry; hard links are different files.
 *
 * Links to files are followed, and `path` itself may be a link to a folder, whatever `follow` says.
 * A FIFO, socket, device or dangling link in a folder becomes an entry with `error` if a file of
 * its name would be taken; otherwise it is ignored. Trees may have any depth.
 */
LOOM_API loom_status loom_scan_add(loom_scan *scan, const char *path,
                                   loom_error *err) LOOM_NODISCARD;

/*
 * Adds the paths listed in a file (`-`: standard input), terminated by newlines or, with `null`, by
 * NUL bytes. Empty items are skipped; the last item needs no terminator. A listed folder is walked
 * like an input folder. LOOM_ERR_NOT_FOUND and others: the list cannot be read. LOOM_ERR_USAGE: the
 * list has a NUL byte although `null` is false. Paths read before an error stay added.
 */
LOOM_API loom_status loom_scan_add_list(loom_scan *scan, const char *list_path, bool null,
                                        loom_error *err) LOOM_NODISCARD;

LOOM_API size_t loom_scan_count(const loom_scan *scan);
LOOM_API const loom_entry *loom_scan_entry(const loom_scan *scan, size_t index);

/*
 * Why something in a walked folder was ignored: the first that applies. A folder that is hidden,
 * linked or of small pictures counts as one, and its path ends in a slash.
 */
typedef enum loom_ignored {
    LOOM_IGNORED_KIND = 0,      /* its extension is of no format that is read */
    LOOM_IGNORED_UNTRUSTED,     /* its format is read with allow_untrusted only */
    LOOM_IGNORED_OUTPUT,        /* it bears skip_prefix or skip_suffix, or is a folder of a
                                   page's small pictures */
    LOOM_IGNORED_EXCLUDED,      /* by a glob of `exclude` */
    LOOM_IGNORED_NOT_INCLUDED,  /* by the globs of `include` */
    LOOM_IGNORED_HIDDEN,        /* its name starts with a dot, and `hidden` is false */
    LOOM_IGNORED_LINKED_FOLDER, /* a link to a folder, and `follow` is false */
    LOOM_IGNORED_RAW            /* a camera's raw file, which is taken with `raw` only; looked at
                                   before the outputs */
} loom_ignored;

#define LOOM_IGNORED_COUNT ((unsigned)LOOM_IGNORED_RAW + 1)

/*
 * "kind", "untrusted", "output", "excluded", "not-included", "hidden", "linked-folder", "raw".
 * Never NULL; static.
 */
LOOM_API const char *loom_ignored_name(loom_ignored reason);

/*
 * How much was ignored in walked folders, in all and for one reason. The contents of folders that
 * were not entered are not counted, nor are folders that `exclude` or `max_depth` leaves out.
 */
LOOM_API uint64_t loom_scan_ignored(const loom_scan *scan);
LOOM_API uint64_t loom_scan_ignored_for(const loom_scan *scan, loom_ignored reason);

/* What was ignored. The path belongs to the scan. This struct never grows. */
typedef struct loom_ignored_file {
    const char *path;
    loom_ignored reason;
} loom_ignored_file;

/* The ignored files that were recorded, in the order of the walk. */
LOOM_API size_t loom_scan_ignored_count(const loom_scan *scan);
LOOM_API const loom_ignored_file *loom_scan_ignored_file(const loom_scan *scan, size_t index);

/*
 * Whether the glob with this index, of `include` or of `exclude`, has matched anything so far; what
 * is ignored for its kind counts for `exclude`. One that has not may be a slip.
 */
LOOM_API bool loom_scan_include_matched(const loom_scan *scan, size_t index);
LOOM_API bool loom_scan_exclude_matched(const loom_scan *scan, size_t index);

/* Whether a stop ended the scan early, so that there may be more files than it found. */
LOOM_API bool loom_scan_stopped(const loom_scan *scan);

/* The inputs as they were added, for naming outputs; a list counts as one input. */
LOOM_API size_t loom_scan_input_count(const loom_scan *scan);
LOOM_API const char *loom_scan_input_path(const loom_scan *scan, unsigned input);
LOOM_API loom_input_kind loom_scan_input_kind(const loom_scan *scan, unsigned input);

LOOM_END_DECLS

#endif
