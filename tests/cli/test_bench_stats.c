/* The figures of `imgloom bench`: percentiles, buckets, medians, what is recommended. */
#include "cli/bench/bench.h"
#include "support/suite.h"

#include <string.h>

enum { RUNS = 3, SETTINGS = 3 };

static bench_sample samples[SETTINGS][RUNS];
static bench_setting settings[SETTINGS];

/* Settings of 1, 2 and 4 threads; elapsed[setting][run] in ms, for 100 images. */
static bench make_bench(const double elapsed[SETTINGS][RUNS])
{
    static const unsigned threads[SETTINGS] = {1, 2, 4};
    bench b = {.settings = settings, .setting_count = SETTINGS};

    b.options.runs = RUNS;
    memset(samples, 0, sizeof samples);
    for (size_t i = 0; i < SETTINGS; i++) {
        settings[i] = (bench_setting){.threads = threads[i], .samples = samples[i]};
        for (size_t run = 0; run < RUNS; run++) {
            samples[i][run].figures[BENCH_ELAPSED] = elapsed[i][run];
            samples[i][run].figures[BENCH_RATE] = 1e5 / elapsed[i][run];
            samples[i][run].figures[BENCH_RSS] = 1e6 * threads[i];
        }
    }
    bench_compare(&b);
    return b;
}

START_TEST(percentiles_are_values_of_the_data)
{
    const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

    ck_assert_double_eq(bench_percentile(values, 10, 0.5), 5);
    ck_assert_double_eq(bench_percentile(values, 10, 0.95), 10);
    ck_assert_double_eq(bench_percentile(values, 10, 0), 1);
    ck_assert_double_eq(bench_percentile(values, 10, 1), 10);
    ck_assert_double_eq(bench_percentile(values, 1, 0.99), 1);
    ck_assert_double_eq(bench_percentile(values, 0, 0.5), 0);
}
END_TEST

START_TEST(a_bucket_holds_what_is_no_more_than_its_most)
{
    for (double ms = 0.001; ms < 7e5; ms *= 1.1) {
        const size_t bucket = bench_bucket(ms);
        ck_assert_uint_lt(bucket, BENCH_BUCKETS);
        ck_assert_double_le(ms, bench_bucket_max(bucket));
        if (bucket > 0)
            ck_assert_double_gt(ms, bench_bucket_max(bucket - 1));
    }
    ck_assert_uint_eq(bench_bucket(0), 0);
    ck_assert_uint_eq(bench_bucket(1), bench_bucket(0.99));
    ck_assert_uint_eq(bench_bucket(1e12), BENCH_BUCKETS - 1);
}
END_TEST

START_TEST(speed_up_is_taken_within_a_round)
{
    /* The second round was slow for all alike. */
    const bench b =
        make_bench((const double[SETTINGS][RUNS]){{100, 200, 100}, {50, 100, 50}, {40, 80, 25}});
    const bench_spread two = bench_over(&b, &settings[1], BENCH_SPEED_UP);
    const bench_spread four = bench_over(&b, &settings[2], BENCH_SPEED_UP);

    ck_assert_double_eq(two.low, 2);
    ck_assert_double_eq(two.high, 2);
    ck_assert_double_eq(four.median, 2.5);
    ck_assert_double_eq(four.high, 4);
    ck_assert_double_eq(bench_over(&b, &settings[2], BENCH_EFFICIENCY).high, 1);
    ck_assert_double_eq(bench_over(&b, &settings[0], BENCH_SPEED_UP).high, 1);
}
END_TEST

START_TEST(fewest_threads_that_are_nearly_the_best_are_recommended)
{
    const bench flat =
        make_bench((const double[SETTINGS][RUNS]){{100, 100, 100}, {51, 51, 51}, {50, 50, 50}});
    char *sentence = bench_verdict(&flat);

    ck_assert_str_eq(sentence,
                     "Recommended: -j 2, with 1960.8 images/s and 2 MB; more threads gain less "
                     "than 5 %.");
    g_free(sentence);
    const bench steep =
        make_bench((const double[SETTINGS][RUNS]){{100, 100, 100}, {53, 53, 53}, {50, 50, 50}});
    ck_assert_uint_eq(bench_recommended(&steep)->threads, 4);
}
END_TEST

/* Of 2 CPUs and 9 runs of 1 s, other programs had `others` each. */
static bench make_shared(double others, double cpu_ms)
{
    bench b =
        make_bench((const double[SETTINGS][RUNS]){{100, 100, 100}, {51, 51, 51}, {50, 50, 50}});

    for (size_t i = 0; i < SETTINGS; i++)
        for (size_t run = 0; run < RUNS; run++) {
            samples[i][run].figures[BENCH_WALL] = cpu_ms / 2;
            samples[i][run].figures[BENCH_OTHERS] = others;
            samples[i][run].cpu_ms = cpu_ms;
        }
    return b;
}

START_TEST(on_a_busy_machine_nothing_is_recommended)
{
    const bench busy = make_shared(0.5, 2000);
    char *sentence = bench_verdict(&busy);

    ck_assert_double_eq_tol(bench_others(&busy), 0.25, 1e-9);
    ck_assert_ptr_null(bench_recommended(&busy));
    ck_assert_str_eq(sentence, "The machine was busy: do not trust this. Other programs took 25 % "
                               "of the CPUs; run it again when they are done.");
    g_free(sentence);
    const bench idle = make_shared(0.1, 2000); /* 5 % */
    ck_assert_ptr_nonnull(bench_recommended(&idle));
    /* 0.9 s of CPU in all, of which each run may have 20 ms too many: who knows. */
    const bench brief = make_shared(0.5, 100);
    ck_assert_ptr_nonnull(bench_recommended(&brief));
    ck_assert_double_eq(bench_others(&brief), 0);
    const bench clear = make_shared(0.7, 100); /* 35 of 100 ms, 15 of them for certain */
    ck_assert_double_eq_tol(bench_others(&clear), 0.35, 1e-9);
    ck_assert_ptr_null(bench_recommended(&clear));
    bench one = clear;
    one.setting_count = one.options.runs = 1;
    ck_assert_ptr_null(bench_recommended(&one));
}
END_TEST

/* The CPUs 0 and 2, in ticks of 10 ms; the line of all and that of 1 do not count. */
START_TEST(the_load_is_that_of_our_cpus)
{
    static const char stat[] = "cpu  999 999 999 999 999 999 999 999 0 0\n"
                               "cpu0 10 1 20 100 5 2 3 4 7 0\n"
                               "cpu1 500 0 0 0 0 0 0 0 0 0\n"
                               "cpu2 1 0 0 10 0 0 0 0 0 0\n"
                               "intr 77 1 2 3\ncpu0 9 9 9 9\n";
    static const char pressure[] = "some avg10=13.00 avg60=33.30 avg300=30.95 total=1500\n"
                                   "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
    const bool mine[] = {true, false, true};
    const cli_load load = cli_load_parse(stat, pressure, mine, 3, 10000000);

    ck_assert_int_eq(load.busy_ns, INT64_C(410000000));
    ck_assert_int_eq(load.all_ns, INT64_C(1560000000));
    ck_assert_int_eq(load.waiting_ns, 1500000);
    const cli_load none = cli_load_parse("", NULL, mine, 3, 10000000);
    ck_assert(none.busy_ns == 0 && none.all_ns == 0 && none.waiting_ns == -1);
    const cli_load old = cli_load_parse("cpu0 1 2 3 4\n", "some total", mine, 3, 10000000);
    ck_assert_int_eq(old.busy_ns, 60000000);
    ck_assert_int_eq(old.waiting_ns, -1);
    const cli_load grown = cli_load_between(&old, &load);
    ck_assert_int_eq(grown.busy_ns, INT64_C(350000000));
    ck_assert_int_eq(grown.waiting_ns, -1);
    const cli_load now = cli_load_now(); /* of this very machine */
    ck_assert_int_ge(now.busy_ns, 0);
    ck_assert_int_gt(now.all_ns, 0);
    ck_assert_int_le(now.busy_ns, now.all_ns);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bench_stats");
    TCase *tests = tcase_create("figures");

    tcase_add_test(tests, percentiles_are_values_of_the_data);
    tcase_add_test(tests, a_bucket_holds_what_is_no_more_than_its_most);
    tcase_add_test(tests, speed_up_is_taken_within_a_round);
    tcase_add_test(tests, fewest_threads_that_are_nearly_the_best_are_recommended);
    tcase_add_test(tests, on_a_busy_machine_nothing_is_recommended);
    tcase_add_test(tests, the_load_is_that_of_our_cpus);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
