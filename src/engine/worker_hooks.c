#include "engine/worker_hooks.h"

#include "base/array.h"
#include <stdbool.h>
#include <string.h>

/* Written before other threads start, then only read. */
static loom_worker_hooks parent;
static bool is_worker;

void loom_worker_hooks_set(const loom_worker_hooks *hooks)
{
    parent = *hooks;
    is_worker = true;
}

const loom_worker_hooks *loom_worker_hooks_get(void)
{
    return is_worker ? &parent : NULL;
}

void loom_worker_hooks_stage(loom_stage stage)
{
    if (is_worker)
        parent.stage(stage);
}

loom_status loom_error_text_code(const char *text, loom_status otherwise)
{
    static const char *const memory[] = {"out of memory", "insufficient memory",
                                         "memory allocation", "cannot allocate memory"};

    if (strcasestr(text, "security limit") != NULL) /* libheif: the file claims too much */
        return strcasestr(text, "image size") != NULL ? LOOM_ERR_TOO_LARGE : otherwise;
    for (size_t i = 0; i < LOOM_COUNT(memory); i++)
        if (strcasestr(text, memory[i]) != NULL)
            return LOOM_ERR_OUT_OF_MEMORY;
    return strstr(text, "Error creating thread") != NULL ? LOOM_ERR_IO : otherwise;
}
