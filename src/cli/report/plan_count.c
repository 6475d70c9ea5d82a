/* What the items of a plan came to. */
#include "cli/report/plan.h"
#include "cli/report/row_table.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_SAID = 20 }; /* messages about the reports of attempts */

bool plan_count_init(plan_count *count)
{
    *count = (plan_count){.totals = loom_totals_create(),
                          .parts = g_array_new(FALSE, TRUE, sizeof(plan_part)),
                          .attempts = g_array_new(FALSE, TRUE, sizeof(plan_attempt))};
    return count->totals != NULL;
}

void plan_count_release(plan_count *count)
{
    cli_summary_release(&count->summary);
    g_array_free(count->parts, TRUE);
    g_array_free(count->attempts, TRUE);
    loom_totals_free(count->totals);
}

/* ---- attempts ------------------------------------------------------------ */

static void say(plan_count *count, const loom_attempt *attempt, const char *message)
{
    if (++count->said <= MAX_SAID)
        cli_error("%s: %s", attempt->path, message);
}

/* What of its report does not count; a line that a killed attempt left torn is no news. */
static void say_problems(plan_count *count, const loom_attempt *attempt)
{
    char *message = NULL;

    if (attempt->problem != NULL)
        message = g_strdup_printf("left out: %s", attempt->problem);
    else if (attempt->damaged > (attempt->summary == NULL ? 1 : 0))
        message = g_strdup_printf("%" PRIu64 " line%s no row%s of the shard, and left out",
                                  attempt->damaged, attempt->damaged == 1 ? " is" : "s are",
                                  attempt->damaged == 1 ? "" : "s");
    if (message != NULL)
        say(count, attempt, message);
    g_free(message);
}

static void add_attempts(plan_reading *reading, unsigned shard)
{
    plan_count *count = &reading->count;

    for (size_t i = 0; i < loom_shards_attempt_count(reading->shards, shard); i++) {
        const plan_attempt next = {.attempt = loom_shards_attempt(reading->shards, shard, i)};
        say_problems(count, next.attempt);
        if (next.attempt->run == NULL) /* it has no row */
            continue;
        g_array_append_val(count->attempts, next);
    }
}

size_t plan_count_find(const plan_count *count, unsigned shard, const loom_attempt *attempt)
{
    const plan_part *part = &g_array_index(count->parts, plan_part, shard);
    size_t at = part->first;

    while (at + 1 < part->last &&
           g_array_index(count->attempts, plan_attempt, at).attempt != attempt)
        at++;
    return at;
}

void plan_count_begin(plan_reading *reading, unsigned shard)
{
    plan_count *count = &reading->count;
    plan_part part = {.items = reading->info->shard[shard].items, .first = count->attempts->len};

    add_attempts(reading, shard);
    part.last = count->attempts->len;
    g_array_append_val(count->parts, part);
}

/* ---- items --------------------------------------------------------------- */

static void end_input(plan_count *count)
{
    count->totals->inputs += count->input != NULL;
    count->totals->processed += count->input_worked;
    count->totals->bytes_in += count->input_bytes;
    count->totals->pixels_in += count->input_pixels;
    count->input = NULL;
    count->input_bytes = count->input_pixels = 0;
    count->input_worked = false;
}

/* The items of an input are adjacent. */
static void add_input(plan_count *count, const loom_item *item, const loom_row *row)
{
    if (count->input != NULL && strcmp(count->input, item->input_path) != 0)
        end_input(count);
    count->input = item->input_path;
    if (row->thread < 0)
        return;
    count->input_worked = true;
    count->input_bytes = MAX(count->input_bytes, (uint64_t)MAX(row->original_size, 0));
    if (loom_result_decoded(row->result, row->stage) && row->original_width > 0 &&
        row->original_height > 0)
        count->input_pixels = MAX(count->input_pixels,
                                  (uint64_t)row->original_width * (uint64_t)row->original_height);
}

static void add_failure(plan_count *count, plan_part *part, const loom_item *item,
                        const loom_row *row)
{
    loom_error error = {.code = row->code, .stage = row->stage};

    count->totals->by_code[row->code]++;
    if (row->code == LOOM_ERR_CANCELLED) {
        count->cancelled++;
        return;
    }
    part->to_retry += item->error == NULL;
    g_strlcpy(error.message, row->error != NULL ? row->error : "", sizeof error.message);
    cli_summary_add_failure(&count->summary, item->input_path, &error, row->thread);
}

/* Whether the output of a row stands as it was written; true where the row tells of none. */
static bool is_there(plan_reading *reading, const loom_row *row)
{
    struct stat found;

    if (row->output_path == NULL || row->processed_size < 0 ||
        row->processed_modified_ns == INT64_MIN || row->result == LOOM_RESULT_ERROR)
        return true;
    g_string_truncate(reading->path, 0);
    if (row->output_path[0] != '/')
        g_string_append_printf(reading->path, "%s/", reading->folder);
    g_string_append(reading->path, row->output_path);
    return stat(reading->path->str, &found) == 0 && S_ISREG(found.st_mode) &&
           found.st_size == (off_t)row->processed_size;
}

static void add_row(plan_reading *reading, plan_part *part, unsigned shard, const loom_item *item,
                    const loom_shard_row *counts)
{
    plan_count *count = &reading->count;
    const loom_row *row = counts->row;
    plan_attempt *attempt = &g_array_index(count->attempts, plan_attempt,
                                           plan_count_find(count, shard, counts->attempt));

    attempt->last_ns =
        MAX(attempt->last_ns, cli_sum(MAX(row->start_ns, 0), MAX(row->elapsed_ns, 0)));
    count->totals->rows++;
    count->totals->by_result[row->result]++;
    if (row->result == LOOM_RESULT_ERROR)
        add_failure(count, part, item, row);
    if (row->result == LOOM_RESULT_OK || row->result == LOOM_RESULT_WARNING)
        count->totals->bytes_out += (uint64_t)MAX(row->processed_size, 0);
    add_input(count, item, row);
}

bool plan_count_item(plan_reading *reading, unsigned shard, const loom_item *item,
                     const loom_shard_row *row)
{
    plan_count *count = &reading->count;
    plan_part *part = &g_array_index(count->parts, plan_part, shard);
    const loom_row_rank rank = loom_row_rank_of(row->row);

    count->differing += row->differs;
    count->totals->duplicates += row->rows > 0 ? row->rows - 1 : 0;
    part->missing += rank == LOOM_ROW_NONE || rank == LOOM_ROW_CANCELLED;
    if (rank == LOOM_ROW_NONE) {
        count->absent++;
        return false;
    }
    if (reading->options->verify && !is_there(reading, row->row)) {
        count->lost++;
        part->missing++;
        return false;
    }
    add_row(reading, part, shard, item, row);
    return true;
}

void plan_count_end(plan_reading *reading)
{
    end_input(&reading->count);
}

/* ---- all together -------------------------------------------------------- */

/* A time of a summary, in ns; 0: it does not tell. */
static int64_t time_of(const json_t *summary, const char *name)
{
    const double ms = json_number_value(json_object_get(summary, name));

    return ms > 0 && ms < 9e12 ? (int64_t)(ms * 1e6) : 0;
}

static uint64_t number_of(const json_t *summary, const char *name)
{
    return (uint64_t)MAX(json_integer_value(json_object_get(summary, name)), 0);
}

/* One that was killed ended with its last row, as far as anybody knows. */
static void add_attempt(plan_count *count, const plan_attempt *of, GArray *spans)
{
    loom_totals *totals = count->totals;
    const char *text = of->attempt->summary;
    json_t *summary = text != NULL ? json_loads(text, 0, NULL) : NULL;
    const int64_t elapsed_ns = summary != NULL ? time_of(summary, "elapsedMs") : of->last_ns;
    const report_span when = {of->attempt->started_ns,
                              cli_sum(of->attempt->started_ns, elapsed_ns)};

    g_array_append_val(spans, when);
    totals->cpu_ns = cli_sum(totals->cpu_ns, time_of(summary, "cpuMs"));
    totals->peak_rss_bytes = MAX(totals->peak_rss_bytes, number_of(summary, "peakRssBytes"));
    totals->peak_total_rss_bytes =
        MAX(totals->peak_total_rss_bytes, number_of(summary, "peakTotalRssBytes"));
    totals->threads = MAX(totals->threads, (unsigned)MIN(number_of(summary, "threads"), G_MAXUINT));
    totals->too_many_errors =
        totals->too_many_errors || json_is_true(json_object_get(summary, "tooManyErrors"));
    json_decref(summary);
}

void plan_count_finish(plan_reading *reading)
{
    plan_count *count = &reading->count;
    loom_totals *totals = count->totals;
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(report_span));

    for (guint i = 0; i < count->attempts->len; i++)
        add_attempt(count, &g_array_index(count->attempts, plan_attempt, i), spans);
    totals->elapsed_ns = report_time_covered(spans);
    g_array_free(spans, TRUE);
    totals->ignored = reading->info->ignored;
    totals->merged = true;
    /* Another attempt has done what an ended one had not come to. */
    totals->interrupted = plan_count_missing(count) > 0;
    totals->too_many_errors = totals->too_many_errors && totals->interrupted;
    if (count->said > MAX_SAID)
        cli_error("and %u more messages about reports of attempts", count->said - MAX_SAID);
}

uint64_t plan_count_missing(const plan_count *count)
{
    return count->absent + count->cancelled + count->lost;
}

bool plan_part_misses(const plan_part *part)
{
    return part->missing > 0;
}

void plan_append_shards(const plan_count *count, GString *out,
                        bool (*wanted)(const plan_part *part))
{
    const char *separator = "";

    for (guint i = 0; i < count->parts->len; i++) {
        guint last = i;
        if (!wanted(&g_array_index(count->parts, plan_part, i)))
            continue;
        while (last + 1 < count->parts->len &&
               wanted(&g_array_index(count->parts, plan_part, last + 1)))
            last++;
        g_string_append_printf(out, "%s%u", separator, i);
        if (last > i)
            g_string_append_printf(out, "-%u", last);
        separator = ",";
        i = last;
    }
}
