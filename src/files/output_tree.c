#include "files/output_tree.h"

#include "base/error.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <imgloom/plan.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* False once the kernel has answered that it lacks the call; that never changes. */
static atomic_bool has_openat2 = true;

void loom_output_tree_use_openat2(bool use)
{
    atomic_store(&has_openat2, use);
}

/* Opens with a single call. ENOSYS: the call is unavailable, or cannot decide. */
static int open_whole(int root, const char *path)
{
    const struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                                 .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

    if (strlen(path) >= PATH_MAX || !atomic_load_explicit(&has_openat2, memory_order_relaxed)) {
        errno = ENOSYS;
        return -1;
    }
    const int folder = (int)TEMP_FAILURE_RETRY(syscall(SYS_openat2, root, path, &how, sizeof how));
    if (folder < 0 && errno == ENOSYS)
        atomic_store(&has_openat2, false);
    /* Containers' filters refuse unknown calls; and a path may be moved meanwhile. */
    if (folder < 0 && (errno == EPERM || errno == EAGAIN))
        errno = ENOSYS;
    return folder;
}

/* Another descriptor of a folder. EINVAL tells of a limit of 0, which must not look like a bad
 * name. */
static int duplicate(int folder)
{
    const int copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);

    if (copy < 0 && errno == EINVAL)
        errno = EMFILE;
    return copy;
}

/* Opens the folder `path` below a root, which the caller still owns. */
static int open_below(int root, const char *path, size_t size, bool make)
{
    char *below = strndup(path, size);
    if (below == NULL)
        return -1;
    int folder = open_whole(root, below);
    if (folder < 0 && (errno == ENOSYS || (errno == ENOENT && make)))
        folder = loom_path_walk(duplicate(root), below, LOOM_PATH_NO_LINKS, make);
    const int saved = errno;
    free(below);
    errno = saved;
    return folder;
}

int loom_output_root_open(const char *path, size_t size)
{
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;

    if (size == 0)
        return loom_path_open(*path == '/' ? "/" : ".", flags);
    char *root = strndup(path, size);
    if (root == NULL)
        return -1;
    const int folder = loom_path_open(root, flags);
    const int saved = errno;
    free(root);
    errno = saved;
    return folder;
}

int loom_output_tree_open(const loom_output_tree *tree, const char *path, size_t size, bool make)
{
    if (tree == NULL)
        return make ? loom_path_make_folders(path, size) : loom_output_root_open(path, size);
    size_t start = tree->root_size;
    while (start < size && path[start] == '/')
        start++;
    if (tree->root >= 0)
        return start < size ? open_below(tree->root, path + start, size - start, make)
                            : duplicate(tree->root);
    const int root = loom_output_root_open(path, tree->root_size);
    if (root < 0 || start >= size)
        return root;
    const int folder = open_below(root, path + start, size - start, make);
    const int saved = errno;
    (void)close(root);
    errno = saved;
    return folder;
}

loom_status loom_output_tree_fail(loom_error *err, loom_stage stage, int errnum, const char *what)
{
    switch (errnum) {
    case ELOOP:
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, stage,
                              "the output path goes through a symbolic link, which is not followed "
                              "below the output folder");
    case ENOTDIR:
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, stage,
                              "a part of the output path is not a folder");
    case EXDEV:
        return loom_error_set(err, LOOM_ERR_UNSAFE_PATH, stage,
                              "the output path would leave the output folder");
    case ENOENT:
    case ESTALE:
        return loom_error_set(err, LOOM_ERR_IO, stage,
                              "the output folder was removed during the run");
    default:
        return loom_error_set_errno(err, stage, errnum, "%s", what);
    }
}

loom_status loom_output_fail_in(int folder, int errnum, loom_error *err)
{
    static const char what[] = "cannot make a file in the output folder";
    struct stat info;

    if (errnum == ENOENT && fstat(folder, &info) == 0 && info.st_nlink > 0)
        return loom_error_set_errno(err, LOOM_STAGE_WRITE, errnum, "%s", what);
    return loom_output_tree_fail(err, LOOM_STAGE_WRITE, errnum, what);
}

loom_status loom_output_rename_error(loom_status status, const char *noun, loom_error *err)
{
    static const char output[] = "the output";
    char *found = status != LOOM_OK && err != NULL ? strstr(err->message, output) : NULL;
    const size_t length = strlen(noun);

    if (found != NULL && length < sizeof output) {
        const char *rest = found + sizeof output - 1;
        memcpy(found, noun, length);
        memmove(found + length, rest, strlen(rest) + 1);
    }
    return status;
}

/* ---- the output folder --------------------------------------------------- */

static loom_status fail(loom_error *err, int errnum, const char *what)
{
    return loom_error_set_errno(err, LOOM_STAGE_PLAN, errnum, "%s", what);
}

/*
 * Whether files can be made in a folder, for what is known: a filter of system calls that forbids
 * the question says nothing about the folder. The effective user counts, as in the later calls.
 */
static bool may_write(int folder, const char *path)
{
    return faccessat(folder, path, W_OK | X_OK, AT_EACCESS) == 0 || errno == EPERM ||
           errno == ENOSYS;
}

/* Checks that files can be made in an existing folder. */
static loom_status check_folder(const char *path, const struct stat *info, loom_error *err)
{
    if (!S_ISDIR(info->st_mode))
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN,
                              "the folder, or a part of its path, is a file");
    if (!may_write(AT_FDCWD, path))
        return fail(err, errno, "cannot write to the folder");
    return LOOM_OK;
}

/* Checks that a folder can be made in the nearest existing folder above `path`. */
static loom_status check_parents(const char *path, loom_error *err)
{
    loom_status status = LOOM_ERR_NOT_FOUND;
    struct stat info;
    char *parent = strdup(path);

    if (parent == NULL)
        return loom_no_memory(err, LOOM_STAGE_PLAN, NULL);
    for (size_t end = strlen(parent); status == LOOM_ERR_NOT_FOUND;) {
        end = loom_path_above(parent, end);
        parent[end] = '\0';
        const char *folder = end > 0 ? parent : ".";
        if (stat(folder, &info) == 0)
            status = check_folder(folder, &info, err);
        else if (errno != ENOENT || end == 0)
            status = fail(err, errno, "cannot make the folder");
    }
    free(parent);
    return status;
}

loom_status loom_output_root_check(const char *output_root, loom_error *err)
{
    struct stat info;
    size_t length = strlen(output_root);

    if (length == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the folder's name is empty");
    if (stat(output_root, &info) == 0)
        return check_folder(output_root, &info, err);
    if (errno == ENOTDIR)
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN,
                              "the folder, or a part of its path, is a file");
    if (errno != ENOENT)
        return fail(err, errno, "cannot find the folder");
    if (lstat(output_root, &info) == 0)
        return fail(err, ENOENT, "the folder is a dangling link");
    if (output_root[length - 1] != '/' && loom_format_by_path(output_root) != LOOM_FORMAT_UNKNOWN)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "it must be a folder, but \"%s\" looks like the name of an image; "
                              "for a folder of that name add a slash",
                              output_root);
    return check_parents(output_root, err);
}

loom_status loom_output_root_writable(int root, loom_error *err)
{
    if (!may_write(root, "."))
        return fail(err, errno, "cannot write to the folder");
    return LOOM_OK;
}

loom_status loom_output_root_make(const char *output_root, int *root, loom_error *err)
{
    loom_status status = loom_output_root_check(output_root, err);

    if (status != LOOM_OK)
        return status;
    int folder = loom_path_make_folders(output_root, strlen(output_root));
    if (folder < 0)
        return fail(err, errno, "cannot make the folder");
    status = loom_output_root_writable(folder, err);
    if (status == LOOM_OK)
        *root = folder;
    else
        (void)close(folder);
    return status;
}
