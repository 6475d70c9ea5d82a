/*
 * Makes every call of imgloom's own code that can fail do so, one at a time (calls.h), over a run
 * of five pictures, and looks at what is left. faults SHIM [--all] [--part=I/N] [--only=CALL] [-v]
 */
#include "faults/calls.h"
#include "faults/scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_WAYS = 6, SHORT_RUNS = 24 };

#define COUNT_WAYS(name, ...) {#name, {__VA_ARGS__}},
static const struct {
    const char *name;
    int ways[MAX_WAYS];
} calls[FAULT_CALL_COUNT] = {FAULT_CALLS(COUNT_WAYS)};

static const char *const programs[FAULT_PROGRAM_COUNT] = {"imgloom", "imgloom-worker"};

/* Runs that use different parts of the program. */
static const struct {
    bool fresh; /* nothing stands where the outputs go */
    const char *words[SCENE_MAX_WORDS];
} scenes[] = {
    {false,
     {"run", "in", "-o", "out", "--size", "60x60", "-p", "-j1", "--report", "r.json", "--report",
      "r.ndjson"}},
    {true,
     {"run", "in", "-o", "out", "--size", "60x60,40x", "--name", "{dir}/{stem}-{width}.{ext}",
      "--if-exists", "error", "--isolate", "all", "--metadata", "all", "-j1", "-Q", "--report",
      "r.json"}},
    {false,
     {"run", "--files-from", "list", "-o", "out", "--flatten", "--grayscale", "--rotate", "90",
      "--isolate", "never", "-j1", "-Q", "--report", "r.json"}},
    {false,
     {"run", "in", "-o", "out", "--size", "60x60", "--durable", "--quarantine", "quarantine",
      "--max-errors", "80%", "--html", "page.html", "-f", "webp", "-v", "-j1", "--report",
      "r.json"}},
    {false,
     {"run", "in", "-o", "out", "--size", "60x60", "--state", "s.db", "-j1", "-Q", "--report",
      "r.json"}},
};
enum { SCENES = sizeof scenes / sizeof *scenes, SCENE_STATE = SCENES - 1 };

static fault_state *state;
static unsigned long part_number = 0, parts = 1;
static bool all, verbose;
static const char *only, *shim;
static unsigned long runs, failures, hits;

static void map_state(void)
{
    char path[] = "/tmp/imgloom-faults-state.XXXXXX";
    const int file = mkstemp(path);

    if (file < 0 || ftruncate(file, sizeof *state) != 0 ||
        (state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)) ==
            MAP_FAILED ||
        setenv("IMGLOOM_FAULTS", path, 1) != 0) {
        perror("state");
        exit(2);
    }
    (void)close(file);
}

/* The error codes that a row may have when a call failed so. */
static bool is_right_code(enum fault_call call, int way, const char *code)
{
    static const struct {
        int way;
        const char *code;
    } right[] = {{ENOMEM, "out-of-memory"}, {ENOSPC, "no-space"},   {EACCES, "permission"},
                 {EPERM, "permission"},     {EROFS, "permission"},  {ENOENT, "not-found"},
                 {EEXIST, "exists"},        {EEXIST, "unsafe-path"}};
    const bool talk = call == CALL_recvmsg || call == CALL_sendmsg || call == CALL_poll ||
                      call == CALL_setrlimit64 || call == CALL_syscall;

    if (talk && strcmp(code, "crashed") == 0)
        return true;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (right[i].way == way && strcmp(right[i].code, code) == 0)
            return true;
    return way != ENOMEM && strcmp(code, "io") == 0;
}

static void check_codes(enum fault_call call, int way, const json_t *report)
{
    size_t index;
    json_t *row;

    json_array_foreach(json_object_get(report, "results"), index, row)
    {
        const char *code = json_string_value(json_object_get(row, "errorCode"));
        if (code != NULL && !is_right_code(call, way, code))
            scene_complain("the error is `%s`: %s", code,
                           json_string_value(json_object_get(row, "error")));
    }
}

/* Without memory the program knows fewer words; a list is one of its words, and may be missing. */
static bool may_be_usage(enum fault_call call, int way, int exit_status)
{
    return exit_status == 2 && (way == ENOMEM || call == CALL_fopen64 || call == CALL_getdelim ||
                                (call == CALL_stat64 && way == ENOENT));
}

/* Whatever became of its state, the next run is not kept from making what is missing. */
static void run_next(int scene)
{
    scene_run run = {.words = scenes[scene].words};

    state->number = 0;
    (void)unlink("r.json");
    scene_run_it(&run);
    if (run.exit_status != 0)
        scene_complain("the next run ended with %d", run.exit_status);
    json_decref(scene_check_report(&run)); /* a success is whole */
}

static void try(int scene, enum fault_program program, enum fault_call call, int way,
                unsigned long number)
{
    scene_run run = {.words = scenes[scene].words, .preload = shim};
    char title[256];

    for (int attempt = 0; attempt < 3; attempt++) {
        memset(state, 0, sizeof *state);
        state->program = (int)program;
        state->call = (int)call;
        state->errnum = way;
        state->number = number;
        scene_clear();
        scene_run_it(&run);
        if (!scene_said("LeakSanitizer has encountered a fatal error"))
            break; /* it has, now and then, where there are threads of libraries */
    }
    runs++;
    hits += state->hits > 0;
    scene_check_inputs();
    scene_check_outputs(&run);
    if (call != CALL_unlinkat)
        scene_check_no_left_over();
    json_t *report = scene_check_report(&run);
    if (run.hung)
        scene_complain("it hung");
    if (run.orphans)
        scene_complain("a worker outlived it");
    if (report == NULL && run.exit_status != 4 && !may_be_usage(call, way, run.exit_status))
        scene_complain("no report, and exit status %d", run.exit_status);
    if ((way == EINTR || way == FAULT_SHORT) && run.exit_status != 0)
        scene_complain("exit status %d, though a call had only to be made again", run.exit_status);
    if (run.exit_status > 4)
        scene_complain("exit status %d", run.exit_status);
    check_codes(call, way, report);
    if (scene == SCENE_STATE)
        run_next(scene);
    (void)snprintf(title, sizeof title, "scene %d, %s: %s number %lu %s (exit %d)", scene,
                   programs[program], calls[call].name, number,
                   way == FAULT_SHORT ? "in part" : strerrorname_np(way), run.exit_status);
    if (verbose)
        printf("%s%s\n", title, state->hits > 0 ? "" : " (not reached)");
    failures += scene_tell(title);
    json_decref(report);
}

/* Counts the calls of a run in which none fails. */
static void count_calls(int scene, unsigned long (*counts)[FAULT_CALL_COUNT])
{
    scene_run run = {.words = scenes[scene].words, .preload = shim};

    memset(state, 0, sizeof *state);
    scene_clear();
    scene_run_it(&run);
    json_t *report = scene_check_report(&run);
    if (report == NULL || run.exit_status != 0)
        scene_complain("the run in which nothing fails ended with %d", run.exit_status);
    json_decref(report);
    failures += scene_tell("counting");
    for (int p = 0; p < FAULT_PROGRAM_COUNT; p++)
        for (int c = 0; c < FAULT_CALL_COUNT; c++)
            counts[p][c] = state->counts[p][c];
}

/*
 * The short form: each call's first and some others, which are not always the same ones; of the run
 * with a state a third of them, since all but SQLite's calls fail in the other scene, too.
 */
static bool is_wanted(int scene, unsigned long index, unsigned long number, int way)
{
    if (!all && !(number == 1 && way == 0) && index % 197 != 0)
        return false;
    if (!all && scene == SCENE_STATE && index % 3 != 0)
        return false;
    return index % parts == part_number;
}

static void run_scene(int scene)
{
    unsigned long counts[FAULT_PROGRAM_COUNT][FAULT_CALL_COUNT], index = 0, total = 0;

    scene_take_measure(scenes[scene].words, 0);
    if (scenes[scene].fresh)
        scene_forget_old();
    count_calls(scene, counts);
    for (int p = 0; p < FAULT_PROGRAM_COUNT; p++)
        for (int c = 0; c < FAULT_CALL_COUNT; c++) {
            total += counts[p][c];
            if (only != NULL && strcmp(only, calls[c].name) != 0)
                continue;
            for (int w = 0; w < MAX_WAYS && calls[c].ways[w] != 0; w++)
                for (unsigned long n = 1; n <= counts[p][c]; n++)
                    if (is_wanted(scene, index++, n, w))
                        try(scene, (enum fault_program)p, (enum fault_call)c, calls[c].ways[w], n);
        }
    failures += total == 0;
    printf("scene %d: %lu calls, %lu faults possible\n", scene, total, index);
}

int main(int count, char **words)
{
    int scene_number = -1;

    if (count < 2)
        return 2;
    shim = realpath(words[1], NULL);
    if (shim == NULL) {
        perror(words[1]);
        return 2;
    }
    for (int i = 2; i < count; i++) {
        all = all || strcmp(words[i], "--all") == 0;
        verbose = verbose || strcmp(words[i], "-v") == 0;
        if (strncmp(words[i], "--only=", 7) == 0)
            only = words[i] + 7;
        else if (strncmp(words[i], "--scene=", 8) == 0)
            scene_number = atoi(words[i] + 8);
        else if (strncmp(words[i], "--part=", 7) == 0 &&
                 (sscanf(words[i] + 7, "%lu/%lu", &part_number, &parts) != 2 || parts == 0))
            return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    map_state();
    scene_enter();
    for (int i = 0; i < SCENES; i++)
        if (scene_number == i || (scene_number < 0 && (all || i == 0 || i == SCENE_STATE)))
            run_scene(i);
    scene_leave();
    (void)unlink(getenv("IMGLOOM_FAULTS"));
    printf("%lu runs, %lu calls made to fail, %lu runs not as they must be\n", runs, hits,
           failures);
    return failures > 0;
}
