/* A plan's inside, and what the planner asks of an output that is named. */
#ifndef LOOM_FILES_PLANNER_H
#define LOOM_FILES_PLANNER_H

#include <imgloom/plan.h>

#include "base/index_set.h"
#include "base/memory.h"
#include "files/error_pool.h"
#include "files/folder_set.h"
#include "files/output_name.h"
#include "files/output_tree.h"
#include <sys/stat.h>

struct loom_plan {
    const loom_scan *scan;
    /* That it was made with, for the batch: */
    loom_recipe recipe;
    const loom_settings *settings; /* own_settings; NULL: the defaults */
    loom_settings own_settings;
    loom_task *tasks;
    size_t count;
    loom_arena arena;      /* output paths and trees */
    loom_output_tree root; /* of the output folder, where there is one; shared by all tasks */
    const char *root_path; /* the arena's; NULL: outputs stand beside their inputs */
    loom_error_pool failures;
    loom_folder_set folders;
    loom_index_set inputs; /* entries by file id */
};

/* What is needed while planning. */
typedef struct loom_planner {
    loom_plan *plan;
    const loom_recipe *recipe;
    const loom_plan_options *options;
    loom_output_namer namer;

    uint32_t entry;               /* number of the one that is planned */
    const loom_output_tree *tree; /* that the outputs of the entry are in */
    const char *tree_path;        /* an entry's path that begins with that tree's root */

    uint32_t *folders;      /* of each task planned so far: index in plan->folders */
    loom_index_set outputs; /* tasks by folder and name */
    loom_index_set
        standing;      /* tasks by the file at their output, where other names may lead to it */
    uint32_t *by_time; /* entries, ordered by size and time; NULL: not needed yet */

    uint32_t open_folder; /* that `descriptor` is open on */
    int descriptor;       /* -1: none */
} loom_planner;

/* Marks the task as failed. False: out of memory. */
bool loom_planner_fail(loom_planner *p, loom_task *task, const loom_error *error);

/* Notes the entries of the scan by their identity. False: out of memory. */
bool loom_planner_index_inputs(loom_plan *plan);

/* The first entry that was this file when it was scanned, or LOOM_INDEX_SET_NONE. */
uint32_t loom_planner_find_input(const loom_plan *plan, loom_file_id id);

/* Whether the entry is this file now, by size, time, and the identity that its path leads to. */
bool loom_planner_is_again(const loom_entry *entry, const struct stat *info);

/*
 * What is to become of an output at whose path a file stands: sets *skip_reason (static) where it
 * is not to be made, or answers LOOM_ERR_EXISTS, stage `plan`. input_mtime_ns: its input's, for
 * LOOM_IF_EXISTS_NEWER.
 */
loom_status loom_planner_ask_if_exists(const struct stat *standing, loom_if_exists if_exists,
                                       bool preserve_timestamps, int64_t input_mtime_ns,
                                       const char **skip_reason, loom_error *err);

/*
 * Looks at where the task's output is to go, which the namer has named: its folder, what stands
 * there, and who else goes there. Marks the task as failed or skipped. False: out of memory.
 */
bool loom_planner_check_output(loom_planner *p, loom_task *task);

#endif
