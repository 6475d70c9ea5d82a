/* The byte budget: first come, first served, and who gives up leaves the line. */
#include "base/clock.h"
#include "batch/pool.h"
#include "support/suite.h"
#include <pthread.h>
#include <sched.h>

enum { CAPACITY = 100, TAKERS = 3 };

static loom_budget budget;

static void setup(void)
{
    ck_assert(loom_budget_init(&budget, CAPACITY));
}

static void teardown(void)
{
    ck_assert_uint_eq(budget.used, 0);
    ck_assert_ptr_null(budget.line);
    loom_budget_release(&budget);
}

static void take(uint64_t bytes)
{
    ck_assert_int_eq(loom_budget_take(&budget, bytes, NULL), LOOM_OK);
}

START_TEST(what_fits_is_taken_at_once)
{
    take(60);
    take(40);
    loom_budget_give(&budget, 100);
    take(CAPACITY + 1); /* alone it may be larger */
    loom_budget_give(&budget, CAPACITY + 1);
    take(UINT64_MAX);
    loom_budget_give(&budget, UINT64_MAX);
}
END_TEST

/* ---- waiting ------------------------------------------------------------- */

typedef struct taker {
    pthread_t thread;
    uint64_t bytes;
    loom_cancel cancel;
    loom_status status;
    atomic_bool done;
} taker;

static void *wait_in_line(void *user)
{
    taker *t = user;

    t->status = loom_budget_take(&budget, t->bytes, &t->cancel);
    atomic_store(&t->done, true);
    return NULL;
}

static size_t count_line(void)
{
    size_t count = 0;

    (void)pthread_mutex_lock(&budget.lock);
    for (const loom_budget_place *place = budget.line; place != NULL; place = place->next)
        count++;
    (void)pthread_mutex_unlock(&budget.lock);
    return count;
}

/* Has it wait in line, as number `place`. */
static void start(taker *t, uint64_t bytes, size_t place)
{
    t->bytes = bytes;
    ck_assert_int_eq(pthread_create(&t->thread, NULL, wait_in_line, t), 0);
    while (count_line() < place)
        (void)sched_yield();
}

static loom_status end(taker *t)
{
    ck_assert_int_eq(pthread_join(t->thread, NULL), 0);
    return t->status;
}

START_TEST(a_small_one_waits_behind_a_large_one)
{
    taker takers[TAKERS] = {{.bytes = 0}};

    take(10);
    start(&takers[0], 95, 1);
    start(&takers[1], 10, 2);
    start(&takers[2], 10, 3);
    ck_assert(!atomic_load(&takers[1].done)); /* although there is room */
    loom_budget_give(&budget, 10);
    ck_assert_int_eq(end(&takers[0]), LOOM_OK);
    ck_assert(!atomic_load(&takers[1].done));
    loom_budget_give(&budget, 95);
    ck_assert_int_eq(end(&takers[1]), LOOM_OK);
    ck_assert_int_eq(end(&takers[2]), LOOM_OK);
    loom_budget_give(&budget, 20);
}
END_TEST

START_TEST(who_gives_up_does_not_wait_for_its_turn)
{
    taker takers[TAKERS] = {{.bytes = 0}};

    take(50);
    start(&takers[0], 60, 1);
    start(&takers[1], 60, 2);
    start(&takers[2], 20, 3);
    atomic_store(&takers[1].cancel.reason, LOOM_ERR_CANCELLED);
    ck_assert_int_eq(end(&takers[1]), LOOM_ERR_CANCELLED);
    ck_assert_uint_eq(count_line(), 2);
    atomic_store(&takers[0].cancel.reason, LOOM_ERR_TIMEOUT);
    ck_assert_int_eq(end(&takers[0]), LOOM_ERR_TIMEOUT);
    ck_assert_int_eq(end(&takers[2]), LOOM_OK); /* it was the large one that was in its way */
    loom_budget_give(&budget, 70);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("budget");
    TCase *tests = tcase_create("budget");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_fits_is_taken_at_once);
    tcase_add_test(tests, a_small_one_waits_behind_a_large_one);
    tcase_add_test(tests, who_gives_up_does_not_wait_for_its_turn);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
