/*
 * Errors of many images. Failures come in large numbers (a list of missing files, a folder of
 * existing outputs), and an error record is large: each distinct one is stored once and shared.
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

/* Returns a copy that lives until the release, perhaps shared. NULL: out of memory. */
const loom_error *loom_error_pool_keep(loom_error_pool *pool, const loom_error *error);

void loom_error_pool_release(loom_error_pool *pool);

#endif
