/*
 * The service: one process, and one thread of HTTP. That thread runs loom_service_run's front, so
 * all that stands here belongs to it, without a lock: connections, requests, answers, counters. It
 * never waits for a picture and opens no picture's file.
 *
 *     connection ─head─▶ admission ─body─▶ job ─▶ [loom_service] ─▶ answer ─▶ log, metrics
 *
 * A request is suspended in libmicrohttpd while its job is with the service's threads.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/fault.h"
#include "serve/settings.h"
#include <imgloom/outcome.h>
#include <imgloom/service.h>
#include <sys/socket.h>

struct MHD_Connection;
struct MHD_Daemon;
typedef struct serve_exchange serve_exchange;
typedef struct serve_job serve_job;

/* Lines of JSON. A reader that does not read loses lines; it never stops the service. */
typedef struct serve_log {
    const char *path; /* "-": standard output */
    int file;         /* -1: not open */
    uint64_t lost;    /* lines */
} serve_log;

typedef enum serve_life {
    SERVE_RUNNING = 0,
    SERVE_LEAVING,      /* /ready says no, and connections are accepted */
    SERVE_DRAINING_NOW, /* no connection is accepted; what was accepted is answered */
    SERVE_ENDING        /* what is left is cancelled and answered `draining` */
} serve_life;

/* ---- metrics (metrics.c) --------------------------------------------------- */

/* Counters. All labels of their text come from closed sets. */
enum { SERVE_BUCKETS = 12, SERVE_ENDPOINTS_MAX = 16, SERVE_STATUSES_MAX = 600 };

typedef struct serve_histogram {
    uint64_t counts[SERVE_BUCKETS + 1]; /* the last: beyond the last bound */
    int64_t sum_ns;
} serve_histogram;

typedef enum serve_time {
    SERVE_TIME_UPLOAD = 0,
    SERVE_TIME_QUEUE,
    SERVE_TIME_PROCESS,
    SERVE_TIME_SEND,
    SERVE_TIMES
} serve_time;

typedef struct serve_metrics {
    uint64_t requests[SERVE_ENDPOINTS_MAX][SERVE_STATUSES_MAX]; /* by HTTP status */
    serve_histogram whole, times[SERVE_TIMES];
    uint64_t images[LOOM_RESULT_COUNT]; /* but errors */
    uint64_t errors[LOOM_STATUS_COUNT];
    uint64_t rejected[SERVE_CODES]; /* by the service itself */
    uint64_t late;                  /* connections that were closed because they were late */
    uint64_t gone, not_modified, coalesced;
    uint64_t bytes_in, bytes_out, pixels;
    int64_t process_ns; /* of all images, for the mean */
    uint64_t processed;
} serve_metrics;

/* ---- the server ------------------------------------------------------------ */

/* What the loop waits for: the first member of each. */
typedef enum serve_source {
    SERVE_FROM_HTTP = 0,
    SERVE_FROM_SERVICE,
    SERVE_FROM_SIGNALS,
    SERVE_FROM_FILES,
    SERVE_FROM_LISTENER,
    SERVE_FROM_PEER
} serve_source;

/* A folder of pictures. */
typedef struct serve_root {
    char *name;
    int file; /* O_PATH */
} serve_root;

/* A file that an opener has or had. */
typedef struct serve_opening {
    serve_exchange *exchange; /* for the thread of HTTP; NULL: it waits no longer */
    const serve_root *root;
    char *path;
    int file; /* -1: there is no such picture */
    uint64_t size;
    int64_t modified_s, modified_ns; /* of its mtime */
} serve_opening;

/* Where connections come from. */
typedef struct serve_listener {
    serve_source source;
    int file;
    char *name;    /* "127.0.0.1:8080", "[::1]:8080", "unix:/run/x" */
    char *path;    /* of a socket in the file system that is removed at the end; NULL: none */
    bool loopback; /* only programs of this machine reach it: loopback or unix */
    bool local_ip; /* loopback, and not unix: pages in a browser reach it, too */
    bool admin;
} serve_listener;

/* A connection. */
typedef enum serve_phase {
    SERVE_IDLE = 0,
    SERVE_HEAD,
    SERVE_BODY,
    SERVE_WORK,
    SERVE_SEND
} serve_phase;

typedef struct serve_peer {
    serve_source source;
    struct serve_server *server;
    int file;
    const serve_listener *listener;
    char address[64]; /* of the client: an IP address, or "unix" */
    serve_phase phase;
    int64_t since_ns;         /* when the phase began */
    uint64_t expected;        /* bytes of the answer, while it is sent */
    uint64_t moved;           /* bytes of the body so far */
    bool closed;              /* shut down by us */
    bool watched;             /* the loop is told when the client leaves */
    serve_exchange *exchange; /* NULL: none */
    struct serve_peer *previous, *next;
} serve_peer;

typedef struct serve_server {
    serve_settings *settings;
    loom_settings *probing; /* the settings for a dry run */
    loom_engine *engine;
    loom_service *service; /* NULL: front does not run */
    struct MHD_Daemon *daemon;
    GPtrArray *listeners; /* of serve_listener *, owned */
    /* Of the connection that is being added. */
    const serve_listener *accepting;
    const char *accepting_address;
    serve_peer *peers;
    unsigned peer_count;
    serve_job *jobs;         /* with the service */
    GHashTable *jobs_by_key; /* those that others may join; char * → serve_job * */
    GPtrArray *roots;        /* of serve_root *, owned */
    GPtrArray *keys;         /* of serve_key *; NULL: nothing is signed */
    GThreadPool *openers;
    GAsyncQueue *opened;      /* of serve_opening * */
    int opened_bell;          /* eventfd; -1: none */
    uint64_t bodies;          /* bytes held */
    GPtrArray *tokens;        /* of char *; NULL: POST needs none */
    char *formats;            /* the answer of /formats */
    const char *vips_version; /* static; NULL: not known */
    serve_life life;
    int64_t life_since_ns; /* when `life` began */
    int64_t started_ns;
    int64_t watchdog_ns, told_ns;         /* between two signs of life; the last one */
    bool ready;                           /* the workers are started */
    bool confined;                        /* by serve_confine */
    bool accepts;                         /* the loop watches the listeners */
    int64_t short_until_ns;               /* until when the system is taken to lack descriptors */
    bool failed;                          /* the loop could not begin */
    int epoll;                            /* of the loop */
    uint64_t ends_told[LOOM_WORKER_ENDS]; /* of workers: lines of the log so far */
    serve_log log;
    serve_metrics metrics;
} serve_server;

int64_t serve_now(void); /* CLOCK_MONOTONIC, ns */

/* ---- what the service is at (endpoints.c, system.c, metrics.c) -------------------------- */

/* The answer of /formats, found out by a child; freed with g_free. NULL: it could not be. Call it
 * before the engine starts. */
char *serve_formats_text(void);
/* The answer of /metrics; freed with g_free. */
char *serve_metrics_text(serve_server *server);
/* The answer of /system-info; freed with g_free. */
char *serve_system_text(serve_server *server);

/* Of this process, bytes; 0: not known. */
typedef struct serve_memory {
    uint64_t total, resident;
} serve_memory;

serve_memory serve_memory_of_this(void);

/* ---- roots (files.c) ------------------------------------------------------- */

/* Opens the folders of the settings. LOOM_ERR_USAGE: one is not there, or its name is wrong. */
bool serve_roots_open(serve_server *server, loom_error *err);
void serve_root_free(void *root);
const serve_root *serve_root_find(const serve_server *server, const char *name, size_t size);

/* ---- HTTP (http.c) ------------------------------------------------------- */

bool serve_http_start(serve_server *server);
const char *serve_http_version(void); /* of libmicrohttpd; static */
void serve_http_stop(serve_server *server);
/* Adds a connection from `listener`, and takes `file` over; `shown` is its client's address. */
void serve_http_add(serve_server *server, const serve_listener *listener, int file,
                    const struct sockaddr *address, socklen_t size, const char *shown);
int serve_http_epoll(const serve_server *server);
/* Does what can be done without waiting; ms until it wants to be called again, at most `limit`. */
int serve_http_run(serve_server *server, int limit);

/* ---- connections (peers.c) ----------------------------------------------- */

/* Adds a connection from server->accepting. NULL: out of memory, or nobody knows from where. */
serve_peer *serve_peer_add(serve_server *server, int file);
void serve_peer_remove(serve_server *server, serve_peer *peer); /* frees it */
void serve_peer_set_phase(serve_peer *peer, serve_phase phase);
/* Whether the loop is told when the client leaves: from the head of a request to its answer. */
void serve_peer_watch(serve_peer *peer, bool on);
/* The client has left: its request ends. */
void serve_peer_gone(serve_peer *peer);
/* Closes connections that are late. */
void serve_peers_look(serve_server *server, int64_t now);
/* Closes those that have nothing under way. */
void serve_peers_close_idle(serve_server *server);

/* ---- listeners (listeners.c) --------------------------------------------- */

/*
 * Opens what the settings name, or takes the sockets that the parent hands over (LISTEN_FDS).
 * False, with *err: LOOM_ERR_USAGE for a bad address, or for one that others reach although nothing
 * keeps them out; else as the system says.
 */
bool serve_listeners_open(serve_server *server, loom_error *err);
void serve_listeners_close(serve_server *server);
/* Begins or ends to watch all of them by the loop. */
void serve_listeners_watch(serve_server *server, bool on);
/* Accepts what waits, as far as connections may be open and the system has descriptors. */
void serve_listeners_accept(serve_server *server, const serve_listener *listener);
/* Tells systemd, if it wants to know: "READY=1". */
void serve_notify(const char *state);
/* How often systemd wants to hear that the loop turns, ns; 0: not at all. */
int64_t serve_watchdog(void);

/* ---- what is given up (confine.c) ------------------------------------------ */

/*
 * Gives up the files that are not needed any more. Before the threads start, and after the engine,
 * listeners, roots and the log are open. LOOM_ERR_UNSUPPORTED: the kernel has no Landlock.
 */
bool serve_confine(const serve_server *server, loom_error *err);

/* ---- tokens and keys (secrets.c) --------------------------------------------------- */

/* Reads the files of tokens and keys anew, if there are. On failure the former ones stay. */
bool serve_secrets_read(serve_server *server, loom_error *err);

/* ---- the log (log.c) ----------------------------------------------------- */

bool serve_log_open(serve_log *log, const char *path, loom_error *err);
/* Opens the file again, after it was renamed. */
void serve_log_reopen(serve_log *log);
void serve_log_close(serve_log *log);

/* A line for an event, with `text` about it (or NULL). */
void serve_log_event(serve_log *log, const char *event, const char *text);

/* ---- the loop (loop.c) --------------------------------------------------- */

/* Serves until a signal ends it. Called by the service as its front. */
void serve_loop(void *server, loom_service *service);
/* Blocks the signals that the loop takes. Before any thread. */
void serve_signals_block(void);

#endif
