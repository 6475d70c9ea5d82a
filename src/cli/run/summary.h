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
    const char *root;                                /* of the outputs; NULL: next to the inputs */
    bool stages;                                     /* tell where images failed */
    uint64_t bytes_before, bytes_after;              /* of what was written */
    bool fit_chosen;                                 /* the user has said how pictures fit */
    uint64_t copied;                                 /* outputs that are their originals */
    uint64_t cropped;                                /* outputs of which much was cut away */
    uint64_t cropped_sum;                            /* of their shares, in millionths */
} cli_summary;

void cli_summary_add(cli_summary *summary, const loom_task *task, const loom_outcome *outcome);
void cli_summary_add_failure(cli_summary *summary, const char *path, const loom_error *error);
void cli_summary_release(cli_summary *summary);

/* The line of one image; `stage`: with the stage at which it failed. */
void cli_print_outcome(cli_terminal *terminal, const loom_task *task, const loom_outcome *outcome,
                       bool stage);

/* Append "9 images, 8 ok, 1 failed", and the failures grouped by code. */
void cli_append_counts(const cli_terminal *terminal, GString *out, const loom_totals *totals);
void cli_summary_append_failures(const cli_summary *summary, const cli_terminal *terminal,
                                 GString *out, const loom_totals *totals);

void cli_summary_print(const cli_summary *summary, cli_terminal *terminal,
                       const loom_totals *totals);

#endif
