/* The state of `imgloom run`, and the steps that its two ways share. Main thread only. */
#ifndef CLI_RUN_RUN_H
#define CLI_RUN_RUN_H

#include "cli/pictures.h"
#include "cli/run/options.h"
#include "cli/run/progress.h"
#include "cli/run/quarantine.h"
#include "cli/run/reports.h"
#include "cli/run/state.h"
#include "cli/run/summary.h"
#include "cli/signals.h"

typedef struct cli_run {
    run_options options;
    options_line line;
    GPtrArray *command_line; /* all its words, ended by NULL; borrowed */
    cli_terminal terminal;
    loom_engine *engine;
    loom_stop *stop;
    loom_scan *scan;
    loom_plan *plan;
    GArray *wanted; /* of cli_wanted */
    cli_reports reports;
    cli_progress progress;
    cli_summary summary;
    cli_quarantine quarantine;
    cli_pictures pictures;
    cli_state state;
    loom_totals *totals;
    bool lists;       /* rows are printed on standard output: those of a dry run */
    bool list_broken; /* they could not be */
    int stops_told;   /* requests to stop that were answered */
    bool few_threads;
    bool sharded;          /* it makes shards of a plan */
    char *quarantine_path; /* owned: that of the options, made absolute; NULL: it need not be */
} cli_run;

/* Each prints what is wrong, and returns an exit status: CLI_EXIT_OK, go on. */
int cli_run_start_engine(cli_run *r);
int cli_run_open_reports(cli_run *r);

/* What reports say of the run before its rows; the caller frees it. NULL: out of memory. */
loom_run_info *cli_run_make_info(cli_run *r, bool vips_version);

/* Adds the files of --report, --ndjson and --html to r->wanted. */
void cli_run_add_reports(cli_run *r);

/* Adapts the number of images at once to the limit on open files. */
void cli_run_limit_jobs(cli_run *r);

/* Decides what is printed of each image, and where: once alone before a batch of r->plan. */
void cli_run_prepare_messages(cli_run *r);

/* For batches, whose `user` is the cli_run. cli_run_add is for an outcome that has its hints. */
void cli_run_add(cli_run *r, const loom_task *task, loom_outcome *outcome);
void cli_run_tick(void *user, const loom_progress *state);

/* What the lines of its images tell. */
cli_telling cli_run_telling(const cli_run *r);

/*
 * Prints the row of a dry run. If nobody reads standard output any more, what is left of the run is
 * of use only for the reports.
 */
void cli_run_list_row(cli_run *r, const loom_task *task, const loom_outcome *outcome);

/* Reports how the run ended, and returns the first exit status that applies. */
int cli_run_conclude(cli_run *r);

/* Warns if workers were not locked in as they should be. */
void cli_run_mention_sandbox(const cli_run *r);

#endif
