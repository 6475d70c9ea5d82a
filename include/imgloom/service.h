/*
 * The service: takes requests while it runs, from one thread that has other things to wait for, and
 * gives each back when it is done. For servers; a program that can wait calls loom_process_file or
 * loom_process_buffer instead, which any of its threads may.
 */
#ifndef IMGLOOM_SERVICE_H
#define IMGLOOM_SERVICE_H

#include <imgloom/engine.h>
#include <imgloom/request.h>
#include <stddef.h>

LOOM_BEGIN_DECLS

/* How to run. Made by loom_service_create, then changed by the program; read when it is run. */
typedef struct loom_service {
    loom_engine *engine; /* set by loom_service_create */
    unsigned jobs;       /* images at once, 1..LOOM_JOBS_MAX (batch.h); 0: loom_cpu_count() */
    unsigned queue;      /* requests waiting beyond those, to LOOM_QUEUE_MAX; 0: 4 x jobs */
    uint64_t memory;     /* bytes that the images at work may need together; 0: half the limit */

    void *user;
    /* What takes requests, and hands them in: called once, on the thread that runs the service. */
    void (*front)(void *user, struct loom_service *service);
} loom_service;

/* A service on that engine, which must outlive it. NULL: no memory. */
LOOM_API loom_service *loom_service_create(loom_engine *engine);
LOOM_API void loom_service_free(loom_service *service); /* NULL is allowed; it must not run */

/*
 * Starts the threads, calls service->front on this one, and returns when that has returned and all
 * requests have ended: those under way are cancelled, and are the program's again, with outcomes
 * that say so. LOOM_OK, or why front was not called: LOOM_ERR_USAGE for fields out of range,
 * LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_IO where the system lacks a descriptor or a thread besides this
 * one. An engine runs one batch or service at a time.
 */
LOOM_API loom_status loom_service_run(loom_service *service, loom_error *err) LOOM_NODISCARD;

/* ---- what front may call, on its thread ---------------------------------- */

/*
 * Hands a request in. Never waits for an image or a thread; with an output_path it looks at that
 * path. LOOM_OK: it is under way, and will be returned by loom_service_next, once. LOOM_ERR_BUSY:
 * `jobs` + `queue` are; try again when one has come back. LOOM_ERR_USAGE: the recipe is refused, or
 * the request lacks an input.
 */
LOOM_API loom_status loom_service_submit(loom_service *service, loom_request *request,
                                         loom_error *err) LOOM_NODISCARD;

/* Can be polled: readable (POLLIN) when loom_service_next is to be called. Never read from it. */
LOOM_API int loom_service_fd(const loom_service *service);

/*
 * A request that is done, in the order of completion; NULL: none is now. To be called until it is
 * NULL. What waits and is past its deadline comes back by it, too, without the descriptor becoming
 * readable: a front that uses deadlines calls it every 20 ms or so while some are waiting.
 */
LOOM_API loom_request *loom_service_next(loom_service *service);

/*
 * Ends a request that is under way, as soon as can be: at once where it waits, a few milliseconds
 * later where it runs. `status` is what its outcomes say: LOOM_ERR_CANCELLED or LOOM_ERR_TIMEOUT.
 * It comes back by loom_service_next all the same; one that is done by then stays as it is.
 */
LOOM_API void loom_service_cancel(loom_service *service, loom_request *request, loom_status status);

/* Where the requests are. */
typedef struct loom_service_counts {
    unsigned threads; /* that work: fewer than asked for where the system has no room for more */
    size_t room;      /* requests that could be submitted now */
    size_t waiting;   /* for a thread */
    size_t running;
    size_t done; /* for loom_service_next */
} loom_service_counts;

/* As of now. The service's, until the next call. */
LOOM_API const loom_service_counts *loom_service_counts_of(loom_service *service);

LOOM_END_DECLS

#endif
