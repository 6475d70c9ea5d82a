#include "cli/bench/measure.h"

#include "cli/processes.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define NS_PER_SECOND INT64_C(1000000000)
#define TICK_NS       5000000

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

static void raise_to(uint64_t *peak, uint64_t value)
{
    if (value > *peak)
        *peak = value;
}

static void sample(pid_t root, bool with_shares, cli_measured *measured)
{
    uint64_t resident, own, shares = 0;

    cli_processes_memory(root, &resident, &own, with_shares ? &shares : NULL);
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
    const cli_load before = cli_load_now();
    const int64_t began = now_ns();
    struct rusage usage;
    sigset_t set;
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
            sample(child, setup->shares, measured);
        }
    }
    measured->wall_ns = now_ns() - began;
    const cli_load after = cli_load_now();
    measured->load = cli_load_between(&before, &after);
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
