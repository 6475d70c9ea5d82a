/* JSON as reports are written in: its values, numbers, instants and strings. */
#include "report/json.h"
#include "support/json_value.h"
#include "support/suite.h"
#include <string.h>

static loom_strbuf text = LOOM_STRBUF_INIT;

static void teardown(void)
{
    loom_strbuf_release(&text);
}

START_TEST(commas_and_nesting)
{
    loom_json json = LOOM_JSON_INIT(&text);

    loom_json_begin(&json, '{');
    loom_json_key(&json, "a");
    loom_json_begin(&json, '[');
    loom_json_end(&json, ']');
    loom_json_key(&json, "b");
    loom_json_begin(&json, '[');
    loom_json_uint(&json, 1);
    loom_json_begin(&json, '{');
    loom_json_end(&json, '}');
    loom_json_null(&json);
    loom_json_bool(&json, true);
    loom_json_text(&json, "{\"c\":2}");
    loom_json_end(&json, ']');
    loom_json_key(&json, "d");
    loom_json_bool(&json, false);
    loom_json_end(&json, '}');
    ck_assert_str_eq(loom_strbuf_str(&text),
                     "{\"a\":[],\"b\":[1,{},null,true,{\"c\":2}],\"d\":false}");
}
END_TEST

START_TEST(numbers)
{
    loom_json json = LOOM_JSON_INIT(&text);

    loom_json_begin(&json, '[');
    loom_json_uint(&json, 0);
    loom_json_uint(&json, UINT64_MAX);
    loom_json_thousandths(&json, 0);
    loom_json_thousandths(&json, 7);
    loom_json_thousandths(&json, 1042120);
    loom_json_thousandths(&json, -1);
    loom_json_thousandths(&json, INT64_MAX);
    loom_json_end(&json, ']');
    ck_assert_str_eq(loom_strbuf_str(&text), "[0,18446744073709551615,0.000,0.007,1042.120,"
                                             "-0.001,9223372036854775.807]");
}
END_TEST

START_TEST(shares)
{
    static const struct {
        uint64_t millionths;
        const char *text;
    } rows[] = {{0, "0"},         {1, "0.000001"},      {31, "0.000031"}, {100000, "0.1"},
                {250000, "0.25"}, {999999, "0.999999"}, {1000000, "1"},   {1250000, "1.25"}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_json json = LOOM_JSON_INIT(&text);
        loom_strbuf_clear(&text);
        loom_json_millionths(&json, rows[i].millionths);
        ck_assert_str_eq(loom_strbuf_str(&text), rows[i].text);
    }
}
END_TEST

START_TEST(milliseconds_are_rounded)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0.000"},
        {499, "0.000"},
        {500, "0.001"},
        {1499, "0.001"},
        {31377000, "31.377"},
        {999999499, "999.999"},
        {999999500, "1000.000"},
        {-499, "0.000"},
        {-500, "-0.001"},
        {INT64_MAX, "9223372036854.776"},
        {INT64_MIN, "-9223372036854.776"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_json json = LOOM_JSON_INIT(&text);
        loom_strbuf_clear(&text);
        loom_json_ms(&json, rows[i].ns);
        ck_assert_str_eq(loom_strbuf_str(&text), rows[i].text);
    }
}
END_TEST

START_TEST(instants_are_rfc3339)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "\"1970-01-01T00:00:00.000Z\""},
        {INT64_C(1795166100123999999), "\"2026-11-20T09:15:00.123Z\""},
        {INT64_C(951782399999000000), "\"2000-02-28T23:59:59.999Z\""},
        {-1, "\"1969-12-31T23:59:59.999Z\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_json json = LOOM_JSON_INIT(&text);
        loom_strbuf_clear(&text);
        loom_json_instant(&json, rows[i].ns);
        ck_assert_str_eq(loom_strbuf_str(&text), rows[i].text);
    }
}
END_TEST

START_TEST(only_what_must_be_is_escaped)
{
    loom_json json = LOOM_JSON_INIT(&text);

    loom_json_string(&json, "a\"b\\c/d\n\r\t\b\f\x01\x1f\x7f<script>\xC3\xA9\xE2\x80\xA8");
    ck_assert_str_eq(loom_strbuf_str(&text),
                     "\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001\\u001f\x7f<script>\xC3\xA9"
                     "\xE2\x80\xA8\"");
}
END_TEST

START_TEST(every_byte_comes_back)
{
    char all[256];

    for (int c = 1; c < 128; c++)
        all[c - 1] = (char)c;
    all[127] = '\0';
    loom_json json = LOOM_JSON_INIT(&text);
    loom_json_string(&json, all);
    json_t *value = value_parse(loom_strbuf_str(&text));
    ck_assert_str_eq(json_string_value(value), all);
    json_decref(value);
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_replaced)
{
    static const struct {
        const char *bytes, *shown;
    } rows[] = {
        {"\xFF", "\xEF\xBF\xBD"},
        {"a\x80"
         "b",
         "a\xEF\xBF\xBD"
         "b"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"x\xE2\x82", "x\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF0\x9F\x96\xBC", "\xF0\x9F\x96\xBC"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_json json = LOOM_JSON_INIT(&text);
        loom_strbuf_clear(&text);
        loom_json_string(&json, rows[i].bytes);
        json_t *value = value_parse(loom_strbuf_str(&text));
        ck_assert_str_eq(json_string_value(value), rows[i].shown);
        json_decref(value);
    }
}
END_TEST

/* The vectors of RFC 4648 section 10, and the two letters beyond the alphabet. */
START_TEST(base64_vectors)
{
    static const char *const rows[][2] = {
        {"", "\"\""},
        {"f", "\"Zg==\""},
        {"fo", "\"Zm8=\""},
        {"foo", "\"Zm9v\""},
        {"foob", "\"Zm9vYg==\""},
        {"fooba", "\"Zm9vYmE=\""},
        {"foobar", "\"Zm9vYmFy\""},
        {"\xFB\xEF\xFF", "\"++//\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_json json = LOOM_JSON_INIT(&text);
        loom_strbuf_clear(&text);
        loom_json_base64(&json, rows[i][0], strlen(rows[i][0]));
        ck_assert_str_eq(loom_strbuf_str(&text), rows[i][1]);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *values = tcase_create("values");

    tcase_add_checked_fixture(values, NULL, teardown);
    tcase_add_test(values, commas_and_nesting);
    tcase_add_test(values, numbers);
    tcase_add_test(values, shares);
    tcase_add_test(values, milliseconds_are_rounded);
    tcase_add_test(values, instants_are_rfc3339);
    tcase_add_test(values, only_what_must_be_is_escaped);
    tcase_add_test(values, every_byte_comes_back);
    tcase_add_test(values, bytes_that_are_not_utf8_are_replaced);
    tcase_add_test(values, base64_vectors);
    suite_add_tcase(suite, values);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
