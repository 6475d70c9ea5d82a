/* The options of `imgloom bench`: those of a run that are not about its outputs, and its own. */
#include "cli/bench/bench.h"
#include "cli/run/apply.h"

#include <imgloom/parse.h>
#include <stdlib.h>
#include <string.h>

#define BENCH_AT(member) .offset = offsetof(bench_options, member)

static int compare(const void *left, const void *right)
{
    const unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;

    return (a > b) - (a < b);
}

/* "1,2,4": kept in rising order, each once. */
static loom_status apply_threads(const cli_option *option, void *target, const char *word,
                                 loom_error *err)
{
    bench_options *options = target;
    char **numbers = g_strsplit(word, ",", -1);
    unsigned found[BENCH_MAX_THREADS];
    size_t count = 0;

    for (char **number = numbers; *number != NULL && err->code == LOOM_OK; number++) {
        uint64_t value = 0;
        if (count == BENCH_MAX_THREADS)
            loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "more than %d numbers",
                           BENCH_MAX_THREADS);
        else if (loom_parse_count(*number, option->low, option->high, &value, err) == LOOM_OK)
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
static loom_status apply_isolate(const cli_option *option, void *target, const char *word,
                                 loom_error *err)
{
    bench_options *options = target;
    char **names = g_strsplit(word, ",", -1);

    (void)option;
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

static loom_status apply_path(const cli_option *option, void *target, const char *word,
                              loom_error *err)
{
    if (*word == '\0')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "the name of the file is empty");
    return cli_apply_text(option, target, word, err);
}

static const cli_option measuring_options[] = {
    {.name = "threads",
     .letter = 'j',
     .argument = "N,N...",
     .low = 1,
     .high = LOOM_JOBS_MAX,
     .help = "images at once, each number a setting",
     .fallback = "1,2,4... and the CPUs this process may use",
     .apply = apply_threads},
    {.name = "isolate",
     .argument = "WHICH,...",
     .help = "the isolations to compare, each with every number of threads",
     .allowed = "auto, all, never",
     .fallback = "auto",
     .apply = apply_isolate},
    {.name = "runs",
     .argument = "N",
     .low = 1,
     .high = 1000,
     .help = "rounds, in each of which every setting is run once",
     .fallback = "5",
     .apply = cli_apply_count,
     BENCH_AT(runs)},
    {.name = "warmup",
     .argument = "N",
     .low = 0,
     .high = 1000,
     .help = "runs before those, which do not count; they bring the files into memory",
     .fallback = "1",
     .apply = cli_apply_count,
     BENCH_AT(warmup)},
    {.name = "json",
     .argument = "FILE",
     .help = "write all figures as JSON; - is standard output",
     .apply = apply_path,
     BENCH_AT(json)},
    {.name = "svg",
     .argument = "FILE",
     .help = "write the speed-up as a drawing; - is standard output",
     .apply = apply_path,
     BENCH_AT(svg)},
    {.name = "html",
     .argument = "FILE",
     .help = "write a page to look at: speed-up, latencies, memory and all figures; - is "
             "standard output",
     .apply = apply_path,
     BENCH_AT(html)},
    {.name = NULL},
};

static const cli_option sandbox_options[] = {
    {.name = "require-sandbox",
     .help = "do not run where the kernel cannot lock the workers in",
     .apply = cli_apply_flag,
     IN_ENGINE(require_sandbox)},
    {.name = NULL},
};

const cli_group bench_groups[] = {
    {"Measuring", .table = measuring_options},
    {.table = run_colour_options},
    {"Input", .table = run_input_options},
    {RUN_PICTURE_SECTION, .rows = CLI_ROWS_PICTURE, .apply = run_apply_field},
    {.table = run_recipe_options},
    {"Output and limits", .table = sandbox_options},
    {.rows = CLI_ROWS_ENCODING, .apply = run_apply_field},
    {.table = run_limit_options},
    {.table = NULL},
};
