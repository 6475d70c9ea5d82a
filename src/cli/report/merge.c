/*
 * imgloom report --merge: one report from several. The reports are read twice: first to find the
 * newest row of each identity, then to copy the texts of these. Each row takes an entry of fixed
 * size, and its text is never stored.
 */
#include "cli/report/command.h"
#include "cli/report/row_table.h"

#include <imgloom/report.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct merge_input {
    report_input input;
    bool reopened;     /* a file, which is closed between the two readings */
    struct stat which; /* it */
} merge_input;

/* Where the record of an output whose input is gone stands. */
typedef struct gone_place {
    uint64_t offset, length;
} gone_place;

/* The time span of a run. */
typedef struct span {
    int64_t from_ns, to_ns;
} span;

typedef struct merge {
    merge_input *inputs;
    size_t input_count;
    row_table rows;
    loom_totals *totals;     /* owned */
    report_gallery *gallery; /* owned */
    GArray *spans;
    GArray *gone;    /* of gone_place, of a single run */
    json_t *runs;    /* the record of each run, with its summary */
    bool unfinished; /* nobody knows what a run had not come to: it was killed, or found nothing */
    char *single;    /* the text of a single run; NULL: there are several, or it was merged */
    size_t single_input; /* the report that it is in */

    /* The current run. */
    size_t base; /* its index in `runs`, or that of the first run it was merged from */
    bool merged;
    int64_t last_ns; /* when its last row was done, since it began */
    uint64_t run_rows;
} merge;

static void release(merge *m)
{
    for (size_t i = 0; i < m->input_count; i++)
        report_input_close(&m->inputs[i].input);
    g_free(m->inputs);
    row_table_release(&m->rows);
    g_array_free(m->spans, TRUE);
    g_array_free(m->gone, TRUE);
    json_decref(m->runs);
    g_free(m->single);
    loom_totals_free(m->totals);
    report_gallery_free(m->gallery);
}

/* ---- the first reading --------------------------------------------------- */

static void add_run(merge *m, const loom_record *record, size_t input)
{
    json_t *run = json_loads(record->text, 0, NULL);
    const json_t *parts = json_object_get(run, "runs");

    m->base = json_array_size(m->runs);
    m->merged = json_array_size(parts) > 0;
    m->last_ns = 0;
    m->run_rows = 0;
    g_array_set_size(m->gone, 0);
    g_clear_pointer(&m->single, g_free);
    if (m->merged) {
        (void)json_array_extend(m->runs, (json_t *)(uintptr_t)parts);
    } else {
        (void)json_array_append(m->runs, run);
        if (m->base == 0) {
            m->single = g_strdup(record->text);
            m->single_input = input;
        }
    }
    json_decref(run);
}

static void add_row(merge *m, const loom_record *record, uint32_t file)
{
    const loom_row *row = record->row;
    const row_id id = row_table_id(&m->rows, row);
    row_entry *entry = row_table_find(&m->rows, &id);

    m->run_rows++;
    m->last_ns = MAX(m->last_ns, cli_sum(MAX(row->start_ns, 0), MAX(row->elapsed_ns, 0)));
    if (entry == NULL) {
        entry = row_table_add(&m->rows, &id);
        entry->input = row_table_input(&m->rows);
    } else {
        m->totals->duplicates++;
        if (!row_entry_yields(entry, row))
            return;
    }
    row_table_set(&m->rows, entry, record);
    report_gallery_set(m->gallery, entry, row);
    entry->file = file;
    entry->run = (uint32_t)m->base + (uint32_t)MAX(row->run, 0);
}

/* Several runs may tell of the same output, and a later one make it anew: theirs are left out. */
static void add_gone(merge *m, const loom_record *record)
{
    const gone_place place = {record->offset, record->length};

    if (m->single != NULL)
        g_array_append_val(m->gone, place);
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
        m->unfinished = totals->interrupted = true;
        return;
    }
    totals->ignored += (uint64_t)MAX(summary->ignored, 0);
    totals->cpu_ns = cli_sum(totals->cpu_ns, MAX(summary->cpu_ns, 0));
    totals->peak_rss_bytes = MAX(totals->peak_rss_bytes, (uint64_t)MAX(summary->peak_rss_bytes, 0));
    totals->peak_total_rss_bytes =
        MAX(totals->peak_total_rss_bytes, (uint64_t)MAX(summary->peak_total_rss_bytes, 0));
    totals->threads = MAX(totals->threads, (unsigned)CLAMP(summary->threads, 0, G_MAXUINT));
    m->unfinished = m->unfinished || (summary->interrupted && m->run_rows == 0);
    totals->interrupted = totals->interrupted || summary->interrupted;
    totals->too_many_errors = totals->too_many_errors || summary->too_many_errors;
}

/* False: it could not be read completely. */
static bool read_input(merge *m, size_t n)
{
    merge_input *from = &m->inputs[n];
    const loom_record *record;

    from->reopened = stat(from->input.path, &from->which) == 0 && S_ISREG(from->which.st_mode);
    if (!report_input_open(&from->input, from->input.path, true))
        return false;
    while (report_input_next(&from->input, &record)) {
        if (record->kind == LOOM_RECORD_RUN)
            add_run(m, record, n);
        else if (record->kind == LOOM_RECORD_ROW)
            add_row(m, record, (uint32_t)n);
        else if (record->kind == LOOM_RECORD_REMOVED)
            add_gone(m, record);
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

/* The time during which at least one run was active: runs at the same time count once. */
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

/* Counts rows, and each input once; the rows of an input are adjacent. */
static void count_rows(merge *m, GPtrArray *rows)
{
    loom_totals *totals = m->totals;
    bool undone = false;

    for (guint i = 0; i < rows->len;) {
        const row_entry *first = g_ptr_array_index(rows, i);
        uint64_t bytes = 0, pixels = 0;
        bool worked = false;
        for (; i < rows->len; i++) {
            const row_entry *row = g_ptr_array_index(rows, i);
            if (row->input != first->input)
                break;
            totals->rows++;
            undone = undone || row_entry_is_undone(row);
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
    /* Another run has done what an ended one had not come to. */
    if (m->single != NULL) {
        report_take_state(totals, json_object_get(json_array_get(m->runs, 0), "summary"));
        return;
    }
    totals->interrupted = m->unfinished || (totals->interrupted && undone);
    totals->too_many_errors = totals->too_many_errors && undone;
}

/* ---- the second reading: the texts of the rows that stay ------------------ */

/* Writes the row's text with the index of its run. */
static loom_status write_tagged(loom_report *report, const row_entry *row, const char *text,
                                GString *line, loom_error *err)
{
    g_string_assign(line, text);
    if (!row->merged)
        g_string_truncate(line, line->len - 1); /* the brace */
    if (!row->merged || report_cut_run(line)) {
        g_string_append_printf(line, "%s\"run\":%" PRIu32 "}", line->len > 1 ? "," : "", row->run);
        return loom_report_add_text(report, line->str, err);
    }
    json_t *object = json_loads(text, 0, NULL);
    (void)json_object_set_new(object, "run", json_integer(row->run));
    char *changed = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(REPORT_DIGITS));
    const loom_status status =
        changed != NULL
            ? loom_report_add_text(report, changed, err)
            : loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_WRITE,
                             "a row changed during the merge, or has numbers that are too large");
    free(changed);
    json_decref(object);
    return status;
}

/* Reopens a file, to read its texts. */
static bool reopen(merge_input *from)
{
    struct stat now;

    if (!from->reopened || from->input.reader != NULL)
        return true;
    if (stat(from->input.path, &now) != 0 || now.st_dev != from->which.st_dev ||
        now.st_ino != from->which.st_ino || now.st_size < from->which.st_size) {
        cli_error("%s: it was replaced while it was read", from->input.path);
        return false;
    }
    return report_input_open(&from->input, from->input.path, true);
}

static bool report_failure(const char *option, const char *path, const loom_error *err)
{
    cli_error("%s %s: %s", option, path, err->message);
    return false;
}

/* The text of a record; valid until the next one is read. False, after a message: it failed. */
static bool read_text(merge_input *from, uint64_t offset, uint64_t length, const char **text)
{
    loom_error err = LOOM_ERROR_INIT;

    if (!reopen(from))
        return false;
    if (loom_reader_text_at(from->input.reader, offset, length, text, &err) == LOOM_OK)
        return true;
    cli_error("%s: %s", report_input_name(&from->input), err.message);
    return false;
}

static bool write_rows(merge *m, GPtrArray *rows, loom_report *report, const char *option)
{
    const char *path = loom_report_path(report);
    GString *line = g_string_new(NULL);
    merge_input *last = NULL;
    bool well = true;

    for (guint i = 0; i < rows->len && well; i++) {
        const row_entry *row = g_ptr_array_index(rows, i);
        merge_input *from = &m->inputs[row->file];
        loom_error err = LOOM_ERROR_INIT;
        const char *text;
        if (last != NULL && last != from && last->reopened)
            report_input_close(&last->input);
        last = from;
        if (!read_text(from, row->offset, row->length, &text)) {
            well = false;
        } else if ((m->single != NULL ? loom_report_add_text(report, text, &err)
                                      : write_tagged(report, row, text, line, &err)) != LOOM_OK) {
            well = report_failure(option, path, &err);
        } else {
            report_gallery_add(m->gallery, row, m->single != NULL ? -1 : (int64_t)row->run);
        }
    }
    g_string_free(line, TRUE);
    return well;
}

/* Those of a single run, which is in the only report that has any. */
static bool write_gone(merge *m, loom_report *report, const char *option)
{
    for (guint i = 0; i < m->gone->len; i++) {
        const gone_place *place = &g_array_index(m->gone, gone_place, i);
        loom_error err = LOOM_ERROR_INIT;
        const char *text;
        if (!read_text(&m->inputs[m->single_input], place->offset, place->length, &text))
            return false;
        if (loom_report_add_removed_text(report, text, &err) != LOOM_OK)
            return report_failure(option, loom_report_path(report), &err);
    }
    return true;
}

/* The option that names the output, and the file to write. */
static const char *option_of(const merge *m, const report_options *options, const char **path)
{
    *path = m->gallery != NULL        ? report_gallery_page(m->gallery)
            : options->page != NULL   ? options->page
            : options->output != NULL ? options->output
                                      : "-";
    return options->page != NULL ? "--html" : "--output";
}

/*
 * Writes the run, the texts of the rows (row_entry *, in the order of their positions) and the
 * totals. False, after a message: it failed.
 */
static bool write_report(merge *m, GPtrArray *rows, const report_options *options)
{
    const char *path, *option = option_of(m, options, &path);
    char *header = m->single != NULL ? strdup(m->single) : report_merged_header(m->runs);
    loom_report *report = NULL;
    loom_error err = LOOM_ERROR_INIT;
    bool well;

    if ((options->page != NULL ? loom_report_open_page_text(&report, path, header,
                                                            report_gallery_name(m->gallery), &err)
                               : loom_report_open_text(&report, path, header, &err)) != LOOM_OK) {
        free(header);
        return report_failure(option, path, &err);
    }
    free(header);
    well = write_rows(m, rows, report, option) && write_gone(m, report, option);
    if (well)
        report_gallery_make(m->gallery, options->colour);
    if (well && loom_report_finish(report, m->totals, &err) != LOOM_OK)
        well = report_failure(option, path, &err);
    loom_report_free(report);
    return well;
}

/* ---- both ---------------------------------------------------------------- */

static int merge_all(merge *m, const report_options *options)
{
    GPtrArray *rows = g_ptr_array_sized_new((guint)m->rows.count);
    bool well;

    for (size_t i = 0; i < m->rows.count; i++)
        g_ptr_array_add(rows, row_table_at(&m->rows, i));
    g_ptr_array_sort(rows, row_compare_inputs);
    count_rows(m, rows);
    g_ptr_array_sort(rows, row_compare_places);
    m->totals->elapsed_ns = time_covered(m->spans);
    m->totals->merged = true;
    well = write_report(m, rows, options);
    g_ptr_array_free(rows, TRUE);
    if (!well)
        return CLI_EXIT_OUTPUT;
    if (options->page != NULL)
        return CLI_EXIT_OK;
    const size_t runs = json_array_size(m->runs);
    fprintf(stderr, "%zu row%s of %zu run%s; other rows of the same outputs: %" PRIu64 "\n",
            m->rows.count, m->rows.count == 1 ? "" : "s", runs, runs == 1 ? "" : "s",
            m->totals->duplicates);
    return CLI_EXIT_OK;
}

int report_merge(const report_options *options, char **paths)
{
    const char *output = options->page != NULL ? options->page : options->output;
    const char *same = report_find_same(paths, output);
    merge m = {.inputs = NULL};
    int status = CLI_EXIT_FAILED;

    if (same != NULL)
        return cli_usage_error(&cli_command_report, "'%s' is both a report to read and the output",
                               same);
    m.input_count = g_strv_length(paths);
    m.inputs = g_new0(merge_input, m.input_count);
    m.spans = g_array_new(FALSE, FALSE, sizeof(span));
    m.gone = g_array_new(FALSE, FALSE, sizeof(gone_place));
    m.runs = json_array();
    m.totals = loom_totals_create();
    m.gallery = report_gallery_create(options->page);
    row_table_init(&m.rows, false);
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
