#include "options/missing.h"

#include <errno.h>
#include <imgloom/parse.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool options_is_missing(const char *path)
{
    struct stat info;

    return stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

char *options_find_similar(const char *path)
{
    enum { NAMES_MAX = 10000 }; /* of a larger folder the first */
    char *plain = g_strdup(path);
    while (strlen(plain) > 1 && g_str_has_suffix(plain, "/"))
        plain[strlen(plain) - 1] = '\0';
    char *folder = g_path_get_dirname(plain), *name = g_path_get_basename(plain);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *list = g_dir_open(folder, 0, NULL);
    const char *entry;
    char *similar = NULL;

    while (list != NULL && names->len < NAMES_MAX && (entry = g_dir_read_name(list)) != NULL)
        if (strcmp(entry, name) != 0) /* it came a moment ago */
            g_ptr_array_add(names, g_strdup(entry));
    const int found = loom_word_nearest(name, (const char *const *)names->pdata, names->len);
    if (found >= 0)
        similar = strchr(plain, '/') != NULL ? g_build_filename(folder, names->pdata[found], NULL)
                                             : g_strdup(names->pdata[found]);
    if (list != NULL)
        g_dir_close(list);
    g_ptr_array_free(names, TRUE);
    g_free(name);
    g_free(folder);
    g_free(plain);
    return similar;
}

char *options_describe_missing(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup_printf("%s is a folder", path);
    if (!options_is_missing(path))
        return NULL;
    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return g_strdup_printf("%s is a link that leads to nothing", path);
    char *similar = options_find_similar(path);
    char *text = similar != NULL
                     ? g_strdup_printf("no such file: %s; did you mean %s?", path, similar)
                     : g_strdup_printf("no such file: %s", path);
    g_free(similar);
    return text;
}

/* Up to one byte too much; NULL: it cannot be opened or read, with errno. */
static GString *read_start(const char *path)
{
    FILE *file = fopen(path, "rbe");
    char block[4096];
    size_t size;

    if (file == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    while (text->len <= OPTIONS_FILE_MAX && (size = fread(block, 1, sizeof block, file)) > 0)
        g_string_append_len(text, block, (gssize)size);
    const int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed == 0)
        return text;
    g_string_free(text, TRUE);
    errno = failed;
    return NULL;
}

GString *options_read_file(const char *path, loom_error *err)
{
    char *missing = options_describe_missing(path);
    GString *text = missing == NULL ? read_start(path) : NULL;

    if (missing != NULL)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", missing);
    else if (text == NULL)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s cannot be read: %s", path,
                             g_strerror(errno));
    else if (text->len > OPTIONS_FILE_MAX)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is longer than 1 MiB", path);
    g_free(missing);
    if (text != NULL && text->len > OPTIONS_FILE_MAX) {
        g_string_free(text, TRUE);
        return NULL;
    }
    return text;
}
