/* The set of worker processes: what each is at, where the system lacks room for what they need, and
 * how long one may go on that is cancelled. */
#include "batch/pool.h"
#include "isolation/proxy.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static loom_spawn_setup setting;
static loom_spawner *spawner;
static loom_workers *workers;
static loom_cancel cancel;
static loom_error error;
static struct rlimit room;

static void start_with(const char *program, int64_t grace_ns)
{
    setting = (loom_spawn_setup){.program = open(getenv(program), O_PATH | O_CLOEXEC),
                                 .grace_ns = grace_ns,
                                 .lanes = loom_engine_lanes()};
    ck_assert_int_ge(setting.program, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &room), 0);
    spawner = loom_spawner_create(&setting);
    ck_assert_ptr_nonnull(spawner);
    workers = loom_workers_create(&setting, spawner);
    ck_assert_ptr_nonnull(workers);
}

static void start(void)
{
    start_with("IMGLOOM_WORKER", 0);
}

static void start_patient(void)
{
    tmpdir_enter();
    start_with("IMGLOOM_WORKER_TEST", INT64_MAX);
}

static void start_impatient(void)
{
    tmpdir_enter();
    start_with("IMGLOOM_WORKER_TEST", 0);
}

static void stop(void)
{
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &room), 0);
    loom_workers_free(workers);
    loom_spawner_free(spawner);
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

/* ---- what each is at ------------------------------------------------------- */

static loom_worker_info describe(size_t index)
{
    loom_worker_info info = {.pid = 0};

    ck_assert(loom_workers_describe(workers, index, &info));
    return info;
}

START_TEST(each_worker_is_described_until_it_has_ended)
{
    loom_worker *one, *other;
    loom_worker_info info;
    loom_worker_counts counts = {.idle = 0};

    ck_assert(!loom_workers_describe(workers, 0, &info));
    ck_assert_int_eq(take(1, &one), LOOM_OK);
    ck_assert_int_eq(take(1, &other), LOOM_OK);
    const pid_t pids[] = {one->process.pid, other->process.pid};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(describe(i).pid, pids[i]);
        ck_assert_int_eq(describe(i).state, LOOM_WORKER_STARTING);
        ck_assert_uint_eq(describe(i).images, 0);
        ck_assert_uint_gt(describe(i).resident, 0);
    }
    ck_assert(!loom_workers_describe(workers, 2, &info));
    one->ready = other->ready = true;
    loom_workers_return(workers, one);
    ck_assert_int_eq(describe(0).state, LOOM_WORKER_IDLE);
    ck_assert_int_eq(describe(1).state, LOOM_WORKER_BUSY);
    loom_workers_count(workers, &counts);
    ck_assert_uint_eq(counts.idle, 1);
    ck_assert_uint_eq(counts.busy, 1);
    ck_assert_uint_eq(counts.starting, 0);
    loom_workers_shrink(workers);
    ck_assert_int_eq(describe(0).pid, pids[1]);
    ck_assert(!loom_workers_describe(workers, 1, &info));
    loom_workers_return(workers, other);
}
END_TEST

/* ---- images that are cancelled --------------------------------------------- */

/* Converts a picture by what it tells the worker to do. */
static loom_status convert(const char *words, loom_outcome *outcome)
{
    const loom_task task = {.input_path = "play", .format = LOOM_FORMAT_PNG};
    const loom_task *const tasks[] = {&task};
    loom_recipe *recipe = loom_recipe_create();
    loom_settings *settings = loom_settings_create();
    const loom_job job = {
        .tasks = tasks, .count = 1, .recipe = recipe, .settings = settings, .cancel = &cancel};
    loom_encoded encoded = {0};

    tmpdir_write_text("play", words);
    const loom_input_file input = {.descriptor = open("play", O_RDONLY | O_CLOEXEC)};
    ck_assert_int_ge(input.descriptor, 0);
    loom_outcome_init(outcome);
    loom_error_clear(&error);
    const loom_status status =
        loom_worker_convert(workers, &job, &input, LOOM_LOADED_NOTHING, outcome, &encoded, &error);
    ck_assert_int_eq(status == LOOM_OK, encoded.data != NULL);
    free(encoded.data);
    loom_outcome_release(outcome);
    (void)close(input.descriptor);
    loom_settings_free(settings);
    loom_recipe_free(recipe);
    return status;
}

static uint64_t count_late(void)
{
    loom_worker_counts counts = {.idle = 0};

    loom_workers_count(workers, &counts);
    return counts.ended[LOOM_WORKER_LATE];
}

START_TEST(a_cancelled_image_may_end_in_its_grace)
{
    loom_outcome outcome;

    ck_assert_msg(convert("LOOMTEST well\n", &outcome) == LOOM_OK, "%s", error.message);
    const int64_t pid = describe(0).pid;
    atomic_store(&cancel.reason, LOOM_ERR_CANCELLED);
    ck_assert_msg(convert("LOOMTEST nap 1\n", &outcome) == LOOM_OK, "%s", error.message);
    ck_assert_int_eq(describe(0).pid, pid);
    ck_assert_uint_eq(describe(0).images, 2);
    /* A deadline has none. */
    atomic_store(&cancel.reason, LOOM_ERR_TIMEOUT);
    ck_assert_int_eq(convert("LOOMTEST sleep\n", &outcome), LOOM_ERR_TIMEOUT);
    ck_assert_uint_eq(count_late(), 1);
    atomic_store(&cancel.reason, LOOM_OK);
}
END_TEST

START_TEST(a_cancelled_image_ends_after_its_grace)
{
    loom_outcome outcome;

    ck_assert_int_eq(convert("LOOMTEST well\n", &outcome), LOOM_OK);
    atomic_store(&cancel.reason, LOOM_ERR_CANCELLED);
    ck_assert_int_eq(convert("LOOMTEST sleep\n", &outcome), LOOM_ERR_CANCELLED);
    ck_assert_uint_eq(count_late(), 1);
    atomic_store(&cancel.reason, LOOM_OK);
}
END_TEST

static void stop_in_folder(void)
{
    stop();
    tmpdir_leave();
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("workers");
    TCase *shortage = tcase_create("shortage");

    tcase_add_checked_fixture(shortage, start, stop);
    tcase_set_timeout(shortage, 60);
    tcase_add_test(shortage, a_worker_goes_where_another_lacks_room_for_its_outputs);
    tcase_add_test(shortage, a_lonely_worker_without_room_is_no_hang);
    suite_add_tcase(suite, shortage);
    TCase *state = tcase_create("state"), *patient = tcase_create("patient"),
          *impatient = tcase_create("impatient");
    tcase_add_checked_fixture(state, start, stop);
    tcase_add_test(state, each_worker_is_described_until_it_has_ended);
    suite_add_tcase(suite, state);
    tcase_add_checked_fixture(patient, start_patient, stop_in_folder);
    tcase_add_test(patient, a_cancelled_image_may_end_in_its_grace);
    suite_add_tcase(suite, patient);
    tcase_add_checked_fixture(impatient, start_impatient, stop_in_folder);
    tcase_add_test(impatient, a_cancelled_image_ends_after_its_grace);
    suite_add_tcase(suite, impatient);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
