/*
 * A closable FIFO of pointers with a fixed capacity, for any number of threads.
 *
 * It is used where the number of items in circulation never exceeds the capacity, so a push
 * cannot block and cannot fail: threads wait for items only, never for room.
 */
#ifndef LOOM_BATCH_QUEUE_H
#define LOOM_BATCH_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_queue {
    pthread_mutex_t lock;
    pthread_cond_t ready; /* an item came, or the queue was closed; CLOCK_MONOTONIC */
    /*
     * Guarded by `lock`: the items are items[(head + i) % capacity] for i in [0, count);
     * 0 <= count <= capacity; once closed, it stays closed and nothing is pushed.
     */
    void **items;
    size_t capacity, head, count;
    bool closed;
} loom_queue;

/* False when memory runs out; then there is nothing to release. capacity >= 1. */
bool loom_queue_init(loom_queue *queue, size_t capacity);
void loom_queue_release(loom_queue *queue);

/* Appends an item (not NULL). The queue must be open and have room: asserted. */
void loom_queue_push(loom_queue *queue, void *item);

/*
 * The same, but who waits is not woken for less than `wake_at` items. For one that waits, and for a
 * limited time or because somebody is sure to push again, or to wake it.
 */
void loom_queue_push_quietly(loom_queue *queue, void *item, size_t wake_at);
void loom_queue_wake(loom_queue *queue); /* for however few items */

size_t loom_queue_count(loom_queue *queue); /* now; the next moment it may be another */

/* The oldest item; waits for one. NULL: the queue is closed and empty. */
void *loom_queue_pop(loom_queue *queue);

/* As pop, but waits no longer than until `deadline_ns` (loom_clock_now). NULL also then. */
void *loom_queue_pop_until(loom_queue *queue, int64_t deadline_ns);

/* Takes an item out that nobody has popped yet, wherever it stands. False: it is not there. */
bool loom_queue_remove(loom_queue *queue, const void *item);

/* No further push; those who wait get what is left, then NULL. May be called twice. */
void loom_queue_close(loom_queue *queue);

#endif
