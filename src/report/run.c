/* The records of a run and of what it amounts to: read and written. */
#include "report/records.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/error.h"
#include <imgloom/version.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading a summary --------------------------------------------------- */

#define SUMMARY(key, of, member)                                                                   \
    {                                                                                              \
        .name = key, .kind = LOOM_FIELD_##of, .offset = offsetof(loom_summary_record, member)      \
    }

static const loom_field summary_table[] = {
    SUMMARY("inputs", COUNT, inputs),
    SUMMARY("rows", COUNT, rows),
    {.name = "ok"},
    {.name = "warning"},
    {.name = "skipped"},
    {.name = "planned"},
    {.name = "failed"},
    SUMMARY("ignored", COUNT, ignored),
    {.name = "ignoredByReason"},
    SUMMARY("bytesIn", COUNT, bytes_in),
    SUMMARY("bytesOut", COUNT, bytes_out),
    SUMMARY("pixelsIn", COUNT, pixels_in),
    SUMMARY("elapsedMs", MS, elapsed_ns),
    {.name = "imagesPerSecond"},
    {.name = "megapixelsPerSecond"},
    SUMMARY("cpuMs", MS, cpu_ns),
    SUMMARY("peakRssBytes", COUNT, peak_rss_bytes),
    SUMMARY("peakTotalRssBytes", COUNT, peak_total_rss_bytes),
    SUMMARY("threads", COUNT, threads),
    SUMMARY("interrupted", FLAG, interrupted),
    {.name = "duplicates"},
    SUMMARY("tooManyErrors", FLAG, too_many_errors),
    {.name = "errorsByCode"},
    {.name = "state"},
    {.name = "finishedAt"},
};

static bool is_code(const char *name)
{
    for (unsigned i = 0; i < LOOM_STATUS_COUNT; i++)
        if (strcmp(loom_status_name((loom_status)i), name) == 0)
            return true;
    return false;
}

static bool is_reason(const char *name)
{
    for (unsigned i = 0; i < LOOM_IGNORED_COUNT; i++)
        if (strcmp(loom_ignored_name((loom_ignored)i), name) == 0)
            return true;
    return false;
}

static bool is_summary_field(const char *name)
{
    return loom_field_find(summary_table, LOOM_COUNT(summary_table), name);
}

loom_status loom_summary_read(loom_summary_record *summary, json_t *object,
                              loom_field_unknown *unknown, void *user, loom_error *err)
{
    loom_field_store store = {.object = object, .unknown = unknown, .user = user};
    const loom_status status =
        loom_fields_read(summary_table, LOOM_COUNT(summary_table), &store, summary, err);

    if (status == LOOM_OK) {
        loom_fields_check(&store, "errorsByCode", json_object_get(object, "errorsByCode"), is_code);
        loom_fields_check(&store, "ignoredByReason", json_object_get(object, "ignoredByReason"),
                          is_reason);
    }
    loom_field_store_clear(&store);
    return status;
}

/* ---- reading a run ------------------------------------------------------- */

typedef struct run_fields {
    int64_t version, jobs;
    const char *started_at, *folder;
    const json_t *tool, *runs;
} run_fields;

#define RUN(key, of, member)                                                                       \
    {                                                                                              \
        .name = key, .kind = LOOM_FIELD_##of, .offset = offsetof(run_fields, member)               \
    }

static const loom_field run_table[] = {
    RUN("schemaVersion", COUNT, version),
    RUN("tool", OBJECT, tool),
    {.name = "recipe"},
    RUN("workingDirectory", PATH, folder),
    RUN("startedAt", TEXT, started_at),
    {.name = "machine"},
    {.name = "commandLine"},
    {.name = "commandLineBase64"},
    RUN("jobs", COUNT, jobs),
    RUN("runs", ARRAY, runs),
    {.name = "plan"},    /* of an attempt at a shard, or a merged plan */
    {.name = "summary"}, /* of a run of a merged report */
};

bool loom_run_has(const char *name)
{
    return loom_field_find(run_table, LOOM_COUNT(run_table), name);
}

bool loom_record_has(const char *name)
{
    return strcmp(name, "type") == 0 || loom_run_has(name) || is_summary_field(name) ||
           loom_row_has(name);
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool is_tool_field(const char *name)
{
    static const char *const names[] = {"name", "version", "libvips", "libjpeg", "sandbox", NULL};

    return is_among(name, names);
}

static bool is_machine_field(const char *name)
{
    static const char *const names[] = {"processor", "cpus",    "memoryBytes",
                                        "system",    "release", NULL};

    return is_among(name, names);
}

/* Of an attempt at a shard, and of a merged plan. */
static bool is_plan_field(const char *name)
{
    static const char *const names[] = {"id",  "shard", "shards", "attempt",
                                        "job", "items", "parts",  NULL};

    return is_among(name, names);
}

static bool is_recipe_field(const char *name)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++)
        if (strcmp(loom_recipe_field_get((loom_recipe_field_id)i)->name, name) == 0)
            return true;
    return false;
}

static void clear_parts(loom_run_holder *run)
{
    for (size_t i = 0; run->parts != NULL && i < run->record.runs; i++)
        free(run->parts[i].folder);
    free(run->parts);
    run->parts = NULL;
    run->record = (loom_run_record){.runs = 0};
}

void loom_run_clear(loom_run_holder *run)
{
    clear_parts(run);
    loom_field_store_clear(&run->store);
}

/* Reads the fields of a run, or of a part, whose object is in the store. */
static loom_status read_fields(run_fields *fields, loom_field_store *store, int64_t *started_ns,
                               loom_error *err)
{
    loom_status status = loom_fields_read(run_table, LOOM_COUNT(run_table), store, fields, err);

    if (status != LOOM_OK)
        return status;
    if (fields->started_at != NULL && !loom_instant_read(fields->started_at, started_ns))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "the field 'startedAt' is not a time");
    loom_fields_check(store, "tool", fields->tool, is_tool_field);
    loom_fields_check(store, "machine", json_object_get(store->object, "machine"),
                      is_machine_field);
    loom_fields_check(store, "recipe", json_object_get(store->object, "recipe"), is_recipe_field);
    loom_fields_check(store, "plan", json_object_get(store->object, "plan"), is_plan_field);
    return LOOM_OK;
}

static loom_status read_part(loom_run_part *part, json_t *object, const loom_field_store *whole,
                             loom_error *err)
{
    loom_field_store store = {
        .object = json_incref(object), .unknown = whole->unknown, .user = whole->user};
    run_fields fields;
    loom_status status;

    if (!json_is_object(object))
        status = loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                                "the field 'runs' contains a value that is not an object");
    else
        status = read_fields(&fields, &store, &part->started_ns, err);
    if (status == LOOM_OK && fields.folder != NULL) {
        part->folder = strdup(fields.folder);
        if (part->folder == NULL)
            status = loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    }
    if (status == LOOM_OK)
        loom_fields_check(&store, "summary", json_object_get(object, "summary"), is_summary_field);
    loom_field_store_clear(&store);
    return status;
}

static loom_status read_parts(loom_run_holder *run, const json_t *runs, loom_error *err)
{
    const size_t count = json_array_size(runs);
    loom_status status = LOOM_OK;

    if (count == 0)
        return LOOM_OK;
    run->parts = calloc(count, sizeof *run->parts);
    if (run->parts == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    run->record.runs = count;
    for (size_t i = 0; i < count && status == LOOM_OK; i++)
        status = read_part(&run->parts[i], json_array_get(runs, i), &run->store, err);
    return status;
}

static loom_status check_version(const json_t *version, loom_error *err)
{
    if (!json_is_integer(version))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "it is not a report: it has no schemaVersion");
    if (json_integer_value(version) != LOOM_SCHEMA_VERSION)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "it is of schemaVersion %" JSON_INTEGER_FORMAT
                              "; this imgloom reads %u",
                              json_integer_value(version), LOOM_SCHEMA_VERSION);
    return LOOM_OK;
}

loom_status loom_run_read(loom_run_holder *run, json_t *object, loom_field_unknown *unknown,
                          void *user, loom_error *err)
{
    run_fields fields;

    loom_run_clear(run);
    run->store.object = object;
    run->store.unknown = unknown;
    run->store.user = user;
    loom_status status = check_version(json_object_get(object, "schemaVersion"), err);
    if (status == LOOM_OK)
        status = read_fields(&fields, &run->store, &run->record.started_ns, err);
    if (status != LOOM_OK)
        return status;
    run->record.folder = fields.folder;
    run->record.started_at = fields.started_at;
    run->record.jobs = fields.jobs > (int64_t)UINT_MAX ? UINT_MAX
                       : fields.jobs > 0               ? (unsigned)fields.jobs
                                                       : 0;
    run->record.tool_version = json_string_value(json_object_get(fields.tool, "version"));
    run->record.vips_version = json_string_value(json_object_get(fields.tool, "libvips"));
    return read_parts(run, fields.runs, err);
}

/* ---- writing ------------------------------------------------------------- */

loom_run_info *loom_run_info_create(void)
{
    return calloc(1, sizeof(loom_run_info));
}

void loom_run_info_free(loom_run_info *info)
{
    free(info);
}

static void put_string(loom_json *json, const char *key, const char *text)
{
    loom_json_key(json, key);
    loom_json_string(json, text);
}

static void put_uint(loom_json *json, const char *key, uint64_t value)
{
    loom_json_key(json, key);
    loom_json_uint(json, value);
}

static void put_bool(loom_json *json, const char *key, bool value)
{
    loom_json_key(json, key);
    loom_json_bool(json, value);
}

static void put_ms(loom_json *json, const char *key, int64_t ns)
{
    loom_json_key(json, key);
    loom_json_ms(json, ns);
}

/* An array of strings, or null for NULL. */
static void put_strings(loom_json *json, const char *key, const char *const *strings)
{
    loom_json_key(json, key);
    if (strings == NULL) {
        loom_json_null(json);
        return;
    }
    loom_json_begin(json, '[');
    for (; *strings != NULL; strings++)
        loom_json_string(json, *strings);
    loom_json_end(json, ']');
}

void loom_write_run(loom_json *json, const loom_run_info *info)
{
    char *recipe = loom_recipe_to_json(info->recipe);
    char *folder = getcwd(NULL, 0);

    put_uint(json, "schemaVersion", LOOM_SCHEMA_VERSION);
    loom_json_key(json, "tool");
    loom_json_begin(json, '{');
    put_string(json, "name", "imgloom");
    put_string(json, "version", loom_version());
    put_string(json, "libvips", info->vips_version);
    put_string(json, "libjpeg", info->jpeg_version);
    put_strings(json, "sandbox", info->sandbox);
    loom_json_end(json, '}');
    loom_json_key(json, "recipe");
    if (recipe != NULL)
        loom_json_text(json, recipe);
    else
        json->out->failed = true; /* only memory can be the reason */
    loom_write_start(json, info->command_line);
    /* A folder outside this process's root is told as "(unreachable)…" by some kernels. */
    loom_field_write_path(json, "workingDirectory",
                          folder != NULL && folder[0] == '/' ? folder : NULL);
    loom_json_key(json, "startedAt");
    loom_json_instant(json, info->started_ns);
    put_uint(json, "jobs", info->jobs);
    if (info->attempt != NULL)
        loom_write_attempt(json, info->attempt);
    free(folder);
    free(recipe);
}

/* `amount` a second, in thousandths; 0 where no time passed. */
static void put_rate(loom_json *json, const char *key, double amount, int64_t elapsed_ns)
{
    double rate = elapsed_ns > 0 ? amount * 1e12 / (double)elapsed_ns + 0.5 : 0;

    loom_json_key(json, key);
    loom_json_thousandths(json, rate < 9e18 ? (int64_t)rate : INT64_MAX);
}

void loom_write_ignored(loom_json *json, const loom_ignored_file *file)
{
    loom_field_write_path(json, "path", file->path);
    put_string(json, "reason", loom_ignored_name(file->reason));
}

/* The counts that are not 0, by name. */
static void put_counts(loom_json *json, const char *key, const uint64_t *counts, unsigned count,
                       const char *(*name)(unsigned index))
{
    loom_json_key(json, key);
    loom_json_begin(json, '{');
    for (unsigned i = 0; i < count; i++)
        if (counts[i] > 0)
            put_uint(json, name(i), counts[i]);
    loom_json_end(json, '}');
}

static const char *reason_name(unsigned reason)
{
    return loom_ignored_name((loom_ignored)reason);
}

static const char *code_name(unsigned code)
{
    return loom_status_name((loom_status)code);
}

static void put_state(loom_json *json, const loom_totals *totals)
{
    loom_json_key(json, "state");
    loom_json_begin(json, '{');
    put_uint(json, "unchanged", totals->unchanged);
    put_uint(json, "contentUnchanged", totals->content_unchanged);
    loom_json_key(json, "made");
    loom_json_begin(json, '{');
    for (unsigned i = LOOM_BECAUSE_NONE + 1; i < LOOM_BECAUSE_COUNT; i++)
        put_uint(json, loom_because_name((loom_because)i), totals->by_because[i]);
    loom_json_end(json, '}');
    put_uint(json, "removed", totals->removed);
    put_uint(json, "pruned", totals->pruned);
    loom_json_end(json, '}');
}

void loom_write_summary(loom_json *json, const loom_totals *totals)
{
    put_uint(json, "inputs", totals->inputs);
    put_uint(json, "rows", totals->rows);
    put_uint(json, "ok", totals->by_result[LOOM_RESULT_OK]);
    put_uint(json, "warning", totals->by_result[LOOM_RESULT_WARNING]);
    put_uint(json, "skipped", totals->by_result[LOOM_RESULT_SKIPPED]);
    put_uint(json, "planned", totals->by_result[LOOM_RESULT_PLANNED]);
    put_uint(json, "failed", totals->by_result[LOOM_RESULT_ERROR]);
    put_uint(json, "ignored", totals->ignored);
    if (!totals->merged)
        put_counts(json, "ignoredByReason", totals->ignored_for, LOOM_IGNORED_COUNT, reason_name);
    put_uint(json, "bytesIn", totals->bytes_in);
    put_uint(json, "bytesOut", totals->bytes_out);
    put_uint(json, "pixelsIn", totals->pixels_in);
    put_ms(json, "elapsedMs", totals->elapsed_ns);
    put_rate(json, "imagesPerSecond", (double)totals->processed, totals->elapsed_ns);
    put_rate(json, "megapixelsPerSecond", (double)totals->pixels_in / 1e6, totals->elapsed_ns);
    put_ms(json, "cpuMs", totals->cpu_ns);
    put_uint(json, "peakRssBytes", totals->peak_rss_bytes);
    loom_json_key(json, "peakTotalRssBytes");
    if (totals->peak_total_rss_bytes > 0)
        loom_json_uint(json, totals->peak_total_rss_bytes);
    else
        loom_json_null(json);
    put_uint(json, "threads", totals->threads);
    put_bool(json, "interrupted", totals->interrupted);
    if (totals->merged)
        put_uint(json, "duplicates", totals->duplicates);
    put_bool(json, "tooManyErrors", totals->too_many_errors);
    put_counts(json, "errorsByCode", totals->by_code, LOOM_STATUS_COUNT, code_name);
    if (totals->state)
        put_state(json, totals);
}
