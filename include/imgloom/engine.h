/*
 * The engine: turns (recipe, task) into an outcome. The pool knows it only as this struct of
 * function pointers, so that another engine (a test's, a proxy to a child process) fits in.
 */
#ifndef IMGLOOM_ENGINE_H
#define IMGLOOM_ENGINE_H

#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <imgloom/task.h>
#include <stddef.h>

LOOM_BEGIN_DECLS

/* Which damage of a picture is an error. Each level includes those before it. */
typedef enum loom_fail_on {
    LOOM_FAIL_ON_NONE = 0,  /* what can be decoded is written, with a warning */
    LOOM_FAIL_ON_TRUNCATED, /* missing pixel data */
    LOOM_FAIL_ON_ERROR,     /* damaged pixel data too */
    LOOM_FAIL_ON_WARNING    /* anything the decoder complains of */
} loom_fail_on;

#define LOOM_DEFAULT_MAX_PIXELS UINT64_C(268402689) /* 16383 x 16383 */

/* Pictures beyond these are LOOM_ERR_TOO_LARGE by their header, whatever max_pixels says. */
#define LOOM_INPUT_SIDE_MAX 1000000u /* px a side; less where the format's decoder has less */
#define LOOM_FRAMES_MAX     4096u    /* of an animation that is to be kept */
#define LOOM_SCANS_MAX      500u     /* of a JPEG that is decoded scan by scan */

/* Bytes of metadata, together or in one block; what is beyond is dropped with a warning. */
#define LOOM_METADATA_MAX 8000000u

/* The ways in which the engine converts images, first choice first. */
typedef enum loom_lane_id { LOOM_LANE_JPEG = 0, LOOM_LANE_VIPS, LOOM_LANE_COUNT } loom_lane_id;

/* Their names, by id; NULL ends the list. For tests and benchmarks: what they make is alike.
 * Static; any thread. */
LOOM_API const char *const *loom_engine_lanes(void);

/* How a run treats its images; the picture itself is the recipe's matter. */
typedef struct loom_settings {
    loom_fail_on fail_on;
    loom_if_exists if_exists;
    uint64_t max_pixels;  /* width x height by the header, checked before decoding; 0: no limit */
    bool dry_run;         /* probe only, write nothing */
    bool discard;         /* make outputs, and throw them away: to check inputs, and to measure */
    bool allow_untrusted; /* read formats whose decoders are not meant for hostile files */
    bool preserve_timestamps; /* outputs get the modification time of their input */
    const char *lane;         /* one of loom_engine_lanes, which alone may be taken; NULL: any */
} loom_settings;

LOOM_API void loom_settings_init(loom_settings *settings);

/* none, truncated, error, warning; replace, skip, error, newer. LOOM_ERR_USAGE names what is
 * allowed, and the value is then unchanged. */
LOOM_API loom_status loom_fail_on_parse(const char *word, loom_fail_on *fail_on,
                                        loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_if_exists_parse(const char *word, loom_if_exists *if_exists,
                                          loom_error *err) LOOM_NODISCARD;

/* Whether a running task should stop. Opaque: it lives in the pool's slot. */
typedef struct loom_cancel loom_cancel;

/*
 * LOOM_OK, or why the task must end: LOOM_ERR_TIMEOUT or LOOM_ERR_CANCELLED. Cheap; an engine
 * calls it at least every few milliseconds. Any thread that works for the task. NULL: LOOM_OK.
 */
LOOM_API loom_status loom_cancel_check(const loom_cancel *cancel) LOOM_NODISCARD;

/* An image's part in the byte budget. Opaque: it lives in the pool's slot. */
typedef struct loom_admission loom_admission;

/*
 * The work on one input as the engine gets it: its tasks, which differ in output and size alone.
 * All pointers are valid until `run` returns.
 */
typedef struct loom_job {
    /* tasks[0..count), count >= 1. One without output_path is handed over in its outcome. */
    const loom_task *const *tasks;
    size_t count;
    const struct loom_source *source; /* NULL: the input is at the path of its tasks */
    const loom_recipe *recipe;
    const loom_settings *settings;
    const loom_cancel *cancel; /* may be NULL */
    loom_admission *admission; /* may be NULL: admitted */
    int worker;                /* 0 … jobs-1: the same number is always the same thread */
} loom_job;

/*
 * Called by an engine for each job (again: anew), when it knows from the header about how many
 * bytes of memory the job will need: waits until the byte budget has them. The job's timeout starts
 * when it returns. They are given back when `run` returns. LOOM_OK, or why the job must end
 * meanwhile.
 */
LOOM_API loom_status loom_admit(const loom_job *job, uint64_t bytes) LOOM_NODISCARD;

/* Gives back what the job was admitted with, as when it is to wait; its timeout starts anew. */
LOOM_API void loom_admit_release(const loom_job *job);

typedef struct loom_engine {
    void *context; /* handed to each function */

    /*
     * Processes one job on a worker thread; many run at once. `outcomes` are job->count, each for
     * the task of the same index, and come initialised. Sets result, error and what is known of
     * the picture in each; worker and times are the pool's. Never NULL.
     */
    void (*run)(void *context, const loom_job *job, loom_outcome *outcomes);

    /* Called once by each worker thread before it ends. May be NULL. */
    void (*thread_exit)(void *context, int worker);
} loom_engine;

/* Which images are converted in worker processes of their own, locked in. */
typedef enum loom_isolate {
    LOOM_ISOLATE_AUTO = 0, /* those whose decoders are not ours to answer for */
    LOOM_ISOLATE_ALL,
    LOOM_ISOLATE_NEVER /* all in threads; what fails is run once more in a worker for its words */
} loom_isolate;

LOOM_API loom_status loom_isolate_parse(const char *word, loom_isolate *isolate,
                                        loom_error *err) LOOM_NODISCARD;
LOOM_API const char *loom_isolate_name(loom_isolate isolate);

#define LOOM_DEFAULT_WORKER_MEMORY (UINT64_C(2) << 30)

typedef struct loom_engine_options {
    bool allow_untrusted; /* lets libvips call those decoders at all */
    loom_isolate isolate;
    bool require_sandbox; /* refuse to start where workers cannot be locked in entirely */
    /* Of imgloom-worker, beside which imgloom-vips.so may be; NULL: beside the program, or where
     * they were installed. */
    const char *worker_path;
    uint64_t worker_memory; /* bytes of address space for each; 0: LOOM_DEFAULT_WORKER_MEMORY */
} loom_engine_options;

/*
 * The engine of libvips and other decoders. Call loom_engine_start once, on the main thread before
 * there are others, and before the first image; it tunes malloc for the whole process and, for
 * isolation NEVER, loads libvips from the module imgloom-vips.so and sets it up (one thread an
 * image, no operation cache). LOOM_ERR_INTERNAL when libvips cannot start, LOOM_ERR_NOT_FOUND when
 * there is no such module, or no worker program but isolation is asked for (ALL, or
 * require_sandbox), LOOM_ERR_UNSUPPORTED when the kernel lacks a part of the sandbox that
 * is required. options may be NULL. An engine serves one batch at a time.
 */
LOOM_API loom_status loom_engine_start(loom_engine *engine, const loom_engine_options *options,
                                       loom_error *err) LOOM_NODISCARD;

/* Frees what loom_engine_start has made; the batch must have ended. */
LOOM_API void loom_engine_stop(loom_engine *engine);

/*
 * What isolation the engine has: NEVER where AUTO was asked for but there is no worker program.
 */
LOOM_API loom_isolate loom_engine_isolation(const loom_engine *engine);

/*
 * Whether the system had no room for a worker process that was needed, so that threads had to share
 * those there were: then *peak is how many those were at once (0: none), and *why what it lacked.
 * When no batch runs.
 */
LOOM_API bool loom_engine_was_short(const loom_engine *engine, unsigned *peak, loom_error *why);

/* "no-new-privs", "rlimits", "landlock", "seccomp": the parts of the sandbox that this kernel has;
 * NULL ends them. Static. */
LOOM_API const char *const *loom_engine_sandbox(void);

/*
 * Loads libvips where that was not done yet, as loom_engine_start does for isolation NEVER, with
 * its errors; what is asked of it below does so too, but cannot say what is wrong. After
 * loom_engine_start, on its thread and while no batch runs.
 */
LOOM_API loom_status loom_engine_load_vips(loom_error *err) LOOM_NODISCARD;

/* What reads and writes a format in this build; NULL fields where nothing does. */
typedef struct loom_codec_info {
    loom_format format;
    const char *reader, *writer; /* library with version: "libjpeg-turbo 2.1.5"; static */
    const char *lacks; /* what would have to be installed to write it, a clause; static; or NULL */
} loom_codec_info;

/*
 * Valid after loom_engine_start, on its thread and while no batch runs: may have to load libvips.
 * `format` out of range, or libvips not found, answers a row of NULLs.
 */
LOOM_API loom_codec_info loom_engine_codec(loom_format format);

/* Whether this build writes the format; as loom_engine_codec, but knows of JPEG by itself. */
LOOM_API bool loom_engine_writes(loom_format format);

/*
 * Versions for the report: "8.14.1", "libjpeg-turbo 2.1.5". Static. libvips' as loom_engine_codec;
 * NULL where it is not found. The other is never NULL.
 */
LOOM_API const char *loom_engine_vips_version(void);
LOOM_API const char *loom_engine_jpeg_version(void);

LOOM_END_DECLS

#endif
