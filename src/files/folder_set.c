#include "files/folder_set.h"

#include "files/naming.h"
#include "files/path.h"
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Magic numbers that linux/magic.h lacks, from the kernel's fs/hfs/hfs.h and fs/hfsplus. */
#define HFS_MAGIC     0x4244u
#define HFSPLUS_MAGIC 0x482bu

bool loom_folder_folds(const char *path)
{
    static const uint32_t folding[] = {MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC, SMB_SUPER_MAGIC,
                                       CIFS_SUPER_MAGIC,  SMB2_SUPER_MAGIC,  HFS_MAGIC,
                                       HFSPLUS_MAGIC};
    struct statfs info;
    unsigned flags = 0; /* the kernel writes an int, whatever the number's name says */
    bool folds = false;

    int folder = loom_path_open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    if (folder < 0)
        return false;
    if (fstatfs(folder, &info) == 0)
        for (size_t i = 0; i < sizeof folding / sizeof *folding; i++)
            folds = folds || (uint32_t)info.f_type == folding[i];
    if (!folds && ioctl(folder, FS_IOC_GETFLAGS, &flags) == 0)
        folds = (flags & FS_CASEFOLD_FL) != 0;
    (void)close(folder);
    return folds;
}

void loom_folder_set_root(loom_folder_set *set, const char *root)
{
    struct stat info;
    char *path = strdup(root);

    if (path == NULL)
        return;
    for (size_t end = strlen(path); end > 0 && stat(path, &info) != 0;) {
        while (end > 0 && path[end - 1] == '/')
            end--;
        while (end > 0 && path[end - 1] != '/')
            end--;
        path[end] = '\0';
    }
    set->inherited_folds = loom_folder_folds(*path != '\0' ? path : ".");
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

/* Asks the system; on a failure of any kind the folder counts as one that does not exist. */
static bool describe(loom_folder_set *set, loom_folder *folder)
{
    struct stat info;

    if (stat(*folder->path != '\0' ? folder->path : ".", &info) == 0 && S_ISDIR(info.st_mode)) {
        folder->exists = true;
        folder->id = loom_path_id(&info);
        folder->folds = loom_folder_folds(*folder->path != '\0' ? folder->path : ".");
        return true;
    }
    folder->folds = set->inherited_folds;
    folder->identity = folder->path;
    if (folder->folds) {
        loom_strbuf folded = LOOM_STRBUF_INIT;
        loom_naming_fold(&folded, folder->path, strlen(folder->path));
        folder->identity =
            folded.failed ? NULL
                          : loom_arena_copy(&set->arena, loom_strbuf_str(&folded), folded.size);
        loom_strbuf_release(&folded);
    }
    return folder->identity != NULL;
}

/* Adds a folder that is described; `hash` is that of its path. */
static bool add(loom_folder_set *set, loom_folder *folder, uint64_t hash)
{
    void *folders = set->folders;
    uint32_t index = (uint32_t)set->count;
    uint64_t identity = folder->exists
                            ? loom_hash_id(folder->id)
                            : loom_hash_bytes(0, folder->identity, strlen(folder->identity));

    if (set->count + 1 >= LOOM_PATH_SET_NONE ||
        !loom_grow(&folders, &set->capacity, set->count + 1, sizeof *set->folders))
        return false;
    set->folders = folders;
    folder->same = loom_path_set_find(&set->identities, identity, same_identity, set, folder);
    if (folder->same == LOOM_PATH_SET_NONE) {
        folder->same = index;
        if (!loom_path_set_add(&set->identities, identity, index))
            return false;
    }
    set->folders[index] = *folder;
    set->count++; /* also when the next line fails: identities holds it */
    return loom_path_set_add(&set->paths, hash, index);
}

bool loom_folder_set_find(loom_folder_set *set, const char *path, size_t size, uint32_t *index)
{
    while (size > 1 && path[size - 1] == '/')
        size--;
    const path_key key = {path, size};
    uint64_t hash = loom_hash_bytes(0, path, size);
    uint32_t found = loom_path_set_find(&set->paths, hash, same_path, set, &key);
    if (found == LOOM_PATH_SET_NONE) {
        loom_folder folder = {.path = loom_arena_copy(&set->arena, path, size)};
        found = (uint32_t)set->count;
        if (folder.path == NULL || !describe(set, &folder) || !add(set, &folder, hash))
            return false;
    }
    *index = found;
    return true;
}

void loom_folder_set_release(loom_folder_set *set)
{
    loom_path_set_release(&set->paths);
    loom_path_set_release(&set->identities);
    loom_arena_release(&set->arena);
    free(set->folders);
    *set = (loom_folder_set){0};
}
