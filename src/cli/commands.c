#include "cli/command.h"

const cli_command *const cli_commands[] = {&cli_command_run, &cli_command_bench,
                                           &cli_command_report, &cli_command_formats, NULL};
