#include "files/folder_set.h"

#include "base/array.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Magic numbers that linux/magic.h lacks, from the kernel's fs/hfs/hfs.h and fs/hfsplus. */
#define HFS_MAGIC     0x4244u
#define HFSPLUS_MAGIC 0x482bu

enum { NAMES_MAX = 1024 }; /* names examined to find one with a letter */

static bool is_one_of(const struct statfs *info, const uint32_t *magic, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((uint32_t)info->f_type == magic[i])
            return true;
    return false;
}

/* Sets `other` to the name with the case of each letter inverted; false: it has no letters. */
static bool change_case(char *other, const char *name)
{
    bool changed = false;

    for (;; name++, other++) {
        const bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
        *other = letter ? (char)(*name ^ ('a' ^ 'A')) : *name;
        changed = changed || letter;
        if (*name == '\0')
            return changed;
    }
}

static bool is_listed(DIR *listing, const char *name)
{
    rewinddir(listing);
    for (const struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (strcmp(entry->d_name, name) == 0)
            return true;
    return false;
}

/* Tries an entry under another name: it is missing, or another entry, or the same one. */
static loom_folding try_names(DIR *listing)
{
    const struct dirent *entry;
    char other[sizeof entry->d_name];
    struct stat info;

    for (int i = 0; i < NAMES_MAX && (entry = readdir(listing)) != NULL; i++) {
        if (!change_case(other, entry->d_name) ||
            fstatat(dirfd(listing), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (fstatat(dirfd(listing), other, &info, AT_SYMLINK_NOFOLLOW) == 0)
            return is_listed(listing, other) ? LOOM_FOLDING_NONE : LOOM_FOLDING_CASE;
        if (errno == ENOENT)
            return LOOM_FOLDING_NONE;
    }
    return LOOM_FOLDING_UNKNOWN;
}

/* Of the folder `name` in another. */
static loom_folding try_folder(int folder, const char *name, dev_t device)
{
    const int readable = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    loom_folding folding = LOOM_FOLDING_UNKNOWN;
    struct stat info;

    DIR *listing = readable >= 0 ? fdopendir(readable) : NULL;
    if (listing == NULL) {
        if (readable >= 0)
            (void)close(readable);
        return folding;
    }
    if (fstat(dirfd(listing), &info) == 0 && info.st_dev == device)
        folding = try_names(listing);
    (void)closedir(listing);
    return folding;
}

/* If the file system stores flags for folders, it answers itself. */
static bool ask_flags(int folder, loom_folding *folding)
{
    unsigned flags = 0; /* the kernel writes an int, despite the request's name */
    const int readable = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool told = readable >= 0 && ioctl(readable, FS_IOC_GETFLAGS, &flags) == 0;

    if (readable >= 0)
        (void)close(readable);
    if (told)
        *folding = (flags & FS_CASEFOLD_FL) != 0 ? LOOM_FOLDING_CASE : LOOM_FOLDING_NONE;
    return told;
}

loom_folding loom_folder_folding(int folder)
{
    static const uint32_t ignoring[] = {MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC, SMB_SUPER_MAGIC,
                                        CIFS_SUPER_MAGIC,  SMB2_SUPER_MAGIC,  HFS_MAGIC,
                                        HFSPLUS_MAGIC};
    static const uint32_t heeding[] = {TMPFS_MAGIC, RAMFS_MAGIC, OVERLAYFS_SUPER_MAGIC};
    loom_folding folding;
    struct statfs system;
    struct stat info;

    if (fstatfs(folder, &system) != 0 || fstat(folder, &info) != 0)
        return LOOM_FOLDING_UNKNOWN;
    if (is_one_of(&system, ignoring, LOOM_COUNT(ignoring)))
        return LOOM_FOLDING_CASE;
    if (ask_flags(folder, &folding))
        return folding;
    if (is_one_of(&system, heeding, LOOM_COUNT(heeding)))
        return LOOM_FOLDING_NONE;
    folding = try_folder(folder, ".", info.st_dev);
    return folding != LOOM_FOLDING_UNKNOWN ? folding : try_folder(folder, "..", info.st_dev);
}
