/* One run of the program, measured from outside and read from its report. */
#include "cli/bench/bench.h"

#include "cli/command.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the command --------------------------------------------------------- */

/* Whether `run` has the same option. */
static bool is_shared(const options_row *option)
{
    const options_row *row = options_find(options_rows(run_groups), option->name);

    return row != NULL && row->apply == option->apply && row->object == option->object &&
           row->offset == option->offset;
}

static void add_word(GPtrArray *words, const char *format, ...) LOOM_PRINTF(2, 3);

static void add_word(GPtrArray *words, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(words, g_strdup_vprintf(format, args));
    va_end(args);
}

static GPtrArray *make_command(const bench *b, const bench_setting *setting)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    add_word(words, "/proc/self/exe");
    add_word(words, "run");
    options_line_add(&b->line, is_shared, words);
    add_word(words, "--jobs=%u", setting->threads);
    add_word(words, "--isolate=%s", loom_isolate_name(setting->isolation));
    add_word(words, "--quiet");
    add_word(words, "--report=%s/rows.ndjson", b->folder);
    if (!b->options.run.settings->discard)
        add_word(words, "--output=%s/out", b->folder);
    if (b->options.run.recipe->size_count > 1)
        add_word(words, "--name=%s", BENCH_NAME_OF_SIZES);
    add_word(words, "--");
    for (size_t i = 0; i < b->line.input_count; i++)
        add_word(words, "%s", b->line.inputs[i]);
    g_ptr_array_add(words, NULL);
    return words;
}

/* ---- its report ---------------------------------------------------------- */

/* The state of reading a report, line by line, because it may be long. */
typedef struct reading {
    bench *b;
    bench_sample *sample;
    GArray *latencies; /* of double, ms */
    char *last_input;  /* rows of one input are adjacent */
    bool complete;     /* the summary has come */
    double written;    /* outputs, according to the summary */
} reading;

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void read_image(reading *r, const json_t *row)
{
    const char *input = json_string_value(json_object_get(row, "originalPath"));

    if (!json_is_number(json_object_get(row, "worker")) || input == NULL)
        return;
    if (r->last_input != NULL && strcmp(r->last_input, input) == 0)
        return;
    g_free(r->last_input);
    r->last_input = g_strdup(input);
    const double ms = number(row, "elapsedMs");
    g_array_append_val(r->latencies, ms);
}

static void read_summary(reading *r, const json_t *row)
{
    r->sample->figures[BENCH_ELAPSED] = number(row, "elapsedMs");
    r->sample->failed = (uint64_t)number(row, "failed");
    r->sample->bytes = (uint64_t)number(row, "bytesIn");
    r->sample->pixels = (uint64_t)number(row, "pixelsIn");
    r->written = number(row, "ok") + number(row, "warning");
    r->complete = true;
}

static void read_row(reading *r, json_t *row)
{
    const char *type = json_string_value(json_object_get(row, "type"));

    if (type == NULL)
        return;
    if (strcmp(type, "image") == 0)
        read_image(r, row);
    else if (strcmp(type, "summary") == 0)
        read_summary(r, row);
    else if (strcmp(type, "run") == 0 && r->b->about == NULL)
        r->b->about = json_incref(row);
}

static bool read_report(reading *r)
{
    char *path = g_strconcat(r->b->folder, "/rows.ndjson", NULL);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;

    g_free(path);
    if (file == NULL)
        return false;
    while ((size = getline(&line, &capacity, file)) > 0) {
        json_t *row = json_loadb(line, (size_t)size, 0, NULL);
        read_row(r, row);
        json_decref(row);
    }
    free(line);
    fclose(file);
    return r->complete;
}

/* ---- figures ------------------------------------------------------------- */

static void add_latencies(GArray *latencies, bench_sample *sample, uint64_t *histogram)
{
    double *values = (double *)(void *)latencies->data, sum = 0, *figures = sample->figures;
    const size_t count = latencies->len;

    bench_sort(values, count);
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        if (histogram != NULL)
            histogram[bench_bucket(values[i])]++;
    }
    sample->images = count;
    figures[BENCH_MEAN] = count > 0 ? sum / (double)count : 0;
    figures[BENCH_P50] = bench_percentile(values, count, 0.50);
    figures[BENCH_P95] = bench_percentile(values, count, 0.95);
    figures[BENCH_P99] = bench_percentile(values, count, 0.99);
    figures[BENCH_MAX] = bench_percentile(values, count, 1);
}

static void add_figures(const cli_measured *measured, bench_sample *sample)
{
    double *figures = sample->figures;
    const double elapsed = figures[BENCH_ELAPSED];

    figures[BENCH_WALL] = (double)measured->wall_ns / 1e6;
    figures[BENCH_START_UP] = figures[BENCH_WALL] - elapsed;
    figures[BENCH_CPU] = (double)(measured->user_ns + measured->sys_ns) / 1e6;
    figures[BENCH_CPU_USE] = figures[BENCH_CPU] / figures[BENCH_WALL];
    const double busy = (double)measured->load.busy_ns / 1e6 - figures[BENCH_CPU];
    figures[BENCH_OTHERS] = measured->load.all_ns > 0 ? MAX(0, busy / figures[BENCH_WALL]) : 0;
    figures[BENCH_PRESSURE] = (double)MAX(0, measured->load.waiting_ns) / (double)measured->wall_ns;
    sample->cpu_ms = (double)measured->load.all_ns / 1e6;
    figures[BENCH_RSS] = (double)measured->peak_rss_bytes;
    figures[BENCH_OWN] = (double)measured->peak_own_bytes;
    if (elapsed > 0) {
        figures[BENCH_RATE] = (double)sample->images * 1e3 / elapsed;
        figures[BENCH_MEGAPIXELS] = (double)sample->pixels / 1e3 / elapsed;
    }
}

/* ---- running ------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void bench_clear_folder(const bench *b, const char *below)
{
    char *path = g_strconcat(b->folder, below, NULL);

    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_free(path);
}

/* Prints the messages of a run that failed as a whole. */
static int report_failure(bench *b, int wait_status)
{
    char *path = g_strconcat(b->folder, "/messages", NULL), *text = NULL;

    cli_terminal_erase(&b->terminal);
    if (g_file_get_contents(path, &text, NULL, NULL))
        fputs(text, stderr);
    g_free(text);
    g_free(path);
    if (WIFSIGNALED(wait_status))
        cli_error("a run ended by signal %d", WTERMSIG(wait_status));
    return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) != 0 ? WEXITSTATUS(wait_status)
                                                                   : CLI_EXIT_OUTPUT;
}

int bench_run_once(bench *b, const bench_setting *setting, bench_sample *sample,
                   uint64_t *histogram)
{
    GPtrArray *words = make_command(b, setting);
    char *messages = g_strconcat(b->folder, "/messages", NULL);
    const cli_measure_setup setup = {.argv = (char **)words->pdata,
                                     .stdout_path = "/dev/null",
                                     .stderr_path = messages,
                                     .mask = &b->mask};
    reading r = {.b = b, .sample = sample, .latencies = g_array_new(FALSE, FALSE, sizeof(double))};
    cli_measured measured;
    int status = CLI_EXIT_OK;

    *sample = (bench_sample){.images = 0};
    if (!cli_measure(&setup, &measured, &b->interrupt)) {
        cli_error("the program cannot be run: %s", strerror(errno));
        status = CLI_EXIT_OUTPUT;
    } else if (b->interrupt != 0) {
        status = CLI_EXIT_OUTPUT;
    } else if (!WIFEXITED(measured.wait_status) ||
               WEXITSTATUS(measured.wait_status) > CLI_EXIT_FAILED || !read_report(&r)) {
        status = report_failure(b, measured.wait_status);
    } else if (r.written == 0) {
        cli_terminal_erase(&b->terminal);
        cli_error("there is nothing to measure: all images fail (imgloom run --discard says why)");
        status = CLI_EXIT_FAILED;
    } else {
        add_latencies(r.latencies, sample, histogram);
        add_figures(&measured, sample);
    }
    bench_clear_folder(b, "/out");
    g_array_free(r.latencies, TRUE);
    g_free(r.last_input);
    g_free(messages);
    g_ptr_array_free(words, TRUE);
    return status;
}
