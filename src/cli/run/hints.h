/* Adds the option that decides to a message of the library, which does not know the options. */
#ifndef CLI_RUN_HINTS_H
#define CLI_RUN_HINTS_H

#include <imgloom/outcome.h>

/* Appends the option to the message if one decides it, as " (--timeout)". */
void cli_hint_error(loom_error *err);

/* The same for the error and the warnings of an outcome. */
void cli_hint_outcome(loom_outcome *outcome);

#endif
