/* The links of --quarantine to originals that failed. */
#ifndef CLI_RUN_QUARANTINE_H
#define CLI_RUN_QUARANTINE_H

#include "cli/run/options.h"
#include "cli/terminal.h"
#include <imgloom/outcome.h>
#include <imgloom/quarantine.h>

/* Zero: no quarantine is wanted, and the functions do nothing. */
typedef struct cli_quarantine {
    loom_quarantine *links;
    const char *folder;
    cli_terminal *terminal;
    uint64_t count;  /* links of earlier plans */
    uint64_t failed; /* links that could not be made; only the first was reported */
} cli_quarantine;

/*
 * Opens the folder that the options name, for the tasks of a scan or (NULL) of a plan of items;
 * makes no links on a dry run. Returns CLI_EXIT_OK, or the exit status of a reported failure.
 */
int cli_quarantine_open(cli_quarantine *quarantine, cli_terminal *terminal,
                        const run_options *options, const loom_scan *scan, const loom_plan *plan);

/* Links the input of a failed task, unless it was cancelled. */
void cli_quarantine_add(cli_quarantine *quarantine, const loom_task *task,
                        const loom_outcome *outcome);

/* Prints the summary's line. */
void cli_quarantine_print(const cli_quarantine *quarantine);
void cli_quarantine_release(cli_quarantine *quarantine);

#endif
