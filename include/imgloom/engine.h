/*
 * The engine turns input bytes into output bytes. It owns the worker processes and loads the
 * libraries. A process has one engine; batches run on it.
 */
#ifndef IMGLOOM_ENGINE_H
#define IMGLOOM_ENGINE_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* The names of the lanes, in the order in which the engine tries them; NULL ends the list. For
 * tests and benchmarks: all lanes make the same pictures. Static; any thread. */
LOOM_API const char *const *loom_engine_lanes(void);

/* Which images are converted in sandboxed worker processes. */
typedef enum loom_isolate {
    LOOM_ISOLATE_AUTO = 0, /* images whose decoders are not our own */
    LOOM_ISOLATE_ALL,
    LOOM_ISOLATE_NEVER /* none; a failed image runs again in a worker, for its error message */
} loom_isolate;

LOOM_API loom_status loom_isolate_parse(const char *word, loom_isolate *isolate,
                                        loom_error *err) LOOM_NODISCARD;
LOOM_API const char *loom_isolate_name(loom_isolate isolate);

#define LOOM_DEFAULT_WORKER_MEMORY (UINT64_C(2) << 30)

typedef struct loom_engine_options {
    bool allow_untrusted; /* let libvips call decoders that are not meant for hostile files */
    loom_isolate isolate;
    bool require_sandbox; /* refuse to start if the kernel cannot sandbox workers fully */
    /* The path of imgloom-worker; imgloom-vips.so may stand next to it. NULL: next to the program,
     * or where they were installed. */
    const char *worker_path;
    uint64_t worker_memory; /* address space of each, bytes; 0: LOOM_DEFAULT_WORKER_MEMORY */
    /* For loom_process_file and loom_process_buffer: images at once, and their memory limit
     * together, bytes. 0: as in a batch. */
    unsigned process_jobs;
    uint64_t process_memory;
} loom_engine_options;

LOOM_API loom_engine_options *loom_engine_options_create(void); /* all zero; NULL: out of memory */
LOOM_API void loom_engine_options_free(loom_engine_options *options); /* NULL is allowed */

typedef struct loom_engine loom_engine;

/*
 * Starts the engine. Call it once in a process, on the main thread, before other threads start. It
 * tunes malloc for the whole process. For isolation NEVER it also loads libvips from the module
 * imgloom-vips.so and sets it up (one thread per image, no operation cache). `options` may be NULL,
 * for all zero, and may be freed after the call. An engine serves one batch at a time. *engine is
 * set on LOOM_OK only. Errors:
 *
 * - LOOM_ERR_INTERNAL: libvips cannot start.
 * - LOOM_ERR_NOT_FOUND: there is no such module; or there is no worker program, and isolation is
 *   required (ALL, or require_sandbox).
 * - LOOM_ERR_UNSUPPORTED: the kernel lacks a part of the sandbox that is required.
 * - LOOM_ERR_OUT_OF_MEMORY
 */
LOOM_API loom_status loom_engine_start(loom_engine **engine, const loom_engine_options *options,
                                       loom_error *err) LOOM_NODISCARD;

/*
 * Ends the workers and frees the engine. Its batch or service must have ended, and no call of
 * process.h may begin after this one; calls that wait end as `cancelled`. In a fork of the process
 * that started the engine, it does nothing. NULL is allowed.
 */
LOOM_API void loom_engine_stop(loom_engine *engine);

/*
 * Starts `count` worker processes before there are images for them, so that the first images do not
 * wait for their start, and returns when they are ready. For a service: call it before or within
 * front. LOOM_OK also if images are converted without workers. Otherwise an error of stage `worker`
 * says why they are not ready; images will start workers as they need them.
 */
LOOM_API loom_status loom_engine_warm(loom_engine *engine, unsigned count,
                                      loom_error *err) LOOM_NODISCARD;

/*
 * Decodes the watermark of a recipe, and finds out whether its text can be written, before there
 * are images: they would fail all alike. Neither is then done for each of them. Call it after
 * loom_recipe_read_files, in any thread. A watermark is decoded once for
 * the engine's life, by its path and hash: give each content its own. LOOM_OK also for a recipe
 * without either; else stage `transform`, and the message names the file, the font or the field.
 */
LOOM_API loom_status loom_engine_prepare(loom_engine *engine, const loom_recipe *recipe,
                                         loom_error *err) LOOM_NODISCARD;

/* Why a worker process ended. */
typedef enum loom_worker_end {
    LOOM_WORKER_REPLACED = 0, /* it had many images, had grown, or was not needed any more */
    LOOM_WORKER_CRASHED,      /* by a signal or an exit of its own, or it broke the protocol */
    LOOM_WORKER_KILLED,       /* by somebody else, or while it was idle */
    LOOM_WORKER_LATE          /* its image timed out or was cancelled */
} loom_worker_end;

#define LOOM_WORKER_ENDS ((unsigned)LOOM_WORKER_LATE + 1)

/* "replaced", "crashed", "killed", "late". Never NULL; static. */
LOOM_API const char *loom_worker_end_name(loom_worker_end end);

/* The worker processes of an engine; those of loom_process_file and its like are not among them. */
typedef struct loom_worker_counts {
    unsigned idle, busy;
    uint64_t ended[8]; /* by loom_worker_end; the length never changes */
    unsigned starting; /* not ready for their first image */
} loom_worker_counts;

/* The current counts. Owned by the engine, valid until the next call; one thread at a time. */
LOOM_API const loom_worker_counts *loom_engine_worker_counts(loom_engine *engine);

typedef enum loom_worker_state {
    LOOM_WORKER_STARTING = 0,
    LOOM_WORKER_IDLE,
    LOOM_WORKER_BUSY
} loom_worker_state;

/* "starting", "idle", "busy". Never NULL; static. */
LOOM_API const char *loom_worker_state_name(loom_worker_state state);

/* A worker process. */
typedef struct loom_worker_info {
    int64_t pid;
    loom_worker_state state;
    uint64_t images;   /* that it has converted */
    uint64_t resident; /* bytes of memory; 0: not known */
} loom_worker_info;

/*
 * The worker at `index`, the oldest first; NULL: there are no more. Workers come and go: one that
 * ends between two calls can make the next one pass over another. Owned by the engine, valid until
 * the next call; one thread at a time.
 */
LOOM_API const loom_worker_info *loom_engine_worker(loom_engine *engine, size_t index);

/*
 * The path of a program that belongs to imgloom, such as "imgloom-serve": it is looked for where
 * imgloom-worker is. The caller frees it with free(). NULL with errno: it is not there.
 */
LOOM_API char *loom_engine_program(const char *name);

/* The isolation in effect: NEVER if AUTO was requested but there is no worker program. */
LOOM_API loom_isolate loom_engine_isolation(const loom_engine *engine);

/*
 * Whether the system could not start a worker process that was needed, so that threads had to share
 * the existing ones. If so, *peak is the largest number of workers at once (0: none), and *why says
 * what was lacking. Call it when no batch runs.
 */
LOOM_API bool loom_engine_was_short(const loom_engine *engine, unsigned *peak, loom_error *why);

/*
 * Of "landlock" and "seccomp", those that workers have run without, for batches and for requests.
 * NULL ends the list. Owned by the engine, valid until the next call. Call it when neither runs.
 */
LOOM_API const char *const *loom_engine_lacked_sandbox(loom_engine *engine);

/* The parts of the sandbox that this kernel has: "no-new-privs", "rlimits", "landlock", "seccomp".
 * NULL ends the list. Static. */
LOOM_API const char *const *loom_engine_sandbox(void);

/* ---- what this build can do ------------------------------------------------
 * All of these except the last may have to load libvips: call them on the thread that started the
 * engine, while no batch runs. */

/*
 * Loads libvips unless it is loaded, as loom_engine_start does for isolation NEVER, with the same
 * errors. The functions below load it too, but cannot report an error.
 */
LOOM_API loom_status loom_engine_load_vips(loom_engine *engine, loom_error *err) LOOM_NODISCARD;

/* The libraries that read and write a format in this build; NULL where there is none. */
typedef struct loom_codec_info {
    loom_format format;
    const char *reader, *writer; /* library with version: "libjpeg-turbo 2.1.5"; static */
    const char *lacks; /* a clause: what to install so that it can be written; static; or NULL */
} loom_codec_info;

/*
 * The codecs of a format. Owned by the engine, valid until loom_engine_stop. Never NULL. If
 * `format` is out of range or libvips is not found, all its fields are NULL.
 */
LOOM_API const loom_codec_info *loom_engine_codec(loom_engine *engine, loom_format format);

/* Whether this build writes the format. As loom_engine_codec, but needs no libvips for JPEG, and
 * asks a process that workers come from, where there are workers. */
LOOM_API bool loom_engine_writes(loom_engine *engine, loom_format format);

/* Versions for the report: "8.14.1", "libjpeg-turbo 2.1.5". Static. The version of libvips is read
 * from its file; where that does not tell, libvips is loaded. It is NULL if libvips is not found;
 * the other is never NULL. */
LOOM_API const char *loom_engine_vips_version(loom_engine *engine);
LOOM_API const char *loom_engine_jpeg_version(void);

LOOM_END_DECLS

#endif
