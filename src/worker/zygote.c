#include "worker/zygote.h"

#include "engine/plugin.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * As fork, but the new process is a sibling: our parent waits for it, and learns itself how it
 * ended. glibc's fork has no such flag. What it does beside the call is for processes with threads,
 * but for one: here glibc takes the zygote's thread id for this thread's. Where an id goes to the
 * kernel (abort, raise), glibc asks for it anew; elsewhere it need only differ from those of other
 * threads, and does while the zygote lives.
 */
static pid_t fork_sibling(void)
{
    return (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PARENT | SIGCHLD), NULL, NULL, NULL,
                          NULL);
}

/* Makes the descriptors that came with a FORK those of this process. */
static bool take_over(int socket, const int *descriptors)
{
    const int places[LOOM_FORK_FDS] = {socket, STDERR_FILENO};

    for (size_t i = 0; i < LOOM_FORK_FDS; i++) {
        if (dup2(descriptors[i], places[i]) < 0)
            return false;
        (void)close(descriptors[i]);
    }
    return setpgid(0, 0) == 0;
}

static bool answer(int socket, pid_t pid, int error)
{
    loom_forked_message message = {.pid = pid > 0 ? (int32_t)pid : 0, .error = error};

    loom_message_start(&message.head, LOOM_MESSAGE_FORKED, sizeof message, 0);
    return loom_message_send(socket, &message, sizeof message, NULL, 0) == 0;
}

void loom_zygote_serve(int socket)
{
    for (;;) {
        loom_fork_message request;
        int descriptors[LOOM_FORK_FDS];
        size_t count;

        const ssize_t size = loom_message_receive(socket, &request, sizeof request, descriptors,
                                                  LOOM_FORK_FDS, &count);
        if (size == 0)
            _exit(EXIT_SUCCESS); /* the parent is done, or gone */
        if (size != sizeof request || !loom_message_is(&request, (size_t)size, LOOM_MESSAGE_FORK) ||
            count != LOOM_FORK_FDS)
            _exit(EXIT_FAILURE);
        if (request.modules)
            loom_plugin_get()->load_modules();
        const pid_t pid = fork_sibling();
        const int error = pid < 0 ? errno : 0;
        if (pid == 0) {
            if (!take_over(socket, descriptors))
                _exit(EXIT_FAILURE);
            return;
        }
        for (size_t i = 0; i < count; i++)
            (void)close(descriptors[i]);
        if (!answer(socket, pid, error))
            _exit(EXIT_FAILURE);
    }
}
