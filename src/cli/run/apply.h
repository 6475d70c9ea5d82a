/* How options of `run` take their words, if no general function fits. */
#ifndef CLI_RUN_APPLY_H
#define CLI_RUN_APPLY_H

#include "cli/run/options.h"
#include "options/options.h"
#include <limits.h>

/* The destination of a row's value within run_options. */
#define AT(member) OPTIONS_AT(OPTIONS_PROGRAM, run_options, member)

options_apply run_apply_affix;
options_apply run_apply_name;
options_apply run_apply_files_from;
options_apply run_apply_recipe;
options_apply run_apply_if_exists;
options_apply run_apply_limit; /* loom_error_limit */
options_apply run_apply_unchanged_by;
options_apply run_apply_retry;

#endif
