/* Options that would do nothing without another one. */
#ifndef CLI_RUN_NEEDS_H
#define CLI_RUN_NEEDS_H

#include "options/options.h"
#include <imgloom/recipe.h>

/*
 * Refuses the first option that would do nothing: LOOM_ERR_USAGE with what it needs. Only what the
 * command line gives is judged, by the `recipe` that came of it: one from a file may hold the rest.
 */
loom_status run_needs_check(const options_line *line, const loom_recipe *recipe,
                            loom_error *err) LOOM_NODISCARD;

/* Whether an option is given that may need the option `other`. */
bool run_needs_any(const options_line *line, const char *other);

#endif
