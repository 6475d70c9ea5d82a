#include "batch/job.h"
#include "support/suite.h"
#include <imgloom/outcome.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(names_are_those_of_the_report)
{
    ck_assert_str_eq(loom_result_name(LOOM_RESULT_OK), "ok");
    ck_assert_str_eq(loom_result_name(LOOM_RESULT_WARNING), "warning");
    ck_assert_str_eq(loom_result_name(LOOM_RESULT_SKIPPED), "skipped");
    ck_assert_str_eq(loom_result_name(LOOM_RESULT_PLANNED), "planned");
    ck_assert_str_eq(loom_result_name(LOOM_RESULT_ERROR), "error");
    ck_assert_str_eq(loom_result_name((loom_result)77), "error");
}
END_TEST

START_TEST(init_knows_nothing)
{
    loom_outcome outcome;

    memset(&outcome, 0x55, sizeof outcome);
    loom_outcome_init(&outcome);
    ck_assert_int_eq(outcome.thread, -1);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.error.code, LOOM_OK);
    ck_assert_ptr_null(outcome.warnings);
    ck_assert_ptr_null(outcome.lane);
    ck_assert_ptr_null(outcome.skip_reason);
    ck_assert_uint_eq(outcome.original_size, 0);
    ck_assert_int_eq(outcome.elapsed_ns, 0);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(release_makes_it_new)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.thread = 3;
    outcome.width = 7;
    loom_outcome_warn(&outcome, "one");
    loom_outcome_release(&outcome);
    ck_assert_int_eq(outcome.thread, -1);
    ck_assert_uint_eq(outcome.width, 0);
    ck_assert_uint_eq(outcome.warning_count, 0);
    ck_assert_ptr_null(outcome.warnings);
}
END_TEST

START_TEST(warnings_are_kept_in_order_and_once)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    loom_outcome_warn(&outcome, "frame %d of %d is damaged", 2, 5);
    loom_outcome_warn(&outcome, "profile is broken");
    loom_outcome_warn(&outcome, "frame %d of %d is damaged", 2, 5);
    ck_assert_uint_eq(outcome.warning_count, 2);
    ck_assert_str_eq(outcome.warnings[0], "frame 2 of 5 is damaged");
    ck_assert_str_eq(outcome.warnings[1], "profile is broken");
    ck_assert_uint_eq(outcome.warnings_dropped, 0);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(beyond_the_limit_they_are_counted)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    for (int i = 0; i < LOOM_WARNINGS_MAX + 5; i++)
        loom_outcome_warn(&outcome, "warning %d", i);
    loom_outcome_warn(&outcome, "warning 0");
    ck_assert_uint_eq(outcome.warning_count, LOOM_WARNINGS_MAX);
    ck_assert_str_eq(outcome.warnings[LOOM_WARNINGS_MAX - 1], "warning 19");
    ck_assert_uint_eq(outcome.warnings_dropped, 5);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(a_warning_is_valid_utf8)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    loom_outcome_warn(&outcome, "tag \xFF\xC3 of \xC3\xA9");
    ck_assert_str_eq(outcome.warnings[0], "tag \xEF\xBF\xBD\xEF\xBF\xBD of \xC3\xA9");
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(a_long_warning_is_cut_at_a_character)
{
    char text[1200];
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    loom_outcome_warn(&outcome, "%s", text);
    ck_assert_uint_eq(strlen(outcome.warnings[0]), 500);

    memcpy(text + 499, "\xC3\xA9", 2); /* bytes 499 and 500 */
    loom_outcome_warn(&outcome, "%s", text);
    ck_assert_uint_eq(strlen(outcome.warnings[1]), 499);

    memset(text, '\xFF', sizeof text - 1); /* three bytes each once replaced */
    loom_outcome_warn(&outcome, "%s", text);
    ck_assert_uint_eq(strlen(outcome.warnings[2]), 498);
    ck_assert_str_eq(outcome.warnings[2] + 495, "\xEF\xBF\xBD");
    loom_outcome_release(&outcome);
}
END_TEST

/* Every length around the limit, with a character that the inner buffer may cut in two. */
START_TEST(no_cut_leaves_half_a_character)
{
    char text[600];

    for (size_t lead = 480; lead < 530; lead++) {
        loom_outcome outcome;
        loom_outcome_init(&outcome);
        memset(text, 'x', lead);
        memcpy(text + lead, "\xF0\x9F\x96\xBC", 5); /* U+1F5BC */
        loom_outcome_warn(&outcome, "%s", text);
        size_t expected = lead + 4 <= 500 ? lead + 4 : lead < 500 ? lead : 500;
        ck_assert_uint_eq(strlen(outcome.warnings[0]), expected);
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* The closed set, as docs/report.md tells it, in the order of the codes. */
START_TEST(codes_are_those_of_the_manual)
{
    char path[1024], text[200000];
    const char *folder = getenv("TESTDATA");

    ck_assert_ptr_nonnull(folder);
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/../docs/report.md", folder), (int)sizeof path);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    char *row = strstr(text, "\n| `not-found` |");
    unsigned code = LOOM_OK;
    ck_assert_ptr_nonnull(row);
    while (strncmp(row, "\n| `", 4) == 0) {
        char *name = row + 4, *end = strchr(name, '`');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        ck_assert_str_eq(name, loom_status_name((loom_status)++code));
        row = strchr(end + 1, '\n');
        ck_assert_ptr_nonnull(row);
    }
    ck_assert_uint_eq(code, LOOM_ERR_USAGE - 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("outcome");
    TCase *tests = tcase_create("outcome");

    tcase_add_test(tests, codes_are_those_of_the_manual);
    tcase_add_test(tests, names_are_those_of_the_report);
    tcase_add_test(tests, init_knows_nothing);
    tcase_add_test(tests, release_makes_it_new);
    tcase_add_test(tests, warnings_are_kept_in_order_and_once);
    tcase_add_test(tests, beyond_the_limit_they_are_counted);
    tcase_add_test(tests, a_warning_is_valid_utf8);
    tcase_add_test(tests, a_long_warning_is_cut_at_a_character);
    tcase_add_test(tests, no_cut_leaves_half_a_character);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
