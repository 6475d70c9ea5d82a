/* What `imgloom run` was asked for. */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include "cli/terminal.h"
#include "options/options.h"
#include <imgloom/batch.h>
#include <imgloom/plan.h>
#include <imgloom/recipe.h>
#include <imgloom/scan.h>

typedef struct run_options {
    /* Owned. */
    loom_recipe *recipe;
    loom_scan_options *scan;
    loom_plan_options *plan;
    loom_batch *batch;
    loom_settings *settings;
    loom_engine_options *engine;

    const char *files_from; /* NULL: none */
    const char *quarantine; /* NULL: none */
    bool null;
    GPtrArray *include, *exclude; /* of const char * */
    GPtrArray *reports, *pages;   /* likewise */
    cli_when progress, colour;
    bool quiet, verbose;
    options_target target; /* of their rows: the structs above */
} run_options;

/* What the planner puts before names beside their inputs, unless told. */
#define RUN_BESIDE_PREFIX "processed_"

/* Tables of options that other commands have, too. */
extern const options_row run_input_options[], run_recipe_options[], run_trial_options[],
    run_colour_options[];
extern const options_group run_groups[]; /* of `imgloom run` */

#define RUN_PICTURE_SECTION                                                                        \
    "Picture, in this order: orient, rotate, flip and flop, resize, grayscale"

/* Everything at its default. False: no memory, which was said; to be released all the same. Not to
 * be moved: its target points into it. */
bool run_options_init(run_options *options) LOOM_NODISCARD;
void run_options_release(run_options *options);

/*
 * When all words are applied: checks what makes sense together only, and fills in what follows
 * from the rest. LOOM_ERR_USAGE with a message that names the option.
 */
loom_status run_options_settle(run_options *options, size_t input_count,
                               loom_error *err) LOOM_NODISCARD;

/*
 * What only this build can tell: LOOM_ERR_USAGE for a format that it
 * cannot write, or a lane that it does not have; as loom_engine_load_vips where it cannot tell.
 */
loom_status run_options_check_build(const run_options *options, loom_engine *engine,
                                    loom_error *err) LOOM_NODISCARD;

/*
 * Raises the limit as far as it goes where `jobs` (0: the default) images of `sizes` outputs each
 * need more than it allows. Answers how many can be had, at least 1; 0 when `jobs` is 0 and the
 * default fits.
 */
unsigned cli_jobs_that_fit(unsigned jobs, unsigned sizes);

#endif
