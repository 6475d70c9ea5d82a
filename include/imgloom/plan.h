/*
 * The planner names every output before any file is opened, and finds tasks that must not run: two
 * tasks with one output, an output that is an input, a path that leaves the output folder. One
 * thread at a time; the finished tasks are read-only and may be shared.
 */
#ifndef IMGLOOM_PLAN_H
#define IMGLOOM_PLAN_H

#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <imgloom/settings.h>
#include <imgloom/task.h>

LOOM_BEGIN_DECLS

/* What earlier runs made: loom_state_history. Opaque. */
typedef struct loom_history loom_history;

typedef struct loom_plan_options {
    const char *output_root; /* folder; NULL: the folder of each input */
    bool flatten;            /* do not repeat the tree of the inputs below output_root */
    const char *prefix;      /* before the name; NULL: "processed_" without output_root, else "" */
    const char *suffix;      /* between stem and extension; NULL: "" */
    const char *name_template; /* replaces both, see loom_name_template_check; NULL: none */
    /*
     * The settings for the images; NULL: the defaults. The plan uses two of them: if_exists (SKIP
     * and NEWER skip tasks here, ERROR fails them), and preserve_timestamps (an output is then not
     * older if it has the time of its input, within the precision of its file system).
     */
    const loom_settings *settings;
    /*
     * Leaves out what is made already, as the history tells; if_exists then decides about outputs
     * that it does not know, or that are not as they were written. It must outlive the plan and its
     * batch. NULL: none.
     */
    const loom_history *history;
} loom_plan_options;

LOOM_API loom_plan_options *loom_plan_options_create(void); /* all zero; NULL: out of memory */
LOOM_API void loom_plan_options_free(loom_plan_options *options); /* NULL is allowed */

typedef struct loom_plan loom_plan;

/*
 * Checks a name template: the path of an output below the output folder, or below the folder of its
 * input if there is no output folder. Missing parents are made. A template consists of text and
 * these fields:
 *
 * - {dir}: the folders that the output would be in without a template. If there are none (always
 *   without an output folder, or when flattened), a slash after the field is dropped too.
 * - {parent}: the name of the folder that the input is in
 * - {stem}: the name of the input without its extension
 * - {inputext}: the extension of the input, as it is written; nothing if it has none
 * - {ext}: the extension that the output would have without a template
 * - {format}: the name of the output format
 * - {width}, {height}: the requested box: "800"; "auto" for a free side; "50p" for 50%
 * - {n}: the number of the input, from 1, with zeros in front so that all are equally long
 * - {date}: the day when the input was last modified, in local time: "2024-05-01"
 * - {taken}: the day when the picture was taken, by its EXIF in the first MiB of the file; else as
 *   {date}. Planning then opens each input.
 *
 * "{{" and "}}" are literal braces. Nothing is appended: only {ext} gives a name an extension.
 * LOOM_ERR_USAGE: the template has a bad field, is empty, begins or ends in a slash, or has a ".."
 * component; the message names the bad field and lists the good ones. LOOM_OK otherwise.
 *
 * An absolute path or a ".." component that fields make, or an empty name, shows only when an image
 * is named: then that image fails with `unsafe-path`.
 *
 * Without an output folder, a later run takes the outputs of an earlier run for inputs, as no
 * prefix distinguishes them. Write to another folder, or exclude them.
 */
LOOM_API loom_status loom_name_template_check(const char *name_template,
                                              loom_error *err) LOOM_NODISCARD;

/*
 * Plans all entries of a scan, in order. Each entry gets one task per size and format of the
 * recipe; these are adjacent: the formats of the first size, then those of the next. A format that
 * is also what LOOM_FORMAT_SAME means for the entry is written once. The failure of a single image
 * becomes a task with `error`
 * (`collision`, `would-overwrite-input`, `unsafe-path`, `exists`, or the error of the scan). An
 * entry that fails before its outputs have names is a single task of size 0, without output_path.
 * The recipe is checked as by loom_recipe_check, and the plan keeps a copy of it and of the
 * settings, for the batch. The scan must outlive the plan. `options` may be NULL, for all zero, and
 * may be freed after the call.
 *
 * Errors: LOOM_ERR_OUT_OF_MEMORY; LOOM_ERR_USAGE for an invalid recipe, a prefix or suffix with a
 * slash, a name template that is invalid or comes with a prefix or suffix, and several sizes that
 * no template distinguishes. *plan is set on LOOM_OK only.
 */
LOOM_API loom_status loom_plan_create(loom_plan **plan, const loom_scan *scan,
                                      const loom_recipe *recipe, const loom_plan_options *options,
                                      loom_error *err) LOOM_NODISCARD;
LOOM_API void loom_plan_free(loom_plan *plan); /* NULL is allowed */

/* An output that was planned before, perhaps on another machine: see imgloom/shards.h. This struct
 * never grows. */
typedef struct loom_item {
    uint64_t item;           /* the `seq` of its task */
    const char *input_path;  /* bytes; never NULL */
    const char *output_path; /* bytes; NULL: it failed before it was named */
    uint64_t bytes;          /* of its input, when it was planned; 0: unknown */
    unsigned output;         /* as in loom_task */
    loom_format format;      /* likewise */
    const loom_error *error; /* not NULL: it is not run */
    const char *skip_reason; /* not NULL: it is not run */
} loom_item;

/*
 * A plan of items. Adjacent items with equal input_path are outputs of one input, of rising
 * `output`. No file is looked at: the outputs that stand there are replaced, whatever `settings`
 * says of them, names that differ are taken to be different files, and the inputs' times are
 * unknown. An item whose output is not below output_root (NULL: below the folder of its input)
 * becomes an error, `unsafe-path`. The items and their strings must outlive the plan, which keeps
 * copies of recipe and settings (NULL: the defaults). `history` tells what is known of items with a
 * skip_reason (its `recall`); NULL: nothing.
 *
 * The plan is as one of loom_plan_create, but it knows no inputs: loom_plan_is_input finds none.
 * Errors: LOOM_ERR_OUT_OF_MEMORY; LOOM_ERR_USAGE for an invalid recipe, or an item that it has no
 * output for. *plan is set on LOOM_OK only.
 */
LOOM_API loom_status loom_plan_create_of_items(loom_plan **plan, const loom_item *items,
                                               size_t count, const loom_recipe *recipe,
                                               const char *output_root,
                                               const loom_settings *settings,
                                               const loom_history *history,
                                               loom_error *err) LOOM_NODISCARD;

LOOM_API size_t loom_plan_count(const loom_plan *plan);
LOOM_API const loom_task *loom_plan_task(const loom_plan *plan, size_t index); /* < count */

/* Whether `path` is one of the plan's inputs, by device and inode (links followed). */
LOOM_API bool loom_plan_is_input(const loom_plan *plan, const char *path);

/*
 * Whether two paths mean one file, whether it exists or not: both lead to the same file, or they
 * have the same folder and name. Case is ignored where the file system ignores it.
 */
LOOM_API bool loom_output_is_same(const char *one, const char *other);

/* Whether `path` is one of the plan's outputs, by the rules of loom_output_is_same. */
LOOM_API bool loom_plan_is_output(const loom_plan *plan, const char *path);

/*
 * Removes temporary files of dead runs from the folders that the plan's outputs go to, and from
 * their parents up to the output folder. Temporary files of running processes stay. Returns the
 * number of removed files.
 */
LOOM_API size_t loom_plan_sweep(loom_plan *plan);

/*
 * Makes the plan's output folder and its parents if missing, opens it, and checks that it is
 * writable. Call it once, before a batch that writes. Outputs are then made below that very folder,
 * wherever its path leads later, and never through a symbolic link below it. Errors: see
 * loom_output_root_check. Without an output folder it does nothing: each input's folder is then the
 * output folder, looked up by its path when the output is written.
 */
LOOM_API loom_status loom_plan_enter(loom_plan *plan, loom_error *err) LOOM_NODISCARD;

/*
 * Checks that a folder can be an output folder, and makes nothing: for a dry run, and before any
 * image is touched. LOOM_ERR_USAGE: the path does not exist and looks like the name of an image
 * (`-o b.jpg`). LOOM_ERR_NOT_A_FILE: it is a file. LOOM_ERR_PERMISSION and others: as the system
 * says.
 */
LOOM_API loom_status loom_output_root_check(const char *output_root,
                                            loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
