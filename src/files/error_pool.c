#include "files/error_pool.h"

#include <stdlib.h>
#include <string.h>

static bool same_error(const void *context, uint32_t item, const void *key)
{
    const loom_error_pool *pool = context;
    const loom_error *one = pool->errors[item], *other = key;

    return one->code == other->code && one->stage == other->stage &&
           strcmp(one->message, other->message) == 0;
}

const loom_error *loom_error_pool_keep(loom_error_pool *pool, const loom_error *error)
{
    uint64_t hash = loom_hash_bytes((uint64_t)error->code, error->message, strlen(error->message));
    uint32_t found = loom_index_set_find(&pool->set, hash, same_error, pool, error);
    void *errors = pool->errors;

    if (found != LOOM_INDEX_SET_NONE)
        return pool->errors[found];
    if (pool->count + 1 >= LOOM_INDEX_SET_NONE ||
        !loom_grow(&errors, &pool->capacity, pool->count + 1, sizeof *pool->errors))
        return NULL;
    pool->errors = errors;
    loom_error *copy = loom_arena_alloc(&pool->arena, sizeof *copy);
    if (copy == NULL || !loom_index_set_add(&pool->set, hash, (uint32_t)pool->count))
        return NULL;
    *copy = *error;
    pool->errors[pool->count++] = copy;
    return copy;
}

void loom_error_pool_release(loom_error_pool *pool)
{
    loom_index_set_release(&pool->set);
    loom_arena_release(&pool->arena);
    free(pool->errors);
    *pool = (loom_error_pool){0};
}
