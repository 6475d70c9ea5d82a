#include <imgloom/plan.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "files/failures.h"
#include "files/folder_set.h"
#include "files/naming.h"
#include "files/output.h"
#include "files/output_name.h"
#include "files/path.h"
#include "files/path_set.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct loom_plan {
    const loom_scan *scan;
    loom_task *tasks;
    size_t count;
    loom_arena arena; /* output paths */
    loom_failures failures;
    loom_folder_set folders;
    loom_path_set inputs; /* entries by file id */
};

/* What is needed while planning. */
typedef struct planner {
    loom_plan *plan;
    const loom_recipe *recipe;
    const loom_plan_options *options;
    loom_output_namer namer;

    uint32_t *folders;     /* of each task planned so far: index in plan->folders */
    loom_path_set outputs; /* tasks by folder and name */

    uint32_t open_folder; /* that `descriptor` is open on */
    int descriptor;       /* -1: none */
} planner;

static loom_status out_of_memory(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_PLAN, "out of memory");
}

/* Marks the task as failed. False: out of memory. */
static bool fail_task(planner *p, loom_task *task, const loom_error *error)
{
    task->error = loom_failures_keep(&p->plan->failures, error);
    return task->error != NULL;
}

static bool refuse(planner *p, loom_task *task, loom_status code, const char *format, ...)
    LOOM_PRINTF(4, 5);

static bool refuse(planner *p, loom_task *task, loom_status code, const char *format, ...)
{
    loom_error error = LOOM_ERROR_INIT;
    va_list args;

    va_start(args, format);
    (void)loom_error_set_v(&error, code, LOOM_STAGE_PLAN, format, args);
    va_end(args);
    return fail_task(p, task, &error);
}

/* ---- inputs by identity --------------------------------------------------------------------- */

static bool same_file(const void *context, uint32_t item, const void *key)
{
    const loom_scan *scan = context;
    const loom_file_id *id = key, *other = &loom_scan_entry(scan, item)->id;

    return other->inode == id->inode && other->device == id->device;
}

static uint32_t find_input(const loom_plan *plan, loom_file_id id)
{
    return loom_path_set_find(&plan->inputs, loom_hash_id(id), same_file, plan->scan, &id);
}

static bool index_inputs(loom_plan *plan)
{
    for (size_t i = 0; i < loom_scan_count(plan->scan); i++) {
        loom_file_id id = loom_scan_entry(plan->scan, i)->id;
        if ((id.device != 0 || id.inode != 0) && find_input(plan, id) == LOOM_PATH_SET_NONE &&
            !loom_path_set_add(&plan->inputs, loom_hash_id(id), (uint32_t)i))
            return false;
    }
    return true;
}

bool loom_plan_is_input(const loom_plan *plan, const char *path)
{
    struct stat info;

    return loom_path_stat(path, &info) == 0 &&
           find_input(plan, loom_path_id(&info)) != LOOM_PATH_SET_NONE;
}

/* ---- what stands at the output path --------------------------------------------------------- */

/* Whether something does; links are followed where they lead somewhere. */
static bool look(planner *p, uint32_t folder, const char *name, struct stat *info)
{
    const loom_folder *in = &p->plan->folders.folders[folder];
    struct stat target;

    if (!in->exists)
        return false;
    if (p->descriptor < 0 || p->open_folder != folder) {
        if (p->descriptor >= 0)
            (void)close(p->descriptor);
        p->descriptor = loom_path_open(*in->path != '\0' ? in->path : ".", O_PATH | O_DIRECTORY);
        p->open_folder = folder;
    }
    if (p->descriptor < 0 || fstatat(p->descriptor, name, info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(info->st_mode) && fstatat(p->descriptor, name, &target, 0) == 0)
        *info = target;
    return true;
}

static bool check_overwrite(planner *p, loom_task *task, const struct stat *info)
{
    if (S_ISDIR(info->st_mode))
        return refuse(p, task, LOOM_ERR_NOT_A_FILE, "a folder stands at the output path");
    uint32_t input = find_input(p->plan, loom_path_id(info));
    if (input == LOOM_PATH_SET_NONE)
        return true;
    const loom_entry *entry = loom_scan_entry(p->plan->scan, input);
    if (entry->id.inode == task->input_id.inode && entry->id.device == task->input_id.device)
        return refuse(p, task, LOOM_ERR_WOULD_OVERWRITE_INPUT,
                      "the output would replace its own input");
    return refuse(p, task, LOOM_ERR_WOULD_OVERWRITE_INPUT,
                  "the output would replace another input, %s", entry->path);
}

static bool apply_if_exists(planner *p, loom_task *task, const struct stat *info)
{
    switch (p->options->if_exists) {
    case LOOM_IF_EXISTS_SKIP:
        task->skip_reason = "output exists";
        break;
    case LOOM_IF_EXISTS_NEWER:
        if (loom_path_time(info->st_mtim) >= task->input_mtime_ns)
            task->skip_reason = "output is newer than the input";
        break;
    case LOOM_IF_EXISTS_ERROR:
        return refuse(p, task, LOOM_ERR_EXISTS, "the output exists");
    case LOOM_IF_EXISTS_REPLACE:
        break;
    }
    return true;
}

/* ---- collisions ----------------------------------------------------------------------------- */

typedef struct output_key {
    uint32_t same;    /* folder */
    const char *name; /* folded where the folder folds */
} output_key;

static bool same_output(const void *context, uint32_t item, const void *wanted)
{
    const planner *p = context;
    const output_key *key = wanted;
    const loom_folder *folder = &p->plan->folders.folders[p->folders[item]];
    const char *name = loom_path_base(p->plan->tasks[item].output_path);

    if (folder->same != key->same)
        return false;
    if (!folder->folds)
        return strcmp(name, key->name) == 0;
    loom_strbuf folded = LOOM_STRBUF_INIT;
    loom_naming_fold(&folded, name, strlen(name));
    bool same = strcmp(loom_strbuf_str(&folded), key->name) == 0;
    loom_strbuf_release(&folded);
    return same;
}

/* Finds an earlier task with this output path, or notes this one as the first. */
static bool check_collision(planner *p, loom_task *task, uint32_t folder)
{
    const loom_folder *in = &p->plan->folders.folders[folder];
    loom_strbuf folded = LOOM_STRBUF_INIT;
    output_key key = {in->same, p->namer.path.data + p->namer.name};
    bool done;

    if (in->folds) {
        loom_naming_fold(&folded, key.name, strlen(key.name));
        key.name = loom_strbuf_str(&folded);
    }
    uint64_t hash = loom_hash_bytes(key.same, key.name, strlen(key.name));
    uint32_t first = loom_path_set_find(&p->outputs, hash, same_output, p, &key);
    if (first != LOOM_PATH_SET_NONE)
        done = refuse(p, task, LOOM_ERR_COLLISION, "its output path is already that of %s",
                      p->plan->tasks[first].input_path);
    else
        done = loom_path_set_add(&p->outputs, hash, (uint32_t)task->seq);
    done = done && !folded.failed;
    loom_strbuf_release(&folded);
    return done;
}

/* ---- planning ------------------------------------------------------------------------------- */

/* Looks at where the output is to go, which is named. False: out of memory. */
static bool check_output(planner *p, loom_task *task)
{
    const char *path = p->namer.path.data;
    size_t name = p->namer.name;
    struct stat info;
    uint32_t folder;

    if (!loom_folder_set_find(&p->plan->folders, path, name, &folder))
        return false;
    p->folders[task->seq] = folder;
    bool stands = look(p, folder, path + name, &info);
    if (stands && (!check_overwrite(p, task, &info) || task->error != NULL))
        return task->error != NULL;
    if (!check_collision(p, task, folder) || task->error != NULL)
        return task->error != NULL;
    return !stands || apply_if_exists(p, task, &info);
}

static loom_task *add_task(planner *p, const loom_entry *entry, unsigned size)
{
    loom_plan *plan = p->plan;
    loom_task *task = &plan->tasks[plan->count];

    *task = (loom_task){.seq = plan->count,
                        .input_path = entry->path,
                        .size = size,
                        .input_size = entry->size,
                        .input_mtime_ns = entry->mtime_ns,
                        .input_id = entry->id};
    plan->count++;
    return task;
}

/* One size of an entry that the namer has entered. False: out of memory. */
static bool plan_size(planner *p, const loom_entry *entry, unsigned size)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_task *task = add_task(p, entry, size);
    loom_status status = loom_output_namer_name(&p->namer, &p->recipe->sizes[size], &error);

    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return false;
    task->format = p->namer.format;
    task->output_path = loom_arena_copy(&p->plan->arena, p->namer.path.data, p->namer.path.size);
    if (task->output_path == NULL)
        return false;
    return status == LOOM_OK ? check_output(p, task) : fail_task(p, task, &error);
}

/* An entry without outputs has one row still. False: out of memory. */
static bool plan_entry(planner *p, const loom_entry *entry)
{
    loom_error error = LOOM_ERROR_INIT;

    if (entry->error != NULL) {
        add_task(p, entry, 0)->error = entry->error;
        return true;
    }
    loom_status status = loom_output_namer_enter(&p->namer, entry, &error);
    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return false;
    if (status != LOOM_OK)
        return fail_task(p, add_task(p, entry, 0), &error);
    for (unsigned size = 0; size < p->recipe->size_count; size++)
        if (!plan_size(p, entry, size))
            return false;
    return true;
}

static bool plan_all(planner *p)
{
    loom_plan *plan = p->plan;
    size_t entries = loom_scan_count(plan->scan), most;

    /* Item numbers of the sets have 32 bits. */
    if (!loom_size_mul(entries, p->recipe->size_count, &most) || most >= LOOM_PATH_SET_NONE)
        return false;
    plan->tasks = loom_alloc_array(most, sizeof *plan->tasks);
    p->folders = loom_alloc_array(most, sizeof *p->folders);
    if (plan->tasks == NULL || p->folders == NULL || !index_inputs(plan))
        return false;
    if (p->options->output_root != NULL)
        loom_folder_set_root(&plan->folders, p->options->output_root);
    for (size_t i = 0; i < entries; i++)
        if (!plan_entry(p, loom_scan_entry(plan->scan, i)))
            return false;
    return true;
}

loom_status loom_plan_create(loom_plan **plan, const loom_scan *scan, const loom_recipe *recipe,
                             const loom_plan_options *options, loom_error *err)
{
    planner p = {.recipe = recipe, .options = options, .descriptor = -1};
    loom_status status = loom_output_namer_init(&p.namer, scan, recipe, options, err);

    if (status != LOOM_OK)
        goto done;
    p.plan = calloc(1, sizeof *p.plan);
    if (p.plan == NULL) {
        status = out_of_memory(err);
        goto done;
    }
    p.plan->scan = scan;
    if (plan_all(&p)) {
        *plan = p.plan;
        p.plan = NULL;
    } else {
        status = out_of_memory(err);
    }

done:
    if (p.descriptor >= 0)
        (void)close(p.descriptor);
    loom_path_set_release(&p.outputs);
    loom_output_namer_release(&p.namer);
    free(p.folders);
    loom_plan_free(p.plan);
    return status;
}

void loom_plan_free(loom_plan *plan)
{
    if (plan == NULL)
        return;
    loom_path_set_release(&plan->inputs);
    loom_folder_set_release(&plan->folders);
    loom_failures_release(&plan->failures);
    loom_arena_release(&plan->arena);
    free(plan->tasks);
    free(plan);
}

size_t loom_plan_count(const loom_plan *plan)
{
    return plan->count;
}

const loom_task *loom_plan_tasks(const loom_plan *plan)
{
    return plan->tasks;
}

size_t loom_plan_sweep(const loom_plan *plan)
{
    size_t removed = 0;

    for (size_t i = 0; i < plan->folders.count; i++) {
        const loom_folder *folder = &plan->folders.folders[i];
        if (folder->exists && folder->same == i)
            removed += loom_output_sweep(*folder->path != '\0' ? folder->path : ".");
    }
    return removed;
}
