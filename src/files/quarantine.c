#include <imgloom/quarantine.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "files/output_name.h"
#include "files/output_tree.h"
#include "files/path.h"
#include "picture/recipe_fields.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loom_quarantine {
    const loom_scan *scan; /* that tasks were planned from; of a plan of items: own_scan */
    loom_scan *own_scan;   /* without entries; NULL: none */
    bool rooted;           /* outputs have a folder of their own */
    char *folder;          /* as it was given, without final slashes */
    char *working;         /* base of relative inputs */
    loom_recipe recipe;
    loom_output_namer namer;
    loom_output_tree tree; /* root -1: not made yet */
    uint64_t count;
    const char *last; /* input path of the last task: its other sizes need no second link */

    loom_strbuf path, target, name;
};

static loom_status usage(loom_error *err, const char *message, const char *detail)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s%s", message, detail);
}

/* ---- where it may be ----------------------------------------------------- */

/* Whether a real path equals the folder's real path, or lies in it. */
static bool lies_in(const char *path, const char *folder)
{
    const size_t size = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

    return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static loom_status check_output(const char *real, const char *output_root, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (output_root == NULL)
        return LOOM_OK;
    char *output = loom_path_real(output_root);
    if (output == NULL)
        return loom_error_set_errno(err, LOOM_STAGE_PLAN, errno, "cannot find the folder");
    if (lies_in(real, output) || lies_in(output, real))
        status = usage(err, "the folder and the output folder must be separate", "");
    free(output);
    return status;
}

static bool is_inside(const char *folder, const char *real)
{
    char *path = realpath(folder, NULL);
    const bool inside = path != NULL && lies_in(path, real);

    free(path);
    return inside;
}

/* Of an input; `parent` holds the folder of the last one. */
static loom_status check_input(const char *real, const char *path, loom_strbuf *parent,
                               loom_error *err)
{
    const size_t size = (size_t)(loom_path_base(path) - path);

    if (parent->data != NULL && parent->size == size && memcmp(parent->data, path, size) == 0)
        return LOOM_OK; /* the usual case */
    loom_strbuf_clear(parent);
    loom_strbuf_add(parent, path, size);
    if (parent->failed)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    if (is_inside(size > 0 ? parent->data : ".", real))
        return usage(err, "an input lies in it: ", path);
    return LOOM_OK;
}

/* No input may lie in the folder: its link could be placed next to it. */
static loom_status check_inputs(const char *real, const loom_scan *scan, loom_error *err)
{
    loom_strbuf parent = LOOM_STRBUF_INIT;
    loom_status status = LOOM_OK;

    for (unsigned i = 0; i < loom_scan_input_count(scan); i++) {
        const char *input = loom_scan_input_path(scan, i);
        if (loom_scan_input_kind(scan, i) == LOOM_INPUT_FOLDER && is_inside(input, real))
            return usage(err, "it is an input or contains one: ", input);
    }
    for (size_t i = 0; i < loom_scan_count(scan) && status == LOOM_OK; i++)
        status = check_input(real, loom_scan_entry(scan, i)->path, &parent, err);
    loom_strbuf_release(&parent);
    return status;
}

static loom_status check_tasks(const char *real, const loom_plan *plan, loom_error *err)
{
    loom_strbuf parent = LOOM_STRBUF_INIT;
    loom_status status = LOOM_OK;

    for (size_t i = 0; i < loom_plan_count(plan) && status == LOOM_OK; i++)
        status = check_input(real, loom_plan_task(plan, i)->input_path, &parent, err);
    loom_strbuf_release(&parent);
    return status;
}

/* ---- create and free ----------------------------------------------------- */

static loom_status set_up(loom_quarantine *q, const char *folder, loom_error *err)
{
    size_t size = strlen(folder);

    while (size > 1 && folder[size - 1] == '/')
        size--;
    q->folder = strndup(folder, size);
    q->working = getcwd(NULL, 0);
    if (q->working == NULL && errno != ENOMEM)
        return loom_error_set_errno(err, LOOM_STAGE_PLAN, errno,
                                    "cannot find the path of the working folder");
    if (q->folder == NULL || q->working == NULL)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    loom_recipe_init(&q->recipe);
    q->tree.root_size = strcmp(q->folder, "/") == 0 ? 0 : size;
    const loom_plan_options options = {.output_root = q->folder};
    return loom_output_namer_init(&q->namer, q->scan, &q->recipe, &options, err);
}

/* Of a scan, or of a plan of items. */
static loom_status create(loom_quarantine **quarantine, const char *folder, const loom_scan *scan,
                          const loom_plan *plan, const char *output_root, loom_error *err)
{
    loom_status status = loom_output_root_check(folder, err);
    loom_quarantine *q = NULL;
    char *real = NULL;

    if (status != LOOM_OK)
        return status;
    real = loom_path_real(folder);
    q = calloc(1, sizeof *q);
    if (real == NULL || q == NULL) {
        status = loom_error_set_errno(err, LOOM_STAGE_PLAN, errno, "cannot find the folder");
        goto done;
    }
    q->tree.root = -1;
    q->rooted = output_root != NULL;
    q->own_scan = scan == NULL ? loom_scan_create(NULL) : NULL;
    q->scan = scan != NULL ? scan : q->own_scan;
    if (q->scan == NULL)
        status = loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    if (status == LOOM_OK)
        status = check_output(real, output_root, err);
    if (status == LOOM_OK)
        status = scan != NULL ? check_inputs(real, scan, err) : check_tasks(real, plan, err);
    if (status == LOOM_OK)
        status = set_up(q, folder, err);
    if (status == LOOM_OK) {
        *quarantine = q;
        q = NULL;
    }

done:
    loom_quarantine_free(q);
    free(real);
    return status;
}

loom_status loom_quarantine_create(loom_quarantine **quarantine, const char *folder,
                                   const loom_scan *scan, const char *output_root, loom_error *err)
{
    return create(quarantine, folder, scan, NULL, output_root, err);
}

loom_status loom_quarantine_create_of_items(loom_quarantine **quarantine, const char *folder,
                                            const loom_plan *plan, const char *output_root,
                                            loom_error *err)
{
    return create(quarantine, folder, NULL, plan, output_root, err);
}

void loom_quarantine_free(loom_quarantine *quarantine)
{
    if (quarantine == NULL)
        return;
    if (quarantine->tree.root >= 0)
        (void)close(quarantine->tree.root);
    loom_output_namer_release(&quarantine->namer);
    loom_scan_free(quarantine->own_scan);
    loom_strbuf_release(&quarantine->path);
    loom_strbuf_release(&quarantine->target);
    loom_strbuf_release(&quarantine->name);
    free(quarantine->working);
    free(quarantine->folder);
    free(quarantine);
}

/* ---- links --------------------------------------------------------------- */

/*
 * The part of an item's input path that its output repeats: as many folders as both end with. Where
 * that is not all that the output is in (a template, outputs beside inputs), the whole path, as
 * that of a list.
 */
static const char *find_relative(const loom_quarantine *q, const loom_task *task)
{
    const char *path = task->input_path, *base = loom_path_base(path);

    if (!q->rooted || task->output_path == NULL || task->tree == NULL)
        return path;
    const char *folder = task->output_path + task->tree->root_size;
    folder += strspn(folder, "/");
    const size_t size = (size_t)(loom_path_base(folder) - folder);
    if (size > (size_t)(base - path))
        return path;
    const char *relative = base - size;
    return memcmp(relative, folder, size) == 0 && (relative == path || relative[-1] == '/')
               ? relative
               : path;
}

/* Sets q->path to the link's preferred path; *name: the start of its last component. */
static loom_status name_link(loom_quarantine *q, const loom_entry *entry, size_t *name,
                             loom_error *err)
{
    loom_error ignored = LOOM_ERROR_INIT;

    /* A listed path that leads upwards has no place in the tree: its link goes to the top folder.
     */
    const loom_status status = loom_output_namer_enter(&q->namer, entry, 0, &ignored);
    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    loom_strbuf_clear(&q->path);
    loom_strbuf_add(&q->path, q->folder, q->tree.root_size);
    if (status == LOOM_OK)
        loom_strbuf_add(&q->path, loom_strbuf_str(&q->namer.tree), q->namer.tree.size);
    loom_strbuf_add_char(&q->path, '/');
    *name = q->path.size;
    loom_strbuf_add_str(&q->path, loom_path_base(entry->path));
    return q->path.failed ? loom_no_memory(err, LOOM_STAGE_PLAN, NULL) : LOOM_OK;
}

/* Sets q->target to the absolute path of an input. */
static loom_status aim(loom_quarantine *q, const char *path, loom_error *err)
{
    loom_strbuf_clear(&q->target);
    if (*path != '/') {
        loom_strbuf_add_str(&q->target, q->working);
        if (q->target.size > 1) /* the working folder is not the root */
            loom_strbuf_add_char(&q->target, '/');
        while (path[0] == '.' && path[1] == '/') {
            path += 2;
            path += strspn(path, "/");
        }
    }
    loom_strbuf_add_str(&q->target, path);
    return q->target.failed ? loom_no_memory(err, LOOM_STAGE_PLAN, NULL) : LOOM_OK;
}

/* "STEM-NUMBER.EXTENSION", shortened to the max length of a name; for number 1, the name itself. */
static const char *numbered(loom_quarantine *q, const char *base, unsigned number)
{
    if (number == 1)
        return base;
    const char *dot = strrchr(base, '.');
    if (dot == NULL || dot == base || strlen(dot) > 16)
        dot = base + strlen(base);
    size_t stem = (size_t)(dot - base);
    const size_t limit = NAME_MAX - strlen(dot) - sizeof "-4294967295" + 1;

    if (stem > limit)
        stem = limit;
    loom_strbuf_clear(&q->name);
    loom_strbuf_add(&q->name, base, stem);
    loom_strbuf_add_format(&q->name, "-%u%s", number, dot);
    return q->name.failed ? NULL : q->name.data;
}

/* Whether the name in the folder is a link to q->target. */
static bool is_ours(loom_quarantine *q, int folder, const char *name)
{
    char *target = malloc(q->target.size + 1);
    const ssize_t size = target != NULL ? readlinkat(folder, name, target, q->target.size + 1) : -1;
    const bool ours = size >= 0 && (size_t)size == q->target.size &&
                      memcmp(target, q->target.data, q->target.size) == 0;

    free(target);
    return ours;
}

static loom_status put_link(loom_quarantine *q, int folder, const char *base, loom_error *err)
{
    for (unsigned number = 1; number > 0; number++) {
        const char *name = numbered(q, base, number);
        if (name == NULL)
            return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
        const bool made = symlinkat(q->target.data, folder, name) == 0;
        if (!made && errno == EPERM)
            return loom_error_set(err, LOOM_ERR_PERMISSION, LOOM_STAGE_WRITE,
                                  "cannot make the link: the file system of the folder has no "
                                  "symbolic links (EPERM)");
        if (!made && errno != EEXIST)
            return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot make the link");
        if (made || is_ours(q, folder, name)) {
            q->count++;
            return LOOM_OK;
        }
    }
    return loom_error_set(err, LOOM_ERR_EXISTS, LOOM_STAGE_WRITE, "all names for the link exist");
}

loom_status loom_quarantine_add(loom_quarantine *quarantine, const loom_task *task, loom_error *err)
{
    loom_quarantine *q = quarantine;
    struct stat info;
    size_t name = 0;

    if (q->last == task->input_path)
        return LOOM_OK;
    q->last = task->input_path;
    if (loom_path_stat(task->input_path, &info) != 0 || !S_ISREG(info.st_mode))
        return LOOM_OK;
    const loom_entry item = {.path = task->input_path, .relative = find_relative(q, task)};
    loom_status status = name_link(
        q, q->own_scan != NULL ? &item : loom_scan_entry(q->scan, task->entry), &name, err);
    if (status == LOOM_OK)
        status = aim(q, task->input_path, err);
    if (status == LOOM_OK && q->tree.root < 0)
        status = loom_output_root_make(q->folder, &q->tree.root, err);
    if (status != LOOM_OK)
        return status;
    const int folder = loom_output_tree_open(&q->tree, q->path.data, name, true);
    if (folder < 0 && (errno == ENOTDIR || errno == ELOOP))
        return loom_error_set(err, LOOM_ERR_EXISTS, LOOM_STAGE_WRITE,
                              "a file or link is in the place of its folder");
    if (folder < 0)
        return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot make the folder");
    status = put_link(q, folder, q->path.data + name, err);
    (void)close(folder);
    return status;
}

uint64_t loom_quarantine_count(const loom_quarantine *quarantine)
{
    return quarantine->count;
}
