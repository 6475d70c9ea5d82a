/* imgloom report --plan: reads a plan, and prints what it came to. */
#include "cli/report/plan.h"
#include "cli/report/spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ------------------------------------------------------------- */

static bool fail(const loom_error *err)
{
    cli_error("%s", err->message);
    return false;
}

/* False, after a message: it failed. */
static bool take_row(plan_reading *reading, loom_shard_rows *rows, unsigned shard, size_t index,
                     uint64_t item, GString *record, const plan_sink *sink)
{
    loom_error err = LOOM_ERROR_INIT;

    g_string_truncate(record, 0);
    switch (sink->write(reading, rows, shard, index, record, sink->user)) {
    case PLAN_NOTHING:
        return true;
    case PLAN_RECORD:
        return report_spool_add(sink->spool, item, record->str, record->len, &err) == LOOM_OK ||
               fail(&err);
    case PLAN_FAILED:
        break;
    }
    return false;
}

/* Hands the rows of a shard on, in the order of its items. */
static bool take_rows(plan_reading *reading, unsigned shard, loom_shard_list *list,
                      loom_shard_rows *rows, const plan_sink *sink)
{
    const loom_item *items = loom_shard_list_items(list);
    GString *record = g_string_new(NULL);
    bool well = true;

    plan_count_begin(reading, shard);
    if (sink != NULL)
        report_spool_begin_part(sink->spool);
    for (size_t i = 0; i < loom_shard_list_count(list) && well; i++)
        if (plan_count_item(reading, shard, &items[i], loom_shard_rows_get(rows, i)) &&
            sink != NULL)
            well = take_row(reading, rows, shard, i, items[i].item, record, sink);
    plan_count_end(reading);
    g_string_free(record, TRUE);
    return well;
}

static bool read_shard(plan_reading *reading, unsigned shard, const plan_sink *sink)
{
    loom_shard_list *list = NULL;
    loom_shard_rows *rows = NULL;
    loom_error err = LOOM_ERROR_INIT;
    bool well;

    if (loom_shard_list_read(&list, reading->shards, shard, &err) != LOOM_OK)
        return fail(&err);
    well = loom_shard_rows_read(&rows, reading->shards, list, &err) == LOOM_OK
               ? take_rows(reading, shard, list, rows, sink)
               : fail(&err);
    loom_shard_rows_free(rows);
    loom_shard_list_free(list);
    return well;
}

bool plan_read(plan_reading *reading, const plan_sink *sink)
{
    loom_error err = LOOM_ERROR_INIT;

    if (loom_shards_find_attempts(reading->shards, &err) != LOOM_OK)
        return fail(&err);
    for (unsigned shard = 0; shard < reading->info->shards; shard++)
        if (!read_shard(reading, shard, sink))
            return false;
    plan_count_finish(reading);
    return true;
}

/* ---- the summary --------------------------------------------------------- */

static void append_number(GString *out, uint64_t number, const char *one, const char *many)
{
    g_string_append_printf(out, "%" PRIu64 " %s", number, number == 1 ? one : many);
}

/* Appends ", 3 failed", coloured where that is not good; nothing for 0. */
static void append_share(const cli_terminal *terminal, GString *out, cli_colour colour,
                         uint64_t number, const char *what)
{
    if (number == 0)
        return;
    char *text = g_strdup_printf("%" PRIu64 " %s", number, what);
    g_string_append(out, ", ");
    cli_paint(terminal, out, colour, text);
    g_free(text);
}

/* "320 outputs, 318 ok, 1 failed, 1 missing" */
static void append_items(const cli_terminal *terminal, GString *out, const plan_reading *reading)
{
    const plan_count *count = &reading->count;
    const uint64_t *by = count->totals->by_result;

    append_number(out, reading->info->items, "output", "outputs");
    append_share(terminal, out, CLI_GREEN, by[LOOM_RESULT_OK], "ok");
    append_share(terminal, out, CLI_YELLOW, by[LOOM_RESULT_WARNING], "with warnings");
    append_share(terminal, out, CLI_PLAIN, by[LOOM_RESULT_SKIPPED], "skipped");
    append_share(terminal, out, CLI_RED, by[LOOM_RESULT_ERROR] - count->cancelled, "failed");
    append_share(terminal, out, CLI_RED, count->cancelled, "cancelled");
    append_share(terminal, out, CLI_RED, count->absent, "without a row");
    append_share(terminal, out, CLI_RED, count->lost, "whose output is not as it was written");
    g_string_append_c(out, '\n');
}

/* "8 shards, 6 whole, 1 begun, 1 missing" */
static void append_shards(const cli_terminal *terminal, GString *out, const plan_count *count)
{
    uint64_t whole = 0, begun = 0;

    for (guint i = 0; i < count->parts->len; i++) {
        const plan_part *part = &g_array_index(count->parts, plan_part, i);
        whole += part->missing == 0;
        begun += part->missing > 0 && part->last > part->first;
    }
    append_number(out, count->parts->len, "shard", "shards");
    append_share(terminal, out, CLI_GREEN, whole, "whole");
    append_share(terminal, out, CLI_RED, begun, "begun");
    append_share(terminal, out, CLI_RED, count->parts->len - whole - begun, "missing");
    if (whole < count->parts->len) {
        g_string_append(out, ": ");
        plan_append_shards(count, out, plan_part_misses);
    }
    g_string_append_c(out, '\n');
}

static void append_attempts(GString *out, const plan_count *count)
{
    uint64_t unfinished = 0;

    for (guint i = 0; i < count->attempts->len; i++)
        unfinished += g_array_index(count->attempts, plan_attempt, i).attempt->summary == NULL;
    append_number(out, count->attempts->len, "attempt", "attempts");
    if (unfinished > 0)
        g_string_append_printf(out, ", %" PRIu64 " killed or still going on", unfinished);
    g_string_append(out, "; ");
    append_number(out, count->totals->duplicates, "row", "rows");
    g_string_append(out, " left out\n");
    if (count->differing > 0) {
        append_number(out, count->differing, "output", "outputs");
        g_string_append(out, " that two attempts made with different sizes\n");
    }
}

static int print_summary(plan_reading *reading)
{
    cli_terminal terminal;
    GString *out = g_string_new(NULL);

    report_terminal_init(&terminal, reading->options->colour);
    append_items(&terminal, out, reading);
    append_shards(&terminal, out, &reading->count);
    append_attempts(out, &reading->count);
    if (reading->count.totals->by_result[LOOM_RESULT_ERROR] > reading->count.cancelled) {
        report_append_heading(&terminal, out, "Failed");
        cli_summary_append_failures(&reading->count.summary, &terminal, out, reading->count.totals);
    }
    fputs(out->str, stdout);
    g_string_free(out, TRUE);
    return CLI_EXIT_OK;
}

static bool misses_or_failed(const plan_part *part)
{
    return part->missing > 0 || part->to_retry > 0;
}

static int print_missing(plan_reading *reading)
{
    GString *out = g_string_new(NULL);

    plan_append_shards(&reading->count, out,
                       reading->options->missing == REPORT_MISSING_FAILED ? misses_or_failed
                                                                          : plan_part_misses);
    if (out->len > 0)
        puts(out->str);
    g_string_free(out, TRUE);
    return CLI_EXIT_OK;
}

/* ---- the command --------------------------------------------------------- */

static int act(plan_reading *reading)
{
    const report_options *options = reading->options;

    if (options->merge || options->page != NULL)
        return plan_merge(reading);
    if (options->csv)
        return plan_print_csv(reading);
    if (options->failed)
        return plan_print_failed(reading);
    if (!plan_read(reading, NULL))
        return CLI_EXIT_OUTPUT;
    return options->missing != REPORT_MISSING_NONE ? print_missing(reading)
                                                   : print_summary(reading);
}

/* What is missing is told on standard error by what prints something else. */
static int conclude(const plan_reading *reading, int status)
{
    const report_options *options = reading->options;
    const uint64_t missing = plan_count_missing(&reading->count);

    if (status != CLI_EXIT_OK || missing == 0)
        return status;
    if (options->merge || options->page != NULL || options->csv || options->failed) {
        GString *shards = g_string_new(NULL);
        plan_append_shards(&reading->count, shards, plan_part_misses);
        cli_error("%" PRIu64 " output%s missing, in the shards %s", missing,
                  missing == 1 ? " is" : "s are", shards->str);
        g_string_free(shards, TRUE);
    }
    return CLI_EXIT_FAILED;
}

int report_plan(const report_options *options)
{
    plan_reading reading = {.options = options};
    int status = cli_open_plan(&cli_command_report, options->plan, &reading.shards);

    if (status != CLI_EXIT_OK)
        return status;
    reading.info = loom_shards_get_info(reading.shards);
    reading.folder = options->folder != NULL ? options->folder : reading.info->working_directory;
    reading.path = g_string_new(NULL);
    if (plan_count_init(&reading.count))
        status = conclude(&reading, act(&reading));
    else
        status = cli_out_of_memory();
    plan_count_release(&reading.count);
    g_string_free(reading.path, TRUE);
    loom_shards_free(reading.shards);
    return status;
}
