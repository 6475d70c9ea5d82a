/*
 * Errors of many images. Failures come in crowds (a list of files that are gone, a folder of
 * outputs that exist), and an error record is large: each different one is kept once and shared.
 * Zero-initialise.
 */
#ifndef LOOM_FILES_FAILURES_H
#define LOOM_FILES_FAILURES_H

#include <imgloom/error.h>

#include "base/index_set.h"
#include "base/memory.h"

typedef struct loom_failures {
    loom_arena arena;
    const loom_error **errors;
    size_t count, capacity;
    loom_index_set set;
} loom_failures;

/* A copy that lives until the release, maybe shared. NULL: out of memory. */
const loom_error *loom_failures_keep(loom_failures *failures, const loom_error *error);

void loom_failures_release(loom_failures *failures);

#endif
