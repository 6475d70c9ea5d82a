/* Entity tags in lists, and dates. */
#include "serve/etag.h"
#include "support/suite.h"

#define TAG "\"abc\""

START_TEST(lists)
{
    static const struct {
        const char *list;
        bool listed;
    } rows[] = {
        {TAG, true},
        {"*", true},
        {" * ", true},
        {"W/" TAG, true},
        {"\"x\", " TAG, true},
        {"\"x\"," TAG, true},
        {"W/\"x\" ,\t" TAG, true},
        {", ," TAG ",", true},
        {TAG " junk", true}, /* what follows it does not matter */
        {"\"a,b\", " TAG, true},
        {"", false},
        {",", false},
        {"abc", false},
        {"\"abc", false},
        {"\"ab\"", false},
        {"\"abcd\"", false},
        {"\"ABC\"", false},
        {"w/" TAG, false},
        {"W/", false},
        {"**", false},
        {"* ," TAG, false},
        {"x " TAG, false},
        {"\"x\" W/ " TAG, false},
        {"\"\"abc\"\"", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(serve_etag_listed(rows[i].list, TAG) == rows[i].listed, "%s", rows[i].list);
}
END_TEST

START_TEST(dates)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110 section 5.6.7 */
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"},
    };
    char text[30];

    for (size_t i = 0; i < COUNT(rows); i++) {
        serve_date_format(rows[i].seconds, text, sizeof text);
        ck_assert_str_eq(text, rows[i].text);
        ck_assert_int_eq(serve_date_parse(rows[i].text), rows[i].seconds);
    }
    serve_date_format(INT64_MAX, text, sizeof text); /* no date has so many years */
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(what_is_no_date)
{
    static const char *const texts[] = {"",
                                        "now",
                                        "Sun, 06 Nov 1994 08:49:37",
                                        "Sun, 06 Nov 1994 08:49:37 GMT ",
                                        "Sun, 06 Nov 1994 08:49:37 CET",
                                        "Sun, 06 Nov 1994 25:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994",
                                        "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "784111777"};

    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(serve_date_parse(texts[i]) == -1, "%s", texts[i]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("etag");
    TCase *tests = tcase_create("etag");

    tcase_add_test(tests, lists);
    tcase_add_test(tests, dates);
    tcase_add_test(tests, what_is_no_date);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
