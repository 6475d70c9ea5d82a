/* What people see of a run while it lasts: the line, its width, the time that is left. */
#include "cli/run/progress.h"
#include "cli/terminal.h"
#include "support/suite.h"

#include <math.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* ---- columns ------------------------------------------------------------- */

START_TEST(wide_characters_take_two_columns_and_combining_ones_none)
{
    ck_assert_uint_eq(cli_columns(""), 0);
    ck_assert_uint_eq(cli_columns("abc"), 3);
    ck_assert_uint_eq(cli_columns("\u5199\u771f"), 4);
    ck_assert_uint_eq(cli_columns("e\u0301t\u00e9"), 3);
    ck_assert_uint_eq(cli_columns("a\u200bb"), 2);
}
END_TEST

START_TEST(a_cut_never_divides_a_character)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *kept;
    } cases[] = {
        {"abc", 0, ""},
        {"abc", 2, "ab"},
        {"abc", 9, "abc"},
        {"\u5199\u771f", 3, "\u5199"},
        {"e\u0301t\u00e9", 1, "e\u0301"}, /* with its accent */
        {"a\u771f", 2, "a"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_uint_eq(cli_columns_cut(cases[i].text, cases[i].columns), strlen(cases[i].kept));
}
END_TEST

/* ---- the time that is left ----------------------------------------------- */

/* Work at `speed` from `from` to `to` seconds; what is shown then. */
static double work(cli_eta *eta, double *done, double speed, double from, double to, double total)
{
    double shown = eta->seconds;

    for (double at = from + 0.1; at <= to + 0.01; at += 0.1) {
        *done += speed * 0.1;
        shown = cli_eta_look(eta, (int64_t)(at * 1e9), (cli_work){*done, *done},
                             (cli_work){total, total});
    }
    return shown;
}

START_TEST(a_steady_speed_gives_the_right_time)
{
    cli_eta eta = CLI_ETA_INIT;
    double done = 0;

    ck_assert_double_lt(cli_eta_look(&eta, SECOND / 10, (cli_work){0, 0}, (cli_work){1000, 1000}),
                        0); /* nobody knows yet */
    ck_assert_double_eq_tol(work(&eta, &done, 10, 0, 20, 1000), 80, 0.5);
    ck_assert_double_eq_tol(work(&eta, &done, 10, 20, 90, 1000), 10, 0.5);
    ck_assert_double_eq_tol(work(&eta, &done, 10, 90, 100, 1000), 0, 0.5);
}
END_TEST

START_TEST(a_change_of_speed_is_followed_without_a_jump)
{
    cli_eta eta = CLI_ETA_INIT;
    double done = 0;

    const double before = work(&eta, &done, 10, 0, 50, 1000); /* 50 s left */
    const double at_once = work(&eta, &done, 5, 50, 50.5, 1000);
    ck_assert_double_eq_tol(at_once, before, 2);
    /* Half as fast: 500 - 5 x 40 = 300 of work left, a minute. */
    ck_assert_double_eq_tol(work(&eta, &done, 5, 50.5, 90, 1000), 60, 6);
}
END_TEST

START_TEST(a_pause_does_not_break_it)
{
    cli_eta eta = CLI_ETA_INIT;
    double done = 0;

    (void)work(&eta, &done, 10, 0, 10, 1000);
    const double paused = work(&eta, &done, 0, 10, 100, 1000);
    ck_assert(isfinite(paused) && paused >= 0);
    ck_assert_double_eq_tol(work(&eta, &done, 10, 100, 160, 1000), 30, 4);
}
END_TEST

/* 30 images of 100 each in 10 s, then 300 of 1 each, which take as long as those of 10 would. */
START_TEST(many_small_images_at_the_end_are_not_forgotten)
{
    const cli_work total = {3300, 330};
    cli_eta eta = CLI_ETA_INIT;

    for (double at = 0.1; at < 10.05; at += 0.1)
        (void)cli_eta_look(&eta, (int64_t)(at * 1e9), (cli_work){300 * at, 3 * at}, total);
    for (double at = 0.1; at < 25.05; at += 0.1) {
        const double shown = cli_eta_look(&eta, (int64_t)((10 + at) * 1e9),
                                          (cli_work){3000 + 10 * at, 30 + 10 * at}, total);
        if (at > 15)
            ck_assert_double_eq_tol(shown, 30 - at, 6);
    }
}
END_TEST

/* The first image brings the workers up and takes a second, each other one a hundredth. */
START_TEST(a_slow_beginning_is_soon_forgotten)
{
    const cli_work total = {1000, 1000};
    cli_eta eta = CLI_ETA_INIT;
    double shown = cli_eta_look(&eta, SECOND, (cli_work){1, 1}, total);

    for (double at = 1.1; at < 4.05; at += 0.1)
        shown = cli_eta_look(&eta, (int64_t)(at * 1e9), (cli_work){100 * (at - 1), 100 * (at - 1)},
                             total);
    ck_assert_double_lt(shown, 40);
}
END_TEST

/* One image that takes a minute says little about the others. */
START_TEST(a_long_wait_does_not_promise_hours)
{
    cli_eta eta = CLI_ETA_INIT;
    double done = 0;

    (void)work(&eta, &done, 10, 0, 20, 1000);
    ck_assert_double_lt(work(&eta, &done, 0, 20, 80, 1000), 1300);
}
END_TEST

/* ---- the line ------------------------------------------------------------ */

static const loom_totals totals = {.processed = 420,
                                   .bytes_in = 420000000,
                                   .by_result = {[LOOM_RESULT_OK] = 417, [LOOM_RESULT_ERROR] = 3}};
static const loom_progress state = {.tasks = 1000, .done = 420, .elapsed_ns = 10 * SECOND};

static void assert_line(size_t columns, const char *expected)
{
    cli_terminal terminal = {.unicode = false};
    const cli_progress progress = {.terminal = &terminal,
                                   .totals = &totals,
                                   .done = {4200, 420},
                                   .total = {10000, 1000},
                                   .eta = {.seconds = 14}};
    char *line = cli_progress_line(&progress, &state, columns, false);

    ck_assert_str_eq(line, expected);
    ck_assert_uint_le(cli_columns(line), columns);
    g_free(line);
}

START_TEST(what_matters_less_goes_first_where_there_is_no_room)
{
    assert_line(200, "[============------------------]  42%  420/1000  42.0 images/s  42.0 MB/s  "
                     "ETA 0:14  3 failed");
    assert_line(79,
                "[======----------]  42%  420/1000  42.0 images/s  42.0 MB/s  ETA 0:14  3 failed");
    assert_line(62, "42%  420/1000  42.0 images/s  42.0 MB/s  ETA 0:14  3 failed");
    assert_line(50, "42%  420/1000  42.0 images/s  ETA 0:14  3 failed");
    assert_line(39, "42%  420/1000  ETA 0:14  3 failed");
    assert_line(24, "42%  420/1000  3 failed");
    assert_line(13, "42%  420/1000");
    assert_line(4, "42%");
    assert_line(2, "");
}
END_TEST

/* After Ctrl-C the rows of images that were not begun are errors, too. */
START_TEST(what_was_not_begun_has_not_failed)
{
    static const loom_outcome outcomes[] = {
        {.result = LOOM_RESULT_ERROR, .error = {.code = LOOM_ERR_CANCELLED}, .thread = -1},
        {.result = LOOM_RESULT_ERROR, .error = {.code = LOOM_ERR_CANCELLED}, .thread = 0},
        {.result = LOOM_RESULT_OK, .thread = 0}};
    const loom_task task = {.input_path = "a.jpg"};
    cli_terminal terminal = {.unicode = false};
    cli_progress progress = {
        .terminal = &terminal, .totals = &totals, .total = {10, 10}, .eta = CLI_ETA_INIT};

    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        cli_progress_add(&progress, &task, &outcomes[i]);
    char *line = cli_progress_line(&progress, &state, 120, true);
    ck_assert_ptr_nonnull(strstr(line, "  2 failed"));
    g_free(line);
}
END_TEST

START_TEST(a_log_gets_lines_without_a_bar)
{
    cli_terminal terminal = {.unicode = false};
    const cli_progress progress = {.terminal = &terminal,
                                   .totals = &totals,
                                   .done = {42, 420},
                                   .total = {100, 1000},
                                   .eta = CLI_ETA_INIT};
    char *line = cli_progress_line(&progress, &state, 120, true);

    ck_assert_str_eq(line, "42%  420/1000  42.0 images/s  42.0 MB/s  3 failed");
    g_free(line);
}
END_TEST

/* Over ten minutes, looked at ten times a second: 12 lines in the first, then one in each. */
START_TEST(a_log_gets_fewer_lines_as_time_goes_by)
{
    int64_t last_ns = 0;
    unsigned first = 0, later = 0;

    for (int64_t now = 0; now <= 600 * SECOND; now += SECOND / 10) {
        if (!cli_progress_is_due(last_ns, now))
            continue;
        ck_assert_int_ge(now - last_ns, now <= 60 * SECOND ? 5 * SECOND : 60 * SECOND);
        first += now <= 60 * SECOND;
        later += now > 60 * SECOND;
        last_ns = now;
    }
    ck_assert_uint_eq(first, 12);
    ck_assert_uint_eq(later, 9);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("progress");
    TCase *tcase = tcase_create("progress");

    tcase_add_test(tcase, wide_characters_take_two_columns_and_combining_ones_none);
    tcase_add_test(tcase, a_cut_never_divides_a_character);
    tcase_add_test(tcase, a_steady_speed_gives_the_right_time);
    tcase_add_test(tcase, a_change_of_speed_is_followed_without_a_jump);
    tcase_add_test(tcase, a_pause_does_not_break_it);
    tcase_add_test(tcase, many_small_images_at_the_end_are_not_forgotten);
    tcase_add_test(tcase, a_slow_beginning_is_soon_forgotten);
    tcase_add_test(tcase, a_long_wait_does_not_promise_hours);
    tcase_add_test(tcase, what_matters_less_goes_first_where_there_is_no_room);
    tcase_add_test(tcase, what_was_not_begun_has_not_failed);
    tcase_add_test(tcase, a_log_gets_lines_without_a_bar);
    tcase_add_test(tcase, a_log_gets_fewer_lines_as_time_goes_by);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
