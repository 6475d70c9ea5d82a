/*
 * What is written of the rows of a plan, in the order of its items: shards hold neighbours in
 * turns, so the records of all shards wait in a spool until the last shard was read.
 */
#include "cli/report/plan.h"
#include "cli/report/spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A header beyond that would be a record that no reader takes. */
#define HEADER_SIZE_MAX (LOOM_RECORD_SIZE_MAX - 65536)

/* Reads all into a spool beside `output` (NULL: there is no such file), and hands it out. */
static int pass_on(plan_reading *reading, const char *output, plan_write *write, void *user,
                   report_spool_take *take, bool (*begin)(plan_reading *reading, void *user))
{
    char *folder = output != NULL ? g_path_get_dirname(output) : NULL;
    plan_sink sink = {.write = write, .user = user};
    loom_error err = LOOM_ERROR_INIT;
    bool well = report_spool_open(&sink.spool, folder, &err) == LOOM_OK &&
                plan_read(reading, &sink) && begin(reading, user) &&
                report_spool_each(sink.spool, take, user, &err) == LOOM_OK;

    if (err.code != LOOM_OK)
        cli_error("%s", err.message);
    report_spool_free(sink.spool);
    g_free(folder);
    return well ? CLI_EXIT_OK : CLI_EXIT_OUTPUT;
}

/* ---- a report, or a page ------------------------------------------------- */

typedef struct merging {
    const char *option, *path; /* of the output */
    bool page;
    loom_report *report; /* NULL: not open */
} merging;

/* The text of a row, with the index of its run. */
static plan_written write_row(plan_reading *reading, loom_shard_rows *rows, unsigned shard,
                              size_t index, GString *out, void *user)
{
    loom_error err = LOOM_ERROR_INIT;
    const char *text;

    (void)user;
    const loom_shard_row *row = loom_shard_rows_get(rows, index);
    if (loom_shard_rows_text(rows, index, &text, &err) != LOOM_OK) {
        cli_error("%s: %s", row->attempt->path, err.message);
        return PLAN_FAILED;
    }
    g_string_append(out, text);
    g_string_truncate(out, out->len - 1); /* without the brace */
    g_string_append_printf(out, ",\"run\":%zu}",
                           plan_count_find(&reading->count, shard, row->attempt));
    return PLAN_RECORD;
}

/* The attempt's header with its summary; the caller owns it. */
static json_t *read_run(const loom_attempt *attempt)
{
    json_t *run = attempt->run != NULL ? json_loads(attempt->run, 0, NULL) : NULL;
    json_t *summary = attempt->summary != NULL ? json_loads(attempt->summary, 0, NULL) : NULL;

    if (run == NULL)
        run = json_object();
    (void)json_object_set_new(run, "summary", summary != NULL ? summary : json_null());
    return run;
}

/* Appends all attempts as JSON; `brief`: without what need not be told of each. */
static bool append_runs(const plan_count *count, GString *out, report_head *head, bool brief)
{
    bool well = true;

    g_string_append_c(out, '[');
    for (guint i = 0; i < count->attempts->len && well; i++) {
        json_t *run = read_run(g_array_index(count->attempts, plan_attempt, i).attempt);
        if (head != NULL)
            report_head_add(head, run);
        if (brief) {
            (void)json_object_del(run, "machine");
            (void)json_object_del(run, "commandLine");
            (void)json_object_del(run, "commandLineBase64");
        }
        char *text = json_dumps(run, JSON_COMPACT | JSON_REAL_PRECISION(REPORT_DIGITS));
        well = text != NULL;
        g_string_append_printf(out, "%s%s", i > 0 ? "," : "", well ? text : "");
        free(text);
        json_decref(run);
    }
    g_string_append_c(out, ']');
    return well;
}

/* The plan as a merged report has it: its shards, and what is missing in each. */
static void append_plan(const plan_reading *reading, GString *out)
{
    const GArray *parts = reading->count.parts;

    g_string_append_printf(out, "{\"id\":\"%s\",\"shards\":%u,\"items\":%" PRIu64 ",\"parts\":[",
                           reading->info->id, reading->info->shards, reading->info->items);
    for (guint i = 0; i < parts->len; i++) {
        const plan_part *part = &g_array_index(parts, plan_part, i);
        g_string_append_printf(out, "%s{\"items\":%" PRIu64 ",\"missing\":%" PRIu64 "}",
                               i > 0 ? "," : "", part->items, part->missing);
    }
    g_string_append(out, "]}");
}

/* What a report of no attempt says of its runs: what the plan says. */
static void add_plan_as_run(const plan_reading *reading, report_head *head)
{
    json_t *run = json_object(), *tool = json_loads(reading->info->tool, 0, NULL);

    (void)json_object_set_new(tool, "sandbox", json_null());
    (void)json_object_set_new(run, "tool", tool);
    (void)json_object_set_new(run, "recipe", json_loads(reading->info->recipe_text, 0, NULL));
    report_head_add(head, run);
    json_decref(run);
}

/* The head of the report; free() it. NULL, after a message: it failed. */
static char *make_header(const plan_reading *reading)
{
    GString *plan = g_string_new(NULL), *runs = g_string_new(NULL);
    report_head head;
    char *text = NULL;

    report_head_init(&head);
    append_plan(reading, plan);
    bool well = append_runs(&reading->count, runs, &head, false);
    if (reading->count.attempts->len == 0)
        add_plan_as_run(reading, &head);
    if (well && runs->len + plan->len > HEADER_SIZE_MAX) {
        g_string_truncate(runs, 0);
        well = append_runs(&reading->count, runs, NULL, true);
    }
    if (well && runs->len + plan->len > HEADER_SIZE_MAX)
        cli_error("%u attempts are too many for one report", reading->count.attempts->len);
    else if (!well || (text = report_head_text(&head, plan->str, runs->str)) == NULL)
        cli_error("out of memory");
    report_head_release(&head);
    g_string_free(plan, TRUE);
    g_string_free(runs, TRUE);
    return text;
}

static bool begin_report(plan_reading *reading, void *user)
{
    merging *to = user;
    char *header = make_header(reading);
    loom_error err = LOOM_ERROR_INIT;

    if (header != NULL &&
        (to->page ? loom_report_open_page_text(&to->report, to->path, header, NULL, &err)
                  : loom_report_open_text(&to->report, to->path, header, &err)) != LOOM_OK)
        cli_error("%s %s: %s", to->option, to->path, err.message);
    free(header);
    return to->report != NULL;
}

static loom_status take_row(void *user, const char *data, size_t size, loom_error *err)
{
    const merging *to = user;

    (void)size;
    return loom_report_add_text(to->report, data, err);
}

/* Whether the output is one of the plan's own files. */
static bool is_of_plan(const plan_reading *reading, const char *output)
{
    static const char *const folders[] = {"shards", "reports"};
    char *folder = g_path_get_dirname(output);
    char *plan = g_build_filename(reading->info->path, "plan.json", NULL);
    struct stat one, other;
    bool found = stat(output, &one) == 0 && stat(plan, &other) == 0 && one.st_dev == other.st_dev &&
                 one.st_ino == other.st_ino;

    g_free(plan);
    for (size_t i = 0; i < G_N_ELEMENTS(folders) && !found; i++) {
        char *own = g_build_filename(reading->info->path, folders[i], NULL);
        found = stat(folder, &one) == 0 && stat(own, &other) == 0 && one.st_dev == other.st_dev &&
                one.st_ino == other.st_ino;
        g_free(own);
    }
    g_free(folder);
    return found;
}

static void print_counts(const plan_count *count)
{
    fprintf(stderr,
            "%" PRIu64 " row%s of %u attempt%s at %u shard%s; other rows of the same outputs: "
            "%" PRIu64 "\n",
            count->totals->rows, count->totals->rows == 1 ? "" : "s", count->attempts->len,
            count->attempts->len == 1 ? "" : "s", count->parts->len,
            count->parts->len == 1 ? "" : "s", count->totals->duplicates);
}

int plan_merge(plan_reading *reading)
{
    const report_options *options = reading->options;
    merging to = {.page = options->page != NULL, .option = "--output", .path = options->output};
    loom_error err = LOOM_ERROR_INIT;
    int status;

    if (to.page) {
        to.option = "--html";
        to.path = options->page;
    }
    if (to.page && g_str_has_suffix(to.path, "/"))
        return cli_usage_error(&cli_command_report,
                               "--html %s: of a plan it takes a FILE, not a folder", to.path);
    const bool file = to.path != NULL && strcmp(to.path, "-") != 0;
    if (!file)
        to.path = "-";
    else if (is_of_plan(reading, to.path))
        return cli_usage_error(&cli_command_report, "%s %s: the plan's own files are there",
                               to.option, to.path);
    status = pass_on(reading, file ? to.path : NULL, write_row, &to, take_row, begin_report);
    if (status == CLI_EXIT_OK &&
        loom_report_finish(to.report, reading->count.totals, &err) != LOOM_OK) {
        cli_error("%s %s: %s", to.option, to.path, err.message);
        status = CLI_EXIT_OUTPUT;
    }
    loom_report_free(to.report);
    if (status == CLI_EXIT_OK && !to.page)
        print_counts(&reading->count);
    return status;
}

/* ---- CSV ----------------------------------------------------------------- */

static plan_written write_csv(plan_reading *reading, loom_shard_rows *rows, unsigned shard,
                              size_t index, GString *out, void *user)
{
    (void)reading;
    (void)shard;
    report_csv_append_row(user, out, loom_shard_rows_get(rows, index)->row);
    return PLAN_RECORD;
}

static bool begin_csv(plan_reading *reading, void *user)
{
    GString *names = g_string_new(NULL);

    (void)reading;
    report_csv_append_names(user, names);
    fputs(names->str, stdout);
    g_string_free(names, TRUE);
    return true;
}

static loom_status take_csv(void *user, const char *data, size_t size, loom_error *err)
{
    (void)user;
    (void)err;
    fwrite(data, 1, size, stdout);
    return LOOM_OK;
}

int plan_print_csv(plan_reading *reading)
{
    report_csv *csv = report_csv_create();
    const int status = pass_on(reading, NULL, write_csv, csv, take_csv, begin_csv);

    report_csv_free(csv);
    return status;
}

/* ---- what failed --------------------------------------------------------- */

/* The path of the original, as it can be opened from here. */
static plan_written write_failed(plan_reading *reading, loom_shard_rows *rows, unsigned shard,
                                 size_t index, GString *out, void *user)
{
    const loom_row *row = loom_shard_rows_get(rows, index)->row;
    const loom_row placed = {.folder = reading->folder};

    (void)shard;
    (void)user;
    if (row->result != LOOM_RESULT_ERROR)
        return PLAN_NOTHING;
    report_append_path(out, &placed, row->original_path);
    return PLAN_RECORD;
}

static bool begin_failed(plan_reading *reading, void *user)
{
    (void)reading;
    (void)user;
    return true;
}

static loom_status take_failed(void *user, const char *data, size_t size, loom_error *err)
{
    (void)size;
    (void)err;
    report_path_list_print(user, data);
    return LOOM_OK;
}

int plan_print_failed(plan_reading *reading)
{
    report_path_list list;

    report_path_list_init(&list, reading->options->null);
    const int status = pass_on(reading, NULL, write_failed, &list, take_failed, begin_failed);
    report_path_list_release(&list);
    return status == CLI_EXIT_OK && list.unsayable ? CLI_EXIT_FAILED : status;
}
