#include "batch/job.h"
#include "picture/recipe_fields.h"
#include "report/write.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/report.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static loom_recipe recipe;
static loom_run_info info = {.recipe = &recipe, .jobs = 2, .vips_version = "8.14.1"};
static loom_error err;

static void setup(void)
{
    tmpdir_enter();
    loom_recipe_init(&recipe);
    loom_error_clear(&err);
}

/* ---- what may stand in a script element ---------------------------------- */

static void check_escaped(const char *json, size_t size, const char *expected)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    loom_html_add_json(&out, json, size);
    ck_assert_str_eq(loom_strbuf_str(&out), expected);
    loom_strbuf_release(&out);
}

START_TEST(escapes)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"\"plain\"", "\"plain\""},
        {"\"</script>\"", "\"\\u003C/script\\u003E\""},
        {"\"<!--<script\"", "\"\\u003C!--\\u003Cscript\""},
        {"\"a&lt;b]]>\"", "\"a\\u0026lt;b]]\\u003E\""},
        {"\"\xE2\x80\xA8\xE2\x80\xA9\"", "\"\\u2028\\u2029\""},
        {"\"\xE2\x80\xAE\xE2\x82\xAC\xC3\xA9\"", "\"\xE2\x80\xAE\xE2\x82\xAC\xC3\xA9\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_escaped(rows[i][0], strlen(rows[i][0]), rows[i][1]);
    check_escaped("\xE2\x80\xA8", 2, "\xE2\x80"); /* nothing beyond the end is looked at */
    check_escaped("\xE2\x80\xA8", 1, "\xE2");
}
END_TEST

/* ---- pages --------------------------------------------------------------- */

static loom_report *open_page(const char *path)
{
    loom_report *report = NULL;

    ck_assert_msg(loom_report_open_page(&report, path, &info, &err) == LOOM_OK, "%s", err.message);
    return report;
}

static void add_row(loom_report *report, uint64_t seq, const char *path)
{
    const loom_task task = {.seq = seq, .input_path = path, .output_path = "out"};
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    ck_assert_msg(loom_report_add(report, &task, &outcome, &err) == LOOM_OK, "%s", err.message);
}

static void finish(loom_report *report, uint64_t rows)
{
    loom_totals totals = {0};

    totals.rows = rows;
    ck_assert_msg(loom_report_finish(report, &totals, &err) == LOOM_OK, "%s", err.message);
    loom_report_free(report);
}

/* The JSON of the next element that begins so; *rest is then behind it. NULL: there is none. */
static json_t *next_element(const char **rest, const char *attribute)
{
    char begin[80];
    const char *at, *end;
    json_error_t error;

    (void)snprintf(begin, sizeof begin, "<script type=\"application/json\" %s>", attribute);
    at = strstr(*rest, begin);
    if (at == NULL)
        return NULL;
    at += strlen(begin);
    end = strchr(at, '<');
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(strncmp(end, "</script>", 9), 0);
    json_t *value = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(value != NULL, "%s in %.200s", error.text, at);
    *rest = end;
    return value;
}

static json_t *only_element(const char *page, const char *attribute)
{
    const char *rest = page;
    json_t *value = next_element(&rest, attribute);

    ck_assert_ptr_nonnull(value);
    ck_assert_ptr_null(next_element(&rest, attribute));
    return value;
}

/* Checks that a page holds `rows` rows, numbered from 0. */
static void check_rows(const char *page, size_t rows)
{
    const char *rest = page;
    size_t count = 0;

    for (json_t *some; (some = next_element(&rest, "class=\"rows\"")) != NULL; json_decref(some)) {
        ck_assert_uint_gt(json_array_size(some), 0);
        for (size_t i = 0; i < json_array_size(some); i++) {
            const json_t *seq = json_object_get(json_array_get(some, i), "seq");
            ck_assert_int_eq(json_integer_value(seq), (json_int_t)count++);
        }
    }
    ck_assert_uint_eq(count, rows);
}

START_TEST(page_of_any_length)
{
    static const size_t counts[] = {0, 1, 2, 999, 1000, 1001, 2000, 2500};

    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        loom_report *report = open_page("page.html");
        for (size_t i = 0; i < counts[c]; i++)
            add_row(report, i, "a.jpg");
        finish(report, counts[c]);
        char *page = tmpdir_read("page.html", NULL);
        json_t *run = only_element(page, "id=\"run\""), *end = only_element(page, "id=\"summary\"");
        const json_t *rows = json_object_get(json_object_get(end, "summary"), "rows");
        ck_assert_int_eq(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
        ck_assert_str_eq(page + strlen(page) - 8, "</html>\n");
        ck_assert_ptr_null(strstr(page, "{{"));
        ck_assert_int_eq(json_integer_value(json_object_get(run, "schemaVersion")), 1);
        ck_assert_int_eq(json_integer_value(rows), (json_int_t)counts[c]);
        ck_assert(json_is_string(json_object_get(end, "finishedAt")));
        check_rows(page, counts[c]);
        json_decref(run);
        json_decref(end);
        free(page);
    }
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(names_are_no_markup)
{
    static const char *const names[] = {
        "<script>alert(1)</script>.jpg", "<!--", "]]>&amp;", "\xE2\x80\xA8", "a\nb", "{{data}}"};
    const size_t count = sizeof names / sizeof *names;
    loom_report *report = open_page("page.html");

    for (size_t i = 0; i < count; i++)
        add_row(report, i, names[i]);
    add_row(report, count, "\xFF<");
    finish(report, count + 1);
    char *page = tmpdir_read("page.html", NULL);
    json_t *rows = only_element(page, "class=\"rows\"");
    for (size_t i = 0; i < count; i++) {
        const json_t *path = json_object_get(json_array_get(rows, i), "originalPath");
        ck_assert_str_eq(json_string_value(path), names[i]);
    }
    const json_t *last = json_array_get(rows, count);
    ck_assert_str_eq(json_string_value(json_object_get(last, "originalPathBase64")), "/zw=");
    ck_assert_ptr_null(strstr(page, "<script>alert"));
    json_decref(rows);
    free(page);
}
END_TEST

/* The folder is where the page will be: absolute, without links. */
START_TEST(page_knows_its_folder)
{
    char *here = getcwd(NULL, 0);
    char expected[4096];

    ck_assert_ptr_nonnull(here);
    tmpdir_mkdir("real");
    ck_assert_int_eq(symlink("real", "linked"), 0);
    finish(open_page("linked/new/page.html"), 0);
    (void)snprintf(expected, sizeof expected, "%s/real/new", here);
    char *page = tmpdir_read("real/new/page.html", NULL);
    json_t *where = only_element(page, "id=\"page\"");
    ck_assert_str_eq(json_string_value(json_object_get(where, "folder")), expected);
    json_decref(where);
    free(page);
    free(here);
}
END_TEST

START_TEST(page_appears_at_the_end_only)
{
    tmpdir_write_text("page.html", "before");
    loom_report *report = open_page("page.html");
    for (uint64_t i = 0; i < 500; i++)
        add_row(report, i, "a.jpg");
    char *text = tmpdir_read("page.html", NULL);
    ck_assert_str_eq(text, "before");
    loom_report_free(report);
    ck_assert_uint_eq(tmpdir_count("."), 1);
    free(text);
}
END_TEST

/* Whatever its name: only the caller says that a report is a page. */
START_TEST(name_does_not_matter)
{
    finish(open_page("page.ndjson"), 0);
    char *page = tmpdir_read("page.ndjson", NULL);
    ck_assert_int_eq(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
    free(page);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("html");
    TCase *escapes_case = tcase_create("escapes"), *pages = tcase_create("pages");

    tcase_add_test(escapes_case, escapes);
    tcase_add_checked_fixture(pages, setup, tmpdir_leave);
    tcase_add_test(pages, page_of_any_length);
    tcase_add_test(pages, names_are_no_markup);
    tcase_add_test(pages, page_knows_its_folder);
    tcase_add_test(pages, page_appears_at_the_end_only);
    tcase_add_test(pages, name_does_not_matter);
    suite_add_tcase(suite, escapes_case);
    suite_add_tcase(suite, pages);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
