/*
 * Requests and services, and the parts that the desk needs.
 *
 * A service is a front end of the pool, like a batch: see the top of batch.c. The desk is a service
 * on its own thread, which takes requests from any thread of the program.
 */
#ifndef LOOM_BATCH_SERVICE_H
#define LOOM_BATCH_SERVICE_H

#include "batch/pool.h"
#include <imgloom/process.h>
#include <imgloom/service.h>

/* A loom_request with its private part. */
typedef struct loom_errand {
    loom_request open; /* first: the program has a pointer to it */

    /* Set by loom_errand_prepare. */
    loom_source source;
    loom_recipe recipe;
    loom_settings settings;
    loom_task tasks[LOOM_SIZES_MAX];
    loom_outcome outcomes[LOOM_SIZES_MAX];
    size_t count;
    bool settled; /* there is nothing to run: the outcome says why */

    bool under_way;           /* in the hands of a service or the desk */
    loom_slot *slot;          /* the slot that holds it; NULL: none */
    struct loom_errand *next; /* the next in its holder's list */
    void *visit;              /* for the desk */
} loom_errand;

static inline loom_errand *loom_errand_of(loom_request *request)
{
    return (loom_errand *)request;
}

/* A FIFO list of errands. */
typedef struct loom_errands {
    loom_errand *first, *last; /* first NULL: empty */
} loom_errands;

void loom_errands_add(loom_errands *list, loom_errand *errand);
void loom_errands_put_back(loom_errands *list, loom_errand *errand); /* adds it in front */
loom_errand *loom_errands_pop(loom_errands *list);                   /* NULL: it is empty */

/*
 * Makes the tasks of a request, and examines its output path. LOOM_ERR_USAGE: the request is
 * refused, and has no outcomes.
 */
loom_status loom_errand_prepare(loom_errand *errand, loom_error *err);

/* Why it must end before its start: LOOM_ERR_CANCELLED (its stop) or LOOM_ERR_TIMEOUT; LOOM_OK: it
 * need not. */
loom_status loom_errand_mark(const loom_errand *errand);

/* Gives each of its outputs the outcome of an image that never started: by a mark, or an error. */
void loom_errand_end(loom_errand *errand, loom_status mark);
void loom_errand_fail(loom_errand *errand, const loom_error *error);

/* The error of the first output that failed; LOOM_OK: none has. */
loom_status loom_errand_result(const loom_errand *errand, loom_error *err);

/*
 * As loom_service_run. With `poll` it also works without any thread besides the caller's, which
 * then runs each request in loom_service_push; the image calls `poll` meanwhile, with
 * service->user.
 */
loom_status loom_service_run_on(loom_service *service, void (*poll)(void *user), loom_error *err);

/* As loom_service_submit, for a prepared errand. False: the service is full. */
bool loom_service_push(loom_service *service, loom_errand *errand);

/* As loom_service_cancel with LOOM_ERR_CANCELLED, for all requests in progress. */
void loom_service_cancel_all(loom_service *service);

/* ---- the desk ------------------------------------------------------------ */

typedef struct loom_desk loom_desk;

/* Starts nothing. The engine must outlive it. jobs and memory as in a service. NULL: no memory. */
loom_desk *loom_desk_create(loom_engine *engine, unsigned jobs, uint64_t memory);

/* Calls that wait there now. */
unsigned loom_desk_callers(loom_desk *desk);

/* Ends all calls as `cancelled`, waits until they have returned, and its threads, too. NULL is
 * allowed. */
void loom_desk_free(loom_desk *desk);

#endif
