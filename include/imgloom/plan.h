/*
 * The planner: names every output before any file is opened, and finds what must not be run:
 * two tasks with one output, an output that is an input, a path that leaves the output folder.
 * One thread at a time; the tasks are read-only afterwards and may be shared.
 */
#ifndef IMGLOOM_PLAN_H
#define IMGLOOM_PLAN_H

#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <imgloom/task.h>

LOOM_BEGIN_DECLS

typedef struct loom_plan_options {
    const char *output_root; /* folder; NULL: beside each input */
    bool flatten;            /* without the tree below the inputs */
    const char *prefix;      /* before the name; NULL: "processed_" beside inputs, else "" */
    const char *suffix;      /* between stem and extension; NULL: "" */
    /*
     * Instead of both, the whole path below the output folder (or below the input's), made of
     * text and {dir} {stem} {ext} {format} {width} {height}. NULL: none. Needed where the recipe
     * has several sizes, and must then tell them apart.
     */
    const char *name_template;
    loom_if_exists if_exists; /* SKIP and NEWER mark tasks that need not run, ERROR those refused */
} loom_plan_options;

typedef struct loom_plan loom_plan;

/*
 * Plans all entries of a scan, one task each, in their order. Failures of a single image become
 * tasks with `error` (`collision`, `would-overwrite-input`, `unsafe-path`, `exists`, or what the
 * scan found). The scan must outlive the plan. Returns LOOM_ERR_OUT_OF_MEMORY, or LOOM_ERR_USAGE
 * for a prefix or suffix with a slash; *plan is set on LOOM_OK only.
 */
LOOM_API loom_status loom_plan_create(loom_plan **plan, const loom_scan *scan,
                                      const loom_recipe *recipe, const loom_plan_options *options,
                                      loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_plan_free(loom_plan *plan); /* NULL is allowed */

LOOM_API size_t loom_plan_count(const loom_plan *plan);
LOOM_API const loom_task *loom_plan_tasks(const loom_plan *plan); /* array of loom_plan_count */

/* Whether `path` is one of the plan's inputs, by device and inode (links followed). */
LOOM_API bool loom_plan_is_input(const loom_plan *plan, const char *path);

/*
 * Removes temporary files that dead runs left in folders the plan writes to (those of living
 * ones are left alone). Returns how many.
 */
LOOM_API size_t loom_plan_sweep(const loom_plan *plan);

/*
 * Makes the output folder with its parents and checks that it can be written to. LOOM_ERR_USAGE
 * when the path does not exist and looks like an image's name (`-o b.jpg`), LOOM_ERR_NOT_A_FILE
 * when it is a file, LOOM_ERR_PERMISSION and others as the system says.
 */
LOOM_API loom_status loom_output_root_prepare(const char *output_root,
                                              loom_error *err) LOOM_NODISCARD;
/* The same checks without making anything: for a dry run, and before any image is touched. */
LOOM_API loom_status loom_output_root_check(const char *output_root,
                                            loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
