/*
 * The loop: one epoll for connections (libmicrohttpd's own, and the listeners), pictures that are
 * done, clients that leave, and signals.
 */
#include "serve/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
    BUSY_MS = 20,  /* between looks at deadlines, while a picture is under way */
    CALM_MS = 250, /* while only connections are */
    EVENTS = 64,
    LAST_MS = 1000 /* for the last answers after --drain */
};

#define NS_PER_MS INT64_C(1000000)

int64_t serve_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fill_signals(sigset_t *signals)
{
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGTERM);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGHUP);
    (void)sigaddset(signals, SIGUSR1);
}

void serve_signals_block(void)
{
    sigset_t signals;

    fill_signals(&signals);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

/* ---- the end ------------------------------------------------------------- */

static void enter(serve_server *server, serve_life life)
{
    static const char *const events[] = {[SERVE_LEAVING] = "leaving",
                                         [SERVE_DRAINING_NOW] = "draining",
                                         [SERVE_ENDING] = "cancelling"};

    if (server->life >= life)
        return;
    if (server->life == SERVE_RUNNING)
        serve_notify("STOPPING=1");
    server->life = life;
    server->life_since_ns = serve_now();
    serve_log_event(&server->log, events[life], NULL);
    if (life >= SERVE_DRAINING_NOW) {
        if (server->accepts)
            serve_listeners_watch(server, false);
        server->accepts = false;
        serve_listeners_close(server);
    }
}

/* What is due by the clock: the next part of the end, and signs of life. */
static void advance(serve_server *server, int64_t now)
{
    const int64_t passed = now - server->life_since_ns;

    if (server->life == SERVE_LEAVING && passed >= server->settings->drain_delay_ns)
        enter(server, SERVE_DRAINING_NOW);
    if (server->life == SERVE_DRAINING_NOW && passed >= server->settings->drain_ns)
        enter(server, SERVE_ENDING);
    if (server->life >= SERVE_DRAINING_NOW)
        serve_peers_close_idle(server);
    if (server->watchdog_ns > 0 && now - server->told_ns >= server->watchdog_ns) {
        server->told_ns = now;
        serve_notify("WATCHDOG=1");
    }
}

static bool has_ended(const serve_server *server, int64_t now)
{
    if (server->life < SERVE_DRAINING_NOW)
        return false;
    return server->peer_count == 0 ||
           (server->life == SERVE_ENDING && now - server->life_since_ns > LAST_MS * NS_PER_MS);
}

/* ---- signals ------------------------------------------------------------- */

static void tell_state(serve_server *server)
{
    const loom_service_counts *counts = loom_service_counts_of(server->service);
    char text[160];

    (void)snprintf(text, sizeof text,
                   "%u connections, %zu pictures wait, %zu run, %" G_GUINT64_FORMAT
                   " bytes of bodies",
                   server->peer_count, counts->waiting, counts->running, server->bodies);
    serve_log_event(&server->log, "state", text);
}

/* A line for each worker that has ended otherwise than to be replaced. */
static void tell_ends(serve_server *server)
{
    const loom_worker_counts *counts = loom_engine_worker_counts(server->engine);

    for (unsigned i = LOOM_WORKER_CRASHED; i < LOOM_WORKER_ENDS; i++)
        for (; server->ends_told[i] < counts->ended[i]; server->ends_told[i]++)
            serve_log_event(&server->log, "worker-ended", loom_worker_end_name((loom_worker_end)i));
}

static void reread(serve_server *server)
{
    loom_error err = LOOM_ERROR_INIT;

    serve_log_reopen(&server->log);
    if (!serve_secrets_read(server, &err))
        serve_log_event(&server->log, "secrets-kept", err.message);
    else
        serve_log_event(&server->log, "reopened", NULL);
}

static void take_signals(serve_server *server, int file)
{
    struct signalfd_siginfo info;

    while (read(file, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            reread(server);
        else if (info.ssi_signo == SIGUSR1)
            tell_state(server);
        else
            enter(server, server->life == SERVE_RUNNING ? SERVE_LEAVING : SERVE_ENDING);
    }
}

/* ---- the loop ------------------------------------------------------------ */

static bool watch(const serve_server *server, int file, const serve_source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = (void *)(gsize)source};

    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, file, &event) == 0;
}

static void take_event(serve_server *server, serve_source *source, int signals)
{
    switch (*source) {
    case SERVE_FROM_SIGNALS:
        take_signals(server, signals);
        break;
    case SERVE_FROM_LISTENER:
        if (server->accepts)
            serve_listeners_accept(server, (const serve_listener *)source);
        break;
    case SERVE_FROM_PEER:
        serve_peer_gone((serve_peer *)source);
        break;
    case SERVE_FROM_FILES:
        serve_files_collect(server);
        break;
    default: /* these two are asked each time */
        break;
    }
}

/* Above the limit of connections, or of descriptors, new ones wait in the kernel's queue. */
static void open_or_close(serve_server *server)
{
    const bool accepts = server->life < SERVE_DRAINING_NOW &&
                         server->peer_count < server->settings->connections &&
                         serve_now() >= server->short_until_ns;

    if (accepts != server->accepts)
        serve_listeners_watch(server, accepts);
    server->accepts = accepts;
}

static int pause_of(const serve_server *server)
{
    const bool busy = server->jobs != NULL || server->life != SERVE_RUNNING || !server->accepts;

    return busy ? BUSY_MS : CALM_MS;
}

static void turn(serve_server *server, int signals)
{
    struct epoll_event events[EVENTS];
    int64_t looked_ns = 0;

    for (;;) {
        const int pause = serve_http_run(server, pause_of(server));
        open_or_close(server);
        const int count = epoll_wait(server->epoll, events, EVENTS, pause);
        /* libmicrohttpd, which frees connections, does not run among these. */
        for (int i = 0; i < count; i++)
            take_event(server, events[i].data.ptr, signals);
        serve_jobs_collect(server);
        const int64_t now = serve_now();
        if (now - looked_ns >= BUSY_MS * NS_PER_MS) {
            looked_ns = now;
            advance(server, now);
            serve_jobs_look(server, now);
            serve_peers_look(server, now);
            tell_ends(server);
        }
        if (has_ended(server, now))
            return;
    }
}

static void tell_start(serve_server *server)
{
    loom_error err = LOOM_ERROR_INIT;
    GString *names = g_string_new(NULL);

    if (loom_engine_warm(server->engine, server->settings->batch->jobs, &err) != LOOM_OK)
        serve_log_event(&server->log, "workers-late", err.message);
    server->ready = true;
    for (guint i = 0; i < server->listeners->len; i++) {
        const serve_listener *listener = g_ptr_array_index(server->listeners, i);
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", listener->name);
        (void)fprintf(stderr, "imgloom serve: listening on %s%s\n",
                      g_str_has_prefix(listener->name, "unix:") ? "" : "http://", listener->name);
    }
    serve_log_event(&server->log, "start", names->str);
    g_string_free(names, TRUE);
    serve_notify("READY=1");
}

/* Answers what is left, so that libmicrohttpd can end. */
static void end(serve_server *server)
{
    char text[40];

    server->life = SERVE_ENDING;
    serve_files_stop(server);
    serve_jobs_look(server, serve_now());
    (void)serve_http_run(server, 0);
    serve_http_stop(server);
    while (server->jobs != NULL) {
        serve_jobs_collect(server);
        (void)usleep(1000);
    }
    tell_ends(server);
    (void)snprintf(text, sizeof text, "%" G_GUINT64_FORMAT " requests",
                   serve_metrics_requests(&server->metrics));
    serve_log_event(&server->log, "end", text);
}

void serve_loop(void *user, loom_service *service)
{
    static const serve_source from_http = SERVE_FROM_HTTP, from_service = SERVE_FROM_SERVICE,
                              from_signals = SERVE_FROM_SIGNALS, from_files = SERVE_FROM_FILES;
    serve_server *server = user;
    sigset_t set;

    fill_signals(&set);
    server->service = service;
    server->started_ns = serve_now();
    server->watchdog_ns = serve_watchdog();
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    server->failed = server->epoll < 0 || signals < 0 || !serve_http_start(server) ||
                     !watch(server, signals, &from_signals) || !serve_files_start(server) ||
                     !watch(server, server->opened_bell, &from_files) ||
                     !watch(server, loom_service_fd(service), &from_service) ||
                     !watch(server, serve_http_epoll(server), &from_http);
    if (!server->failed) {
        tell_start(server);
        turn(server, signals);
        end(server);
    }
    serve_files_stop(server);
    serve_http_stop(server);
    if (signals >= 0)
        (void)close(signals);
    if (server->epoll >= 0)
        (void)close(server->epoll);
    server->service = NULL;
}
