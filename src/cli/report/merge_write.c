/* The second reading of --merge: the texts of the rows that stay. */
#include "cli/report/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 15 }; /* of reals: milliseconds come out as they went in */

/* A member that all runs have in common, else null; the caller's. */
static json_t *common(const json_t *runs, const char *name)
{
    json_t *first = json_object_get(json_array_get(runs, 0), name);

    for (size_t i = 1; i < json_array_size(runs); i++)
        if (!json_equal(first, json_object_get(json_array_get(runs, i), name)))
            return json_null();
    return first != NULL ? json_incref(first) : json_null();
}

/* RFC 3339 in UTC sorts as text. */
static json_t *earliest(const json_t *runs)
{
    json_t *found = NULL;

    for (size_t i = 0; i < json_array_size(runs); i++) {
        json_t *started = json_object_get(json_array_get(runs, i), "startedAt");
        if (json_is_string(started) &&
            (found == NULL || strcmp(json_string_value(started), json_string_value(found)) < 0))
            found = started;
    }
    return found != NULL ? json_incref(found) : json_null();
}

static char *make_header(const json_t *runs)
{
    static const char *const names[] = {"tool", "recipe", "workingDirectory", "jobs"};
    json_t *header = json_pack("{si}", "schemaVersion", 1);
    json_t *base64 = common(runs, "workingDirectoryBase64");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        (void)json_object_set_new(header, names[i], common(runs, names[i]));
        if (i == 2 && json_is_string(base64))
            (void)json_object_set(header, "workingDirectoryBase64", base64);
        if (i == 2)
            (void)json_object_set_new(header, "startedAt", earliest(runs));
    }
    (void)json_object_set(header, "runs", (json_t *)(uintptr_t)runs);
    char *text = json_dumps(header, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    json_decref(base64);
    json_decref(header);
    return text;
}

/* Writes the row's text with the place of its run. */
static loom_status write_tagged(loom_report *report, const row_entry *row, const char *text,
                                GString *line, loom_error *err)
{
    if (!row->merged) {
        g_string_assign(line, text);
        g_string_truncate(line, line->len - 1); /* the brace */
        g_string_append_printf(line, "%s\"run\":%" PRIu32 "}", line->len > 1 ? "," : "", row->run);
        return loom_report_add_text(report, line->str, err);
    }
    json_t *object = json_loads(text, 0, NULL);
    (void)json_object_set_new(object, "run", json_integer(row->run));
    char *changed = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    const loom_status status = changed != NULL ? loom_report_add_text(report, changed, err)
                                               : loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_WRITE,
                                                                "a row changed meanwhile");
    free(changed);
    json_decref(object);
    return status;
}

/* Opens a file once more, for its texts. */
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
        if (!reopen(from)) {
            well = false;
        } else if (loom_reader_text_at(from->input.reader, row->offset, row->length, &text, &err) !=
                   LOOM_OK) {
            cli_error("%s: %s", report_input_name(&from->input), err.message);
            well = false;
        } else if ((m->single != NULL ? loom_report_add_text(report, text, &err)
                                      : write_tagged(report, row, text, line, &err)) != LOOM_OK) {
            well = report_failure(option, path, &err);
        }
    }
    g_string_free(line, TRUE);
    return well;
}

/* The option that names the output, and what it names. */
static const char *option_of(const report_options *options, const char **path)
{
    *path = options->page != NULL ? options->page : options->output != NULL ? options->output : "-";
    return options->page != NULL ? "--html" : "--output";
}

bool report_merge_write(merge *m, GPtrArray *rows, const report_options *options)
{
    const char *path, *option = option_of(options, &path);
    char *header = m->single != NULL ? strdup(m->single) : make_header(m->runs);
    loom_report *report = NULL;
    loom_error err = LOOM_ERROR_INIT;
    bool well;

    if ((options->page != NULL ? loom_report_open_page_text(&report, path, header, &err)
                               : loom_report_open_text(&report, path, header, &err)) != LOOM_OK) {
        free(header);
        return report_failure(option, path, &err);
    }
    free(header);
    well = write_rows(m, rows, report, option);
    if (well && loom_report_finish(report, m->totals, &err) != LOOM_OK)
        well = report_failure(option, path, &err);
    loom_report_free(report);
    return well;
}
