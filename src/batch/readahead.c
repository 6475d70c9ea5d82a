#include "batch/readahead.h"

#include "base/clock.h"
#include "batch/system.h"
#include "files/input.h"
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (UINT64_C(128) << 20) /* of files that are requested and not started */
#define PATIENCE  LOOM_NS_PER_SECOND

enum { CAPACITY = 64 };

typedef struct request {
    size_t number; /* of the input */
    char *path;    /* owned: the thread may outlive the batch */
} request;

/* Shared by the front end and the thread; the last one frees it. */
typedef struct loom_reader_thread {
    pthread_t thread; /* the front end's */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* there is a request, or the thread must leave or has left */
    /* Guarded by `lock`. */
    request requests[CAPACITY]; /* a ring: `count` from `first` on */
    size_t first, count;
    bool leave;     /* the thread must leave */
    bool left;      /* the thread has left, except for the join */
    bool abandoned; /* by the front end, before the thread left */
} loom_reader_thread;

/* ---- what both do, with the lock held ------------------------------------ */

static request pop(loom_reader_thread *reader)
{
    const request first = reader->requests[reader->first];

    reader->first = (reader->first + 1) % CAPACITY;
    reader->count--;
    return first;
}

/* Drops the requests for inputs[0..begun), which are too late. */
static void drop_begun(loom_reader_thread *reader, size_t begun)
{
    while (reader->count > 0 && reader->requests[reader->first].number < begun)
        free(pop(reader).path);
}

/* ---- the thread ---------------------------------------------------------- */

static void destroy(loom_reader_thread *reader)
{
    drop_begun(reader, SIZE_MAX);
    (void)pthread_cond_destroy(&reader->changed);
    (void)pthread_mutex_destroy(&reader->lock);
    free(reader);
}

static void *help(void *user)
{
    loom_reader_thread *reader = user;

    (void)pthread_mutex_lock(&reader->lock);
    while (!reader->leave) {
        if (reader->count == 0) {
            (void)pthread_cond_wait(&reader->changed, &reader->lock);
            continue;
        }
        const request next = pop(reader);
        (void)pthread_mutex_unlock(&reader->lock);
        loom_input_expect(next.path);
        free(next.path);
        (void)pthread_mutex_lock(&reader->lock);
    }
    reader->left = true;
    const bool last = reader->abandoned;
    (void)pthread_cond_signal(&reader->changed);
    (void)pthread_mutex_unlock(&reader->lock);
    if (last)
        destroy(reader);
    return NULL;
}

/* ---- the front end ------------------------------------------------------- */

static loom_reader_thread *start(void)
{
    loom_reader_thread *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return NULL;
    if (pthread_mutex_init(&reader->lock, NULL) != 0)
        goto failed;
    if (!loom_condition_init(&reader->changed)) {
        (void)pthread_mutex_destroy(&reader->lock);
        goto failed;
    }
    if (loom_thread_start(&reader->thread, help, reader) == 0)
        return reader;
    destroy(reader);
    return NULL;
failed:
    free(reader);
    return NULL;
}

/* False: the ring is full at the moment. */
static bool ask(loom_reader_thread *reader, size_t number, const char *path, size_t begun)
{
    (void)pthread_mutex_lock(&reader->lock);
    drop_begun(reader, begun);
    const bool fits = reader->count < CAPACITY;
    char *copy = fits ? strdup(path) : NULL;
    if (copy != NULL) {
        reader->requests[(reader->first + reader->count) % CAPACITY] = (request){number, copy};
        if (reader->count++ == 0)
            (void)pthread_cond_signal(&reader->changed);
    }
    (void)pthread_mutex_unlock(&reader->lock);
    return fits;
}

/* Counts the requested files and bytes that are not started. */
static void record_begun(loom_readahead *readahead, const loom_batch_input *inputs, size_t begun)
{
    for (; readahead->begun < begun && readahead->begun < readahead->expected; readahead->begun++)
        readahead->bytes -= inputs[readahead->begun].tasks->input_size;
    readahead->begun = begun;
    if (readahead->expected < begun)
        readahead->expected = begun;
}

bool loom_readahead_look(loom_readahead *readahead, const loom_batch_input *inputs, size_t begun,
                         size_t next)
{
    record_begun(readahead, inputs, begun);
    if (readahead->expected >= next || readahead->bytes > BYTES_MAX || readahead->lost)
        return false;
    const loom_task *task = inputs[readahead->expected].tasks;
    if (task->input_path != NULL) { /* another engine's tasks may have none */
        if (readahead->reader == NULL)
            readahead->reader = start();
        readahead->lost = readahead->reader == NULL;
        if (readahead->lost ||
            !ask(readahead->reader, readahead->expected, task->input_path, begun))
            return false;
    }
    readahead->bytes += task->input_size;
    readahead->expected++;
    return true;
}

void loom_readahead_release(loom_readahead *readahead)
{
    loom_reader_thread *reader = readahead->reader;
    const int64_t deadline = loom_clock_now() + PATIENCE;

    readahead->reader = NULL;
    if (reader == NULL)
        return;
    const pthread_t thread = reader->thread;
    (void)pthread_mutex_lock(&reader->lock);
    reader->leave = true;
    (void)pthread_cond_signal(&reader->changed);
    while (!reader->left && loom_condition_wait(&reader->changed, &reader->lock, deadline))
        continue;
    const bool left = reader->left;
    reader->abandoned = !left;
    (void)pthread_mutex_unlock(&reader->lock);
    if (!left) {
        (void)pthread_detach(thread);
        return;
    }
    (void)pthread_join(thread, NULL);
    destroy(reader);
}
