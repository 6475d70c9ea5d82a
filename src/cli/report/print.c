/* Prints reports on standard output: the summary, and lists for other programs. */
#include "cli/report/command.h"
#include "cli/report/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the summary --------------------------------------------------------- */

void report_append_heading(const cli_terminal *terminal, GString *out, const char *heading)
{
    g_string_append_c(out, '\n');
    cli_paint(terminal, out, CLI_BOLD, heading);
    g_string_append_c(out, '\n');
}

/* "1.8 MB -> 40.2 kB (-97.8 %)" */
static void append_sizes(GString *out, uint64_t before, uint64_t after)
{
    cli_append_bytes(out, before);
    g_string_append(out, " -> ");
    cli_append_bytes(out, after);
    if (before > 0)
        g_string_append_printf(out, " (%+.1f %%)",
                               100 * ((double)after - (double)before) / (double)before);
}

void report_append_time(GString *out, double ns)
{
    if (ns < 1e6)
        g_string_append_printf(out, "%.0f us", ns / 1e3);
    else if (ns < 1e9)
        g_string_append_printf(out, "%.1f ms", ns / 1e6);
    else
        g_string_append_printf(out, "%.2f s", ns / 1e9);
}

static void append_totals(const cli_terminal *terminal, GString *out, report_stats *stats)
{
    const loom_totals *totals = stats->totals;
    const double seconds = (double)totals->elapsed_ns / 1e9;

    if (stats->runs != 1)
        g_string_append_printf(out, "%zu runs, ", stats->runs);
    cli_summary_append_counts(&stats->summary, terminal, out, totals);
    g_string_append(out, "read ");
    cli_append_bytes(out, totals->bytes_in);
    g_string_append(out, ", wrote ");
    cli_append_bytes(out, totals->bytes_out);
    g_string_append_printf(out, " in %.2f s", seconds);
    if (seconds > 0)
        g_string_append_printf(out, ", %.1f images/s, %.1f megapixels/s",
                               (double)totals->processed / seconds,
                               (double)totals->pixels_in / 1e6 / seconds);
    g_string_append_c(out, '\n');
    if (stats->times->len > 0) {
        g_string_append(out, "an image took ");
        report_append_time(out, report_stats_time(stats, 50));
        g_string_append(out, " in the median, ");
        report_append_time(out, report_stats_time(stats, 95));
        g_string_append(out, " at the 95th percentile, ");
        report_append_time(out, report_stats_time(stats, 100));
        g_string_append(out, " at most\n");
    }
    if (totals->interrupted)
        g_string_append(out, "interrupted: images that were not processed are cancelled\n");
    if (stats->unfinished > 0)
        g_string_append_printf(out, "without a summary: %zu\n", stats->unfinished);
}

static void append_path(GString *out, const char *path)
{
    g_string_append(out, "  ");
    cli_append_escaped(out, path);
    g_string_append_c(out, '\n');
}

static void append_top(const cli_terminal *terminal, GString *out, const report_top *top,
                       const char *heading, bool times)
{
    if (top->count == 0)
        return;
    report_append_heading(terminal, out, heading);
    for (size_t i = 0; i < top->count; i++) {
        const report_top_row *row = &top->rows[i];
        g_string_append(out, "  ");
        if (times)
            report_append_time(out, (double)row->key);
        else
            append_sizes(out, (uint64_t)row->original_size, (uint64_t)row->processed_size);
        append_path(out, row->path);
    }
}

static void append_group(GString *out, const report_group *group)
{
    g_string_append(out, "  ");
    cli_append_escaped(out, group->name);
    g_string_append_printf(out, ": %" PRIu64, group->rows);
    if (group->failed > 0)
        g_string_append_printf(out, ", %" PRIu64 " failed", group->failed);
    if (group->written > 0) {
        g_string_append(out, ", ");
        append_sizes(out, group->bytes_in, group->bytes_out);
    }
    if (group->timed > 0) {
        g_string_append(out, ", ");
        report_append_time(out, (double)group->elapsed_ns / (double)group->timed);
        g_string_append(out, " each");
    }
    g_string_append_c(out, '\n');
}

static void append_groups(const cli_terminal *terminal, GString *out, GHashTable *groups,
                          const char *heading)
{
    GPtrArray *sorted = report_stats_sorted(groups);

    if (sorted->len > 0)
        report_append_heading(terminal, out, heading);
    for (guint i = 0; i < sorted->len && i < REPORT_GROUPS; i++)
        append_group(out, g_ptr_array_index(sorted, i));
    if (sorted->len > REPORT_GROUPS)
        g_string_append_printf(out, "  and %u more\n", sorted->len - REPORT_GROUPS);
    g_ptr_array_free(sorted, TRUE);
}

static void print_stats(const cli_terminal *terminal, report_stats *stats)
{
    GString *out = g_string_new(NULL), *failures = g_string_new(NULL);

    append_totals(terminal, out, stats);
    /* None where images failed only in that they were not begun. */
    cli_summary_append_failures(&stats->summary, terminal, failures, stats->totals);
    if (failures->len > 0) {
        report_append_heading(terminal, out, "Failed");
        g_string_append_len(out, failures->str, (gssize)failures->len);
    }
    g_string_free(failures, TRUE);
    append_top(terminal, out, &stats->slowest, "Slowest", true);
    append_top(terminal, out, &stats->savings, "Largest savings", false);
    append_top(terminal, out, &stats->growths, "Largest growths", false);
    append_groups(terminal, out, stats->formats, "By format");
    append_groups(terminal, out, stats->folders, "By folder");
    fputs(out->str, stdout);
    g_string_free(out, TRUE);
}

int report_print_summary(const report_options *options, char **paths)
{
    report_stats stats;
    cli_terminal terminal;
    bool damaged = !report_stats_init(&stats);

    for (; stats.totals != NULL && *paths != NULL; paths++) {
        report_input input;
        const loom_record *record;
        if (report_input_open(&input, *paths, false))
            while (report_input_next(&input, &record))
                report_stats_add(&stats, record);
        damaged = damaged || input.damaged;
        report_input_close(&input);
    }
    report_terminal_init(&terminal, options->colour);
    if (stats.runs > 0)
        print_stats(&terminal, &stats);
    report_stats_release(&stats);
    return damaged ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

/* ---- lists --------------------------------------------------------------- */

int report_each_row(char **paths, report_take_row *take, void *user)
{
    bool damaged = false;

    for (; *paths != NULL; paths++) {
        report_input input;
        const loom_record *record;
        if (report_input_open(&input, *paths, false))
            while (report_input_next(&input, &record))
                if (record->kind == LOOM_RECORD_ROW)
                    take(record->row, user);
        damaged = damaged || input.damaged;
        report_input_close(&input);
    }
    return damaged ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

/* ---- what failed --------------------------------------------------------- */

void report_path_list_init(report_path_list *list, bool null)
{
    *list = (report_path_list){.end = null ? '\0' : '\n', .last = g_string_new(NULL)};
}

void report_path_list_release(report_path_list *list)
{
    g_string_free(list->last, TRUE);
}

void report_path_list_print(report_path_list *list, const char *path)
{
    if (strcmp(path, list->last->str) == 0)
        return;
    g_string_assign(list->last, path);
    if (list->end == '\n' && strchr(path, '\n') != NULL) {
        cli_error("%s: a path with a newline in it needs --null", path);
        list->unsayable = true;
        return;
    }
    fputs(path, stdout);
    putchar(list->end);
}

typedef struct failed_list {
    report_path_list paths;
    GString *path;
} failed_list;

static void add_failed(const loom_row *row, void *user)
{
    failed_list *list = user;

    if (row->result != LOOM_RESULT_ERROR)
        return;
    g_string_truncate(list->path, 0);
    report_append_path(list->path, row->folder, row->original_path);
    report_path_list_print(&list->paths, list->path->str);
}

int report_print_failed(const report_options *options, char **paths)
{
    failed_list list = {.path = g_string_new(NULL)};

    report_path_list_init(&list.paths, options->null);
    const int status = report_each_row(paths, add_failed, &list);
    g_string_free(list.path, TRUE);
    report_path_list_release(&list.paths);
    return list.paths.unsayable ? CLI_EXIT_FAILED : status;
}
