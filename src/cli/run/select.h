/* From words to a plan: what commands that process images have in common. Main thread only. */
#ifndef CLI_RUN_SELECT_H
#define CLI_RUN_SELECT_H

#include "cli/command.h"
#include "cli/run/options.h"

/* Says what failed; answers the exit status of a failure that comes before any image is touched. */
int cli_fatal(const char *what, const loom_error *err);
int cli_out_of_memory(void);

/*
 * Scans the inputs of the line and plans their outputs, by settled options. Answers CLI_EXIT_OK, or
 * what is to be exited with, when all has been said. *scan and *plan, NULL before, are the caller's
 * to free in either case, the plan first.
 */
int cli_select_images(const cli_command *command, const run_options *options,
                      const options_line *line, loom_scan **scan, loom_plan **plan);

#endif
