/*
 * Errors of many images. Failures come in crowds (a list of files that are gone, a folder of
 * outputs that exist), and an error record is large: each different one is kept once and shared.
 * Zero-initialise.
 */
#ifndef LOOM_FILES_ERROR_POOL_H
#define LOOM_FILES_ERROR_POOL_H

#include <imgloom/error.h>

#include "base/index_set.h"
#include "base/memory.h"

typedef struct loom_error_pool {
    loom_arena arena;
    const loom_error **errors;
    size_t count, capacity;
    loom_index_set set;
} loom_error_pool;

/* A copy that lives until the release, maybe shared. NULL: out of memory. */
const loom_error *loom_error_pool_keep(loom_error_pool *pool, const loom_error *error);

void loom_error_pool_release(loom_error_pool *pool);

#endif
