/*
 * What `memory` promises: however large the images, the processes together stay near the budget.
 * And what they hold does not grow with the number of images.
 */
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the budget ---------------------------------------------------------- */

enum { IMAGES = 30, JOBS = 4, BUDGET_MB = 200, WORKER_MB = 60, SAMPLE_MS = 2 };

/* A WebP of 4000x2500, which no decoder reads in strips: 40 MB of pixels, and as much again. */
static void make_large_image(void)
{
    isolated_run run;

    isolated_init(&run);
    run.engine.isolate = LOOM_ISOLATE_NEVER;
    run.recipe.sizes[0] = (loom_size){.width = 4000, .height = 2500};
    run.recipe.fit = LOOM_FIT_FILL;
    (void)isolated_add(&run, engine_testdata("formats/quadrants.png"), LOOM_FORMAT_WEBP);
    isolated_go(&run);
    ck_assert_int_eq(run.outcomes[0].result, LOOM_RESULT_OK);
    isolated_release(&run);
}

/* Whatever is needed to have all the images' processes below one that can be waited for. */
static pid_t start_batch(void (*batch)(void))
{
    const pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        batch();
        _exit(0);
    }
    return pid;
}

static void await_success(pid_t pid)
{
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

static void convert_large_images(void)
{
    isolated_run run;

    isolated_init(&run);
    run.engine.worker_path = getenv("IMGLOOM_WORKER");
    run.batch->jobs = JOBS;
    run.batch->memory = (uint64_t)BUDGET_MB << 20;
    for (size_t i = 0; i < IMAGES; i++)
        (void)isolated_add(&run, "out/0.webp", LOOM_FORMAT_PNG);
    isolated_go(&run);
    for (size_t i = 0; i < IMAGES; i++)
        if (run.outcomes[i].result != LOOM_RESULT_OK)
            _exit(1);
}

/* 0 for one that has just ended. */
static unsigned long resident_kb(pid_t pid)
{
    char path[64];
    unsigned long total, pages = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lu %lu", &total, &pages) != 2)
        pages = 0;
    (void)fclose(file);
    return pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
}

START_TEST(processes_together_stay_near_the_budget)
{
    unsigned long peak_kb = 0;
    int status;

    await_success(start_batch(make_large_image));
    const pid_t parent = start_batch(convert_large_images);
    while (waitpid(parent, &status, WNOHANG) == 0) {
        pid_t children[JOBS + 2];
        unsigned long kb = resident_kb(parent);
        const size_t count = isolated_children(parent, children, JOBS + 2);
        ck_assert_uint_le(count, JOBS + 1); /* and the zygote */
        for (size_t i = 0; i < count; i++)
            kb += resident_kb(children[i]);
        peak_kb = kb > peak_kb ? kb : peak_kb;
        isolated_pause(SAMPLE_MS);
    }
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    /* More than one at once, or this would prove nothing. */
    ck_assert_uint_gt(peak_kb, 100UL << 10);
    ck_assert_msg(peak_kb <= (BUDGET_MB * 13UL / 10 + (JOBS + 1) * WORKER_MB) << 10, "%lu kB",
                  peak_kb);
}
END_TEST

/* ---- many images --------------------------------------------------------- */

/* The last of each thousand would have the worker replaced while it is looked at. */
enum { MANY = 990, LONG_MANY = 9990, EARLY = 200, GROWTH_KB = 20000 };

static size_t last;
static unsigned long own_kb[2], child_kb[2];

static void measure(isolated_run *run, const loom_task *task, const loom_outcome *outcome)
{
    pid_t child;

    (void)task, (void)outcome;
    if (run->done != EARLY && run->done != last)
        return;
    const int late = run->done != EARLY;
    ck_assert_uint_eq(isolated_workers(getpid(), &child, 1), 1);
    own_kb[late] = isolated_resident(getpid());
    child_kb[late] = isolated_resident(child);
}

START_TEST(memory_does_not_grow_with_the_number_of_images)
{
    static const char *const inputs[] = {"formats/quadrants.png",  "tiny/photo-333x222.jpg",
                                         "formats/quadrants.webp", "formats/quadrants.gif",
                                         "formats/quadrants.tif",  "formats/quadrants.bmp",
                                         "broken/truncated.png",   "broken/corrupt.jpg"};
    const size_t count = suite_long() ? LONG_MANY : MANY;
    isolated_run run;

    last = count - 30;
    isolated_init(&run);
    run.engine.worker_path = getenv("IMGLOOM_WORKER");
    run.batch->jobs = 1;
    run.watch = measure;
    for (size_t i = 0; i < count; i++)
        (void)isolated_add(&run, engine_testdata(inputs[i % 8]), LOOM_FORMAT_PNG);
    isolated_go(&run);
    ck_assert_msg(own_kb[1] < own_kb[0] + GROWTH_KB, "parent: from %lu to %lu kB", own_kb[0],
                  own_kb[1]);
    ck_assert_msg(child_kb[1] < child_kb[0] + GROWTH_KB, "worker: from %lu to %lu kB", child_kb[0],
                  child_kb[1]);
    isolated_release(&run);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("memory");

    tcase_add_checked_fixture(tcase, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tcase, suite_long() ? 1800 : 120);
    tcase_add_test(tcase, processes_together_stay_near_the_budget);
    tcase_add_test(tcase, memory_does_not_grow_with_the_number_of_images);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
