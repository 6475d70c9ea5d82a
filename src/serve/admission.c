/* Admission: what the head of a request decides, before any of its body is read. */
#include "serve/exchange.h"
#include "serve/signature.h"

#include <string.h>

/* ---- who asks ------------------------------------------------------------ */

/* The name in an authority: "[::1]" of "[::1]:8080", "localhost" of "localhost:80". */
static size_t name_size(const char *authority)
{
    const char *end = authority[0] == '[' ? strchr(authority, ']') : NULL;

    return end != NULL ? (size_t)(end + 1 - authority) : strcspn(authority, ":");
}

static bool is_name(const char *authority, const char *name)
{
    const size_t size = name_size(authority);

    return strlen(name) == size && g_ascii_strncasecmp(authority, name, size) == 0;
}

/* localhost, 127.0.0.0/8 or [::1]. */
static bool is_loopback_name(const char *authority)
{
    char *name = g_strndup(authority, name_size(authority));
    const bool is = g_ascii_strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
                    (g_str_has_prefix(name, "127.") && g_hostname_is_ip_address(name));

    g_free(name);
    return is;
}

/*
 * A page in a browser may come to have this machine's address under a name of its own (DNS
 * rebinding): on loopback only loopback's own names are answered to.
 */
static bool check_host(serve_exchange *e, const serve_head *head)
{
    const GPtrArray *hosts = e->server->settings->hosts;
    const char *host =
        e->target.authority != NULL ? e->target.authority : serve_head_get(head, "Host");
    const bool local = e->peer->listener->local_ip;

    if ((!local && hosts->len == 0) || host == NULL)
        return true;
    for (guint i = 0; i < hosts->len; i++)
        if (is_name(host, g_ptr_array_index(hosts, i)))
            return true;
    return (local && is_loopback_name(host)) ||
           serve_refuse(&e->fault, SERVE_WRONG_HOST, "this service does not answer to this Host");
}

/* The page at / may ask what it is served by. */
static bool is_own_origin(const serve_exchange *e, const char *host)
{
    return serve_has_page(e->server, e->peer->listener) && host != NULL &&
           g_str_has_prefix(e->origin, "http://") &&
           g_ascii_strcasecmp(e->origin + strlen("http://"), host) == 0;
}

static bool check_origin(serve_exchange *e, const serve_head *head)
{
    const GPtrArray *origins = e->server->settings->origins;

    if (e->origin == NULL || is_own_origin(e, serve_head_get(head, "Host")))
        return true;
    for (guint i = 0; i < origins->len; i++) {
        const char *origin = g_ptr_array_index(origins, i);
        if (strcmp(origin, "*") == 0 || strcmp(origin, e->origin) == 0) {
            e->allowed_origin = origin;
            return true;
        }
    }
    return serve_refuse(&e->fault, SERVE_FORBIDDEN, "pages of this Origin may not ask");
}

/* Compares in a time that does not tell how much is equal. */
static bool is_secret(const char *secret, const char *word)
{
    const size_t size = strlen(secret);
    unsigned char differs = strlen(word) != size;

    for (size_t i = 0; i < size && word[i] != '\0'; i++)
        differs |= (unsigned char)(secret[i] ^ word[i]);
    return differs == 0;
}

static bool check_token(serve_exchange *e, const serve_head *head)
{
    static const char scheme[] = "Bearer ";
    const GPtrArray *tokens = e->server->tokens;
    const char *given = serve_head_get(head, "Authorization");

    if (tokens == NULL || strcmp(e->method, "POST") != 0)
        return true;
    if (given != NULL && g_ascii_strncasecmp(given, scheme, sizeof scheme - 1) == 0)
        for (guint i = 0; i < tokens->len; i++)
            if (is_secret(g_ptr_array_index(tokens, i), given + sizeof scheme - 1))
                return true;
    return serve_refuse(&e->fault, SERVE_UNAUTHORIZED,
                        "a POST needs a token: Authorization: Bearer TOKEN");
}

/* ---- what is asked for --------------------------------------------------- */

static bool has_method(const char *methods, const char *method)
{
    const size_t size = strlen(method);

    for (const char *at = strstr(methods, method); at != NULL; at = strstr(at + 1, method))
        if ((at == methods || at[-1] == ' ') && (at[size] == ',' || at[size] == '\0'))
            return true;
    return false;
}

static bool find_endpoint(serve_exchange *e)
{
    const serve_endpoint *endpoint = serve_endpoint_find(e->target.path);

    if (endpoint == NULL || (endpoint->need == SERVE_ADMIN && !e->peer->listener->admin) ||
        (endpoint->need == SERVE_PAGE && !serve_has_page(e->server, e->peer->listener)))
        return serve_refuse(&e->fault, SERVE_NO_ENDPOINT, "nothing is at this path");
    e->endpoint = endpoint;
    if (has_method(endpoint->methods, e->method))
        return true;
    e->reply.allow = endpoint->methods;
    return serve_refuse(&e->fault, SERVE_METHOD, "this path takes %s", endpoint->methods);
}

/* With keys, pictures are for those who have a signature, or for POST a token. */
static bool check_signature(serve_exchange *e)
{
    const bool has_token = e->server->tokens != NULL && strcmp(e->method, "POST") == 0;

    return e->server->keys == NULL || e->is_signed || has_token ||
           serve_refuse(&e->fault, SERVE_FORBIDDEN, "the target needs a signature");
}

static bool read_wish(serve_exchange *e)
{
    serve_wish wish;

    if (!serve_wish_read(&wish, e->server->settings, e->target.query, NULL, e->accept, &e->fault)) {
        serve_wish_release(&wish);
        return false;
    }
    e->kind = e->endpoint->probes ? SERVE_ANSWER_ROW : wish.answer;
    e->expires_s = wish.expires_s;
    e->reply.varies = wish.negotiated;
    e->job->recipe = wish.recipe;
    return e->expires_s >= g_get_real_time() / G_USEC_PER_SEC ||
           serve_refuse(&e->fault, SERVE_FORBIDDEN, "the target has expired");
}

static bool check_room(serve_exchange *e)
{
    if (e->server->life == SERVE_ENDING)
        return serve_refuse(&e->fault, SERVE_DRAINING, "the service is ending");
    return loom_service_counts_of(e->server->service)->room > 0 ||
           serve_refuse(&e->fault, SERVE_OVERLOADED,
                        "as many pictures wait as may; try again later");
}

/* A place for the body. */
static bool make_room(serve_exchange *e, const serve_head *head)
{
    const uint64_t size = head->length > 0 ? (uint64_t)head->length : 0;

    if (size > e->server->settings->max_body)
        return serve_job_reserve(e->job, size, &e->fault); /* which says why not */
    return check_room(e) && (size == 0 || serve_job_reserve(e->job, size, &e->fault));
}

/* The root and what is below it, of "/image/ROOT/PATH". */
static bool find_file(serve_exchange *e)
{
    const char *name = e->target.path + strlen(e->endpoint->path);
    const size_t size = strcspn(name, "/");

    e->root = serve_root_find(e->server, name, size);
    e->path = name + size + 1;
    return (e->root != NULL && name[size] == '/') ||
           serve_refuse_as(&e->fault, LOOM_ERR_NOT_FOUND, "there is no such picture");
}

/* A job; its parameters, as far as they are in the query. */
static bool make_job(serve_exchange *e, const serve_head *head)
{
    const bool has_body = strcmp(e->method, "POST") == 0;

    if (has_body && serve_head_get(head, "Content-Encoding") != NULL)
        return serve_refuse_as(&e->fault, LOOM_ERR_UNSUPPORTED,
                               "the body has a Content-Encoding: send the picture as it is");
    e->job = serve_job_create(e->server);
    if (e->job == NULL)
        return serve_refuse_as(&e->fault, LOOM_ERR_OUT_OF_MEMORY,
                               "there is no memory for the request");
    e->job->waiters = e;
    if (has_body)
        e->job->boundary = serve_form_boundary(e->content_type, &e->fault);
    if (e->fault.code != SERVE_FINE || !read_wish(e))
        return false;
    return has_body ? make_room(e, head) : find_file(e);
}

/* Takes a signature off the target. False: it is not right. */
static bool read_target(serve_exchange *e, serve_fault *fault)
{
    const char *rest;
    const serve_signed how = serve_signature_check(e->server->keys, e->text, &rest);

    e->is_signed = how == SERVE_SIGNED;
    (void)serve_target_parse(&e->target, rest, fault);
    return how != SERVE_FORGED;
}

/* Who may ask comes before what is asked for: strangers learn nothing of what there is. */
bool serve_admit(serve_exchange *e, serve_head *head)
{
    serve_fault fault = SERVE_FAULT_INIT;
    const bool right = read_target(e, &fault);

    if (fault.code == SERVE_BAD_REQUEST) { /* in question which request this is */
        e->fault = fault;
        e->reply.close = true;
        return false;
    }
    if (!check_host(e, head) || !check_origin(e, head) || !check_token(e, head))
        return false;
    if (!right)
        return serve_refuse(&e->fault, SERVE_FORBIDDEN, "the signature is not right");
    e->fault = fault;
    if (fault.code != SERVE_FINE || !find_endpoint(e))
        return false;
    if (strcmp(e->method, "OPTIONS") == 0)
        return true;
    if (e->endpoint->need == SERVE_PICTURE)
        return check_signature(e) && make_job(e, head);
    return e->target.query->len == 0 ||
           serve_refuse_as(&e->fault, LOOM_ERR_USAGE, "this path takes no parameters");
}
