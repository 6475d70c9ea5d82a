/* The links of --quarantine to originals that failed. */
#ifndef CLI_RUN_QUARANTINE_H
#define CLI_RUN_QUARANTINE_H

#include "cli/run/options.h"
#include "cli/terminal.h"
#include <imgloom/outcome.h>
#include <imgloom/quarantine.h>

/* Zero: none is wanted, and nothing is done. */
typedef struct cli_quarantine {
    loom_quarantine *links;
    const char *folder;
    cli_terminal *terminal;
    uint64_t failed; /* links that could not be made; the first was said */
} cli_quarantine;

/*
 * Opens what the options ask for; no links are made on a dry run. CLI_EXIT_OK, or the exit status
 * of a failure that was said.
 */
int cli_quarantine_open(cli_quarantine *quarantine, cli_terminal *terminal,
                        const run_options *options, const loom_scan *scan);

/* Links the input of a task in error, unless it was cancelled. */
void cli_quarantine_add(cli_quarantine *quarantine, const loom_task *task,
                        const loom_outcome *outcome);

/* The summary's line. */
void cli_quarantine_print(const cli_quarantine *quarantine);
void cli_quarantine_release(cli_quarantine *quarantine);

#endif
