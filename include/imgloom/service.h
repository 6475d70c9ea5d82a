/*
 * The service: accepts requests while it runs, from one thread that also waits for other events,
 * and returns each request when it is done. It is meant for servers. A program whose threads can
 * block calls loom_process_file or loom_process_buffer instead.
 */
#ifndef IMGLOOM_SERVICE_H
#define IMGLOOM_SERVICE_H

#include <imgloom/engine.h>
#include <imgloom/request.h>
#include <stddef.h>

LOOM_BEGIN_DECLS

/* How to run a service. loom_service_create returns it; set its fields before the run. */
typedef struct loom_service {
    loom_engine *engine; /* set by loom_service_create */
    unsigned jobs;       /* images at once, 1..LOOM_JOBS_MAX (batch.h); 0: loom_cpu_count() */
    unsigned queue;      /* requests that wait for a thread, max LOOM_QUEUE_MAX; 0: 4 x jobs */
    uint64_t memory; /* limit for all running images together, bytes; 0: half the memory limit */

    void *user;
    /* Accepts requests from clients and submits them. Called once, on the thread that runs the
     * service. */
    void (*front)(void *user, struct loom_service *service);
} loom_service;

/* Creates a service on an engine, which must outlive it. NULL: out of memory. */
LOOM_API loom_service *loom_service_create(loom_engine *engine);
LOOM_API void loom_service_free(loom_service *service); /* NULL is allowed; it must not run */

/*
 * Starts the threads and calls service->front on the calling thread. When front returns, requests
 * still in progress are cancelled; their outcomes say so, and the program owns the requests again.
 * The call returns when all requests have ended. LOOM_OK: front was called. Otherwise it was not:
 * LOOM_ERR_USAGE for fields out of range, LOOM_ERR_OUT_OF_MEMORY, or LOOM_ERR_IO if the system
 * lacks a descriptor or a thread besides the calling one. An engine runs one batch or service at a
 * time.
 */
LOOM_API loom_status loom_service_run(loom_service *service, loom_error *err) LOOM_NODISCARD;

/* ---- what front may call, on its thread ---------------------------------- */

/*
 * Submits a request. Never waits for an image or a thread; it does look up output_path if that is
 * set. LOOM_OK: the request is in progress, and loom_service_next returns it once. LOOM_ERR_BUSY:
 * `jobs` + `queue` requests are in progress; try again when one has come back. LOOM_ERR_USAGE: the
 * recipe is invalid, or the request has no input.
 */
LOOM_API loom_status loom_service_submit(loom_service *service, loom_request *request,
                                         loom_error *err) LOOM_NODISCARD;

/* A descriptor to poll: readable (POLLIN) when it is time to call loom_service_next. Do not read
 * from it. */
LOOM_API int loom_service_fd(const loom_service *service);

/*
 * Returns the next request that is done, in the order of completion; NULL: none at the moment. Call
 * it until it returns NULL. It also returns waiting requests whose deadline has passed; these do
 * not make the descriptor readable, so a front that uses deadlines calls it about every 20 ms while
 * requests wait.
 */
LOOM_API loom_request *loom_service_next(loom_service *service);

/*
 * Cancels a request in progress: at once if it waits, within a few milliseconds if it runs in a
 * thread. A worker process is killed at once for LOOM_ERR_TIMEOUT, and for LOOM_ERR_CANCELLED when
 * it has been at the image for 100 ms: until then it may still finish. `status` becomes the code of
 * the outcomes: LOOM_ERR_CANCELLED or LOOM_ERR_TIMEOUT. loom_service_next still returns the
 * request. A request that is already done does not change.
 */
LOOM_API void loom_service_cancel(loom_service *service, loom_request *request, loom_status status);

/* The number of requests in each state. */
typedef struct loom_service_counts {
    unsigned threads; /* pool threads; fewer than requested if the system cannot start more */
    size_t room;      /* requests that could be submitted now */
    size_t waiting;   /* for a thread */
    size_t running;
    size_t done; /* ready for loom_service_next */
} loom_service_counts;

/* The current counts. Owned by the service, valid until the next call. */
LOOM_API const loom_service_counts *loom_service_counts_of(loom_service *service);

LOOM_END_DECLS

#endif
