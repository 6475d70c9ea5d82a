/* The options of `imgloom bench`: those of `run` that do not concern its outputs, and its own. */
#include "cli/bench/bench.h"
#include "cli/run/apply.h"

#include <imgloom/parse.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_AT(member) OPTIONS_AT(OPTIONS_COMMAND, bench_options, member)

static int compare(const void *left, const void *right)
{
    const unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;

    return (a > b) - (a < b);
}

/* "1,2,4": kept in rising order, each once. */
static loom_status apply_threads(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    bench_options *options = target->objects[OPTIONS_COMMAND];
    char **numbers = g_strsplit(word, ",", -1);
    unsigned found[BENCH_MAX_THREADS];
    size_t count = 0;

    for (char **number = numbers; *number != NULL && err->code == LOOM_OK; number++) {
        uint64_t value = 0;
        if (count == BENCH_MAX_THREADS)
            loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "more than %d numbers",
                           BENCH_MAX_THREADS);
        else if (loom_parse_count(*number, row->low, row->high, &value, err) == LOOM_OK)
            found[count++] = (unsigned)value;
    }
    g_strfreev(numbers);
    if (err->code == LOOM_OK && count == 0)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "no number is given");
    if (err->code != LOOM_OK)
        return err->code;
    qsort(found, count, sizeof *found, compare);
    options->thread_count = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || found[i] != found[i - 1])
            options->threads[options->thread_count++] = found[i];
    return LOOM_OK;
}

/* "auto,never": in the order given, each once. */
static loom_status apply_isolate(const options_row *row, options_target *target, const char *word,
                                 loom_error *err)
{
    bench_options *options = target->objects[OPTIONS_COMMAND];
    char **names = g_strsplit(word, ",", -1);

    (void)row;
    options->isolation_count = 0;
    for (char **name = names; *name != NULL && err->code == LOOM_OK; name++) {
        loom_isolate isolation;
        if (loom_isolate_parse(*name, &isolation, err) != LOOM_OK)
            break;
        for (size_t i = 0; i < options->isolation_count; i++)
            if (options->isolations[i] == isolation)
                loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is given twice", *name);
        if (err->code == LOOM_OK)
            options->isolations[options->isolation_count++] = isolation;
    }
    g_strfreev(names);
    return err->code;
}

static const options_row measuring_options[] = {
    {.name = "threads",
     .letter = 'j',
     .argument = "N,N...",
     .low = 1,
     .high = LOOM_JOBS_MAX,
     .help = "images to process at once; each number is a setting",
     .fallback = "1,2,4... and the number of available CPUs",
     .apply = apply_threads},
    {.name = "isolate",
     .argument = "WHICH,...",
     .help = "isolation modes to compare, each with every number of threads",
     .allowed = "auto, all, never",
     .fallback = "auto",
     .apply = apply_isolate},
    {.name = "runs",
     .argument = "N",
     .low = 1,
     .high = 1000,
     .help = "rounds; each runs every setting once",
     .fallback = "5",
     .apply = options_apply_count,
     BENCH_AT(runs)},
    {.name = "warmup",
     .argument = "N",
     .low = 0,
     .high = 1000,
     .help = "runs before the rounds, not counted; they bring the files into the cache",
     .fallback = "1",
     .apply = options_apply_count,
     BENCH_AT(warmup)},
    {.name = "json",
     .argument = "FILE",
     .help = "write all figures as JSON; - is standard output",
     .path = OPTIONS_FILE,
     .apply = options_apply_path,
     BENCH_AT(json)},
    {.name = "svg",
     .argument = "FILE",
     .help = "write a chart of the speed-up; - is standard output",
     .path = OPTIONS_FILE,
     .apply = options_apply_path,
     BENCH_AT(svg)},
    {.name = "html",
     .argument = "FILE",
     .help = "write all figures as an HTML page, with speed-up, latencies and memory; - is "
             "standard output",
     .path = OPTIONS_FILE,
     .apply = options_apply_path,
     BENCH_AT(html)},
    {.name = "schema",
     .help = "print the JSON Schema of that JSON",
     .apply = options_apply_flag,
     BENCH_AT(schema)},
    {.name = NULL},
};

const options_group bench_groups[] = {
    {"Measuring", .table = measuring_options},
    {.table = run_colour_options},
    {"Input", .table = run_input_options},
    {.table = options_untrusted},
    {RUN_PICTURE_SECTION, .source = OPTIONS_PICTURE},
    {.table = run_recipe_options},
    {"Output and limits", .table = options_sandbox},
    {.source = OPTIONS_ENCODING},
    {.table = options_limits},
    {.table = options_judge},
    {.table = options_memory},
    {.table = options_decoder},
    {.table = options_check},
    {.table = run_lane_options},
    {.table = run_trial_options},
    {.table = NULL},
};
