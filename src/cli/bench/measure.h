/*
 * Runs a command and measures it from outside: wall time, CPU time, and the memory of its whole
 * process tree. It needs only the C library, so that the comparison with other programs
 * (bench/peers) uses the same code.
 */
#ifndef CLI_BENCH_MEASURE_H
#define CLI_BENCH_MEASURE_H

#include "cli/bench/load.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cli_measured {
    int64_t wall_ns;         /* from before the start until after the end */
    int64_t user_ns, sys_ns; /* of the command and of all processes that it waited for */
    /*
     * Sampled every few milliseconds: the max of the sum of resident memory over the tree. The
     * first counts shared memory (libraries) once per process, so it is an upper bound; the second
     * counts anonymous memory only; the third, which is taken on request (0: it was not), counts
     * what is shared once.
     */
    uint64_t peak_rss_bytes, peak_own_bytes, peak_shares_bytes;
    cli_load load;   /* of the machine meanwhile, the command included */
    int wait_status; /* from wait4 */
} cli_measured;

/*
 * Blocks SIGCHLD, SIGHUP, SIGINT and SIGTERM, which cli_measure then waits for, and stores the
 * previous mask in *before: commands start with that. The caller restores it at its end, so that a
 * pending signal then ends it.
 */
void cli_measure_prepare(sigset_t *before);

/* Takes a signal that cli_measure_prepare blocked and that has come since. 0: none. */
int cli_measure_interrupted(void);

/* The command, and the files for its output. */
typedef struct cli_measure_setup {
    char *const *argv;       /* argv[0] is searched in PATH unless it contains a slash */
    const char *stdout_path; /* overwritten; NULL: the caller's own */
    const char *stderr_path; /* overwritten; NULL: the caller's own */
    const sigset_t *mask;    /* from cli_measure_prepare */
    bool shares; /* take peak_shares_bytes, which stops the processes for a moment at each sample:
                    the times of such a run count for nothing */
} cli_measure_setup;

/*
 * Runs the command to its end, with empty standard input. A signal from those above is forwarded to
 * it and, when it has ended, stored in *interrupt (0: none). False, with errno, if it could not be
 * started. One at a time; the caller has no other child.
 */
bool cli_measure(const cli_measure_setup *setup, cli_measured *measured, int *interrupt);

#endif
