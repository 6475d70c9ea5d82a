/*
 * A closable FIFO of pointers with a fixed capacity, for any number of threads.
 *
 * The number of items in circulation must never exceed the capacity, so a push neither blocks nor
 * fails: threads wait for items only, never for a free place.
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

/* False if memory runs out; then there is nothing to release. capacity >= 1. */
bool loom_queue_init(loom_queue *queue, size_t capacity);
void loom_queue_release(loom_queue *queue);

/* Appends an item (not NULL). The queue must be open and must not be full (asserted). */
void loom_queue_push(loom_queue *queue, void *item);

/*
 * Appends an item, but wakes the waiting thread only if there are at least `wake_at` items. For a
 * single waiting thread that has a time limit, or that a later push or loom_queue_wake is certain
 * to wake.
 */
void loom_queue_push_quietly(loom_queue *queue, void *item, size_t wake_at);
void loom_queue_wake(loom_queue *queue); /* whatever the number of items */

size_t loom_queue_count(loom_queue *queue); /* a snapshot; it may change at any moment */

/* The oldest item; waits for one. NULL: the queue is closed and empty. */
void *loom_queue_pop(loom_queue *queue);

/* As pop, but waits until `deadline_ns` (loom_clock_now) at the latest, then returns NULL. */
void *loom_queue_pop_until(loom_queue *queue, int64_t deadline_ns);

/* Removes an item that nobody has popped yet, at any position. False: it is not in the queue. */
bool loom_queue_remove(loom_queue *queue, const void *item);

/* Forbids further pushes; waiting threads get the remaining items, then NULL. May be called twice.
 */
void loom_queue_close(loom_queue *queue);

#endif
