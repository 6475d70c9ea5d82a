/* The table that `imgloom bench` prints. */
#include "cli/bench/bench.h"

#include <inttypes.h>
#include <string.h>

/* A column: a figure's median, divided by `unit`, and optionally its spread. */
typedef struct column {
    const char *title;
    bench_figure figure;
    double unit;
    int decimals;
    bool spread;
} column;

static const column columns[] = {
    {"images/s", BENCH_RATE, 1, 1, true},     {"MP/s", BENCH_MEGAPIXELS, 1, 1, false},
    {"speed-up", BENCH_SPEED_UP, 1, 2, true}, {"efficiency", BENCH_EFFICIENCY, 0.01, 0, false},
    {"CPUs", BENCH_CPU_USE, 1, 2, false},     {"p50 ms", BENCH_P50, 1, 1, false},
    {"p95 ms", BENCH_P95, 1, 1, false},       {"p99 ms", BENCH_P99, 1, 1, false},
    {"peak MB", BENCH_RSS, 1e6, 0, true},     {"start ms", BENCH_START_UP, 1, 0, false},
};

enum { FIRST = 2, COLUMNS = FIRST + (int)G_N_ELEMENTS(columns) };

static char *make_cell(const bench *b, const bench_setting *setting, const column *c)
{
    const bench_spread s = bench_over(b, setting, c->figure);
    const char *percent = c->figure == BENCH_EFFICIENCY ? " %" : "";

    if (!c->spread || b->options.runs == 1)
        return g_strdup_printf("%.*f%s", c->decimals, s.median / c->unit, percent);
    return g_strdup_printf("%.*f (%.*f-%.*f)", c->decimals, s.median / c->unit, c->decimals,
                           s.low / c->unit, c->decimals, s.high / c->unit);
}

/* All cells, row by row, the titles first; g_ptr_array_unref. */
static GPtrArray *make_cells(const bench *b)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(cells, g_strdup("threads"));
    g_ptr_array_add(cells, g_strdup("isolate"));
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        g_ptr_array_add(cells, g_strdup(columns[c].title));
    for (size_t i = 0; i < b->setting_count; i++) {
        const bench_setting *setting = &b->settings[i];
        g_ptr_array_add(cells, g_strdup_printf("%u", setting->threads));
        g_ptr_array_add(cells, g_strdup(loom_isolate_name(setting->isolation)));
        for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
            g_ptr_array_add(cells, make_cell(b, setting, &columns[c]));
    }
    return cells;
}

/* Appends the columns from `first` up to `end` (exclusive) of all rows, after those that name the
 * setting. */
static void append_columns(GString *text, const GPtrArray *cells, const int *widths, int first,
                           int end)
{
    for (guint row = 0; row < cells->len; row += COLUMNS)
        for (int c = 0; c < end; c = c + 1 == FIRST ? first : c + 1)
            g_string_append_printf(text, "%*s%s", widths[c],
                                   (const char *)g_ptr_array_index(cells, row + (guint)c),
                                   c + 1 == end ? "\n" : "  ");
}

/* Prints one table, or several, one below another, if `max_columns` is too small. */
static void append_cells(GString *text, const GPtrArray *cells, size_t max_columns)
{
    int widths[COLUMNS] = {0};

    for (guint i = 0; i < cells->len; i++)
        widths[i % COLUMNS] = MAX(widths[i % COLUMNS], (int)strlen(g_ptr_array_index(cells, i)));
    for (int first = FIRST, end; first < COLUMNS; first = end) {
        size_t used = (size_t)(widths[0] + 2 + widths[1] + 2 + widths[first]);
        for (end = first + 1; end < COLUMNS; end++) {
            used += 2 + (size_t)widths[end];
            if (max_columns > 0 && used > max_columns)
                break;
        }
        if (first > FIRST)
            g_string_append_c(text, '\n');
        append_columns(text, cells, widths, first, end);
    }
}

/* The amount measured: "64 images, 104.9 MB, 1034.2 megapixels; 2 failed". */
static void append_inputs(GString *text, const bench_sample *sample)
{
    g_string_append_printf(text, "%" PRIu64 " image%s, ", sample->images,
                           sample->images == 1 ? "" : "s");
    cli_append_bytes(text, sample->bytes);
    g_string_append_printf(text, ", %.1f megapixels", (double)sample->pixels / 1e6);
    if (sample->failed > 0)
        g_string_append_printf(text, "; %" PRIu64 " failed", sample->failed);
}

char *bench_table_text(const bench *b, size_t max_columns)
{
    GString *text = g_string_new(NULL);
    GPtrArray *cells = make_cells(b);
    char *sentence = bench_verdict(b);

    append_inputs(text, &b->settings[0].samples[0]);
    g_string_append_printf(text, "; %u CPU%s; %u run%s of each setting, interleaved%s\n\n",
                           loom_cpu_count(), loom_cpu_count() == 1 ? "" : "s", b->options.runs,
                           b->options.runs == 1 ? "" : "s",
                           b->options.runs == 1 ? "" : "; medians (lowest-highest)");
    append_cells(text, cells, max_columns);
    g_string_append_printf(text, "\n%s\n", sentence);
    g_free(sentence);
    g_ptr_array_unref(cells);
    return g_string_free(text, FALSE);
}
