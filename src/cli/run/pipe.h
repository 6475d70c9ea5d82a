/* One picture to standard output: `-o -`, from a file, or from standard input: INPUT `-`. */
#ifndef CLI_RUN_PIPE_H
#define CLI_RUN_PIPE_H

#include "cli/run/run.h"

/* Whether a word stands for a standard stream. */
bool cli_is_stream(const char *word);

/* Whether the command line names a standard stream as input or output. */
bool cli_pipe_is_wanted(const run_options *options, const options_line *line);

/* Runs it, of a state whose options were read; returns the exit status. */
int cli_pipe_run(cli_run *r);

#endif
