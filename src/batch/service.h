/*
 * Requests and services, and what the desk needs of both.
 *
 * A service is a front end of the pool, as a batch is: see the essay in batch.c. The desk is a
 * service on a thread of its own, which takes the requests of any thread of the program.
 */
#ifndef LOOM_BATCH_SERVICE_H
#define LOOM_BATCH_SERVICE_H

#include "batch/pool.h"
#include <imgloom/process.h>
#include <imgloom/service.h>

/* A loom_request and what the program does not see of it. */
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

    bool under_way;           /* somebody has it to run, or has yet to give it back */
    loom_slot *slot;          /* that it is in; NULL: none */
    struct loom_errand *next; /* in a list of who has it */
    void *visit;              /* the desk's */
} loom_errand;

static inline loom_errand *loom_errand_of(loom_request *request)
{
    return (loom_errand *)request;
}

/* A list of errands, the first one in first out. */
typedef struct loom_errands {
    loom_errand *first, *last; /* first NULL: it is empty */
} loom_errands;

void loom_errands_add(loom_errands *list, loom_errand *errand);
void loom_errands_put_back(loom_errands *list, loom_errand *errand); /* to be the first again */
loom_errand *loom_errands_pop(loom_errands *list);                   /* NULL: it is empty */

/*
 * Makes tasks of a request; looks at what stands at its output path. LOOM_ERR_USAGE: it cannot be
 * taken, and has no outcomes.
 */
loom_status loom_errand_prepare(loom_errand *errand, loom_error *err);

/* Why it is to end before it began: LOOM_ERR_CANCELLED by its stop, LOOM_ERR_TIMEOUT; LOOM_OK. */
loom_status loom_errand_mark(const loom_errand *errand);

/* Gives each of its outputs the outcome of an image that was not begun: by a mark, or an error. */
void loom_errand_end(loom_errand *errand, loom_status mark);
void loom_errand_fail(loom_errand *errand, const loom_error *error);

/* The error of the first output that failed; LOOM_OK: none has. */
loom_status loom_errand_result(const loom_errand *errand, loom_error *err);

/*
 * As loom_service_run; with `poll` also where no thread is there but the caller's, which then runs
 * each request in loom_service_push. `poll` is what the image calls meanwhile, with service->user.
 */
loom_status loom_service_run_on(loom_service *service, void (*poll)(void *user), loom_error *err);

/* As loom_service_submit, of an errand that was prepared. False: there is no room. */
bool loom_service_push(loom_service *service, loom_errand *errand);

/* As loom_service_cancel, LOOM_ERR_CANCELLED, of all requests that are under way. */
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
