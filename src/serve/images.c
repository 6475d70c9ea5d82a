/*
 * GET of a picture below a root: what the file says decides whether the client has it already, or
 * somebody is waiting for the same; else it is made.
 */
#include "serve/exchange.h"

#include "serve/etag.h"
#include <imgloom/version.h>
#include <stdlib.h>
#include <string.h>

/* ---- the entity tag ------------------------------------------------------ */

static void add_text(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1); /* with its end */
}

/* Of all that the answer depends on. The formats tell the version of each codec. */
static char *make_etag(const serve_exchange *e, const serve_opening *opening)
{
    const int64_t numbers[] = {(int64_t)opening->size, opening->modified_s, opening->modified_ns,
                               e->kind, e->endpoint->probes};
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    char *recipe = loom_recipe_to_json(e->job->recipe);

    add_text(sum, e->root->name);
    add_text(sum, e->path);
    add_text(sum, recipe != NULL ? recipe : "");
    add_text(sum, e->server->formats != NULL ? e->server->formats : "");
    add_text(sum, loom_version());
    g_checksum_update(sum, (const guchar *)numbers, sizeof numbers);
    char *etag = recipe != NULL ? g_strdup_printf("\"%.32s\"", g_checksum_get_string(sum)) : NULL;
    g_checksum_free(sum);
    free(recipe);
    return etag;
}

/* Whether the client has it: RFC 9110 section 13.1. */
static bool has_current(const serve_exchange *e, const char *etag, int64_t modified_s)
{
    if (e->none_match != NULL)
        return serve_etag_listed(e->none_match, etag);
    if (e->modified_since == NULL)
        return false;
    const int64_t since = serve_date_parse(e->modified_since);
    return since >= 0 && modified_s <= since;
}

/* ---- the answer ---------------------------------------------------------- */

static void fail(serve_exchange *e)
{
    serve_job_free(e->job);
    e->job = NULL;
    serve_answer_fault(e);
    e->done_ns = serve_now();
    e->step = SERVE_STEP_ANSWER;
    serve_http_resume(e);
}

static void answer_not_modified(serve_exchange *e)
{
    serve_job_free(e->job);
    e->job = NULL;
    e->reply.status = 304;
    e->server->metrics.not_modified++;
    e->done_ns = serve_now();
    e->step = SERVE_STEP_ANSWER;
    serve_http_resume(e);
}

void serve_images_opened(serve_exchange *e, serve_opening *opening)
{
    serve_job *job = e->job;

    if (e->server->life == SERVE_ENDING) {
        (void)serve_refuse(&e->fault, SERVE_DRAINING, "the service ended before the picture did");
        fail(e);
        return;
    }
    if (opening->file < 0) {
        (void)serve_refuse_as(&e->fault, LOOM_ERR_NOT_FOUND, "there is no such picture");
        fail(e);
        return;
    }
    e->reply.etag = make_etag(e, opening);
    e->reply.modified_s = opening->modified_s;
    if (e->reply.etag == NULL) {
        (void)serve_refuse_as(&e->fault, LOOM_ERR_OUT_OF_MEMORY,
                              "there is no memory for the request");
        fail(e);
    } else if (has_current(e, e->reply.etag, opening->modified_s)) {
        answer_not_modified(e);
    } else if (!serve_job_join(e, e->reply.etag)) {
        job->file = opening->file;
        opening->file = -1;
        job->name = g_strdup(e->path);
        if (!serve_job_submit(e))
            fail(e);
        else
            e->step = SERVE_STEP_WAIT;
    }
}
