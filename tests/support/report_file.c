#include "support/report_file.h"

#include "batch/job.h"
#include "picture/recipe_fields.h"
#include "support/json_value.h"
#include "support/tmpdir.h"
#include <string.h>

static loom_recipe recipe;
loom_run_info report_info = {.recipe = &recipe, .jobs = 2, .vips_version = "8.14.1"};
loom_totals report_totals;
loom_error report_err;

void report_setup(void)
{
    tmpdir_enter();
    loom_recipe_init(&recipe);
    report_totals = (loom_totals){0};
    loom_error_clear(&report_err);
}

loom_report *report_open(const char *path)
{
    loom_report *report = NULL;

    ck_assert_msg(loom_report_open(&report, path, &report_info, &report_err) == LOOM_OK, "%s",
                  report_err.message);
    ck_assert_str_eq(loom_report_path(report), path);
    return report;
}

loom_status report_add(loom_report *report, uint64_t seq, const char *path)
{
    const loom_task task = {.seq = seq, .input_path = path, .output_path = "out"};
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    loom_totals_add(&report_totals, &task, &outcome);
    return loom_report_add(report, &task, &outcome, &report_err);
}

void report_add_many(loom_report *report, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        ck_assert_int_eq(report_add(report, i, "a.jpg"), LOOM_OK);
}

void report_finish(loom_report *report)
{
    ck_assert_msg(loom_report_finish(report, &report_totals, &report_err) == LOOM_OK, "%s",
                  report_err.message);
    loom_report_free(report);
}

void report_check_document(const char *text, size_t rows)
{
    json_t *document = value_parse(text), *results = json_object_get(document, "results");

    ck_assert_int_eq(value_number(document, "schemaVersion"), 1);
    ck_assert_int_eq(value_number(document, "jobs"), 2);
    ck_assert_uint_eq(json_array_size(results), rows);
    for (size_t i = 0; i < rows; i++)
        ck_assert_int_eq(value_number(json_array_get(results, i), "seq"), (long long)i);
    ck_assert_int_eq(value_number(json_object_get(document, "summary"), "rows"), (long long)rows);
    ck_assert(json_is_string(json_object_get(document, "finishedAt")));
    ck_assert_uint_eq(json_array_size(json_object_get(document, "ignored")), 0);
    ck_assert_uint_eq(json_object_size(document), 10);
    json_decref(document);
}

void report_check_document_file(const char *path, size_t rows)
{
    char *text = tmpdir_read(path, NULL);

    report_check_document(text, rows);
    free(text);
}

void report_check_text(const char *path, const char *expected)
{
    char *text = tmpdir_read(path, NULL);

    ck_assert_str_eq(text, expected);
    free(text);
}

void report_check_lines(const char *path, size_t rows, bool ended)
{
    char *text = tmpdir_read(path, NULL), *rest = text;
    size_t count = 0;

    for (char *end; (end = strchr(rest, '\n')) != NULL; rest = end + 1, count++) {
        const char *type = count == 0 ? "run" : count <= rows ? "image" : "summary";
        *end = '\0';
        json_t *line = value_parse(rest);
        ck_assert_str_eq(json_string_value(json_object_get(line, "type")), type);
        if (count == 0)
            ck_assert_int_eq(value_number(line, "schemaVersion"), 1);
        else if (count <= rows)
            ck_assert_int_eq(value_number(line, "seq"), (long long)count - 1);
        else
            ck_assert_int_eq(value_number(line, "rows"), (long long)rows);
        ck_assert(json_is_string(json_object_get(line, "finishedAt")) == (count > rows));
        json_decref(line);
    }
    ck_assert_uint_eq(count, rows + 1 + ended);
    ck_assert_str_eq(rest, "");
    free(text);
}
