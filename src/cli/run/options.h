/* The options of `imgloom run`. */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include "cli/terminal.h"
#include "options/options.h"
#include <imgloom/batch.h>
#include <imgloom/plan.h>
#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <imgloom/state.h>

typedef struct run_options {
    /* Owned. */
    loom_recipe *recipe;
    loom_scan_options *scan;
    loom_plan_options *plan;
    loom_batch *batch;
    loom_settings *settings;
    loom_engine_options *engine;
    loom_state_options *state_options;

    const char *files_from; /* NULL: none */
    const char *quarantine; /* NULL: none */
    const char *state;      /* NULL: none */
    const char *shards;     /* the folder of a plan; NULL: none */
    const char *which;      /* its shard; NULL: none */
    const char *directory;  /* for relative paths of the plan; NULL: its own */
    bool null;
    bool recipe_given;                  /* --recipe */
    GPtrArray *include, *exclude;       /* of const char * */
    GPtrArray *reports, *lines, *pages; /* of const char * */
    cli_when progress, colour;
    bool quiet, verbose;
    unsigned list_ignored; /* files to name, at most */
    options_target target; /* for the option tables; points to the structs above */
} run_options;

/* The planner's default prefix for outputs next to their inputs. */
#define RUN_BESIDE_PREFIX "processed_"

/* Option tables shared with other commands. */
extern const options_row run_input_options[], run_recipe_options[], run_output_options[],
    run_written_options[], run_lane_options[], run_trial_options[], run_message_options[],
    run_colour_options[];
extern const options_group run_groups[]; /* of `imgloom run` */

#define RUN_PICTURE_SECTION                                                                        \
    "Picture, in this order: orient, extract, turn, resize, filter, colour, frame"

/*
 * Sets the defaults. False: out of memory, already reported; release the struct even so. Do not
 * move the struct: its target points into it.
 */
bool run_options_init(run_options *options) LOOM_NODISCARD;
void run_options_release(run_options *options);

/*
 * Call it once all words are applied: checks which options go together, and derives the remaining
 * values. LOOM_ERR_USAGE with a message that names the option.
 */
loom_status run_options_settle(run_options *options, const options_line *line,
                               loom_error *err) LOOM_NODISCARD;

/* Whether the name template has a field, such as "{n}". */
bool run_options_name_has(const run_options *options, const char *field);

/* Warns if the name template gives outputs no extension. */
void run_options_mention_name(const run_options *options);

/*
 * Whether a run would do something that its user has asked for: change pictures or their files,
 * write them elsewhere or under other names, or only look at them.
 */
bool run_options_ask(const run_options *options);

/*
 * Checks what depends on this build: LOOM_ERR_USAGE for a format that it cannot write, or a lane
 * that it lacks, or a watermark or text that it cannot make; an error of loom_engine_load_vips if
 * that is unknown.
 */
loom_status run_options_check_build(const run_options *options, loom_engine *engine,
                                    loom_error *err) LOOM_NODISCARD;

/*
 * If `jobs` (0: the default) images at once, with so many `outputs` each, need more open files than
 * the limit allows, raises the limit as far as possible. Returns the number of jobs that fit, at
 * least 1; 0 if `jobs` is 0 and the default fits.
 */
unsigned cli_jobs_that_fit(unsigned jobs, unsigned outputs);

/* The whole command line of a command, ended by NULL; its words are borrowed. */
GPtrArray *run_command_line(const char *command, char **argv);

#endif
