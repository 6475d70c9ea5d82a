/*
 * One image through the engine, without a batch. Every function asserts that it works.
 *
 * A process that forks must not have libvips at work, and Check forks for every test: so the
 * engine is started by the test itself. engine_setup and engine_teardown are *checked* fixtures.
 */
#ifndef TESTS_SUPPORT_ENGINE_RUN_H
#define TESTS_SUPPORT_ENGINE_RUN_H

#include "batch/job.h"
#include "support/check.h"
#include "support/oracle.h"

/* Enters a temporary folder (tmpdir.h) and starts the engine; leaves it again. */
void engine_setup(void);
void engine_setup_untrusted(void); /* with libvips' untrusted decoders allowed */
void engine_teardown(void);

/* The engine that is started, while it is. */
extern loom_engine *engine_started;

/* What it says of a format. */
const loom_codec_info *engine_codec(loom_format format);

/* A test case with these as its fixtures, and time for a busy machine. */
TCase *engine_case(const char *name);

/* What a run is given beside its paths. Start from engine_request_default. */
typedef struct engine_request {
    loom_recipe recipe;
    loom_settings settings;
    loom_format format; /* to write */
    const loom_cancel *cancel;
} engine_request;

/* No change, default settings, PNG. */
engine_request engine_request_default(void);

/* The same with a box. */
engine_request engine_request_box(uint32_t width, uint32_t height, loom_fit fit);

/* "TESTDATA/name"; valid until seven more calls. */
const char *engine_testdata(const char *name);

/* Runs the task input → output. The outcome is the caller's to release. */
loom_outcome engine_run(const engine_request *request, const char *input, const char *output);

/* Runs tasks of one input as one job; outcomes[0..count) are the caller's to release. */
void engine_run_tasks(const engine_request *request, const loom_task *tasks, size_t count,
                      loom_outcome *outcomes);

/*
 * Runs it and asserts that it ended as `expected` (LOOM_RESULT_OK or LOOM_RESULT_WARNING), that
 * the output exists, and that outcome and file agree in their size in bytes and px, channels and
 * format. A second run of the engine reads the output's header.
 */
loom_outcome engine_run_written(const engine_request *request, const char *input,
                                const char *output, loom_result expected);

/* Runs it to "out.png" and reads that; the result must be LOOM_RESULT_OK. */
oracle_image engine_render(const engine_request *request, const char *input);

/* Decodes any file that the engine reads, by turning it into a PNG of the same depth. */
oracle_image engine_decode(const char *path);

/* The orientation that a file says; 1 where it says none. */
int engine_orientation(const char *path);

/* Makes a JPEG of one colour, 60x40 px, without metadata, by way of "plain.png". */
void engine_make_jpeg(const char *path);

/* Runs it and asserts error, code and stage, and that there is no output. */
void engine_assert_error(const engine_request *request, const char *input, loom_status code,
                         loom_stage stage);

/* The worker's thread is done with the engine. */
void engine_thread_exit(void);

#endif
