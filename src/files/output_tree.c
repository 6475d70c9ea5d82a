#include "files/output_tree.h"

#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* False once the kernel has answered that it knows no such call; that never changes. */
static atomic_bool has_openat2 = true;

void loom_output_tree_use_openat2(bool use)
{
    atomic_store(&has_openat2, use);
}

/* By one call. ENOSYS: it cannot be asked, or cannot tell. */
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
    /* Filters of containers refuse what they do not know; and a path may be moved meanwhile. */
    if (folder < 0 && (errno == EPERM || errno == EAGAIN))
        errno = ENOSYS;
    return folder;
}

/* The folder `path` below a root, which stays the caller's. */
static int open_below(int root, const char *path, size_t size, bool make)
{
    char *below = strndup(path, size);
    if (below == NULL)
        return -1;
    int folder = open_whole(root, below);
    if (folder < 0 && (errno == ENOSYS || (errno == ENOENT && make)))
        folder = loom_path_walk(fcntl(root, F_DUPFD_CLOEXEC, 0), below, LOOM_PATH_NO_LINKS, make);
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
                            : fcntl(tree->root, F_DUPFD_CLOEXEC, 0);
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
                              "the output folder is gone: it was removed while the run went on");
    default:
        return loom_error_set_errno(err, stage, errnum, "%s", what);
    }
}
