#include "support/isolated.h"

#include "picture/recipe_fields.h"
#include "support/check.h"
#include "support/tmpdir.h"
#include "worker/hostile.h"
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void isolated_init(isolated_run *run)
{
    memset(run, 0, sizeof *run);
    run->engine.isolate = LOOM_ISOLATE_ALL;
    run->engine.worker_path = getenv("IMGLOOM_WORKER_TEST");
    run->engine.worker_memory = UINT64_C(1) << 30;
    run->batch = loom_batch_create(NULL);
    ck_assert_ptr_nonnull(run->batch);
    run->batch->jobs = 4;
    run->batch->timeout_ns = 0;
    ck_assert_msg(run->engine.worker_path != NULL, "IMGLOOM_WORKER_TEST does not name the worker");
    loom_recipe_init(&run->recipe);
    loom_settings_init(&run->settings);
    run->recipe.sizes[0].width = 60;
    if (!tmpdir_exists("in"))
        tmpdir_mkdir("in");
    if (!tmpdir_exists("out"))
        tmpdir_mkdir("out");
}

void isolated_release(isolated_run *run)
{
    loom_batch_free(run->batch);
    for (size_t i = 0; i < run->count; i++) {
        free((void *)(uintptr_t)run->tasks[i].input_path);
        free((void *)(uintptr_t)run->tasks[i].output_path);
        if (run->outcomes != NULL)
            loom_outcome_release(&run->outcomes[i]);
    }
    free(run->tasks);
    free(run->outcomes);
}

size_t isolated_add(isolated_run *run, const char *input, loom_format format)
{
    const size_t n = run->count++;
    char output[64];

    run->tasks = realloc(run->tasks, run->count * sizeof *run->tasks);
    ck_assert_ptr_nonnull(run->tasks);
    (void)snprintf(output, sizeof output, "out/%zu.%s", n, loom_format_get(format)->name);
    run->tasks[n] = (loom_task){.seq = n,
                                .input_path = strdup(input),
                                .output_path = strdup(output),
                                .format = format,
                                .input_size = 1};
    ck_assert_ptr_nonnull(run->tasks[n].input_path);
    ck_assert_ptr_nonnull(run->tasks[n].output_path);
    return n;
}

size_t isolated_add_play(isolated_run *run, const char *words)
{
    char path[64], text[128];

    (void)snprintf(path, sizeof path, "in/%zu", run->count);
    (void)snprintf(text, sizeof text, "%s%s\n", LOOM_HOSTILE_MARK, words);
    tmpdir_write_text(path, text);
    return isolated_add(run, path, LOOM_FORMAT_PNG);
}

size_t isolated_add_picture_play(isolated_run *run, const char *picture, const char *words)
{
    char path[64], text[128];
    size_t size;
    const char *dot = strrchr(picture, '.');

    (void)snprintf(path, sizeof path, "in/%zu%s", run->count, dot != NULL ? dot : "");
    const int length = snprintf(text, sizeof text, "%s%s\n", LOOM_HOSTILE_MARK, words);
    char *data = tmpdir_read(picture, &size);
    data = realloc(data, size + sizeof text);
    ck_assert_ptr_nonnull(data);
    memcpy(data + size, text, (size_t)length);
    tmpdir_write(path, data, size + (size_t)length);
    free(data);
    return isolated_add(run, path, LOOM_FORMAT_PNG);
}

static void take(void *user, const loom_task *task, loom_outcome *outcome)
{
    isolated_run *run = user;

    ck_assert_uint_lt(task->seq, run->count);
    run->outcomes[task->seq] = *outcome;
    loom_outcome_init(outcome);
    run->done++;
    if (run->watch != NULL)
        run->watch(run, task, &run->outcomes[task->seq]);
}

void isolated_go(isolated_run *run)
{
    loom_batch *batch = run->batch;
    loom_error err = LOOM_ERROR_INIT;

    run->outcomes = calloc(run->count, sizeof *run->outcomes);
    ck_assert_ptr_nonnull(run->outcomes);
    ck_assert_msg(loom_engine_start(&batch->engine, &run->engine, &err) == LOOM_OK, "%s",
                  err.message);
    batch->settings = &run->settings;
    batch->user = run;
    batch->outcome = take;
    ck_assert_msg(loom_batch_run_tasks(batch, &run->recipe, run->tasks, run->count, &err) ==
                      LOOM_OK,
                  "%s", err.message);
    loom_engine_stop(batch->engine);
    ck_assert_uint_eq(run->done, run->count);
}

void isolated_assert_error(const isolated_run *run, size_t image, loom_status code,
                           const char *words)
{
    const loom_outcome *outcome = &run->outcomes[image];

    ck_assert_msg(outcome->result == LOOM_RESULT_ERROR && outcome->error.code == code &&
                      strstr(outcome->error.message, words) != NULL,
                  "%zu: %s, %s (%s): \"%s\" instead of %s with \"%s\"", image,
                  loom_result_name(outcome->result), loom_status_name(outcome->error.code),
                  loom_stage_name(outcome->error.stage), outcome->error.message,
                  loom_status_name(code), words);
    ck_assert(!tmpdir_exists(run->tasks[image].output_path));
}

/* ---- processes ----------------------------------------------------------- */

/* State, parent and name of a process; false when there is none. */
static bool look_at(pid_t pid, char *state, pid_t *parent, char name[16])
{
    char path[64], text[512];

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    const size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    const char *front = strchr(text, '('); /* the name may hold anything */
    const char *behind = strrchr(text, ')');
    long number;
    if (front == NULL || behind == NULL)
        return false;
    (void)snprintf(name, 16, "%.*s", (int)(behind - front - 1), front + 1);
    if (sscanf(behind, ") %c %ld", state, &number) != 2)
        return false;
    *parent = (pid_t)number;
    return true;
}

bool isolated_is_gone(pid_t pid)
{
    char state, name[16];
    pid_t parent;

    return !look_at(pid, &state, &parent, name) || state == 'Z' || state == 'X';
}

/* The children of that name; NULL: all of them. */
static size_t find_children(pid_t parent, const char *wanted, pid_t *pids, size_t max)
{
    DIR *processes = opendir("/proc");
    size_t count = 0;

    ck_assert_ptr_nonnull(processes);
    for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        char state, name[16];
        pid_t its_parent;
        if (isdigit((unsigned char)entry->d_name[0]) && look_at(pid, &state, &its_parent, name) &&
            its_parent == parent && state != 'Z' && (wanted == NULL || strcmp(name, wanted) == 0) &&
            count < max)
            pids[count++] = pid;
    }
    (void)closedir(processes);
    return count;
}

size_t isolated_children(pid_t parent, pid_t *pids, size_t max)
{
    return find_children(parent, NULL, pids, max);
}

size_t isolated_workers(pid_t parent, pid_t *pids, size_t max)
{
    return find_children(parent, "imgloom-worker", pids, max);
}

pid_t isolated_zygote(pid_t parent)
{
    pid_t pids[2];
    const size_t count = find_children(parent, "imgloom-zygote", pids, 2);

    ck_assert_uint_le(count, 1);
    return count > 0 ? pids[0] : 0;
}

bool isolated_has_mapped(pid_t pid, const char *words)
{
    char path[64], line[512];
    bool found = false;

    (void)snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = strstr(line, words) != NULL;
    (void)fclose(file);
    return found;
}

size_t isolated_descriptors(void)
{
    DIR *descriptors = opendir("/proc/self/fd");
    size_t count = 0;

    ck_assert_ptr_nonnull(descriptors);
    while (readdir(descriptors) != NULL)
        count++;
    (void)closedir(descriptors);
    return count - 3; /* ".", "..", and the folder's own */
}

unsigned long isolated_resident(pid_t pid)
{
    char path[64];
    unsigned long total, resident = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu %lu", &total, &resident), 2);
    (void)fclose(file);
    return resident * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
}

void isolated_pause(unsigned ms)
{
    (void)poll(NULL, 0, (int)ms);
}
