/* The JSON that `imgloom bench` writes, and the page that holds it; docs/bench.md tells its fields.
 */
#include "cli/bench/bench.h"

#include <imgloom/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { SCHEMA_VERSION = 1, DIGITS = 9 };

static json_t *instant(int64_t ns)
{
    GDateTime *time = g_date_time_new_from_unix_utc(ns / 1000000000);
    char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
    json_t *value = json_string(text);

    g_free(text);
    g_date_time_unref(time);
    return value;
}

/* The processor's name as the kernel tells it, or null. */
static json_t *processor(void)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    json_t *value = NULL;
    char line[512];

    while (file != NULL && value == NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (colon != NULL && g_str_has_prefix(line, "model name"))
            value = json_string(g_strstrip(strchr(line, ':') + 1));
    }
    if (file != NULL)
        fclose(file);
    return value != NULL ? value : json_null();
}

static json_t *machine(void)
{
    struct utsname system;
    const bool known = uname(&system) == 0;

    return json_pack("{s:o, s:i, s:I, s:s?, s:s?}", "processor", processor(), "cpus",
                     (int)loom_cpu_count(), "memoryBytes", (json_int_t)loom_memory_limit(),
                     "system", known ? system.sysname : NULL, "release",
                     known ? system.release : NULL);
}

static json_t *spread(bench_spread s)
{
    return json_pack("{s:f, s:f, s:f}", "median", s.median, "low", s.low, "high", s.high);
}

static json_t *histogram(const bench_setting *setting)
{
    json_t *buckets = json_array();

    for (size_t i = 0; i < BENCH_BUCKETS; i++)
        if (setting->histogram[i] > 0)
            json_array_append_new(buckets, json_pack("{s:f, s:I}", "upToMs", bench_bucket_max(i),
                                                     "count", (json_int_t)setting->histogram[i]));
    return buckets;
}

static json_t *samples(const bench *b, const bench_setting *setting)
{
    json_t *runs = json_array();

    for (size_t i = 0; i < b->options.runs; i++) {
        const bench_sample *sample = &setting->samples[i];
        json_t *run =
            json_pack("{s:i, s:i, s:I, s:I}", "round", (int)i + 1, "order", (int)sample->order,
                      "images", (json_int_t)sample->images, "failed", (json_int_t)sample->failed);
        for (unsigned figure = 0; figure < BENCH_FIGURES; figure++)
            json_object_set_new(run, bench_figure_name((bench_figure)figure),
                                json_real(sample->figures[figure]));
        json_array_append_new(runs, run);
    }
    return runs;
}

static json_t *setting_json(const bench *b, const bench_setting *setting)
{
    json_t *object = json_pack("{s:i, s:s, s:i}", "threads", (int)setting->threads, "isolate",
                               loom_isolate_name(setting->isolation), "comparedWithThreads",
                               (int)b->settings[setting->base].threads);

    for (unsigned figure = 0; figure < BENCH_FIGURES; figure++)
        json_object_set_new(object, bench_figure_name((bench_figure)figure),
                            spread(bench_over(b, setting, (bench_figure)figure)));
    json_object_set_new(object, "latencyHistogram", histogram(setting));
    json_object_set_new(object, "runs", samples(b, setting));
    return object;
}

static json_t *recommended(const bench *b)
{
    const bench_setting *setting = bench_recommended(b);

    if (setting == NULL)
        return json_null();
    return json_pack("{s:i, s:s}", "threads", (int)setting->threads, "isolate",
                     loom_isolate_name(setting->isolation));
}

char *bench_json_text(const bench *b)
{
    const bench_sample *first = &b->settings[0].samples[0];
    json_t *settings = json_array();
    json_t *document = json_pack(
        "{s:i, s:s, s:O?, s:O?, s:o, s:{s:I, s:I, s:I}, s:i, s:i, s:b, s:o, s:o}", "schemaVersion",
        SCHEMA_VERSION, "type", "bench", "tool", json_object_get(b->about, "tool"), "recipe",
        json_object_get(b->about, "recipe"), "machine", machine(), "inputs", "images",
        (json_int_t)first->images, "bytes", (json_int_t)first->bytes, "pixels",
        (json_int_t)first->pixels, "runs", (int)b->options.runs, "warmup", (int)b->options.warmup,
        "discard", (int)b->options.run.settings->discard, "startedAt", instant(b->started_ns),
        "settings", settings);

    for (size_t i = 0; i < b->setting_count; i++)
        json_array_append_new(settings, setting_json(b, &b->settings[i]));
    char *sentence = bench_verdict(b);
    json_object_set_new(document, "othersShare", json_real(bench_others(b)));
    json_object_set_new(document, "recommended", recommended(b));
    json_object_set_new(document, "verdict", json_string(sentence));
    g_free(sentence);
    json_object_set_new(document, "finishedAt", instant(g_get_real_time() * 1000));
    char *text = json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS));
    json_decref(document);
    char *line = text != NULL ? g_strconcat(text, "\n", NULL) : NULL;
    free(text);
    return line;
}

/* ---- the page ------------------------------------------------------------ */

/*
 * Its template, made from src/cli/bench/html/ by cmake/EmbedPage.cmake: what stands before and
 * behind the JSON. Not NUL-terminated.
 */
extern const char loom_html_bench_head[], loom_html_bench_tail[];
extern const size_t loom_html_bench_head_size, loom_html_bench_tail_size;

/*
 * The JSON stands in an element that is not run; `<`, which could end it, can only be a part of
 * strings there, and is written as an escape.
 */
char *bench_page_text(const bench *b)
{
    GString *page = g_string_new_len(loom_html_bench_head, (gssize)loom_html_bench_head_size);
    char *json = bench_json_text(b);

    if (json == NULL) {
        g_string_free(page, TRUE);
        return NULL;
    }
    g_string_append(page, "<script type=\"application/json\" id=\"bench\">");
    for (const char *c = json; *c != '\0'; c++)
        if (*c == '<')
            g_string_append(page, "\\u003C");
        else
            g_string_append_c(page, *c);
    g_string_append(page, "</script>\n");
    g_string_append_len(page, loom_html_bench_tail, (gssize)loom_html_bench_tail_size);
    free(json);
    return g_string_free(page, FALSE);
}
