/* Figures of runs, and statistics over the rounds. */
#include "cli/bench/bench.h"

#include <math.h>
#include <stdlib.h>

#define GOOD_ENOUGH   0.95 /* of the best rate */
#define OTHERS_MAX    0.1  /* of the CPUs, for figures that can be trusted */
#define STEP_MS       10   /* the kernel counts in steps of up to so much, on each CPU */
#define CPU_MS_ENOUGH 1000 /* for these to matter little */

enum { FIRST_BUCKET = -8 }; /* half powers of two: 1/16 ms */

const char *bench_figure_name(bench_figure figure)
{
    static const char *const names[BENCH_FIGURES] = {
        [BENCH_RATE] = "imagesPerSecond", [BENCH_MEGAPIXELS] = "megapixelsPerSecond",
        [BENCH_SPEED_UP] = "speedUp",     [BENCH_EFFICIENCY] = "efficiency",
        [BENCH_ELAPSED] = "elapsedMs",    [BENCH_WALL] = "wallMs",
        [BENCH_START_UP] = "startUpMs",   [BENCH_CPU] = "cpuMs",
        [BENCH_CPU_USE] = "cpuUse",       [BENCH_OTHERS] = "othersCpuUse",
        [BENCH_PRESSURE] = "cpuPressure", [BENCH_RSS] = "peakRssBytes",
        [BENCH_OWN] = "peakOwnBytes",     [BENCH_MEAN] = "latencyMeanMs",
        [BENCH_P50] = "latencyP50Ms",     [BENCH_P95] = "latencyP95Ms",
        [BENCH_P99] = "latencyP99Ms",     [BENCH_MAX] = "latencyMaxMs",
    };

    return names[figure];
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

void bench_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
}

double bench_percentile(const double *rising, size_t count, double part)
{
    if (count == 0)
        return 0;
    const double rank = ceil(part * (double)count);
    return rising[rank < 1 ? 0 : (size_t)rank - 1];
}

bench_spread bench_over(const bench *b, const bench_setting *setting, bench_figure figure)
{
    const size_t runs = b->options.runs;
    double *values = g_new(double, runs);

    for (size_t i = 0; i < runs; i++)
        values[i] = setting->samples[i].figures[figure];
    bench_sort(values, runs);
    const bench_spread spread = {(values[(runs - 1) / 2] + values[runs / 2]) / 2, values[0],
                                 values[runs - 1]};
    g_free(values);
    return spread;
}

void bench_compare(bench *b)
{
    for (size_t i = 0; i < b->setting_count; i++) {
        bench_setting *setting = &b->settings[i];
        const bench_setting *base = &b->settings[setting->base];
        for (size_t run = 0; run < b->options.runs; run++) {
            double *figures = setting->samples[run].figures;
            const double before = base->samples[run].figures[BENCH_ELAPSED];
            figures[BENCH_SPEED_UP] =
                figures[BENCH_ELAPSED] > 0 ? before / figures[BENCH_ELAPSED] : 0;
            figures[BENCH_EFFICIENCY] = figures[BENCH_SPEED_UP] * base->threads / setting->threads;
        }
    }
}

size_t bench_bucket(double ms)
{
    const double half_powers = ms > 0 ? ceil(2 * log2(ms)) - (double)FIRST_BUCKET : 0;

    if (half_powers <= 0)
        return 0;
    return half_powers < BENCH_BUCKETS ? (size_t)half_powers : BENCH_BUCKETS - 1;
}

double bench_bucket_max(size_t bucket)
{
    return exp2(((double)bucket + (double)FIRST_BUCKET) / 2);
}

double bench_others(const bench *b)
{
    double others = 0, all = 0, doubtful = 0;

    for (size_t i = 0; i < b->setting_count; i++)
        for (size_t run = 0; run < b->options.runs; run++) {
            const bench_sample *sample = &b->settings[i].samples[run];
            const double wall = sample->figures[BENCH_WALL];
            others += sample->figures[BENCH_OTHERS] * wall;
            all += sample->cpu_ms;
            doubtful += wall > 0 ? STEP_MS * sample->cpu_ms / wall : 0; /* one step of each CPU */
        }
    if (all < CPU_MS_ENOUGH && others - doubtful <= OTHERS_MAX * all)
        return 0;
    return fmin(1, others / all);
}

const bench_setting *bench_recommended(const bench *b)
{
    const bench_setting *found = NULL;
    double best = 0;

    if (bench_others(b) > OTHERS_MAX)
        return NULL;

    for (size_t i = 0; i < b->setting_count; i++)
        best = fmax(best, bench_over(b, &b->settings[i], BENCH_RATE).median);
    for (size_t i = 0; i < b->setting_count; i++) {
        const bench_setting *setting = &b->settings[i];
        if (bench_over(b, setting, BENCH_RATE).median >= GOOD_ENOUGH * best &&
            (found == NULL || setting->threads < found->threads))
            found = setting;
    }
    return found;
}

char *bench_verdict(const bench *b)
{
    const bench_setting *setting = bench_recommended(b);
    const bench_setting *last = &b->settings[b->setting_count - 1];
    GString *text = g_string_new(NULL);

    if (setting == NULL) {
        g_string_append_printf(text,
                               "The machine was busy: do not trust this. Other programs took %.0f "
                               "%% of the CPUs; run it again when they are done.",
                               100 * bench_others(b));
        return g_string_free(text, FALSE);
    }
    g_string_append_printf(text, "Recommended: -j %u", setting->threads);
    if (b->settings[0].isolation != last->isolation)
        g_string_append_printf(text, " --isolate %s", loom_isolate_name(setting->isolation));
    g_string_append_printf(text, ", with %.1f images/s and %.0f MB",
                           bench_over(b, setting, BENCH_RATE).median,
                           bench_over(b, setting, BENCH_RSS).median / 1e6);
    if (setting->threads < last->threads)
        g_string_append(text, "; more threads gain less than 5 %");
    g_string_append_c(text, '.');
    return g_string_free(text, FALSE);
}
