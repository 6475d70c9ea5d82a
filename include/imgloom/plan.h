/*
 * The planner: names every output before any file is opened, and finds what must not be run:
 * two tasks with one output, an output that is an input, a path that leaves the output folder.
 * One thread at a time; the tasks are read-only afterwards and may be shared.
 */
#ifndef IMGLOOM_PLAN_H
#define IMGLOOM_PLAN_H

#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <imgloom/settings.h>
#include <imgloom/task.h>

LOOM_BEGIN_DECLS

typedef struct loom_plan_options {
    const char *output_root;   /* folder; NULL: beside each input */
    bool flatten;              /* without the tree below the inputs */
    const char *prefix;        /* before the name; NULL: "processed_" beside inputs, else "" */
    const char *suffix;        /* between stem and extension; NULL: "" */
    const char *name_template; /* instead of both, see loom_name_template_check; NULL: none */
    /*
     * How images will be treated; NULL: by the defaults. The plan goes by two of them: if_exists
     * (SKIP and NEWER mark tasks that need not run, ERROR those refused), and preserve_timestamps
     * (an output that has the time of its input, as far as its file system can tell, is not older).
     */
    const loom_settings *settings;
} loom_plan_options;

LOOM_API loom_plan_options *loom_plan_options_create(void);       /* all zero; NULL: no memory */
LOOM_API void loom_plan_options_free(loom_plan_options *options); /* NULL is allowed */

typedef struct loom_plan loom_plan;

/*
 * Checks a name template: the path of an output below the output folder, or, without one, below
 * the folder of its input; parents are made. It is made of text and of these fields:
 *   {dir}     folders that the output would be in without a template; a slash behind it goes with
 *             it where there are none (always without an output folder, or when flattened)
 *   {stem}    the input's name without its extension
 *   {ext}     the extension that would be written without a template
 *   {format}  the name of the format that is written
 *   {width}, {height}  of the box asked for: "800"; "auto" for a side that is free; "50p" for 50%
 * Two braces of a kind stand for one. Nothing is appended: a name gets an extension by {ext} or
 * not at all. LOOM_ERR_USAGE, with a message that names the bad field and lists the good ones,
 * also when the template is empty or ends in a slash; else LOOM_OK.
 *
 * What can be told of a single image alone is a failure of that one, `unsafe-path`: an absolute
 * path, ".." among its components, an empty name.
 *
 * Without an output folder a later run takes the outputs of an earlier one for inputs: no prefix
 * tells them apart. Write into another folder, or exclude them.
 */
LOOM_API loom_status loom_name_template_check(const char *name_template,
                                              loom_error *err) LOOM_NODISCARD;

/*
 * Plans all entries of a scan in their order, each with one task for every size of the recipe,
 * those of an entry together and in the order of the sizes. Failures of a single image become
 * tasks with `error` (`collision`, `would-overwrite-input`, `unsafe-path`, `exists`, or what the
 * scan found); an entry that fails before its outputs can be named is one task, of size 0, without
 * output_path. The recipe is checked, as by loom_recipe_check, and the plan keeps a copy of it and
 * of the settings, for the batch. The scan must outlive the plan. `options` may be NULL, for all
 * zero, and are not needed afterwards.
 *
 * Returns LOOM_ERR_OUT_OF_MEMORY, or LOOM_ERR_USAGE for a recipe that is refused, a prefix or
 * suffix with a slash, a name template that is refused or comes with one of those, and several
 * sizes without a template that tells them apart; *plan is set on LOOM_OK only.
 */
LOOM_API loom_status loom_plan_create(loom_plan **plan, const loom_scan *scan,
                                      const loom_recipe *recipe, const loom_plan_options *options,
                                      loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_plan_free(loom_plan *plan); /* NULL is allowed */

LOOM_API size_t loom_plan_count(const loom_plan *plan);
LOOM_API const loom_task *loom_plan_task(const loom_plan *plan, size_t index); /* < count */

/* Whether `path` is one of the plan's inputs, by device and inode (links followed). */
LOOM_API bool loom_plan_is_input(const loom_plan *plan, const char *path);

/*
 * Whether two paths are one file, be it there already or not: as the file that both lead to, or by
 * name and folder, without regard to case where the file system has none.
 */
LOOM_API bool loom_output_is_same(const char *one, const char *other);

/* Whether `path` is one of the plan's outputs, as loom_output_is_same tells. */
LOOM_API bool loom_plan_is_output(const loom_plan *plan, const char *path);

/*
 * Removes temporary files that dead runs left in folders that the plan's outputs go to, and in
 * those above them up to the output folder (those of living runs are left alone). Returns how many.
 */
LOOM_API size_t loom_plan_sweep(loom_plan *plan);

/*
 * Makes the plan's output folder with its parents where it is missing, enters it, and checks that
 * it can be written to. Called once, before a batch that writes; outputs are then made below that
 * very folder, wherever its path leads later, and through no symbolic link below it. Errors as
 * loom_output_root_check. Without an output folder there is nothing to do: then each input's own
 * folder takes that part, as its path is found when the output is written.
 */
LOOM_API loom_status loom_plan_enter(loom_plan *plan, loom_error *err) LOOM_NODISCARD;

/*
 * Checks that a folder can be an output folder, without making anything: for a dry run, and before
 * any image is touched. LOOM_ERR_USAGE when the path does not exist and looks like an image's name
 * (`-o b.jpg`), LOOM_ERR_NOT_A_FILE when it is a file, LOOM_ERR_PERMISSION and others as the system
 * says.
 */
LOOM_API loom_status loom_output_root_check(const char *output_root,
                                            loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
