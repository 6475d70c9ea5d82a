/*
 * Runs a command and writes what it took as one line of JSON: bench_measure [--memory] FILE COMMAND
 * ARGUMENT... With --memory what processes share is divided among them, which takes time of them:
 * such a run's times count for nothing. Exit status: that of the command, 128 and the number for a
 * signal, 125 when it cannot be measured.
 */
#include "cli/bench/measure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { CANNOT = 125 };

static int complain(const char *what)
{
    fprintf(stderr, "bench_measure: %s: %s\n", what, strerror(errno));
    return CANNOT;
}

static bool write_figures(const char *path, const cli_measured *m)
{
    FILE *file = fopen(path, "we");

    if (file == NULL)
        return false;
    fprintf(file,
            "{\"wallMs\":%.3f,\"userMs\":%.3f,\"sysMs\":%.3f,\"peakRssBytes\":%" PRIu64
            ",\"peakOwnBytes\":%" PRIu64 ",\"peakSharesBytes\":%" PRIu64 "}\n",
            (double)m->wall_ns / 1e6, (double)m->user_ns / 1e6, (double)m->sys_ns / 1e6,
            m->peak_rss_bytes, m->peak_own_bytes, m->peak_shares_bytes);
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    cli_measured measured;
    sigset_t before;
    int number;

    const bool memory = argc > 1 && strcmp(argv[1], "--memory") == 0;
    if (argc < 3 + memory) {
        fprintf(stderr, "usage: bench_measure [--memory] FILE COMMAND ARGUMENT...\n");
        return CANNOT;
    }
    argv += memory;
    cli_measure_prepare(&before);
    const cli_measure_setup setup = {.argv = argv + 2, .mask = &before, .shares = memory};
    if (!cli_measure(&setup, &measured, &number))
        return complain(argv[2]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        raise(number);
    if (!write_figures(argv[1], &measured))
        return complain(argv[1]);
    return WIFSIGNALED(measured.wait_status) ? 128 + WTERMSIG(measured.wait_status)
                                             : WEXITSTATUS(measured.wait_status);
}
