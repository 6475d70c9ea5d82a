/* How the options of `run` take their words; the table refers to them. */
#ifndef CLI_RUN_APPLY_H
#define CLI_RUN_APPLY_H

#include "cli/run/options.h"
#include <limits.h>
#include <stddef.h>

/* Where a row of a table, whose target begins with a run_options, puts its value. */
#define AT(member) .offset = offsetof(run_options, member)
/* The same, in one of the library's structs. */
#define IN(type, object_, member)                                                                  \
    .object = offsetof(run_options, object_) + 1, .offset = offsetof(type, member)
#define IN_SCAN(member)     IN(loom_scan_options, scan, member)
#define IN_PLAN(member)     IN(loom_plan_options, plan, member)
#define IN_BATCH(member)    IN(loom_batch, batch, member)
#define IN_SETTINGS(member) IN(loom_settings, settings, member)
#define IN_ENGINE(member)   IN(loom_engine_options, engine, member)

/* The first take the place for their value from the table, the others know it. */
cli_apply run_apply_list; /* GPtrArray * at `offset`, which gets a copy */
cli_apply run_apply_output;
cli_apply run_apply_affix;
cli_apply run_apply_name;
cli_apply run_apply_files_from;
cli_apply run_apply_recipe;
cli_apply run_apply_field; /* a field of the recipe */
cli_apply run_apply_if_exists;
cli_apply run_apply_timeout;
cli_apply run_apply_max_pixels;
cli_apply run_apply_max_errors;
cli_apply run_apply_fail_on;
cli_apply run_apply_isolate;
cli_apply run_apply_memory;
cli_apply run_apply_when;

#endif
