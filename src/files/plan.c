#include "files/planner.h"

#include "base/error.h"
#include "base/memory.h"
#include "files/folder_set.h"
#include "files/naming.h"
#include "files/output.h"
#include "files/path.h"
#include "picture/recipe_fields.h"
#include <errno.h>
#include <fcntl.h>
#include <imgloom/plan.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool loom_plan_is_input(const loom_plan *plan, const char *path)
{
    struct stat info;

    if (plan->scan == NULL || loom_path_stat(path, &info) != 0)
        return false;
    bool is = loom_planner_find_input(plan, loom_path_id(&info)) != LOOM_INDEX_SET_NONE;
    for (size_t i = 0; i < loom_scan_count(plan->scan) && !is; i++)
        is = loom_planner_is_again(loom_scan_entry(plan->scan, i), &info);
    return is;
}

/* ---- planning ------------------------------------------------------------ */

static loom_task *add_task(loom_planner *p, const loom_entry *entry, unsigned output)
{
    loom_plan *plan = p->plan;
    loom_task *task = &plan->tasks[plan->count];

    *task = (loom_task){.seq = plan->count,
                        .input_path = entry->path,
                        .entry = p->entry,
                        .size = output / loom_recipe_formats(p->recipe),
                        .output = output,
                        .input_size = entry->size,
                        .input_mtime_ns = entry->mtime_ns,
                        .input_id = entry->id};
    plan->count++;
    return task;
}

/* One output of an entry that the namer has entered. False: out of memory. */
static bool plan_output(loom_planner *p, const loom_entry *entry, unsigned output)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_task *task = add_task(p, entry, output);
    loom_status status = loom_output_namer_name(
        &p->namer, &p->recipe->sizes[task->size],
        loom_recipe_format_at(p->recipe, output % loom_recipe_formats(p->recipe)), &error);

    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return false;
    task->format = p->namer.format;
    task->tree = p->tree;
    task->output_path = loom_arena_copy(&p->plan->arena, p->namer.path.data, p->namer.path.size);
    if (task->output_path == NULL)
        return false;
    return status == LOOM_OK ? loom_planner_check_output(p, task)
                             : loom_planner_fail(p, task, &error);
}

/* Whether an earlier output of the entry is the same: `same` may be another format of the recipe.
 */
static bool is_repeated(const loom_planner *p, unsigned output)
{
    const unsigned formats = loom_recipe_formats(p->recipe), own = output % formats;
    const loom_format format =
        loom_naming_format(p->namer.base, loom_recipe_format_at(p->recipe, own));

    for (unsigned i = 0; i < own; i++)
        if (loom_naming_format(p->namer.base, loom_recipe_format_at(p->recipe, i)) == format)
            return true;
    return false;
}

/* Sets the tree of an entry's outputs; adjacent entries in a folder share one. False: out of
 * memory. */
static bool enter_tree(loom_planner *p, const loom_entry *entry)
{
    const size_t size = (size_t)(p->namer.base - entry->path);

    if (p->plan->root_path != NULL) {
        p->tree = &p->plan->root;
        return true;
    }
    if (p->tree != NULL && p->tree->root_size == size &&
        memcmp(p->tree_path, entry->path, size) == 0)
        return true;
    loom_output_tree *tree = loom_arena_alloc(&p->plan->arena, sizeof *tree);
    if (tree == NULL)
        return false;
    *tree = (loom_output_tree){.root_size = size, .root = -1};
    p->tree = tree;
    p->tree_path = entry->path;
    return true;
}

/* Plans an entry; one without outputs still has a row. False: out of memory. */
static bool plan_entry(loom_planner *p, const loom_entry *entry)
{
    loom_error error = LOOM_ERROR_INIT;

    if (entry->error != NULL) {
        add_task(p, entry, 0)->error = entry->error;
        return true;
    }
    loom_status status = loom_output_namer_enter(&p->namer, entry, p->entry, &error);
    if (status == LOOM_ERR_OUT_OF_MEMORY || !enter_tree(p, entry))
        return false;
    if (status != LOOM_OK)
        return loom_planner_fail(p, add_task(p, entry, 0), &error);
    for (unsigned output = 0; output < loom_recipe_outputs(p->recipe); output++)
        if (!is_repeated(p, output) && !plan_output(p, entry, output))
            return false;
    return true;
}

/* Opens the output folder if it exists. False: out of memory. */
static bool record_root(loom_planner *p)
{
    const char *root = p->options->output_root;
    loom_plan *plan = p->plan;

    plan->root_path = loom_arena_copy(&plan->arena, root, strlen(root));
    if (plan->root_path == NULL)
        return false;
    plan->root.root_size = p->namer.root_size;
    plan->root.root = loom_output_root_open(root, strlen(root));
    loom_folder_set_root(&plan->folders, root);
    return true;
}

static bool plan_all(loom_planner *p)
{
    loom_plan *plan = p->plan;
    size_t entries = loom_scan_count(plan->scan), max_tasks;

    /* Item numbers of the sets have 32 bits. */
    if (!loom_size_mul(entries, loom_recipe_outputs(p->recipe), &max_tasks) ||
        max_tasks >= LOOM_INDEX_SET_NONE)
        return false;
    plan->tasks = loom_alloc_array(max_tasks, sizeof *plan->tasks);
    p->folders = loom_alloc_array(max_tasks, sizeof *p->folders);
    if (plan->tasks == NULL || p->folders == NULL || !loom_planner_index_inputs(plan))
        return false;
    if (p->options->output_root != NULL && !record_root(p))
        return false;
    for (size_t i = 0; i < entries; i++) {
        p->entry = (uint32_t)i;
        if (!plan_entry(p, loom_scan_entry(plan->scan, i)))
            return false;
    }
    return true;
}

loom_plan_options *loom_plan_options_create(void)
{
    return calloc(1, sizeof(loom_plan_options));
}

void loom_plan_options_free(loom_plan_options *options)
{
    free(options);
}

/* Zero: there is no such file. */
static loom_file_id identify(const char *path)
{
    struct stat info;

    return path[0] != '\0' && stat(path, &info) == 0 ? loom_path_id(&info) : (loom_file_id){0, 0};
}

loom_status loom_plan_create(loom_plan **plan, const loom_scan *scan, const loom_recipe *recipe,
                             const loom_plan_options *options, loom_error *err)
{
    const loom_plan_options defaults = {.output_root = NULL};
    if (options == NULL)
        options = &defaults;
    loom_planner p = {.recipe = recipe, .options = options, .descriptor = -1};
    loom_status status = loom_recipe_check(recipe, err);

    p.named[0] = identify(recipe->watermark.path);
    p.named[1] = identify(recipe->font.path);
    if (status == LOOM_OK)
        status = loom_output_namer_init(&p.namer, scan, recipe, options, err);
    if (status != LOOM_OK)
        goto done;
    p.plan = calloc(1, sizeof *p.plan);
    if (p.plan == NULL) {
        status = loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
        goto done;
    }
    p.plan->scan = scan;
    p.plan->recipe = *recipe;
    p.plan->history = options->history;
    if (options->settings != NULL) {
        p.plan->own_settings = *options->settings;
        p.plan->settings = &p.plan->own_settings;
    }
    p.plan->root.root = -1;
    if (plan_all(&p)) {
        *plan = p.plan;
        p.plan = NULL;
    } else {
        status = loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    }

done:
    if (p.descriptor >= 0)
        (void)close(p.descriptor);
    loom_index_set_release(&p.outputs);
    loom_index_set_release(&p.standing);
    free(p.by_time);
    loom_output_namer_release(&p.namer);
    free(p.folders);
    loom_plan_free(p.plan);
    return status;
}

void loom_plan_free(loom_plan *plan)
{
    if (plan == NULL)
        return;
    if (plan->root.root >= 0)
        (void)close(plan->root.root);
    loom_index_set_release(&plan->inputs);
    loom_folder_set_release(&plan->folders);
    loom_error_pool_release(&plan->failures);
    loom_arena_release(&plan->arena);
    free(plan->tasks);
    free(plan);
}

size_t loom_plan_count(const loom_plan *plan)
{
    return plan->count;
}

const loom_task *loom_plan_task(const loom_plan *plan, size_t index)
{
    return &plan->tasks[index];
}

void loom_plan_name_temporaries(loom_plan *plan, const loom_temporaries *temporaries)
{
    plan->root.temporaries = temporaries;
    for (size_t i = 0; i < plan->count; i++) {
        /* The plan's own, which is const for those who use it. */
        loom_output_tree *tree = (loom_output_tree *)(uintptr_t)plan->tasks[i].tree;
        if (tree != NULL)
            tree->temporaries = temporaries;
    }
}

loom_status loom_plan_enter(loom_plan *plan, loom_error *err)
{
    if (plan->root_path == NULL)
        return LOOM_OK;
    if (plan->root.root >= 0)
        return loom_output_root_writable(plan->root.root, err);
    return loom_output_root_make(plan->root_path, &plan->root.root, err);
}

/* Removes the temporary files of dead runs from the open folder, and closes it. */
static size_t sweep(int folder)
{
    size_t removed = loom_output_sweep(folder);

    if (folder >= 0)
        (void)close(folder);
    return removed;
}

/* Adds the parent of a folder in the set, within its tree. */
static void add_parent(loom_plan *plan, size_t index)
{
    const loom_folder *folder = &plan->folders.folders[index];
    size_t size = strlen(folder->path);
    uint32_t parent;

    while (size > folder->tree->root_size && folder->path[size - 1] == '/')
        size--;
    if (size <= folder->tree->root_size)
        return;
    size = loom_path_above(folder->path, size);
    if (size < folder->tree->root_size)
        size = folder->tree->root_size;
    /* Without memory for it, it is not swept this time. */
    (void)loom_folder_set_find(&plan->folders, folder->tree, folder->path, size, &parent);
}

size_t loom_plan_sweep(loom_plan *plan)
{
    size_t removed = 0;

    for (size_t i = 0; i < plan->folders.count; i++) { /* which grows */
        const loom_folder *folder = &plan->folders.folders[i];
        if (folder->exists && folder->same == i)
            removed += sweep(loom_folder_set_open(&plan->folders, i));
        add_parent(plan, i);
    }
    return removed;
}

/* ---- whether two paths are one output ------------------------------------ */

typedef enum likeness { DIFFERENT = 0, BUT_FOR_CASE, SAME } likeness;

static likeness compare(const char *one, const char *other)
{
    loom_strbuf folded = LOOM_STRBUF_INIT, other_folded = LOOM_STRBUF_INIT;

    if (strcmp(one, other) == 0)
        return SAME;
    loom_naming_fold(&folded, one, strlen(one));
    loom_naming_fold(&other_folded, other, strlen(other));
    const bool same = strcmp(loom_strbuf_str(&folded), loom_strbuf_str(&other_folded)) == 0;
    loom_strbuf_release(&folded);
    loom_strbuf_release(&other_folded);
    return same ? BUT_FOR_CASE : DIFFERENT;
}

/* The real path of a file's folder, even if it does not exist yet; NULL: unknown. */
static char *real_folder(const char *path)
{
    const size_t size = loom_path_above(path, strlen(path));
    loom_strbuf plain = LOOM_STRBUF_INIT;
    char *folder = strndup(path, size);
    char *real = folder != NULL ? loom_path_real(size > 0 ? folder : ".") : NULL;

    free(folder);
    if (real == NULL)
        return NULL;
    (void)loom_naming_tree(&plain, real, strlen(real));
    if (plain.size == 0)
        loom_strbuf_add_char(&plain, '/');
    free(real);
    return loom_strbuf_take(&plain);
}

/* For a folder by its real path, which need not exist yet. */
static bool ignores_case(char *real)
{
    int folder;

    while ((folder = loom_path_open(real, O_PATH | O_DIRECTORY)) < 0 && real[1] != '\0') {
        const size_t above = loom_path_above(real, strlen(real));
        real[above > 1 ? above : 1] = '\0';
    }
    const bool ignores = folder >= 0 && loom_folder_folding(folder) == LOOM_FOLDING_CASE;
    if (folder >= 0)
        (void)close(folder);
    return ignores;
}

bool loom_output_is_same(const char *one, const char *other)
{
    struct stat info, other_info;

    if (loom_path_stat(one, &info) == 0 && loom_path_stat(other, &other_info) == 0 &&
        loom_path_same(loom_path_id(&info), loom_path_id(&other_info)))
        return true;
    const likeness names = compare(loom_path_base(one), loom_path_base(other));
    if (names == DIFFERENT)
        return false;
    char *folder = real_folder(one), *other_folder = real_folder(other);
    bool same = folder != NULL && other_folder != NULL;
    if (same) {
        const likeness folders = compare(folder, other_folder);
        same = folders != DIFFERENT && ((names == SAME && folders == SAME) || ignores_case(folder));
    }
    free(folder);
    free(other_folder);
    return same;
}

static void fold_name(loom_strbuf *folded, const char *path)
{
    const char *name = loom_path_base(path);

    loom_strbuf_truncate(folded, 0);
    loom_naming_fold(folded, name, strlen(name));
}

bool loom_plan_is_output(const loom_plan *plan, const char *path)
{
    char *target = realpath(path, NULL); /* the target of a link */
    loom_strbuf own = LOOM_STRBUF_INIT, led_to = LOOM_STRBUF_INIT, name = LOOM_STRBUF_INIT;
    bool found = false;

    /* There may be a million outputs: those without one of these names are not examined further. */
    fold_name(&own, path);
    fold_name(&led_to, target != NULL ? target : path);
    for (size_t i = 0; i < loom_plan_count(plan) && !found; i++) {
        const char *output = loom_plan_task(plan, i)->output_path;
        if (output == NULL)
            continue;
        fold_name(&name, output);
        const bool unknown = name.failed || own.failed || led_to.failed;
        found = (unknown || strcmp(loom_strbuf_str(&name), loom_strbuf_str(&own)) == 0 ||
                 strcmp(loom_strbuf_str(&name), loom_strbuf_str(&led_to)) == 0) &&
                loom_output_is_same(output, path);
    }
    loom_strbuf_release(&own);
    loom_strbuf_release(&led_to);
    loom_strbuf_release(&name);
    free(target);
    return found;
}
