/* The state of a run (--state): what is left out, recorded and pruned. Main thread only. */
#ifndef CLI_RUN_STATE_H
#define CLI_RUN_STATE_H

#include "cli/run/options.h"
#include "cli/run/reports.h"
#include "cli/terminal.h"
#include <imgloom/report.h>

typedef struct cli_state {
    loom_state *state; /* NULL: there is none, and the functions below do nothing */
    const char *path;
    cli_terminal *terminal;
    bool failed;  /* it could not be read or written, which was reported */
    bool refused; /* outputs were to be pruned, but nothing was, which was reported */
    bool prunes;
    cli_reports *reports; /* while outputs whose input is gone are looked for */
} cli_state;

/* Opens the state before the plan, whose options get its history. Returns an exit status. */
int cli_state_open(cli_state *state, cli_terminal *terminal, const run_options *options,
                   loom_engine *engine);
/* Reports a failure, once. False: there was one. */
bool cli_state_check(cli_state *state);
/* Makes it before the batch if it is missing. Returns an exit status. */
int cli_state_prepare(cli_state *state);

void cli_state_add(cli_state *state, const loom_task *task, const loom_outcome *outcome);
void cli_state_tick(cli_state *state);

/*
 * Ends it after the batch: finds outputs whose input is gone, unless the batch ended early, and
 * adds them to reports and totals.
 */
void cli_state_finish(cli_state *state, const loom_plan *plan, cli_reports *reports,
                      loom_totals *totals);

/* Prints what was left out, made and gone. */
void cli_state_print(const cli_state *state, const loom_totals *totals);
void cli_state_release(cli_state *state); /* a zeroed struct is allowed */

#endif
