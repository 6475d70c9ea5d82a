/*
 * Runs a command and measures it from outside: wall time, CPU time, and the memory of the whole
 * tree of its processes. Needs nothing but the C library, so that the comparison with other
 * programs (bench/peers) measures with the same code.
 */
#ifndef CLI_BENCH_MEASURE_H
#define CLI_BENCH_MEASURE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cli_measured {
    int64_t wall_ns;         /* from before it was started until it had ended */
    int64_t user_ns, sys_ns; /* of the command and of all processes that were waited for */
    /*
     * Sampled every few milliseconds: the largest sum over the tree of what each process has
     * resident. What processes share (libraries) counts for each of them in the first, which is so
     * an upper bound, and not at all in the second, which is anonymous memory alone.
     */
    uint64_t peak_rss_bytes, peak_own_bytes;
    int wait_status; /* as wait4 tells it */
} cli_measured;

/*
 * Blocks SIGCHLD, SIGHUP, SIGINT and SIGTERM, which cli_measure then waits for, and remembers what
 * was blocked before in *before: commands start with that. The caller sets it again at its end, so
 * that a signal that is pending by then ends it.
 */
void cli_measure_prepare(sigset_t *before);

/* The signal that cli_measure_prepare blocked and that has come since; taken off. 0: none. */
int cli_measure_interrupted(void);

/* Where the command's output goes. */
typedef struct cli_measure_setup {
    char *const *argv;       /* argv[0] is looked for in PATH unless it holds a slash */
    const char *stdout_path; /* written anew; NULL: as ours */
    const char *stderr_path; /* likewise */
    const sigset_t *mask;    /* from cli_measure_prepare */
} cli_measure_setup;

/*
 * Runs the command to its end, its standard input empty. A signal of those above is handed on to it
 * and, when it has ended, told in *interrupt (0: none). False when it could not be started, with
 * the reason in errno. One at a time; the caller has no other child.
 */
bool cli_measure(const cli_measure_setup *setup, cli_measured *measured, int *interrupt);

#endif
