#include "cli/bench/measure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define NS_PER_SECOND INT64_C(1000000000)
#define TICK_NS       5000000

enum { MAX_PROCESSES = 1024, MAX_LINE = 16384 };

/* The processes of a tree, the root first. Processes beyond the capacity are ignored. */
typedef struct tree {
    pid_t ids[MAX_PROCESSES];
    size_t count;
} tree;

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static int64_t ns_of(struct timeval time)
{
    return (int64_t)time.tv_sec * NS_PER_SECOND + (int64_t)time.tv_usec * 1000;
}

/* ---- memory -------------------------------------------------------------- */

/* Reads the start of a small file in /proc; false if it is gone. */
static bool read_line(const char *path, char *line, size_t capacity)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = -1;

    if (file >= 0) {
        size = read(file, line, capacity - 1);
        (void)close(file);
    }
    line[size > 0 ? size : 0] = '\0';
    return size > 0;
}

/* Adds the child processes of one thread. */
static void add_children(tree *t, pid_t process, long thread)
{
    char path[64], line[MAX_LINE], *rest = line, *end;

    snprintf(path, sizeof path, "/proc/%d/task/%ld/children", (int)process, thread);
    if (!read_line(path, line, sizeof line))
        return;
    for (;;) {
        const long id = strtol(rest, &end, 10);
        if (end == rest || id <= 0 || t->count == MAX_PROCESSES)
            return;
        t->ids[t->count++] = (pid_t)id;
        rest = end;
    }
}

static void find_tree(tree *t, pid_t root)
{
    char path[64];

    t->ids[0] = root;
    t->count = 1;
    for (size_t i = 0; i < t->count; i++) {
        const struct dirent *entry;
        snprintf(path, sizeof path, "/proc/%d/task", (int)t->ids[i]);
        DIR *threads = opendir(path);
        if (threads == NULL)
            continue;
        while ((entry = readdir(threads)) != NULL)
            if (entry->d_name[0] != '.')
                add_children(t, t->ids[i], strtol(entry->d_name, NULL, 10));
        (void)closedir(threads);
    }
}

static void raise_to(uint64_t *peak, uint64_t value)
{
    if (value > *peak)
        *peak = value;
}

/* A process's share of its memory in bytes, as its /proc/ID/smaps_rollup says; else `otherwise`. */
static uint64_t read_share(pid_t process, uint64_t otherwise)
{
    char path[64], text[2048];
    unsigned long long kib;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)process);
    if (!read_line(path, text, sizeof text))
        return otherwise;
    const char *line = strstr(text, "\nPss:");
    return line != NULL && sscanf(line, " Pss: %llu kB", &kib) == 1 ? kib * 1024 : otherwise;
}

static void sample(tree *t, pid_t root, bool with_shares, cli_measured *measured)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t resident = 0, own = 0, shares = 0;
    char path[64], line[256];

    find_tree(t, root);
    for (size_t i = 0; i < t->count; i++) {
        unsigned long long total, here, shared;
        snprintf(path, sizeof path, "/proc/%d/statm", (int)t->ids[i]);
        if (!read_line(path, line, sizeof line) ||
            sscanf(line, "%llu %llu %llu", &total, &here, &shared) != 3)
            continue;
        resident += here * page;
        own += here > shared ? (here - shared) * page : 0;
        if (with_shares)
            shares += read_share(t->ids[i], here * page);
    }
    raise_to(&measured->peak_rss_bytes, resident);
    raise_to(&measured->peak_own_bytes, own);
    raise_to(&measured->peak_shares_bytes, shares);
}

/* ---- signals ------------------------------------------------------------- */

static void fill_interrupts(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void cli_measure_prepare(sigset_t *before)
{
    sigset_t set;

    fill_interrupts(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, before);
}

int cli_measure_interrupted(void)
{
    const struct timespec none = {0, 0};
    sigset_t set;

    fill_interrupts(&set);
    const int number = sigtimedwait(&set, NULL, &none);
    return number > 0 ? number : 0;
}

/* ---- running ------------------------------------------------------------- */

static int add_files(posix_spawn_file_actions_t *actions, const cli_measure_setup *setup)
{
    const char *const paths[] = {"/dev/null", setup->stdout_path, setup->stderr_path};
    int error = 0;

    for (int fd = 0; fd < 3 && error == 0; fd++)
        if (paths[fd] != NULL)
            error = posix_spawn_file_actions_addopen(
                actions, fd, paths[fd], fd == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC, 0600);
    return error;
}

static int start(const cli_measure_setup *setup, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    if ((error = posix_spawnattr_init(&attributes)) == 0) {
        error = add_files(&actions, setup);
        if (error == 0)
            error = posix_spawnattr_setsigmask(&attributes, setup->mask);
        if (error == 0)
            error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        if (error == 0)
            error =
                posix_spawnp(child, setup->argv[0], &actions, &attributes, setup->argv, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool cli_measure(const cli_measure_setup *setup, cli_measured *measured, int *interrupt)
{
    const struct timespec tick = {0, TICK_NS};
    const int64_t began = now_ns();
    struct rusage usage;
    sigset_t set;
    tree t;
    pid_t child, ended;

    *measured = (cli_measured){0};
    *interrupt = 0;
    errno = start(setup, &child);
    if (errno != 0)
        return false;
    fill_interrupts(&set);
    sigaddset(&set, SIGCHLD);
    while ((ended = wait4(child, &measured->wait_status, WNOHANG, &usage)) == 0) {
        const int number = sigtimedwait(&set, NULL, &tick);
        if (number > 0 && number != SIGCHLD) {
            *interrupt = number;
            (void)kill(child, number);
        } else if (number < 0) {
            sample(&t, child, setup->shares, measured);
        }
    }
    measured->wall_ns = now_ns() - began;
    if (ended != child)
        return false;
    /* The run was too short to be sampled. The kernel's figure also includes our own memory before
     * exec. */
    if (measured->peak_rss_bytes == 0)
        measured->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
    if (setup->shares && measured->peak_shares_bytes == 0)
        measured->peak_shares_bytes = measured->peak_rss_bytes;
    measured->user_ns = ns_of(usage.ru_utime);
    measured->sys_ns = ns_of(usage.ru_stime);
    return true;
}
