#include "files/planner.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/memory.h"
#include "files/history.h"
#include "files/naming.h"
#include "files/path.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- which input a file is ----------------------------------------------- */

static bool same_file(const void *context, uint32_t item, const void *key)
{
    const loom_scan *scan = context;

    return loom_path_same(loom_scan_entry(scan, item)->id, *(const loom_file_id *)key);
}

uint32_t loom_planner_find_input(const loom_plan *plan, loom_file_id id)
{
    return loom_index_set_find(&plan->inputs, loom_hash_id(id), same_file, plan->scan, &id);
}

bool loom_planner_index_inputs(loom_plan *plan)
{
    for (size_t i = 0; i < loom_scan_count(plan->scan); i++) {
        loom_file_id id = loom_scan_entry(plan->scan, i)->id;
        if ((id.device != 0 || id.inode != 0) &&
            loom_planner_find_input(plan, id) == LOOM_INDEX_SET_NONE &&
            !loom_index_set_add(&plan->inputs, loom_hash_id(id), (uint32_t)i))
            return false;
    }
    return true;
}

/* ---- where inodes do not last -------------------------------------------- */

/* As for qsort: by size, then by time. */
static int compare(uint64_t size, int64_t mtime_ns, const loom_entry *entry)
{
    if (size != entry->size)
        return size < entry->size ? -1 : 1;
    return mtime_ns < entry->mtime_ns ? -1 : mtime_ns > entry->mtime_ns;
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const loom_entry *entry = loom_scan_entry(context, *(const uint32_t *)left);

    return compare(entry->size, entry->mtime_ns,
                   loom_scan_entry(context, *(const uint32_t *)right));
}

static bool sort_inputs(loom_planner *p)
{
    const loom_scan *scan = p->plan->scan;
    const size_t count = loom_scan_count(scan);

    p->by_time = loom_alloc_array(count, sizeof *p->by_time);
    if (p->by_time == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        p->by_time[i] = (uint32_t)i;
    qsort_r(p->by_time, count, sizeof *p->by_time, compare_entries, (void *)(uintptr_t)scan);
    return true;
}

bool loom_planner_is_again(const loom_entry *entry, const struct stat *info)
{
    struct stat now;

    return entry->size == (uint64_t)info->st_size &&
           entry->mtime_ns == loom_path_time(info->st_mtim) &&
           loom_path_stat(entry->path, &now) == 0 &&
           loom_path_same(loom_path_id(&now), loom_path_id(info));
}

/* Whether the entry has this name, ignoring case, in this folder. */
static bool bears_name(const loom_entry *entry, const loom_folder *folder, const char *name)
{
    const char *base = loom_path_base(entry->path);
    loom_strbuf one = LOOM_STRBUF_INIT, other = LOOM_STRBUF_INIT;
    struct stat info;

    loom_naming_fold(&one, base, strlen(base));
    loom_naming_fold(&other, name, strlen(name));
    bool same = strcmp(loom_strbuf_str(&one), loom_strbuf_str(&other)) == 0;
    if (same) {
        loom_strbuf_clear(&one);
        loom_strbuf_add(&one, entry->path, (size_t)(base - entry->path));
        same = loom_path_stat(one.size > 0 ? one.data : ".", &info) == 0 &&
               loom_path_same(loom_path_id(&info), folder->id);
    }
    same = same && !one.failed && !other.failed;
    loom_strbuf_release(&one);
    loom_strbuf_release(&other);
    return same;
}

/* The first index in by_time whose entry is not below this size and time. */
static size_t first_of(const loom_planner *p, uint64_t size, int64_t mtime_ns)
{
    size_t low = 0, high = loom_scan_count(p->plan->scan);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(size, mtime_ns, loom_scan_entry(p->plan->scan, p->by_time[middle])) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * Sets *input to the first entry that is the file `name` in the folder, or LOOM_INDEX_SET_NONE, if
 * device and inode cannot tell: files on FAT have no inode numbers, and get new ones when the
 * system has forgotten them since the scan; on other file systems (FUSE) each spelling of a name
 * may have its own. False: out of memory.
 */
static bool find_again(loom_planner *p, const loom_folder *folder, const char *name,
                       const struct stat *info, uint32_t *input)
{
    const loom_scan *scan = p->plan->scan;
    const uint64_t size = (uint64_t)info->st_size;
    const int64_t mtime_ns = loom_path_time(info->st_mtim);

    *input = LOOM_INDEX_SET_NONE;
    if (p->by_time == NULL && !sort_inputs(p))
        return false;
    for (size_t i = first_of(p, size, mtime_ns); i < loom_scan_count(scan); i++) {
        const loom_entry *entry = loom_scan_entry(scan, p->by_time[i]);
        if (compare(size, mtime_ns, entry) != 0)
            break;
        if (loom_planner_is_again(entry, info) ||
            (folder->folding == LOOM_FOLDING_CASE && bears_name(entry, folder, name))) {
            *input = p->by_time[i];
            break;
        }
    }
    return true;
}

/* ---- marking a task ------------------------------------------------------ */

bool loom_planner_fail(loom_planner *p, loom_task *task, const loom_error *error)
{
    task->error = loom_error_pool_keep(&p->plan->failures, error);
    return task->error != NULL;
}

static bool refuse(loom_planner *p, loom_task *task, loom_status code, const char *format, ...)
    LOOM_PRINTF(4, 5);

static bool refuse(loom_planner *p, loom_task *task, loom_status code, const char *format, ...)
{
    loom_error error = LOOM_ERROR_INIT;
    va_list args;

    va_start(args, format);
    (void)loom_error_set_v(&error, code, LOOM_STAGE_PLAN, format, args);
    va_end(args);
    return loom_planner_fail(p, task, &error);
}

/* ---- what stands at the output path -------------------------------------- */

/* Whether the name exists; links are followed unless they dangle. */
static bool look(loom_planner *p, uint32_t folder, const char *name, struct stat *info)
{
    const loom_folder *in = &p->plan->folders.folders[folder];
    struct stat target;

    if (!in->exists)
        return false;
    if (p->descriptor < 0 || p->open_folder != folder) {
        if (p->descriptor >= 0)
            (void)close(p->descriptor);
        p->descriptor = loom_folder_set_open(&p->plan->folders, folder);
        p->open_folder = folder;
    }
    if (p->descriptor < 0 || fstatat(p->descriptor, name, info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(info->st_mode) && fstatat(p->descriptor, name, &target, 0) == 0)
        *info = target;
    return true;
}

static bool check_overwrite(loom_planner *p, loom_task *task, uint32_t folder,
                            const struct stat *info)
{
    const loom_folder *in = &p->plan->folders.folders[folder];
    const char *name = p->namer.path.data + p->namer.name;

    if (S_ISDIR(info->st_mode))
        return refuse(p, task, LOOM_ERR_NOT_A_FILE, "the output path is a folder");
    for (size_t i = 0; i < LOOM_COUNT(p->named); i++)
        if (loom_path_same(loom_path_id(info), p->named[i]))
            return refuse(p, task, LOOM_ERR_WOULD_OVERWRITE_INPUT,
                          "the output would replace the %s of the recipe",
                          i == 0 ? "watermark" : "font");
    uint32_t input = loom_planner_find_input(p->plan, loom_path_id(info));
    if (input == LOOM_INDEX_SET_NONE && in->folding != LOOM_FOLDING_NONE &&
        !find_again(p, in, name, info, &input))
        return false;
    if (input == LOOM_INDEX_SET_NONE)
        return true;
    const loom_entry *entry = loom_scan_entry(p->plan->scan, input);
    if (loom_path_same(entry->id, task->input_id))
        return refuse(p, task, LOOM_ERR_WOULD_OVERWRITE_INPUT,
                      "the output would replace its own input");
    return refuse(p, task, LOOM_ERR_WOULD_OVERWRITE_INPUT,
                  "the output would replace another input, %s", entry->path);
}

/*
 * For an output that was given the time of its input: file systems store it with a precision of 100
 * ns (NTFS), 10 ms (exFAT), 1 s (HFS+ and older ones) or 2 s (FAT), rounded down.
 */
bool loom_planner_is_rounded(int64_t output_ns, int64_t input_ns)
{
    static const int64_t steps[] = {100, 10 * LOOM_NS_PER_MS, LOOM_NS_PER_SECOND,
                                    2 * LOOM_NS_PER_SECOND};

    for (size_t i = 0; i < LOOM_COUNT(steps); i++)
        if (output_ns == input_ns - input_ns % steps[i])
            return true;
    return false;
}

loom_status loom_planner_ask_if_exists(const struct stat *standing, loom_if_exists if_exists,
                                       bool preserve_timestamps, int64_t input_mtime_ns,
                                       const char **skip_reason, loom_error *err)
{
    const int64_t mtime_ns = loom_path_time(standing->st_mtim);

    switch (if_exists) {
    case LOOM_IF_EXISTS_SKIP:
        *skip_reason = "output exists";
        break;
    case LOOM_IF_EXISTS_NEWER:
        if (mtime_ns >= input_mtime_ns ||
            (preserve_timestamps && loom_planner_is_rounded(mtime_ns, input_mtime_ns)))
            *skip_reason = "output is newer than the input";
        break;
    case LOOM_IF_EXISTS_ERROR:
        return loom_error_set(err, LOOM_ERR_EXISTS, LOOM_STAGE_PLAN, "the output exists");
    case LOOM_IF_EXISTS_REPLACE:
        break;
    }
    return LOOM_OK;
}

static bool apply_if_exists(loom_planner *p, loom_task *task, const struct stat *info)
{
    const loom_settings *settings = p->plan->settings;
    loom_error error = LOOM_ERROR_INIT;

    if (settings == NULL) /* by default outputs are replaced */
        return true;
    const bool asked =
        loom_planner_ask_if_exists(info, settings->if_exists, settings->preserve_timestamps,
                                   task->input_mtime_ns, &task->skip_reason, &error) == LOOM_OK ||
        loom_planner_fail(p, task, &error);
    task->adopted = p->options->history != NULL && task->skip_reason != NULL &&
                    settings->if_exists == LOOM_IF_EXISTS_NEWER;
    return asked;
}

/* What earlier runs know of the output; `info`: what stands there, NULL: nothing. */
static void ask_history(const loom_planner *p, loom_task *task, const struct stat *info)
{
    const loom_history *history = p->options->history;
    const loom_entry *entry = loom_scan_entry(p->plan->scan, p->entry);
    const bool file = info != NULL && S_ISREG(info->st_mode);
    const loom_stamp stamp = file ? loom_path_stamp(info) : (loom_stamp){.size = 0};

    if (history != NULL)
        history->find(history->user, task, entry, file ? &stamp : NULL);
}

/* ---- collisions ---------------------------------------------------------- */

typedef struct output_key {
    uint32_t same;       /* folder */
    const char *name;    /* folded if the folder ignores case */
    loom_strbuf *folded; /* for the other name; failed: no memory for the comparison */
} output_key;

static bool same_output(const void *context, uint32_t item, const void *wanted)
{
    const loom_planner *p = context;
    const output_key *key = wanted;
    const loom_folder *folder = &p->plan->folders.folders[p->folders[item]];
    const char *name = loom_path_base(p->plan->tasks[item].output_path);

    if (folder->same != key->same)
        return false;
    if (folder->folding != LOOM_FOLDING_CASE)
        return strcmp(name, key->name) == 0;
    loom_strbuf_truncate(key->folded, 0);
    loom_naming_fold(key->folded, name, strlen(name));
    return strcmp(loom_strbuf_str(key->folded), key->name) == 0;
}

static bool refuse_collision(loom_planner *p, loom_task *task, const loom_task *first)
{
    const loom_scan *scan = p->plan->scan;
    const char *field = loom_output_namer_separate(&p->namer, loom_scan_entry(scan, task->entry),
                                                   loom_scan_entry(scan, first->entry));

    return refuse(p, task, LOOM_ERR_COLLISION,
                  "its output path is the same as that of %s; %s in the name would separate them",
                  first->input_path, field);
}

/* Finds an earlier task with this output path, or records this one as the first. */
static bool check_collision(loom_planner *p, loom_task *task, uint32_t folder)
{
    const loom_folder *in = &p->plan->folders.folders[folder];
    loom_strbuf folded = LOOM_STRBUF_INIT, other = LOOM_STRBUF_INIT;
    output_key key = {in->same, p->namer.path.data + p->namer.name, &other};
    bool done;

    if (in->folding == LOOM_FOLDING_CASE) {
        loom_naming_fold(&folded, key.name, strlen(key.name));
        key.name = loom_strbuf_str(&folded);
    }
    uint64_t hash = loom_hash_bytes(key.same, key.name, strlen(key.name));
    uint32_t first = loom_index_set_find(&p->outputs, hash, same_output, p, &key);
    if (first != LOOM_INDEX_SET_NONE)
        done = refuse_collision(p, task, &p->plan->tasks[first]);
    else
        done = loom_index_set_add(&p->outputs, hash, (uint32_t)task->seq);
    done = done && !folded.failed && !other.failed;
    loom_strbuf_release(&folded);
    loom_strbuf_release(&other);
    return done;
}

/* Whether an earlier task goes to the file in p->descriptor that has this identity. */
static bool same_standing(const void *context, uint32_t item, const void *wanted)
{
    const loom_planner *p = context;
    const loom_folder *folders = p->plan->folders.folders;
    const char *name = loom_path_base(p->plan->tasks[item].output_path);
    struct stat info;

    return folders[p->folders[item]].same == folders[p->open_folder].same &&
           fstatat(p->descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           loom_path_same(loom_path_id(&info), *(const loom_file_id *)wanted);
}

/* Finds names that folding does not unify but that lead to one file, if the file exists. */
static bool check_alias(loom_planner *p, loom_task *task, const char *name)
{
    struct stat info;

    if (fstatat(p->descriptor, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode) ||
        info.st_nlink > 1)
        return true;
    const loom_file_id id = loom_path_id(&info);
    const uint64_t hash = loom_hash_id(id);
    const uint32_t first = loom_index_set_find(&p->standing, hash, same_standing, p, &id);
    if (first == LOOM_INDEX_SET_NONE)
        return loom_index_set_add(&p->standing, hash, (uint32_t)task->seq);
    return refuse(p, task, LOOM_ERR_COLLISION,
                  "on this file system its output path leads to the same file as that of %s",
                  p->plan->tasks[first].input_path);
}

/* ---- an output ----------------------------------------------------------- */

static bool refuse_folder(loom_planner *p, loom_task *task, int errnum)
{
    loom_error error = LOOM_ERROR_INIT;

    (void)loom_output_tree_fail(&error, LOOM_STAGE_PLAN, errnum, "");
    return loom_planner_fail(p, task, &error);
}

bool loom_planner_check_output(loom_planner *p, loom_task *task)
{
    const char *path = p->namer.path.data;
    size_t name = p->namer.name;
    struct stat info;
    uint32_t folder;

    if (!loom_folder_set_find(&p->plan->folders, p->tree, path, name, &folder))
        return false;
    p->folders[task->seq] = folder;
    const int errnum = p->plan->folders.folders[folder].errnum;
    if (errnum != 0)
        return refuse_folder(p, task, errnum);
    bool stands = look(p, folder, path + name, &info);
    if (stands && (!check_overwrite(p, task, folder, &info) || task->error != NULL))
        return task->error != NULL;
    if (!check_collision(p, task, folder) || task->error != NULL)
        return task->error != NULL;
    const bool aliases = p->plan->folders.folders[folder].folding != LOOM_FOLDING_NONE;
    task->new_name = aliases && !stands;
    if (stands && aliases && (!check_alias(p, task, path + name) || task->error != NULL))
        return task->error != NULL;
    ask_history(p, task, stands ? &info : NULL);
    if (!stands || task->owned || task->skip_reason != NULL)
        return true;
    return apply_if_exists(p, task, &info);
}
