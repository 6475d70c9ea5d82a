#include "isolation/spawn.h"

#include "base/clock.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CHILD_SOCKET = 3, PATIENCE_MS = 2000 };

/* ---- start --------------------------------------------------------------- */

/* The environment with OMP_NUM_THREADS=1: libimagequant brings an OpenMP of its own. */
static char **make_environment(void)
{
    static char one_thread[] = "OMP_NUM_THREADS=1";
    size_t count = 0, kept = 0;

    while (environ[count] != NULL)
        count++;
    char **made = calloc(count + 2, sizeof *made);
    if (made == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "OMP_", 4) != 0)
            made[kept++] = environ[i];
    made[kept] = one_thread;
    return made;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;
    int failed;

    (void)sigemptyset(&none);
    (void)sigfillset(&defaults);
    if ((failed = posix_spawnattr_setflags(
             attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) !=
            0 ||
        (failed = posix_spawnattr_setpgroup(attributes, 0)) != 0 ||
        (failed = posix_spawnattr_setsigmask(attributes, &none)) != 0)
        return failed;
    return posix_spawnattr_setsigdefault(attributes, &defaults);
}

static int set_actions(posix_spawn_file_actions_t *actions, int socket, int messages)
{
    int failed;

    if ((failed = posix_spawn_file_actions_adddup2(actions, messages, STDERR_FILENO)) != 0 ||
        (failed = posix_spawn_file_actions_adddup2(actions, socket, CHILD_SOCKET)) != 0 ||
        (failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY,
                                                   0)) != 0)
        return failed;
    return posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
}

/* 0 or an errno. */
static int spawn(pid_t *pid, const loom_spawn_setup *setup, int socket, int messages)
{
    char path[64], memory[64], parent[64];
    char name[] = "imgloom-worker", untrusted[] = "--allow-untrusted";
    char require[] = "--require-sandbox";
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    char **environment = make_environment();
    int failed;

    if (environment == NULL)
        return ENOMEM;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", setup->program);
    (void)snprintf(memory, sizeof memory, "--memory=%" PRIu64, setup->memory);
    (void)snprintf(parent, sizeof parent, "--parent=%ld", (long)getpid());
    char *arguments[6] = {name, memory, parent};
    size_t count = 3;
    if (setup->allow_untrusted)
        arguments[count++] = untrusted;
    if (setup->require_sandbox)
        arguments[count++] = require;

    if ((failed = posix_spawnattr_init(&attributes)) != 0)
        goto done_environment;
    if ((failed = posix_spawn_file_actions_init(&actions)) != 0)
        goto done_attributes;
    if ((failed = set_attributes(&attributes)) == 0 &&
        (failed = set_actions(&actions, socket, messages)) == 0)
        failed = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
done_attributes:
    (void)posix_spawnattr_destroy(&attributes);
done_environment:
    free(environment);
    return failed;
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            (void)close(pair[i]);
}

static bool set_nonblocking(int descriptor)
{
    return fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0;
}

/* Moves a descriptor out of the way of those that the process is to find its own at. */
static bool move_up(int *descriptor)
{
    if (*descriptor > CHILD_SOCKET)
        return true;
    const int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, CHILD_SOCKET + 1);
    if (moved < 0)
        return false;
    (void)close(*descriptor);
    *descriptor = moved;
    return true;
}

loom_status loom_process_start(loom_process *process, const loom_spawn_setup *setup,
                               loom_error *err)
{
    int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
    pid_t pid = 0;
    int failed = 0;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 ||
        pipe2(pipes, O_CLOEXEC) != 0 || !set_nonblocking(sockets[0]) ||
        !set_nonblocking(pipes[0]) || !set_nonblocking(pipes[1]) || !move_up(&sockets[1]) ||
        !move_up(&pipes[1]))
        failed = errno;
    if (failed == 0)
        failed = spawn(&pid, setup, sockets[1], pipes[1]);
    if (failed != 0) {
        close_pair(sockets);
        close_pair(pipes);
        errno = failed;
        return loom_error_set_errno(err, LOOM_STAGE_WORKER, failed,
                                    "cannot start a worker process");
    }
    (void)close(sockets[1]);
    (void)close(pipes[1]);
    *process = (loom_process){pid, sockets[0], pipes[0]};
    return LOOM_OK;
}

/* ---- messages and end ---------------------------------------------------- */

void loom_process_read_messages(const loom_process *process, char *text, size_t size)
{
    size_t at = 0;

    while (at + 1 < size) {
        ssize_t n = read(process->messages, text + at, size - 1 - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    for (size_t i = 0; i < at; i++)
        if (text[i] == '\0')
            text[i] = '?';
    text[at] = '\0';
}

void loom_process_drop_messages(const loom_process *process)
{
    char dropped[4096];

    /* As often as a full pipe needs, and no more: the worker may be writing. */
    for (int i = 0; i < 16 && read(process->messages, dropped, sizeof dropped) > 0; i++)
        continue;
}

static bool reap(pid_t pid, int flags, int *status)
{
    pid_t got;

    do
        got = waitpid(pid, status, flags);
    while (got < 0 && errno == EINTR);
    return got != 0; /* reaped, or somebody else's waitpid was faster */
}

int loom_process_end(loom_process *process, bool kill_it)
{
    int status = 0;

    if (process->pid == 0)
        return 0;
    (void)close(process->socket);
    if (!kill_it) {
        const int64_t deadline = loom_clock_now() + PATIENCE_MS * LOOM_NS_PER_MS;
        struct pollfd gone = {.fd = (int)syscall(SYS_pidfd_open, process->pid, 0),
                              .events = POLLIN};
        if (gone.fd >= 0)
            (void)poll(&gone, 1, PATIENCE_MS);
        while (gone.fd < 0 && loom_clock_now() < deadline && !reap(process->pid, WNOHANG, &status))
            (void)poll(NULL, 0, 5);
        if (gone.fd >= 0)
            (void)close(gone.fd);
        kill_it = !reap(process->pid, WNOHANG, &status);
    }
    if (kill_it) {
        (void)kill(process->pid, SIGKILL);
        (void)reap(process->pid, 0, &status);
    }
    (void)close(process->messages);
    *process = (loom_process)LOOM_PROCESS_INIT;
    return status;
}

/* ---- the sandbox --------------------------------------------------------- */

uint32_t loom_sandbox_support(void)
{
    uint32_t parts = LOOM_SANDBOX_NO_NEW_PRIVS | LOOM_SANDBOX_RLIMITS;
    const uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;

    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1)
        parts |= LOOM_SANDBOX_LANDLOCK;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0)
        parts |= LOOM_SANDBOX_SECCOMP;
    return parts;
}
