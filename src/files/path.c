#include "files/path.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC };

const char *loom_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

size_t loom_path_above(const char *path, size_t size)
{
    while (size > 0 && path[size - 1] == '/')
        size--;
    while (size > 0 && path[size - 1] != '/')
        size--;
    return size;
}

/* Closes a descriptor that may be AT_FDCWD or -1, and keeps errno. */
static void close_folder(int folder)
{
    int saved = errno;

    if (folder >= 0)
        (void)close(folder);
    errno = saved;
}

/*
 * Walks along `path` until the rest is short enough for one call. Cuts `path`, which is the
 * caller's copy. Sets *rest and returns a folder (AT_FDCWD for a short path), or -1.
 */
static int enter_long(char *path, char **rest)
{
    int folder = AT_FDCWD;
    size_t left = strlen(path);

    while (left >= PATH_MAX) {
        size_t cut = PATH_MAX - 1;
        while (cut > 0 && path[cut] != '/')
            cut--;
        if (cut == 0) { /* a component of this length cannot exist */
            close_folder(folder);
            errno = ENAMETOOLONG;
            return -1;
        }
        path[cut] = '\0';
        int next = (int)TEMP_FAILURE_RETRY(openat(folder, path, FOLDER_FLAGS));
        close_folder(folder);
        if (next < 0)
            return -1;
        folder = next;
        path += cut + 1;
        path += strspn(path, "/"); /* must not start at the root again */
        left = strlen(path);
    }
    *rest = path;
    return folder;
}

int loom_path_open(const char *path, int flags)
{
    if (strlen(path) < PATH_MAX)
        return (int)TEMP_FAILURE_RETRY(open(path, flags | O_CLOEXEC));
    char *copy = strdup(path), *rest = NULL;
    if (copy == NULL)
        return -1;
    int file = -1, folder = enter_long(copy, &rest);
    if (folder != -1) {
        file =
            (int)TEMP_FAILURE_RETRY(openat(folder, *rest != '\0' ? rest : ".", flags | O_CLOEXEC));
        close_folder(folder);
    }
    free(copy);
    return file;
}

int loom_path_stat(const char *path, struct stat *info)
{
    if (strlen(path) < PATH_MAX)
        return stat(path, info);
    int file = loom_path_open(path, O_PATH);
    if (file < 0)
        return -1;
    int result = fstat(file, info);
    close_folder(file);
    return result;
}

/* Whether the obstacle is a link; called after a refusal to follow it. */
static bool is_link(int parent, const char *name)
{
    struct stat info;

    return fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

/* Enters one component; with `make` it is made if missing. */
static int step(int parent, const char *name, loom_path_links links, bool make)
{
    const int flags = FOLDER_FLAGS | (links == LOOM_PATH_NO_LINKS ? O_NOFOLLOW : 0);
    int folder = (int)TEMP_FAILURE_RETRY(openat(parent, name, flags));
    bool made = false;

    if (folder < 0 && errno == ENOENT && make) {
        made = mkdirat(parent, name, 0777) == 0;
        if (!made && errno != EEXIST)
            return -1;
        folder = (int)TEMP_FAILURE_RETRY(openat(parent, name, flags));
        if (folder < 0 && errno == ENOENT && !made) /* a dangling link */
            errno = ENOTDIR;
    }
    if (folder < 0 && errno == ENOTDIR && links == LOOM_PATH_NO_LINKS)
        errno = is_link(parent, name) ? ELOOP : ENOTDIR;
    return folder;
}

int loom_path_walk(int folder, char *path, loom_path_links links, bool make)
{
    for (char *name = path + strspn(path, "/"); folder != -1 && *name != '\0';) {
        const size_t length = strcspn(name, "/");
        char *next = name + length + strspn(name + length, "/");
        int child = -1;
        name[length] = '\0';
        if (links == LOOM_PATH_NO_LINKS && strcmp(name, "..") == 0)
            errno = EXDEV;
        else
            child = step(folder, name, links, make);
        close_folder(folder);
        folder = child;
        name = next;
    }
    return folder;
}

int loom_path_make_folders(const char *path, size_t size)
{
    char *copy = size > 0 ? strndup(path, size) : strdup(".");
    if (copy == NULL)
        return -1;
    int folder = (int)TEMP_FAILURE_RETRY(openat(AT_FDCWD, copy, FOLDER_FLAGS)); /* usually exists */
    if (folder < 0 && (errno == ENOENT || errno == ENAMETOOLONG)) {
        folder = *copy == '/' ? open("/", FOLDER_FLAGS) : AT_FDCWD;
        folder = loom_path_walk(folder, copy, LOOM_PATH_FOLLOW, true);
    }
    int saved = errno;
    free(copy);
    errno = saved;
    return folder;
}

loom_status loom_path_lost(int errnum, loom_stage stage, loom_error *err)
{
    if (errnum == ENOENT)
        return loom_error_set(err, LOOM_ERR_NOT_FOUND, stage, "there is no such file");
    return loom_error_set_errno(err, stage, errnum, "cannot find the file");
}

const char *loom_path_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    case S_IFCHR:
    case S_IFBLK:
        return "a device";
    default:
        return "a special file";
    }
}

loom_stamp loom_path_stamp(const struct stat *info)
{
    return (loom_stamp){.size = (uint64_t)info->st_size,
                        .mtime_ns = loom_path_time(info->st_mtim),
                        .ctime_ns = loom_path_time(info->st_ctim),
                        .inode = info->st_ino};
}

loom_file_id loom_path_id(const struct stat *info)
{
    return (loom_file_id){.device = info->st_dev, .inode = info->st_ino};
}

int64_t loom_path_time(struct timespec instant)
{
    int64_t ns;

    if (__builtin_mul_overflow((int64_t)instant.tv_sec, LOOM_NS_PER_SECOND, &ns) ||
        __builtin_add_overflow(ns, (int64_t)instant.tv_nsec, &ns))
        return instant.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

char *loom_path_real(const char *path)
{
    char *copy = strdup(path), *real = NULL;
    size_t end = copy != NULL ? strlen(copy) : 0;

    while (copy != NULL && (real = realpath(end > 0 ? copy : ".", NULL)) == NULL &&
           errno == ENOENT && end > 0) {
        end = loom_path_above(copy, end);
        copy[end] = '\0';
    }
    if (real != NULL && path[end] != '\0') {
        loom_strbuf whole = LOOM_STRBUF_INIT;
        loom_strbuf_add_str(&whole, real);
        if (strcmp(real, "/") != 0)
            loom_strbuf_add_char(&whole, '/');
        loom_strbuf_add_str(&whole, path + end);
        while (whole.size > 1 && !whole.failed && whole.data[whole.size - 1] == '/')
            loom_strbuf_truncate(&whole, whole.size - 1);
        free(real);
        real = loom_strbuf_take(&whole);
    }
    free(copy);
    return real;
}
