#include "cli/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PROCESSES = 1024, MAX_LINE = 16384 };

/* The processes of a tree, the root first. Processes beyond the capacity are ignored. */
typedef struct tree {
    pid_t ids[MAX_PROCESSES];
    size_t count;
} tree;

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

void cli_processes_memory(pid_t root, uint64_t *resident, uint64_t *own, uint64_t *shares)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    char path[64], line[256];
    tree t;

    *resident = *own = 0;
    if (shares != NULL)
        *shares = 0;
    find_tree(&t, root);
    for (size_t i = 0; i < t.count; i++) {
        unsigned long long total, here, shared;
        snprintf(path, sizeof path, "/proc/%d/statm", (int)t.ids[i]);
        if (!read_line(path, line, sizeof line) ||
            sscanf(line, "%llu %llu %llu", &total, &here, &shared) != 3)
            continue;
        *resident += here * page;
        *own += here > shared ? (here - shared) * page : 0;
        if (shares != NULL)
            *shares += read_share(t.ids[i], here * page);
    }
}
