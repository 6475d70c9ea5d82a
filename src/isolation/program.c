#include "isolation/protocol.h"
#include "isolation/spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CHILD_SOCKET = 3 };

/* The environment with OMP_NUM_THREADS=1: libimagequant brings its own OpenMP. */
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

    failed = messages >= 0 ? posix_spawn_file_actions_adddup2(actions, messages, STDERR_FILENO)
                           : posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null",
                                                              O_WRONLY, 0);
    if (failed != 0 ||
        (failed = posix_spawn_file_actions_adddup2(actions, socket, CHILD_SOCKET)) != 0 ||
        (failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY,
                                                   0)) != 0)
        return failed;
    return posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
}

int loom_program_start(pid_t *pid, const loom_spawn_setup *setup, int socket, int messages)
{
    char path[64], memory[64], parent[64];
    char name[] = "imgloom-worker", untrusted[] = "--allow-untrusted";
    char require[] = "--require-sandbox", zygote[] = "--zygote";
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    char **environment = make_environment();
    int failed;

    if (environment == NULL)
        return ENOMEM;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", setup->program);
    (void)snprintf(memory, sizeof memory, "--memory=%" PRIu64, setup->memory);
    (void)snprintf(parent, sizeof parent, "--parent=%ld", (long)getpid());
    char *arguments[7] = {name, memory, parent};
    size_t count = 3;
    if (setup->allow_untrusted)
        arguments[count++] = untrusted;
    if (setup->require_sandbox)
        arguments[count++] = require;
    if (messages < 0)
        arguments[count++] = zygote;

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

bool loom_program_can_take(int *descriptor)
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

bool loom_program_reap(pid_t pid, int flags, int *status)
{
    pid_t got;

    do
        got = waitpid(pid, status, flags);
    while (got < 0 && errno == EINTR);
    return got != 0; /* reaped, or another thread's waitpid was faster */
}

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
