/* Connections: what each is at, since when, and whether it is late or its client has left. */
#include "serve/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define NS_PER_S INT64_C(1000000000)

void serve_peer_set_phase(serve_peer *peer, serve_phase phase)
{
    peer->phase = phase;
    peer->since_ns = serve_now();
    peer->moved = 0;
}

serve_peer *serve_peer_add(serve_server *server, int file)
{
    serve_peer *peer = server->accepting != NULL ? calloc(1, sizeof *peer) : NULL;

    if (peer == NULL)
        return NULL;
    peer->source = SERVE_FROM_PEER;
    peer->server = server;
    peer->file = file;
    peer->listener = server->accepting;
    g_strlcpy(peer->address, server->accepting_address, sizeof peer->address);
    serve_peer_set_phase(peer, SERVE_HEAD);
    peer->next = server->peers;
    if (server->peers != NULL)
        server->peers->previous = peer;
    server->peers = peer;
    server->peer_count++;
    return peer;
}

void serve_peer_remove(serve_server *server, serve_peer *peer)
{
    serve_peer_watch(peer, false);
    if (peer->next != NULL)
        peer->next->previous = peer->previous;
    if (peer->previous != NULL)
        peer->previous->next = peer->next;
    else
        server->peers = peer->next;
    server->peer_count--;
    free(peer);
}

static void shut(serve_peer *peer)
{
    peer->closed = true;
    (void)shutdown(peer->file, SHUT_RDWR);
}

/* ---- clients that leave -------------------------------------------------- */

void serve_peer_watch(serve_peer *peer, bool on)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = peer};

    if (peer->watched == on)
        return;
    peer->watched = on;
    (void)epoll_ctl(peer->server->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, peer->file, &event);
}

/* libmicrohttpd, which reads until a read is short, does not see an end that came with the last
 * bytes: it would wait for the rest of the body. */
static void end_body(serve_peer *peer)
{
    (void)serve_refuse(&peer->exchange->fault, SERVE_CLIENT_GONE, "the client has left");
    (void)shutdown(peer->file, SHUT_RDWR);
}

void serve_peer_gone(serve_peer *peer)
{
    serve_exchange *e = peer->exchange;

    serve_peer_watch(peer, false);
    if (e != NULL && (e->step == SERVE_STEP_BODY || e->step == SERVE_STEP_DROP))
        end_body(peer);
    if (e == NULL || (e->step != SERVE_STEP_WAIT && e->step != SERVE_STEP_OPEN))
        return;
    if (e->step == SERVE_STEP_WAIT) {
        serve_job_abandon(e, LOOM_ERR_CANCELLED);
    } else {
        e->opening->exchange = NULL;
        e->opening = NULL;
    }
    (void)serve_refuse(&e->fault, SERVE_CLIENT_GONE, "the client has left");
    serve_answer_fault(e);
    e->reply.status = 503; /* nobody reads it */
    e->done_ns = serve_now();
    e->step = SERVE_STEP_ANSWER;
    shut(peer);
    serve_http_resume(e);
}

/* ---- time ---------------------------------------------------------------- */

static bool has_passed(int64_t passed, int64_t limit)
{
    return limit > 0 && passed > limit;
}

/* libmicrohttpd's own timeout starts anew with every byte. */
static bool is_late(const serve_server *server, const serve_peer *peer, int64_t now)
{
    const serve_settings *s = server->settings;
    const int64_t passed = now - peer->since_ns;
    const uint64_t due = (uint64_t)(passed / NS_PER_S) * s->min_rate; /* bytes by now */

    switch (peer->phase) {
    case SERVE_HEAD:
        return has_passed(passed, s->header_ns);
    case SERVE_IDLE:
        return has_passed(passed, s->idle_ns);
    case SERVE_BODY:
        return has_passed(passed, s->body_ns) && peer->moved < due;
    case SERVE_SEND:
        return has_passed(passed, s->body_ns) && peer->expected < due;
    default:
        return false;
    }
}

void serve_peers_look(serve_server *server, int64_t now)
{
    for (serve_peer *peer = server->peers; peer != NULL; peer = peer->next)
        if (!peer->closed && is_late(server, peer, now)) {
            server->metrics.late++;
            shut(peer);
        }
}

void serve_peers_close_idle(serve_server *server)
{
    char byte;

    for (serve_peer *peer = server->peers; peer != NULL; peer = peer->next)
        if (!peer->closed && peer->phase == SERVE_IDLE &&
            recv(peer->file, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
            shut(peer);
}
