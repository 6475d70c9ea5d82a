/*
 * Whose error is it? Broken and good images of six formats, by one worker and by many, in threads
 * and in processes: every row must say the same, in the decoder's own words.
 * ATTRIBUTION_RUNS in the environment: how many times, each with other damage (1).
 */
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/random.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IMAGES = 200, LONG_IMAGES = 1000 };

static const struct {
    const char *name;
    loom_format to;
} sources[] = {
    {"tiny/photo-333x222.jpg", LOOM_FORMAT_JPEG},
    {"formats/quadrants.png", LOOM_FORMAT_PNG},
    {"formats/quadrants.webp", LOOM_FORMAT_PNG},
    {"formats/quadrants.gif", LOOM_FORMAT_PNG},
    {"formats/quadrants.tif", LOOM_FORMAT_PNG},
    {"formats/quadrants.avif", LOOM_FORMAT_PNG},
    {"photos/cmyk.jpg", LOOM_FORMAT_JPEG},
    {"formats/deep16.png", LOOM_FORMAT_WEBP},
    {"formats/animated.gif", LOOM_FORMAT_GIF},
    {"formats/deep16.tif", LOOM_FORMAT_TIFF},
    {"photos/gray.jpg", LOOM_FORMAT_PNG},
    {"formats/quadrants-alpha.webp", LOOM_FORMAT_WEBP},
};

enum { SOURCES = sizeof sources / sizeof *sources };

static const loom_isolate modes[] = {LOOM_ISOLATE_ALL, LOOM_ISOLATE_AUTO, LOOM_ISOLATE_NEVER};
static const unsigned jobs[] = {1, 2, 4, 8, 16};

enum { MODES = sizeof modes / sizeof *modes, JOBS = sizeof jobs / sizeof *jobs };

/* ---- the images ---------------------------------------------------------- */

static size_t image_count(void)
{
    return suite_long() ? LONG_IMAGES : IMAGES;
}

static void make_image(size_t image, uint64_t *state)
{
    size_t size;
    char path[64];
    char *data = tmpdir_read(engine_testdata(sources[image % SOURCES].name), &size);

    switch (random_next(state) % 4) {
    case 0:
        break; /* good */
    case 1:
        size = 1 + random_next(state) % (size - 1);
        break;
    default:
        for (unsigned n = 1 + random_next(state) % 6; n > 0; n--)
            data[random_next(state) % size] = (char)random_next(state);
    }
    (void)snprintf(path, sizeof path, "in/%zu", image);
    tmpdir_write(path, data, size);
    free(data);
}

/* ---- one run ------------------------------------------------------------- */

static void name_results(char path[64], size_t mode, size_t job)
{
    (void)snprintf(path, 64, "results-%s-%u", loom_isolate_name(modes[mode]), jobs[job]);
}

/* An error about a picture tells what its decoder said, except where our own look sufficed. */
static bool is_empty(const loom_error *error)
{
    return (error->code == LOOM_ERR_CORRUPT || error->code == LOOM_ERR_TRUNCATED) &&
           strstr(error->message, ": ") == NULL;
}

static void write_row(FILE *file, size_t image, const loom_outcome *o)
{
    ck_assert_msg(!is_empty(&o->error), "%zu: %s", image, o->error.message);
    (void)fprintf(file, "%zu %s %s %s %s", image, loom_result_name(o->result),
                  loom_status_name(o->error.code), loom_stage_name(o->error.stage),
                  o->error.message);
    for (size_t i = 0; i < o->warning_count; i++)
        (void)fprintf(file, " | %s", o->warnings[i]);
    (void)fprintf(file, " + %zu\n", o->warnings_dropped);
}

static void run_all(size_t mode, size_t job)
{
    char path[64];
    isolated_run run;

    isolated_init(&run);
    run.engine.isolate = modes[mode];
    run.engine.worker_path = getenv("IMGLOOM_WORKER");
    run.batch->jobs = jobs[job];
    run.settings.max_pixels = 4000000; /* damage may claim to be large */
    for (size_t i = 0; i < image_count(); i++) {
        (void)snprintf(path, sizeof path, "in/%zu", i);
        (void)isolated_add(&run, path, sources[i % SOURCES].to);
    }
    isolated_go(&run);
    name_results(path, mode, job);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < image_count(); i++)
        write_row(file, i, &run.outcomes[i]);
    ck_assert_int_eq(fclose(file), 0);
    isolated_release(&run);
}

/* In a process of its own: an engine is started once in a process. */
static void run_apart(size_t mode, size_t job)
{
    int status;
    const pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        run_all(mode, job);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s, %u jobs: status %x",
                  loom_isolate_name(modes[mode]), jobs[job], (unsigned)status);
}

/* ---- comparison ---------------------------------------------------------- */

static size_t count_errors(const char *rows)
{
    size_t count = 0;

    for (; *rows != '\0'; rows += strcspn(rows, "\n") + 1)
        count += strncmp(strchr(rows, ' '), " error ", 7) == 0;
    return count;
}

static void assert_same_rows(const char *expected, const char *rows, const char *path)
{
    while (*expected != '\0' || *rows != '\0') {
        const size_t a = strcspn(expected, "\n"), b = strcspn(rows, "\n");
        ck_assert_msg(a == b && memcmp(expected, rows, a) == 0, "%s:\n%.*s\ninstead of\n%.*s", path,
                      (int)b, rows, (int)a, expected);
        expected += a + (expected[a] == '\n');
        rows += b + (rows[b] == '\n');
    }
}

START_TEST(every_error_is_its_own)
{
    uint64_t state = (uint64_t)_i + 1;
    char path[64], *expected = NULL;

    tmpdir_mkdir("in");
    for (size_t i = 0; i < image_count(); i++)
        make_image(i, &state);
    for (size_t m = 0; m < MODES; m++)
        for (size_t j = 0; j < JOBS; j++) {
            if (!suite_takes(m * JOBS + j, 2))
                continue;
            run_apart(m, j);
            name_results(path, m, j);
            char *rows = tmpdir_read(path, NULL);
            if (expected == NULL) {
                expected = rows;
                ck_assert_uint_gt(count_errors(rows), image_count() / 5);
                ck_assert_uint_lt(count_errors(rows), image_count());
                continue;
            }
            assert_same_rows(expected, rows, path);
            free(rows);
        }
    free(expected);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("attribution");
    TCase *tcase = tcase_create("attribution");
    const char *wanted = getenv("ATTRIBUTION_RUNS");
    const int runs = wanted != NULL ? (int)strtol(wanted, NULL, 10) : 1;

    tcase_add_checked_fixture(tcase, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tcase, suite_long() ? 1800 : 220);
    tcase_add_loop_test(tcase, every_error_is_its_own, 0, runs);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
