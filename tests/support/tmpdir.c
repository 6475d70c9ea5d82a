#include "support/tmpdir.h"

#include "support/check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int before = -1;

void tmpdir_enter(void)
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(folder, sizeof folder, "%s/imgloom-test-XXXXXX", base != NULL ? base : "/tmp");
    before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(before, 0);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

/* By fts, which goes by name from folder to folder: a tree may be deeper than PATH_MAX. */
static void remove_tree(char *path)
{
    char *const roots[] = {path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOSTAT, NULL);

    ck_assert_ptr_nonnull(walk);
    for (FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
        if (entry->fts_info == FTS_DNR) { /* a test may have taken its own rights */
            ck_assert_int_eq(chmod(entry->fts_accpath, 0700), 0);
            ck_assert_int_eq(fts_set(walk, entry, FTS_AGAIN), 0);
        } else if (entry->fts_info != FTS_D) {
            ck_assert_int_eq(remove(entry->fts_accpath), 0);
        }
    }
    ck_assert_int_eq(fts_close(walk), 0);
}

void tmpdir_leave(void)
{
    ck_assert_int_eq(fchdir(before), 0);
    (void)close(before);
    remove_tree(folder);
}

const char *tmpdir_path(void)
{
    return folder;
}

static void make_parents(const char *path)
{
    char *copy = strdup(path);

    ck_assert_ptr_nonnull(copy);
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ck_assert(mkdir(copy, 0777) == 0 || errno == EEXIST);
        *slash = '/';
    }
    free(copy);
}

void tmpdir_write(const char *path, const void *data, size_t size)
{
    make_parents(path);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

void tmpdir_write_text(const char *path, const char *text)
{
    tmpdir_write(path, text, strlen(text));
}

void tmpdir_touch(const char *path)
{
    tmpdir_write_text(path, "x");
}

void tmpdir_mkdir(const char *path)
{
    make_parents(path);
    ck_assert_int_eq(mkdir(path, 0777), 0);
}

bool tmpdir_exists(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0;
}

char *tmpdir_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat info;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &info), 0);
    size_t length = (size_t)info.st_size;
    char *data = malloc(length + 1);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(fread(data, 1, length, file), length);
    data[length] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    if (size != NULL)
        *size = length;
    return data;
}

bool tmpdir_holds(const char *path, const void *what, size_t size)
{
    size_t length;
    char *data = tmpdir_read(path, &length);
    const bool found = memmem(data, length, what, size) != NULL;

    free(data);
    return found;
}

void tmpdir_assert_text(const char *path, const char *text)
{
    size_t size;
    char *data = tmpdir_read(path, &size);

    ck_assert_uint_eq(size, strlen(text));
    ck_assert_str_eq(data, text);
    free(data);
}

size_t tmpdir_count(const char *path)
{
    DIR *open_folder = opendir(path);
    size_t count = 0;

    ck_assert_ptr_nonnull(open_folder);
    for (struct dirent *entry; (entry = readdir(open_folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count++;
    ck_assert_int_eq(closedir(open_folder), 0);
    return count;
}
