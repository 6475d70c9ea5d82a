/* An exchange, from its request line to its line in the log. */
#include "serve/exchange.h"

#include <stdlib.h>
#include <string.h>

static void make_id(serve_exchange *e)
{
    static uint64_t count;

    (void)g_snprintf(e->id, sizeof e->id, "%08x%08x%08x", g_random_int(), g_random_int(),
                     (unsigned)++count);
}

serve_exchange *serve_exchange_begin(serve_peer *peer, const char *target)
{
    serve_exchange *e = calloc(1, sizeof *e);

    if (e == NULL)
        return NULL;
    e->server = peer->server;
    e->peer = peer;
    e->text = g_strdup(target);
    e->began_ns = serve_now();
    e->expires_s = INT64_MAX;
    make_id(e);
    peer->exchange = e;
    serve_peer_set_phase(peer, SERVE_HEAD);
    return e;
}

static bool is_id(const char *text)
{
    const size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789._-");

    return size > 0 && size < sizeof((serve_exchange *)0)->id && text[size] == '\0';
}

void serve_exchange_keep(serve_exchange *e, const serve_head *head)
{
    const char *id = serve_head_get(head, "X-Request-Id");

    e->head_ns = serve_now();
    serve_peer_set_phase(e->peer, SERVE_BODY);
    if (id != NULL && is_id(id))
        g_strlcpy(e->id, id, sizeof e->id);
    g_strlcpy(e->method, head->method, sizeof e->method);
    e->origin = g_strdup(serve_head_get(head, "Origin"));
    e->none_match = g_strdup(serve_head_get(head, "If-None-Match"));
    e->modified_since = g_strdup(serve_head_get(head, "If-Modified-Since"));
    e->accept = g_strdup(serve_head_get(head, "Accept"));
    e->content_type = g_strdup(serve_head_get(head, "Content-Type"));
    e->trace = g_strdup(serve_head_get(head, "traceparent"));
}

static void free_exchange(serve_exchange *e)
{
    serve_target_release(&e->target);
    serve_job_free(e->job);
    if (e->reply.content != NULL)
        g_bytes_unref(e->reply.content);
    g_free(e->reply.result);
    g_free(e->reply.etag);
    g_free(e->none_match);
    g_free(e->modified_since);
    g_free(e->text);
    g_free(e->trace);
    g_free(e->origin);
    g_free(e->accept);
    g_free(e->content_type);
    free(e);
}

/* What libmicrohttpd itself has answered to a head. */
static void settle_refused(serve_exchange *e, unsigned status)
{
    e->reply.status = status;
    if (status == 414 || status == 431)
        (void)serve_refuse(&e->fault, SERVE_HEAD_TOO_LARGE, "the head is too large");
    else if (status < 500)
        (void)serve_refuse(&e->fault, SERVE_BAD_REQUEST, "the head is malformed");
}

/* What the client saw: ours, libmicrohttpd's own answer to a head that it refused, or nothing. */
static void settle_status(serve_exchange *e, bool sent, unsigned refused)
{
    e->gone = !sent || e->fault.code == SERVE_CLIENT_GONE;
    if (e->gone)
        e->reply.status = e->peer->closed && e->fault.code != SERVE_CLIENT_GONE ? 408 : 499;
    else if (e->step == SERVE_STEP_HEAD)
        settle_refused(e, refused);
}

void serve_exchange_end(serve_exchange *e, bool sent, unsigned refused)
{
    serve_server *server = e->server;

    settle_status(e, sent, refused);
    serve_metrics_exchange(&server->metrics, e);
    serve_log_request(&server->log, e);
    e->peer->exchange = NULL;
    serve_peer_set_phase(e->peer, SERVE_IDLE);
    free_exchange(e);
}
