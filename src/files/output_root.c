#include "files/output_tree.h"
#include <imgloom/plan.h>

#include "base/memory.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static loom_status fail(loom_error *err, int errnum, const char *what)
{
    return loom_error_set_errno(err, LOOM_STAGE_PLAN, errnum, "%s", what);
}

/* A folder that exists: can files be made in it? The effective user counts, as it will then. */
static loom_status check_folder(const char *path, const struct stat *info, loom_error *err)
{
    if (!S_ISDIR(info->st_mode))
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN,
                              "the folder, or a part of its path, is a file");
    if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0)
        return fail(err, errno, "cannot write to the folder");
    return LOOM_OK;
}

/* The nearest folder above `path` that exists, which must be one that a folder can be made in. */
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
        return fail(err, ENOENT, "the folder is a link that leads nowhere");
    if (output_root[length - 1] != '/' && loom_format_by_path(output_root) != LOOM_FORMAT_UNKNOWN)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "it is to be a folder, but \"%s\" looks like an image's name "
                              "(to make a folder of that name, end it with a slash)",
                              output_root);
    return check_parents(output_root, err);
}

loom_status loom_output_root_writable(int root, loom_error *err)
{
    if (faccessat(root, ".", W_OK | X_OK, AT_EACCESS) != 0)
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
