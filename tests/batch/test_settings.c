#include "batch/job.h"
#include "support/suite.h"
#include <imgloom/engine.h>
#include <imgloom/settings.h>
#include <stdio.h>
#include <string.h>

START_TEST(defaults)
{
    loom_settings settings;

    memset(&settings, 0xFF, sizeof settings);
    loom_settings_init(&settings);
    ck_assert_int_eq(settings.fail_on, LOOM_FAIL_ON_ERROR);
    ck_assert_int_eq(settings.if_exists, LOOM_IF_EXISTS_REPLACE);
    ck_assert_uint_eq(settings.max_pixels, 268402689);
    ck_assert(!settings.dry_run && !settings.allow_untrusted && !settings.preserve_timestamps);
}
END_TEST

START_TEST(fail_on_words)
{
    static const struct {
        const char *word;
        loom_fail_on value;
    } rows[] = {
        {"none", LOOM_FAIL_ON_NONE},   {"truncated", LOOM_FAIL_ON_TRUNCATED},
        {"error", LOOM_FAIL_ON_ERROR}, {"warning", LOOM_FAIL_ON_WARNING},
        {"None", LOOM_FAIL_ON_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_fail_on value = (loom_fail_on)99;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_fail_on_parse(rows[i].word, &value, &err), LOOM_OK);
        ck_assert_int_eq(value, rows[i].value);
        ck_assert_int_eq(err.code, LOOM_OK);
    }
}
END_TEST

START_TEST(if_exists_words)
{
    static const struct {
        const char *word;
        loom_if_exists value;
    } rows[] = {
        {"replace", LOOM_IF_EXISTS_REPLACE}, {"skip", LOOM_IF_EXISTS_SKIP},
        {"error", LOOM_IF_EXISTS_ERROR},     {"newer", LOOM_IF_EXISTS_NEWER},
        {"NEWER", LOOM_IF_EXISTS_NEWER},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_if_exists value = (loom_if_exists)99;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_if_exists_parse(rows[i].word, &value, &err), LOOM_OK);
        ck_assert_int_eq(value, rows[i].value);
        ck_assert_int_eq(err.code, LOOM_OK);
    }
}
END_TEST

START_TEST(bad_words_are_named)
{
    static const char *const words[] = {"", "fail", "errors at all", "none,error", "0"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        loom_fail_on fail_on = LOOM_FAIL_ON_WARNING;
        loom_if_exists if_exists = LOOM_IF_EXISTS_NEWER;
        loom_error err = LOOM_ERROR_INIT;
        char expected[200];

        ck_assert_int_eq(loom_fail_on_parse(words[i], &fail_on, &err), LOOM_ERR_USAGE);
        (void)snprintf(expected, sizeof expected,
                       "'%s' is not a damage level: none, truncated, error or warning", words[i]);
        ck_assert_str_eq(err.message, expected);
        ck_assert_int_eq(fail_on, LOOM_FAIL_ON_WARNING);

        loom_error_clear(&err);
        ck_assert_int_eq(loom_if_exists_parse(words[i], &if_exists, &err), LOOM_ERR_USAGE);
        (void)snprintf(expected, sizeof expected,
                       "'%s' is not a rule for existing outputs: replace, skip, error or newer",
                       words[i]);
        ck_assert_str_eq(err.message, expected);
        ck_assert_int_eq(if_exists, LOOM_IF_EXISTS_NEWER);
    }
}
END_TEST

START_TEST(made_by_functions)
{
    loom_settings *settings = loom_settings_create();
    loom_engine_options *options = loom_engine_options_create();

    ck_assert_ptr_nonnull(settings);
    ck_assert_ptr_nonnull(options);
    ck_assert_int_eq(settings->fail_on, LOOM_FAIL_ON_ERROR);
    ck_assert_int_eq(options->isolate, LOOM_ISOLATE_AUTO);
    ck_assert_ptr_null(options->worker_path);
    settings->lane = "jpeg";
    loom_settings *copy = loom_settings_copy(settings);
    ck_assert_ptr_nonnull(copy);
    loom_settings_free(settings);
    ck_assert_str_eq(copy->lane, "jpeg");
    ck_assert_uint_eq(copy->max_pixels, LOOM_DEFAULT_MAX_PIXELS);
    loom_settings_free(copy);
    loom_engine_options_free(options);
    loom_settings_free(NULL);
    loom_engine_options_free(NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("settings");

    tcase_add_test(tests, defaults);
    tcase_add_test(tests, made_by_functions);
    tcase_add_test(tests, fail_on_words);
    tcase_add_test(tests, if_exists_words);
    tcase_add_test(tests, bad_words_are_named);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
