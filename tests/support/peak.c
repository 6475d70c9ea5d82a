#include "support/peak.h"

#include "engine/convert.h"
#include "engine/worker_hooks.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t asked; /* in the process that converts */

static void ignore_stage(loom_stage stage)
{
    (void)stage;
}

static loom_status admit(uint64_t bytes)
{
    asked = bytes;
    return LOOM_OK;
}

/* A line of /proc/self/status, in bytes. */
static uint64_t memory_of(const char *name)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    unsigned long long kb = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            (void)sscanf(line + strlen(name), ": %llu", &kb);
    if (file != NULL)
        (void)fclose(file);
    return kb * 1024;
}

/* The highest begins anew. */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");

    if (file != NULL) {
        (void)fputs("5", file);
        (void)fclose(file);
    }
}

static void convert(const char *path, const loom_recipe *recipe, loom_format format,
                    const loom_settings *settings, peak *found)
{
    loom_task tasks[LOOM_SIZES_MAX];
    const loom_task *pointers[LOOM_SIZES_MAX];
    loom_outcome outcomes[LOOM_SIZES_MAX];
    loom_encoded encoded[LOOM_SIZES_MAX] = {{0}};
    loom_input_file file;
    loom_input input;
    loom_error err = LOOM_ERROR_INIT;
    const size_t count = recipe->size_count;
    const loom_job job = {
        .tasks = pointers, .count = count, .recipe = recipe, .settings = settings};

    for (size_t i = 0; i < count; i++) {
        tasks[i] = (loom_task){.input_path = path, .format = format, .size = (unsigned)i};
        pointers[i] = &tasks[i];
        loom_outcome_init(&outcomes[i]);
    }
    found->code = loom_input_open(path, &file, &err);
    if (found->code == LOOM_OK && (found->code = loom_input_read(&file, &input, &err)) == LOOM_OK) {
        (void)loom_convert(&job, &input, 0, LOOM_LANES_ALL, outcomes, encoded);
        for (size_t i = 0; i < count && err.code == LOOM_OK; i++)
            err = outcomes[i].error;
    }
    found->code = err.code;
    (void)snprintf(found->message, sizeof found->message, "%s", err.message);
}

/* Pages of files, as libraries have, come and stay: they are no memory of the image's. */
static void measure(const char *path, const loom_recipe *recipe, loom_format format, peak *found)
{
    const loom_engine_options options = {.isolate = LOOM_ISOLATE_NEVER, .allow_untrusted = true};
    const loom_worker_hooks hooks = {.stage = ignore_stage, .admit = admit};
    loom_settings settings;
    loom_engine *engine;

    loom_worker_hooks_set(&hooks);
    loom_settings_init(&settings);
    settings.max_pixels = 0;
    settings.allow_untrusted = true;
    settings.fail_on = LOOM_FAIL_ON_NONE; /* damage takes memory, too */
    if (loom_engine_start(&engine, &options, NULL) != LOOM_OK)
        _exit(1);
    (void)malloc_trim(0); /* what was free before would be used unseen */
    forget_peak();
    const uint64_t before = memory_of("VmRSS"), files = memory_of("RssFile");
    convert(path, recipe, format, &settings, found);
    const uint64_t more = memory_of("VmHWM") - before, mapped = memory_of("RssFile") - files;
    found->measured = more > mapped ? more - mapped : 0;
    found->estimate = asked;
}

bool peak_measure(const char *input, const loom_recipe *recipe, loom_format format, peak *found)
{
    int ends[2], status;

    if (pipe(ends) != 0)
        return false;
    const pid_t pid = fork();
    if (pid == 0) {
        memset(found, 0, sizeof *found);
        measure(input, recipe, format, found);
        _exit(write(ends[1], found, sizeof *found) == (ssize_t)sizeof *found ? 0 : 1);
    }
    (void)close(ends[1]);
    const bool told = pid > 0 && read(ends[0], found, sizeof *found) == (ssize_t)sizeof *found;
    (void)close(ends[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && told && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
