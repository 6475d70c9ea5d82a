/*
 * What a call of loom_process_buffer costs beside a batch that makes the same picture.
 *
 *   bench_process FILE N   makes FILE fit into 200x200, N times each way
 *
 * One calling thread stands beside a batch on one thread, and CALLERS threads beside a batch on as
 * many threads as there are CPUs, which the engine has for calls too. A call takes its input from
 * memory, copies it, and leaves its output in memory; the batch reads a file, one of N hard links,
 * and discards its output. Prints wall and CPU time of a picture, and their ratio to the batch. Of
 * ROUNDS rounds, in which all take turns, the fastest of each counts.
 */
#include <imgloom/imgloom.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CALLERS = 8, ROUNDS = 5, COUNT_MAX = 60000 }; /* ext4 allows 65000 links */

/* What all runs share. */
typedef struct bench {
    unsigned long count; /* N */
    void *file;
    size_t size;     /* bytes of it */
    char folder[32]; /* of the links, below the working folder */
    loom_engine *engine;
    loom_recipe *recipe;
    loom_settings *settings; /* of the batch */
    loom_scan *scan;
    loom_plan *plan;
} bench;

static bool complain(const char *what, const loom_error *err)
{
    (void)fprintf(stderr, "bench_process: %s: %s\n", what, err->message);
    return false;
}

/* ---- the two ways -------------------------------------------------------- */

/* A calling thread. */
typedef struct caller {
    const bench *b;
    pthread_t id;
    unsigned long count;
    bool ok;
} caller;

static void *call(void *data)
{
    caller *c = data;
    loom_error err = LOOM_ERROR_INIT;
    loom_request *request = loom_request_create();

    c->ok = request != NULL;
    for (unsigned long i = 0; c->ok && i < c->count; i++) {
        request->recipe = c->b->recipe;
        c->ok = loom_process_buffer(c->b->engine, c->b->file, c->b->size, request, &err) == LOOM_OK;
    }
    if (!c->ok)
        (void)complain("a call", &err);
    loom_request_free(request);
    return NULL;
}

static bool run_calls(const bench *b, unsigned threads)
{
    caller callers[CALLERS];
    unsigned started = 0;
    bool ok = true;

    for (; started < threads; started++) {
        caller *c = &callers[started];
        *c = (caller){.b = b, .count = b->count / threads + (started < b->count % threads)};
        if (pthread_create(&c->id, NULL, call, c) != 0)
            break;
    }
    for (unsigned i = 0; i < started; i++)
        ok = pthread_join(callers[i].id, NULL) == 0 && callers[i].ok && ok;
    return ok && started == threads;
}

/* Counts in `user` the pictures that failed. */
static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    unsigned long *failed = user;

    (void)task;
    *failed += outcome->result == LOOM_RESULT_ERROR;
}

static bool run_batch(const bench *b, unsigned jobs)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_batch *batch = loom_batch_create(b->engine);
    unsigned long failed = 0;

    if (batch == NULL)
        return complain("the batch", &err);
    batch->plan = b->plan;
    batch->jobs = jobs;
    batch->user = &failed;
    batch->outcome = on_outcome;
    const bool ok = loom_batch_run(batch, &err) == LOOM_OK && failed == 0;
    if (!ok)
        (void)fprintf(stderr, "bench_process: the batch: %lu pictures failed; %s\n", failed,
                      err.message);
    loom_batch_free(batch);
    return ok;
}

/* ---- measuring ----------------------------------------------------------- */

/* A way to make the pictures, and the fastest round's ns a picture. */
typedef struct way {
    const char *name;
    bool (*run)(const bench *b, unsigned threads);
    unsigned threads;
    double wall, cpu;
} way;

static double now(clockid_t clock)
{
    struct timespec time = {0, 0};

    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static bool measure_once(const bench *b, way *w)
{
    const double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

    if (!w->run(b, w->threads))
        return false;
    const double wall_spent = (now(CLOCK_MONOTONIC) - wall) / (double)b->count;
    const double cpu_spent = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)b->count;
    w->wall = w->wall == 0 || wall_spent < w->wall ? wall_spent : w->wall;
    w->cpu = w->cpu == 0 || cpu_spent < w->cpu ? cpu_spent : w->cpu;
    return true;
}

static bool measure(const bench *b)
{
    const unsigned cpus = loom_cpu_count();
    way ways[] = {{.name = "batch, 1 thread", .run = run_batch, .threads = 1},
                  {.name = "calls, 1 thread", .run = run_calls, .threads = 1},
                  {.name = "batch, all CPUs", .run = run_batch, .threads = cpus},
                  {.name = "calls, 8 threads", .run = run_calls, .threads = CALLERS}};
    enum { WAYS = sizeof ways / sizeof *ways };

    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < WAYS; i++)
            if (!measure_once(b, &ways[i]))
                return false;
    printf("%u CPUs, ns a picture     wall  ratio       CPU  ratio\n", cpus);
    for (unsigned i = 0; i < WAYS; i++) {
        const way *w = &ways[i], *batch = &ways[i - i % 2];
        printf("%-18s %10.0f %6.2f %10.0f %6.2f\n", w->name, w->wall, w->wall / batch->wall, w->cpu,
               w->cpu / batch->cpu);
    }
    return true;
}

/* ---- inputs -------------------------------------------------------------- */

static bool read_file(bench *b, const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    bool ok = file != NULL && fstat(fileno(file), &status) == 0;

    if (ok) {
        b->size = (size_t)status.st_size;
        b->file = malloc(b->size > 0 ? b->size : 1);
        ok = b->file != NULL && fread(b->file, 1, b->size, file) == b->size;
    }
    if (!ok)
        perror(path);
    if (file != NULL)
        (void)fclose(file);
    return ok;
}

static void name_link(const bench *b, unsigned long i, char name[64])
{
    (void)snprintf(name, 64, "%s/%06lu.jpg", b->folder, i);
}

/* A scan takes a file once, but each of its hard links. */
static bool make_links(bench *b)
{
    char first[64], name[64];

    if (mkdtemp(b->folder) == NULL) {
        perror(b->folder);
        b->folder[0] = '\0';
        return false;
    }
    name_link(b, 0, first);
    FILE *file = fopen(first, "wb");
    bool ok = file != NULL && fwrite(b->file, 1, b->size, file) == b->size;
    if (file != NULL)
        ok = fclose(file) == 0 && ok;
    for (unsigned long i = 1; ok && i < b->count; i++) {
        name_link(b, i, name);
        ok = link(first, name) == 0;
    }
    if (!ok)
        perror(b->folder);
    return ok;
}

static void remove_links(const bench *b)
{
    char name[64];

    if (b->folder[0] == '\0')
        return;
    for (unsigned long i = 0; i < b->count; i++) {
        name_link(b, i, name);
        (void)unlink(name);
    }
    (void)rmdir(b->folder);
}

/* ---- all of it ----------------------------------------------------------- */

static bool set_up(bench *b)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_engine_options *engine = loom_engine_options_create();
    loom_plan_options *plan = loom_plan_options_create();
    bool ok = false;

    b->recipe = loom_recipe_create();
    b->settings = loom_settings_create();
    b->scan = loom_scan_create(NULL);
    if (engine == NULL || plan == NULL || b->recipe == NULL || b->settings == NULL ||
        b->scan == NULL)
        goto done;
    engine->worker_path = IMGLOOM_WORKER;
    b->settings->discard = true;
    plan->settings = b->settings;
    ok = loom_recipe_set(b->recipe, "size", "200x200", &err) == LOOM_OK &&
         loom_recipe_set(b->recipe, "fit", "inside", &err) == LOOM_OK &&
         loom_scan_add(b->scan, b->folder, &err) == LOOM_OK &&
         loom_plan_create(&b->plan, b->scan, b->recipe, plan, &err) == LOOM_OK &&
         loom_engine_start(&b->engine, engine, &err) == LOOM_OK &&
         loom_process_begin(b->engine, &err) == LOOM_OK;
done:
    loom_engine_options_free(engine);
    loom_plan_options_free(plan);
    return ok || complain("setting up", &err);
}

int main(int argc, char **argv)
{
    bench b = {.folder = "bench_process.XXXXXX"};

    b.count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (b.count < CALLERS || b.count > COUNT_MAX) {
        (void)fprintf(stderr, "usage: bench_process FILE N, N from %d to %d\n", CALLERS, COUNT_MAX);
        return 2;
    }
    const bool ok = read_file(&b, argv[1]) && make_links(&b) && set_up(&b) && measure(&b);
    loom_engine_stop(b.engine);
    loom_plan_free(b.plan);
    loom_scan_free(b.scan);
    loom_settings_free(b.settings);
    loom_recipe_free(b.recipe);
    remove_links(&b);
    free(b.file);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
