/*
 * The desk: any thread of the program may leave a request here and wait for it. The desk's own
 * thread runs a service, and only that thread touches the service: it moves requests from a shared
 * list to the service, and wakes each caller when its request is done. So a caller takes no part in
 * the work, and a caller that is slow to wake delays nobody.
 *
 * The list has an entry per caller. The desk checks waiting entries every LOOK_MS for their
 * deadline and stop; the service does so for its own requests.
 */
#include "batch/service.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/error.h"
#include "batch/system.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOOK_MS = 20 };

typedef enum stage { ASLEEP = 0, STARTING, AWAKE } stage;

struct loom_desk {
    loom_service *service;
    pid_t owner; /* the process that these threads belong to */
    int bell;    /* eventfd: there is something to do */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* the stage changed, or a caller has left */
    /* Guarded by `lock`. */
    stage stage;
    bool joinable; /* `thread` was started, and nobody has joined it */
    bool closing;
    pthread_t thread;
    loom_error failure;   /* why the service ended */
    unsigned callers;     /* callers within a call */
    loom_errands waiting; /* for a place in the service */

    size_t inside; /* used by the thread only: requests in the service */
};

/* A waiting caller, on its stack. */
typedef struct visit {
    pthread_cond_t ready;
    bool done; /* guarded by the desk's lock */
} visit;

/* ---- the desk's thread --------------------------------------------------- */

/* Called with the lock held. */
static void dismiss(loom_errand *errand)
{
    visit *v = errand->visit;

    v->done = true;
    (void)pthread_cond_signal(&v->ready);
}

/* Ends the errands in the list that must end. True: others still wait. */
static bool look_at_waiting(loom_desk *desk)
{
    loom_errands left = {NULL, NULL};

    (void)pthread_mutex_lock(&desk->lock);
    for (loom_errand *errand; (errand = loom_errands_pop(&desk->waiting)) != NULL;) {
        const loom_status mark = desk->closing ? LOOM_ERR_CANCELLED : loom_errand_mark(errand);
        if (mark == LOOM_OK) {
            loom_errands_add(&left, errand);
            continue;
        }
        loom_errand_end(errand, mark);
        dismiss(errand);
    }
    desk->waiting = left;
    (void)pthread_mutex_unlock(&desk->lock);
    return left.first != NULL;
}

/*
 * Moves errands from the list to the service, as far as it has places. Called without the lock:
 * without another thread, this call processes the image.
 */
static void carry(loom_desk *desk)
{
    for (bool taken = true; taken;) {
        (void)pthread_mutex_lock(&desk->lock);
        loom_errand *errand = loom_errands_pop(&desk->waiting);
        (void)pthread_mutex_unlock(&desk->lock);
        if (errand == NULL)
            return;
        taken = loom_service_push(desk->service, errand);
        desk->inside += taken;
        if (taken)
            continue;
        (void)pthread_mutex_lock(&desk->lock);
        loom_errands_put_back(&desk->waiting, errand);
        (void)pthread_mutex_unlock(&desk->lock);
    }
}

static void hand_out(loom_desk *desk)
{
    for (loom_request *request; (request = loom_service_next(desk->service)) != NULL;) {
        desk->inside--;
        (void)pthread_mutex_lock(&desk->lock);
        dismiss(loom_errand_of(request));
        (void)pthread_mutex_unlock(&desk->lock);
    }
}

static void wait_for_work(const loom_desk *desk, bool some_wait)
{
    struct pollfd ready[] = {{.fd = loom_service_fd(desk->service), .events = POLLIN},
                             {.fd = desk->bell, .events = POLLIN}};
    uint64_t rings;

    (void)poll(ready, LOOM_COUNT(ready), some_wait ? LOOK_MS : -1);
    while (read(desk->bell, &rings, sizeof rings) < 0 && errno == EINTR)
        continue;
}

static void set_awake(loom_desk *desk)
{
    (void)pthread_mutex_lock(&desk->lock);
    desk->stage = AWAKE;
    (void)pthread_cond_broadcast(&desk->changed);
    (void)pthread_mutex_unlock(&desk->lock);
}

static bool is_closing(loom_desk *desk)
{
    (void)pthread_mutex_lock(&desk->lock);
    const bool closing = desk->closing;
    (void)pthread_mutex_unlock(&desk->lock);
    return closing;
}

static void front(void *user, loom_service *service)
{
    loom_desk *desk = user;

    set_awake(desk);
    for (;;) {
        hand_out(desk);
        carry(desk);
        const bool some_wait = look_at_waiting(desk);
        if (is_closing(desk)) {
            loom_service_cancel_all(service);
            hand_out(desk);
            if (desk->inside == 0 && !some_wait)
                return;
        }
        wait_for_work(desk, some_wait || loom_service_counts_of(service)->waiting > 0);
    }
}

/* Called while an image runs on the desk's own thread, because there is no other. */
static void look(void *user)
{
    loom_desk *desk = user;

    (void)look_at_waiting(desk);
    if (is_closing(desk))
        loom_service_cancel_all(desk->service);
}

static loom_status stopped(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_CANCELLED, LOOM_STAGE_WORKER, "the engine was stopped");
}

static void *work(void *user)
{
    loom_desk *desk = user;
    loom_error error = LOOM_ERROR_INIT;

    if (loom_service_run_on(desk->service, look, &error) ==
        LOOM_OK) /* for callers that came just now */
        (void)stopped(&error);
    (void)pthread_mutex_lock(&desk->lock);
    desk->stage = ASLEEP;
    desk->failure = error;
    for (loom_errand *errand; (errand = loom_errands_pop(&desk->waiting)) != NULL;) {
        loom_errand_fail(errand, &error);
        dismiss(errand);
    }
    (void)pthread_cond_broadcast(&desk->changed);
    (void)pthread_mutex_unlock(&desk->lock);
    return NULL;
}

/* ---- callers ------------------------------------------------------------- */

static loom_status check_process(const loom_desk *desk, loom_error *err)
{
    if (getpid() == desk->owner)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_WORKER,
                          "this process is a fork and lacks the threads of the engine");
}

/* Called with the lock held. */
static void ring(const loom_desk *desk)
{
    const uint64_t one = 1;

    while (desk->bell >= 0 && write(desk->bell, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

/* Starts the thread unless it runs. Called with the lock held. */
static loom_status rouse(loom_desk *desk, loom_error *err)
{
    int failed;

    if (desk->closing)
        return stopped(err);
    if (desk->stage != ASLEEP)
        return LOOM_OK;
    if (desk->joinable)
        (void)pthread_join(desk->thread, NULL); /* it has done all that needs the lock */
    desk->joinable = false;
    if (desk->bell < 0 && (desk->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        failed = errno;
    else
        failed = loom_thread_start(&desk->thread, work, desk);
    if (failed != 0)
        return loom_error_set_errno(err, LOOM_STAGE_WORKER, failed, "cannot start a thread");
    desk->joinable = true;
    desk->stage = STARTING;
    return LOOM_OK;
}

/* Counts a caller that comes or leaves. Called with the lock held. */
static void count_caller(loom_desk *desk, int change)
{
    desk->callers += (unsigned)change;
    if (desk->closing)
        (void)pthread_cond_broadcast(&desk->changed);
}

/* Leaves a prepared errand, and waits until it is done. */
static loom_status leave(loom_desk *desk, loom_errand *errand, loom_error *err)
{
    visit v = {.done = false};

    if (!loom_condition_init(&v.ready))
        return loom_no_memory(err, LOOM_STAGE_WORKER, NULL);
    (void)pthread_mutex_lock(&desk->lock);
    const loom_status status = rouse(desk, err);
    if (status == LOOM_OK) {
        count_caller(desk, 1);
        errand->visit = &v;
        loom_errands_add(&desk->waiting, errand);
        ring(desk);
        while (!v.done)
            (void)pthread_cond_wait(&v.ready, &desk->lock);
        count_caller(desk, -1);
    }
    (void)pthread_mutex_unlock(&desk->lock);
    (void)pthread_cond_destroy(&v.ready);
    return status;
}

static loom_status process(const loom_engine *engine, loom_request *request, loom_error *err)
{
    loom_errand *errand = loom_errand_of(request);
    loom_desk *desk = engine->desk;
    loom_error why = LOOM_ERROR_INIT;
    int cancelling;

    loom_status status = check_process(desk, err);
    if (status == LOOM_OK)
        status = loom_errand_prepare(errand, err);
    if (status != LOOM_OK)
        return status;
    /* If the thread were cancelled here, its visit would stay in the list. */
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
    if (!errand->settled && leave(desk, errand, &why) != LOOM_OK)
        loom_errand_fail(errand, &why);
    (void)pthread_setcancelstate(cancelling, NULL);
    return loom_errand_result(errand, err);
}

loom_status loom_process_file(loom_engine *engine, const char *path, loom_request *request,
                              loom_error *err)
{
    request->path = path;
    request->bytes = NULL;
    request->descriptor = -1;
    return process(engine, request, err);
}

loom_status loom_process_buffer(loom_engine *engine, const void *bytes, size_t size,
                                loom_request *request, loom_error *err)
{
    request->path = NULL;
    request->bytes = bytes != NULL ? bytes : "";
    request->size = bytes != NULL ? size : 0;
    request->descriptor = -1;
    return process(engine, request, err);
}

loom_status loom_process_begin(loom_engine *engine, loom_error *err)
{
    loom_desk *desk = engine->desk;
    loom_status status = check_process(desk, err);

    if (status != LOOM_OK)
        return status;
    (void)pthread_mutex_lock(&desk->lock);
    if ((status = rouse(desk, err)) == LOOM_OK) {
        count_caller(desk, 1);
        while (desk->stage == STARTING)
            (void)pthread_cond_wait(&desk->changed, &desk->lock);
        if (desk->stage == ASLEEP)
            status = loom_error_set(err, desk->failure.code, desk->failure.stage, "%s",
                                    desk->failure.message);
        count_caller(desk, -1);
    }
    (void)pthread_mutex_unlock(&desk->lock);
    return status;
}

/* ---- the whole ----------------------------------------------------------- */

loom_desk *loom_desk_create(loom_engine *engine, unsigned jobs, uint64_t memory)
{
    loom_desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        return NULL;
    desk->owner = getpid();
    desk->bell = -1;
    desk->service = loom_service_create(engine);
    if (desk->service == NULL || pthread_mutex_init(&desk->lock, NULL) != 0)
        goto failed;
    if (!loom_condition_init(&desk->changed))
        goto failed_lock;
    desk->service->jobs = jobs;
    desk->service->memory = memory;
    desk->service->user = desk;
    desk->service->front = front;
    return desk;

failed_lock:
    (void)pthread_mutex_destroy(&desk->lock);
failed:
    loom_service_free(desk->service);
    free(desk);
    return NULL;
}

unsigned loom_desk_callers(loom_desk *desk)
{
    (void)pthread_mutex_lock(&desk->lock);
    const unsigned callers = desk->callers;
    (void)pthread_mutex_unlock(&desk->lock);
    return callers;
}

void loom_desk_free(loom_desk *desk)
{
    if (desk == NULL ||
        getpid() != desk->owner) /* a fork has neither its threads nor its callers */
        return;
    (void)pthread_mutex_lock(&desk->lock);
    desk->closing = true;
    ring(desk);
    while (desk->callers > 0)
        (void)pthread_cond_wait(&desk->changed, &desk->lock);
    const bool joinable = desk->joinable;
    (void)pthread_mutex_unlock(&desk->lock);
    if (joinable)
        (void)pthread_join(desk->thread, NULL);
    if (desk->bell >= 0)
        (void)close(desk->bell);
    (void)pthread_cond_destroy(&desk->changed);
    (void)pthread_mutex_destroy(&desk->lock);
    loom_service_free(desk->service);
    free(desk);
}
