/* The inside of a plan, and the planner's checks of an output that has a name. */
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
    const loom_scan *scan; /* NULL: it is made of items */
    /* That it was made with, for the batch: */
    loom_recipe recipe;
    const loom_settings *settings; /* own_settings; NULL: the defaults */
    const loom_history *history;   /* NULL: none */
    loom_settings own_settings;
    loom_task *tasks;
    size_t count;
    loom_arena arena;      /* output paths and trees */
    loom_output_tree root; /* of the output folder, if there is one; shared by all tasks */
    const char *root_path; /* owned by the arena; NULL: outputs go next to their inputs */
    loom_error_pool failures;
    loom_folder_set folders;
    loom_index_set inputs; /* entries by file id */
};

/* Names the temporary files of the plan's outputs (NULL: at random). *temporaries must outlive the
 * plan. */
void loom_plan_name_temporaries(loom_plan *plan, const loom_temporaries *temporaries);

/* State that only planning needs. */
typedef struct loom_planner {
    loom_plan *plan;
    const loom_recipe *recipe;
    const loom_plan_options *options;
    loom_output_namer namer;

    uint32_t entry;               /* index of the current one */
    const loom_output_tree *tree; /* the tree of the entry's outputs */
    const char *tree_path;        /* the path of an entry that begins with that tree's root */

    uint32_t *folders;       /* for each planned task: index in plan->folders */
    loom_index_set outputs;  /* tasks by folder and name */
    loom_index_set standing; /* tasks by the file at their output, if other names may lead to it */
    uint32_t *by_time;       /* entries sorted by size and time; NULL: not needed yet */

    loom_file_id named[2]; /* files that the recipe names, which no output replaces; zero: none */

    uint32_t open_folder; /* the folder that `descriptor` is open on */
    int descriptor;       /* -1: none */
} loom_planner;

/* Marks the task as failed. False: out of memory. */
bool loom_planner_fail(loom_planner *p, loom_task *task, const loom_error *error);

/* Indexes the entries of the scan by their identity. False: out of memory. */
bool loom_planner_index_inputs(loom_plan *plan);

/* The first entry that was this file during the scan, or LOOM_INDEX_SET_NONE. */
uint32_t loom_planner_find_input(const loom_plan *plan, loom_file_id id);

/* Whether the entry is this file now, by size, time, and the identity of its path. */
bool loom_planner_is_again(const loom_entry *entry, const struct stat *info);

/* Whether an output's time is that of its input, as its file system can store it. */
bool loom_planner_is_rounded(int64_t output_ns, int64_t input_ns);

/*
 * Decides about an output whose path exists: sets *skip_reason (static) if it need not be made, or
 * returns LOOM_ERR_EXISTS, stage `plan`. input_mtime_ns: that of its input, for
 * LOOM_IF_EXISTS_NEWER.
 */
loom_status loom_planner_ask_if_exists(const struct stat *standing, loom_if_exists if_exists,
                                       bool preserve_timestamps, int64_t input_mtime_ns,
                                       const char **skip_reason, loom_error *err);

/*
 * Checks the path of the task's output, which the namer has set: its folder, an existing file, and
 * other tasks with the same path. Marks the task as failed or skipped. False: out of memory.
 */
bool loom_planner_check_output(loom_planner *p, loom_task *task);

#endif
