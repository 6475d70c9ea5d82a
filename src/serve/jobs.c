/* Jobs: bodies as they come, and pictures while the service's threads have them. */
#include "serve/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GRACE_NS INT64_C(30000000) /* for the service to give up at a deadline by itself */

enum { CHUNK = 1 << 16, RETRY_MAX = 60 };

serve_job *serve_job_create(serve_server *server)
{
    serve_job *job = calloc(1, sizeof *job);

    if (job == NULL)
        return NULL;
    job->server = server;
    job->file = -1;
    job->request = loom_request_create();
    if (job->request != NULL)
        return job;
    free(job);
    return NULL;
}

void serve_job_free(serve_job *job)
{
    if (job == NULL)
        return;
    loom_request_free(job->request);
    loom_recipe_free(job->recipe);
    if (job->picture != NULL)
        g_bytes_unref(job->picture);
    if (job->file >= 0)
        (void)close(job->file);
    g_free(job->name);
    g_free(job->key);
    serve_form_release(&job->form);
    g_free(job->boundary);
    free(job->body);
    job->server->bodies -= job->held;
    free(job);
}

/* ---- the body ------------------------------------------------------------ */

static bool refuse_body(const serve_server *server, serve_fault *fault)
{
    return serve_refuse_as(fault, LOOM_ERR_TOO_LARGE,
                           "the body has more than the %" G_GUINT64_FORMAT " bytes allowed",
                           server->settings->max_body);
}

bool serve_job_reserve(serve_job *job, uint64_t size, serve_fault *fault)
{
    serve_server *server = job->server;

    if (size > server->settings->max_body)
        return refuse_body(server, fault);
    const uint64_t more = size > job->held ? size - job->held : 0;
    if (more > server->settings->max_bodies || server->bodies > server->settings->max_bodies - more)
        return serve_refuse(fault, SERVE_OVERLOADED,
                            "the service holds as many bytes of pictures as it may; try again");
    unsigned char *body = realloc(job->body, (size_t)size + LOOM_INPUT_SLACK);
    if (body == NULL)
        return serve_refuse_as(fault, LOOM_ERR_OUT_OF_MEMORY, "there is no memory for the body");
    server->bodies += more;
    job->held += more;
    job->body = body;
    job->capacity = (size_t)size;
    return true;
}

/* Only a chunked body grows: that of others was reserved by its Content-Length. */
static bool grow(serve_job *job, size_t needed, serve_fault *fault)
{
    const uint64_t max = job->server->settings->max_body;
    uint64_t capacity = MAX((uint64_t)job->capacity * 2, CHUNK);

    if (needed > max)
        return refuse_body(job->server, fault);
    capacity = MAX(capacity, needed);
    return serve_job_reserve(job, MIN(capacity, max), fault);
}

bool serve_job_append(serve_job *job, const void *data, size_t size, serve_fault *fault)
{
    if (size > job->capacity - job->size && !grow(job, job->size + size, fault))
        return false;
    memcpy(job->body + job->size, data, size);
    job->size += size;
    return true;
}

/* ---- with the service ---------------------------------------------------- */

static void add(serve_job *job)
{
    serve_server *server = job->server;

    job->running = true;
    job->previous = NULL;
    job->next = server->jobs;
    if (server->jobs != NULL)
        server->jobs->previous = job;
    server->jobs = job;
    if (job->key != NULL)
        (void)g_hash_table_insert(server->jobs_by_key, job->key, job);
}

/* From now on nobody joins it. */
static void hide(const serve_job *job)
{
    GHashTable *jobs = job->server->jobs_by_key;

    if (job->key != NULL && g_hash_table_lookup(jobs, job->key) == job)
        (void)g_hash_table_remove(jobs, job->key);
}

static void take_off(serve_job *job)
{
    serve_server *server = job->server;

    job->running = false;
    hide(job);
    if (job->next != NULL)
        job->next->previous = job->previous;
    if (job->previous != NULL)
        job->previous->next = job->next;
    else
        server->jobs = job->next;
}

/* The picture within a form, and what the fields ask for. */
static bool read_form(serve_exchange *exchange)
{
    serve_job *job = exchange->job;
    serve_fault *fault = &exchange->fault;
    serve_wish wish;

    if (!serve_form_parse(&job->form, job->body, job->size, job->boundary, fault))
        return false;
    const bool good = serve_wish_read(&wish, job->server->settings, exchange->target.query,
                                      &job->form, exchange->accept, fault);
    if (good) {
        loom_recipe_free(job->recipe);
        job->recipe = wish.recipe;
        wish.recipe = NULL;
        exchange->kind = wish.answer;
    }
    serve_wish_release(&wish);
    return good;
}

static bool is_tga(const char *type)
{
    static const char tga[] = "image/x-tga";

    return type != NULL && g_ascii_strncasecmp(type, tga, sizeof tga - 1) == 0;
}

/* What follows the picture is room, or the end of a form that has been read. */
static void set_body(serve_job *job, const char *type)
{
    loom_request *request = job->request;
    unsigned char *picture = job->form.image != NULL ? job->form.image : job->body;

    request->bytes = picture != NULL ? picture : (const unsigned char *)"";
    request->size = job->form.image != NULL ? job->form.size : job->size;
    request->padded = picture != NULL;
    if (picture != NULL)
        memset(picture + request->size, 0, LOOM_INPUT_SLACK);
    request->name = is_tga(job->form.image != NULL ? job->form.type : type) ? "picture.tga" : NULL;
}

bool serve_job_submit(serve_exchange *exchange)
{
    serve_job *job = exchange->job;
    serve_server *server = job->server;
    const int64_t timeout = server->settings->batch->timeout_ns;
    loom_request *request = job->request;
    loom_error error = LOOM_ERROR_INIT;

    if (job->boundary != NULL && !read_form(exchange))
        return false;
    if (job->file < 0)
        set_body(job, exchange->content_type);
    request->descriptor = job->file;
    if (job->name != NULL)
        request->name = job->name;
    job->deadline_ns = timeout > 0 ? serve_now() + timeout : 0;
    request->recipe = job->recipe;
    request->settings = exchange->endpoint->probes ? server->probing : server->settings->settings;
    request->deadline_ns = job->deadline_ns;
    request->user = job;
    switch (loom_service_submit(server->service, request, &error)) {
    case LOOM_OK:
        add(job);
        return true;
    case LOOM_ERR_BUSY:
        return serve_refuse(&exchange->fault, SERVE_OVERLOADED,
                            "as many pictures wait as may; try again later");
    default:
        return serve_refuse_error(&exchange->fault, &error);
    }
}

bool serve_job_join(serve_exchange *exchange, const char *key)
{
    serve_server *server = exchange->server;
    serve_job *job = g_hash_table_lookup(server->jobs_by_key, key);

    if (job == NULL) {
        exchange->job->key = g_strdup(key);
        return false;
    }
    exchange->job->waiters = NULL;
    serve_job_free(exchange->job);
    exchange->job = job;
    exchange->next_waiter = job->waiters;
    job->waiters = exchange;
    exchange->step = SERVE_STEP_WAIT;
    server->metrics.coalesced++;
    return true;
}

void serve_job_abandon(serve_exchange *exchange, loom_status reason)
{
    serve_job *job = exchange->job;
    serve_exchange **at = &job->waiters;

    while (*at != exchange)
        at = &(*at)->next_waiter;
    *at = exchange->next_waiter;
    exchange->job = NULL;
    if (job->waiters != NULL)
        return;
    hide(job);
    loom_service_cancel(job->server->service, job->request, reason);
}

/* The exchange has its answer, and the connection goes on. */
static void answer(serve_exchange *exchange)
{
    exchange->done_ns = serve_now();
    exchange->step = SERVE_STEP_ANSWER;
    serve_http_resume(exchange);
}

void serve_jobs_collect(serve_server *server)
{
    loom_request *request;

    while ((request = loom_service_next(server->service)) != NULL) {
        serve_job *job = request->user;
        take_off(job);
        if (job->waiters != NULL)
            serve_count_outcomes(job);
        for (serve_exchange *next, *exchange = job->waiters; exchange != NULL; exchange = next) {
            next = exchange->next_waiter;
            serve_answer_outcomes(exchange);
            exchange->job = NULL;
            answer(exchange);
        }
        serve_job_free(job);
    }
}

/* Answers all who wait, before the job has come back. */
static void give_up(serve_job *job, const serve_fault *fault, loom_status reason)
{
    for (serve_exchange *next, *exchange = job->waiters; exchange != NULL; exchange = next) {
        next = exchange->next_waiter;
        serve_job_abandon(exchange, reason);
        exchange->fault = *fault;
        serve_answer_fault(exchange);
        answer(exchange);
    }
}

void serve_jobs_look(serve_server *server, int64_t now)
{
    const bool ending = server->life == SERVE_ENDING;

    for (serve_job *job = server->jobs; job != NULL; job = job->next) {
        serve_fault fault = SERVE_FAULT_INIT;
        if (ending)
            (void)serve_refuse(&fault, SERVE_DRAINING, "the service ended before the picture did");
        else if (job->deadline_ns != 0 && now > job->deadline_ns + GRACE_NS)
            (void)serve_refuse_as(&fault, LOOM_ERR_TIMEOUT,
                                  "the picture took longer than its timeout allows");
        if (fault.code != SERVE_FINE)
            give_up(job, &fault, ending ? LOOM_ERR_CANCELLED : LOOM_ERR_TIMEOUT);
    }
}

unsigned serve_jobs_retry(serve_server *server)
{
    const serve_metrics *m = &server->metrics;
    const loom_service_counts *counts = loom_service_counts_of(server->service);
    const int64_t mean = m->processed > 0 ? m->process_ns / (int64_t)m->processed : 0;
    const int64_t seconds =
        (int64_t)counts->waiting * mean / (int64_t)MAX(counts->threads, 1) / 1000000000;

    return (unsigned)CLAMP(seconds, 1, RETRY_MAX);
}
