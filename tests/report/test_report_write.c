#include "batch/job.h"
#include "picture/recipe_fields.h"
#include "report/write.h"
#include "support/json_value.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <imgloom/version.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROW_FIELDS = 42 };

static loom_strbuf text = LOOM_STRBUF_INIT;

static void teardown(void)
{
    loom_strbuf_release(&text);
}

/* The row as text, "{…}", valid until the next call. */
static const char *row_text(const loom_task *task, const loom_outcome *outcome)
{
    loom_json json = LOOM_JSON_INIT(&text);

    loom_strbuf_clear(&text);
    loom_json_begin(&json, '{');
    loom_write_row(&json, task, outcome);
    loom_json_end(&json, '}');
    ck_assert(!text.failed);
    return loom_strbuf_str(&text);
}

/* ---- rows ---------------------------------------------------------------- */

static loom_outcome good_outcome(void)
{
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.original_size = 1834021;
    outcome.processed_size = 40211;
    outcome.original_format = LOOM_FORMAT_JPEG;
    outcome.original_width = 4032;
    outcome.original_height = 3024;
    outcome.orientation = 6;
    outcome.format = LOOM_FORMAT_JPEG;
    outcome.width = 600;
    outcome.height = 800;
    outcome.channels = 3;
    outcome.quality = 80;
    outcome.ssim = 980123;
    outcome.lane = "jpeg";
    outcome.thread = 2;
    outcome.start_ns = 1042120000;
    outcome.queue_ns = 12031000;
    outcome.elapsed_ns = 31377000;
    strcpy(outcome.decoder, "libjpeg-turbo");
    outcome.cropped = 250000;
    strcpy(outcome.extracted, "10,20,300x200");
    outcome.original_stamp = (loom_stamp){.mtime_ns = -1, .inode = 7};
    outcome.processed_stamp = (loom_stamp){.mtime_ns = INT64_C(1795166100123456789), .inode = 8};
    outcome.original_traits = (loom_traits){LOOM_PRESENCE_PRESENT, 16, 3, 71984};
    outcome.traits = (loom_traits){LOOM_PRESENCE_ABSENT, 8, 1, 72000};
    return outcome;
}

static const loom_task good_task = {.seq = 17,
                                    .input_path = "photos/a.jpg",
                                    .output_path = "out/a.jpg",
                                    .format = LOOM_FORMAT_JPEG,
                                    .input_size = 1834021};

START_TEST(a_row_of_every_field)
{
    static const char expected[] =
        "{\"seq\":17,\"originalPath\":\"photos/a.jpg\",\"outputPath\":\"out/a.jpg\","
        "\"success\":true,\"status\":\"ok\",\"error\":null,\"errorCode\":null,"
        "\"errorStage\":null,\"skipReason\":null,\"warnings\":[],\"originalSize\":1834021,"
        "\"processedSize\":40211,\"savedBytes\":1793810,"
        "\"originalModified\":\"1969-12-31T23:59:59.999999999Z\","
        "\"processedModified\":\"2026-11-20T09:15:00.123456789Z\",\"originalFormat\":\"jpeg\","
        "\"originalWidth\":4032,\"originalHeight\":3024,\"originalHasAlpha\":true,"
        "\"originalBitDepth\":16,\"originalFrames\":3,\"originalDpi\":71.984,"
        "\"orientation\":6,\"format\":\"jpeg\",\"width\":600,\"height\":800,\"channels\":3,"
        "\"hasAlpha\":false,\"bitDepth\":8,\"frames\":1,\"dpi\":72,\"quality\":80,"
        "\"ssim\":0.980123,\"cropped\":0.25,\"extracted\":\"10,20,300x200\",\"copied\":false,"
        "\"lane\":\"jpeg\","
        "\"decoder\":\"libjpeg-turbo\",\"worker\":2,"
        "\"startMs\":1042.120,\"queueMs\":12.031,\"elapsedMs\":31.377}";
    loom_outcome outcome = good_outcome();

    ck_assert_str_eq(row_text(&good_task, &outcome), expected);
}
END_TEST

START_TEST(a_row_of_which_nothing_is_known)
{
    static const char expected[] =
        "{\"seq\":0,\"originalPath\":\"gone\",\"outputPath\":null,\"success\":false,"
        "\"status\":\"error\",\"error\":\"no such file\",\"errorCode\":\"not-found\","
        "\"errorStage\":\"scan\",\"skipReason\":null,\"warnings\":[],\"originalSize\":null,"
        "\"processedSize\":null,\"savedBytes\":null,\"originalModified\":null,"
        "\"processedModified\":null,\"originalFormat\":null,"
        "\"originalWidth\":null,\"originalHeight\":null,\"originalHasAlpha\":null,"
        "\"originalBitDepth\":null,\"originalFrames\":null,\"originalDpi\":null,"
        "\"orientation\":null,\"format\":null,\"width\":null,\"height\":null,\"channels\":null,"
        "\"hasAlpha\":null,\"bitDepth\":null,\"frames\":null,\"dpi\":null,\"quality\":null,"
        "\"ssim\":null,\"cropped\":null,\"extracted\":null,\"copied\":false,\"lane\":null,"
        "\"decoder\":null,"
        "\"worker\":null,"
        "\"startMs\":null,\"queueMs\":null,\"elapsedMs\":null}";
    const loom_task task = {.input_path = "gone"};
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome.error, LOOM_ERR_NOT_FOUND, LOOM_STAGE_SCAN, "no such file");
    ck_assert_str_eq(row_text(&task, &outcome), expected);
}
END_TEST

/* Only of a preview. */
START_TEST(a_row_of_a_preview)
{
    loom_outcome outcome = good_outcome();

    strcpy(outcome.preview_of, "nef");
    ck_assert_ptr_nonnull(strstr(row_text(&good_task, &outcome), ",\"previewOf\":\"nef\"}"));
}
END_TEST

/* With a state: why it was made; and what is known of one that was left out. */
START_TEST(rows_of_a_state)
{
    loom_task task = good_task;
    loom_outcome outcome = good_outcome();

    task.because = LOOM_BECAUSE_INPUT;
    json_t *row = value_parse(row_text(&task, &outcome));
    ck_assert_str_eq(value_string(row, "because"), "input");
    json_decref(row);
    outcome.output_changed = true;
    row = value_parse(row_text(&task, &outcome));
    ck_assert_str_eq(value_string(row, "because"), "output");
    json_decref(row);
    outcome.result = LOOM_RESULT_SKIPPED;
    outcome.skip_reason = LOOM_SKIP_UNCHANGED;
    outcome.processed_stamp.mtime_ns = 1;
    row = value_parse(row_text(&task, &outcome));
    ck_assert_ptr_null(json_object_get(row, "because"));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "processedSize")), 40211);
    json_decref(row);
}
END_TEST

/* By the text of the whole row: what stands between the fields that a request lacks. */
START_TEST(a_row_of_a_request_has_no_place_in_a_run)
{
    loom_outcome outcome = good_outcome();
    const char *whole = row_text(&good_task, &outcome);
    const char *first = strstr(whole, "\"success\""), *start = strstr(whole, "\"startMs\""),
               *queue = strstr(whole, "\"queueMs\"");
    char expected[1024];
    char *row = loom_row_to_json(&outcome);

    (void)snprintf(expected, sizeof expected, "{%.*s%s", (int)(start - first), first, queue);
    ck_assert_str_eq(row, expected);
    free(row);
}
END_TEST

START_TEST(a_row_of_a_request_counts_the_warnings_beyond)
{
    loom_outcome outcome = good_outcome();

    outcome.result = LOOM_RESULT_WARNING;
    for (int i = 0; i < LOOM_WARNINGS_MAX + 3; i++)
        loom_outcome_warn(&outcome, "warning %d", i);
    char *text_of_row = loom_row_to_json(&outcome);
    json_t *row = value_parse(text_of_row), *warnings = json_object_get(row, "warnings");
    ck_assert_uint_eq(json_array_size(warnings), LOOM_WARNINGS_MAX + 1);
    ck_assert_str_eq(json_string_value(json_array_get(warnings, LOOM_WARNINGS_MAX)),
                     "3 more warnings");
    json_decref(row);
    free(text_of_row);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(statuses)
{
    static const struct {
        loom_result result;
        const char *name;
        bool success, written;
    } rows[] = {
        {LOOM_RESULT_OK, "ok", true, true},
        {LOOM_RESULT_WARNING, "warning", true, true},
        {LOOM_RESULT_SKIPPED, "skipped", true, false},
        {LOOM_RESULT_PLANNED, "planned", true, false},
        {LOOM_RESULT_ERROR, "error", false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_outcome outcome = good_outcome();
        outcome.result = rows[i].result;
        outcome.skip_reason = "output exists";
        if (!rows[i].written)
            outcome.processed_stamp = (loom_stamp){0};
        (void)loom_error_set(&outcome.error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "bad");
        json_t *row = value_parse(row_text(&good_task, &outcome));
        bool skipped = rows[i].result == LOOM_RESULT_SKIPPED;

        ck_assert_str_eq(value_string(row, "status"), rows[i].name);
        ck_assert(json_is_boolean(json_object_get(row, "success")));
        ck_assert(json_is_true(json_object_get(row, "success")) == rows[i].success);
        ck_assert(json_is_integer(json_object_get(row, "processedSize")) == rows[i].written);
        ck_assert(json_is_null(json_object_get(row, "processedSize")) == !rows[i].written);
        ck_assert(json_is_null(json_object_get(row, "savedBytes")) == !rows[i].written);
        ck_assert(json_is_null(json_object_get(row, "error")) == rows[i].success);
        ck_assert(json_is_null(json_object_get(row, "errorCode")) == rows[i].success);
        ck_assert(json_is_null(json_object_get(row, "errorStage")) == rows[i].success);
        ck_assert(json_is_string(json_object_get(row, "skipReason")) == skipped);
        ck_assert(json_is_null(json_object_get(row, "skipReason")) == !skipped);
        ck_assert_uint_eq(json_object_size(row), ROW_FIELDS);
        json_decref(row);
    }
}
END_TEST

START_TEST(an_error_without_a_code_is_ours)
{
    static const loom_status codes[] = {LOOM_OK, LOOM_ERR_USAGE, (loom_status)500};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        loom_outcome outcome = good_outcome();
        outcome.result = LOOM_RESULT_ERROR;
        outcome.error.code = codes[i];
        json_t *row = value_parse(row_text(&good_task, &outcome));
        ck_assert_str_eq(value_string(row, "errorCode"), "internal");
        ck_assert(json_is_null(json_object_get(row, "errorStage")));
        json_decref(row);
    }
}
END_TEST

START_TEST(warnings_and_those_beyond)
{
    loom_outcome outcome = good_outcome();

    outcome.result = LOOM_RESULT_WARNING;
    loom_outcome_warn(&outcome, "profile \"x\" is broken");
    loom_outcome_warn(&outcome, "cut short");
    json_t *row = value_parse(row_text(&good_task, &outcome));
    json_t *warnings = json_object_get(row, "warnings");
    ck_assert_uint_eq(json_array_size(warnings), 2);
    ck_assert_str_eq(json_string_value(json_array_get(warnings, 0)), "profile \"x\" is broken");
    ck_assert_str_eq(json_string_value(json_array_get(warnings, 1)), "cut short");
    json_decref(row);

    for (int i = 0; i < LOOM_WARNINGS_MAX + 1; i++)
        loom_outcome_warn(&outcome, "more %d", i);
    row = value_parse(row_text(&good_task, &outcome));
    warnings = json_object_get(row, "warnings");
    ck_assert_uint_eq(json_array_size(warnings), LOOM_WARNINGS_MAX + 1);
    ck_assert_str_eq(json_string_value(json_array_get(warnings, LOOM_WARNINGS_MAX)),
                     "3 more warnings");
    json_decref(row);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(sizes_of_what_was_never_read)
{
    loom_task task = good_task;
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    outcome.result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome.error, LOOM_ERR_COLLISION, LOOM_STAGE_PLAN, "taken by b.jpg");
    json_t *row = value_parse(row_text(&task, &outcome));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "originalSize")), 1834021);
    ck_assert_str_eq(value_string(row, "format"), "jpeg"); /* as planned */
    json_decref(row);

    task.input_size = 0;
    outcome.error.code = LOOM_ERR_EMPTY;
    row = value_parse(row_text(&task, &outcome));
    ck_assert(json_is_integer(json_object_get(row, "originalSize")));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "originalSize")), 0);
    json_decref(row);
}
END_TEST

/* Below 0 where the output is larger. */
START_TEST(savings_may_be_negative)
{
    loom_outcome outcome = good_outcome();

    outcome.processed_size = outcome.original_size + 5;
    json_t *row = value_parse(row_text(&good_task, &outcome));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "savedBytes")), -5);
    json_decref(row);
    outcome.processed_size = outcome.original_size;
    row = value_parse(row_text(&good_task, &outcome));
    ck_assert(json_is_integer(json_object_get(row, "savedBytes")));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "savedBytes")), 0);
    json_decref(row);
}
END_TEST

START_TEST(hostile_names)
{
    static const struct {
        const char *path, *shown, *base64;
    } rows[] = {
        {"a\nb.jpg", "a\nb.jpg", NULL},
        {"<script>alert(1)</script>.jpg", "<script>alert(1)</script>.jpg", NULL},
        {"\"\\\x7f\x1b[31m.jpg", "\"\\\x7f\x1b[31m.jpg", NULL},
        {"-x [page=3] %d %s", "-x [page=3] %d %s", NULL},
        {"\xC3\xA9\xE2\x80\xA8.jpg", "\xC3\xA9\xE2\x80\xA8.jpg", NULL},
        {"caf\xE9.jpg", "caf\xEF\xBF\xBD.jpg", "Y2Fm6S5qcGc="},
        {"\n\xFF\"", "\n\xEF\xBF\xBD\"", "Cv8i"},
        {"", "", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_outcome outcome = good_outcome();
        loom_task task = good_task;
        for (int output = 0; output < 2; output++) {
            const char *key = output ? "outputPath" : "originalPath";
            const char *twin = output ? "outputPathBase64" : "originalPathBase64";
            task.input_path = output ? "plain" : rows[i].path;
            task.output_path = output ? rows[i].path : "plain";
            json_t *row = value_parse(row_text(&task, &outcome));
            ck_assert_str_eq(value_string(row, key), rows[i].shown);
            if (rows[i].base64 != NULL)
                ck_assert_str_eq(value_string(row, twin), rows[i].base64);
            ck_assert_uint_eq(json_object_size(row), ROW_FIELDS + (rows[i].base64 != NULL));
            ck_assert_ptr_null(strchr(loom_strbuf_str(&text), '\n')); /* a row is one line */
            json_decref(row);
        }
    }
}
END_TEST

START_TEST(a_comma_locale_changes_nothing)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8"};
    loom_outcome outcome = good_outcome();
    char *before = strdup(row_text(&good_task, &outcome));

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) != NULL) /* where it is installed */
            ck_assert_str_eq(row_text(&good_task, &outcome), before);
    free(before);
}
END_TEST

/* ---- the run's header ---------------------------------------------------- */

static loom_recipe recipe;

static json_t *run_record(const loom_run_info *info)
{
    loom_json json = LOOM_JSON_INIT(&text);

    loom_strbuf_clear(&text);
    loom_json_begin(&json, '{');
    loom_write_run(&json, info);
    loom_json_end(&json, '}');
    ck_assert(!text.failed);
    return value_parse(loom_strbuf_str(&text));
}

static loom_run_info plain_info(void)
{
    loom_recipe_init(&recipe);
    recipe.sizes[0].width = 800;
    return (loom_run_info){.recipe = &recipe,
                           .jobs = 3,
                           .started_ns = INT64_C(1795166100123000000),
                           .vips_version = "8.14.1",
                           .jpeg_version = "libjpeg-turbo 2.1.5"};
}

START_TEST(header_says_what_ran)
{
    loom_run_info info = plain_info();
    json_t *run = run_record(&info);
    json_t *tool = json_object_get(run, "tool");
    char *folder = getcwd(NULL, 0);
    char *recipe_json = loom_recipe_to_json(&recipe);
    json_t *expected = value_parse(recipe_json);

    ck_assert_int_eq(json_integer_value(json_object_get(run, "schemaVersion")), 1);
    ck_assert_str_eq(value_string(tool, "name"), "imgloom");
    ck_assert_str_eq(value_string(tool, "version"), loom_version());
    ck_assert_str_eq(value_string(tool, "libvips"), "8.14.1");
    ck_assert_str_eq(value_string(tool, "libjpeg"), "libjpeg-turbo 2.1.5");
    ck_assert(json_equal(json_object_get(run, "recipe"), expected));
    ck_assert_str_eq(value_string(run, "workingDirectory"), folder);
    ck_assert_str_eq(value_string(run, "startedAt"), "2026-11-20T09:15:00.123Z");
    ck_assert_int_eq(json_integer_value(json_object_get(run, "jobs")), 3);
    const json_t *machine = json_object_get(run, "machine");
    ck_assert_int_ge(json_integer_value(json_object_get(machine, "cpus")), 1);
    ck_assert_str_eq(value_string(machine, "system"), "Linux");
    ck_assert(json_is_null(json_object_get(run, "commandLine")));
    ck_assert_uint_eq(json_object_size(run), 8);
    free(folder);
    free(recipe_json);
    json_decref(expected);
    json_decref(run);
}
END_TEST

/* A word that is not UTF-8 brings all of them in Base64. */
START_TEST(command_line_of_any_bytes)
{
    static const char *const plain[] = {"imgloom", "run", "", "a \"b\"\n.jpg", NULL};
    static const char *const bytes[] = {"imgloom", "run", "caf\xE9.jpg", NULL};
    loom_run_info info = plain_info();

    info.command_line = plain;
    json_t *run = run_record(&info);
    const json_t *words = json_object_get(run, "commandLine");
    ck_assert_uint_eq(json_array_size(words), 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(json_string_value(json_array_get(words, i)), plain[i]);
    ck_assert_ptr_null(json_object_get(run, "commandLineBase64"));
    json_decref(run);

    info.command_line = bytes;
    run = run_record(&info);
    words = json_object_get(run, "commandLine");
    ck_assert_str_eq(json_string_value(json_array_get(words, 2)), "caf\xEF\xBF\xBD.jpg");
    words = json_object_get(run, "commandLineBase64");
    ck_assert_uint_eq(json_array_size(words), 3);
    ck_assert_str_eq(json_string_value(json_array_get(words, 1)), "cnVu");
    ck_assert_str_eq(json_string_value(json_array_get(words, 2)), "Y2Fm6S5qcGc=");
    json_decref(run);
}
END_TEST

START_TEST(header_without_codecs)
{
    loom_run_info info = plain_info();

    info.vips_version = NULL;
    info.jpeg_version = NULL;
    json_t *run = run_record(&info);
    json_t *tool = json_object_get(run, "tool");
    ck_assert(json_is_null(json_object_get(tool, "libvips")));
    ck_assert(json_is_null(json_object_get(tool, "libjpeg")));
    json_decref(run);
}
END_TEST

START_TEST(working_directory_gone_or_not_utf8)
{
    loom_run_info info = plain_info();

    tmpdir_enter();
    tmpdir_mkdir("caf\xE9");
    ck_assert_int_eq(chdir("caf\xE9"), 0);
    json_t *run = run_record(&info);
    const char *shown = value_string(run, "workingDirectory");
    ck_assert_str_eq(shown + strlen(shown) - 7, "/caf\xEF\xBF\xBD");
    ck_assert_uint_gt(strlen(value_string(run, "workingDirectoryBase64")), 0);
    json_decref(run);

    ck_assert_int_eq(rmdir("../caf\xE9"), 0);
    run = run_record(&info);
    ck_assert(json_is_null(json_object_get(run, "workingDirectory")));
    ck_assert_ptr_null(json_object_get(run, "workingDirectoryBase64"));
    json_decref(run);
    tmpdir_leave();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("report_write");
    TCase *rows = tcase_create("rows"), *header = tcase_create("header");

    tcase_add_checked_fixture(rows, NULL, teardown);
    tcase_add_test(rows, a_row_of_every_field);
    tcase_add_test(rows, a_row_of_a_preview);
    tcase_add_test(rows, a_row_of_which_nothing_is_known);
    tcase_add_test(rows, rows_of_a_state);
    tcase_add_test(rows, a_row_of_a_request_has_no_place_in_a_run);
    tcase_add_test(rows, a_row_of_a_request_counts_the_warnings_beyond);
    tcase_add_test(rows, statuses);
    tcase_add_test(rows, an_error_without_a_code_is_ours);
    tcase_add_test(rows, warnings_and_those_beyond);
    tcase_add_test(rows, sizes_of_what_was_never_read);
    tcase_add_test(rows, savings_may_be_negative);
    tcase_add_test(rows, hostile_names);
    tcase_add_test(rows, a_comma_locale_changes_nothing);
    suite_add_tcase(suite, rows);
    tcase_add_checked_fixture(header, NULL, teardown);
    tcase_add_test(header, header_says_what_ran);
    tcase_add_test(header, command_line_of_any_bytes);
    tcase_add_test(header, header_without_codecs);
    tcase_add_test(header, working_directory_gone_or_not_utf8);
    suite_add_tcase(suite, header);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
