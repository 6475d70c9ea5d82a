/* The file of a state: what is refused without a change, damage, and two runs at once. */
#include "support/state_run.h"

#include "base/clock.h"
#include "state/record.h"
#include "support/engine_run.h"
#include "support/random.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static state_request request;

static void assert_same(const char *path, const char *before, size_t size)
{
    size_t size_after;
    char *after = tmpdir_read(path, &size_after);

    ck_assert_uint_eq(size_after, size);
    ck_assert_mem_eq(after, before, size);
    free(after);
}

/* Is refused, and not changed by a byte. */
static void assert_left(const char *path, loom_status code, const char *words)
{
    size_t size;
    char *before = tmpdir_read(path, &size);

    state_assert_refused(path, code, words);
    assert_same(path, before, size);
    free(before);
}

/* ---- what it is ---------------------------------------------------------- */

START_TEST(a_new_file)
{
    state_expect(&request, "a.jpg:new b.jpg:new ");
    ck_assert_int_eq(state_count("PRAGMA application_id"), 0x4C4F4F4D);
    ck_assert_int_eq(state_count("PRAGMA user_version"), 1);
    ck_assert_int_eq(state_count("SELECT count(*) FROM output"), 2);
    ck_assert_int_eq(state_count("SELECT count(*) FROM fresh"), 0);
    ck_assert_int_eq(state_count("SELECT count(*) FROM meta"), 0);
    ck_assert_int_eq(state_count("SELECT count(*) FROM making"), 1);
    ck_assert_int_eq(
        state_count("SELECT count(*) FROM output WHERE CAST(input AS TEXT) LIKE 'in/%'"), 2);
    ck_assert(!tmpdir_exists("s.db-wal") && !tmpdir_exists("s.db-shm"));
}
END_TEST

START_TEST(an_empty_file)
{
    tmpdir_write("s.db", "", 0);
    state_expect(&request, "a.jpg:new b.jpg:new ");
    state_expect(&request, "a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

/* Below the folder of the state paths are relative to it, else absolute. */
START_TEST(paths_outside)
{
    char path[300];
    loom_error err = LOOM_ERROR_INIT;
    loom_state_options options = request.options;
    loom_state *state;

    options.recipe = &request.recipe;
    (void)snprintf(path, sizeof path, "%s/x/../deep/s.db", tmpdir_path());
    tmpdir_mkdir("x");
    ck_assert(loom_state_open(&state, path, &options, &err) == LOOM_OK);
    ck_assert(!tmpdir_exists("deep"));
    ck_assert_msg(loom_state_prepare(state, &err) == LOOM_OK, "%s", err.message);
    ck_assert(tmpdir_exists("deep/s.db"));
    ck_assert(loom_state_finish(state, &err) == LOOM_OK);
    loom_state_free(state);
}
END_TEST

START_TEST(rows_of_a_killed_run)
{
    state_expect(&request, "a.jpg:new b.jpg:new ");
    state_change("s.db", "INSERT INTO fresh SELECT * FROM output; DELETE FROM output;"
                         "INSERT INTO meta VALUES('host', 'here'), ('pid', 1)");
    state_expect(&request, "a.jpg:unchanged b.jpg:unchanged ");
    ck_assert_int_eq(state_count("SELECT count(*) FROM output"), 2);
    ck_assert_int_eq(state_count("SELECT count(*) FROM fresh"), 0);
}
END_TEST

/* However many times a run commits, its log does not grow with that. */
START_TEST(the_log_stays_short)
{
    enum { COMMITS = 20000, PAGE = 4096 };
    loom_state_options options = request.options;
    loom_error err = LOOM_ERROR_INIT;
    loom_state *state;
    struct stat info;

    options.recipe = &request.recipe;
    ck_assert(loom_state_open(&state, "s.db", &options, &err) == LOOM_OK);
    ck_assert(loom_state_prepare(state, &err) == LOOM_OK);
    for (int i = 0; i < COMMITS; i++)
        ck_assert(loom_state_begin(state, &err) == LOOM_OK &&
                  loom_state_execute(state, "INSERT OR REPLACE INTO meta VALUES('n', random())",
                                     &err) == LOOM_OK &&
                  loom_state_commit(state, &err) == LOOM_OK);
    ck_assert_int_eq(stat("s.db-wal", &info), 0);
    ck_assert_int_lt(info.st_size, COMMITS / 2 * PAGE);
    loom_state_free(state);
    ck_assert(!tmpdir_exists("s.db-wal"));
}
END_TEST

/* ---- refused ------------------------------------------------------------- */

START_TEST(foreign_files)
{
    char big[4096] = "SQLite format 3";

    tmpdir_write_text("s.db", "my diary");
    assert_left("s.db", LOOM_ERR_USAGE, "no state of imgloom");
    tmpdir_write("s.db", big, sizeof big);
    assert_left("s.db", LOOM_ERR_USAGE, "no state of imgloom");
    state_assert_refused("in", LOOM_ERR_USAGE, "no state of imgloom");
    ck_assert_int_eq(unlink("s.db"), 0);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    state_assert_refused("fifo", LOOM_ERR_USAGE, "no state of imgloom");
    state_expect(&request, "a.jpg:new b.jpg:new ");
    ck_assert_int_eq(symlink("s.db", "link"), 0);
    state_assert_refused("link", LOOM_ERR_USAGE, "no state of imgloom");
    state_change("s.db", "PRAGMA user_version = 2");
    assert_left("s.db", LOOM_ERR_USAGE, "newer");
    state_change("s.db", "PRAGMA user_version = 1; PRAGMA application_id = 7");
    assert_left("s.db", LOOM_ERR_USAGE, "no state of imgloom");
}
END_TEST

/* To let SQLite look at it would fold its log into it. */
START_TEST(a_foreign_database_in_use)
{
    size_t size, log_size;
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open("other", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "PRAGMA journal_mode = WAL; CREATE TABLE t(x);"
                                  "INSERT INTO t VALUES(1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(system("cp other s.db && cp other-wal s.db-wal"), 0); /* as of a killed one */
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    char *before = tmpdir_read("s.db", &size), *log = tmpdir_read("s.db-wal", &log_size);
    ck_assert_uint_gt(log_size, 0);
    state_assert_refused("s.db", LOOM_ERR_USAGE, "no state of imgloom");
    assert_same("s.db", before, size);
    assert_same("s.db-wal", log, log_size);
    free(before);
    free(log);
}
END_TEST

START_TEST(foreign_tables)
{
    state_expect(&request, "a.jpg:new b.jpg:new ");
    state_change("s.db", "DROP TABLE fresh");
    assert_left("s.db", LOOM_ERR_CORRUPT, "damaged");
    state_change("s.db", "CREATE TABLE fresh(x)");
    assert_left("s.db", LOOM_ERR_CORRUPT, "damaged");
}
END_TEST

START_TEST(another_run)
{
    loom_state_options options = request.options;
    loom_error err = LOOM_ERROR_INIT;
    loom_state *state;
    int status;

    options.recipe = &request.recipe;
    state_expect(&request, "a.jpg:new b.jpg:new ");
    ck_assert(loom_state_open(&state, "s.db", &options, &err) == LOOM_OK);
    const pid_t child = fork();
    if (child == 0) {
        loom_state *other;
        loom_error why = LOOM_ERROR_INIT;
        const loom_status code = loom_state_open(&other, "s.db", &options, &why);
        _exit(code == LOOM_ERR_BUSY && strstr(why.message, "another run") != NULL ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    loom_state_free(state);
    state_expect(&request, "a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

static void claim(const char *host, int64_t ago_ns)
{
    char sql[200];

    (void)snprintf(sql, sizeof sql,
                   "INSERT OR REPLACE INTO meta VALUES('host', '%s'), ('beat', %" PRId64 ")", host,
                   loom_clock_wall() - ago_ns);
    state_change("s.db", sql);
}

START_TEST(a_run_on_another_host)
{
    char host[256] = "";

    state_expect(&request, "a.jpg:new b.jpg:new ");
    claim("elsewhere", 60 * LOOM_NS_PER_SECOND);
    assert_left("s.db", LOOM_ERR_BUSY, "elsewhere");
    claim("elsewhere", 301 * LOOM_NS_PER_SECOND);
    state_expect(&request, "a.jpg:unchanged b.jpg:unchanged ");
    ck_assert_int_eq(gethostname(host, sizeof host - 1), 0);
    claim(host, 0); /* its lock is gone: it is dead */
    state_expect(&request, "a.jpg:unchanged b.jpg:unchanged ");
}
END_TEST

/* ---- damage -------------------------------------------------------------- */

/*
 * A run with a damaged state: refused, or made as the records say that are left. Nothing that has
 * changed may be taken for unchanged. In a process of its own, which may not crash.
 */
static void assert_survives(void)
{
    int status;
    const pid_t child = fork();

    if (child == 0) {
        loom_state_options options = request.options;
        loom_error err = LOOM_ERROR_INIT;
        loom_state *state = NULL;
        size_t size = 0;
        char *before = tmpdir_read("s.db", &size);
        options.recipe = &request.recipe;
        if (loom_state_open(&state, "s.db", &options, &err) != LOOM_OK) {
            assert_same("s.db", before, size);
            _exit(0);
        }
        loom_scan *scan = loom_scan_create(NULL);
        const loom_plan_options how = {.output_root = "out",
                                       .settings = &request.settings,
                                       .history = loom_state_history(state)};
        loom_plan *plan;
        if (loom_scan_add(scan, "in", &err) != LOOM_OK ||
            loom_plan_create(&plan, scan, &request.recipe, &how, &err) != LOOM_OK)
            _exit(1);
        const bool failed = loom_state_check(state, &err) != LOOM_OK;
        for (size_t i = 0; !failed && i < loom_plan_count(plan); i++)
            if (loom_plan_task(plan, i)->skip_reason != NULL)
                _exit(2);
        loom_state_free(state);
        if (failed)
            assert_same("s.db", before, size);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(status == 0, "status %d", status);
    (void)unlink("s.db-wal");
}

START_TEST(flipped_bytes_and_cuts)
{
    const unsigned flips = suite_long() ? 1000 : 100, cuts = suite_long() ? 100 : 20;
    uint64_t random = 1;
    char path[40];
    size_t size;

    for (int i = 0; i < 60; i++) {
        (void)snprintf(path, sizeof path, "in/%02d.jpg", i);
        state_make_input(path, i);
    }
    (void)state_run(&request);
    char *whole = tmpdir_read("s.db", &size);
    for (int i = 0; i < 60; i++) { /* all are changed */
        (void)snprintf(path, sizeof path, "in/%02d.jpg", i);
        state_make_input(path, i + 100);
    }
    state_make_input("in/a.jpg", 3);
    state_make_input("in/b.jpg", 4);
    for (unsigned i = 0; i < flips; i++) {
        const size_t at = (size_t)(random_next(&random) % size);
        const char was = whole[at];
        whole[at] = (char)(was ^ (1 << (random_next(&random) % 8)));
        tmpdir_write("s.db", whole, size);
        whole[at] = was;
        assert_survives();
    }
    for (unsigned i = 0; i < cuts; i++) {
        tmpdir_write("s.db", whole, size * i / cuts);
        assert_survives();
    }
    free(whole);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_new_file,
                                  an_empty_file,
                                  paths_outside,
                                  rows_of_a_killed_run,
                                  the_log_stays_short,
                                  foreign_files,
                                  a_foreign_database_in_use,
                                  foreign_tables,
                                  another_run,
                                  a_run_on_another_host,
                                  flipped_bytes_and_cuts};

    return state_suite_run("state_file", &request, NULL, tests, COUNT(tests));
}
