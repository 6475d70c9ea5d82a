#include "base/clock.h"
#include "batch/queue.h"
#include "support/suite.h"
#include <stdatomic.h>

static int items[64];

START_TEST(first_in_first_out)
{
    loom_queue queue;

    ck_assert(loom_queue_init(&queue, 3));
    for (int round = 0; round < 5; round++) { /* the ring goes round */
        loom_queue_push(&queue, &items[0]);
        loom_queue_push(&queue, &items[1]);
        ck_assert_ptr_eq(loom_queue_pop(&queue), &items[0]);
        loom_queue_push(&queue, &items[2]);
        loom_queue_push(&queue, &items[3]);
        ck_assert_ptr_eq(loom_queue_pop(&queue), &items[1]);
        ck_assert_ptr_eq(loom_queue_pop(&queue), &items[2]);
        ck_assert_ptr_eq(loom_queue_pop_until(&queue, 0), &items[3]);
    }
    loom_queue_release(&queue);
}
END_TEST

START_TEST(room_for_one)
{
    loom_queue queue;

    ck_assert(loom_queue_init(&queue, 1));
    for (int i = 0; i < 10; i++) {
        loom_queue_push(&queue, &items[i]);
        ck_assert_ptr_eq(loom_queue_pop(&queue), &items[i]);
    }
    loom_queue_release(&queue);
}
END_TEST

START_TEST(what_is_left_comes_after_close)
{
    loom_queue queue;

    ck_assert(loom_queue_init(&queue, 4));
    loom_queue_push(&queue, &items[0]);
    loom_queue_push(&queue, &items[1]);
    loom_queue_close(&queue);
    loom_queue_close(&queue);
    ck_assert_ptr_eq(loom_queue_pop(&queue), &items[0]);
    ck_assert_ptr_eq(loom_queue_pop_until(&queue, INT64_MAX), &items[1]);
    ck_assert_ptr_null(loom_queue_pop(&queue));
    ck_assert_ptr_null(loom_queue_pop(&queue));
    ck_assert_ptr_null(loom_queue_pop_until(&queue, INT64_MAX));
    loom_queue_release(&queue);
}
END_TEST

START_TEST(a_deadline_ends_the_wait)
{
    loom_queue queue;

    ck_assert(loom_queue_init(&queue, 1));
    ck_assert_ptr_null(loom_queue_pop_until(&queue, loom_clock_now() + LOOM_NS_PER_MS));
    ck_assert_ptr_null(loom_queue_pop_until(&queue, 0));
    ck_assert_ptr_null(loom_queue_pop_until(&queue, -1));
    loom_queue_push(&queue, &items[0]); /* an item is given also when it is too late */
    ck_assert_ptr_eq(loom_queue_pop_until(&queue, 0), &items[0]);
    loom_queue_release(&queue);
}
END_TEST

START_TEST(no_memory)
{
    loom_queue queue;

    ck_assert(!loom_queue_init(&queue, SIZE_MAX / 2));
}
END_TEST

/* ---- threads ------------------------------------------------------------- */

enum { THREADS = 8, EACH = 20000, ALL = THREADS * EACH };

typedef struct traffic {
    loom_queue queue;
    atomic_uint next; /* place in `numbers` that the next producer takes */
    int numbers[ALL];
    atomic_uchar seen[ALL];
    atomic_uint strays;
    atomic_bool closed;
} traffic;

static void *produce(void *user)
{
    traffic *t = user;

    for (int i = 0; i < EACH; i++) {
        const unsigned index = atomic_fetch_add(&t->next, 1);
        t->numbers[index] = (int)index; /* the queue's lock must carry it over */
        loom_queue_push(&t->queue, &t->numbers[index]);
    }
    return NULL;
}

static void take_note(traffic *t, const int *item)
{
    if (&t->numbers[*item] != item)
        (void)atomic_fetch_add(&t->strays, 1);
    else
        (void)atomic_fetch_add(&t->seen[*item], 1);
}

static void *consume(void *user)
{
    traffic *t = user;

    for (const int *item; (item = loom_queue_pop(&t->queue)) != NULL;)
        take_note(t, item);
    return NULL;
}

/* Asks again after each deadline. */
static void *consume_until(void *user)
{
    traffic *t = user;

    for (;;) {
        const bool closed = atomic_load(&t->closed);
        const int *item = loom_queue_pop_until(&t->queue, loom_clock_now() + LOOM_NS_PER_MS / 10);
        if (item != NULL)
            take_note(t, item);
        else if (closed)
            return NULL;
    }
}

START_TEST(every_item_arrives_once)
{
    traffic *t = calloc(1, sizeof *t);
    pthread_t producers[THREADS], consumers[THREADS], impatient;

    ck_assert_ptr_nonnull(t);
    ck_assert(loom_queue_init(&t->queue, ALL));
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&consumers[i], NULL, consume, t), 0);
    ck_assert_int_eq(pthread_create(&impatient, NULL, consume_until, t), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&producers[i], NULL, produce, t), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(producers[i], NULL), 0);
    loom_queue_close(&t->queue);
    atomic_store(&t->closed, true);
    ck_assert_int_eq(pthread_join(impatient, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(consumers[i], NULL), 0);
    ck_assert_uint_eq(atomic_load(&t->strays), 0);
    for (int i = 0; i < ALL; i++)
        if (atomic_load(&t->seen[i]) != 1)
            ck_abort_msg("item %d arrived %d times", i, atomic_load(&t->seen[i]));
    loom_queue_release(&t->queue);
    free(t);
}
END_TEST

/* One producer and one consumer: the order is kept across threads. */
static void *produce_in_order(void *user)
{
    traffic *t = user;

    for (int i = 0; i < EACH; i++) {
        t->numbers[i] = i;
        loom_queue_push(&t->queue, &t->numbers[i]);
    }
    loom_queue_close(&t->queue);
    return NULL;
}

START_TEST(order_is_kept_between_threads)
{
    traffic *t = calloc(1, sizeof *t);
    pthread_t producer;
    int expected = 0;

    ck_assert_ptr_nonnull(t);
    ck_assert(loom_queue_init(&t->queue, EACH));
    ck_assert_int_eq(pthread_create(&producer, NULL, produce_in_order, t), 0);
    for (const int *item; (item = loom_queue_pop(&t->queue)) != NULL; expected++)
        if (*item != expected)
            ck_abort_msg("%d came when it was %d's turn", *item, expected);
    ck_assert_int_eq(expected, EACH);
    ck_assert_int_eq(pthread_join(producer, NULL), 0);
    loom_queue_release(&t->queue);
    free(t);
}
END_TEST

static void *wait_for_one(void *queue)
{
    return loom_queue_pop_until(queue, INT64_MAX);
}

START_TEST(what_came_quietly_is_there_when_woken)
{
    loom_queue queue;
    pthread_t waiting;
    void *item;

    ck_assert(loom_queue_init(&queue, 2));
    ck_assert_int_eq(pthread_create(&waiting, NULL, wait_for_one, &queue), 0);
    loom_queue_wake(&queue); /* for nothing */
    loom_queue_push_quietly(&queue, &items[0], 2);
    loom_queue_wake(&queue);
    ck_assert_int_eq(pthread_join(waiting, &item), 0);
    ck_assert_ptr_eq(item, &items[0]);
    loom_queue_release(&queue);
}
END_TEST

static void *wait_for_close(void *queue)
{
    return loom_queue_pop(queue);
}

START_TEST(close_wakes_all_who_wait)
{
    pthread_t waiting[THREADS];
    loom_queue queue;

    ck_assert(loom_queue_init(&queue, 1));
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&waiting[i], NULL, wait_for_close, &queue), 0);
    loom_queue_close(&queue);
    for (int i = 0; i < THREADS; i++) {
        void *item = &queue;
        ck_assert_int_eq(pthread_join(waiting[i], &item), 0);
        ck_assert_ptr_null(item);
    }
    loom_queue_release(&queue);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("queue");
    TCase *tests = tcase_create("queue");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, first_in_first_out);
    tcase_add_test(tests, room_for_one);
    tcase_add_test(tests, what_is_left_comes_after_close);
    tcase_add_test(tests, a_deadline_ends_the_wait);
    tcase_add_test(tests, no_memory);
    tcase_add_test(tests, every_item_arrives_once);
    tcase_add_test(tests, order_is_kept_between_threads);
    tcase_add_test(tests, what_came_quietly_is_there_when_woken);
    tcase_add_test(tests, close_wakes_all_who_wait);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
