#include "isolation/spawn.h"

#include "base/clock.h"
#include "batch/system.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000, ZYGOTE_PATIENCE_MS = 10000, ZYGOTES_MAX = 3 };

struct loom_spawner {
    const loom_spawn_setup *setup;
    pthread_mutex_t turn; /* held while a thread starts, asks or ends the zygote */
    /* Guarded by `turn`. */
    pid_t zygote;     /* 0: none */
    int control;      /* the socket to it; -1: none */
    unsigned zygotes; /* started so far */
    bool has_keeper, given_way;
    loom_loaded loaded; /* what is needed from now on */
    pthread_t keeper;

    pthread_mutex_t lock; /* taken last */
    pthread_cond_t changed;
    /* Guarded by `lock`. */
    bool wanted;     /* the keeper must start a zygote */
    bool leave;      /* the keeper must end once all forked workers are reaped */
    int failed;      /* result of the start: 0, or an errno */
    unsigned forked; /* workers that the zygote forked and nobody has reaped yet */
};

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

/* ---- the zygote ---------------------------------------------------------- */

static int start_zygote(loom_spawner *s)
{
    int sockets[2] = {-1, -1}, failed = 0;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 ||
        !loom_program_can_take(&sockets[1]))
        failed = errno;
    if (failed == 0)
        failed = loom_program_start(&s->zygote, s->setup, sockets[1], -1);
    if (failed != 0) {
        close_pair(sockets);
        return failed;
    }
    (void)close(sockets[1]);
    s->control = sockets[0];
    return 0;
}

/*
 * The keeper: the thread that is the parent of the zygote, and so of the workers that it forks. The
 * kernel kills them when their parent thread ends, so this thread outlives them.
 */
static void *keep(void *user)
{
    loom_spawner *s = user;

    (void)pthread_mutex_lock(&s->lock);
    while (!s->leave || s->forked > 0) {
        if (!s->wanted) {
            (void)pthread_cond_wait(&s->changed, &s->lock);
            continue;
        }
        s->failed = start_zygote(s);
        s->wanted = false;
        (void)pthread_cond_broadcast(&s->changed);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* Has the keeper start a zygote. 0 or an errno. */
static int ensure_zygote(loom_spawner *s)
{
    int failed;

    if (s->zygote > 0)
        return 0;
    if (s->given_way || s->zygotes >= ZYGOTES_MAX)
        return ECANCELED;
    s->zygotes++;
    if (!s->has_keeper) {
        if ((failed = loom_thread_start(&s->keeper, keep, s)) != 0)
            return failed;
        s->has_keeper = true;
    }
    (void)pthread_mutex_lock(&s->lock);
    s->wanted = true;
    (void)pthread_cond_broadcast(&s->changed);
    while (s->wanted)
        (void)pthread_cond_wait(&s->changed, &s->lock);
    failed = s->failed;
    (void)pthread_mutex_unlock(&s->lock);
    return failed;
}

static void end_zygote(loom_spawner *s)
{
    int status;

    if (s->zygote == 0)
        return;
    (void)close(s->control);
    (void)kill(s->zygote, SIGKILL);
    (void)loom_program_reap(s->zygote, 0, &status);
    s->zygote = 0;
    s->control = -1;
}

/* Receives the zygote's answer of `size` bytes. False: there is none. */
static bool receive_answer(const loom_spawner *s, loom_message_kind kind, void *answer, size_t size)
{
    const int64_t deadline = loom_clock_now() + ZYGOTE_PATIENCE_MS * LOOM_NS_PER_MS;
    struct pollfd ready = {.fd = s->control, .events = POLLIN};
    size_t none;
    int n;

    while ((n = poll(&ready, 1, ZYGOTE_PATIENCE_MS)) <= 0)
        if (n == 0 || errno != EINTR || loom_clock_now() > deadline)
            return false;
    return loom_message_receive(s->control, answer, size, NULL, 0, &none) == (ssize_t)size &&
           loom_message_is(answer, size, kind);
}

bool loom_spawner_writes(loom_spawner *s, loom_format format)
{
    loom_writes_message message = {.format = (uint32_t)format}, answer;

    loom_message_start(&message.head, LOOM_MESSAGE_WRITES, sizeof message, 0);
    (void)pthread_mutex_lock(&s->turn);
    const bool asked = ensure_zygote(s) == 0 &&
                       loom_message_send(s->control, &message, sizeof message, NULL, 0) == 0 &&
                       receive_answer(s, LOOM_MESSAGE_WRITES, &answer, sizeof answer);
    if (!asked)
        end_zygote(s);
    else if (s->loaded < LOOM_LOADED_VIPS) /* which has told it */
        s->loaded = LOOM_LOADED_VIPS;
    (void)pthread_mutex_unlock(&s->turn);
    return asked && answer.format == (uint32_t)format && answer.writes != 0;
}

/* Returns 0, or an errno; ECONNRESET: the zygote does not answer. */
static int ask_for_worker(const loom_spawner *s, int socket, int messages, pid_t *pid)
{
    const int descriptors[LOOM_FORK_FDS] = {socket, messages};
    loom_fork_message request = {.loaded = s->loaded};
    loom_forked_message forked;

    loom_message_start(&request.head, LOOM_MESSAGE_FORK, sizeof request, 0);
    if (loom_message_send(s->control, &request, sizeof request, descriptors, LOOM_FORK_FDS) != 0 ||
        !receive_answer(s, LOOM_MESSAGE_FORKED, &forked, sizeof forked) ||
        (forked.pid <= 0 && forked.error <= 0))
        return ECONNRESET;
    *pid = forked.pid;
    return forked.pid > 0 ? 0 : forked.error;
}

/* Called with `turn` held. */
static void give_way(loom_spawner *s)
{
    end_zygote(s);
    s->given_way = true;
    (void)pthread_mutex_lock(&s->lock);
    s->leave = true;
    (void)pthread_cond_broadcast(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
}

void loom_spawner_give_way(loom_spawner *spawner)
{
    (void)pthread_mutex_lock(&spawner->turn);
    give_way(spawner);
    (void)pthread_mutex_unlock(&spawner->turn);
}

/*
 * *loaded, in and out: what the worker must have, and what it has. Returns 0, or an errno: then the
 * caller starts the program.
 */
static int fork_worker(loom_spawner *s, int socket, int messages, loom_loaded *loaded, pid_t *pid)
{
    (void)pthread_mutex_lock(&s->turn);
    if (s->loaded < *loaded)
        s->loaded = *loaded;
    *loaded = s->loaded;
    int failed = ensure_zygote(s);
    const bool asked = failed == 0;
    if (asked)
        failed = ask_for_worker(s, socket, messages, pid);
    if (failed == 0) {
        (void)pthread_mutex_lock(&s->lock);
        s->forked++;
        (void)pthread_mutex_unlock(&s->lock);
    } else if (asked && failed != ECONNRESET) {
        give_way(s); /* the system refuses a fork: a new zygote would fail, too */
    } else {
        end_zygote(s);
    }
    (void)pthread_mutex_unlock(&s->turn);
    return failed;
}

/* Counts a forked worker as reaped. */
static void forget_forked(loom_spawner *s)
{
    (void)pthread_mutex_lock(&s->lock);
    s->forked--;
    (void)pthread_cond_broadcast(&s->changed);
    (void)pthread_mutex_unlock(&s->lock);
}

loom_spawner *loom_spawner_create(const loom_spawn_setup *setup)
{
    loom_spawner *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->setup = setup;
    s->control = -1;
    if (pthread_mutex_init(&s->turn, NULL) != 0)
        goto failed;
    if (pthread_mutex_init(&s->lock, NULL) != 0)
        goto failed_turn;
    if (pthread_cond_init(&s->changed, NULL) == 0)
        return s;
    (void)pthread_mutex_destroy(&s->lock);
failed_turn:
    (void)pthread_mutex_destroy(&s->turn);
failed:
    free(s);
    return NULL;
}

void loom_spawner_free(loom_spawner *s)
{
    if (s == NULL)
        return;
    loom_spawner_give_way(s);
    if (s->has_keeper)
        (void)pthread_join(s->keeper, NULL);
    (void)pthread_cond_destroy(&s->changed);
    (void)pthread_mutex_destroy(&s->lock);
    (void)pthread_mutex_destroy(&s->turn);
    free(s);
}

/* ---- a process ----------------------------------------------------------- */

loom_status loom_process_start(loom_process *process, loom_spawner *spawner, loom_loaded loaded,
                               loom_error *err)
{
    int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
    loom_spawner *forked = NULL;
    pid_t pid = 0;
    int failed = 0;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0 ||
        pipe2(pipes, O_CLOEXEC) != 0 || !set_nonblocking(sockets[0]) ||
        !set_nonblocking(pipes[0]) || !set_nonblocking(pipes[1]) ||
        !loom_program_can_take(&sockets[1]) || !loom_program_can_take(&pipes[1]))
        failed = errno;
    if (failed == 0 && fork_worker(spawner, sockets[1], pipes[1], &loaded, &pid) == 0)
        forked = spawner;
    else if (failed == 0)
        failed = loom_program_start(&pid, spawner->setup, sockets[1], pipes[1]);
    if (forked == NULL) /* the program has all */
        loaded = LOOM_LOADED_MODULES;
    if (failed != 0) {
        close_pair(sockets);
        close_pair(pipes);
        errno = failed;
        return loom_error_set_errno(err, LOOM_STAGE_WORKER, failed,
                                    "cannot start a worker process");
    }
    (void)close(sockets[1]);
    (void)close(pipes[1]);
    *process = (loom_process){pid, sockets[0], pipes[0], loaded, forked};
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

    /* Only as often as a full pipe needs: the worker may still be writing. */
    for (int i = 0; i < 16 && read(process->messages, dropped, sizeof dropped) > 0; i++)
        continue;
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
        while (gone.fd < 0 && loom_clock_now() < deadline &&
               !loom_program_reap(process->pid, WNOHANG, &status))
            (void)poll(NULL, 0, 5);
        if (gone.fd >= 0)
            (void)close(gone.fd);
        kill_it = !loom_program_reap(process->pid, WNOHANG, &status);
    }
    if (kill_it) {
        (void)kill(process->pid, SIGKILL);
        (void)loom_program_reap(process->pid, 0, &status);
    }
    (void)close(process->messages);
    if (process->spawner != NULL)
        forget_forked(process->spawner);
    *process = (loom_process)LOOM_PROCESS_INIT;
    return status;
}

void loom_sandbox_list(uint32_t parts, const char *names[LOOM_SANDBOX_PARTS + 1])
{
    static const struct {
        uint32_t part;
        const char *name;
    } all[LOOM_SANDBOX_PARTS] = {{LOOM_SANDBOX_NO_NEW_PRIVS, "no-new-privs"},
                                 {LOOM_SANDBOX_RLIMITS, "rlimits"},
                                 {LOOM_SANDBOX_LANDLOCK, "landlock"},
                                 {LOOM_SANDBOX_SECCOMP, "seccomp"}};
    size_t count = 0;

    for (size_t i = 0; i < LOOM_SANDBOX_PARTS; i++)
        if (parts & all[i].part)
            names[count++] = all[i].name;
    names[count] = NULL;
}
