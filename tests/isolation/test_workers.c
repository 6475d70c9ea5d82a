/* Worker processes where the system lacks room for what they need. */
#include "batch/pool.h"
#include "isolation/workers.h"

#include "support/suite.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static loom_spawn_setup setting;
static loom_workers *workers;
static loom_cancel cancel;
static loom_error error;
static struct rlimit room;

static void start(void)
{
    setting = (loom_spawn_setup){.program = open(getenv("IMGLOOM_WORKER"), O_PATH | O_CLOEXEC)};
    ck_assert_int_ge(setting.program, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &room), 0);
    workers = loom_workers_create(&setting);
    ck_assert_ptr_nonnull(workers);
}

static void stop(void)
{
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &room), 0);
    loom_workers_free(workers);
    ck_assert_int_eq(close(setting.program), 0);
}

/* A worker for a job of so many outputs. */
static loom_status take(size_t outputs, loom_worker **worker)
{
    const loom_job job = {.count = outputs, .cancel = &cancel};

    loom_error_clear(&error);
    return loom_workers_take(workers, &job, LOOM_LOADED_NOTHING, worker, &error);
}

/* From now on there is no descriptor but those that are closed. */
static void allow_no_more_descriptors(void)
{
    const int lowest = dup(setting.program);
    const struct rlimit none = {(rlim_t)lowest, room.rlim_max};

    ck_assert_int_ge(lowest, 0);
    ck_assert_int_eq(close(lowest), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
}

START_TEST(a_worker_goes_where_another_lacks_room_for_its_outputs)
{
    loom_worker *one, *other, *taken;
    unsigned peak;

    ck_assert_int_eq(take(1, &one), LOOM_OK);
    ck_assert_int_eq(take(1, &other), LOOM_OK);
    loom_workers_return(workers, one);
    loom_workers_return(workers, other);
    allow_no_more_descriptors();
    ck_assert_msg(take(3, &taken) == LOOM_OK, "%s", error.message);
    ck_assert_ptr_eq(taken, one);
    ck_assert(loom_workers_were_short(workers, &peak, &error));
    ck_assert_uint_eq(peak, 2);
    ck_assert_ptr_nonnull(strstr(error.message, "EMFILE"));
    loom_workers_return(workers, taken);
}
END_TEST

START_TEST(a_lonely_worker_without_room_is_no_hang)
{
    loom_worker *worker;

    ck_assert_int_eq(take(1, &worker), LOOM_OK);
    loom_workers_return(workers, worker);
    allow_no_more_descriptors();
    atomic_store(&cancel.reason, LOOM_ERR_CANCELLED); /* else it waits for five seconds */
    ck_assert_int_eq(take(LOOM_SIZES_MAX, &worker), LOOM_ERR_CANCELLED);
    ck_assert_ptr_nonnull(strstr(error.message, "EMFILE"));
    atomic_store(&cancel.reason, LOOM_OK);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &room), 0);
    ck_assert_int_eq(take(LOOM_SIZES_MAX, &worker), LOOM_OK);
    loom_workers_return(workers, worker);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("workers");
    TCase *shortage = tcase_create("shortage");

    tcase_add_checked_fixture(shortage, start, stop);
    tcase_set_timeout(shortage, 60);
    tcase_add_test(shortage, a_worker_goes_where_another_lacks_room_for_its_outputs);
    tcase_add_test(shortage, a_lonely_worker_without_room_is_no_hang);
    suite_add_tcase(suite, shortage);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
