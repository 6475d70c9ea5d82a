/* What must hold after a run. */
#include "faults/scene_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char complaints[16384];

void scene_complain(const char *format, ...)
{
    const size_t used = strlen(complaints);
    va_list more;

    va_start(more, format);
    if (used + 512 < sizeof complaints) {
        const int n = vsnprintf(complaints + used, 510, format, more);
        (void)strcpy(complaints + used + (n < 510 ? n : 509), "\n");
    }
    va_end(more);
}

bool scene_tell(const char *title)
{
    const bool any = complaints[0] != '\0';

    if (any) {
        scene_file said = scene_read("said");
        printf("%s\n%s--- said:\n%.*s---\n", title, complaints, (int)said.size,
               said.data != NULL ? said.data : "");
        (void)fflush(stdout);
        free(said.data);
    }
    complaints[0] = '\0';
    return any;
}

bool scene_said(const char *words)
{
    scene_file said = scene_read("said");
    const bool found =
        said.data != NULL && memmem(said.data, said.size, words, strlen(words)) != NULL;

    free(said.data);
    return found;
}

void scene_check_inputs(void)
{
    for (int i = 0; i < SCENE_INPUTS; i++) {
        char path[4096];
        struct stat info;
        (void)snprintf(path, sizeof path, "%s/%s", getenv("TESTDATA"), scene_inputs[i].from);
        scene_file before = scene_read(path), now = scene_read(scene_inputs[i].to);
        if (!scene_same(before, now) || lstat(scene_inputs[i].to, &info) != 0 ||
            info.st_mtime != SCENE_MTIME)
            scene_complain("the input %s is not as it was", scene_inputs[i].to);
        free(before.data);
        free(now.data);
    }
}

/* Short of memory an encoder may have made a larger file, or another lane the picture. */
static bool is_whole(size_t i)
{
    scene_file now = scene_read(scene_outputs[i].path);
    const scene_file whole_file = scene_outputs[i].whole;
    const bool whole = scene_same(now, whole_file) || scene_same_picture(now, whole_file);

    free(now.data);
    return whole;
}

static bool is_old(size_t i)
{
    scene_file now = scene_read(scene_outputs[i].path);
    const bool old = scene_outputs[i].old.data == NULL ? now.data == NULL
                                                       : scene_same(now, scene_outputs[i].old);

    free(now.data);
    return old;
}

/* What took the place of what stood there, but cannot be synced, is removed. */
static bool is_gone(size_t i)
{
    struct stat info;

    return lstat(scene_outputs[i].path, &info) != 0;
}

static bool run_is_durable(const scene_run *run)
{
    bool durable = false;

    for (size_t i = 0; run->words[i] != NULL; i++)
        durable = durable || strcmp(run->words[i], "--durable") == 0;
    return durable;
}

static void check_known(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    for (size_t i = 0; i < scene_output_count; i++)
        if (strcmp(scene_outputs[i].path, path) == 0)
            return;
    if (strncmp(name, ".imgloom-", 9) != 0 && strcmp(name, "r.json") != 0)
        scene_complain("the file %s is none of the outputs", path);
}

void scene_check_outputs(const scene_run *run)
{
    for (size_t i = 0; i < scene_output_count; i++)
        if (!is_old(i) && !is_whole(i) && !(run_is_durable(run) && is_gone(i)))
            scene_complain("%s is torn, or what stood there is lost", scene_outputs[i].path);
    scene_walk("out", check_known);
}

static size_t left_over;

static void count_left_over(const char *path)
{
    left_over += strncmp(strrchr(path, '/') + 1, ".imgloom-", 9) == 0;
}

size_t scene_left_over(void)
{
    left_over = 0;
    scene_walk(".", count_left_over);
    return left_over;
}

void scene_check_no_left_over(void)
{
    const size_t count = scene_left_over();

    if (count > 0)
        scene_complain("temporary files are left over: %zu", count);
}

static const char *field(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* Whether the row is about this output, or about its whole input. */
static bool is_about(const json_t *row, size_t i)
{
    const char *path = field(row, "originalPath"), *output = field(row, "outputPath");

    return path != NULL && strcmp(path, scene_outputs[i].input) == 0 &&
           (output == NULL || strcmp(output, scene_outputs[i].path) == 0);
}

/* Whether the row is the error of a folder that the input is in. */
static bool is_above(const json_t *row, size_t i)
{
    const char *path = field(row, "originalPath");
    const size_t size = path != NULL ? strlen(path) : 0;

    return size > 0 && strncmp(scene_outputs[i].input, path, size) == 0 &&
           scene_outputs[i].input[size] == '/' && !json_is_true(json_object_get(row, "success"));
}

/* A signal may come before all images are found: those found have rows, the others none. */
static bool may_lack_rows(const scene_run *run)
{
    return run->signal != 0 && scene_said("interrupted during the search for images");
}

static void check_output(const scene_run *run, const json_t *rows, size_t i)
{
    size_t index, about = 0, above = 0;
    bool success = false;
    json_t *row;

    json_array_foreach(rows, index, row)
    {
        above += is_above(row, i);
        if (!is_about(row, i))
            continue;
        about++;
        success = json_is_true(json_object_get(row, "success"));
    }
    if (about > 1 || (about + above == 0 && !may_lack_rows(run)))
        scene_complain("%zu rows for %s", about, scene_outputs[i].path);
    if (success && !is_whole(i))
        scene_complain("%s is a success, but not whole", scene_outputs[i].path);
    if (!success && !is_old(i) && !(run_is_durable(run) && is_gone(i)))
        scene_complain("%s is in error, but not as it was before", scene_outputs[i].path);
}

json_t *scene_check_report(const scene_run *run)
{
    json_error_t why;
    size_t errors = 0, index;
    json_t *row;

    if (access("r.json", F_OK) != 0)
        return NULL;
    json_t *report = json_load_file("r.json", 0, &why);
    if (report == NULL) {
        scene_complain("r.json is not valid: %s", why.text);
        return NULL;
    }
    const json_t *rows = json_object_get(report, "results");
    json_array_foreach(rows, index, row) errors += !json_is_true(json_object_get(row, "success"));
    for (size_t i = 0; i < scene_output_count; i++)
        check_output(run, rows, i);
    const json_t *counted = json_object_get(json_object_get(report, "summary"), "rows");
    if (json_integer_value(counted) != (json_int_t)json_array_size(rows))
        scene_complain("the summary counts other rows");
    if (run->signal == 0 && run->exit_status != 4 && run->exit_status != (errors > 0))
        scene_complain("exit status %d with %zu rows in error", run->exit_status, errors);
    return report;
}
