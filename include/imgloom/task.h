/*
 * A task: one image to process, into one output. Tasks are made by the planner and are read-only
 * afterwards; their strings belong to the plan that made them and live as long as it does.
 */
#ifndef IMGLOOM_TASK_H
#define IMGLOOM_TASK_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Which file an input was when it was scanned. Never grows. */
typedef struct loom_file_id {
    uint64_t device, inode;
} loom_file_id;

/* Where outputs go: a folder that no output leaves. Opaque; the plan's. */
typedef struct loom_output_tree loom_output_tree;

typedef struct loom_task {
    uint64_t seq;            /* 0, 1, 2 … in the order of the inputs */
    const char *input_path;  /* bytes, as the user would write it; never NULL */
    const char *output_path; /* bytes; NULL when the task failed before it was named; of one that is
                                run: the output is handed over in the outcome, not written */
    const loom_output_tree *tree; /* that output_path is in; NULL: its folder is where links lead */
    unsigned size;           /* which of the recipe's; those of an input stand together, rising */
    loom_format format;      /* to write; never LOOM_FORMAT_SAME unless `error` is set */
    uint32_t entry;          /* index in the scan that was planned */
    uint64_t input_size;     /* bytes when scanned; 0 when unknown */
    int64_t input_mtime_ns;  /* since the epoch, when scanned */
    loom_file_id input_id;   /* zero when unknown */
    bool new_name;           /* nothing stood at output_path, and on its file system other names */
                             /* may lead to it: what stands there later is not replaced */
    const loom_error *error; /* not NULL: failed in scan or plan, and is never run */
    const char *skip_reason; /* not NULL: skipped on purpose, and never run; static */
} loom_task;

LOOM_END_DECLS

#endif
