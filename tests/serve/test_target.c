/* Request targets. */
#include "serve/target.h"
#include "support/suite.h"

#include <string.h>

static serve_target target;
static serve_fault fault;

static void setup(void)
{
    fault = (serve_fault)SERVE_FAULT_INIT;
}

static void teardown(void)
{
    serve_target_release(&target);
}

static void assert_refused(const char *text, serve_code code)
{
    setup();
    ck_assert_msg(!serve_target_parse(&target, text, &fault), "%s", text);
    ck_assert_msg(fault.code == code, "%s: %d", text, fault.code);
    teardown();
}

START_TEST(a_path_with_parameters)
{
    ck_assert(serve_target_parse(&target, "/a/b%20c?x=1&y&z=a%26b+c%2B&&x=2&=e", &fault));
    ck_assert_str_eq(target.path, "/a/b c");
    ck_assert_ptr_null(target.authority);
    ck_assert_uint_eq(target.query->len, 5);
    ck_assert_str_eq(serve_pairs_get(target.query, "x"), "1");
    ck_assert_str_eq(serve_pairs_get(target.query, "y"), "");
    ck_assert_ptr_null(g_array_index(target.query, serve_pair, 1).value);
    ck_assert_str_eq(serve_pairs_get(target.query, "z"), "a&b c+");
    ck_assert_str_eq(serve_pairs_get(target.query, ""), "e");
    ck_assert_ptr_null(serve_pairs_get(target.query, "w"));
}
END_TEST

START_TEST(the_absolute_form)
{
    ck_assert(serve_target_parse(&target, "HTTP://host:80/x?y", &fault));
    ck_assert_str_eq(target.authority, "host:80");
    ck_assert_str_eq(target.path, "/x");
}
END_TEST

START_TEST(escapes_are_decoded_once)
{
    ck_assert(serve_target_parse(&target, "/%252e%252e/%C3%A4?a=%2525", &fault));
    ck_assert_str_eq(target.path, "/%2e%2e/\xC3\xA4");
    ck_assert_str_eq(serve_pairs_get(target.query, "a"), "%25");
}
END_TEST

START_TEST(what_is_no_target)
{
    static const char *const bad[] = {
        "",     "*",     "x",      "?x",      "http://h", "ftp://h/", "/%",      "/%4",  "/%4g",
        "/%g4", "/%00",  "/%2f",   "/%2F",    "/a%5cb",   "/a\\b",    "/%0d%0a", "/%7f", "/\x01",
        "/#x",  "/?a=%", "/?a=%0", "/?%zz=1", "/?a=%00",  "/?a=\xFF", "/?a=%C3"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i], SERVE_BAD_REQUEST);
}
END_TEST

START_TEST(segments_that_are_none)
{
    static const char *const bad[] = {"//",     "//a",   "/a//b", "/a/",     "/.",
                                      "/..",    "/./a",  "/a/..", "/a/../b", "/%2e%2e/a",
                                      "/a/%2e", "/.%2e", "/a/./", "/%2e%2E/"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i], SERVE_NO_ENDPOINT);
    ck_assert(serve_target_parse(&target, "/...", &fault));
    teardown();
    ck_assert(serve_target_parse(&target, "/", &fault));
}
END_TEST

START_TEST(parameters_are_counted)
{
    char text[2 + 2 * SERVE_PARAMETERS_MAX + 3] = "/?";

    for (int i = 0; i < SERVE_PARAMETERS_MAX; i++)
        strcat(text, "a&");
    ck_assert(serve_target_parse(&target, text, &fault));
    ck_assert_uint_eq(target.query->len, SERVE_PARAMETERS_MAX);
    teardown();
    assert_refused(strcat(text, "a"), SERVE_BAD_REQUEST);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("target");
    TCase *tests = tcase_create("target");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_path_with_parameters);
    tcase_add_test(tests, the_absolute_form);
    tcase_add_test(tests, escapes_are_decoded_once);
    tcase_add_test(tests, what_is_no_target);
    tcase_add_test(tests, segments_that_are_none);
    tcase_add_test(tests, parameters_are_counted);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
