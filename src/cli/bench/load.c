#include "cli/bench/load.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 16, PRESSURE_MAX = 512 };

#define NS_PER_SECOND INT64_C(1000000000)

/* ---- the texts ----------------------------------------------------------- */

/*
 * Adds a line "cpu3 user nice system idle iowait irq softirq steal guest …" of proc(5), in ticks;
 * what a guest used is in user already.
 */
static void add_cpu(const char *line, int64_t *busy, int64_t *all)
{
    long long field[8] = {0};

    if (sscanf(line, "%*s %lld %lld %lld %lld %lld %lld %lld %lld", &field[0], &field[1], &field[2],
               &field[3], &field[4], &field[5], &field[6], &field[7]) < 4)
        return;
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        *all += field[i];
        *busy += i == 3 || i == 4 ? 0 : field[i];
    }
}

cli_load cli_load_parse(const char *stat, const char *pressure, const bool *mine, size_t count,
                        int64_t tick_ns)
{
    cli_load load = {.waiting_ns = -1};
    const char *total = pressure != NULL ? strstr(pressure, "total=") : NULL;

    for (const char *line = stat; line != NULL && strncmp(line, "cpu", 3) == 0;) {
        char *end;
        const unsigned long cpu = strtoul(line + 3, &end, 10);
        if (end != line + 3 && *end == ' ' && cpu < count && mine[cpu])
            add_cpu(line, &load.busy_ns, &load.all_ns);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    load.busy_ns *= tick_ns;
    load.all_ns *= tick_ns;
    if (total != NULL) /* in microseconds; "some" comes first */
        load.waiting_ns = strtoll(total + strlen("total="), NULL, 10) * 1000;
    return load;
}

/* ---- the machine --------------------------------------------------------- */

/* Reads the start of a file; false: there is none. */
static bool read_text(const char *path, char *text, size_t capacity)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t n = 0;

    if (file >= 0) {
        while (size + 1 < capacity && (n = read(file, text + size, capacity - 1 - size)) > 0)
            size += (size_t)n;
        (void)close(file);
    }
    text[size] = '\0';
    return size > 0;
}

cli_load cli_load_now(void)
{
    static char stat[TEXT_MAX]; /* main thread only */
    char pressure[PRESSURE_MAX];
    bool mine[CPU_SETSIZE] = {false};
    const long ticks = sysconf(_SC_CLK_TCK);
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (size_t i = 0; i < CPU_SETSIZE; i++)
            mine[i] = CPU_ISSET(i, &set);
    const bool told = read_text("/proc/pressure/cpu", pressure, sizeof pressure);
    (void)read_text("/proc/stat", stat, sizeof stat);
    return cli_load_parse(stat, told ? pressure : NULL, mine, CPU_SETSIZE,
                          ticks > 0 ? NS_PER_SECOND / ticks : 0);
}

cli_load cli_load_between(const cli_load *from, const cli_load *to)
{
    return (cli_load){.busy_ns = to->busy_ns - from->busy_ns,
                      .all_ns = to->all_ns - from->all_ns,
                      .waiting_ns = from->waiting_ns >= 0 && to->waiting_ns >= from->waiting_ns
                                        ? to->waiting_ns - from->waiting_ns
                                        : -1};
}
