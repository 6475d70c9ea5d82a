/* Which input a file is. */
#include "files/planner.h"

#include "base/memory.h"
#include "files/naming.h"
#include "files/path.h"
#include <stdlib.h>
#include <string.h>

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

/* As qsort has it: by size, then by time. */
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

/* Whether the entry bears this name, but for case, in this folder. */
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

/* The first place in by_time whose entry is not below this size and time. */
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

bool loom_planner_find_again(loom_planner *p, const loom_folder *folder, const char *name,
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
