/* Errors that are said in many places, in the same words, or handed on. */
#ifndef LOOM_BASE_ERROR_H
#define LOOM_BASE_ERROR_H

#include <imgloom/error.h>
#include <stdbool.h>

/* Hands an error on: as loom_error_set with all that `from` has. Its code; LOOM_OK: it is none. */
loom_status loom_error_copy(loom_error *err, const loom_error *from);

/*
 * Says that an allocation failed: "not enough memory WHAT" ("to read it"), or "out of memory" where
 * `what` is NULL. Returns LOOM_ERR_OUT_OF_MEMORY.
 */
loom_status loom_no_memory(loom_error *err, loom_stage stage, const char *what);

/*
 * Whether an error is the input's own, so that it has it again as long as it does not change;
 * others are of the system, or of the moment.
 */
bool loom_status_is_of_input(loom_status code);

/* Says what is wrong with a call, without a stage. Returns LOOM_ERR_USAGE. */
loom_status loom_usage(loom_error *err, const char *message);

#endif
