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

#include "serve/hygiene.h"
#include "serve/metrics.h"
#include "serve/parameters.h"
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

/* ---- a request and its answer -------------------------------------------- */

typedef enum serve_step {
    SERVE_STEP_HEAD = 0,
    SERVE_STEP_BODY,   /* the body is kept */
    SERVE_STEP_DROP,   /* the body is read and dropped, so that the client sees the refusal */
    SERVE_STEP_OPEN,   /* suspended, until its file is open */
    SERVE_STEP_WAIT,   /* suspended, until its job is done */
    SERVE_STEP_ANSWER, /* `reply` is to be sent */
    SERVE_STEP_SENT
} serve_step;

typedef struct serve_reply {
    unsigned status;
    const char *type;   /* Content-Type; NULL: no content */
    GBytes *content;    /* owned; NULL: none */
    char *result;       /* Imgloom-Result; owned; NULL: none */
    const char *allow;  /* Allow; NULL: none */
    const char *policy; /* Content-Security-Policy; NULL: that of pictures */
    unsigned retry;     /* Retry-After in seconds; 0: none */
    bool close;         /* the connection is closed after it */
    char *etag;         /* owned; NULL: it is not to be kept by caches */
    int64_t modified_s;
    bool varies; /* Vary: Accept */
} serve_reply;

/* What the log says of a picture. */
typedef struct serve_facts {
    bool known;
    loom_format original, format;
    uint32_t original_width, original_height, width, height;
    const char *lane; /* static; NULL: none */
    int thread;
    size_t warnings;
    int64_t queue_ns;
} serve_facts;

typedef struct serve_endpoint serve_endpoint;

struct serve_exchange {
    serve_server *server;
    serve_peer *peer;
    struct MHD_Connection *connection;
    serve_step step;
    char *text; /* the target, as it came */
    char id[129];
    char *trace; /* traceparent; NULL: none */
    char method[16];
    serve_target target;
    const serve_endpoint *endpoint; /* NULL: not known yet, or none */
    const char *allowed_origin;     /* for CORS; NULL: none */
    char *origin, *content_type, *accept, *none_match, *modified_since; /* owned; NULL: not given */
    bool is_signed;
    int64_t expires_s;           /* INT64_MAX: never */
    const serve_root *root;      /* of a GET of a picture */
    const char *path;            /* below it; part of `target` */
    serve_opening *opening;      /* NULL: none */
    serve_exchange *next_waiter; /* for the same job */
    serve_answer kind;
    serve_fault fault;
    serve_job *job; /* NULL: none */
    bool gone;      /* the client has left */
    serve_reply reply;
    serve_facts facts;
    uint64_t bytes_in; /* of the body */
    /* When the request line, the head, and the whole body had come, and the answer was made; 0: not
     * yet. */
    int64_t began_ns, head_ns, whole_ns, done_ns;
};

/* Bytes of the answer that were sent; 0 if its client left. */
static inline uint64_t serve_exchange_bytes(const serve_exchange *exchange)
{
    return exchange->gone || exchange->reply.content == NULL
               ? 0
               : g_bytes_get_size(exchange->reply.content);
}

/* ---- exchanges (exchange.c) ----------------------------------------------- */

/* One of this peer, whose request line has come. NULL: out of memory. */
serve_exchange *serve_exchange_begin(serve_peer *peer, const char *target);
/* Keeps what is needed of a head, which has come. */
void serve_exchange_keep(serve_exchange *exchange, const serve_head *head);
/*
 * Counts it, writes its line, and frees it. `sent`: its answer has gone out; `refused`: the status
 * of libmicrohttpd's own answer, if that refused the head.
 */
void serve_exchange_end(serve_exchange *exchange, bool sent, unsigned refused);

/* ---- fields (fields.c) ---------------------------------------------------- */

typedef void serve_field_sink(void *user, const char *name, const char *value);

/* Calls `add` with each header field of the reply, once for each line. */
void serve_fields_tell(const serve_exchange *exchange, serve_field_sink *add, void *user);

/* ---- endpoints (endpoints.c) --------------------------------------------- */

typedef enum serve_need { SERVE_ANYBODY = 0, SERVE_ADMIN, SERVE_PAGE, SERVE_PICTURE } serve_need;

struct serve_endpoint {
    const char *path;    /* of a picture below a root: its beginning, with a slash at its end */
    const char *methods; /* for Allow */
    serve_need need;
    bool probes;                              /* a dry run */
    void (*answer)(serve_exchange *exchange); /* sets the reply; NULL: it is of a picture */
};

/* Whether a client of this listener may see the page. */
static inline bool serve_has_page(const serve_server *server, const serve_listener *listener)
{
    return listener->local_ip && !server->settings->no_page;
}

/* NULL: nothing is at this path. */
const serve_endpoint *serve_endpoint_find(const char *path);
/* All of them; NULL after the last. */
const serve_endpoint *serve_endpoint_at(size_t index);
/* The index; that after the last for NULL. */
size_t serve_endpoint_index(const serve_endpoint *endpoint);
/* The answer of /formats, found out by a child; freed with g_free. NULL: it could not be. Call it
 * before the engine starts. */
char *serve_formats_text(void);

/* ---- what the service is at (system.c) ------------------------------------ */

/* The answer of /system-info; freed with g_free. */
char *serve_system_text(serve_server *server);

/* Of this process, bytes; 0: not known. */
typedef struct serve_memory {
    uint64_t total, resident;
} serve_memory;

serve_memory serve_memory_of_this(void);

/* ---- admission (admission.c) --------------------------------------------- */

/*
 * Decides by the head, before the body is read, whether the request will be answered with what it
 * asks for, and makes its job where it has one. False: exchange->fault says why not.
 */
bool serve_admit(serve_exchange *exchange, serve_head *head);

/* ---- answers (answer.c) -------------------------------------------------- */

/* Sets the reply to the fault of the exchange. */
void serve_answer_fault(serve_exchange *exchange);
/* Sets it to what its job, which is done, has made. */
void serve_answer_outcomes(serve_exchange *exchange);
/* Counts what a job, which is done, has made. */
void serve_count_outcomes(const serve_job *job);
/* Sets it to a text. */
void serve_answer_text(serve_exchange *exchange, unsigned status, const char *type, char *text);

/* ---- jobs (jobs.c) ------------------------------------------------------- */

/* A body, and the picture that is made of it. */
struct serve_job {
    serve_server *server;
    serve_exchange *waiters; /* NULL: nobody waits for it any more */
    char *key;               /* of jobs_by_key; NULL: nobody may join */
    unsigned char *body;     /* followed by LOOM_INPUT_SLACK bytes of room */
    size_t size, capacity;
    uint64_t held;  /* of server->bodies */
    char *boundary; /* of a form; NULL: the body is the picture */
    serve_form form;
    int file;   /* the picture, if it is no body; -1: none */
    char *name; /* of the file */
    loom_recipe *recipe;
    GBytes *picture; /* that was made, once it was answered; NULL: none */
    loom_request *request;
    int64_t deadline_ns;
    bool running; /* with the service */
    serve_job *previous, *next;
};

serve_job *serve_job_create(serve_server *server);
/* Frees a job that is not with the service. NULL is allowed. */
void serve_job_free(serve_job *job);
/* Takes a place for a body of `size` bytes. False: there is none. */
bool serve_job_reserve(serve_job *job, uint64_t size, serve_fault *fault);
/* Adds to the body. */
bool serve_job_append(serve_job *job, const void *data, size_t size, serve_fault *fault);
/* Hands the exchange's job, whose body or file is there, to the service. */
bool serve_job_submit(serve_exchange *exchange);
/*
 * Gives up the exchange's own job and waits for the one of this key. False: there is none; its own
 * may be joined by others, from its submission on.
 */
bool serve_job_join(serve_exchange *exchange, const char *key);
/* The exchange waits no longer. A job for which nobody waits is cancelled and, once it is back,
 * freed. */
void serve_job_abandon(serve_exchange *exchange, loom_status reason);
/* Takes back what is done, and has it answered. */
void serve_jobs_collect(serve_server *server);
/* Answers those whose deadline has passed; at SERVE_ENDING, all. */
void serve_jobs_look(serve_server *server, int64_t now);
/* Seconds after which a client may try again. */
unsigned serve_jobs_retry(serve_server *server);

/* ---- files (files.c, images.c) ------------------------------------------- */

/* Opens the folders of the settings. LOOM_ERR_USAGE: one is not there, or its name is wrong. */
bool serve_roots_open(serve_server *server, loom_error *err);
void serve_root_free(void *root);
const serve_root *serve_root_find(const serve_server *server, const char *name, size_t size);

bool serve_files_start(serve_server *server);
void serve_files_stop(serve_server *server); /* answers what is under way, and waits for that */
/* Has the exchange's file opened; serve_images_opened follows. False: it is none to ask for. */
bool serve_file_open(serve_exchange *exchange);
/* Takes what the openers have done. */
void serve_files_collect(serve_server *server);
/* The file is open, or is none: answers, or has the picture made. May take opening->file over. */
void serve_images_opened(serve_exchange *exchange, serve_opening *opening);

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
/* Sends the reply of an exchange whose job has ended. */
void serve_http_resume(serve_exchange *exchange);

/* ---- connections (peers.c) ----------------------------------------------- */

/* Adds a connection from server->accepting. NULL: out of memory. */
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

/* A line for a request that has ended. */
void serve_log_request(serve_log *log, const serve_exchange *exchange);
/* A line for an event, with `text` about it (or NULL). */
void serve_log_event(serve_log *log, const char *event, const char *text);

/* ---- the loop (loop.c) --------------------------------------------------- */

/* Serves until a signal ends it. Called by the service as its front. */
void serve_loop(void *server, loom_service *service);
/* Blocks the signals that the loop takes. Before any thread. */
void serve_signals_block(void);

#endif
