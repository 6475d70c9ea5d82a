/* Rows for every command that runs the engine. */
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

static const char *const jpeg_decoders[] = {
    [LOOM_JPEG_DECODER_IMGLOOM] = "imgloom", [LOOM_JPEG_DECODER_LIBJPEG] = "libjpeg", NULL};

const options_row options_jobs[] = {
    {.name = "jobs",
     .letter = 'j',
     .argument = "N",
     .low = 1,
     .high = LOOM_JOBS_MAX,
     .help = "images to process at once",
     .fallback = "the number of available CPUs",
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
     .help = "images that wait for a thread",
     .fallback = "4 x jobs",
     .apply = options_apply_count,
     OPTIONS_IN_BATCH(queue)},
    {.name = "timeout",
     .argument = "SEC",
     .help = "give up an image after SEC seconds; 0 means never",
     .fallback = "60",
     .apply = options_apply_seconds,
     OPTIONS_IN_BATCH(timeout_ns)},
    {.name = NULL},
};

const options_row options_judge[] = {
    {.name = "max-pixels",
     .argument = "N",
     .high = UINT64_MAX,
     .help = "refuse pictures with more pixels, by their header; 0 means no limit",
     .fallback = "268402689",
     .apply = options_apply_number,
     OPTIONS_IN_SETTINGS(max_pixels)},
    {.name = "fail-on",
     .argument = "WHAT",
     .help = "which damage of a picture is an error",
     .allowed = "none, truncated, error, warning",
     .fallback = "error",
     .apply = apply_fail_on,
     OPTIONS_IN_SETTINGS(fail_on)},
    {.name = NULL},
};

const options_row options_memory[] = {
    {.name = "memory",
     .argument = "SIZE",
     .low = 1,
     .help = "limit for the estimated memory of all images in progress; a larger image runs alone",
     .allowed = "bytes, or with kB, MB, GB, KiB, MiB, GiB",
     .fallback = "half the available memory",
     .apply = options_apply_bytes,
     OPTIONS_IN_BATCH(memory)},
    {.name = NULL},
};

const options_row options_decoder[] = {
    {.name = "jpeg-decoder",
     .argument = "NAME",
     .help = "who decodes JPEGs that become JPEGs: imgloom's own decoder, which leaves to libjpeg "
             "what is not right from end to end, or libjpeg alone",
     .fallback = "imgloom",
     .apply = options_apply_keyword,
     .keywords = jpeg_decoders,
     OPTIONS_IN_SETTINGS(jpeg_decoder)},
    {.name = NULL},
};

const options_row options_check[] = {
    {.name = "check-outputs",
     .help = "decode every output again and compare it with its input in small; one that shows "
             "another picture is an error (check-failed)",
     .apply = options_apply_flag,
     OPTIONS_IN_SETTINGS(check_outputs)},
    {.name = NULL},
};

const options_row options_isolate[] = {
    {.name = "isolate",
     .argument = "WHICH",
     .help = "which images to convert in sandboxed worker processes; auto means those that libvips "
             "or a decoder in its plug-in reads",
     .allowed = "auto, all, never",
     .fallback = "auto",
     .apply = apply_isolate,
     OPTIONS_IN_ENGINE(isolate)},
    {.name = NULL},
};

const options_row options_sandbox[] = {
    {.name = "require-sandbox",
     .help = "refuse to run if the kernel cannot sandbox the workers",
     .apply = options_apply_flag,
     OPTIONS_IN_ENGINE(require_sandbox)},
    {.name = NULL},
};
