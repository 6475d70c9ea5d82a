/* A plan of outputs that were planned before: their paths are taken as they are. */
#include "files/planner.h"

#include "base/error.h"
#include "base/memory.h"
#include "files/output.h"
#include "files/path.h"
#include "picture/recipe_fields.h"
#include <stdlib.h>
#include <string.h>

typedef struct maker {
    loom_plan *plan;
    const loom_output_tree *tree; /* beside inputs: of the last input */
    const char *tree_path;        /* a path that begins with the root of it */
} maker;

/* Whether the path has no component that is empty, "." or "..". */
static bool is_plain(const char *path)
{
    for (const char *part = path;;) {
        const size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        if (part[length] == '\0')
            return true;
        part += length + 1;
    }
}

/* The number of bytes of an output's path that name its root; SIZE_MAX: it is not below it. */
static size_t root_of(const loom_plan *plan, const loom_item *item)
{
    const bool beside = plan->root_path == NULL;
    const char *root = beside ? item->input_path : plan->root_path;
    const size_t size = beside ? (size_t)(loom_path_base(root) - root) : plan->root.root_size;
    const char *rest = item->output_path + size;

    if (strncmp(item->output_path, root, size) != 0)
        return SIZE_MAX;
    if (!beside && *rest++ != '/') /* which the folder of an input has already */
        return SIZE_MAX;
    return is_plain(rest) ? size : SIZE_MAX;
}

/* Sets the tree of a task; adjacent ones in a folder share it. False: out of memory. */
static bool enter_tree(maker *m, loom_task *task, size_t root_size)
{
    if (m->plan->root_path != NULL) {
        task->tree = &m->plan->root;
        return true;
    }
    if (m->tree == NULL || m->tree->root_size != root_size ||
        memcmp(m->tree_path, task->output_path, root_size) != 0) {
        loom_output_tree *tree = loom_arena_alloc(&m->plan->arena, sizeof *tree);
        if (tree == NULL)
            return false;
        *tree = (loom_output_tree){.root_size = root_size, .root = -1};
        m->tree = tree;
        m->tree_path = task->output_path;
    }
    task->tree = m->tree;
    return true;
}

static bool refuse_path(maker *m, loom_task *task)
{
    loom_error error = LOOM_ERROR_INIT;

    (void)loom_error_set(
        &error, LOOM_ERR_UNSAFE_PATH, LOOM_STAGE_PLAN, "the output path is not below %s",
        m->plan->root_path != NULL ? "the output folder of the plan" : "the folder of its input");
    task->error = loom_error_pool_keep(&m->plan->failures, &error);
    return task->error != NULL;
}

/* False: out of memory. */
static bool add_item(maker *m, const loom_item *item)
{
    loom_plan *plan = m->plan;
    loom_task *task = &plan->tasks[plan->count];
    const loom_task *last = plan->count > 0 ? task - 1 : NULL;

    *task = (loom_task){.seq = item->item,
                        .input_path = item->input_path,
                        .output_path = item->output_path,
                        .size = item->output / loom_recipe_formats(&plan->recipe),
                        .output = item->output,
                        .format = item->format,
                        .input_size = item->bytes,
                        .error = item->error,
                        .skip_reason = item->error == NULL ? item->skip_reason : NULL};
    /* Outputs of one input are known by one pointer. */
    if (last != NULL && item->output > last->output &&
        strcmp(last->input_path, item->input_path) == 0)
        task->input_path = last->input_path;
    plan->count++;
    if (item->output_path == NULL)
        return true;
    const size_t root_size = root_of(plan, item);
    if (root_size != SIZE_MAX)
        return enter_tree(m, task, root_size);
    return task->error != NULL || refuse_path(m, task);
}

/* What is run has an output of the recipe, in a format; what has none is an error. */
static bool are_possible(const loom_item *items, size_t count, const loom_recipe *recipe)
{
    const unsigned outputs = loom_recipe_outputs(recipe);

    for (size_t i = 0; i < count; i++)
        if (items[i].output >= outputs ||
            (items[i].error == NULL &&
             (items[i].output_path == NULL || items[i].format == LOOM_FORMAT_SAME ||
              (unsigned)items[i].format >= LOOM_FORMAT_COUNT)))
            return false;
    return true;
}

/* Opens the output folder if it exists. False: out of memory. */
static bool enter_root(loom_plan *plan, const char *root)
{
    size_t size = strlen(root);

    plan->root_path = loom_arena_copy(&plan->arena, root, size);
    while (size > 0 && root[size - 1] == '/')
        size--;
    plan->root.root_size = size;
    plan->root.root = loom_output_root_open(root, strlen(root));
    return plan->root_path != NULL;
}

static bool fill(loom_plan *plan, const loom_item *items, size_t count, const char *output_root)
{
    maker m = {.plan = plan};

    plan->tasks = loom_alloc_array(count, sizeof *plan->tasks);
    if (plan->tasks == NULL || (output_root != NULL && !enter_root(plan, output_root)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_item(&m, &items[i]))
            return false;
    return true;
}

loom_status loom_plan_create_of_items(loom_plan **plan, const loom_item *items, size_t count,
                                      const loom_recipe *recipe, const char *output_root,
                                      const loom_settings *settings, const loom_history *history,
                                      loom_error *err)
{
    const loom_status status = loom_recipe_check(recipe, err);

    if (status != LOOM_OK)
        return status;
    if (!are_possible(items, count, recipe))
        return loom_usage(err, "an item is of no output of the recipe");
    loom_plan *made = calloc(1, sizeof *made);
    if (made == NULL)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    made->recipe = *recipe;
    made->history = history;
    made->root.root = -1;
    if (settings != NULL) {
        made->own_settings = *settings;
        made->own_settings.if_exists = LOOM_IF_EXISTS_REPLACE;
        made->settings = &made->own_settings;
    }
    if (!fill(made, items, count, output_root)) {
        loom_plan_free(made);
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    }
    *plan = made;
    return LOOM_OK;
}
