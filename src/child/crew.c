#include "child/crew.h"

#include "base/clock.h"
#include "base/condition.h"
#include "child/protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_IMAGES = 1000, LOOK_EVERY = 16, WAIT_MS = 100, ROOM_ATTEMPTS = 50, SMALL_SECONDS = 5 };

struct loom_crew {
    const loom_spawn_setup *setup;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* CLOCK_MONOTONIC: one was given back, or has gone */
    /* Guarded by `lock`. alive = those in `idle` + those taken. */
    loom_hand *idle;
    unsigned alive, most;
    unsigned limit; /* no more are started until `limited_until` */
    int64_t limited_until;
    int failures;        /* in a row, of the only one there was */
    bool hopeless;       /* there was no room for even one, for long: nobody waits again */
    loom_error shortage; /* the first one; code LOOM_OK: none */
};

loom_crew *loom_crew_create(const loom_spawn_setup *setup)
{
    loom_crew *crew = calloc(1, sizeof *crew);

    if (crew == NULL)
        return NULL;
    crew->setup = setup;
    if (pthread_mutex_init(&crew->lock, NULL) != 0)
        goto failed;
    if (loom_condition_init(&crew->changed))
        return crew;
    (void)pthread_mutex_destroy(&crew->lock);
failed:
    free(crew);
    return NULL;
}

/* ---- one hand ------------------------------------------------------------ */

static void free_hand(loom_hand *hand)
{
    (void)loom_child_end(&hand->child, false);
    for (size_t i = 0; i < LOOM_MAX_SIZES; i++)
        if (hand->outputs[i] >= 0)
            (void)close(hand->outputs[i]);
    free(hand->message);
    free(hand);
}

/* A file without a name: in memory, or where the system lacks that, on disk. */
static int make_output(void)
{
    int file = memfd_create("imgloom-output", MFD_CLOEXEC);

    if (file < 0 && (errno == ENOSYS || errno == EPERM)) {
        const char *folder = getenv("TMPDIR");
        file = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
    return file;
}

/* Where it fails, errno says why, too. */
static loom_status prepare_outputs(loom_hand *hand, size_t count, loom_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (hand->outputs[i] < 0)
            hand->outputs[i] = make_output();
        if (hand->outputs[i] < 0 || ftruncate(hand->outputs[i], 0) != 0) {
            const int failed = errno;
            const loom_status status = loom_error_set_errno(err, LOOM_STAGE_WORKER, failed,
                                                            "cannot make room for an output");
            errno = failed;
            return status;
        }
    }
    return LOOM_OK;
}

/* Likewise. */
static loom_status make_hand(const loom_spawn_setup *setup, size_t outputs, loom_hand **made,
                             loom_error *err)
{
    loom_hand *hand = calloc(1, sizeof *hand);
    char *message = malloc(LOOM_MESSAGE_MAX);

    if (hand == NULL || message == NULL) {
        free(hand);
        free(message);
        errno = ENOMEM;
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WORKER,
                              "not enough memory to talk to a worker process");
    }
    hand->message = message;
    hand->most = setup->memory > 0 ? setup->memory : UINT64_MAX;
    hand->child = (loom_child)LOOM_CHILD_INIT;
    for (size_t i = 0; i < LOOM_MAX_SIZES; i++)
        hand->outputs[i] = -1;
    loom_status status = prepare_outputs(hand, outputs, err);
    if (status == LOOM_OK)
        status = loom_child_start(&hand->child, setup, err);
    if (status != LOOM_OK) {
        const int failed = errno;
        free_hand(hand);
        errno = failed;
        return status;
    }
    *made = hand;
    return LOOM_OK;
}

/* Address space and processor time are cheap; what counts is what stays resident. */
static bool has_grown(const loom_crew *crew, const loom_hand *hand)
{
    char path[64], text[64];
    unsigned long total, resident;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)hand->child.pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const ssize_t n = read(file, text, sizeof text - 1);
    (void)close(file);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return sscanf(text, "%lu %lu", &total, &resident) == 2 &&
           (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) > crew->setup->memory / 2;
}

static bool is_worn(const loom_crew *crew, const loom_hand *hand)
{
    const bool look = crew->setup->memory > 0 && hand->images % LOOK_EVERY == LOOK_EVERY - 1;

    return hand->child.pid == 0 || hand->images >= MAX_IMAGES || (look && has_grown(crew, hand));
}

/* ---- the crew ------------------------------------------------------------ */

static loom_hand *pop_idle(loom_crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    loom_hand *hand = crew->idle;
    if (hand != NULL)
        crew->idle = hand->next;
    (void)pthread_mutex_unlock(&crew->lock);
    return hand;
}

/* Takes a hand that was taken out of the crew. */
static void let_go(loom_crew *crew, loom_hand *hand)
{
    free_hand(hand); /* may take its time: not under the lock */
    (void)pthread_mutex_lock(&crew->lock);
    crew->alive--;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
}

static void count_new(loom_crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->alive++;
    if (crew->alive > crew->most)
        crew->most = crew->alive;
    (void)pthread_mutex_unlock(&crew->lock);
}

static bool may_start(loom_crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    const bool may = crew->alive < crew->limit || loom_clock_now() > crew->limited_until;
    (void)pthread_mutex_unlock(&crew->lock);
    return may;
}

static bool is_shortage(int failed)
{
    return failed == EAGAIN || failed == EMFILE || failed == ENFILE || failed == ENOMEM;
}

/*
 * Waits a while for a hand that comes back. False: there is none to come back, and nothing to
 * wait for. *lonely counts the times that there was none. *why, where it does not say, becomes the
 * reason that none was started.
 */
static bool wait_for_room(loom_crew *crew, loom_error *why, int *lonely)
{
    bool go_on = true;

    (void)pthread_mutex_lock(&crew->lock);
    if (crew->shortage.code == LOOM_OK)
        crew->shortage = *why;
    else if (why->code == LOOM_OK) /* a limit kept this thread from trying */
        *why = crew->shortage;
    if (crew->alive > 0)
        *lonely = 0;
    else if (crew->hopeless || ++*lonely >= ROOM_ATTEMPTS)
        go_on = false;
    if (!go_on)
        crew->hopeless = true;
    else if (crew->idle == NULL)
        (void)loom_condition_wait(&crew->changed, &crew->lock,
                                  loom_clock_now() + WAIT_MS * LOOM_NS_PER_MS);
    (void)pthread_mutex_unlock(&crew->lock);
    return go_on;
}

static loom_status take_new(loom_crew *crew, const loom_job *job, loom_hand **hand, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    int lonely = 0;

    for (;;) {
        const bool start = may_start(crew);
        if (start) {
            loom_error_clear(&why);
            if (make_hand(crew->setup, job->count, hand, &why) == LOOM_OK) {
                count_new(crew);
                return LOOM_OK;
            }
        }
        if ((start && !is_shortage(errno)) || !wait_for_room(crew, &why, &lonely))
            break;
        if ((*hand = pop_idle(crew)) != NULL)
            return LOOM_OK;
        loom_status reason = loom_cancel_check(job->cancel);
        if (reason == LOOM_OK)
            reason = loom_admit(job, 0); /* waiting is not its time */
        if (reason != LOOM_OK)
            return loom_error_set(err, reason, LOOM_STAGE_WORKER, "%s", why.message);
    }
    return loom_error_set(err, why.code, LOOM_STAGE_WORKER, "%s", why.message);
}

void loom_crew_return(loom_crew *crew, loom_hand *hand)
{
    if (is_worn(crew, hand)) {
        let_go(crew, hand);
        return;
    }
    (void)pthread_mutex_lock(&crew->lock);
    crew->failures = 0;
    crew->hopeless = false;
    hand->next = crew->idle;
    crew->idle = hand;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
}

bool loom_crew_give_up(loom_crew *crew, loom_hand *hand, const loom_error *why)
{
    free_hand(hand);
    (void)pthread_mutex_lock(&crew->lock);
    crew->alive--;
    crew->limit = crew->alive > 0 ? crew->alive : 1;
    crew->limited_until = loom_clock_now() + SMALL_SECONDS * LOOM_NS_PER_SECOND;
    if (crew->shortage.code == LOOM_OK)
        crew->shortage = *why;
    if (crew->alive == 0 && ++crew->failures >= ROOM_ATTEMPTS)
        crew->hopeless = true;
    const bool again = !crew->hopeless;
    if (again && crew->alive == 0) /* what ended leaves its room in its own time */
        (void)loom_condition_wait(&crew->changed, &crew->lock,
                                  loom_clock_now() + WAIT_MS * LOOM_NS_PER_MS);
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
    return again;
}

loom_status loom_crew_take(loom_crew *crew, const loom_job *job, loom_hand **taken, loom_error *err)
{
    for (;;) {
        loom_error why = LOOM_ERROR_INIT;
        loom_hand *hand = pop_idle(crew);
        loom_status status = LOOM_OK;
        if (hand == NULL)
            status = take_new(crew, job, &hand, err);
        if (status != LOOM_OK)
            return status;
        status = prepare_outputs(hand, job->count, &why);
        if (status == LOOM_OK) {
            *taken = hand;
            return LOOM_OK;
        }
        const bool shortage = is_shortage(errno);
        if (!shortage)
            loom_crew_return(crew, hand);
        /* Without it there is more room for the others. */
        if (!shortage || !loom_crew_give_up(crew, hand, &why))
            return loom_error_set(err, status, LOOM_STAGE_WORKER, "%s", why.message);
    }
}

void loom_crew_shrink(loom_crew *crew)
{
    loom_hand *hand = pop_idle(crew);

    if (hand != NULL)
        let_go(crew, hand);
}

void loom_crew_free(loom_crew *crew)
{
    loom_hand *hand;

    if (crew == NULL)
        return;
    while ((hand = pop_idle(crew)) != NULL)
        let_go(crew, hand);
    (void)pthread_cond_destroy(&crew->changed);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}

bool loom_crew_was_short(const loom_crew *crew, unsigned *most, loom_error *why)
{
    if (crew->shortage.code == LOOM_OK)
        return false;
    *most = crew->most;
    *why = crew->shortage;
    return true;
}
