/*
 * The service: hands requests to the pool as they are submitted, and back as they are done. Its
 * thread belongs to the front, which may wait for other events. So pool threads wake it by an
 * eventfd, for each slot, and nothing here waits except the end of loom_service_run.
 */
#include "batch/service.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_NS (20 * LOOM_NS_PER_MS) /* between checks of the deadlines of waiting requests */

typedef struct service {
    loom_service open; /* first: the program has a pointer to it */
    loom_service_counts counts;

    /* Set while it runs. */
    loom_pool *pool;
    int wake;                 /* eventfd: loom_service_next has something */
    void (*poll)(void *user); /* NULL: a team of one is refused, because it would block the front */
    bool refused;             /* a team of one was refused */
    loom_errands ended;       /* finished without a thread: for loom_service_next */
    size_t busy;              /* slots submitted and not yet returned */
    size_t ended_count;       /* of `ended` */
    int64_t looked_ns;        /* when the deadlines of waiting requests were last checked */
} service;

loom_service *loom_service_create(loom_engine *engine)
{
    service *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->open.engine = engine;
    made->wake = -1;
    return &made->open;
}

void loom_service_free(loom_service *open)
{
    free(open); /* which is where the whole begins */
}

/* ---- waking -------------------------------------------------------------- */

/* Called on a pool thread or the front's. If the counter is full, no wake-up is lost. */
static void ring(void *user)
{
    const service *s = user;
    const uint64_t one = 1;

    while (write(s->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void quiet(const service *s)
{
    uint64_t count;

    while (read(s->wake, &count, sizeof count) < 0 && errno == EINTR)
        continue;
}

/* ---- requests ------------------------------------------------------------ */

static void settle(service *s, loom_errand *errand)
{
    loom_errands_add(&s->ended, errand);
    s->ended_count++;
    ring(s);
}

bool loom_service_push(loom_service *open, loom_errand *errand)
{
    service *s = (service *)open;

    if (errand->settled) {
        errand->under_way = true;
        settle(s, errand);
        return true;
    }
    loom_slot *slot = loom_pool_take(s->pool);
    if (slot == NULL)
        return false;
    errand->under_way = true;
    slot->count = errand->count;
    for (size_t i = 0; i < errand->count; i++)
        slot->tasks[i] = &errand->tasks[i];
    slot->source =
        errand->open.bytes != NULL || errand->open.descriptor >= 0 ? &errand->source : NULL;
    slot->recipe = &errand->recipe;
    slot->settings = &errand->settings;
    slot->deadline_ns = errand->open.deadline_ns;
    slot->stop = errand->open.stop;
    slot->user = errand;
    errand->slot = slot;
    s->busy++;
    (void)loom_pool_submit(s->pool, slot);
    return true;
}

loom_status loom_service_submit(loom_service *open, loom_request *request, loom_error *err)
{
    service *s = (service *)open;
    loom_errand *errand = loom_errand_of(request);

    if (s->busy == loom_pool_slots(s->pool))
        return loom_error_set(err, LOOM_ERR_BUSY, LOOM_STAGE_NONE,
                              "the service is full: %zu requests are in progress", s->busy);
    const loom_status status = loom_errand_prepare(errand, err);
    if (status == LOOM_OK)
        (void)loom_service_push(open, errand); /* a slot is free */
    return status;
}

/* Takes the outcomes of a request out of its slot, which was waited for or withdrawn. */
static loom_errand *take_out(service *s, loom_slot *slot)
{
    loom_errand *errand = slot->user;

    if (slot->skip) {
        const loom_status reason = loom_cancel_check(&slot->cancel);
        loom_errand_end(errand, reason != LOOM_OK ? reason : LOOM_ERR_CANCELLED);
    }
    for (size_t i = 0; !slot->skip && i < errand->count; i++) {
        errand->outcomes[i] = slot->outcomes[i];
        loom_outcome_init(&slot->outcomes[i]);
    }
    errand->slot = NULL;
    s->busy--;
    loom_pool_give(s->pool, slot);
    return errand;
}

static void withdraw(service *s, loom_slot *slot)
{
    if (loom_pool_withdraw(s->pool, slot))
        settle(s, take_out(s, slot));
}

/* Ends the waiting requests that must end. */
static void look_at_waiting(service *s)
{
    const int64_t now = loom_clock_now();

    if (now - s->looked_ns < LOOK_NS || loom_pool_waiting(s->pool) == 0)
        return;
    s->looked_ns = now;
    for (size_t i = 0; i < loom_pool_slots(s->pool); i++) {
        loom_slot *slot = loom_pool_slot(s->pool, i);
        if (slot->count > 0 && loom_cancel_check(&slot->cancel) != LOOM_OK)
            withdraw(s, slot);
    }
}

static loom_errand *next_ended(service *s)
{
    loom_errand *errand = loom_errands_pop(&s->ended);

    if (errand != NULL)
        s->ended_count--;
    return errand;
}

static loom_errand *next_done(service *s)
{
    loom_slot *slot = loom_pool_wait(s->pool, 0);
    if (slot == NULL) {
        /* Later events ring again. */
        quiet(s);
        slot = loom_pool_wait(s->pool, 0);
    }
    return slot != NULL ? take_out(s, slot) : NULL;
}

loom_request *loom_service_next(loom_service *open)
{
    service *s = (service *)open;

    look_at_waiting(s);
    loom_errand *errand = next_ended(s);
    if (errand == NULL)
        errand = next_done(s);
    if (errand == NULL)
        return NULL;
    errand->under_way = false;
    return &errand->open;
}

void loom_service_cancel(loom_service *open, loom_request *request, loom_status status)
{
    loom_slot *slot = loom_errand_of(request)->slot;

    if (slot == NULL)
        return;
    loom_slot_cancel(slot, status == LOOM_ERR_TIMEOUT ? status : LOOM_ERR_CANCELLED);
    withdraw((service *)open, slot);
}

int loom_service_fd(const loom_service *open)
{
    return ((const service *)open)->wake;
}

const loom_service_counts *loom_service_counts_of(loom_service *open)
{
    service *s = (service *)open;
    const size_t waiting = loom_pool_waiting(s->pool), done = loom_pool_done(s->pool);

    s->counts = (loom_service_counts){
        .threads = loom_pool_threads(s->pool),
        .room = loom_pool_slots(s->pool) - s->busy,
        .waiting = waiting,
        /* Some may have moved on between the two counts. */
        .running = s->busy > waiting + done ? s->busy - waiting - done : 0,
        .done = done + s->ended_count,
    };
    return &s->counts;
}

/* ---- the run ------------------------------------------------------------- */

void loom_service_cancel_all(loom_service *open)
{
    service *s = (service *)open;

    for (size_t i = 0; i < loom_pool_slots(s->pool); i++) {
        loom_slot *slot = loom_pool_slot(s->pool, i);
        if (slot->count == 0)
            continue;
        loom_slot_cancel(slot, LOOM_ERR_CANCELLED);
        withdraw(s, slot);
    }
}

/* Takes back all requests that front has left, with their outcomes. */
static void end_rest(service *s)
{
    loom_service_cancel_all(&s->open);
    while (s->busy > 0) {
        loom_slot *slot = loom_pool_wait(s->pool, INT64_MAX);
        if (slot != NULL)
            take_out(s, slot)->under_way = false;
    }
    for (loom_errand *errand; (errand = next_ended(s)) != NULL;)
        errand->under_way = false;
}

static void run_front(void *user, loom_pool *pool)
{
    service *s = user;

    s->refused = loom_pool_is_alone(pool) && s->poll == NULL;
    if (s->refused)
        return;
    s->pool = pool;
    s->open.front(s->open.user, &s->open);
    end_rest(s);
    s->pool = NULL;
}

static void call_poll(void *user)
{
    const service *s = user;

    s->poll(s->open.user);
}

loom_status loom_service_run_on(loom_service *open, void (*poll)(void *user), loom_error *err)
{
    service *s = (service *)open;
    loom_service used = *open;

    if (used.engine == NULL || used.front == NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a service needs an engine and a front callback");
    const loom_status status = loom_pool_resolve(&used.jobs, &used.queue, &used.memory, err);
    if (status != LOOM_OK)
        return status;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0)
        return loom_error_set_errno(err, LOOM_STAGE_WORKER, errno, "cannot begin a service");
    s->poll = poll;
    const loom_pool_setup setup = {
        .engine = used.engine,
        .jobs = used.jobs,
        .queue = used.queue,
        .began_ns = loom_clock_now(),
        .front = run_front,
        .poll = poll != NULL ? call_poll : NULL,
        .wake = ring,
        .user = s,
        .per_job = LOOM_SIZES_MAX,
        .memory = used.memory,
    };
    const bool ran = loom_pool_run(&setup);
    (void)close(s->wake);
    s->wake = -1;
    if (!ran)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory to begin a service");
    return s->refused ? loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_WORKER,
                                       "the system cannot start a thread for the service")
                      : LOOM_OK;
}

loom_status loom_service_run(loom_service *open, loom_error *err)
{
    return loom_service_run_on(open, NULL, err);
}
