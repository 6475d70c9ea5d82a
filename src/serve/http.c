/*
 * The glue to libmicrohttpd, in its external-epoll mode: connections and requests become peers and
 * exchanges. Nobody else includes its header.
 *
 * For each request libmicrohttpd calls on_target (the request line has come), on_request (once with
 * the head, then for each piece of the body, then at its end, and again after a resume) and
 * on_completed. Targets are left as they came: our own parser decodes them.
 */
#include "serve/exchange.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum {
    POOL = 32 << 10,       /* bytes for the head of a request and of its answer */
    DROPPED_MAX = 1 << 20, /* a refused body up to this size is read, so that its client listens */
    SPARE_CONNECTIONS = 64 /* of those that are being closed */
};

/* ---- connections --------------------------------------------------------- */

static void on_connection(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const int file =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        *context = serve_peer_add(user, file); /* NULL: its requests are refused */
    } else if (*context != NULL) {
        serve_peer_remove(user, *context);
        *context = NULL;
    }
}

static serve_peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

/* ---- answers ------------------------------------------------------------- */

static void add_field(void *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static void release_content(void *content)
{
    g_bytes_unref(content);
}

static struct MHD_Response *make_response(const serve_exchange *e)
{
    GBytes *content =
        e->reply.content != NULL ? g_bytes_ref(e->reply.content) : g_bytes_new_static("", 0);
    gsize size;
    const void *data = g_bytes_get_data(content, &size);

    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        size, (void *)(gsize)(data != NULL ? data : ""), release_content, content);
    if (response == NULL) {
        g_bytes_unref(content);
        return NULL;
    }
    serve_fields_tell(e, add_field, response);
    return response;
}

static enum MHD_Result send_reply(serve_exchange *e)
{
    struct MHD_Response *response = make_response(e);

    if (response == NULL)
        return MHD_NO;
    if (e->done_ns == 0)
        e->done_ns = serve_now();
    const enum MHD_Result result = MHD_queue_response(e->connection, e->reply.status, response);
    MHD_destroy_response(response);
    e->step = SERVE_STEP_SENT;
    serve_peer_watch(e->peer, false);
    e->peer->expected = e->reply.content != NULL ? g_bytes_get_size(e->reply.content) : 0;
    serve_peer_set_phase(e->peer, SERVE_SEND);
    return result;
}

static enum MHD_Result send_fault(serve_exchange *e)
{
    serve_answer_fault(e);
    return send_reply(e);
}

/* ---- requests ------------------------------------------------------------ */

/* The request line has come, of a connection whose peer may be lacking: out of memory. */
static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
    serve_peer *peer = peer_of(connection);
    serve_exchange *e = peer != NULL ? serve_exchange_begin(peer, target) : NULL;

    (void)user;
    if (e != NULL)
        e->connection = connection;
    return e;
}

static enum MHD_Result add_head_field(void *user, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    const serve_field field = {name, value};

    (void)kind;
    g_array_append_val((GArray *)user, field);
    return MHD_YES;
}

/* The head has come. */
static enum MHD_Result take_head(serve_exchange *e, const char *method, const char *version)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(serve_field));

    (void)MHD_get_connection_values(e->connection, MHD_HEADER_KIND, add_head_field, fields);
    serve_head head = {.method = method,
                       .target = e->text,
                       .version = version,
                       .fields = (const serve_field *)(void *)fields->data,
                       .count = fields->len};
    serve_exchange_keep(e, &head);
    bool good = serve_hygiene_check(&head, &e->fault);
    if (!good)
        e->reply.close = true;
    good = good && serve_admit(e, &head);
    const bool waits = serve_head_get(&head, "Expect") != NULL;
    g_array_free(fields, TRUE);
    if (head.length < 0)
        e->reply.close = true; /* after a chunked body */
    e->step = good && e->job != NULL ? SERVE_STEP_BODY : SERVE_STEP_DROP;
    serve_peer_watch(e->peer, head.length != 0);
    if (good || !(e->reply.close || waits || head.length > DROPPED_MAX))
        return MHD_YES;
    e->reply.close = true;
    return send_fault(e);
}

static enum MHD_Result take_body(serve_exchange *e, const char *data, size_t *size)
{
    e->bytes_in += *size;
    e->peer->moved += *size;
    e->server->metrics.bytes_in += *size;
    if (e->step == SERVE_STEP_BODY && !serve_job_append(e->job, data, *size, &e->fault)) {
        serve_job_free(e->job);
        e->job = NULL;
        e->step = SERVE_STEP_DROP;
        e->reply.close = true;
    }
    /* A refused body that is too long to be dropped ends here. */
    const bool goes_on = e->step == SERVE_STEP_BODY || e->bytes_in <= 2 * DROPPED_MAX;
    *size = 0;
    return goes_on ? MHD_YES : MHD_NO;
}

static enum MHD_Result answer_at_once(serve_exchange *e)
{
    if (e->fault.code != SERVE_FINE)
        return send_fault(e);
    if (strcmp(e->method, "OPTIONS") == 0) {
        e->reply.status = 204;
        e->reply.allow = e->endpoint->methods;
    } else {
        e->endpoint->answer(e);
    }
    return send_reply(e);
}

/* The body is whole. */
static enum MHD_Result take_end(serve_exchange *e)
{
    e->whole_ns = serve_now();
    if (e->step == SERVE_STEP_DROP)
        return answer_at_once(e);
    const bool opens = e->root != NULL;
    if (opens ? !serve_file_open(e) : !serve_job_submit(e))
        return send_fault(e);
    e->step = opens ? SERVE_STEP_OPEN : SERVE_STEP_WAIT;
    serve_peer_set_phase(e->peer, SERVE_WORK);
    MHD_suspend_connection(e->connection);
    serve_peer_watch(e->peer, true);
    return MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    serve_exchange *e = *context;

    (void)user, (void)connection, (void)url;
    if (e == NULL)
        return MHD_NO;
    switch (e->step) {
    case SERVE_STEP_HEAD:
        return take_head(e, method, version);
    case SERVE_STEP_ANSWER:
        return send_reply(e);
    case SERVE_STEP_BODY:
    case SERVE_STEP_DROP:
        return *size > 0 ? take_body(e, data, size) : take_end(e);
    default:
        return MHD_YES;
    }
}

void serve_http_resume(serve_exchange *e)
{
    MHD_resume_connection(e->connection);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode how)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);

    (void)user;
    if (*context != NULL)
        serve_exchange_end(*context, how == MHD_REQUEST_TERMINATED_COMPLETED_OK,
                           info != NULL ? info->http_status : 400);
    *context = NULL;
}

/* ---- the daemon ---------------------------------------------------------- */

/*
 * Only the loop's thread calls libmicrohttpd. Version 1 must be told so: it would only queue a
 * connection that is added, and tell on_connection of it when nobody knows where it is from. Older
 * headers lack the name of the flag, and the version that runs may be newer than they are.
 */
static unsigned one_thread(void)
{
    enum { NO_THREAD_SAFETY = 1 << 19 };

    return atoi(MHD_get_version()) >= 1 ? NO_THREAD_SAFETY : 0;
}

static size_t leave_escapes(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

bool serve_http_start(serve_server *server)
{
    const serve_settings *s = server->settings;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | one_thread(), 0, NULL,
        NULL, on_request, server, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL, MHD_OPTION_CONNECTION_LIMIT,
        s->connections + SPARE_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->per_address,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    return server->daemon != NULL;
}

const char *serve_http_version(void)
{
    return MHD_get_version();
}

void serve_http_stop(serve_server *server)
{
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
}

void serve_http_add(serve_server *server, const serve_listener *listener, int file,
                    const struct sockaddr *address, socklen_t size, const char *shown)
{
    server->accepting = listener;
    server->accepting_address = shown;
    (void)MHD_add_connection(server->daemon, file, address, size); /* which closes it on failure */
    server->accepting = NULL;
}

int serve_http_epoll(const serve_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int serve_http_run(serve_server *server, int limit)
{
    MHD_UNSIGNED_LONG_LONG ms;

    (void)MHD_run(server->daemon);
    return MHD_get_timeout(server->daemon, &ms) == MHD_YES && ms < (unsigned)limit ? (int)ms
                                                                                   : limit;
}
