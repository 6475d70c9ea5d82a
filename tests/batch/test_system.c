#include "batch/system.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/batch.h>
#include <sched.h>
#include <signal.h>

#define V2 "sys/fs/cgroup"
#define V1 "sys/fs/cgroup/cpu"

static void groups(const char *text)
{
    tmpdir_write_text("proc/self/cgroup", text);
}

static void v1_quota(const char *quota_path, const char *quota, const char *period_path,
                     const char *period)
{
    tmpdir_write_text(quota_path, quota);
    tmpdir_write_text(period_path, period);
}

START_TEST(nothing_there_is_no_quota)
{
    ck_assert_uint_eq(loom_cpu_quota("."), 0);
    groups("");
    ck_assert_uint_eq(loom_cpu_quota("."), 0);
    groups("0::/a\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 0);
}
END_TEST

START_TEST(v2_is_rounded_up)
{
    static const struct {
        const char *text;
        unsigned cpus;
    } rows[] = {
        {"200000 100000\n", 2},
        {"150000 100000\n", 2},
        {"1000 100000\n", 1},
        {"400001 100000\n", 5},
        {"200000 50000\n", 4},
        {"max 100000\n", 0},
        {"99999999999999 100\n", LOOM_JOBS_MAX},
        {"99999999999999999999999999 100000\n", 0},
        {"200000 0\n", 0},
        {"0 100000\n", 0},
        {"200000\n", 0},
        {"\n", 0},
        {"", 0},
        {"rubbish 12", 0},
    };

    groups("0::/app\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tmpdir_write_text(V2 "/app/cpu.max", rows[i].text);
        ck_assert_msg(loom_cpu_quota(".") == rows[i].cpus, "row %zu: %u, not %u", i,
                      loom_cpu_quota("."), rows[i].cpus);
    }
}
END_TEST

START_TEST(v2_parents_count_too)
{
    groups("0::/slice/app/part\n");
    tmpdir_write_text(V2 "/slice/app/part/cpu.max", "800000 100000\n");
    tmpdir_write_text(V2 "/slice/app/cpu.max", "max 100000\n");
    tmpdir_write_text(V2 "/slice/cpu.max", "300000 100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 3);
    tmpdir_write_text(V2 "/slice/app/part/cpu.max", "100000 100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 1);
    tmpdir_write_text(V2 "/other/cpu.max", "50000 100000\n"); /* not ours */
    tmpdir_write_text(V2 "/slice/app/part/cpu.max", "max 100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 3);
}
END_TEST

START_TEST(v2_container_that_sees_host_names)
{
    groups("0::/system.slice/docker-1234.scope\n");
    tmpdir_write_text(V2 "/cpu.max", "250000 100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 3);
    groups("0::/\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 3);
    groups("0::/../../elsewhere\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 3);
}
END_TEST

START_TEST(v1_quota_and_period)
{
    groups("9:name=systemd:/\n4:memory:/m\n2:cpuset,cpuacct:/no\n1:cpuacct,cpu:/app\n0::/\n");
    v1_quota(V1 "/app/cpu.cfs_quota_us", "350000\n", V1 "/app/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 4);
    v1_quota(V1 "/cpu.cfs_quota_us", "-1\n", V1 "/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 4);
    v1_quota(V1 "/app/cpu.cfs_quota_us", "-1\n", V1 "/app/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 0);
    v1_quota(V1 "/cpu.cfs_quota_us", "100000\n", V1 "/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 1);
}
END_TEST

START_TEST(v1_mounted_with_cpuacct)
{
    groups("3:cpu,cpuacct:/app\n");
    v1_quota(V1 ",cpuacct/app/cpu.cfs_quota_us", "200000\n", V1 ",cpuacct/app/cpu.cfs_period_us",
             "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 2);
}
END_TEST

START_TEST(v1_without_the_cpu_controller)
{
    groups("3:cpuset,cpuacct:/app\nrubbish\n:\n5:\n");
    v1_quota(V1 "/app/cpu.cfs_quota_us", "200000\n", V1 "/app/cpu.cfs_period_us", "100000\n");
    ck_assert_uint_eq(loom_cpu_quota("."), 0);
}
END_TEST

START_TEST(count_is_within_affinity)
{
    cpu_set_t mine;

    ck_assert_int_eq(sched_getaffinity(0, sizeof mine, &mine), 0);
    unsigned count = loom_cpu_count();
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_le(count, (unsigned)CPU_COUNT(&mine));

    cpu_set_t one;
    size_t cpu = 0;
    while (!CPU_ISSET(cpu, &mine))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(loom_cpu_count(), 1);
}
END_TEST

static void *read_mask(void *user)
{
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, user), 0);
    return NULL;
}

START_TEST(threads_take_their_own_faults_and_no_other_signal)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    static const int others[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM, SIGCHLD};
    sigset_t mask, before, after;
    pthread_t thread;

    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
    ck_assert_int_eq(loom_thread_start(&thread, read_mask, &mask), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    for (size_t i = 0; i < COUNT(faults); i++)
        ck_assert_int_eq(sigismember(&mask, faults[i]), 0);
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_int_eq(sigismember(&mask, others[i]), 1);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
    for (int number = 1; number < NSIG; number++)
        ck_assert_int_eq(sigismember(&before, number), sigismember(&after, number));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("system");
    TCase *quota = tcase_create("quota"), *count = tcase_create("count");
    TCase *threads = tcase_create("threads");

    tcase_add_checked_fixture(quota, tmpdir_enter, tmpdir_leave);
    tcase_add_test(quota, nothing_there_is_no_quota);
    tcase_add_test(quota, v2_is_rounded_up);
    tcase_add_test(quota, v2_parents_count_too);
    tcase_add_test(quota, v2_container_that_sees_host_names);
    tcase_add_test(quota, v1_quota_and_period);
    tcase_add_test(quota, v1_mounted_with_cpuacct);
    tcase_add_test(quota, v1_without_the_cpu_controller);
    suite_add_tcase(suite, quota);
    tcase_add_test(count, count_is_within_affinity);
    suite_add_tcase(suite, count);
    tcase_add_test(threads, threads_take_their_own_faults_and_no_other_signal);
    suite_add_tcase(suite, threads);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
