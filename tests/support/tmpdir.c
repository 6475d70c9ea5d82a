#include "support/tmpdir.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    if (kind == FTW_DNR) /* a test may have taken its own rights */
        (void)chmod(path, 0700);
    return remove(path) == 0 || errno == ENOTEMPTY ? 0 : -1;
}

void tmpdir_leave(void)
{
    ck_assert_int_eq(fchdir(before), 0);
    (void)close(before);
    ck_assert_int_eq(nftw(folder, remove_entry, 64, FTW_DEPTH | FTW_PHYS), 0);
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
