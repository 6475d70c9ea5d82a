/* Where a report goes: standard output, pipes, descriptors, and what cannot be written. */
#include "support/report_file.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- targets ------------------------------------------------------------- */

/* Writes a report of two rows to standard output; returns what came out. */
static char *through_stdout(void)
{
    int saved = dup(STDOUT_FILENO);
    int file = open("stdout", O_RDWR | O_CREAT | O_EXCL, 0600);

    ck_assert_int_ge(saved, 0);
    ck_assert_int_eq(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    loom_report *report = report_open("-");
    report_add_many(report, 2);
    report_finish(report);
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFD), 0); /* still open */
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(saved);
    (void)close(file);
    return tmpdir_read("stdout", NULL);
}

START_TEST(dash_is_standard_output)
{
    char *text = through_stdout();

    report_check_document(text, 2);
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
        report_totals = (loom_totals){0};
        loom_report *report = report_open(names[i]);
        report_add_many(report, 3);
        report_finish(report);
        ssize_t n = read(reader, text, sizeof text - 1);
        ck_assert_int_gt(n, 0);
        text[n] = '\0';
        if (i == 0)
            report_check_document(text, 3);
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
    report_finish(report_open(path));
    (void)close(file);
    report_check_document_file("r.json", 0);
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
        loom_report *report = report_open("-");
        report_add_many(report, 1000);
        report_finish(report);
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
    report_check_document(text, 1000);
    free(text);
    (void)close(ends[0]);
    (void)close(saved);
}
END_TEST

/* ---- reports of attempts ------------------------------------------------- */

START_TEST(new_lines_with_the_attempt)
{
    const loom_run_attempt attempt = {.plan = "0123456789abcdef0123456789abcdef",
                                      .shard = 17,
                                      .shards = 20,
                                      .name = "20261120T091500.123Z-host-1-00000001",
                                      .job = _i == 0 ? NULL : "4711_17 restart \"1\""};
    static const char *const plans[] = {
        ",\"plan\":{\"id\":\"0123456789abcdef0123456789abcdef\",\"shard\":17,\"shards\":20,"
        "\"attempt\":\"20261120T091500.123Z-host-1-00000001\",\"job\":null}}\n",
        ",\"plan\":{\"id\":\"0123456789abcdef0123456789abcdef\",\"shard\":17,\"shards\":20,"
        "\"attempt\":\"20261120T091500.123Z-host-1-00000001\","
        "\"job\":\"4711_17 restart \\\"1\\\"\"}}\n"};
    loom_report *report = NULL;

    report_info.attempt = &attempt;
    ck_assert_int_eq(loom_report_open_new_lines(&report, "a/r", &report_info, &report_err),
                     LOOM_OK);
    report_info.attempt = NULL;
    report_add_many(report, 2);
    report_finish(report);
    report_check_lines("a/r", 2, true);
    char *text = tmpdir_read("a/r", NULL);
    ck_assert_ptr_nonnull(strstr(text, plans[_i]));
    free(text);
}
END_TEST

START_TEST(new_lines_replace_nothing)
{
    static const char *const paths[] = {"file.ndjson", "link", "/dev/null", "folder"};
    loom_report *report = NULL;

    tmpdir_write_text("file.ndjson", "theirs");
    ck_assert_int_eq(symlink("nowhere", "link"), 0);
    tmpdir_mkdir("folder");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        loom_error_clear(&report_err);
        const loom_status status =
            loom_report_open_new_lines(&report, paths[i], &report_info, &report_err);
        ck_assert_int_eq(status, LOOM_ERR_EXISTS);
        ck_assert_ptr_null(report);
    }
    report_check_text("file.ndjson", "theirs");
    ck_assert(!tmpdir_exists("nowhere"));
}
END_TEST

/* ---- failures ------------------------------------------------------------ */

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
        loom_error_clear(&report_err);
        ck_assert_int_eq(loom_report_open(&report, paths[i], &report_info, &report_err),
                         LOOM_ERR_PERMISSION);
        ck_assert_int_eq(report_err.code, LOOM_ERR_PERMISSION);
        ck_assert_int_eq(report_err.stage, LOOM_STAGE_WRITE);
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
        loom_error_clear(&report_err);
        ck_assert_int_eq(loom_report_open(&report, paths[i], &report_info, &report_err),
                         LOOM_ERR_NOT_A_FILE);
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
    ck_assert_int_ne(loom_report_open(&report, "file/r.json", &report_info, &report_err), LOOM_OK);
    loom_error_clear(&report_err);
    ck_assert_int_ne(loom_report_open(&report, "file/r.ndjson", &report_info, &report_err),
                     LOOM_OK);
    ck_assert_ptr_null(report);
    report_check_text("file", "x");
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
    loom_report *report = report_open("r.json");
    limit_files(4096);
    loom_status status = LOOM_OK;
    for (uint64_t i = 0; i < 1000 && status == LOOM_OK; i++)
        status = report_add(report, i, "a.jpg");
    ck_assert_int_eq(status, LOOM_ERR_NO_SPACE);
    ck_assert_int_eq(report_err.code, LOOM_ERR_NO_SPACE);
    ck_assert_int_eq(report_err.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(report_err.message, "cannot write the report: File too large (EFBIG)");
    ck_assert_uint_eq(tmpdir_count("."), 1); /* its room is given back already */

    limit_files(RLIM_INFINITY); /* room again, but rows are lost: it stays broken */
    loom_error first = report_err;
    loom_error_clear(&report_err);
    ck_assert_int_eq(report_add(report, 1001, "a.jpg"), LOOM_ERR_NO_SPACE);
    ck_assert_str_eq(report_err.message, first.message);
    loom_error_clear(&report_err);
    ck_assert_int_eq(loom_report_finish(report, &report_totals, &report_err), LOOM_ERR_NO_SPACE);
    ck_assert_str_eq(report_err.message, first.message);
    loom_report_free(report);
    report_check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(full_disk_at_the_end)
{
    tmpdir_write_text("r.json", "before");
    loom_report *report = report_open("r.json");
    report_add_many(report, 5); /* still in the buffer */
    limit_files(100);
    ck_assert_int_eq(loom_report_finish(report, &report_totals, &report_err), LOOM_ERR_NO_SPACE);
    loom_report_free(report);
    limit_files(RLIM_INFINITY);
    report_check_text("r.json", "before");
    ck_assert_uint_eq(tmpdir_count("."), 1);
}
END_TEST

START_TEST(full_disk_breaks_lines)
{
    loom_report *report = report_open("r.ndjson");

    report_add_many(report, 1);
    limit_files(2000);
    loom_status status = LOOM_OK;
    for (uint64_t i = 1; i < 100 && status == LOOM_OK; i++)
        status = report_add(report, i, "a.jpg");
    ck_assert_int_eq(status, LOOM_ERR_NO_SPACE);
    limit_files(RLIM_INFINITY);
    loom_error_clear(&report_err);
    ck_assert_int_eq(loom_report_finish(report, &report_totals, &report_err), LOOM_ERR_NO_SPACE);
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
    loom_report *report = report_open("-");
    loom_status status = loom_report_finish(report, &report_totals, &report_err);
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(saved);
    ck_assert_int_eq(status, LOOM_ERR_IO);
    ck_assert_ptr_nonnull(strstr(report_err.message, "EPIPE"));
    loom_report_free(report);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("report_targets");
    TCase *targets = tcase_create("targets"), *failures = tcase_create("failures");

    tcase_add_checked_fixture(targets, report_setup, tmpdir_leave);
    tcase_add_test(targets, dash_is_standard_output);
    tcase_add_test(targets, fifo_is_written_not_replaced);
    tcase_add_test(targets, descriptor_path_is_written_through);
    tcase_add_test(targets, full_pipe_that_does_not_block);
    tcase_add_loop_test(targets, new_lines_with_the_attempt, 0, 2); /* with a job, and without */
    tcase_add_test(targets, new_lines_replace_nothing);
    suite_add_tcase(suite, targets);
    tcase_add_checked_fixture(failures, report_setup, tmpdir_leave);
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
