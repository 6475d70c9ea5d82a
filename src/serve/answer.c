/* Answers: what a request gets, as status, content and fields. */
#include "serve/exchange.h"
#include "serve/text.h"

#include <imgloom/report.h>
#include <stdlib.h>
#include <string.h>

enum { RESULT_MAX = 2048 }; /* bytes of Imgloom-Result */

static const char json_type[] = "application/json";

/* Takes `text` over. */
static void set_content(serve_exchange *exchange, unsigned status, const char *type, char *text)
{
    if (exchange->fault.code != SERVE_FINE)
        g_clear_pointer(&exchange->reply.etag, g_free);
    exchange->reply.status = status;
    exchange->reply.type = type;
    exchange->reply.content = g_bytes_new_take(text, strlen(text));
}

void serve_answer_text(serve_exchange *exchange, unsigned status, const char *type, char *text)
{
    set_content(exchange, status, type, text);
}

void serve_answer_fault(serve_exchange *exchange)
{
    const serve_fault *fault = &exchange->fault;
    const loom_stage stage = fault->code == SERVE_LIBRARY ? fault->error.stage : LOOM_STAGE_NONE;
    const char *stage_name = loom_stage_name(stage);
    GString *text = g_string_new("{\"success\":false");

    serve_text_member(text, "error", fault->error.message);
    serve_text_member(text, "errorCode", serve_fault_code(fault));
    serve_text_member(text, "errorStage", stage_name[0] != '\0' ? stage_name : NULL);
    serve_text_member(text, "requestId", exchange->id);
    g_string_append(text, "}\n");
    set_content(exchange, serve_fault_status(fault), json_type, g_string_free(text, FALSE));
    if (exchange->reply.status == 503 && exchange->server->service != NULL)
        exchange->reply.retry = serve_jobs_retry(exchange->server);
}

/* ---- rows ---------------------------------------------------------------- */

/* The row of an outcome, with fewer warnings if it is too long for a field. To be freed with
 * g_free; NULL: out of memory, or too long even so. */
static char *make_result(loom_outcome *outcome)
{
    const size_t count = outcome->warning_count, dropped = outcome->warnings_dropped;
    char *result = NULL;

    for (;;) {
        char *row = loom_row_to_json(outcome);
        result = row != NULL ? serve_text_ascii(row) : NULL;
        free(row);
        if (result == NULL || strlen(result) <= RESULT_MAX)
            break;
        g_free(result);
        result = NULL;
        if (outcome->warning_count == 0)
            break;
        outcome->warning_count--;
        outcome->warnings_dropped++;
    }
    outcome->warning_count = count;
    outcome->warnings_dropped = dropped;
    return result;
}

/* Appends the row, with the picture in Base64 if `data`. False: out of memory. */
static bool append_row(GString *text, const loom_outcome *outcome, bool data)
{
    char *row = loom_row_to_json(outcome);

    if (row == NULL)
        return false;
    g_string_append_len(text, row, (gssize)strlen(row) - 1); /* without its bracket */
    free(row);
    if (data && outcome->picture != NULL) {
        char *encoded = g_base64_encode(outcome->picture, (gsize)outcome->processed_size);
        g_string_append_printf(text, ",\"data\":\"%s\"", encoded);
        g_free(encoded);
    }
    g_string_append_c(text, '}');
    return true;
}

static bool refuse_memory(serve_exchange *exchange)
{
    return serve_refuse_as(&exchange->fault, LOOM_ERR_OUT_OF_MEMORY,
                           "there is no memory for the answer");
}

/* {"success":…,"requestId":…,"result":{…}}, or "results":[…] for several sizes. */
static bool answer_rows(serve_exchange *exchange, unsigned count, bool success)
{
    loom_request *request = exchange->job->request;
    GString *text = g_string_new("{\"success\":");
    bool good = true;

    g_string_append(text, success ? "true" : "false");
    serve_text_member(text, "requestId", exchange->id);
    g_string_append(text, count > 1 ? ",\"results\":[" : ",\"result\":");
    for (unsigned i = 0; good && i < count; i++) {
        if (i > 0)
            g_string_append_c(text, ',');
        good =
            append_row(text, loom_request_outcome(request, i), exchange->kind == SERVE_ANSWER_JSON);
    }
    g_string_append(text, count > 1 ? "]}\n" : "}\n");
    if (!good) {
        g_string_free(text, TRUE);
        return refuse_memory(exchange);
    }
    set_content(exchange, 200, json_type, g_string_free(text, FALSE));
    return true;
}

static bool answer_picture(serve_exchange *exchange, loom_outcome *outcome)
{
    serve_job *job = exchange->job;
    char type[32];

    /* The formats that are written have the names of their media types. */
    (void)g_snprintf(type, sizeof type, "image/%s", loom_format_get(outcome->format)->name);
    exchange->reply.result = make_result(outcome);
    exchange->reply.status = 200;
    exchange->reply.type = g_intern_string(type);
    if (job->picture == NULL) { /* the first of those who wait */
        job->picture = g_bytes_new_with_free_func(outcome->picture, (gsize)outcome->processed_size,
                                                  free, outcome->picture);
        outcome->picture = NULL;
    }
    exchange->reply.content = g_bytes_ref(job->picture);
    return true;
}

void serve_count_outcomes(const serve_job *job)
{
    for (unsigned i = 0; i < loom_recipe_outputs(job->recipe); i++)
        serve_metrics_image(&job->server->metrics, loom_request_outcome(job->request, i));
}

void serve_answer_outcomes(serve_exchange *exchange)
{
    loom_request *request = exchange->job->request;
    const unsigned count = loom_recipe_outputs(exchange->job->recipe);
    loom_outcome *first = loom_request_outcome(request, 0), *made = NULL;
    unsigned failed = 0;

    for (unsigned i = 0; i < count; i++) {
        loom_outcome *outcome = loom_request_outcome(request, i);
        failed += outcome->result == LOOM_RESULT_ERROR;
        if (made == NULL && outcome->result != LOOM_RESULT_ERROR)
            made = outcome;
    }
    exchange->facts = (serve_facts){.known = true,
                                    .original = first->original_format,
                                    .original_width = first->original_width,
                                    .original_height = first->original_height,
                                    .format = first->format,
                                    .width = first->width,
                                    .height = first->height,
                                    .lane = first->lane,
                                    .thread = first->thread,
                                    .warnings = first->warning_count + first->warnings_dropped,
                                    .queue_ns = first->thread >= 0 ? first->queue_ns : 0};
    bool good = made != NULL || serve_refuse_error(&exchange->fault, &first->error);
    if (good && (exchange->kind != SERVE_ANSWER_PICTURE || exchange->endpoint->probes))
        good = answer_rows(exchange, count, failed == 0);
    else if (good)
        good = answer_picture(exchange, made);
    if (!good)
        serve_answer_fault(exchange);
}
