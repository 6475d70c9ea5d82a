/* Which option decides what the library says: it knows no options, so they are added here. */
#ifndef CLI_RUN_HINTS_H
#define CLI_RUN_HINTS_H

#include <imgloom/outcome.h>

/* Puts the option behind the message where one decides it, as " (--timeout)". */
void cli_hint_error(loom_error *err);

/* The same for the error and the warnings of an outcome. */
void cli_hint_outcome(loom_outcome *outcome);

#endif
