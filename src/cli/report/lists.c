/* Lists for other programs: the paths of what failed, and all rows as CSV. */
#include "cli/report/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Calls `add` for each row of all reports. Answers the exit status. */
static int each_row(char **paths, void (*add)(const loom_row *row, void *user), void *user)
{
    bool damaged = false;

    for (; *paths != NULL; paths++) {
        report_input input;
        const loom_record *record;
        if (report_input_open(&input, *paths, false))
            while (report_input_next(&input, &record))
                if (record->kind == LOOM_RECORD_ROW)
                    add(record->row, user);
        damaged = damaged || input.damaged;
        report_input_close(&input);
    }
    return damaged ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

/* ---- what failed --------------------------------------------------------- */

typedef struct failed_list {
    char end;
    GString *path, *last; /* the one before: an input with several outputs is named once */
    bool unsayable;       /* a path with a newline in it where newlines end paths */
} failed_list;

static void add_failed(const loom_row *row, void *user)
{
    failed_list *list = user;

    if (row->result != LOOM_RESULT_ERROR)
        return;
    g_string_truncate(list->path, 0);
    report_append_path(list->path, row, row->original_path);
    if (g_string_equal(list->path, list->last))
        return;
    g_string_assign(list->last, list->path->str);
    if (list->end == '\n' && strchr(list->path->str, '\n') != NULL) {
        cli_error("%s: a path with a newline in it needs --null", list->path->str);
        list->unsayable = true;
        return;
    }
    fputs(list->path->str, stdout);
    putchar(list->end);
}

int report_print_failed(const report_options *options, char **paths)
{
    failed_list list = {
        .end = options->null ? '\0' : '\n', .path = g_string_new(NULL), .last = g_string_new(NULL)};
    const int status = each_row(paths, add_failed, &list);

    g_string_free(list.path, TRUE);
    g_string_free(list.last, TRUE);
    return list.unsayable ? CLI_EXIT_FAILED : status;
}

/* ---- CSV, RFC 4180 ------------------------------------------------------- */

static const char *const titles[] = {
    "seq",           "originalPath",   "outputPath",    "status",         "errorCode",
    "errorStage",    "error",          "skipReason",    "warnings",       "originalSize",
    "processedSize", "originalFormat", "originalWidth", "originalHeight", "orientation",
    "format",        "width",          "height",        "channels",       "quality",
    "lane",          "worker",         "startMs",       "queueMs",        "elapsedMs",
};

/* Whether a spreadsheet would take a cell with this text for a formula. */
static bool is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

/*
 * A cell of text; NULL is an empty one. An apostrophe before what could be a formula keeps
 * spreadsheets from running the name of a file.
 */
static void put_text(GString *line, const char *text)
{
    g_string_append_c(line, ',');
    if (text == NULL)
        return;
    char *valid = g_utf8_make_valid(text, -1);
    const bool quoted = strpbrk(valid, ",\"\r\n") != NULL;
    if (quoted)
        g_string_append_c(line, '"');
    if (is_formula(valid))
        g_string_append_c(line, '\'');
    for (const char *c = valid; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(line, '"');
        g_string_append_c(line, *c);
    }
    if (quoted)
        g_string_append_c(line, '"');
    g_free(valid);
}

static void put_number(GString *line, int64_t number)
{
    g_string_append_c(line, ',');
    if (number >= 0)
        g_string_append_printf(line, "%" PRId64, number);
}

static void put_ms(GString *line, int64_t ns)
{
    g_string_append_c(line, ',');
    if (ns >= 0)
        g_string_append_printf(line, "%" PRId64 ".%03d", ns / 1000000, (int)(ns / 1000 % 1000));
}

static void put_warnings(GString *line, const loom_row *row)
{
    GString *joined = g_string_new(NULL);

    for (size_t i = 0; i < row->warning_count; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? "; " : "", row->warnings[i]);
    put_text(line, row->warning_count > 0 ? joined->str : NULL);
    g_string_free(joined, TRUE);
}

static void add_csv(const loom_row *row, void *user)
{
    GString *line = user;
    const bool failed = row->result == LOOM_RESULT_ERROR;

    g_string_truncate(line, 0);
    put_number(line, row->seq);
    put_text(line, row->original_path);
    put_text(line, row->output_path);
    put_text(line, loom_result_name(row->result));
    put_text(line, failed ? loom_status_name(row->code) : NULL);
    put_text(line, failed ? loom_stage_name(row->stage) : NULL);
    put_text(line, row->error);
    put_text(line, row->skip_reason);
    put_warnings(line, row);
    put_number(line, row->original_size);
    put_number(line, row->processed_size);
    put_text(line, row->original_format);
    put_number(line, row->original_width);
    put_number(line, row->original_height);
    put_number(line, row->orientation);
    put_text(line, row->format);
    put_number(line, row->width);
    put_number(line, row->height);
    put_number(line, row->channels);
    put_number(line, row->quality);
    put_text(line, row->lane);
    put_number(line, row->worker);
    put_ms(line, row->start_ns);
    put_ms(line, row->queue_ns);
    put_ms(line, row->elapsed_ns);
    g_string_append(line, "\r\n");
    fputs(line->str + 1, stdout); /* behind the first comma */
}

int report_print_csv(const report_options *options, char **paths)
{
    GString *line = g_string_new(NULL);

    (void)options;
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        printf("%s%s", i > 0 ? "," : "", titles[i]);
    fputs("\r\n", stdout);
    const int status = each_row(paths, add_csv, line);
    g_string_free(line, TRUE);
    return status;
}
