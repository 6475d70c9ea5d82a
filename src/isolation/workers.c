#include "isolation/workers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/read_at.h"
#include "isolation/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_IMAGES = 1000, LOOK_EVERY = 16, WAIT_MS = 100, ROOM_ATTEMPTS = 50, SMALL_SECONDS = 5 };

struct loom_workers {
    const loom_spawn_setup *setup;
    loom_spawner *spawner;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* CLOCK_MONOTONIC: a worker was returned, or has ended */
    /* Guarded by `lock`. alive = workers in `idle` + workers taken. */
    loom_worker *idle;
    loom_worker *oldest, *newest; /* of all that are alive */
    unsigned alive, peak, idle_count;
    uint64_t ended[LOOM_WORKER_ENDS];
    unsigned limit; /* max alive until `limited_until` */
    int64_t limited_until;
    int failures;        /* in a row, while there was only one worker */
    uint32_t lacked;     /* parts of the sandbox, see loom_workers_lacked */
    bool hopeless;       /* not even one worker could be started for long: no thread waits again */
    loom_error shortage; /* the first one; code LOOM_OK: none */
};

loom_workers *loom_workers_create(const loom_spawn_setup *setup, loom_spawner *spawner)
{
    loom_workers *workers = calloc(1, sizeof *workers);

    if (workers == NULL)
        return NULL;
    workers->setup = setup;
    workers->spawner = spawner;
    if (pthread_mutex_init(&workers->lock, NULL) != 0)
        goto failed;
    if (loom_condition_init(&workers->changed))
        return workers;
    (void)pthread_mutex_destroy(&workers->lock);
failed:
    free(workers);
    return NULL;
}

/* ---- one worker ---------------------------------------------------------- */

static void free_worker(loom_worker *worker)
{
    (void)loom_process_end(&worker->process, false);
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++)
        if (worker->outputs[i] >= 0)
            (void)close(worker->outputs[i]);
    free(worker->message);
    free(worker);
}

/* On failure errno also says why. */
static loom_status prepare_outputs(loom_worker *worker, size_t count, loom_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (worker->outputs[i] < 0)
            worker->outputs[i] = loom_nameless_file("imgloom-output");
        if (worker->outputs[i] < 0 || ftruncate(worker->outputs[i], 0) != 0) {
            const int failed = errno;
            const loom_status status = loom_error_set_errno(err, LOOM_STAGE_WORKER, failed,
                                                            "cannot allocate space for an output");
            errno = failed;
            return status;
        }
    }
    return LOOM_OK;
}

/* On failure errno also says why. */
static loom_status make_worker(const loom_workers *workers, size_t outputs, loom_loaded loaded,
                               loom_worker **made, loom_error *err)
{
    const uint64_t memory = workers->setup->memory;
    loom_worker *worker = calloc(1, sizeof *worker);
    char *message = malloc(LOOM_MESSAGE_MAX);

    if (worker == NULL || message == NULL) {
        free(worker);
        free(message);
        errno = ENOMEM;
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory to talk to a worker process");
    }
    worker->message = message;
    worker->output_limit = memory > 0 ? memory : UINT64_MAX;
    worker->lanes = workers->setup->lanes;
    worker->grace_ns = workers->setup->grace_ns;
    worker->process = (loom_process)LOOM_PROCESS_INIT;
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++)
        worker->outputs[i] = -1;
    loom_status status = prepare_outputs(worker, outputs, err);
    if (status == LOOM_OK)
        status = loom_process_start(&worker->process, workers->spawner, loaded, err);
    if (status != LOOM_OK) {
        const int failed = errno;
        free_worker(worker);
        errno = failed;
        return status;
    }
    worker->pid = worker->process.pid;
    *made = worker;
    return LOOM_OK;
}

/* Resident memory, bytes; 0: not known. */
static uint64_t measure(pid_t pid)
{
    char path[64], text[64];
    unsigned long total, resident;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    const ssize_t n = read(file, text, sizeof text - 1);
    (void)close(file);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return sscanf(text, "%lu %lu", &total, &resident) == 2
               ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE)
               : 0;
}

static bool is_worn(const loom_workers *workers, const loom_worker *worker)
{
    const bool look = workers->setup->memory > 0 && worker->images % LOOK_EVERY == LOOK_EVERY - 1;

    /* Address space and processor time are cheap; resident memory counts. */
    return worker->process.pid == 0 || worker->images >= MAX_IMAGES ||
           (look && measure(worker->pid) > workers->setup->memory / 2);
}

/* ---- the set of workers -------------------------------------------------- */

static loom_worker *pop_idle(loom_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    loom_worker *worker = workers->idle;
    if (worker != NULL) {
        workers->idle = worker->next;
        worker->idle = false;
        workers->idle_count--;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return worker;
}

/* Ends a taken worker, which is alive until it has ended: that may take a while, and so is not
 * under the lock. */
static void end_worker(loom_workers *workers, loom_worker *worker)
{
    (void)pthread_mutex_lock(&workers->lock);
    *(worker->older != NULL ? &worker->older->newer : &workers->oldest) = worker->newer;
    *(worker->newer != NULL ? &worker->newer->older : &workers->newest) = worker->older;
    (void)pthread_mutex_unlock(&workers->lock);
    free_worker(worker);
}

/* Ends a taken worker, and counts why. */
static void retire(loom_workers *workers, loom_worker *worker)
{
    const bool gone = worker->process.pid == 0;
    const loom_worker_end end =
        gone && worker->end == LOOM_WORKER_REPLACED ? LOOM_WORKER_KILLED : worker->end;

    end_worker(workers, worker);
    (void)pthread_mutex_lock(&workers->lock);
    workers->ended[end]++;
    workers->alive--;
    (void)pthread_cond_broadcast(&workers->changed);
    (void)pthread_mutex_unlock(&workers->lock);
}

static void add_new(loom_workers *workers, loom_worker *worker)
{
    (void)pthread_mutex_lock(&workers->lock);
    worker->older = workers->newest;
    *(workers->newest != NULL ? &workers->newest->newer : &workers->oldest) = worker;
    workers->newest = worker;
    workers->alive++;
    if (workers->alive > workers->peak)
        workers->peak = workers->alive;
    (void)pthread_mutex_unlock(&workers->lock);
}

static bool may_start(loom_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    const bool may = workers->alive < workers->limit || loom_clock_now() > workers->limited_until;
    (void)pthread_mutex_unlock(&workers->lock);
    return may;
}

static bool is_shortage(int failed)
{
    return failed == EAGAIN || failed == EMFILE || failed == ENFILE || failed == ENOMEM;
}

/*
 * Waits a while for another thread to return a worker, or for the system to have room. False: no
 * worker is alive, and waiting longer is hopeless. *lonely counts the attempts in a row with no
 * worker alive. *why, if it is empty, becomes the reason why none was started.
 */
static bool wait_for_room(loom_workers *workers, loom_error *why, int *lonely)
{
    bool go_on = true;

    loom_spawner_give_way(workers->spawner);
    (void)pthread_mutex_lock(&workers->lock);
    if (workers->shortage.code == LOOM_OK)
        workers->shortage = *why;
    else if (why->code == LOOM_OK) /* a limit kept this thread from trying */
        *why = workers->shortage;
    if (workers->alive > 0)
        *lonely = 0;
    else if (workers->hopeless || ++*lonely >= ROOM_ATTEMPTS)
        go_on = false;
    if (!go_on)
        workers->hopeless = true;
    else if (workers->idle == NULL)
        (void)loom_condition_wait(&workers->changed, &workers->lock,
                                  loom_clock_now() + WAIT_MS * LOOM_NS_PER_MS);
    (void)pthread_mutex_unlock(&workers->lock);
    return go_on;
}

static loom_status acquire_new(loom_workers *workers, const loom_job *job, loom_loaded loaded,
                               loom_worker **worker, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    int lonely = 0;

    for (;;) {
        const bool start = may_start(workers);
        if (start) {
            loom_error_clear(&why);
            if (make_worker(workers, job->count, loaded, worker, &why) == LOOM_OK) {
                add_new(workers, *worker);
                return LOOM_OK;
            }
        }
        if ((start && !is_shortage(errno)) || !wait_for_room(workers, &why, &lonely))
            break;
        if ((*worker = pop_idle(workers)) != NULL)
            return LOOM_OK;
        const loom_status reason = loom_cancel_check(job->cancel);
        loom_admit_release(job); /* the timeout does not run while waiting */
        if (reason != LOOM_OK)
            return loom_error_set(err, reason, LOOM_STAGE_WORKER, "%s", why.message);
    }
    return loom_error_set(err, why.code, LOOM_STAGE_WORKER, "%s", why.message);
}

void loom_workers_return(loom_workers *workers, loom_worker *worker)
{
    (void)pthread_mutex_lock(&workers->lock);
    workers->lacked |= worker->lacks;
    (void)pthread_mutex_unlock(&workers->lock);
    if (is_worn(workers, worker)) {
        retire(workers, worker);
        return;
    }
    (void)pthread_mutex_lock(&workers->lock);
    workers->failures = 0;
    workers->hopeless = false;
    worker->next = workers->idle;
    worker->idle = true;
    workers->idle = worker;
    workers->idle_count++;
    (void)pthread_cond_broadcast(&workers->changed);
    (void)pthread_mutex_unlock(&workers->lock);
}

bool loom_workers_give_up(loom_workers *workers, loom_worker *worker, const loom_error *why)
{
    const loom_worker_end end = worker->end;

    end_worker(workers, worker);
    loom_spawner_give_way(workers->spawner);
    (void)pthread_mutex_lock(&workers->lock);
    workers->alive--;
    workers->ended[end]++;
    workers->limit = workers->alive > 0 ? workers->alive : 1;
    workers->limited_until = loom_clock_now() + SMALL_SECONDS * LOOM_NS_PER_SECOND;
    if (workers->shortage.code == LOOM_OK)
        workers->shortage = *why;
    if (workers->alive == 0 && ++workers->failures >= ROOM_ATTEMPTS)
        workers->hopeless = true;
    const bool again = !workers->hopeless;
    if (again && workers->alive == 0) /* an ended process may free its resources late */
        (void)loom_condition_wait(&workers->changed, &workers->lock,
                                  loom_clock_now() + WAIT_MS * LOOM_NS_PER_MS);
    (void)pthread_cond_broadcast(&workers->changed);
    (void)pthread_mutex_unlock(&workers->lock);
    return again;
}

loom_status loom_workers_take(loom_workers *workers, const loom_job *job, loom_loaded loaded,
                              loom_worker **taken, loom_error *err)
{
    for (;;) {
        loom_error why = LOOM_ERROR_INIT;
        loom_worker *worker = pop_idle(workers);
        loom_status status = LOOM_OK;
        if (worker == NULL)
            status = acquire_new(workers, job, loaded, &worker, err);
        if (status != LOOM_OK)
            return status;
        if (worker->process.loaded < loaded) {
            retire(workers, worker);
            continue;
        }
        status = prepare_outputs(worker, job->count, &why);
        if (status == LOOM_OK) {
            *taken = worker;
            return LOOM_OK;
        }
        const bool shortage = is_shortage(errno);
        if (!shortage)
            loom_workers_return(workers, worker);
        /* Without this worker the others have more resources. */
        if (!shortage || !loom_workers_give_up(workers, worker, &why))
            return loom_error_copy(err, &why);
    }
}

void loom_workers_shrink(loom_workers *workers)
{
    loom_worker *worker = pop_idle(workers);

    if (worker != NULL)
        retire(workers, worker);
}

void loom_workers_free(loom_workers *workers)
{
    loom_worker *worker;

    if (workers == NULL)
        return;
    while ((worker = pop_idle(workers)) != NULL)
        retire(workers, worker);
    (void)pthread_cond_destroy(&workers->changed);
    (void)pthread_mutex_destroy(&workers->lock);
    free(workers);
}

/* ---- what they are at ------------------------------------------------------ */

static loom_worker_state state_of(const loom_worker *worker)
{
    if (worker->idle)
        return LOOM_WORKER_IDLE;
    return worker->ready ? LOOM_WORKER_BUSY : LOOM_WORKER_STARTING;
}

bool loom_workers_were_short(const loom_workers *workers, unsigned *peak, loom_error *why)
{
    if (workers->shortage.code == LOOM_OK)
        return false;
    *peak = workers->peak;
    *why = workers->shortage;
    return true;
}

void loom_workers_count(loom_workers *workers, loom_worker_counts *counts)
{
    (void)pthread_mutex_lock(&workers->lock);
    for (const loom_worker *worker = workers->oldest; worker != NULL; worker = worker->newer)
        counts->starting += state_of(worker) == LOOM_WORKER_STARTING;
    counts->idle = workers->idle_count;
    counts->busy = workers->alive - workers->idle_count - counts->starting;
    for (size_t i = 0; i < LOOM_WORKER_ENDS; i++)
        counts->ended[i] = workers->ended[i];
    (void)pthread_mutex_unlock(&workers->lock);
}

bool loom_workers_describe(loom_workers *workers, size_t index, loom_worker_info *info)
{
    (void)pthread_mutex_lock(&workers->lock);
    const loom_worker *worker = workers->oldest;
    while (worker != NULL && index-- > 0)
        worker = worker->newer;
    const bool found = worker != NULL;
    if (found)
        *info = (loom_worker_info){.pid = worker->pid,
                                   .state = state_of(worker),
                                   .images = worker->images,
                                   .resident = measure(worker->pid)};
    (void)pthread_mutex_unlock(&workers->lock);
    return found;
}

uint32_t loom_workers_lacked(const loom_workers *workers)
{
    return workers != NULL ? workers->lacked : 0;
}

bool loom_workers_write(loom_workers *workers, loom_format format)
{
    return loom_spawner_writes(workers->spawner, format);
}
