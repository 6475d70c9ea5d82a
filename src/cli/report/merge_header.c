/* The head of a merged report: what its runs have in common, and the runs; and the rows' run. */
#include "cli/report/command.h"

#include <string.h>

/* A member that is the same in all runs, else null; the caller owns it. */
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

char *report_merged_header(const json_t *runs)
{
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
    json_t *header = json_pack("{si}", "schemaVersion", 1);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const bool optional = names[i][0] == '?';
        const char *name = names[i] + optional;
        json_t *value = strcmp(name, "startedAt") == 0 ? earliest(runs) : common(runs, name);
        if (!optional || !json_is_null(value))
            (void)json_object_set(header, name, value);
        json_decref(value);
    }
    (void)json_object_set(header, "runs", (json_t *)(uintptr_t)runs);
    char *text = json_dumps(header, JSON_COMPACT | JSON_REAL_PRECISION(REPORT_DIGITS));
    json_decref(header);
    return text;
}

bool report_cut_run(GString *line)
{
    static const char run[] = ",\"run\":";
    const size_t length = sizeof run - 1;
    size_t at = line->len - 1;

    while (at > 0 && g_ascii_isdigit(line->str[at - 1]))
        at--;
    if (at == line->len - 1 || at < length || memcmp(line->str + at - length, run, length) != 0)
        return false;
    g_string_truncate(line, at - length);
    return true;
}
