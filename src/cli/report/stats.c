#include "cli/report/stats.h"

#include "cli/report/row_table.h"
#include <string.h>

enum { MAX_FOLDERS = 4096 };

static void free_group(gpointer group)
{
    g_free(((report_group *)group)->name);
    g_free(group);
}

static GHashTable *new_groups(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_group);
}

bool report_stats_init(report_stats *stats)
{
    *stats = (report_stats){.depth = G_MAXUINT};
    stats->totals = loom_totals_create();
    stats->formats = new_groups();
    stats->folders = new_groups();
    stats->times = g_array_new(FALSE, FALSE, sizeof(double));
    stats->inputs = g_hash_table_new(NULL, NULL);
    if (stats->totals == NULL)
        cli_error("out of memory");
    return stats->totals != NULL;
}

static void release_top(report_top *top)
{
    for (size_t i = 0; i < top->count; i++)
        g_free(top->rows[i].path);
}

void report_stats_release(report_stats *stats)
{
    loom_totals_free(stats->totals);
    release_top(&stats->slowest);
    release_top(&stats->savings);
    release_top(&stats->growths);
    cli_summary_release(&stats->summary);
    g_hash_table_destroy(stats->formats);
    g_hash_table_destroy(stats->folders);
    g_hash_table_destroy(stats->inputs);
    g_array_free(stats->times, TRUE);
}

/* Inserts a row among the largest, if it belongs there. */
static void add_top(report_top *top, const loom_row *row, int64_t key)
{
    size_t at = top->count;

    while (at > 0 && top->rows[at - 1].key < key)
        at--;
    if (at == REPORT_TOP)
        return;
    if (top->count == REPORT_TOP)
        g_free(top->rows[--top->count].path);
    memmove(&top->rows[at + 1], &top->rows[at], (top->count - at) * sizeof *top->rows);
    top->rows[at] = (report_top_row){.path = g_strdup(row->original_path),
                                     .key = key,
                                     .original_size = row->original_size,
                                     .processed_size = row->processed_size};
    top->count++;
}

/* ---- groups -------------------------------------------------------------- */

/* The group with this name, which is taken over. */
static report_group *get_group(GHashTable *groups, char *name)
{
    report_group *group = g_hash_table_lookup(groups, name);

    if (group != NULL) {
        g_free(name);
        return group;
    }
    group = g_new0(report_group, 1);
    group->name = name;
    g_hash_table_insert(groups, name, group);
    return group;
}

static bool is_written(const loom_row *row)
{
    return (row->result == LOOM_RESULT_OK || row->result == LOOM_RESULT_WARNING) &&
           row->original_size >= 0 && row->processed_size >= 0;
}

static void add_to_group(report_group *group, const loom_row *row)
{
    group->rows++;
    group->failed += row->result == LOOM_RESULT_ERROR;
    if (is_written(row)) {
        group->written++;
        group->bytes_in += (uint64_t)row->original_size;
        group->bytes_out += (uint64_t)row->processed_size;
    }
    if (row->elapsed_ns >= 0) {
        group->timed++;
        group->elapsed_ns = cli_sum(group->elapsed_ns, row->elapsed_ns);
    }
}

/* The size of the first `depth` components of a folder's name; *count is their total number. */
static size_t cut_folder(const char *folder, size_t size, unsigned depth, unsigned *count)
{
    size_t kept = 0;

    *count = 0;
    for (size_t i = 1; i <= size; i++)
        if (i == size || (folder[i] == '/' && folder[i - 1] != '/')) {
            ++*count;
            if (*count <= depth)
                kept = i;
        }
    return kept;
}

static char *folder_name(const char *folder, size_t size, unsigned depth)
{
    unsigned count;

    size = cut_folder(folder, size, depth, &count);
    return size > 0 ? g_strndup(folder, size) : g_strdup(".");
}

/* Merges groups by dropping the deepest level, until there are few. */
static void fold_folders(report_stats *stats)
{
    unsigned deepest = 0, count;
    GHashTableIter all;
    gpointer group;

    g_hash_table_iter_init(&all, stats->folders);
    while (g_hash_table_iter_next(&all, NULL, &group)) {
        const char *name = ((report_group *)group)->name;
        (void)cut_folder(name, strlen(name), G_MAXUINT, &count);
        deepest = MAX(deepest, count);
    }
    stats->depth = MIN(stats->depth, deepest) - 1;
    GHashTable *folded = new_groups();
    g_hash_table_iter_init(&all, stats->folders);
    while (g_hash_table_iter_next(&all, NULL, &group)) {
        const report_group *from = group;
        report_group *to =
            get_group(folded, folder_name(from->name, strlen(from->name), stats->depth));
        to->rows += from->rows;
        to->failed += from->failed;
        to->written += from->written;
        to->bytes_in += from->bytes_in;
        to->bytes_out += from->bytes_out;
        to->elapsed_ns = cli_sum(to->elapsed_ns, from->elapsed_ns);
        to->timed += from->timed;
    }
    g_hash_table_destroy(stats->folders);
    stats->folders = folded;
}

static void add_groups(report_stats *stats, const loom_row *row)
{
    const char *from = row->original_format != NULL ? row->original_format : "?";
    const char *to = row->format != NULL ? row->format : "?";
    const char *slash = strrchr(row->original_path, '/');
    size_t size = slash != NULL ? (size_t)(slash - row->original_path) : 0;

    add_to_group(get_group(stats->formats, g_strdup_printf("%s -> %s", from, to)), row);
    if (slash == row->original_path)
        size = 1;
    add_to_group(get_group(stats->folders, folder_name(row->original_path, size, stats->depth)),
                 row);
    while (g_hash_table_size(stats->folders) > MAX_FOLDERS)
        fold_folders(stats);
}

static gint compare_groups(gconstpointer a, gconstpointer b)
{
    const report_group *one = *(report_group *const *)a, *other = *(report_group *const *)b;

    if (one->rows != other->rows)
        return one->rows < other->rows ? 1 : -1;
    return strcmp(one->name, other->name);
}

GPtrArray *report_stats_sorted(GHashTable *groups)
{
    GPtrArray *sorted = g_ptr_array_new();
    GHashTableIter all;
    gpointer group;

    g_hash_table_iter_init(&all, groups);
    while (g_hash_table_iter_next(&all, NULL, &group))
        g_ptr_array_add(sorted, group);
    g_ptr_array_sort(sorted, compare_groups);
    return sorted;
}

/* ---- rows and runs ------------------------------------------------------- */

/* Two paths with the same hash would count as one input, which does no harm. */
static gpointer hash_path(const loom_row *row)
{
    const uint64_t hash = cli_hash(0, row->original_path);

    return GSIZE_TO_POINTER((gsize)(hash ^ hash >> 32));
}

static void add_input(report_stats *stats, const loom_row *row)
{
    if (!g_hash_table_add(stats->inputs, hash_path(row)) || row->thread < 0)
        return;
    stats->processed++;
    stats->bytes_in += (uint64_t)MAX(row->original_size, 0);
    if (loom_result_decoded(row->result, row->stage) && row->original_width > 0 &&
        row->original_height > 0)
        stats->pixels_in += (uint64_t)row->original_width * (uint64_t)row->original_height;
}

static void add_row(report_stats *stats, const loom_row *row)
{
    loom_totals *totals = stats->totals;

    totals->rows++;
    totals->by_result[row->result]++;
    if (row->result == LOOM_RESULT_ERROR) {
        loom_error error = {.code = row->code, .stage = row->stage};
        g_strlcpy(error.message, row->error != NULL ? row->error : "", sizeof error.message);
        totals->by_code[row->code]++;
        cli_summary_add_failure(&stats->summary, row->original_path, &error, row->thread);
    }
    add_input(stats, row);
    add_groups(stats, row);
    if (row->elapsed_ns >= 0) {
        const double time = (double)row->elapsed_ns;
        g_array_append_val(stats->times, time);
        add_top(&stats->slowest, row, row->elapsed_ns);
        stats->last_ns = MAX(stats->last_ns, cli_sum(row->elapsed_ns, MAX(row->start_ns, 0)));
    }
    if (!is_written(row))
        return;
    totals->bytes_out += (uint64_t)row->processed_size;
    const int64_t saved = row->original_size - row->processed_size;
    if (saved > 0)
        add_top(&stats->savings, row, saved);
    if (saved < 0)
        add_top(&stats->growths, row, -saved);
}

static uint64_t told_or(int64_t told, uint64_t counted)
{
    return told >= 0 ? (uint64_t)told : counted;
}

/* The run's own summary takes precedence over the counts, because it counts each input exactly
 * once. */
static void end_run(report_stats *stats, const loom_summary_record *told)
{
    const bool ended = told != NULL;
    loom_totals *totals = stats->totals;

    totals->inputs += told_or(ended ? told->inputs : -1, g_hash_table_size(stats->inputs));
    totals->processed += stats->processed;
    totals->bytes_in += told_or(ended ? told->bytes_in : -1, stats->bytes_in);
    totals->pixels_in += told_or(ended ? told->pixels_in : -1, stats->pixels_in);
    totals->elapsed_ns = cli_sum(
        totals->elapsed_ns, ended && told->elapsed_ns >= 0 ? told->elapsed_ns : stats->last_ns);
    stats->unfinished += !ended;
    if (!ended)
        return;
    totals->ignored += told_or(told->ignored, 0);
    totals->cpu_ns = cli_sum(totals->cpu_ns, MAX(told->cpu_ns, 0));
    totals->peak_rss_bytes = MAX(totals->peak_rss_bytes, told_or(told->peak_rss_bytes, 0));
    totals->interrupted = totals->interrupted || told->interrupted;
}

void report_stats_add(report_stats *stats, const loom_record *record)
{
    switch (record->kind) {
    case LOOM_RECORD_RUN:
        stats->runs++;
        g_hash_table_remove_all(stats->inputs);
        stats->bytes_in = stats->pixels_in = stats->processed = 0;
        stats->last_ns = 0;
        stats->summary.last = NULL;
        break;
    case LOOM_RECORD_ROW:
        add_row(stats, record->row);
        break;
    case LOOM_RECORD_SUMMARY:
        end_run(stats, record->summary);
        break;
    case LOOM_RECORD_REMOVED:
    case LOOM_RECORD_END:
        break;
    }
}

static gint compare_times(gconstpointer a, gconstpointer b)
{
    const double one = *(const double *)a, other = *(const double *)b;

    return (one > other) - (one < other);
}

double report_stats_time(report_stats *stats, unsigned percent)
{
    const guint64 rank = ((guint64)stats->times->len * percent + 99) / 100;

    g_array_sort(stats->times, compare_times);
    return g_array_index(stats->times, double, (guint)rank - 1);
}
