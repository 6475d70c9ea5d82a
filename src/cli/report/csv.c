/* imgloom report --csv: rows as comma-separated values, RFC 4180. */
#include "cli/report/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Whether a spreadsheet would take a cell with this text for a formula. */
static bool is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

/*
 * Adds a text cell; NULL is an empty one. A leading apostrophe prevents spreadsheets from executing
 * a file name as a formula.
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

/* RFC 3339 in UTC, with nine digits. */
static void append_instant(GString *line, int64_t ns)
{
    const int64_t second = 1000000000, rest = (ns % second + second) % second;
    GDateTime *time = g_date_time_new_from_unix_utc((ns - rest) / second);
    char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : NULL;

    if (text != NULL)
        g_string_append_printf(line, "%s.%09dZ", text, (int)rest);
    g_free(text);
    if (time != NULL)
        g_date_time_unref(time);
}

/* A number, a time or an answer; or an empty cell. */
static void put_number(GString *line, loom_field_kind kind, int64_t number)
{
    const bool any = kind == LOOM_FIELD_SIGNED || kind == LOOM_FIELD_INSTANT;

    g_string_append_c(line, ',');
    if (any ? number == INT64_MIN : number < 0)
        return;
    if (kind == LOOM_FIELD_MS)
        g_string_append_printf(line, "%" PRId64 ".%03d", number / 1000000,
                               (int)(number / 1000 % 1000));
    else if (kind == LOOM_FIELD_SHARE)
        g_string_append_printf(line, "%" PRId64 ".%06d", number / 1000000, (int)(number % 1000000));
    else if (kind == LOOM_FIELD_DECIMAL && number % 1000 != 0)
        g_string_append_printf(line, "%" PRId64 ".%03d", number / 1000, (int)(number % 1000));
    else if (kind == LOOM_FIELD_DECIMAL)
        g_string_append_printf(line, "%" PRId64, number / 1000);
    else if (kind == LOOM_FIELD_INSTANT)
        append_instant(line, number);
    else if (kind == LOOM_FIELD_ANSWER)
        g_string_append(line, number != 0 ? "true" : "false");
    else
        g_string_append_printf(line, "%" PRId64, number);
}

static void put_texts(GString *line, const char *const *texts, size_t count)
{
    GString *joined = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? "; " : "", texts[i]);
    put_text(line, count > 0 ? joined->str : NULL);
    g_string_free(joined, TRUE);
}

static void put_field(GString *line, const loom_field *field, const loom_row *row)
{
    const void *place = (const char *)row + field->offset;
    const char *word;

    switch (field->kind) {
    case LOOM_FIELD_COUNT:
    case LOOM_FIELD_BYTES:
    case LOOM_FIELD_MS:
    case LOOM_FIELD_SHARE:
    case LOOM_FIELD_SIGNED:
    case LOOM_FIELD_DECIMAL:
    case LOOM_FIELD_INSTANT:
    case LOOM_FIELD_ANSWER:
        put_number(line, field->kind, *(const int64_t *)place);
        break;
    case LOOM_FIELD_FLAG:
        put_text(line, *(const bool *)place ? "true" : "false");
        break;
    case LOOM_FIELD_TEXT:
    case LOOM_FIELD_PATH:
        put_text(line, *(const char *const *)place);
        break;
    case LOOM_FIELD_TEXTS:
        put_texts(line, *(const char *const *const *)place,
                  *(const size_t *)(const void *)((const char *)row + field->count));
        break;
    case LOOM_FIELD_WORD:
        word = field->word(*(const unsigned *)place);
        put_text(line, word != NULL && word[0] != '\0' ? word : NULL);
        break;
    case LOOM_FIELD_ANY:
    case LOOM_FIELD_OBJECT:
    case LOOM_FIELD_ARRAY:
        put_text(line, NULL);
        break;
    }
}

struct report_csv {
    GPtrArray *columns; /* of loom_field, in their order */
};

static gint compare_columns(gconstpointer a, gconstpointer b)
{
    const loom_field *one = *(const loom_field *const *)a, *other = *(const loom_field *const *)b;

    return (one->column > other->column) - (one->column < other->column);
}

report_csv *report_csv_create(void)
{
    report_csv *csv = g_new0(report_csv, 1);
    const loom_field *field;

    csv->columns = g_ptr_array_new();
    for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++)
        if (field->column > 0)
            g_ptr_array_add(csv->columns, (gpointer)(uintptr_t)field);
    g_ptr_array_sort(csv->columns, compare_columns);
    return csv;
}

void report_csv_free(report_csv *csv)
{
    g_ptr_array_free(csv->columns, TRUE);
    g_free(csv);
}

void report_csv_append_names(const report_csv *csv, GString *out)
{
    for (guint i = 0; i < csv->columns->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "," : "",
                               ((const loom_field *)g_ptr_array_index(csv->columns, i))->name);
    g_string_append(out, "\r\n");
}

void report_csv_append_row(const report_csv *csv, GString *out, const loom_row *row)
{
    const gsize begin = out->len;

    for (guint i = 0; i < csv->columns->len; i++)
        put_field(out, g_ptr_array_index(csv->columns, i), row);
    g_string_erase(out, (gssize)begin, 1); /* the comma before the first cell */
    g_string_append(out, "\r\n");
}

/* ---- the mode ------------------------------------------------------------ */

typedef struct printed {
    const report_csv *csv;
    GString *line;
} printed;

static void print_row(const loom_row *row, void *user)
{
    const printed *to = user;

    g_string_truncate(to->line, 0);
    report_csv_append_row(to->csv, to->line, row);
    fputs(to->line->str, stdout);
}

int report_print_csv(const report_options *options, char **paths)
{
    report_csv *csv = report_csv_create();
    printed to = {.csv = csv, .line = g_string_new(NULL)};

    (void)options;
    report_csv_append_names(csv, to.line);
    fputs(to.line->str, stdout);
    const int status = report_each_row(paths, print_row, &to);
    g_string_free(to.line, TRUE);
    report_csv_free(csv);
    return status;
}
