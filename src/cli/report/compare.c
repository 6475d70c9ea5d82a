/*
 * imgloom report --compare: the changes between two runs. Stores an entry for each row of the first
 * run, and looks up the rows of the second as they come.
 */
#include "cli/report/command.h"
#include "cli/report/row_table.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 5, KINDS = LOOM_RESULT_COUNT * LOOM_STATUS_COUNT };

/* Rows that changed in one way: their number, and examples. */
typedef struct change {
    uint64_t count;
    char *examples[EXAMPLES]; /* owned */
} change;

/* A row with a large change of a number. */
typedef struct moved {
    char *path; /* owned */
    int64_t before, after;
} moved;

/* Sums over the rows in both, and the largest changes upwards and downwards. */
typedef struct measure {
    uint64_t rows, up_rows, down_rows;
    int64_t before, after;
    moved up[EXAMPLES], down[EXAMPLES];
    size_t up_count, down_count;
} measure;

typedef struct comparison {
    report_input inputs[2];
    row_table rows;  /* of the first */
    GHashTable *nth; /* number of rows of each original so far, by hash; NULL: rows are identified
                        by their outputs */
    uint64_t both;
    change changes[KINDS][KINDS]; /* by status before and after */
    change only[2];
    measure *measures; /* of the fields that are compared, rows.compared */
} comparison;

/* ---- gathering ----------------------------------------------------------- */

static unsigned kind_of(unsigned result, unsigned code)
{
    return result * LOOM_STATUS_COUNT + (result == LOOM_RESULT_ERROR ? code : 0);
}

/* `path` is stored for the first few only. */
static void add_change(change *to, const char *path)
{
    if (to->count < EXAMPLES)
        to->examples[to->count] = g_strdup(path);
    to->count++;
}

/* Keeps the largest changes, in falling order. */
static void add_moved(moved *list, size_t *count, const char *path, int64_t before, int64_t after)
{
    const int64_t size = ABS(after - before);
    size_t at = *count;

    while (at > 0 && ABS(list[at - 1].after - list[at - 1].before) < size)
        at--;
    if (at == EXAMPLES)
        return;
    if (*count == EXAMPLES)
        g_free(list[--*count].path);
    memmove(&list[at + 1], &list[at], (*count - at) * sizeof *list);
    list[at] = (moved){g_strdup(path), before, after};
    ++*count;
}

static void add_measure(measure *to, const char *path, int64_t before, int64_t after)
{
    if (before < 0 || after < 0)
        return;
    to->rows++;
    to->before = cli_sum(to->before, before);
    to->after = cli_sum(to->after, after);
    to->up_rows += after > before;
    to->down_rows += after < before;
    if (after > before)
        add_moved(to->up, &to->up_count, path, before, after);
    if (after < before)
        add_moved(to->down, &to->down_count, path, before, after);
}

static row_id id_of(comparison *c, const loom_row *row)
{
    if (c->nth == NULL)
        return row_table_id_written(&c->rows, row);
    const gpointer key = GSIZE_TO_POINTER((gsize)cli_hash(0, row->original_path));
    const guint nth = GPOINTER_TO_UINT(g_hash_table_lookup(c->nth, key));
    g_hash_table_insert(c->nth, key, GUINT_TO_POINTER(nth + 1));
    return row_table_id_nth(&c->rows, row, nth);
}

static void read_first(comparison *c)
{
    const loom_record *record;

    while (report_input_next(&c->inputs[0], &record))
        if (record->kind == LOOM_RECORD_ROW) {
            const row_id id = id_of(c, record->row);
            row_entry *entry = row_table_find(&c->rows, &id);
            if (entry == NULL)
                entry = row_table_add(&c->rows, &id);
            row_table_set(&c->rows, entry, record); /* if a row occurs twice, the last one counts */
        }
}

static void compare_row(comparison *c, const loom_row *row)
{
    const row_id id = id_of(c, row);
    row_entry *before = row_table_find(&c->rows, &id);

    if (before == NULL) {
        add_change(&c->only[1], row->original_path);
        return;
    }
    const unsigned was = kind_of(before->result, before->code);
    const unsigned is = kind_of(row->result, row->code);
    c->both += !before->seen;
    before->seen = true;
    if (was != is)
        add_change(&c->changes[was][is], row->original_path);
    for (guint i = 0; i < c->rows.compared->len; i++)
        add_measure(&c->measures[i], row->original_path, before->compared[i],
                    row_number(row, g_ptr_array_index(c->rows.compared, i)));
}

static void read_second(comparison *c)
{
    const loom_record *record;

    while (report_input_next(&c->inputs[1], &record))
        if (record->kind == LOOM_RECORD_ROW)
            compare_row(c, record->row);
}

/* Whether any row of the second has the same output as one of the first. */
static bool has_common_output(comparison *c)
{
    const loom_record *record;
    bool found = false;

    while (!found && report_input_next(&c->inputs[1], &record))
        if (record->kind == LOOM_RECORD_ROW && record->row->output_path != NULL) {
            const row_id id = row_table_id_written(&c->rows, record->row);
            found = row_table_find(&c->rows, &id) != NULL;
        }
    return found;
}

static bool rewind_input(report_input *input, bool muted)
{
    loom_error err = LOOM_ERROR_INIT;

    input->muted = muted;
    if (loom_reader_rewind(input->reader, &err) == LOOM_OK)
        return true;
    cli_error("%s: %s", report_input_name(input), err.message);
    return false;
}

/* Reads the original of a row of the first report again; the caller frees it. */
static char *read_path(comparison *c, const row_entry *row)
{
    loom_error err = LOOM_ERROR_INIT;
    const char *text;

    if (loom_reader_text_at(c->inputs[0].reader, row->offset, row->length, &text, &err) != LOOM_OK)
        return g_strdup("?");
    json_t *object = json_loads(text, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
    const char *path = json_string_value(json_object_get(object, "originalPath"));
    const char *base64 = json_string_value(json_object_get(object, "originalPathBase64"));
    char *copy = NULL;
    if (base64 != NULL) { /* the exact bytes */
        gsize size;
        guchar *bytes = g_base64_decode(base64, &size);
        copy = g_strndup((const char *)bytes, size);
        g_free(bytes);
    } else {
        copy = g_strdup(path != NULL ? path : "?");
    }
    json_decref(object);
    return copy;
}

/* Finds rows of the first that the second does not have. */
static void find_gone(comparison *c)
{
    for (size_t i = 0; i < c->rows.count; i++) {
        const row_entry *row = row_table_at(&c->rows, i);
        if (row->seen)
            continue;
        char *path = c->only[0].count < EXAMPLES ? read_path(c, row) : NULL;
        add_change(&c->only[0], path);
        g_free(path);
    }
}

static bool gather(comparison *c, char **paths)
{
    for (size_t i = 0; i < 2; i++)
        if (!report_input_open(&c->inputs[i], paths[i], true))
            return false;
    read_first(c);
    c->inputs[1].muted = true;
    if (!has_common_output(c)) {
        row_table_release(&c->rows);
        row_table_init(&c->rows, true);
        c->nth = g_hash_table_new(NULL, NULL);
        if (!rewind_input(&c->inputs[0], true))
            return false;
        read_first(c);
        g_hash_table_remove_all(c->nth);
    }
    if (!rewind_input(&c->inputs[1], false))
        return false;
    read_second(c);
    find_gone(c);
    return true;
}

/* ---- printing ------------------------------------------------------------ */

static void append_examples(GString *out, const change *from)
{
    for (uint64_t i = 0; i < from->count && i < EXAMPLES; i++) {
        g_string_append(out, "    ");
        cli_append_escaped(out, from->examples[i]);
        g_string_append_c(out, '\n');
    }
    if (from->count > EXAMPLES)
        g_string_append_printf(out, "    and %" PRIu64 " more\n", from->count - EXAMPLES);
}

/* "ok", "error (truncated)" */
static void append_kind(GString *out, unsigned kind)
{
    const loom_result result = (loom_result)(kind / LOOM_STATUS_COUNT);

    g_string_append(out, loom_result_name(result));
    if (result == LOOM_RESULT_ERROR)
        g_string_append_printf(out, " (%s)",
                               loom_status_name((loom_status)(kind % LOOM_STATUS_COUNT)));
}

static void append_changes(const cli_terminal *terminal, GString *out, const comparison *c)
{
    bool any = false;

    for (unsigned was = 0; was < KINDS; was++)
        for (unsigned is = 0; is < KINDS; is++) {
            const change *from = &c->changes[was][is];
            if (from->count == 0)
                continue;
            if (!any)
                report_append_heading(terminal, out, "Status");
            any = true;
            g_string_append(out, "  ");
            append_kind(out, was);
            g_string_append(out, " -> ");
            append_kind(out, is);
            g_string_append_printf(out, ": %" PRIu64 "\n", from->count);
            append_examples(out, from);
        }
    if (!any && c->both > 0)
        g_string_append(out, "no status changed\n");
}

static void append_value(GString *out, loom_field_kind kind, int64_t value)
{
    if (kind == LOOM_FIELD_MS)
        report_append_time(out, (double)value);
    else if (kind == LOOM_FIELD_BYTES)
        cli_append_bytes(out, (uint64_t)value);
    else
        g_string_append_printf(out, "%" PRId64, value);
}

static void append_pair(GString *out, loom_field_kind kind, int64_t before, int64_t after)
{
    append_value(out, kind, before);
    g_string_append(out, " -> ");
    append_value(out, kind, after);
    if (before > 0)
        g_string_append_printf(out, " (%+.1f %%)",
                               100 * ((double)after - (double)before) / (double)before);
}

static void append_moved(GString *out, loom_field_kind kind, const char *what, const moved *list,
                         size_t count)
{
    if (count > 0)
        g_string_append_printf(out, "  %s by most\n", what);
    for (size_t i = 0; i < count; i++) {
        g_string_append(out, "    ");
        append_pair(out, kind, list[i].before, list[i].after);
        g_string_append(out, "  ");
        cli_append_escaped(out, list[i].path);
        g_string_append_c(out, '\n');
    }
}

static void append_measure(const cli_terminal *terminal, GString *out, const loom_field *field,
                           const measure *from)
{
    const char *up = field->kind == LOOM_FIELD_MS ? "slower" : "larger";
    const char *down = field->kind == LOOM_FIELD_MS ? "faster" : "smaller";

    if (from->rows == 0)
        return;
    report_append_heading(terminal, out, field->compared);
    g_string_append(out, "  ");
    append_pair(out, field->kind, from->before, from->after);
    g_string_append_printf(out, " over %" PRIu64 " row%s; %s: %" PRIu64 ", %s: %" PRIu64 "\n",
                           from->rows, from->rows == 1 ? "" : "s", up, from->up_rows, down,
                           from->down_rows);
    append_moved(out, field->kind, up, from->up, from->up_count);
    append_moved(out, field->kind, down, from->down, from->down_count);
}

static void print_comparison(const cli_terminal *terminal, const comparison *c)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%" PRIu64 " row%s in both", c->both, c->both == 1 ? "" : "s");
    if (c->nth != NULL)
        g_string_append(out, ", paired by original: no output is in both");
    g_string_append_c(out, '\n');
    append_changes(terminal, out, c);
    for (guint i = 0; i < c->rows.compared->len; i++)
        append_measure(terminal, out, g_ptr_array_index(c->rows.compared, i), &c->measures[i]);
    for (size_t i = 0; i < 2; i++) {
        if (c->only[i].count == 0)
            continue;
        char *heading = g_strdup_printf("Only in the %s: %" PRIu64, i == 0 ? "first" : "second",
                                        c->only[i].count);
        report_append_heading(terminal, out, heading);
        append_examples(out, &c->only[i]);
        g_free(heading);
    }
    fputs(out->str, stdout);
    g_string_free(out, TRUE);
}

static void release_measure(measure *from)
{
    for (size_t i = 0; i < from->up_count; i++)
        g_free(from->up[i].path);
    for (size_t i = 0; i < from->down_count; i++)
        g_free(from->down[i].path);
}

static void release_change(change *from)
{
    for (uint64_t i = 0; i < from->count && i < EXAMPLES; i++)
        g_free(from->examples[i]);
}

static void release(comparison *c)
{
    for (size_t i = 0; i < 2; i++) {
        report_input_close(&c->inputs[i]);
        release_change(&c->only[i]);
    }
    for (size_t i = 0; i < KINDS * KINDS; i++)
        release_change(&c->changes[i / KINDS][i % KINDS]);
    for (guint i = 0; i < c->rows.compared->len; i++)
        release_measure(&c->measures[i]);
    g_free(c->measures);
    row_table_release(&c->rows);
    if (c->nth != NULL)
        g_hash_table_destroy(c->nth);
    g_free(c);
}

int report_compare(const report_options *options, char **paths)
{
    comparison *c = g_new0(comparison, 1);
    cli_terminal terminal;
    int status = CLI_EXIT_FAILED;

    row_table_init(&c->rows, true);
    c->measures = g_new0(measure, c->rows.compared->len);
    if (gather(c, paths)) {
        report_terminal_init(&terminal, options->colour);
        print_comparison(&terminal, c);
        status = c->inputs[0].damaged || c->inputs[1].damaged ? CLI_EXIT_FAILED : CLI_EXIT_OK;
    }
    release(c);
    return status;
}
