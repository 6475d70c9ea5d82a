/* The head of a merged report: what its runs have in common, and the runs; and their time. */
#include "cli/report/command.h"
#include "cli/report/row_table.h"

#include <stdlib.h>
#include <string.h>

/* A field in which the runs differ is null, or left out if it is one with a question mark. */
static const char *const names[] = {"tool",
                                    "recipe",
                                    "?machine",
                                    "?commandLine",
                                    "?commandLineBase64",
                                    "workingDirectory",
                                    "?workingDirectoryBase64",
                                    "startedAt",
                                    "jobs"};

void report_head_init(report_head *head)
{
    *head = (report_head){.common = NULL};
}

void report_head_release(report_head *head)
{
    json_decref(head->common);
    json_decref(head->earliest);
}

/* RFC 3339 in UTC sorts as text. */
static void add_start(report_head *head, json_t *started)
{
    if (!json_is_string(started) ||
        (head->earliest != NULL &&
         strcmp(json_string_value(started), json_string_value(head->earliest)) >= 0))
        return;
    json_decref(head->earliest);
    head->earliest = json_incref(started);
}

void report_head_add(report_head *head, const json_t *run)
{
    const bool first = head->common == NULL;

    if (first)
        head->common = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *name = names[i] + (names[i][0] == '?');
        json_t *value = json_object_get(run, name);
        if (first)
            (void)json_object_set(head->common, name, value);
        else if (!json_equal(json_object_get(head->common, name), value))
            (void)json_object_set_new(head->common, name, json_null());
    }
    add_start(head, json_object_get(run, "startedAt"));
}

char *report_head_text(const report_head *head, const char *plan, const char *runs)
{
    json_t *header = json_pack("{si}", "schemaVersion", 1);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const bool optional = names[i][0] == '?';
        const char *name = names[i] + optional;
        json_t *value =
            strcmp(name, "startedAt") == 0 ? head->earliest : json_object_get(head->common, name);
        if (!optional || (value != NULL && !json_is_null(value)))
            (void)json_object_set_new(header, name,
                                      value != NULL ? json_incref(value) : json_null());
    }
    char *own = json_dumps(header, JSON_COMPACT | JSON_REAL_PRECISION(REPORT_DIGITS));
    json_decref(header);
    if (own != NULL)
        g_string_append_len(text, own, (gssize)strlen(own) - 1); /* without the brace */
    if (plan != NULL)
        g_string_append_printf(text, ",\"plan\":%s", plan);
    if (runs != NULL)
        g_string_append_printf(text, ",\"runs\":%s", runs);
    g_string_append_c(text, '}');
    char *copy = own != NULL ? strdup(text->str) : NULL;
    free(own);
    g_string_free(text, TRUE);
    return copy;
}

char *report_merged_header(const json_t *runs)
{
    char *list = json_dumps(runs, JSON_COMPACT | JSON_REAL_PRECISION(REPORT_DIGITS));
    report_head head;

    report_head_init(&head);
    for (size_t i = 0; i < json_array_size(runs); i++)
        report_head_add(&head, json_array_get(runs, i));
    char *text = list != NULL ? report_head_text(&head, NULL, list) : NULL;
    report_head_release(&head);
    free(list);
    return text;
}

static gint compare_spans(gconstpointer a, gconstpointer b)
{
    const report_span *one = a, *other = b;

    return (one->from_ns > other->from_ns) - (one->from_ns < other->from_ns);
}

int64_t report_time_covered(GArray *spans)
{
    int64_t covered = 0, end = INT64_MIN;

    g_array_sort(spans, compare_spans);
    for (guint i = 0; i < spans->len; i++) {
        const report_span *next = &g_array_index(spans, report_span, i);
        const int64_t from = MAX(next->from_ns, end);
        if (next->to_ns > from) {
            covered = cli_sum(covered, next->to_ns - from);
            end = next->to_ns;
        }
    }
    return covered;
}
