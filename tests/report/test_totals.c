#include "batch/job.h"
#include "report/write.h"
#include "support/suite.h"
#include <jansson.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const loom_task task = {.input_path = "a.jpg", .input_size = 999};

static loom_outcome outcome_of(loom_result result, int thread)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.result = result;
    outcome.thread = thread;
    return outcome;
}

static void add(loom_totals *totals, loom_result result, int thread)
{
    loom_outcome outcome = outcome_of(result, thread);

    loom_totals_add(totals, &task, &outcome);
}

static void add_error(loom_totals *totals, loom_status code, int thread)
{
    loom_outcome outcome = outcome_of(LOOM_RESULT_ERROR, thread);

    outcome.error.code = code;
    loom_totals_add(totals, &task, &outcome);
}

static json_t *summary(const loom_totals *totals)
{
    loom_strbuf text = LOOM_STRBUF_INIT;
    loom_json json = LOOM_JSON_INIT(&text);

    loom_json_begin(&json, '{');
    loom_write_summary(&json, totals);
    loom_json_end(&json, '}');
    json_t *value = json_loads(loom_strbuf_str(&text), JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(value);
    loom_strbuf_release(&text);
    return value;
}

START_TEST(rows_are_counted_by_result_and_code)
{
    loom_totals totals = {0};

    add(&totals, LOOM_RESULT_OK, 0);
    add(&totals, LOOM_RESULT_OK, 1);
    add(&totals, LOOM_RESULT_OK, 1);
    add(&totals, LOOM_RESULT_WARNING, 0);
    add(&totals, LOOM_RESULT_SKIPPED, -1);
    add(&totals, LOOM_RESULT_PLANNED, 0);
    add_error(&totals, LOOM_ERR_CORRUPT, 0);
    add_error(&totals, LOOM_ERR_CORRUPT, 2);
    add_error(&totals, LOOM_ERR_COLLISION, -1);
    add_error(&totals, LOOM_ERR_USAGE, -1);
    ck_assert_uint_eq(totals.inputs, 10);
    ck_assert_uint_eq(totals.rows, 10);
    ck_assert_uint_eq(totals.by_result[LOOM_RESULT_OK], 3);
    ck_assert_uint_eq(totals.by_result[LOOM_RESULT_WARNING], 1);
    ck_assert_uint_eq(totals.by_result[LOOM_RESULT_SKIPPED], 1);
    ck_assert_uint_eq(totals.by_result[LOOM_RESULT_PLANNED], 1);
    ck_assert_uint_eq(totals.by_result[LOOM_RESULT_ERROR], 4);
    ck_assert_uint_eq(totals.by_code[LOOM_ERR_CORRUPT], 2);
    ck_assert_uint_eq(totals.by_code[LOOM_ERR_COLLISION], 1);
    ck_assert_uint_eq(totals.by_code[LOOM_ERR_INTERNAL], 1);
    ck_assert_uint_eq(totals.by_code[LOOM_ERR_USAGE], 0);
    ck_assert_uint_eq(totals.by_code[LOOM_OK], 0);
    ck_assert_uint_eq(totals.processed, 7);
}
END_TEST

START_TEST(bytes_and_pixels)
{
    loom_totals totals = {0};
    loom_outcome outcome = outcome_of(LOOM_RESULT_OK, 0);

    outcome.original_size = 5000000000;
    outcome.original_width = 4000000000;
    outcome.original_height = 2;
    outcome.processed_size = 300;
    loom_totals_add(&totals, &task, &outcome);
    outcome.result = LOOM_RESULT_WARNING;
    loom_totals_add(&totals, &task, &outcome);
    outcome.result = LOOM_RESULT_ERROR; /* read, but nothing written */
    outcome.error.code = LOOM_ERR_NO_SPACE;
    outcome.error.stage = LOOM_STAGE_WRITE;
    loom_totals_add(&totals, &task, &outcome);
    outcome.error.code = LOOM_ERR_TOO_LARGE; /* its header's claim is no picture's */
    outcome.error.stage = LOOM_STAGE_PROBE;
    loom_totals_add(&totals, &task, &outcome);
    add_error(&totals, LOOM_ERR_NOT_FOUND, -1); /* not read: its size of 999 counts for nothing */
    ck_assert_uint_eq(totals.bytes_in, 20000000000);
    ck_assert_uint_eq(totals.pixels_in, 24000000000);
    ck_assert_uint_eq(totals.bytes_out, 600);
}
END_TEST

/* A row of a job: output `output` of the input at `path`, read by thread 0 unless `thread` says
 * else.
 */
static void add_row(loom_totals *totals, const char *path, unsigned output, int thread,
                    uint64_t bytes, uint32_t width)
{
    const loom_task row = {.input_path = path, .output = output, .input_size = 7};
    loom_outcome outcome = outcome_of(LOOM_RESULT_OK, thread);

    outcome.original_size = bytes;
    outcome.original_width = width;
    outcome.original_height = 10;
    outcome.processed_size = 1;
    loom_totals_add(totals, &row, &outcome);
}

START_TEST(an_input_with_several_outputs_counts_once)
{
    static const char a[] = "a.jpg", b[] = "b.jpg";
    loom_totals totals = {0};

    add_row(&totals, b, 1, -1, 500, 0); /* skipped: told before the job, and not read */
    add_row(&totals, a, 0, 0, 1000, 20);
    add_row(&totals, a, 1, 0, 1000, 20);
    add_row(&totals, a, 2, 0, 1000, 20);
    ck_assert_uint_eq(totals.inputs, 1);
    ck_assert_uint_eq(totals.rows, 4);
    ck_assert_uint_eq(totals.processed, 1);
    ck_assert_uint_eq(totals.bytes_in, 1000);
    ck_assert_uint_eq(totals.pixels_in, 200);
    add_row(&totals, b, 0, 1, 500, 0);  /* failed before its size was known … */
    add_row(&totals, b, 2, 1, 500, 30); /* … and the next did not */
    add_row(&totals, b, 3, 1, 500, 30);
    ck_assert_uint_eq(totals.inputs, 2);
    ck_assert_uint_eq(totals.rows, 7);
    ck_assert_uint_eq(totals.processed, 2);
    ck_assert_uint_eq(totals.bytes_in, 1500);
    ck_assert_uint_eq(totals.pixels_in, 500);
    ck_assert_uint_eq(totals.bytes_out, 7);
    add_row(&totals, b, 3, 1, 500, 30); /* does not rise: another job */
    ck_assert_uint_eq(totals.inputs, 2);
    ck_assert_uint_eq(totals.processed, 3);
    ck_assert_uint_eq(totals.bytes_in, 2000);
}
END_TEST

START_TEST(finish_takes_batch_and_process)
{
    const loom_batch_result result = {
        .jobs = 2, .elapsed_ns = 2000000000, .interrupted = true, .too_many_errors = true};
    loom_totals totals = {0};

    loom_totals_finish(&totals, &result);
    ck_assert_int_eq(totals.elapsed_ns, 2000000000);
    ck_assert(totals.interrupted && totals.too_many_errors);
    ck_assert_int_ge(totals.cpu_ns, 0);
    ck_assert_uint_gt(totals.peak_rss_bytes, 100 * 1024);
    ck_assert_uint_eq(totals.peak_rss_bytes % 1024, 0);
}
END_TEST

/* A child that is waited for, and that has used 50 ms, is in the CPU time. */
START_TEST(finish_counts_children)
{
    const loom_batch_result result = {.jobs = 1};
    loom_totals before = {0}, after = {0};
    int status;

    loom_totals_finish(&before, &result);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct timespec used = {0, 0};
        while (used.tv_sec == 0 && used.tv_nsec < 50000000)
            (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    loom_totals_finish(&after, &result);
    ck_assert_int_ge(after.cpu_ns - before.cpu_ns, 40000000);
}
END_TEST

START_TEST(summary_of_a_run)
{
    static const char *const keys[] = {"inputs",
                                       "rows",
                                       "ok",
                                       "warning",
                                       "skipped",
                                       "planned",
                                       "failed",
                                       "ignored",
                                       "ignoredByReason",
                                       "bytesIn",
                                       "bytesOut",
                                       "pixelsIn",
                                       "elapsedMs",
                                       "cpuMs",
                                       "peakRssBytes",
                                       "interrupted",
                                       "imagesPerSecond",
                                       "errorsByCode",
                                       "tooManyErrors",
                                       "megapixelsPerSecond",
                                       "threads"};
    loom_totals totals = {0};

    for (int i = 0; i < 9; i++)
        add(&totals, LOOM_RESULT_OK, 0);
    add_error(&totals, LOOM_ERR_TRUNCATED, 0);
    add_error(&totals, LOOM_ERR_EXISTS, -1);
    totals.ignored = 4;
    totals.ignored_for[LOOM_IGNORED_KIND] = 3;
    totals.ignored_for[LOOM_IGNORED_NOT_INCLUDED] = 1;
    totals.pixels_in = 5000000;
    totals.elapsed_ns = 3000000000;
    totals.cpu_ns = 1234567;
    totals.peak_rss_bytes = 4096;
    json_t *value = summary(&totals), *codes = json_object_get(value, "errorsByCode");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(json_object_get(value, keys[i]) != NULL, "%s", keys[i]);
    ck_assert_uint_eq(json_object_size(value), sizeof keys / sizeof *keys);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "inputs")), 11);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "ok")), 9);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "failed")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "ignored")), 4);
    char *reasons = json_dumps(json_object_get(value, "ignoredByReason"), JSON_COMPACT);
    ck_assert_str_eq(reasons, "{\"kind\":3,\"not-included\":1}");
    free(reasons);
    ck_assert_double_eq(json_real_value(json_object_get(value, "elapsedMs")), 3000.000);
    ck_assert_double_eq(json_real_value(json_object_get(value, "imagesPerSecond")), 3.333);
    ck_assert_double_eq(json_real_value(json_object_get(value, "megapixelsPerSecond")), 1.667);
    ck_assert_double_eq(json_real_value(json_object_get(value, "cpuMs")), 1.235);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "peakRssBytes")), 4096);
    ck_assert(json_is_false(json_object_get(value, "interrupted")));
    ck_assert(json_is_false(json_object_get(value, "tooManyErrors")));
    ck_assert_uint_eq(json_object_size(codes), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(codes, "truncated")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(codes, "exists")), 1);
    json_decref(value);
}
END_TEST

START_TEST(summary_of_nothing)
{
    loom_totals totals = {0};

    totals.interrupted = totals.too_many_errors = true;
    json_t *value = summary(&totals);
    ck_assert_double_eq(json_real_value(json_object_get(value, "imagesPerSecond")), 0);
    ck_assert(json_is_real(json_object_get(value, "megapixelsPerSecond")));
    ck_assert(json_is_true(json_object_get(value, "interrupted")));
    ck_assert(json_is_true(json_object_get(value, "tooManyErrors")));
    ck_assert_uint_eq(json_object_size(json_object_get(value, "errorsByCode")), 0);
    json_decref(value);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("totals");
    TCase *tests = tcase_create("totals");

    tcase_add_test(tests, rows_are_counted_by_result_and_code);
    tcase_add_test(tests, bytes_and_pixels);
    tcase_add_test(tests, an_input_with_several_outputs_counts_once);
    tcase_add_test(tests, finish_takes_batch_and_process);
    tcase_add_test(tests, finish_counts_children);
    tcase_add_test(tests, summary_of_a_run);
    tcase_add_test(tests, summary_of_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
