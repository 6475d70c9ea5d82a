/* The header fields of an answer. */
#include "serve/etag.h"
#include "serve/exchange.h"

#include <string.h>

typedef struct sink {
    serve_field_sink *add;
    void *user;
} sink;

static void add(const sink *to, const char *name, const char *value)
{
    if (value != NULL)
        to->add(to->user, name, value);
}

static void add_number(const sink *to, const char *name, unsigned number)
{
    char text[16];

    (void)g_snprintf(text, sizeof text, "%u", number);
    if (number > 0)
        add(to, name, text);
}

static void add_cors(const sink *to, const serve_exchange *e)
{
    if (e->server->settings->origins->len > 0)
        add(to, "Vary", "Origin");
    if (e->allowed_origin == NULL)
        return;
    add(to, "Access-Control-Allow-Origin", e->allowed_origin);
    add(to, "Access-Control-Expose-Headers", "Imgloom-Result, Server-Timing, X-Request-Id");
    if (strcmp(e->method, "OPTIONS") != 0)
        return;
    add(to, "Access-Control-Allow-Methods", e->endpoint != NULL ? e->endpoint->methods : NULL);
    add(to, "Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id");
    add(to, "Access-Control-Max-Age", "600");
}

/* Milliseconds from one instant to another, either of which may not have come. */
static double span(int64_t from, int64_t to)
{
    return from > 0 && to > from ? (double)(to - from) / 1e6 : 0;
}

static void add_timing(const sink *to, const serve_exchange *e)
{
    char text[128];
    const double queued = (double)e->facts.queue_ns / 1e6;

    (void)g_snprintf(text, sizeof text, "upload;dur=%.1f, queue;dur=%.1f, process;dur=%.1f",
                     span(e->head_ns, e->whole_ns), queued,
                     MAX(span(e->whole_ns, e->done_ns) - queued, 0));
    add(to, "Server-Timing", text);
}

/* How long a cache may keep it, seconds: never beyond its end. */
static int64_t find_age(const serve_exchange *e)
{
    const int64_t age = e->server->settings->max_age;
    const int64_t now = g_get_real_time() / G_USEC_PER_SEC;

    return e->expires_s == INT64_MAX ? age : CLAMP(e->expires_s - now, 0, age);
}

static void add_caching(const sink *to, const serve_exchange *e)
{
    char text[64];

    if (e->reply.varies)
        add(to, "Vary", "Accept");
    if (e->reply.etag == NULL) {
        add(to, "Cache-Control", "no-store");
        return;
    }
    (void)g_snprintf(text, sizeof text, "public, max-age=%" G_GINT64_FORMAT, find_age(e));
    add(to, "Cache-Control", text);
    add(to, "ETag", e->reply.etag);
    serve_date_format(e->reply.modified_s, text, sizeof text);
    add(to, "Last-Modified", text[0] != '\0' ? text : NULL);
    add(to, "Accept-Ranges", "none");
}

void serve_fields_tell(const serve_exchange *e, serve_field_sink *to_add, void *user)
{
    static const char of_pictures[] = "default-src 'none'; sandbox";
    const sink to = {to_add, user};

    add(&to, "Content-Type", e->reply.type);
    add(&to, "X-Request-Id", e->id);
    add(&to, "X-Content-Type-Options", "nosniff");
    add(&to, "Content-Security-Policy", e->reply.policy != NULL ? e->reply.policy : of_pictures);
    add_caching(&to, e);
    add(&to, "Imgloom-Result", e->reply.result);
    add(&to, "Allow", e->reply.allow);
    add_number(&to, "Retry-After", e->reply.retry);
    if (e->reply.status == 401)
        add(&to, "WWW-Authenticate", "Bearer");
    if (e->facts.known)
        add_timing(&to, e);
    add_cors(&to, e);
    if (e->reply.close || e->server->life >= SERVE_DRAINING_NOW)
        add(&to, "Connection", "close");
}
