/*
 * The engine: what turns input bytes into output bytes, with its worker processes and libraries.
 * There is one in a process; a batch runs on it.
 */
#ifndef IMGLOOM_ENGINE_H
#define IMGLOOM_ENGINE_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* The ways in which the engine converts images, first choice first. */
typedef enum loom_lane_id { LOOM_LANE_JPEG = 0, LOOM_LANE_VIPS, LOOM_LANE_COUNT } loom_lane_id;

/* Their names, by id; NULL ends the list. For tests and benchmarks: what they make is alike.
 * Static; any thread. */
LOOM_API const char *const *loom_engine_lanes(void);

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
    /* For loom_process_file and loom_process_buffer: images at once, and the bytes that they may
     * need together; 0: as in a batch. */
    unsigned process_jobs;
    uint64_t process_memory;
} loom_engine_options;

LOOM_API loom_engine_options *loom_engine_options_create(void); /* all zero; NULL: no memory */
LOOM_API void loom_engine_options_free(loom_engine_options *options); /* NULL is allowed */

typedef struct loom_engine loom_engine;

/*
 * Starts the engine: once in a process, on the main thread before there are others. It tunes malloc
 * for the whole process and, for isolation NEVER, loads libvips from the module imgloom-vips.so and
 * sets it up (one thread an image, no operation cache). `options` may be NULL, for all zero, and
 * are not needed afterwards. An engine serves one batch at a time. *engine is set on LOOM_OK only.
 * Errors: LOOM_ERR_INTERNAL       libvips cannot start LOOM_ERR_NOT_FOUND      there is no such
 * module, or no worker program but isolation is asked for (ALL, or require_sandbox)
 *   LOOM_ERR_UNSUPPORTED    the kernel lacks a part of the sandbox that is required
 *   LOOM_ERR_OUT_OF_MEMORY
 */
LOOM_API loom_status loom_engine_start(loom_engine **engine, const loom_engine_options *options,
                                       loom_error *err) LOOM_NODISCARD;

/*
 * Ends its workers and frees it; its batch or service must have ended, and no call of process.h may
 * begin from here on: those that wait end as `cancelled`. In a fork of the process that started it,
 * it does nothing. NULL is allowed.
 */
LOOM_API void loom_engine_stop(loom_engine *engine);

/* What isolation it has: NEVER where AUTO was asked for but there is no worker program. */
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

/* ---- what this build can do ------------------------------------------------
 * All of these but the last may have to load libvips: on the thread that started the engine, and
 * while no batch runs. */

/*
 * Loads libvips where that was not done yet, as loom_engine_start does for isolation NEVER, with
 * its errors; what is asked of it below does so too, but cannot say what is wrong.
 */
LOOM_API loom_status loom_engine_load_vips(loom_engine *engine, loom_error *err) LOOM_NODISCARD;

/* What reads and writes a format in this build; NULL fields where nothing does. */
typedef struct loom_codec_info {
    loom_format format;
    const char *reader, *writer; /* library with version: "libjpeg-turbo 2.1.5"; static */
    const char *lacks; /* what would have to be installed to write it, a clause; static; or NULL */
} loom_codec_info;

/*
 * The row of a format: the engine's, valid until it is stopped. Never NULL; where `format` is out
 * of range or libvips is not found, all in it is NULL.
 */
LOOM_API const loom_codec_info *loom_engine_codec(loom_engine *engine, loom_format format);

/* Whether this build writes the format; as loom_engine_codec, but knows of JPEG by itself. */
LOOM_API bool loom_engine_writes(loom_engine *engine, loom_format format);

/* Versions for the report: "8.14.1", "libjpeg-turbo 2.1.5". Static. libvips' is NULL where it is
 * not found; the other is never NULL. */
LOOM_API const char *loom_engine_vips_version(loom_engine *engine);
LOOM_API const char *loom_engine_jpeg_version(void);

LOOM_END_DECLS

#endif
