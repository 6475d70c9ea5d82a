/*
 * imgloom report --merge: one report of several. The reports are read twice: first for what rows
 * there are and which of those with one identity is the newest, then for the texts of these. Of a
 * row an entry of fixed size is kept, and never its text.
 */
#include "cli/report/merge.h"

#include <inttypes.h>
#include <stdio.h>

static void release(merge *m)
{
    for (size_t i = 0; i < m->input_count; i++)
        report_input_close(&m->inputs[i].input);
    g_free(m->inputs);
    row_table_release(&m->rows);
    g_array_free(m->spans, TRUE);
    json_decref(m->runs);
    g_free(m->single);
    loom_totals_free(m->totals);
}

/* ---- the first reading --------------------------------------------------- */

static void add_run(merge *m, const loom_record *record)
{
    json_t *run = json_loads(record->text, 0, NULL);
    const json_t *parts = json_object_get(run, "runs");

    m->base = json_array_size(m->runs);
    m->merged = json_array_size(parts) > 0;
    m->last_ns = 0;
    g_clear_pointer(&m->single, g_free);
    if (m->merged) {
        (void)json_array_extend(m->runs, (json_t *)(uintptr_t)parts);
    } else {
        (void)json_array_append(m->runs, run);
        if (m->base == 0)
            m->single = g_strdup(record->text);
    }
    json_decref(run);
}

static void add_row(merge *m, const loom_record *record, uint32_t file)
{
    const loom_row *row = record->row;
    const row_id id = row_table_id(&m->rows, row);
    row_entry *entry = row_table_find(&m->rows, &id);
    const int64_t when_ns = cli_sum(row->started_ns, MAX(row->start_ns, 0));

    m->last_ns = MAX(m->last_ns, cli_sum(MAX(row->start_ns, 0), MAX(row->elapsed_ns, 0)));
    if (entry == NULL) {
        entry = row_table_add(&m->rows, &id);
        entry->input = row_table_input(&m->rows);
    } else {
        m->totals->duplicates++;
        if (when_ns < entry->when_ns)
            return;
    }
    row_entry_set(entry, record);
    entry->file = file;
    entry->run = (uint32_t)m->base + (uint32_t)MAX(row->run, 0);
}

static void add_summary(merge *m, const loom_record *record)
{
    const loom_summary_record *summary = record->summary;
    loom_totals *totals = m->totals;
    const int64_t elapsed_ns =
        summary != NULL && summary->elapsed_ns >= 0 ? summary->elapsed_ns : m->last_ns;
    const span when = {record->run->started_ns, cli_sum(record->run->started_ns, elapsed_ns)};

    g_array_append_val(m->spans, when);
    if (!m->merged)
        (void)json_object_set_new(json_array_get(m->runs, m->base), "summary",
                                  summary != NULL ? json_loads(record->text, 0, NULL)
                                                  : json_null());
    if (summary == NULL) {
        totals->interrupted = true;
        return;
    }
    totals->ignored += (uint64_t)MAX(summary->ignored, 0);
    totals->cpu_ns = cli_sum(totals->cpu_ns, MAX(summary->cpu_ns, 0));
    totals->peak_rss_bytes = MAX(totals->peak_rss_bytes, (uint64_t)MAX(summary->peak_rss_bytes, 0));
    totals->workers = MAX(totals->workers, (unsigned)CLAMP(summary->workers, 0, G_MAXUINT));
    totals->interrupted = totals->interrupted || summary->interrupted;
    totals->too_many_errors = totals->too_many_errors || summary->too_many_errors;
}

/* False when it could not be read whole. */
static bool read_input(merge *m, size_t n)
{
    merge_input *from = &m->inputs[n];
    const loom_record *record;

    from->reopened = stat(from->input.path, &from->which) == 0 && S_ISREG(from->which.st_mode);
    if (!report_input_open(&from->input, from->input.path, true))
        return false;
    while (report_input_next(&from->input, &record)) {
        if (record->kind == LOOM_RECORD_RUN)
            add_run(m, record);
        else if (record->kind == LOOM_RECORD_ROW)
            add_row(m, record, (uint32_t)n);
        else
            add_summary(m, record);
    }
    if (from->reopened)
        report_input_close(&from->input);
    return !from->input.damaged;
}

/* ---- what all amount to -------------------------------------------------- */

static gint compare_spans(gconstpointer a, gconstpointer b)
{
    const span *one = a, *other = b;

    return (one->from_ns > other->from_ns) - (one->from_ns < other->from_ns);
}

/* The time in which at least one run went on: runs at once count once. */
static int64_t time_covered(GArray *spans)
{
    int64_t covered = 0, end = INT64_MIN;

    g_array_sort(spans, compare_spans);
    for (guint i = 0; i < spans->len; i++) {
        const span *next = &g_array_index(spans, span, i);
        const int64_t from = MAX(next->from_ns, end);
        if (next->to_ns > from) {
            covered = cli_sum(covered, next->to_ns - from);
            end = next->to_ns;
        }
    }
    return covered;
}

static gint compare_inputs(gconstpointer a, gconstpointer b)
{
    const row_entry *one = *(row_entry *const *)a, *other = *(row_entry *const *)b;

    return (one->input > other->input) - (one->input < other->input);
}

static gint compare_places(gconstpointer a, gconstpointer b)
{
    const row_entry *one = *(row_entry *const *)a, *other = *(row_entry *const *)b;

    if (one->file != other->file)
        return one->file < other->file ? -1 : 1;
    return (one->offset > other->offset) - (one->offset < other->offset);
}

/* Counts rows, and each input once; they stand together. */
static void count_rows(merge *m, GPtrArray *rows)
{
    loom_totals *totals = m->totals;

    for (guint i = 0; i < rows->len;) {
        const row_entry *first = g_ptr_array_index(rows, i);
        uint64_t bytes = 0, pixels = 0;
        bool worked = false;
        for (; i < rows->len; i++) {
            const row_entry *row = g_ptr_array_index(rows, i);
            if (row->input != first->input)
                break;
            totals->rows++;
            totals->by_result[row->result]++;
            if (row->result == LOOM_RESULT_ERROR)
                totals->by_code[row->code]++;
            if (row->result == LOOM_RESULT_OK || row->result == LOOM_RESULT_WARNING)
                totals->bytes_out += (uint64_t)MAX(row->processed_size, 0);
            if (row->worked) {
                worked = true;
                bytes = MAX(bytes, (uint64_t)MAX(row->original_size, 0));
                pixels = MAX(pixels, row->pixels);
            }
        }
        totals->inputs++;
        totals->processed += worked;
        totals->bytes_in += bytes;
        totals->pixels_in += pixels;
    }
}

static int merge_all(merge *m, const report_options *options)
{
    GPtrArray *rows = g_ptr_array_sized_new((guint)m->rows.count);
    bool well;

    for (size_t i = 0; i < m->rows.count; i++)
        g_ptr_array_add(rows, row_table_at(&m->rows, i));
    g_ptr_array_sort(rows, compare_inputs);
    count_rows(m, rows);
    g_ptr_array_sort(rows, compare_places);
    m->totals->elapsed_ns = time_covered(m->spans);
    m->totals->merged = true;
    well = report_merge_write(m, rows, options);
    g_ptr_array_free(rows, TRUE);
    if (!well)
        return CLI_EXIT_OUTPUT;
    if (options->page != NULL)
        return CLI_EXIT_OK;
    const size_t runs = json_array_size(m->runs);
    fprintf(stderr, "%zu row%s of %zu run%s; left out for newer ones: %" PRIu64 "\n", m->rows.count,
            m->rows.count == 1 ? "" : "s", runs, runs == 1 ? "" : "s", m->totals->duplicates);
    return CLI_EXIT_OK;
}

/* Whether the output is one of the reports that are read. */
static const char *find_same(const char *output, char **paths)
{
    struct stat one, other;

    if (output == NULL || stat(output, &one) != 0 || !S_ISREG(one.st_mode))
        return NULL;
    for (; *paths != NULL; paths++)
        if (stat(*paths, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
            return *paths;
    return NULL;
}

int report_merge(const report_options *options, char **paths)
{
    const char *output = options->page != NULL ? options->page : options->output;
    const char *same = find_same(output, paths);
    merge m = {.inputs = NULL};
    int status = CLI_EXIT_FAILED;

    if (same != NULL)
        return cli_usage_error(&cli_command_report, "'%s' is to be read and to be written", same);
    m.input_count = g_strv_length(paths);
    m.inputs = g_new0(merge_input, m.input_count);
    m.spans = g_array_new(FALSE, FALSE, sizeof(span));
    m.runs = json_array();
    m.totals = loom_totals_create();
    row_table_init(&m.rows);
    bool whole = m.totals != NULL;
    if (!whole)
        cli_error("out of memory");
    for (size_t i = 0; m.totals != NULL && i < m.input_count; i++) {
        m.inputs[i].input.path = paths[i];
        whole = read_input(&m, i) && whole;
    }
    if (whole || (options->page != NULL && json_array_size(m.runs) > 0))
        status = merge_all(&m, options);
    else if (options->merge)
        cli_error("nothing was merged: rows would be lost");
    if (!whole && status == CLI_EXIT_OK)
        status = CLI_EXIT_FAILED;
    release(&m);
    return status;
}
