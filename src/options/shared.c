/* Rows that every command which runs the engine may have. */
#include "options/options.h"

static loom_status apply_fail_on(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    return loom_fail_on_parse(word, options_place(row, target), err);
}

static loom_status apply_isolate(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    return loom_isolate_parse(word, options_place(row, target), err);
}

const options_row options_jobs[] = {
    {.name = "jobs",
     .letter = 'j',
     .argument = "N",
     .low = 1,
     .high = LOOM_JOBS_MAX,
     .help = "images at once",
     .fallback = "the CPUs this process may use",
     .apply = options_apply_count,
     OPTIONS_IN_BATCH(jobs)},
    {.name = NULL},
};

const options_row options_untrusted[] = {
    {.name = "allow-untrusted",
     .help = "read SVG, JXL and others whose decoders are not made for hostile files",
     .apply = options_apply_flag,
     OPTIONS_IN_SETTINGS(allow_untrusted)},
    {.name = NULL},
};

const options_row options_limits[] = {
    {.name = "queue",
     .argument = "N",
     .low = 1,
     .high = LOOM_QUEUE_MAX,
     .help = "images waiting beyond those",
     .fallback = "4 x jobs",
     .apply = options_apply_count,
     OPTIONS_IN_BATCH(queue)},
    {.name = "timeout",
     .argument = "SEC",
     .help = "end an image that takes longer; 0: never",
     .fallback = "60",
     .apply = options_apply_seconds,
     OPTIONS_IN_BATCH(timeout_ns)},
    {.name = "max-pixels",
     .argument = "N",
     .high = UINT64_MAX,
     .help = "refuse pictures of more pixels, by their header; 0: none",
     .fallback = "268402689",
     .apply = options_apply_number,
     OPTIONS_IN_SETTINGS(max_pixels)},
    {.name = "fail-on",
     .argument = "WHAT",
     .help = "what damage of a picture is an error",
     .allowed = "none, truncated, error, warning",
     .fallback = "error",
     .apply = apply_fail_on,
     OPTIONS_IN_SETTINGS(fail_on)},
    {.name = "memory",
     .argument = "SIZE",
     .low = 1,
     .help = "memory that the images at work may need together, by estimate; a larger one runs "
             "alone",
     .allowed = "bytes, or with K, M, G, Ki, Mi, Gi",
     .fallback = "half of what there is",
     .apply = options_apply_bytes,
     OPTIONS_IN_BATCH(memory)},
    {.name = NULL},
};

const options_row options_isolate[] = {
    {.name = "isolate",
     .argument = "WHICH",
     .help = "convert images in worker processes that are locked in: those that libvips or "
             "a decoder beside it reads, all, or none",
     .allowed = "auto, all, never",
     .fallback = "auto",
     .apply = apply_isolate,
     OPTIONS_IN_ENGINE(isolate)},
    {.name = NULL},
};

const options_row options_sandbox[] = {
    {.name = "require-sandbox",
     .help = "do not run where the kernel cannot lock the workers in",
     .apply = options_apply_flag,
     OPTIONS_IN_ENGINE(require_sandbox)},
    {.name = NULL},
};
