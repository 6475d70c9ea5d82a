/*
 * How busy the machine is: what the CPUs that this process may use have done, and how long tasks
 * waited for one. It needs only the C library, as measure.h.
 */
#ifndef CLI_BENCH_LOAD_H
#define CLI_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Since the machine was started, or between two moments. In ns, of all those CPUs together. */
typedef struct cli_load {
    int64_t busy_ns, all_ns; /* not idle (taken away by a hypervisor, too); in all. 0: unknown */
    int64_t waiting_ns;      /* in which a task waited for a CPU; -1: the kernel does not tell */
} cli_load;

/* Until now. */
cli_load cli_load_now(void);

/* From one moment to a later one. */
cli_load cli_load_between(const cli_load *from, const cli_load *to);

/*
 * The same from the texts of /proc/stat and /proc/pressure/cpu (NULL: there is none). `mine` says
 * of each CPU whether it counts, `count` of them; a tick is tick_ns.
 */
cli_load cli_load_parse(const char *stat, const char *pressure, const bool *mine, size_t count,
                        int64_t tick_ns);

#endif
