#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <imgloom/report.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static loom_recipe recipe;
static loom_run_info info = {.recipe = &recipe, .jobs = 2, .vips_version = "8.14.1"};
static loom_totals totals;
static loom_error err;

static void setup(void)
{
    tmpdir_enter();
    loom_recipe_init(&recipe);
    loom_totals_init(&totals);
    loom_error_clear(&err);
}

static loom_report *open_report(const char *path)
{
    loom_report *report = NULL;

    ck_assert_msg(loom_report_open(&report, path, &info, &err) == LOOM_OK, "%s", err.message);
    ck_assert_str_eq(loom_report_path(report), path);
    return report;
}

static loom_status add_row(loom_report *report, uint64_t seq, const char *path)
{
    const loom_task task = {.seq = seq, .input_path = path, .output_path = "out"};
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    loom_totals_add(&totals, &task, &outcome);
    return loom_report_add(report, &task, &outcome, &err);
}

static void add_rows(loom_report *report, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        ck_assert_int_eq(add_row(report, i, "a.jpg"), LOOM_OK);
}

static void finish(loom_report *report)
{
    ck_assert_msg(loom_report_finish(report, &totals, &err) == LOOM_OK, "%s", err.message);
    loom_report_free(report);
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(value != NULL, "%s in line %d of %.200s", error.text, error.line, text);
    return value;
}

static long long number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    ck_assert_msg(json_is_integer(value), "no number %s", key);
    return json_integer_value(value);
}

/* Checks a document of `rows` rows as add_rows makes them. */
static void check_document(const char *text, size_t rows)
{
    json_t *document = parse(text), *results = json_object_get(document, "results");

    ck_assert_int_eq(number(document, "schemaVersion"), 1);
    ck_assert_int_eq(number(document, "jobs"), 2);
    ck_assert_uint_eq(json_array_size(results), rows);
    for (size_t i = 0; i < rows; i++)
        ck_assert_int_eq(number(json_array_get(results, i), "seq"), (long long)i);
    ck_assert_int_eq(number(json_object_get(document, "summary"), "rows"), (long long)rows);
    ck_assert(json_is_string(json_object_get(document, "finishedAt")));
    ck_assert_uint_eq(json_object_size(document), 9);
    json_decref(document);
}

static void check_document_file(const char *path, size_t rows)
{
    char *text = tmpdir_read(path, NULL);

    check_document(text, rows);
    free(text);
}

static void check_text(const char *path, const char *expected)
{
    char *text = tmpdir_read(path, NULL);

    ck_assert_str_eq(text, expected);
    free(text);
}

/* Checks NDJSON: a run line, `rows` image lines, and with `ended` a summary line. */
static void check_lines(const char *path, size_t rows, bool ended)
{
    char *text = tmpdir_read(path, NULL), *rest = text;
    size_t count = 0;

    for (char *end; (end = strchr(rest, '\n')) != NULL; rest = end + 1, count++) {
        const char *type = count == 0 ? "run" : count <= rows ? "image" : "summary";
        *end = '\0';
        json_t *line = parse(rest);
        ck_assert_str_eq(json_string_value(json_object_get(line, "type")), type);
        if (count == 0)
            ck_assert_int_eq(number(line, "schemaVersion"), 1);
        else if (count <= rows)
            ck_assert_int_eq(number(line, "seq"), (long long)count - 1);
        else
            ck_assert_int_eq(number(line, "rows"), (long long)rows);
        ck_assert(json_is_string(json_object_get(line, "finishedAt")) == (count > rows));
        json_decref(line);
    }
    ck_assert_uint_eq(count, rows + 1 + ended);
    ck_assert_str_eq(rest, "");
    free(text);
}

/* ---- documents -------------------------------------------------------------------------- */

START_TEST(document_of_three)
{
    loom_report *report = open_report("r.json");

    add_rows(report, 3);
    finish(report);
    check_document_file("r.json", 3);
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(document_of_none)
{
    finish(open_report("r.json"));
    check_document_file("r.json", 0);
}
END_TEST

/* More than the buffer holds, many times. */
START_TEST(document_of_many)
{
    loom_report *report = open_report("r.json");

    add_rows(report, 2000);
    finish(report);
    check_document_file("r.json", 2000);
}
END_TEST

START_TEST(each_row_has_its_line)
{
    loom_report *report = open_report("r.json");
    size_t lines = 0;

    ck_assert_int_eq(add_row(report, 0, "a\nb"), LOOM_OK);
    ck_assert_int_eq(add_row(report, 1, "c"), LOOM_OK);
    finish(report);
    char *text = tmpdir_read("r.json", NULL);
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
        lines++;
        ck_assert(lines > 2 || strncmp(p, "\n{\"seq\":", 8) == 0);
    }
    ck_assert_uint_eq(lines, 4);
    free(text);
}
END_TEST

START_TEST(hostile_names_come_back)
{
    static const char *const names[] = {"a\nb",      "\"q\\", "<script>alert(1)</script>.jpg",
                                        "\x01\x7f ", "%s%n",  "{\"seq\":9}\r\n"};
    const size_t count = sizeof names / sizeof *names;
    loom_report *report = open_report("r.json");

    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(add_row(report, i, names[i]), LOOM_OK);
    ck_assert_int_eq(add_row(report, count, "\xFF\xFE"), LOOM_OK);
    finish(report);
    char *text = tmpdir_read("r.json", NULL);
    json_t *document = parse(text), *results = json_object_get(document, "results");
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
    loom_report *report = open_report("r.json");
    add_rows(report, 500);
    check_text("r.json", "before");
    finish(report);
    check_document_file("r.json", 500);
}
END_TEST

START_TEST(unfinished_document_leaves_nothing)
{
    loom_report *report = open_report("new.json");
    add_rows(report, 500);
    loom_report_free(report);
    ck_assert_uint_eq(tmpdir_count("."), 0);

    tmpdir_write_text("r.json", "before");
    report = open_report("r.json");
    loom_report_free(report);
    check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

/* A temporary that nobody holds is what a killed run left; the open report's own is held. */
START_TEST(remains_of_a_killed_run_go)
{
    tmpdir_write("reports/.imgloom-0123456789abcdef.tmp", "[", 1);
    tmpdir_write(".imgloom-0123456789abcdef.tmp", "[", 1);
    loom_report *one = open_report("reports/r.json"), *other = open_report("reports/s.json"),
                *here = open_report("t.json");

    ck_assert_uint_eq(tmpdir_count("reports"), 2);
    finish(one);
    finish(other);
    finish(here);
    check_document_file("reports/r.json", 0);
    check_document_file("reports/s.json", 0);
    ck_assert_uint_eq(tmpdir_count("reports"), 2);
    ck_assert_uint_eq(tmpdir_count("."), 2);
}
END_TEST

START_TEST(folders_are_made)
{
    loom_report *report = open_report("a/b/r.json");
    finish(report);
    check_document_file("a/b/r.json", 0);
    report = open_report("c/d/r.ndjson");
    finish(report);
    check_lines("c/d/r.ndjson", 0, true);
    ck_assert_uint_eq(tmpdir_count("c/d"), 1);
}
END_TEST

START_TEST(nothing_follows_the_end)
{
    loom_report *report = open_report("r.json");

    ck_assert_int_eq(loom_report_finish(report, &totals, &err), LOOM_OK);
    ck_assert_int_eq(add_row(report, 0, "a"), LOOM_ERR_INTERNAL);
    loom_error_clear(&err);
    ck_assert_int_eq(loom_report_finish(report, &totals, &err), LOOM_ERR_INTERNAL);
    loom_report_free(report);
    check_document_file("r.json", 0);
}
END_TEST

START_TEST(free_takes_null)
{
    loom_report_free(NULL);
}
END_TEST

/* ---- NDJSON ----------------------------------------------------------------------------- */

START_TEST(lines_are_on_disk_at_once)
{
    loom_report *report = open_report("r.ndjson");

    check_lines("r.ndjson", 0, false);
    for (uint64_t i = 0; i < 5; i++) {
        ck_assert_int_eq(add_row(report, i, "a\nb"), LOOM_OK);
        check_lines("r.ndjson", (size_t)i + 1, false);
    }
    finish(report);
    check_lines("r.ndjson", 5, true);
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
        finish(open_report(rows[i].path));
        if (rows[i].lines)
            check_lines(rows[i].path, 0, true);
        else
            check_document_file(rows[i].path, 0);
    }
}
END_TEST

START_TEST(lines_begin_anew)
{
    tmpdir_write_text("r.jsonl", "an older and much longer report\nthat had lines\n");
    loom_report *report = open_report("r.jsonl");
    add_rows(report, 2);
    loom_report_free(report); /* what was written stays */
    check_lines("r.jsonl", 2, false);
}
END_TEST

/* ---- other targets ---------------------------------------------------------------------- */

/* Writes a report of two rows to standard output; returns what came out. */
static char *through_stdout(void)
{
    int saved = dup(STDOUT_FILENO);
    int file = open("stdout", O_RDWR | O_CREAT | O_EXCL, 0600);

    ck_assert_int_ge(saved, 0);
    ck_assert_int_eq(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    loom_report *report = open_report("-");
    add_rows(report, 2);
    finish(report);
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFD), 0); /* still open */
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(saved);
    (void)close(file);
    return tmpdir_read("stdout", NULL);
}

START_TEST(dash_is_standard_output)
{
    char *text = through_stdout();

    check_document(text, 2);
    ck_assert_uint_eq(tmpdir_count("."), 1);
    free(text);
}
END_TEST

START_TEST(fifo_is_written_not_replaced)
{
    static const char *const names[] = {"fifo", "fifo.ndjson"};

    for (size_t i = 0; i < 2; i++) {
        char text[60000];
        struct stat found;
        ck_assert_int_eq(mkfifo(names[i], 0600), 0);
        int reader = open(names[i], O_RDONLY | O_NONBLOCK);
        ck_assert_int_ge(reader, 0);
        loom_totals_init(&totals);
        loom_report *report = open_report(names[i]);
        add_rows(report, 3);
        finish(report);
        ssize_t n = read(reader, text, sizeof text - 1);
        ck_assert_int_gt(n, 0);
        text[n] = '\0';
        if (i == 0)
            check_document(text, 3);
        else
            ck_assert_int_eq(strncmp(text, "{\"type\":\"run\",", 14), 0);
        ck_assert_int_eq(read(reader, text, sizeof text), 0); /* the report is closed */
        (void)close(reader);
        ck_assert_int_eq(lstat(names[i], &found), 0);
        ck_assert(S_ISFIFO(found.st_mode));
        ck_assert_uint_eq(tmpdir_count("."), i + 1);
    }
}
END_TEST

/* As /dev/stdout when standard output is a file: appended to, because others write there too. */
START_TEST(descriptor_path_is_written_through)
{
    char path[64];
    int file = open("r.json", O_WRONLY | O_CREAT | O_EXCL, 0600);

    ck_assert_int_ge(file, 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    finish(open_report(path));
    (void)close(file);
    check_document_file("r.json", 0);
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(full_pipe_that_does_not_block)
{
    int ends[2];
    int saved = dup(STDOUT_FILENO);
    char piece[65536];
    size_t size = 0, expected = 0;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    pid_t child = fork();
    if (child == 0) { /* writes more than the pipe holds */
        (void)close(ends[0]);
        loom_report *report = open_report("-");
        add_rows(report, 1000);
        finish(report);
        _exit(0);
    }
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(ends[1]);
    (void)poll(NULL, 0, 50); /* let it fill */
    char *text = NULL;
    for (ssize_t n; (n = read(ends[0], piece, sizeof piece)) > 0; size = expected) {
        expected = size + (size_t)n;
        text = realloc(text, expected + 1);
        ck_assert_ptr_nonnull(text);
        memcpy(text + size, piece, (size_t)n);
        text[expected] = '\0';
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_uint_gt(size, 4 * 65536);
    check_document(text, 1000);
    free(text);
    (void)close(ends[0]);
    (void)close(saved);
}
END_TEST

/* ---- failures --------------------------------------------------------------------------- */

START_TEST(unwritable_folder)
{
    static const char *const paths[] = {"locked/r.json", "locked/r.ndjson", "locked/new/r.json"};
    loom_report *report = NULL;

    tmpdir_mkdir("locked");
    ck_assert_int_eq(chmod("locked", 0555), 0);
    ck_assert_int_eq(chmod(".", 0755), 0);
    bool root = geteuid() == 0;
    if (root)
        ck_assert_int_eq(seteuid(65534), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        loom_error_clear(&err);
        ck_assert_int_eq(loom_report_open(&report, paths[i], &info, &err), LOOM_ERR_PERMISSION);
        ck_assert_int_eq(err.code, LOOM_ERR_PERMISSION);
        ck_assert_int_eq(err.stage, LOOM_STAGE_WRITE);
        ck_assert_ptr_null(report);
    }
    if (root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_uint_eq(tmpdir_count("locked"), 0);
    ck_assert_int_eq(chmod("locked", 0755), 0);
}
END_TEST

START_TEST(folder_in_the_way)
{
    static const char *const paths[] = {"f.json", "f.ndjson", "."};
    loom_report *report = NULL;

    tmpdir_mkdir("f.json");
    tmpdir_mkdir("f.ndjson");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        loom_error_clear(&err);
        ck_assert_int_eq(loom_report_open(&report, paths[i], &info, &err), LOOM_ERR_NOT_A_FILE);
        ck_assert_ptr_null(report);
    }
    ck_assert_uint_eq(tmpdir_count("."), 2);
    ck_assert_uint_eq(tmpdir_count("f.json"), 0);
}
END_TEST

START_TEST(file_where_a_folder_should_be)
{
    loom_report *report = NULL;

    tmpdir_write_text("file", "x");
    ck_assert_int_ne(loom_report_open(&report, "file/r.json", &info, &err), LOOM_OK);
    loom_error_clear(&err);
    ck_assert_int_ne(loom_report_open(&report, "file/r.ndjson", &info, &err), LOOM_OK);
    ck_assert_ptr_null(report);
    check_text("file", "x");
}
END_TEST

static void limit_files(rlim_t size)
{
    const struct rlimit limit = {size, RLIM_INFINITY};

    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(full_disk_breaks_a_document)
{
    tmpdir_write_text("r.json", "before");
    loom_report *report = open_report("r.json");
    limit_files(4096);
    loom_status status = LOOM_OK;
    for (uint64_t i = 0; i < 1000 && status == LOOM_OK; i++)
        status = add_row(report, i, "a.jpg");
    ck_assert_int_eq(status, LOOM_ERR_NO_SPACE);
    ck_assert_int_eq(err.code, LOOM_ERR_NO_SPACE);
    ck_assert_int_eq(err.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(err.message, "cannot write the report: File too large (EFBIG)");
    ck_assert_uint_eq(tmpdir_count("."), 1); /* its room is given back already */

    limit_files(RLIM_INFINITY); /* room again, but rows are lost: it stays broken */
    loom_error first = err;
    loom_error_clear(&err);
    ck_assert_int_eq(add_row(report, 1001, "a.jpg"), LOOM_ERR_NO_SPACE);
    ck_assert_str_eq(err.message, first.message);
    loom_error_clear(&err);
    ck_assert_int_eq(loom_report_finish(report, &totals, &err), LOOM_ERR_NO_SPACE);
    ck_assert_str_eq(err.message, first.message);
    loom_report_free(report);
    check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(full_disk_at_the_end)
{
    tmpdir_write_text("r.json", "before");
    loom_report *report = open_report("r.json");
    add_rows(report, 5); /* still in the buffer */
    limit_files(100);
    ck_assert_int_eq(loom_report_finish(report, &totals, &err), LOOM_ERR_NO_SPACE);
    loom_report_free(report);
    limit_files(RLIM_INFINITY);
    check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(full_disk_breaks_lines)
{
    loom_report *report = open_report("r.ndjson");

    add_rows(report, 1);
    limit_files(2000);
    loom_status status = LOOM_OK;
    for (uint64_t i = 1; i < 100 && status == LOOM_OK; i++)
        status = add_row(report, i, "a.jpg");
    ck_assert_int_eq(status, LOOM_ERR_NO_SPACE);
    limit_files(RLIM_INFINITY);
    loom_error_clear(&err);
    ck_assert_int_eq(loom_report_finish(report, &totals, &err), LOOM_ERR_NO_SPACE);
    loom_report_free(report);
}
END_TEST

START_TEST(reader_that_went_away)
{
    int ends[2];
    int saved = dup(STDOUT_FILENO);

    (void)signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    loom_report *report = open_report("-");
    loom_status status = loom_report_finish(report, &totals, &err);
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(saved);
    ck_assert_int_eq(status, LOOM_ERR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "EPIPE"));
    loom_report_free(report);
}
END_TEST

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
        ck_assert_int_eq(loom_report_open_text(&report, paths[i], "{\"schemaVersion\":1}", &err),
                         LOOM_OK);
        ck_assert_int_eq(loom_report_add_text(report, "{\"seq\":0}", &err), LOOM_OK);
        ck_assert_int_eq(loom_report_add_text(report, "{\"seq\":1}", &err), LOOM_OK);
        totals.merged = true;
        totals.duplicates = 3;
        finish(report);
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
    TCase *documents = tcase_create("documents"), *lines = tcase_create("lines"),
          *targets = tcase_create("targets"), *failures = tcase_create("failures");

    tcase_add_checked_fixture(documents, setup, tmpdir_leave);
    tcase_add_test(documents, document_of_three);
    tcase_add_test(documents, document_of_none);
    tcase_add_test(documents, document_of_many);
    tcase_add_test(documents, each_row_has_its_line);
    tcase_add_test(documents, hostile_names_come_back);
    tcase_add_test(documents, document_appears_at_the_end_only);
    tcase_add_test(documents, unfinished_document_leaves_nothing);
    tcase_add_test(documents, folders_are_made);
    tcase_add_test(documents, remains_of_a_killed_run_go);
    tcase_add_test(documents, nothing_follows_the_end);
    tcase_add_test(documents, free_takes_null);
    suite_add_tcase(suite, documents);
    tcase_add_checked_fixture(lines, setup, tmpdir_leave);
    tcase_add_test(lines, lines_are_on_disk_at_once);
    tcase_add_test(lines, suffix_decides);
    tcase_add_test(lines, lines_begin_anew);
    suite_add_tcase(suite, lines);
    tcase_add_checked_fixture(targets, setup, tmpdir_leave);
    tcase_add_test(targets, same_report_from_texts);
    tcase_add_test(targets, dash_is_standard_output);
    tcase_add_test(targets, fifo_is_written_not_replaced);
    tcase_add_test(targets, descriptor_path_is_written_through);
    tcase_add_test(targets, full_pipe_that_does_not_block);
    suite_add_tcase(suite, targets);
    tcase_add_checked_fixture(failures, setup, tmpdir_leave);
    tcase_add_test(failures, unwritable_folder);
    tcase_add_test(failures, folder_in_the_way);
    tcase_add_test(failures, file_where_a_folder_should_be);
    tcase_add_test(failures, full_disk_breaks_a_document);
    tcase_add_test(failures, full_disk_at_the_end);
    tcase_add_test(failures, full_disk_breaks_lines);
    tcase_add_test(failures, reader_that_went_away);
    suite_add_tcase(suite, failures);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
