#include "files/folder_set.h"

#include "files/naming.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The nearest existing folder above `path`, cut out of it; "." if there is none in it. */
static const char *cut_to_existing(char *path, struct stat *info)
{
    for (size_t end = strlen(path); end > 0 && stat(path, info) != 0;) {
        end = loom_path_above(path, end);
        path[end] = '\0';
    }
    return *path != '\0' ? path : ".";
}

/* Of the folder that is at `path`. */
static loom_folding folding_at(const char *path)
{
    int folder = loom_path_open(path, O_PATH | O_DIRECTORY);
    loom_folding folding = folder >= 0 ? loom_folder_folding(folder) : LOOM_FOLDING_UNKNOWN;

    if (folder >= 0)
        (void)close(folder);
    return folding;
}

void loom_folder_set_root(loom_folder_set *set, const char *root)
{
    struct stat info;
    char *path = strdup(root);

    if (path == NULL)
        return;
    set->rooted = true;
    set->inherited_folding = folding_at(cut_to_existing(path, &info));
    free(path);
}

typedef struct path_key {
    const char *bytes;
    size_t size;
} path_key;

static bool same_path(const void *context, uint32_t item, const void *wanted)
{
    const loom_folder_set *set = context;
    const path_key *key = wanted;
    const char *path = set->folders[item].path;

    return strncmp(path, key->bytes, key->size) == 0 && path[key->size] == '\0';
}

static bool same_identity(const void *context, uint32_t item, const void *key)
{
    const loom_folder_set *set = context;
    const loom_folder *one = &set->folders[item], *other = key;

    if (one->exists != other->exists)
        return false;
    if (one->exists)
        return one->id.inode == other->id.inode && one->id.device == other->id.device;
    return strcmp(one->identity, other->identity) == 0;
}

/*
 * Describes a missing folder, below a root or not. All paths below a root are written in the same
 * way; others may name one folder in several ways, so the identity includes the existing folder
 * above it.
 */
static bool describe_missing(loom_folder_set *set, loom_folder *folder)
{
    loom_strbuf identity = LOOM_STRBUF_INIT;
    struct stat info = {.st_ino = 0};
    const char *rest = folder->path;

    folder->folding = set->inherited_folding;
    folder->identity = folder->path;
    if (set->rooted && folder->folding != LOOM_FOLDING_CASE)
        return true;
    if (!set->rooted) {
        char *path = strdup(folder->path);
        if (path == NULL)
            return false;
        const char *above = cut_to_existing(path, &info);
        rest += strlen(path);
        if (*path == '\0')
            (void)stat(above, &info);
        folder->folding = folding_at(above);
        loom_strbuf_add_format(&identity, "%ju %ju ", (uintmax_t)info.st_dev,
                               (uintmax_t)info.st_ino);
        free(path);
    }
    if (folder->folding == LOOM_FOLDING_CASE)
        loom_naming_fold(&identity, rest, strlen(rest));
    else
        loom_strbuf_add_str(&identity, rest);
    folder->identity =
        identity.failed ? NULL : loom_arena_copy(&set->arena, identity.data, identity.size);
    loom_strbuf_release(&identity);
    return folder->identity != NULL;
}

/* Asks the system. A folder that cannot be entered counts as missing. */
static bool describe(loom_folder_set *set, loom_folder *folder)
{
    struct stat info;
    int opened = loom_output_tree_open(folder->tree, folder->path, strlen(folder->path), false);

    if (opened < 0 && (errno == ELOOP || errno == ENOTDIR || errno == EXDEV))
        folder->errnum = errno;
    if (opened < 0)
        return describe_missing(set, folder);
    folder->exists = fstat(opened, &info) == 0;
    if (folder->exists) {
        folder->id = loom_path_id(&info);
        folder->folding = loom_folder_folding(opened);
    }
    (void)close(opened);
    return folder->exists || describe_missing(set, folder);
}

/* Adds a described folder; `hash` is that of its path. */
static bool add(loom_folder_set *set, loom_folder *folder, uint64_t hash)
{
    void *folders = set->folders;
    uint32_t index = (uint32_t)set->count;
    uint64_t identity = folder->exists
                            ? loom_hash_id(folder->id)
                            : loom_hash_bytes(0, folder->identity, strlen(folder->identity));

    if (set->count + 1 >= LOOM_INDEX_SET_NONE ||
        !loom_grow(&folders, &set->capacity, set->count + 1, sizeof *set->folders))
        return false;
    set->folders = folders;
    folder->same = loom_index_set_find(&set->identities, identity, same_identity, set, folder);
    if (folder->same == LOOM_INDEX_SET_NONE) {
        folder->same = index;
        if (!loom_index_set_add(&set->identities, identity, index))
            return false;
    }
    set->folders[index] = *folder;
    set->count++; /* even if the next line fails: identities holds it */
    return loom_index_set_add(&set->paths, hash, index);
}

bool loom_folder_set_find(loom_folder_set *set, const loom_output_tree *tree, const char *path,
                          size_t size, uint32_t *index)
{
    while (size > 1 && path[size - 1] == '/')
        size--;
    const path_key key = {path, size};
    uint64_t hash = loom_hash_bytes(0, path, size);
    uint32_t found = loom_index_set_find(&set->paths, hash, same_path, set, &key);
    if (found == LOOM_INDEX_SET_NONE) {
        loom_folder folder = {.path = loom_arena_copy(&set->arena, path, size), .tree = tree};
        found = (uint32_t)set->count;
        if (folder.path == NULL || !describe(set, &folder) || !add(set, &folder, hash))
            return false;
    }
    *index = found;
    return true;
}

int loom_folder_set_open(const loom_folder_set *set, size_t index)
{
    const loom_folder *folder = &set->folders[index];

    return loom_output_tree_open(folder->tree, folder->path, strlen(folder->path), false);
}

void loom_folder_set_release(loom_folder_set *set)
{
    loom_index_set_release(&set->paths);
    loom_index_set_release(&set->identities);
    loom_arena_release(&set->arena);
    free(set->folders);
    *set = (loom_folder_set){0};
}
