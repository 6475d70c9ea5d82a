#include "engine/route.h"

#include "base/error.h"
#include "engine/convert.h"
#include "engine/cost.h"
#include "engine/preview.h"
#include "engine/probe.h"
#include "isolation/proxy.h"
#include <stdlib.h>

enum { SIGN = 16 }; /* bytes that tell whether a thread may convert the format */

typedef enum loom_route {
    ROUTE_WORKER = 0,
    ROUTE_THREAD, /* any lane: there is no isolation */
    ROUTE_TRUSTED /* in the thread, by a lane for whose decoder we vouch */
} loom_route;

/* An image between its input and its outcome. */
typedef struct passage {
    const loom_routes *routes;
    const loom_job *job;
    loom_input_file *file;
    loom_input input; /* bytes read so far */
    loom_outcome *outcomes;
    loom_encoded *encoded;
} passage;

/* ---- deciding ------------------------------------------------------------ */

static loom_bytes start_of(const passage *p)
{
    return (loom_bytes){p->input.data, p->input.size};
}

/* Reads on until the start holds the whole header, as far as the file has one. */
static loom_status read_header(passage *p, loom_format format, loom_error *err)
{
    size_t wanted = LOOM_PROBE_START;
    loom_status status;

    do {
        status = loom_input_read_on(p->file, wanted, &p->input, err);
        wanted = loom_format_header_size(format, start_of(p));
        if (status != LOOM_OK || wanted <= p->input.size || loom_input_is_whole(p->file, &p->input))
            return status;
        /* Doubles, so that a header in many parts is not parsed often. */
        if (wanted / 2 < p->input.size)
            wanted = 2 * p->input.size;
    } while (true);
}

/*
 * The preview in a raw file may be anywhere: for a thread, all of it is read. A raw file that its
 * start does not show is a worker's.
 */
static loom_status decide_preview(passage *p, loom_route *route, loom_error *err)
{
    if (p->job->recipe->raw == LOOM_RAW_NONE ||
        !loom_lanes_offered(p->job, LOOM_PHOTOGRAPH_AS, LOOM_LANES_TRUSTED))
        return LOOM_OK;
    loom_status status = loom_input_read_on(p->file, LOOM_PREVIEW_START, &p->input, err);
    if (status != LOOM_OK || !loom_preview_is_wanted(p->job, start_of(p)))
        return status;
    status = loom_input_read_on(p->file, p->file->size, &p->input, err);
    if (status == LOOM_OK && loom_convert_suits(p->job, &p->input))
        *route = ROUTE_TRUSTED;
    return status;
}

/* Decides by the isolation setting and, if a thread may convert the image, by the file's start. */
static loom_status decide(passage *p, loom_route *route, loom_error *err)
{
    *route = p->routes->isolate == LOOM_ISOLATE_NEVER ? ROUTE_THREAD : ROUTE_WORKER;
    if (p->routes->isolate != LOOM_ISOLATE_AUTO ||
        !loom_lanes_offered(p->job, LOOM_FORMAT_UNKNOWN, LOOM_LANES_TRUSTED))
        return LOOM_OK;
    loom_status status = loom_input_read_on(p->file, SIGN, &p->input, err);
    if (status != LOOM_OK)
        return status;
    const loom_format format = loom_format_sniff(p->input.data, p->input.size);
    if (format == LOOM_FORMAT_UNKNOWN || !loom_lanes_offered(p->job, format, LOOM_LANES_TRUSTED))
        return decide_preview(p, route, err);
    status = read_header(p, format, err);
    if (status == LOOM_OK && loom_convert_suits(p->job, &p->input))
        *route = ROUTE_TRUSTED;
    return status;
}

/* ---- a worker ------------------------------------------------------------ */

static bool is_in_module(loom_format format)
{
    return format == LOOM_FORMAT_UNKNOWN || loom_container_of(format)->in_module;
}

static loom_format format_of(const passage *p)
{
    unsigned char sign[SIGN];
    size_t size;

    if (p->input.size >= SIGN && loom_preview_is_wanted(p->job, start_of(p)))
        return LOOM_PHOTOGRAPH_AS;
    if (p->input.size >= SIGN)
        return loom_format_sniff(p->input.data, p->input.size);
    return loom_input_peek(p->file, sign, sizeof sign, &size) ? loom_format_sniff(sign, size)
                                                              : LOOM_FORMAT_UNKNOWN;
}

/* What a worker must have loaded for the job, as far as formats and recipe tell; else it declines.
 */
static loom_loaded needed_for(const passage *p, const loom_job *job)
{
    const loom_format from = format_of(p);
    bool modules = is_in_module(from);

    for (size_t i = 0; i < job->count; i++)
        modules = modules || is_in_module(job->tasks[i]->format);
    if (modules)
        return LOOM_LOADED_MODULES;
    return loom_lanes_offered(job, from, LOOM_LANES_LINKED) ? LOOM_LOADED_NOTHING
                                                            : LOOM_LOADED_VIPS;
}

/*
 * Converts in a worker. It gets the file or, if all bytes have been read, the bytes. It must not
 * get the thread's edits; if they cannot be undone, the worker reads the file again.
 */
static loom_status ask_worker(passage *p, const loom_job *job, loom_outcome *outcomes,
                              loom_encoded *encoded, loom_error *err)
{
    const loom_loaded loaded = needed_for(p, job);
    loom_input_file bytes = {.descriptor = -1}, *file = p->file;
    loom_status status;

    if (p->file->bytes == NULL && loom_input_is_whole(p->file, &p->input) &&
        loom_input_restore(&p->input)) {
        file = &bytes;
        status = loom_input_hand_over(&p->input, &bytes, err);
    } else {
        status = loom_input_share(p->file, err);
    }
    loom_input_release(&p->input);
    if (status == LOOM_OK)
        status = loom_worker_convert(p->routes->workers, job, file, loaded, outcomes, encoded, err);
    loom_input_close(&bytes);
    return status;
}

/* ---- diagnosis by a worker ----------------------------------------------- */

/* Whether the error's message depends on libvips' text, which only a worker can attribute. */
static bool wants_words(const loom_outcome *outcome)
{
    const loom_status code = outcome->error.code;

    return code == LOOM_ERR_CORRUPT || code == LOOM_ERR_TRUNCATED ||
           (code == LOOM_ERR_UNSUPPORTED && outcome->error.stage == LOOM_STAGE_ENCODE);
}

/* Whether a worker's outcome says more than our error. */
static bool knows_better(const loom_outcome *asked)
{
    const loom_status code = asked->error.code;

    return asked->result != LOOM_RESULT_ERROR || wants_words(asked) ||
           code == LOOM_ERR_OUT_OF_MEMORY || code == LOOM_ERR_TOO_LARGE || code == LOOM_ERR_IO;
}

/*
 * Adopts a worker's outcome for an image that failed here. The worker may even have made a picture:
 * in this process libvips also fails if the system has no thread left, and does not say so.
 */
static void adopt(loom_outcome *outcome, loom_encoded *encoded, loom_outcome *asked,
                  loom_encoded *made)
{
    if (!wants_words(outcome) || !knows_better(asked))
        return;
    loom_outcome_release(outcome);
    free(encoded->data);
    *outcome = *asked;
    *encoded = *made;
    loom_outcome_init(asked);
    *made = (loom_encoded){0};
}

/* Damage seen by libvips may be the same shortage that kept a worker from starting. */
static void doubt(loom_outcome *outcome, const loom_error *why)
{
    const bool exact = outcome->lane != NULL && loom_lane_is_trusted(outcome->lane);

    if (outcome->error.code != LOOM_ERR_CORRUPT || exact ||
        (why->code != LOOM_ERR_IO && why->code != LOOM_ERR_OUT_OF_MEMORY))
        return;
    const loom_stage stage = outcome->error.stage;
    loom_error_clear(&outcome->error);
    (void)loom_error_set(&outcome->error, why->code, stage,
                         "the image could not be decoded, and no worker process asked why: %s",
                         why->message);
}

/*
 * If the errors of a failed job depend on libvips' messages, runs it again, alone, in a worker. If
 * the worker tells nothing new, our errors stand.
 */
static void diagnose(passage *p)
{
    loom_outcome asked[LOOM_SIZES_MAX];
    loom_encoded made[LOOM_SIZES_MAX] = {{0}};
    loom_error why = LOOM_ERROR_INIT;
    loom_job again = *p->job;
    bool any = false;

    for (size_t i = 0; i < again.count; i++)
        any = any || wants_words(&p->outcomes[i]);
    if (!any || p->routes->workers == NULL)
        return;
    again.admission = NULL; /* the job already has its memory */
    for (size_t i = 0; i < again.count; i++)
        loom_outcome_init(&asked[i]);
    const loom_status status = ask_worker(p, &again, asked, made, &why);
    for (size_t i = 0; i < again.count; i++) {
        if (status == LOOM_OK)
            adopt(&p->outcomes[i], &p->encoded[i], &asked[i], &made[i]);
        else
            doubt(&p->outcomes[i], &why);
        free(made[i].data);
        loom_outcome_release(&asked[i]);
    }
}

/* ---- converting ---------------------------------------------------------- */

/* *done: the outcomes are final; else a worker must convert the image. */
static loom_status convert_here(passage *p, loom_lanes lanes, bool *done, loom_error *err)
{
    const loom_status status = loom_input_read_on(p->file, p->file->size, &p->input, err);

    if (status != LOOM_OK)
        return status;
    if (p->job->settings->hash) /* before anything is edited */
        loom_input_hash(p->file, &p->input);
    *done = loom_convert(p->job, &p->input, p->routes->memory, lanes, p->outcomes, p->encoded) !=
            LOOM_LANE_DECLINED;
    if (*done && lanes == LOOM_LANES_ALL)
        diagnose(p);
    return LOOM_OK;
}

static loom_status go(passage *p, loom_error *err)
{
    loom_route route = ROUTE_WORKER;
    bool done = false;
    loom_status status = decide(p, &route, err);

    if (status == LOOM_OK && route != ROUTE_WORKER)
        status = convert_here(p, route == ROUTE_THREAD ? LOOM_LANES_ALL : LOOM_LANES_TRUSTED, &done,
                              err);
    if (status != LOOM_OK || done)
        return status;
    /* A thread that waits for a worker must not hold memory that others wait for. */
    loom_admit_release(p->job);
    return ask_worker(p, p->job, p->outcomes, p->encoded, err);
}

/* Decides and converts; the file may have changed meanwhile. */
static loom_status convert(const loom_routes *routes, const loom_job *job, loom_input_file *file,
                           loom_outcome *outcomes, loom_encoded *encoded, loom_error *err)
{
    passage p = {
        .routes = routes, .job = job, .file = file, .outcomes = outcomes, .encoded = encoded};

    loom_status status = loom_probe_early(file, job->tasks[0]->input_path,
                                          loom_cost_limit(routes->memory), &p.input, err);
    if (status == LOOM_OK)
        status = go(&p, err);
    loom_input_release(&p.input);
    return status;
}

loom_status loom_route_convert(const loom_routes *routes, const loom_job *job,
                               loom_input_file *file, loom_outcome *outcomes, loom_encoded *encoded,
                               loom_error *err)
{
    const char *path = job->source == NULL ? job->tasks[0]->input_path : NULL;
    loom_error error = LOOM_ERROR_INIT;

    (void)convert(routes, job, file, outcomes, encoded, &error);
    if (job->settings->hash) /* between opening and checking: it is of what was decoded */
        loom_input_hash(file, NULL);
    const loom_status check = loom_input_check(file, path, err);
    if (check == LOOM_OK)
        return loom_error_copy(err, &error);
    for (size_t i = 0; i < job->count; i++)
        loom_outcome_release(&outcomes[i]);
    return check;
}
