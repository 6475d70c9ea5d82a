#include "worker/zygote.h"

#include "engine/plugin.h"
#include "format/container.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * As fork, but the new process is a sibling: our parent waits for it, and so learns how it ended.
 * glibc's fork has no such flag. The rest of glibc's fork is for processes with threads, with one
 * exception: here glibc keeps the zygote's thread id for this thread. If the kernel needs an id
 * (abort, raise), glibc asks for it again; elsewhere the id must only differ from those of other
 * threads, which it does while the zygote lives.
 */
static pid_t fork_sibling(void)
{
    return (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PARENT | SIGCHLD), NULL, NULL, NULL,
                          NULL);
}

/* Makes the descriptors of a FORK the worker's own. */
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

static void answer(int socket, const void *message, size_t size)
{
    if (loom_message_send(socket, message, size, NULL, 0) != 0)
        _exit(EXIT_FAILURE);
}

/* Forks a worker. True in the worker, false in the zygote. */
static bool fork_worker(int socket, const int *descriptors)
{
    loom_forked_message forked = {.pid = 0};

    const pid_t pid = fork_sibling();
    if (pid == 0) {
        if (!take_over(socket, descriptors))
            _exit(EXIT_FAILURE);
        return true;
    }
    if (pid > 0)
        forked.pid = (int32_t)pid;
    else
        forked.error = errno;
    for (size_t i = 0; i < LOOM_FORK_FDS; i++)
        (void)close(descriptors[i]);
    loom_message_start(&forked.head, LOOM_MESSAGE_FORKED, sizeof forked, 0);
    answer(socket, &forked, sizeof forked);
    return false;
}

static void tell_writes(int socket, loom_writes_message message, bool (*load)(loom_loaded what))
{
    const loom_format format =
        message.format < LOOM_FORMAT_COUNT ? (loom_format)message.format : LOOM_FORMAT_UNKNOWN;

    message.writes =
        load(loom_container_of(format)->in_module ? LOOM_LOADED_MODULES : LOOM_LOADED_VIPS) &&
        loom_plugin_get()->codec(format).writer != NULL;
    answer(socket, &message, sizeof message);
}

bool loom_zygote_serve(int socket, bool (*load)(loom_loaded what))
{
    union {
        loom_message_head head;
        loom_fork_message fork;
        loom_writes_message writes;
    } request;
    int descriptors[LOOM_FORK_FDS];
    size_t count;

    for (;;) {
        const ssize_t size = loom_message_receive(socket, &request, sizeof request, descriptors,
                                                  LOOM_FORK_FDS, &count);
        if (size == 0)
            _exit(EXIT_SUCCESS); /* the parent has closed the socket, or is gone */
        if (size == sizeof request.fork && count == LOOM_FORK_FDS &&
            loom_message_is(&request, sizeof request.fork, LOOM_MESSAGE_FORK)) {
            const bool loaded = load((loom_loaded)request.fork.loaded);
            if (fork_worker(socket, descriptors))
                return loaded;
        } else if (size == sizeof request.writes && count == 0 &&
                   loom_message_is(&request, sizeof request.writes, LOOM_MESSAGE_WRITES)) {
            tell_writes(socket, request.writes, load);
        } else {
            _exit(EXIT_FAILURE);
        }
    }
}
