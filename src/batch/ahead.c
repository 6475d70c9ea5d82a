#include "batch/ahead.h"

#include "base/clock.h"
#include "base/condition.h"
#include "files/input.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES (UINT64_C(128) << 20) /* of files that are asked for and not begun */
#define PATIENCE   LOOM_NS_PER_SECOND

enum { ROOM = 64 };

typedef struct wish {
    size_t number; /* of the input */
    char *path;    /* owned: the thread may outlive the batch */
} wish;

/* Of the front end and the thread; whoever is the last one frees it. */
typedef struct loom_helper {
    pthread_t thread; /* the front end's */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is a wish, or it is to leave, or it has left */
    /* Guarded by `lock`. */
    wish wishes[ROOM]; /* a ring: `count` from `first` on */
    size_t first, count;
    bool leave;     /* it is to */
    bool left;      /* it has, but for the front end's join */
    bool abandoned; /* by the front end, before it left */
} loom_helper;

/* ---- what both do, with the lock held ------------------------------------ */

static wish pop(loom_helper *helper)
{
    const wish first = helper->wishes[helper->first];

    helper->first = (helper->first + 1) % ROOM;
    helper->count--;
    return first;
}

/* Forgets the wishes for inputs[0..begun), which have come too late. */
static void forget(loom_helper *helper, size_t begun)
{
    while (helper->count > 0 && helper->wishes[helper->first].number < begun)
        free(pop(helper).path);
}

/* ---- the thread ---------------------------------------------------------- */

static void destroy(loom_helper *helper)
{
    forget(helper, SIZE_MAX);
    (void)pthread_cond_destroy(&helper->changed);
    (void)pthread_mutex_destroy(&helper->lock);
    free(helper);
}

static void *help(void *user)
{
    loom_helper *helper = user;

    (void)pthread_mutex_lock(&helper->lock);
    while (!helper->leave) {
        if (helper->count == 0) {
            (void)pthread_cond_wait(&helper->changed, &helper->lock);
            continue;
        }
        const wish next = pop(helper);
        (void)pthread_mutex_unlock(&helper->lock);
        loom_input_expect(next.path);
        free(next.path);
        (void)pthread_mutex_lock(&helper->lock);
    }
    helper->left = true;
    const bool last = helper->abandoned;
    (void)pthread_cond_signal(&helper->changed);
    (void)pthread_mutex_unlock(&helper->lock);
    if (last)
        destroy(helper);
    return NULL;
}

/* ---- the front end ------------------------------------------------------- */

/* Signals are for the threads that were there before. */
static bool start_thread(loom_helper *helper)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_BLOCK, &all, &before) != 0)
        return false;
    const int failed = pthread_create(&helper->thread, NULL, help, helper);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

static loom_helper *start(void)
{
    loom_helper *helper = calloc(1, sizeof *helper);

    if (helper == NULL)
        return NULL;
    if (pthread_mutex_init(&helper->lock, NULL) != 0)
        goto failed;
    if (!loom_condition_init(&helper->changed)) {
        (void)pthread_mutex_destroy(&helper->lock);
        goto failed;
    }
    if (start_thread(helper))
        return helper;
    destroy(helper);
    return NULL;
failed:
    free(helper);
    return NULL;
}

/* False: there is no room for it now. */
static bool ask(loom_helper *helper, size_t number, const char *path, size_t begun)
{
    (void)pthread_mutex_lock(&helper->lock);
    forget(helper, begun);
    const bool room = helper->count < ROOM;
    char *copy = room ? strdup(path) : NULL;
    if (copy != NULL) {
        helper->wishes[(helper->first + helper->count) % ROOM] = (wish){number, copy};
        if (helper->count++ == 0)
            (void)pthread_cond_signal(&helper->changed);
    }
    (void)pthread_mutex_unlock(&helper->lock);
    return room;
}

/* How much of what was asked for is not begun. */
static void note_begun(loom_ahead *ahead, const loom_batch_input *inputs, size_t begun)
{
    for (; ahead->begun < begun && ahead->begun < ahead->expected; ahead->begun++)
        ahead->bytes -= inputs[ahead->begun].tasks->input_size;
    ahead->begun = begun;
    if (ahead->expected < begun)
        ahead->expected = begun;
}

bool loom_ahead_look(loom_ahead *ahead, const loom_batch_input *inputs, size_t begun, size_t next)
{
    note_begun(ahead, inputs, begun);
    if (ahead->expected >= next || ahead->bytes > MOST_BYTES || ahead->lost)
        return false;
    const loom_task *task = inputs[ahead->expected].tasks;
    if (task->input_path != NULL) { /* another engine's tasks may have none */
        if (ahead->helper == NULL)
            ahead->helper = start();
        ahead->lost = ahead->helper == NULL;
        if (ahead->lost || !ask(ahead->helper, ahead->expected, task->input_path, begun))
            return false;
    }
    ahead->bytes += task->input_size;
    ahead->expected++;
    return true;
}

void loom_ahead_release(loom_ahead *ahead)
{
    loom_helper *helper = ahead->helper;
    const int64_t deadline = loom_clock_now() + PATIENCE;

    ahead->helper = NULL;
    if (helper == NULL)
        return;
    const pthread_t thread = helper->thread;
    (void)pthread_mutex_lock(&helper->lock);
    helper->leave = true;
    (void)pthread_cond_signal(&helper->changed);
    while (!helper->left && loom_condition_wait(&helper->changed, &helper->lock, deadline))
        continue;
    const bool left = helper->left;
    helper->abandoned = !left;
    (void)pthread_mutex_unlock(&helper->lock);
    if (!left) {
        (void)pthread_detach(thread);
        return;
    }
    (void)pthread_join(thread, NULL);
    destroy(helper);
}
