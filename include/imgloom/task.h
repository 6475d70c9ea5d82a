/*
 * A task: one image to process into one output. The planner makes tasks; afterwards they are
 * read-only. Their strings belong to the plan and live as long as it does.
 */
#ifndef IMGLOOM_TASK_H
#define IMGLOOM_TASK_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Identifies the file that an input was when it was scanned. This struct never grows. */
typedef struct loom_file_id {
    uint64_t device, inode;
} loom_file_id;

/*
 * Tells one version of a file from another without reading it: whatever writes to a file changes
 * one of these. Times are ns since the epoch. All zero: unknown. This struct never grows.
 */
typedef struct loom_stamp {
    uint64_t size;    /* bytes */
    int64_t mtime_ns; /* its content was changed; programs can set it */
    int64_t ctime_ns; /* its content, name, owner or mode was changed; only the system sets it */
    uint64_t inode;
} loom_stamp;

/*
 * Of a file's content: XXH3 with 128 bits, in its canonical (big-endian) form. It tells changes. It
 * is no defence against forgery: who wants two files of one hash can make them.
 */
typedef struct loom_content_hash {
    unsigned char bytes[16];
} loom_content_hash;

/* The folder that outputs go to and cannot leave. Opaque; owned by the plan. */
typedef struct loom_output_tree loom_output_tree;

typedef struct loom_task {
    uint64_t seq;            /* 0, 1, 2 … in the order of the inputs */
    const char *input_path;  /* bytes, as the user would write it; never NULL */
    const char *output_path; /* bytes; NULL: the task failed before it was named, or, if it is run,
                                the outcome holds the output and no file is written */
    const loom_output_tree *tree; /* contains output_path; NULL: links in its path are followed */
    unsigned size;           /* index into the recipe's sizes */
    loom_format format;      /* to write; never LOOM_FORMAT_SAME unless `error` is set */
    uint32_t entry;          /* index in the scan that was planned */
    uint64_t input_size;     /* bytes when scanned; 0 when unknown */
    int64_t input_mtime_ns;  /* since the epoch, when scanned */
    loom_file_id input_id;   /* zero when unknown */
    bool new_name;           /* output_path did not exist, and its file system may treat other names
                                as equal: a file that appears there later is not replaced */
    const loom_error *error; /* not NULL: failed in scan or plan, and never run */
    const char *skip_reason; /* not NULL: skipped on purpose, and never run; static */
    unsigned output; /* 0, 1, 2 … among the outputs of its input, which are adjacent: the formats of
                        the first size, then those of the next */
} loom_task;

LOOM_END_DECLS

#endif
