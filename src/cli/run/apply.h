/* How the options of `run` take their words; the table refers to them. */
#ifndef CLI_RUN_APPLY_H
#define CLI_RUN_APPLY_H

#include "cli/run/options.h"
#include <limits.h>
#include <stddef.h>

/* Where a row of a table, whose target begins with a run_options, puts its value. */
#define AT(member) .offset = offsetof(run_options, member)

/* The first take the place for their value from the table, the others know it. */
cli_apply run_apply_list; /* GPtrArray * at `offset`, which gets a copy */
cli_apply run_apply_output;
cli_apply run_apply_affix;
cli_apply run_apply_name;
cli_apply run_apply_files_from;
cli_apply run_apply_recipe;
cli_apply run_apply_size;
cli_apply run_apply_side;
cli_apply run_apply_fit;
cli_apply run_apply_position;
cli_apply run_apply_kernel;
cli_apply run_apply_rotate;
cli_apply run_apply_no_auto_orient;
cli_apply run_apply_grayscale;
cli_apply run_apply_icc;
cli_apply run_apply_background;
cli_apply run_apply_format;
cli_apply run_apply_quality;
cli_apply run_apply_effort;
cli_apply run_apply_chroma;
cli_apply run_apply_max_bytes;
cli_apply run_apply_metadata;
cli_apply run_apply_if_exists;
cli_apply run_apply_timeout;
cli_apply run_apply_max_pixels;
cli_apply run_apply_max_errors;
cli_apply run_apply_fail_on;
cli_apply run_apply_isolate;
cli_apply run_apply_memory;
cli_apply run_apply_when;

#endif
