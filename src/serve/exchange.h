/*
 * A request and its answer: what is known of it, and the steps that it takes. As in server.h, all
 * of it belongs to the thread of HTTP.
 */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include "serve/parameters.h"
#include "serve/server.h"

/* ---- heads (hygiene.c) ------------------------------------------------------ */

typedef struct serve_field {
    const char *name, *value; /* value NULL: none */
} serve_field;

/* A head as libmicrohttpd has read it. */
typedef struct serve_head {
    const char *method, *target, *version;
    const serve_field *fields;
    size_t count;
    /* Set by serve_hygiene_check. */
    int64_t length; /* of the body; -1: chunked */
} serve_head;

/* The value of the first field of this name; NULL: there is none. */
const char *serve_head_get(const serve_head *head, const char *name);

/* At most so many bytes of a target, and of all fields together. */
enum { SERVE_TARGET_MAX = 8 << 10, SERVE_FIELDS_MAX = 16 << 10 };

/*
 * Refuses heads that two programs might read differently, such as a proxy and this service:
 * SERVE_BAD_REQUEST, with what is wrong. SERVE_TARGET_TOO_LONG, SERVE_HEAD_TOO_LARGE: it is beyond
 * the limits above. The connection is to be closed.
 */
bool serve_hygiene_check(serve_head *head, serve_fault *fault);

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

bool serve_files_start(serve_server *server);
void serve_files_stop(serve_server *server); /* answers what is under way, and waits for that */
/* Has the exchange's file opened; serve_images_opened follows. False: it is none to ask for. */
bool serve_file_open(serve_exchange *exchange);
/* Takes what the openers have done. */
void serve_files_collect(serve_server *server);
/* The file is open, or is none: answers, or has the picture made. May take opening->file over. */
void serve_images_opened(serve_exchange *exchange, serve_opening *opening);

/* ---- the end of an exchange ------------------------------------------------ */

/* Sends the reply of an exchange whose job has ended. */
void serve_http_resume(serve_exchange *exchange);
/* A line for a request that has ended. */
void serve_log_request(serve_log *log, const serve_exchange *exchange);
/* Counts a request that has ended. */
void serve_metrics_exchange(serve_metrics *metrics, const serve_exchange *exchange);
void serve_metrics_image(serve_metrics *metrics, const loom_outcome *outcome);

#endif
