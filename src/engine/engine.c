/*
 * The engine in the parent: opens an input, converts it in this thread or in a worker process, and
 * writes the outputs.
 */
#include "base/array.h"
#include "base/content_hash.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/service.h"
#include "engine/lanes.h"
#include "engine/larger.h"
#include "engine/layer_store.h"
#include "engine/locate.h"
#include "engine/plugin.h"
#include "engine/probe.h"
#include "engine/route.h"
#include "files/output.h"
#include "isolation/protocol.h"
#include "isolation/proxy.h"
#include "isolation/spawn.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct state {
    loom_engine engine; /* whose context is this struct */
    struct state *own;  /* the desk's copy of this state, with its own workers, because a */
                        /* worker ends with the thread that started it */
    pid_t process;
    bool allow_untrusted;                       /* for libvips, of which a process has only one */
    loom_spawn_setup spawn;                     /* program -1: there are no workers */
    loom_spawner *spawner;                      /* of all workers; NULL: there are none */
    loom_layer_store *store;                    /* the desk's is the engine's */
    loom_routes routes;                         /* owns its workers, which all threads share */
    loom_worker_counts counts;                  /* filled in on request */
    loom_worker_info worker;                    /* as well */
    loom_codec_info codecs[LOOM_FORMAT_COUNT];  /* filled in on request */
    const char *lacked[LOOM_SANDBOX_PARTS + 1]; /* as well */
} state;

/* ---- delivering ---------------------------------------------------------- */

/*
 * If different names may lead to one file, a file that has appeared at a new name is probably the
 * output of another task. No output replaces it, and this one fails instead of being skipped.
 */
static loom_status write_output(const loom_settings *settings, const loom_input_file *file,
                                const loom_task *task, const loom_encoded *encoded,
                                loom_stamp *stamp, loom_error *err)
{
    const bool replace = settings->if_exists == LOOM_IF_EXISTS_REPLACE ||
                         settings->if_exists == LOOM_IF_EXISTS_NEWER || task->owned;
    const loom_output_content content = {.data = encoded->data,
                                         .size = encoded->size,
                                         .timed =
                                             settings->preserve_timestamps && file->bytes == NULL,
                                         .atime_ns = file->atime_ns,
                                         .mtime_ns = file->mtime_ns,
                                         .item = task->seq};
    loom_error error = LOOM_ERROR_INIT;

    const loom_status status = loom_output_store(task->tree, task->output_path, &content,
                                                 replace && !task->new_name, stamp, &error);
    if (status == LOOM_OK)
        return LOOM_OK;
    if (status == LOOM_ERR_EXISTS && task->new_name && settings->if_exists != LOOM_IF_EXISTS_ERROR)
        return loom_error_set(err, LOOM_ERR_COLLISION, LOOM_STAGE_WRITE,
                              "a file has come to stand at its output path since the run began; on "
                              "this file system another name may lead to it");
    return loom_error_copy(err, &error);
}

/* Corrects the outcome of an output that could not be written. */
static void unwrite(const loom_settings *settings, loom_outcome *outcome)
{
    loom_outcome_unwrite(outcome);
    if (outcome->error.code == LOOM_ERR_EXISTS && settings->if_exists == LOOM_IF_EXISTS_SKIP) {
        loom_error_clear(&outcome->error); /* the file has appeared since the plan */
        outcome->result = LOOM_RESULT_SKIPPED;
        outcome->skip_reason = "output exists";
    }
}

/* Writes an encoded picture to the task's path, or hands it over. */
static void deliver(const loom_job *job, size_t i, const loom_input_file *file,
                    loom_encoded *encoded, loom_outcome *outcome)
{
    const loom_task *task = job->tasks[i];

    loom_larger_settle(job, i, file, encoded, outcome);
    if (encoded->data == NULL)
        return;
    if (job->settings->hash) {
        outcome->processed_hash = loom_hash_content(encoded->data, encoded->size);
        outcome->processed_hashed = true;
    }
    loom_format_traits(task->format, (loom_bytes){encoded->data, encoded->size}, &outcome->traits);
    if (task->output_path == NULL) {
        outcome->picture = encoded->data;
        encoded->data = NULL;
    } else if (!job->settings->discard &&
               write_output(job->settings, file, task, encoded, &outcome->processed_stamp,
                            &outcome->error) != LOOM_OK) {
        unwrite(job->settings, outcome);
    }
}

/* Records what is known of an input whose image no lane has finished. */
static void record_unfinished(const loom_input_file *file, const char *path, loom_outcome *outcome)
{
    if (file->size == 0)
        return;
    outcome->original_size = file->size;
    if (outcome->error.code != LOOM_ERR_IO) /* otherwise it is unreadable, or has changed */
        loom_probe_glance(file, path, outcome);
}

/* Records which version of the input this is. */
static void record_version(const loom_input_file *file, loom_outcome *outcome)
{
    outcome->original_stamp = loom_input_stamp(file);
    outcome->opened_ns = file->opened_ns;
    outcome->original_hashed = file->hashed;
    outcome->original_hash = file->hash;
}

/* ---- what need not be made ----------------------------------------------- */

/* The part of a job that is to be made. Its outcomes come first, until they are spread. */
typedef struct open_work {
    loom_job job;
    const loom_task *tasks[LOOM_SIZES_MAX];
    size_t places[LOOM_SIZES_MAX]; /* in the whole job, rising */
    bool lost[LOOM_SIZES_MAX];     /* the output alone is not as it was written */
} open_work;

/* Sets *work to what is left to be made, once the input is open. */
static void select_work(const loom_job *job, loom_input_file *file, open_work *work)
{
    work->job = *job;
    work->job.tasks = work->tasks;
    work->job.count = 0;
    if (job->expected != NULL)
        loom_input_hash(file, NULL);
    for (size_t i = 0; i < job->count; i++) {
        const loom_expected *expected = job->expected != NULL ? &job->expected[i] : NULL;
        const bool same = expected != NULL && expected->known && file->hashed &&
                          loom_hash_same(&file->hash, &expected->input);
        if (same && (!expected->compare_output ||
                     loom_output_is(job->tasks[i]->tree, job->tasks[i]->output_path,
                                    expected->output_size, &expected->output)))
            continue;
        work->places[work->job.count] = i;
        work->lost[work->job.count] = same;
        work->tasks[work->job.count++] = job->tasks[i];
    }
}

/* Moves the outcomes to their places in the job, and sets those that lie between. */
static void spread_outcomes(const loom_job *job, const open_work *work, loom_outcome *outcomes)
{
    size_t left = work->job.count;

    for (size_t i = job->count; i-- > 0;) {
        if (left > 0 && work->places[left - 1] == i) {
            left--;
            if (left != i)
                outcomes[i] = outcomes[left];
            continue;
        }
        loom_outcome_init(&outcomes[i]);
        outcomes[i].result = LOOM_RESULT_SKIPPED;
        outcomes[i].skip_reason = LOOM_SKIP_CONTENT_UNCHANGED;
        outcomes[i].content_unchanged = true;
    }
}

/* ---- the engine's functions ---------------------------------------------- */

static void fail(const loom_error *error, const loom_input_file *file, const char *path,
                 loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_ERROR;
    outcome->error = *error;
    record_unfinished(file, path, outcome);
}

/* Makes what is to be made of an open input. */
static void make(const state *s, const loom_job *job, loom_input_file *file, loom_outcome *outcomes)
{
    loom_encoded encoded[LOOM_SIZES_MAX] = {{0}};
    loom_error error = LOOM_ERROR_INIT;
    loom_status status = loom_layer_store_load(s->store, job->recipe, &error);
    open_work work;

    select_work(job, file, &work);
    work.job.layers = loom_layer_store_layers(s->store);
    if (status == LOOM_OK && work.job.count > 0)
        status = loom_route_convert(&s->routes, &work.job, file, outcomes, encoded, &error);
    for (size_t i = 0; i < work.job.count; i++) {
        if (status == LOOM_OK)
            deliver(&work.job, i, file, &encoded[i], &outcomes[i]);
        else
            fail(&error, file, job->tasks[0]->input_path, &outcomes[i]);
        outcomes[i].output_changed = work.lost[i];
        free(encoded[i].data);
    }
    spread_outcomes(job, &work, outcomes);
}

static void run(void *context, const loom_job *job, loom_outcome *outcomes)
{
    const char *path = job->tasks[0]->input_path;
    loom_input_file file = {.descriptor = -1};
    loom_error error = LOOM_ERROR_INIT;
    const loom_status status = job->source != NULL
                                   ? loom_input_open_source(job->source, &file, &error)
                                   : loom_input_open(path, &file, &error);

    if (status == LOOM_OK)
        make(context, job, &file, outcomes);
    for (size_t i = 0; i < job->count; i++) {
        if (status != LOOM_OK)
            fail(&error, &file, path, &outcomes[i]);
        outcomes[i].format = job->tasks[i]->format;
        record_version(&file, &outcomes[i]);
    }
    loom_input_close(&file);
}

static void thread_exit(void *context, int thread)
{
    state *s = context;

    (void)thread;
    if (s->routes.workers != NULL)
        loom_workers_shrink(s->routes.workers);
    loom_lanes_thread_exit();
}

/* ---- start and stop ------------------------------------------------------ */

/* Opens the worker program. AUTO becomes NEVER if there is none. */
static loom_status find_workers(state *s, const loom_engine_options *options, loom_error *err)
{
    s->routes.isolate = options->isolate;
    s->spawn = (loom_spawn_setup){
        .program = loom_locate_worker(options->worker_path),
        .memory = options->worker_memory > 0 ? options->worker_memory : LOOM_DEFAULT_WORKER_MEMORY,
        .allow_untrusted = options->allow_untrusted,
        .require_sandbox = options->require_sandbox,
        .grace_ns = LOOM_SPAWN_GRACE_NS,
        .lanes = loom_engine_lanes(),
    };
    const int unopened = errno;
    s->routes.memory = s->spawn.memory;

    if (options->require_sandbox && loom_sandbox_support() != LOOM_SANDBOX_ALL)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "this kernel lacks a part of the sandbox (Landlock or seccomp)");
    if (s->spawn.program >= 0) {
        s->spawner = loom_spawner_create(&s->spawn);
        if (s->spawner != NULL)
            s->routes.workers = loom_workers_create(&s->spawn, s->spawner);
        return s->routes.workers != NULL
                   ? LOOM_OK
                   : loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE,
                                    "not enough memory for worker processes");
    }
    if (unopened != ENOENT && unopened != ENOTDIR) /* the program exists: an error */
        return loom_error_set_errno(err, LOOM_STAGE_NONE, unopened,
                                    "the imgloom-worker program cannot be opened");
    if (options->require_sandbox || options->isolate == LOOM_ISOLATE_ALL)
        return loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_NONE,
                              "there is no imgloom-worker program to isolate images in");
    s->routes.isolate = LOOM_ISOLATE_NEVER;
    return LOOM_OK;
}

static loom_status make_desk(state *s, const loom_engine_options *options, loom_error *err)
{
    state *own = malloc(sizeof *own);

    if (own != NULL) {
        *own = *s;
        own->engine.context = own;
        own->routes.workers =
            s->routes.workers != NULL ? loom_workers_create(&s->spawn, s->spawner) : NULL;
        s->own = own;
        s->engine.desk =
            loom_desk_create(&own->engine, options->process_jobs, options->process_memory);
    }
    if (s->engine.desk != NULL && (own->routes.workers != NULL || s->routes.workers == NULL))
        return LOOM_OK;
    return loom_no_memory(err, LOOM_STAGE_NONE, NULL);
}

loom_status loom_engine_start(loom_engine **engine, const loom_engine_options *options,
                              loom_error *err)
{
    const loom_engine_options defaults = {.allow_untrusted = false};
    state *s = calloc(1, sizeof *s);

    if (s == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, NULL);
    s->spawn.program = -1;
    if (options == NULL)
        options = &defaults;
    s->engine = (loom_engine){.context = s, .run = run, .thread_exit = thread_exit};
    s->allow_untrusted = options->allow_untrusted;
    s->process = getpid();
    loom_status status = find_workers(s, options, err);
    if (status == LOOM_OK && (s->store = loom_layer_store_create(&s->spawn)) == NULL)
        status = loom_no_memory(err, LOOM_STAGE_NONE, NULL);
    if (status == LOOM_OK)
        status = make_desk(s, options, err);
    loom_malloc_prepare();
    if (status == LOOM_OK && s->routes.isolate == LOOM_ISOLATE_NEVER)
        status = loom_plugin_start(s->allow_untrusted, err);
    if (status == LOOM_OK)
        *engine = &s->engine;
    else
        loom_engine_stop(&s->engine);
    return status;
}

void loom_engine_stop(loom_engine *engine)
{
    if (engine == NULL)
        return;
    state *s = engine->context;
    if (s->process != getpid()) /* a fork: the workers belong to its parent */
        return;
    loom_desk_free(engine->desk);
    if (s->own != NULL)
        loom_workers_free(s->own->routes.workers);
    free(s->own);
    loom_layer_store_free(s->store);
    loom_workers_free(s->routes.workers);
    loom_spawner_free(s->spawner);
    if (s->spawn.program >= 0)
        (void)close(s->spawn.program);
    free(s);
}

loom_status loom_engine_warm(loom_engine *engine, unsigned count, loom_error *err)
{
    const state *s = engine->context;

    return s->routes.workers != NULL && s->routes.isolate != LOOM_ISOLATE_NEVER
               ? loom_worker_warm(s->routes.workers, count, err)
               : LOOM_OK;
}

loom_status loom_engine_prepare(loom_engine *engine, const loom_recipe *recipe, loom_error *err)
{
    const state *s = engine->context;

    return loom_layer_store_prepare(s->store, recipe, err);
}

const loom_worker_counts *loom_engine_worker_counts(loom_engine *engine)
{
    state *s = engine->context;

    s->counts = (loom_worker_counts){.idle = 0};
    if (s->routes.workers != NULL)
        loom_workers_count(s->routes.workers, &s->counts);
    return &s->counts;
}

const loom_worker_info *loom_engine_worker(loom_engine *engine, size_t index)
{
    state *s = engine->context;

    return s->routes.workers != NULL && loom_workers_describe(s->routes.workers, index, &s->worker)
               ? &s->worker
               : NULL;
}

loom_isolate loom_engine_isolation(const loom_engine *engine)
{
    const state *s = engine->context;

    return s->routes.isolate;
}

bool loom_engine_was_short(const loom_engine *engine, unsigned *peak, loom_error *why)
{
    const state *s = engine->context;

    return s->routes.workers != NULL && loom_workers_were_short(s->routes.workers, peak, why);
}

loom_status loom_engine_load_vips(loom_engine *engine, loom_error *err)
{
    const state *s = engine->context;

    return loom_plugin_start(s->allow_untrusted, err);
}

const loom_codec_info *loom_engine_codec(loom_engine *engine, loom_format format)
{
    state *s = engine->context;
    loom_codec_info *codec =
        &s->codecs[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];

    *codec = (loom_codec_info){.format = format};
    if (loom_engine_load_vips(engine, NULL) == LOOM_OK)
        *codec = loom_plugin_get()->codec(format);
    return codec;
}

bool loom_engine_writes(loom_engine *engine, loom_format format)
{
    const state *s = engine->context;

    if (loom_lanes_write(format))
        return true;
    /* The zygote has libvips loaded, or loads it now: an image to write will need it. */
    if (loom_plugin_get() == NULL && s->routes.workers != NULL &&
        loom_workers_write(s->routes.workers, format))
        return true;
    return loom_engine_codec(engine, format)->writer != NULL;
}

const char *const *loom_engine_sandbox(void)
{
    static const char *names[LOOM_SANDBOX_PARTS + 1];

    loom_sandbox_list(loom_sandbox_support(), names);
    return names;
}

const char *const *loom_engine_lacked_sandbox(loom_engine *engine)
{
    state *s = engine->context;

    const uint32_t lacked =
        loom_workers_lacked(s->routes.workers) | loom_workers_lacked(s->own->routes.workers);

    /* A limit that was low already counts as lacking, but is no less of a limit. */
    loom_sandbox_list(lacked & (LOOM_SANDBOX_LANDLOCK | LOOM_SANDBOX_SECCOMP), s->lacked);
    return s->lacked;
}
