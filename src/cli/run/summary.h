/* The lines of each image with --verbose, and the summary at the end. Main thread only. */
#ifndef CLI_RUN_SUMMARY_H
#define CLI_RUN_SUMMARY_H

#include "cli/terminal.h"
#include <imgloom/report.h>

#define CLI_EXAMPLES 5 /* failures named for each code */

/* Up to CLI_EXAMPLES failures of each code. */
typedef struct cli_summary {
    char *examples[LOOM_STATUS_COUNT][CLI_EXAMPLES]; /* owned; ready to print */
    bool discarded;                                  /* outputs were not written */
} cli_summary;

void cli_summary_add(cli_summary *summary, const loom_task *task, const loom_outcome *outcome);
void cli_summary_add_failure(cli_summary *summary, const char *path, const loom_error *error);
void cli_summary_release(cli_summary *summary);

/* The line of one image, for --verbose. */
void cli_print_outcome(cli_terminal *terminal, const loom_task *task, const loom_outcome *outcome);

/* Append "9 images, 8 ok, 1 failed", and the failures grouped by code. */
void cli_append_counts(const cli_terminal *terminal, GString *out, const loom_totals *totals);
void cli_summary_append_failures(const cli_summary *summary, const cli_terminal *terminal,
                                 GString *out, const loom_totals *totals);

void cli_summary_print(const cli_summary *summary, cli_terminal *terminal,
                       const loom_totals *totals);

#endif
