#include "files/scan_walk.h"

#include "base/error.h"
#include "base/memory.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

loom_scan_options *loom_scan_options_create(void)
{
    return calloc(1, sizeof(loom_scan_options));
}

void loom_scan_options_free(loom_scan_options *options)
{
    free(options);
}

loom_scan *loom_scan_create(const loom_scan_options *options)
{
    loom_scan *scan = calloc(1, sizeof *scan);

    if (scan == NULL)
        return NULL;
    if (options != NULL)
        scan->options = *options;
    scan->last_folder = LOOM_SCAN_NO_FOLDER;
    scan->output_root.descriptor = scan->quarantine.descriptor = -1;
    scan->exclude_idle = scan->options.exclude_count;
    scan->include_matched = calloc(scan->options.include_count + 1, sizeof(bool));
    scan->exclude_matched = calloc(scan->options.exclude_count + 1, sizeof(bool));
    if (scan->include_matched != NULL && scan->exclude_matched != NULL)
        return scan;
    loom_scan_free(scan);
    return NULL;
}

void loom_scan_free(loom_scan *scan)
{
    if (scan == NULL)
        return;
    if (scan->output_root.descriptor >= 0)
        (void)close(scan->output_root.descriptor);
    if (scan->quarantine.descriptor >= 0)
        (void)close(scan->quarantine.descriptor);
    loom_index_set_release(&scan->known);
    loom_index_set_release(&scan->folder_set);
    loom_error_pool_release(&scan->failures);
    loom_strbuf_release(&scan->last_parent);
    loom_arena_release(&scan->arena);
    free(scan->include_matched);
    free(scan->exclude_matched);
    free(scan->entries);
    free(scan->ignored_files);
    free(scan->parents);
    free(scan->folders);
    free(scan->inputs);
    free(scan);
}

/* ---- entries ------------------------------------------------------------- */

/* The identity of an entry: the name in its folder or, without a folder, the path. */
typedef struct entry_key {
    uint32_t parent;
    const char *name;
} entry_key;

static const char *name_of(const char *path, uint32_t parent)
{
    return parent != LOOM_SCAN_NO_FOLDER ? loom_path_base(path) : path;
}

static bool same_entry(const void *context, uint32_t item, const void *wanted)
{
    const loom_scan *scan = context;
    const entry_key *key = wanted;

    return scan->parents[item] == key->parent &&
           strcmp(name_of(scan->entries[item].path, key->parent), key->name) == 0;
}

static bool reserve_entry(loom_scan *scan)
{
    void *entries = scan->entries, *parents = scan->parents;
    size_t needed = scan->entry_count + 1;

    if (needed >= LOOM_INDEX_SET_NONE)
        return false;
    bool grown = loom_grow(&entries, &scan->entry_capacity, needed, sizeof *scan->entries);
    scan->entries = entries;
    if (!grown)
        return false;
    grown = loom_grow(&parents, &scan->parent_capacity, needed, sizeof *scan->parents);
    scan->parents = parents;
    return grown;
}

bool loom_scan_must_stop(loom_scan *scan)
{
    const loom_stop *stop = scan->options.stop;

    scan->stopped = scan->stopped || (stop != NULL && loom_stop_requests(stop) > 0);
    return scan->stopped;
}

bool loom_scan_put(loom_scan *scan, const loom_scan_found *found)
{
    const entry_key key = {found->parent, name_of(found->path, found->parent)};
    uint64_t hash = loom_hash_bytes(key.parent, key.name, strlen(key.name));

    if (loom_index_set_find(&scan->known, hash, same_entry, scan, &key) != LOOM_INDEX_SET_NONE)
        return true;
    if (!reserve_entry(scan))
        return false;
    const char *path = loom_arena_copy(&scan->arena, found->path, strlen(found->path));
    if (path == NULL)
        return false;
    loom_entry entry = {.path = path, .relative = path + found->relative, .input = found->input};
    if (found->info != NULL) {
        entry.size = S_ISREG(found->info->st_mode) ? (uint64_t)found->info->st_size : 0;
        entry.mtime_ns = loom_path_time(found->info->st_mtim);
        entry.ctime_ns = loom_path_time(found->info->st_ctim);
        entry.id = loom_path_id(found->info);
    }
    if (found->error != NULL &&
        (entry.error = loom_error_pool_keep(&scan->failures, found->error)) == NULL)
        return false;
    uint32_t index = (uint32_t)scan->entry_count;
    if (!loom_index_set_add(&scan->known, hash, index))
        return false;
    scan->entries[index] = entry;
    scan->parents[index] = found->parent;
    scan->entry_count++;
    return true;
}

bool loom_scan_put_file(loom_scan *scan, loom_scan_found *found)
{
    loom_error error = LOOM_ERROR_INIT;

    if (!S_ISREG(found->info->st_mode)) {
        (void)loom_error_set(&error, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_SCAN,
                             "it is %s, not a regular file", loom_path_kind(found->info->st_mode));
        found->error = &error;
    }
    bool put = loom_scan_put(scan, found);
    found->error = NULL;
    return put;
}

/* Adds it with an error that it shares. */
static bool put_error(loom_scan *scan, loom_scan_found *found, const loom_error *error)
{
    found->error = error;
    const bool put = loom_scan_put(scan, found);
    found->error = NULL;
    return put;
}

bool loom_scan_put_lost(loom_scan *scan, loom_scan_found *found, int errnum)
{
    loom_error error = LOOM_ERROR_INIT;

    if (errnum == ENOMEM)
        return false;
    (void)loom_path_lost(errnum, LOOM_STAGE_SCAN, &error);
    return put_error(scan, found, &error);
}

bool loom_scan_put_failed(loom_scan *scan, loom_scan_found *found, int errnum, const char *what)
{
    loom_error error = LOOM_ERROR_INIT;

    if (errnum == ENOMEM)
        return false;
    (void)loom_error_set_errno(&error, LOOM_STAGE_SCAN, errnum, "%s", what);
    return put_error(scan, found, &error);
}

bool loom_scan_lists_ignored(const loom_scan *scan)
{
    return scan->ignored_count < scan->options.list_ignored;
}

bool loom_scan_ignore(loom_scan *scan, const char *path, loom_ignored reason)
{
    void *files = scan->ignored_files;

    scan->ignored[reason]++;
    if (!loom_scan_lists_ignored(scan))
        return true;
    if (!loom_grow(&files, &scan->ignored_capacity, scan->ignored_count + 1,
                   sizeof *scan->ignored_files))
        return false;
    scan->ignored_files = files;
    const char *copy = loom_arena_copy(&scan->arena, path, strlen(path));
    if (copy == NULL)
        return false;
    scan->ignored_files[scan->ignored_count++] = (loom_ignored_file){copy, reason};
    return true;
}

/* ---- folders ------------------------------------------------------------- */

static bool same_folder(const void *context, uint32_t item, const void *wanted)
{
    const loom_scan *scan = context;
    const loom_file_id *id = wanted;

    return loom_path_same(scan->folders[item].id, *id);
}

bool loom_scan_folder_index(loom_scan *scan, const struct stat *info, uint32_t *index)
{
    const loom_file_id id = loom_path_id(info);
    uint64_t hash = loom_hash_id(id);
    uint32_t found = loom_index_set_find(&scan->folder_set, hash, same_folder, scan, &id);

    if (found == LOOM_INDEX_SET_NONE) {
        void *folders = scan->folders;
        if (scan->folder_count + 1 >= LOOM_INDEX_SET_NONE ||
            !loom_grow(&folders, &scan->folder_capacity, scan->folder_count + 1,
                       sizeof *scan->folders))
            return false;
        scan->folders = folders;
        found = (uint32_t)scan->folder_count;
        if (!loom_index_set_add(&scan->folder_set, hash, found))
            return false;
        scan->folders[found] = (loom_scan_folder){.id = id};
        scan->folder_count++;
    }
    *index = found;
    return true;
}

/* The descriptor stays open: FAT gives a folder a new number when the system has forgotten it. */
static void find_special(loom_scan_special *special, const char *folder)
{
    struct stat info;
    int descriptor = folder != NULL ? loom_path_open(folder, O_PATH | O_DIRECTORY) : -1;

    special->id = descriptor >= 0 && fstat(descriptor, &info) == 0 ? loom_path_id(&info)
                                                                   : (loom_file_id){0, 0};
    if (special->descriptor >= 0)
        (void)close(special->descriptor);
    special->descriptor = descriptor;
}

void loom_scan_find_special(loom_scan *scan)
{
    find_special(&scan->output_root, scan->options.output_root);
    find_special(&scan->quarantine, scan->options.quarantine);
}

/* Finds the folder that contains a given path. False: out of memory. */
static bool find_parent(loom_scan *scan, const char *path, uint32_t *parent)
{
    const char *base = loom_path_base(path);
    size_t size = (size_t)(base - path);
    struct stat info;

    *parent = LOOM_SCAN_NO_FOLDER;
    if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        return true;
    if (scan->last_folder != LOOM_SCAN_NO_FOLDER && size == scan->last_parent.size &&
        memcmp(loom_strbuf_str(&scan->last_parent), path, size) == 0) {
        *parent = scan->last_folder;
        return true;
    }
    scan->last_folder = LOOM_SCAN_NO_FOLDER;
    loom_strbuf_clear(&scan->last_parent);
    loom_strbuf_add(&scan->last_parent, path, size);
    if (scan->last_parent.failed)
        return false;
    if (loom_path_stat(size > 0 ? scan->last_parent.data : ".", &info) != 0)
        return true;
    if (!loom_scan_folder_index(scan, &info, &scan->last_folder))
        return false;
    *parent = scan->last_folder;
    return true;
}

/* ---- inputs -------------------------------------------------------------- */

bool loom_scan_add_input(loom_scan *scan, const char *path, unsigned *index)
{
    void *inputs = scan->inputs;

    if (scan->input_count >= UINT32_MAX ||
        !loom_grow(&inputs, &scan->input_capacity, scan->input_count + 1, sizeof *scan->inputs))
        return false;
    scan->inputs = inputs;
    const char *copy = loom_arena_copy(&scan->arena, path, strlen(path));
    if (copy == NULL)
        return false;
    *index = (unsigned)scan->input_count;
    scan->inputs[scan->input_count++] = (loom_scan_input){copy, LOOM_INPUT_FILE};
    return true;
}

size_t loom_scan_relative(const char *path)
{
    size_t n = 0;

    while (path[n] == '/' || (path[n] == '.' && path[n + 1] == '/'))
        n += path[n] == '/' ? 1 : 2;
    return n;
}

bool loom_scan_add_path(loom_scan *scan, const char *path, unsigned input)
{
    bool listed = scan->inputs[input].kind == LOOM_INPUT_LISTED;
    struct stat info;

    loom_scan_found found = {
        .path = path,
        .relative = listed ? loom_scan_relative(path) : (size_t)(loom_path_base(path) - path),
        .input = input,
    };
    if (!find_parent(scan, path, &found.parent))
        return false;
    if (loom_path_stat(path, &info) != 0)
        return loom_scan_put_lost(scan, &found, errno);
    if (S_ISDIR(info.st_mode)) {
        if (!listed)
            scan->inputs[input].kind = LOOM_INPUT_FOLDER;
        return loom_scan_walk(scan, &found, listed);
    }
    found.info = &info;
    return loom_scan_put_file(scan, &found);
}

loom_status loom_scan_add(loom_scan *scan, const char *path, loom_error *err)
{
    unsigned input;

    if (loom_scan_must_stop(scan))
        return LOOM_OK;
    if (!loom_scan_add_input(scan, path, &input) || !loom_scan_add_path(scan, path, input))
        return loom_no_memory(err, LOOM_STAGE_SCAN, NULL);
    return LOOM_OK;
}

/* ---- what was found ------------------------------------------------------ */

size_t loom_scan_count(const loom_scan *scan)
{
    return scan->entry_count;
}

const loom_entry *loom_scan_entry(const loom_scan *scan, size_t index)
{
    return &scan->entries[index];
}

uint64_t loom_scan_ignored(const loom_scan *scan)
{
    uint64_t sum = 0;

    for (unsigned reason = 0; reason < LOOM_IGNORED_COUNT; reason++)
        sum += scan->ignored[reason];
    return sum;
}

uint64_t loom_scan_ignored_for(const loom_scan *scan, loom_ignored reason)
{
    return scan->ignored[reason];
}

size_t loom_scan_ignored_count(const loom_scan *scan)
{
    return scan->ignored_count;
}

const loom_ignored_file *loom_scan_ignored_file(const loom_scan *scan, size_t index)
{
    return &scan->ignored_files[index];
}

bool loom_scan_include_matched(const loom_scan *scan, size_t index)
{
    return scan->include_matched[index];
}

bool loom_scan_exclude_matched(const loom_scan *scan, size_t index)
{
    return scan->exclude_matched[index];
}

bool loom_scan_stopped(const loom_scan *scan)
{
    return scan->stopped;
}

size_t loom_scan_input_count(const loom_scan *scan)
{
    return scan->input_count;
}

const char *loom_scan_input_path(const loom_scan *scan, unsigned input)
{
    return scan->inputs[input].path;
}

loom_input_kind loom_scan_input_kind(const loom_scan *scan, unsigned input)
{
    return scan->inputs[input].kind;
}
