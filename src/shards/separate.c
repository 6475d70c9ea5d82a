/* Whether the outputs of a plan stay apart where they go, whoever writes them. */
#include <imgloom/shards.h>

#include "base/error.h"
#include "base/text.h"
#include "files/folder_set.h"
#include "files/path.h"
#include "files/planner.h"
#include <stdlib.h>
#include <sys/stat.h>

/* File systems that were asked. */
typedef struct devices {
    uint64_t *list; /* owned */
    size_t count, capacity;
} devices;

/* Whether the device is a new one, which is then remembered; without memory for it, it is. */
static bool is_new(devices *known, uint64_t device)
{
    for (size_t i = 0; i < known->count; i++)
        if (known->list[i] == device)
            return false;
    if (loom_grow((void **)(void *)&known->list, &known->capacity, known->count + 1,
                  sizeof *known->list))
        known->list[known->count++] = device;
    return true;
}

static loom_status refuse(const char *folder, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PLAN,
                          "in %s names that differ by case alone are one name; outputs of several "
                          "machines cannot be told apart there",
                          loom_text_show(shown, folder[0] != '\0' ? folder : "."));
}

/* Of a folder that outputs go to; those of one file system are alike where it does not tell. */
static bool folds(const loom_plan *plan, size_t index, devices *known)
{
    const loom_folder *folder = &plan->folders.folders[index];

    if (folder->folding != LOOM_FOLDING_UNKNOWN || !folder->exists || folder->errnum != 0)
        return folder->folding == LOOM_FOLDING_CASE;
    return is_new(known, folder->id.device) &&
           loom_folder_ask(folder->tree, folder->path) == LOOM_FOLDING_CASE;
}

loom_status loom_shards_check_outputs(loom_plan *plan, loom_error *err)
{
    devices known = {.list = NULL};
    struct stat info;

    loom_status status = loom_plan_enter(plan, err);
    if (status == LOOM_OK && plan->root_path != NULL) {
        if (fstat(plan->root.root, &info) == 0)
            (void)is_new(&known, loom_path_id(&info).device);
        if (loom_folder_ask(&plan->root, plan->root_path) == LOOM_FOLDING_CASE)
            status = refuse(plan->root_path, err);
    }
    for (size_t i = 0; i < plan->folders.count && status == LOOM_OK; i++)
        if (folds(plan, i, &known))
            status = refuse(plan->folders.folders[i].path, err);
    free(known.list);
    return status;
}
