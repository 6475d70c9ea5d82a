/*
 * What happens to a run from outside.
 *   havoc kill N [SEED]   N runs end at random instants, by SIGKILL, SIGTERM and SIGINT in turn
 *   havoc full N          N sizes of a small file system, on which the outputs do not fit; 77
 *                         where none may be mounted
 */
#include "faults/scene.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned long failures;

static int64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void check(const scene_run *run)
{
    scene_check_inputs();
    scene_check_outputs(run);
    if (run->hung)
        scene_complain("it hung");
    if (run->orphans)
        scene_complain("a worker outlived it");
}

/* ---- kills --------------------------------------------------------------- */

static const char *const kill_words[SCENE_MAX_WORDS] = {
    "run", "in", "-o",       "out",    "--size",   "200x200", "-p",
    "-j2", "-Q", "--report", "r.json", "--report", "r.ndjson"};

/* After a gentle signal there is a report, as soon as the images were begun. */
static void check_stopped(const scene_run *run)
{
    json_t *report = scene_check_report(run);
    const bool interrupted =
        json_is_true(json_object_get(json_object_get(report, "summary"), "interrupted"));

    if (report == NULL && access("r.ndjson", F_OK) == 0)
        scene_complain("no report after signal %d", run->signal);
    if (run->exit_status != 128 + run->signal && (interrupted || run->exit_status != 0))
        scene_complain("exit status %d after signal %d", run->exit_status, run->signal);
    scene_check_no_left_over();
    json_decref(report);
}

/* A run that nobody disturbs makes all whole, and leaves nothing over. */
static void run_to_the_end(void)
{
    scene_run run = {.words = kill_words};

    scene_run_it(&run);
    check(&run);
    if (run.exit_status != 0)
        scene_complain("the next run ended with %d", run.exit_status);
    scene_check_no_left_over();
    json_decref(scene_check_report(&run));
}

static void kill_one(unsigned long number, int longest_us)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGINT};
    scene_run run = {.words = kill_words,
                     .signal = signals[number % 3],
                     .signal_us = (int)(random() % longest_us)};
    char title[128];

    scene_clear();
    scene_run_it(&run);
    check(&run);
    if (run.signal == SIGKILL)
        json_decref(scene_check_report(&run));
    else
        check_stopped(&run);
    if (scene_left_over() > 0 || number % 8 == 0)
        run_to_the_end();
    (void)snprintf(title, sizeof title, "run %lu, signal %d after %d us (exit %d)", number,
                   run.signal, run.signal_us, run.exit_status);
    failures += scene_tell(title);
}

static int kill_many(unsigned long count)
{
    scene_enter();
    scene_take_measure(kill_words, 0);
    scene_clear();
    const int64_t start = now_us();
    run_to_the_end();
    const int longest = (int)(now_us() - start) * 5 / 4;
    for (unsigned long i = 0; i < count; i++)
        kill_one(i, longest);
    scene_leave();
    printf("%lu runs ended within %d ms, %lu not as they must be\n", count, longest / 1000,
           failures);
    return failures > 0;
}

/* ---- a full file system -------------------------------------------------- */

static const char *const full_words[SCENE_MAX_WORDS] = {
    "run", "in", "-o", "out", "--size", "500x500", "-f", "png", "-j2", "-Q", "--report", "r.json"};
static const char *const full_report_words[SCENE_MAX_WORDS] = {
    "run", "in",  "-o",  "out", "--size",   "500x500",
    "-f",  "png", "-j2", "-Q",  "--report", "out/r.json"};

static void check_codes(void)
{
    json_t *report = json_load_file("r.json", 0, NULL), *row;
    size_t index;

    json_array_foreach(json_object_get(report, "results"), index, row)
    {
        const char *code = json_string_value(json_object_get(row, "errorCode"));
        if (code != NULL && strcmp(code, "no-space") != 0)
            scene_complain("the error is `%s`", code);
    }
    json_decref(report);
}

static void fill_one(size_t pages, const char *const *words)
{
    scene_run run = {.words = words};
    char options[64], title[64];

    (void)snprintf(options, sizeof options, "size=%zuk,mode=755", pages * 4);
    scene_clear();
    (void)mkdir("out", 0755);
    if (mount("imgloom-test", "out", "tmpfs", 0, options) != 0)
        scene_complain("cannot mount");
    scene_run_it(&run);
    check(&run);
    scene_check_no_left_over();
    json_t *report = scene_check_report(&run);
    if (words == full_words && report == NULL)
        scene_complain("no report");
    if (words == full_words && run.exit_status > 1)
        scene_complain("exit status %d", run.exit_status);
    if (run.exit_status > 1 && run.exit_status != 4)
        scene_complain("exit status %d", run.exit_status);
    json_decref(report);
    check_codes();
    (void)snprintf(title, sizeof title, "%zu pages (exit %d)", pages, run.exit_status);
    failures += scene_tell(title);
    (void)umount2("out", MNT_DETACH);
}

static int fill_many(size_t count)
{
    enum { ENOUGH = 200 };

    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        printf("skipped: no file system may be mounted here\n");
        return 77;
    }
    scene_enter();
    scene_take_measure(full_words, 0);
    scene_forget_old();
    for (size_t i = 0; i < count; i++) {
        fill_one(2 + i * ENOUGH / count, full_words);
        if (i % 4 == 0)
            fill_one(2 + i * ENOUGH / count, full_report_words);
    }
    scene_leave();
    printf("%zu sizes, %lu not as they must be\n", count, failures);
    return failures > 0;
}

int main(int count, char **words)
{
    const unsigned long number = count > 2 ? strtoul(words[2], NULL, 10) : 0;

    srandom(count > 3 ? (unsigned)strtoul(words[3], NULL, 10) : (unsigned)getpid());
    if (number > 0 && strcmp(words[1], "kill") == 0)
        return kill_many(number);
    if (number > 0 && strcmp(words[1], "full") == 0)
        return fill_many(number);
    (void)fprintf(stderr, "havoc kill N [SEED], havoc full N\n");
    return 2;
}
