#include "files/failures.h"

#include <stdlib.h>
#include <string.h>

static bool same_error(const void *context, uint32_t item, const void *key)
{
    const loom_failures *failures = context;
    const loom_error *one = failures->errors[item], *other = key;

    return one->code == other->code && one->stage == other->stage &&
           strcmp(one->message, other->message) == 0;
}

const loom_error *loom_failures_keep(loom_failures *failures, const loom_error *error)
{
    uint64_t hash = loom_hash_bytes((uint64_t)error->code, error->message, strlen(error->message));
    uint32_t found = loom_index_set_find(&failures->set, hash, same_error, failures, error);
    void *errors = failures->errors;

    if (found != LOOM_INDEX_SET_NONE)
        return failures->errors[found];
    if (failures->count + 1 >= LOOM_INDEX_SET_NONE ||
        !loom_grow(&errors, &failures->capacity, failures->count + 1, sizeof *failures->errors))
        return NULL;
    failures->errors = errors;
    loom_error *copy = loom_arena_alloc(&failures->arena, sizeof *copy);
    if (copy == NULL || !loom_index_set_add(&failures->set, hash, (uint32_t)failures->count))
        return NULL;
    *copy = *error;
    failures->errors[failures->count++] = copy;
    return copy;
}

void loom_failures_release(loom_failures *failures)
{
    loom_index_set_release(&failures->set);
    loom_arena_release(&failures->arena);
    free(failures->errors);
    *failures = (loom_failures){0};
}
