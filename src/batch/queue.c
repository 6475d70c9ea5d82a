#include "batch/queue.h"

#include "base/clock.h"
#include "base/memory.h"
#include <assert.h>
#include <stdlib.h>

bool loom_queue_init(loom_queue *queue, size_t capacity)
{
    void **items = loom_alloc_array(capacity, sizeof *items);

    if (items == NULL)
        return false;
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        goto fail_items;
    if (!loom_condition_init(&queue->ready))
        goto fail_lock;
    queue->items = items;
    queue->capacity = capacity;
    queue->head = queue->count = 0;
    queue->closed = false;
    return true;

fail_lock:
    (void)pthread_mutex_destroy(&queue->lock);
fail_items:
    free(items);
    return false;
}

void loom_queue_release(loom_queue *queue)
{
    (void)pthread_cond_destroy(&queue->ready);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue->items);
    queue->items = NULL;
}

/* Locking and unlocking a default mutex in order cannot fail. */
static void lock(loom_queue *queue)
{
    int failed = pthread_mutex_lock(&queue->lock);
    assert(failed == 0);
    (void)failed;
}

static void unlock(loom_queue *queue)
{
    int failed = pthread_mutex_unlock(&queue->lock);
    assert(failed == 0);
    (void)failed;
}

void loom_queue_push(loom_queue *queue, void *item)
{
    loom_queue_push_quietly(queue, item, 1);
}

void loom_queue_push_quietly(loom_queue *queue, void *item, size_t wake_at)
{
    lock(queue);
    assert(item != NULL && !queue->closed && queue->count < queue->capacity);
    queue->items[(queue->head + queue->count) % queue->capacity] = item;
    queue->count++;
    if (queue->count >= wake_at)
        (void)pthread_cond_signal(&queue->ready);
    unlock(queue);
}

void loom_queue_wake(loom_queue *queue)
{
    lock(queue);
    if (queue->count > 0)
        (void)pthread_cond_signal(&queue->ready);
    unlock(queue);
}

size_t loom_queue_count(loom_queue *queue)
{
    lock(queue);
    const size_t count = queue->count;
    unlock(queue);
    return count;
}

/* The oldest item, or NULL. Called with the lock held. */
static void *pop(loom_queue *queue)
{
    if (queue->count == 0)
        return NULL;
    void *item = queue->items[queue->head];
    queue->head = (queue->head + 1) % queue->capacity;
    queue->count--;
    return item;
}

void *loom_queue_pop(loom_queue *queue)
{
    lock(queue);
    while (queue->count == 0 && !queue->closed)
        (void)pthread_cond_wait(&queue->ready, &queue->lock);
    void *item = pop(queue);
    unlock(queue);
    return item;
}

void *loom_queue_pop_until(loom_queue *queue, int64_t deadline_ns)
{
    lock(queue);
    while (queue->count == 0 && !queue->closed)
        if (!loom_condition_wait(&queue->ready, &queue->lock, deadline_ns))
            break;
    void *item = pop(queue);
    unlock(queue);
    return item;
}

bool loom_queue_remove(loom_queue *queue, const void *item)
{
    size_t i = 0;

    lock(queue);
    while (i < queue->count && queue->items[(queue->head + i) % queue->capacity] != item)
        i++;
    const bool found = i < queue->count;
    for (; i + 1 < queue->count; i++)
        queue->items[(queue->head + i) % queue->capacity] =
            queue->items[(queue->head + i + 1) % queue->capacity];
    queue->count -= found;
    unlock(queue);
    return found;
}

void loom_queue_close(loom_queue *queue)
{
    lock(queue);
    queue->closed = true;
    (void)pthread_cond_broadcast(&queue->ready);
    unlock(queue);
}
