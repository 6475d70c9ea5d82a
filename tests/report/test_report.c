/* Reports as documents and as lines: what is in them, and when. */
#include "support/json_value.h"
#include "support/report_file.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>
#include <string.h>

/* ---- documents ----------------------------------------------------------- */

START_TEST(document_of_three)
{
    loom_report *report = report_open("r.json");

    report_add_many(report, 3);
    report_finish(report);
    report_check_document_file("r.json", 3);
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(document_of_none)
{
    report_finish(report_open("r.json"));
    report_check_document_file("r.json", 0);
}
END_TEST

/* More than the buffer holds, many times. */
START_TEST(document_of_many)
{
    loom_report *report = report_open("r.json");

    report_add_many(report, 2000);
    report_finish(report);
    report_check_document_file("r.json", 2000);
}
END_TEST

START_TEST(each_row_has_its_line)
{
    loom_report *report = report_open("r.json");
    size_t lines = 0;

    ck_assert_int_eq(report_add(report, 0, "a\nb"), LOOM_OK);
    ck_assert_int_eq(report_add(report, 1, "c"), LOOM_OK);
    report_finish(report);
    char *text = tmpdir_read("r.json", NULL);
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
        lines++;
        ck_assert(lines > 2 || strncmp(p, "\n{\"seq\":", 8) == 0);
    }
    ck_assert_uint_eq(lines, 4);
    free(text);
}
END_TEST

/* What the reader makes of a report: a letter a record, "!" for a message about it. */
static void on_notice(void *user, uint64_t line, const char *message)
{
    (void)line;
    (void)message;
    strcat(user, "!");
}

static void expect_records(const char *path, const char *expected)
{
    char seen[40] = "";
    loom_reader *reader;
    const loom_record *record = NULL;

    ck_assert(loom_reader_open(&reader, path, false, on_notice, seen, &report_err) == LOOM_OK);
    do {
        ck_assert_msg(loom_reader_next(reader, &record, &report_err) == LOOM_OK, "%s",
                      report_err.message);
        strncat(seen, &"urseg"[record->kind], 1);
    } while (record->kind != LOOM_RECORD_END);
    ck_assert_str_eq(seen, expected);
    loom_reader_close(reader);
}

/* Outputs whose input is gone stand behind the rows, in all that programs read. */
START_TEST(what_is_gone)
{
    static const char *const paths[] = {"r.json", "r.ndjson", "none.json", "r.html"};
    const loom_removed removed[] = {{"in/\xFF", "out/a", "input is gone", true, NULL},
                                    {"in/b", "out/b", "input is gone", false, "was changed since"}};

    for (size_t i = 0; i < COUNT(paths); i++) {
        loom_report *report = NULL;
        loom_error err = LOOM_ERROR_INIT;
        const bool page = strstr(paths[i], "html") != NULL;
        ck_assert((page ? loom_report_open_page(&report, paths[i], &report_info, &err)
                        : loom_report_open(&report, paths[i], &report_info, &err)) == LOOM_OK);
        if (i != 2)
            ck_assert_int_eq(report_add(report, i, "a"), LOOM_OK);
        for (size_t n = 0; n < COUNT(removed); n++)
            ck_assert_int_eq(loom_report_add_removed(report, &removed[n], &err), LOOM_OK);
        report_totals.rows = i != 2;
        report_finish(report);
    }
    char *text = tmpdir_read("r.json", NULL);
    json_t *document = value_parse(text), *gone = json_object_get(document, "removed");
    ck_assert_uint_eq(json_array_size(json_object_get(document, "results")), 1);
    ck_assert_uint_eq(json_array_size(gone), 2);
    const json_t *first = json_array_get(gone, 0), *second = json_array_get(gone, 1);
    ck_assert_str_eq(value_string(first, "originalPathBase64"), "aW4v/w==");
    ck_assert(json_is_true(json_object_get(first, "pruned")));
    ck_assert(json_is_null(json_object_get(first, "kept")));
    ck_assert_str_eq(value_string(second, "outputPath"), "out/b");
    ck_assert_str_eq(value_string(second, "kept"), "was changed since");
    json_decref(document);
    free(text);
    ck_assert(tmpdir_holds("r.ndjson", "{\"type\":\"removed\",\"originalPath\":\"in/b\"", 36));
    ck_assert(tmpdir_holds("r.html", "class=\"removed\">[\n{\"originalPath\":\"in/", 38));
    ck_assert(tmpdir_holds("r.html", "was changed since", 17));
    expect_records("r.json", "urggse");
    expect_records("r.ndjson", "urggse");
    expect_records("none.json", "uggse");
}
END_TEST

START_TEST(hostile_names_come_back)
{
    static const char *const names[] = {"a\nb",      "\"q\\", "<script>alert(1)</script>.jpg",
                                        "\x01\x7f ", "%s%n",  "{\"seq\":9}\r\n"};
    const size_t count = sizeof names / sizeof *names;
    loom_report *report = report_open("r.json");

    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(report_add(report, i, names[i]), LOOM_OK);
    ck_assert_int_eq(report_add(report, count, "\xFF\xFE"), LOOM_OK);
    report_finish(report);
    char *text = tmpdir_read("r.json", NULL);
    json_t *document = value_parse(text), *results = json_object_get(document, "results");
    ck_assert_uint_eq(json_array_size(results), count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(results, i);
        ck_assert_str_eq(json_string_value(json_object_get(row, "originalPath")), names[i]);
    }
    const json_t *last = json_array_get(results, count);
    ck_assert_str_eq(json_string_value(json_object_get(last, "originalPathBase64")), "//4=");
    json_decref(document);
    free(text);
}
END_TEST

START_TEST(document_appears_at_the_end_only)
{
    tmpdir_write_text("r.json", "before");
    loom_report *report = report_open("r.json");
    report_add_many(report, 500);
    report_check_text("r.json", "before");
    report_finish(report);
    report_check_document_file("r.json", 500);
}
END_TEST

START_TEST(unfinished_document_leaves_nothing)
{
    loom_report *report = report_open("new.json");
    report_add_many(report, 500);
    loom_report_free(report);
    ck_assert_uint_eq(tmpdir_count("."), 0);

    tmpdir_write_text("r.json", "before");
    report = report_open("r.json");
    loom_report_free(report);
    report_check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

/* A temporary that nobody holds is what a killed run left; the open report's own is held. */
START_TEST(remains_of_a_killed_run_go)
{
    tmpdir_write("reports/.imgloom-0123456789abcdef.tmp", "[", 1);
    tmpdir_write(".imgloom-0123456789abcdef.tmp", "[", 1);
    loom_report *one = report_open("reports/r.json"), *other = report_open("reports/s.json"),
                *here = report_open("t.json");

    ck_assert_uint_eq(tmpdir_count("reports"), 2);
    report_finish(one);
    report_finish(other);
    report_finish(here);
    report_check_document_file("reports/r.json", 0);
    report_check_document_file("reports/s.json", 0);
    ck_assert_uint_eq(tmpdir_count("reports"), 2);
    ck_assert_uint_eq(tmpdir_count("."), 2);
}
END_TEST

START_TEST(folders_are_made)
{
    loom_report *report = report_open("a/b/r.json");
    report_finish(report);
    report_check_document_file("a/b/r.json", 0);
    report = report_open("c/d/r.ndjson");
    report_finish(report);
    report_check_lines("c/d/r.ndjson", 0, true);
    ck_assert_uint_eq(tmpdir_count("c/d"), 1);
}
END_TEST

START_TEST(nothing_follows_the_end)
{
    loom_report *report = report_open("r.json");

    ck_assert_int_eq(loom_report_finish(report, &report_totals, &report_err), LOOM_OK);
    ck_assert_int_eq(report_add(report, 0, "a"), LOOM_ERR_INTERNAL);
    loom_error_clear(&report_err);
    ck_assert_int_eq(loom_report_finish(report, &report_totals, &report_err), LOOM_ERR_INTERNAL);
    loom_report_free(report);
    report_check_document_file("r.json", 0);
}
END_TEST

START_TEST(free_takes_null)
{
    loom_report_free(NULL);
}
END_TEST

/* ---- NDJSON -------------------------------------------------------------- */

START_TEST(lines_are_on_disk_at_once)
{
    loom_report *report = report_open("r.ndjson");

    report_check_lines("r.ndjson", 0, false);
    for (uint64_t i = 0; i < 5; i++) {
        ck_assert_int_eq(report_add(report, i, "a\nb"), LOOM_OK);
        report_check_lines("r.ndjson", (size_t)i + 1, false);
    }
    report_finish(report);
    report_check_lines("r.ndjson", 5, true);
}
END_TEST

START_TEST(suffix_decides)
{
    static const struct {
        const char *path;
        bool lines;
    } rows[] = {
        {"a.ndjson", true},       {"a.jsonl", true},    {"a.JSONL", true}, {".ndjson", true},
        {"a.ndjson.json", false}, {"a.ndjson ", false}, {"ndjson", false}, {"a", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_finish(report_open(rows[i].path));
        if (rows[i].lines)
            report_check_lines(rows[i].path, 0, true);
        else
            report_check_document_file(rows[i].path, 0);
    }
}
END_TEST

START_TEST(lines_begin_anew)
{
    tmpdir_write_text("r.jsonl", "an older and much longer report\nthat had lines\n");
    loom_report *report = report_open("r.jsonl");
    report_add_many(report, 2);
    loom_report_free(report); /* what was written stays */
    report_check_lines("r.jsonl", 2, false);
}
END_TEST

/* ---- from texts ---------------------------------------------------------- */

/* The same report from the texts of its records, in each form. */
START_TEST(same_report_from_texts)
{
    static const char *const paths[] = {"t.json", "t.ndjson"};
    static const char *const expected[] = {
        "{\"schemaVersion\":1,\"results\":[\n{\"seq\":0},\n{\"seq\":1}\n],\"summary\":{",
        "{\"type\":\"run\",\"schemaVersion\":1}\n{\"type\":\"image\",\"seq\":0}\n"
        "{\"type\":\"image\",\"seq\":1}\n{\"type\":\"summary\",",
    };

    for (size_t i = 0; i < 2; i++) {
        loom_report *report = NULL;
        ck_assert_int_eq(
            loom_report_open_text(&report, paths[i], "{\"schemaVersion\":1}", &report_err),
            LOOM_OK);
        ck_assert_int_eq(loom_report_add_text(report, "{\"seq\":0}", &report_err), LOOM_OK);
        ck_assert_int_eq(loom_report_add_text(report, "{\"seq\":1}", &report_err), LOOM_OK);
        report_totals.merged = true;
        report_totals.duplicates = 3;
        report_finish(report);
        char *text = tmpdir_read(paths[i], NULL);
        ck_assert_msg(strncmp(text, expected[i], strlen(expected[i])) == 0, "%s", text);
        ck_assert_ptr_nonnull(strstr(text, "\"duplicates\":3,"));
        free(text);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *documents = tcase_create("documents"), *lines = tcase_create("lines");

    tcase_add_checked_fixture(documents, report_setup, tmpdir_leave);
    tcase_add_test(documents, document_of_three);
    tcase_add_test(documents, document_of_none);
    tcase_add_test(documents, document_of_many);
    tcase_add_test(documents, each_row_has_its_line);
    tcase_add_test(documents, what_is_gone);
    tcase_add_test(documents, hostile_names_come_back);
    tcase_add_test(documents, document_appears_at_the_end_only);
    tcase_add_test(documents, unfinished_document_leaves_nothing);
    tcase_add_test(documents, folders_are_made);
    tcase_add_test(documents, remains_of_a_killed_run_go);
    tcase_add_test(documents, nothing_follows_the_end);
    tcase_add_test(documents, free_takes_null);
    suite_add_tcase(suite, documents);
    tcase_add_checked_fixture(lines, report_setup, tmpdir_leave);
    tcase_add_test(lines, lines_are_on_disk_at_once);
    tcase_add_test(lines, suffix_decides);
    tcase_add_test(lines, lines_begin_anew);
    tcase_add_test(lines, same_report_from_texts);
    suite_add_tcase(suite, lines);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
