/* From the command's words to a plan, for all commands that process images. Main thread only. */
#ifndef CLI_RUN_SELECT_H
#define CLI_RUN_SELECT_H

#include "cli/command.h"
#include "cli/run/options.h"
#include <imgloom/report.h>

/* Prints the error; returns the exit status of a failure before any image is touched. */
int cli_fatal(const char *what, const loom_error *err);

/* Whether all inputs of the command line exist: CLI_EXIT_OK, or CLI_EXIT_USAGE after a message. */
int cli_check_inputs(const cli_command *command, const run_options *options,
                     const options_line *line);

/*
 * Scans the inputs of the command line and plans their outputs, by settled options. Returns
 * CLI_EXIT_OK, or the exit status of a reported failure. *scan and *plan,
 * NULL before, are the caller's to free in either case, the plan first.
 */
int cli_select_images(const cli_command *command, const run_options *options,
                      const options_line *line, loom_scan **scan, loom_plan **plan);

/* Says that no image was found, and why. */
void cli_mention_nothing(const run_options *options, const loom_scan *scan,
                         const loom_totals *totals);

#endif
