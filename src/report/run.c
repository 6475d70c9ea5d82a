#include "base/array.h"
#include "report/row.h"

#include "report/write.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct run_fields {
    int64_t version, jobs;
    const char *started_at, *folder;
    loom_strbuf bytes; /* of the folder */
    const json_t *tool, *runs;
} run_fields;

static const loom_field run_table[] = {
    {"jobs", LOOM_FIELD_COUNT, offsetof(run_fields, jobs)},
    {"recipe", LOOM_FIELD_ANY, 0},
    {"runs", LOOM_FIELD_ARRAY, offsetof(run_fields, runs)},
    {"schemaVersion", LOOM_FIELD_COUNT, offsetof(run_fields, version)},
    {"startedAt", LOOM_FIELD_TEXT, offsetof(run_fields, started_at)},
    {"summary", LOOM_FIELD_ANY, 0}, /* of a run of a merged report */
    {"tool", LOOM_FIELD_OBJECT, offsetof(run_fields, tool)},
    {"type", LOOM_FIELD_ANY, 0},
    {"workingDirectory", LOOM_FIELD_TEXT, offsetof(run_fields, folder)},
    {"workingDirectoryBase64", LOOM_FIELD_BASE64, offsetof(run_fields, bytes)},
};

static loom_status out_of_memory(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "no memory to read it");
}

void loom_run_clear(loom_run_holder *run)
{
    for (size_t i = 0; run->parts != NULL && i < run->record.runs; i++)
        free(run->parts[i].folder);
    free(run->parts);
    loom_strbuf_release(&run->folder);
    json_decref(run->object);
    *run = (loom_run_holder){.object = NULL};
}

/* Reads the fields of a run, or of a part. fields->bytes is the caller's, also on failure. */
static loom_status read_fields(run_fields *fields, const json_t *object, int64_t *started_ns,
                               loom_field_unknown *unknown, void *user, loom_error *err)
{
    loom_status status =
        loom_fields_read(run_table, LOOM_COUNT(run_table), object, fields, unknown, user, err);

    if (status != LOOM_OK)
        return status;
    if (fields->bytes.failed)
        return out_of_memory(err);
    if (fields->started_at != NULL && !loom_instant_read(fields->started_at, started_ns))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "the field 'startedAt' is not an instant");
    if (fields->bytes.size > 0)
        fields->folder = fields->bytes.data;
    return LOOM_OK;
}

static loom_status read_part(loom_run_part *part, const json_t *object, loom_field_unknown *unknown,
                             void *user, loom_error *err)
{
    run_fields fields = {.bytes = LOOM_STRBUF_INIT};
    loom_status status;

    if (!json_is_object(object))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "the field 'runs' holds what is not an object");
    status = read_fields(&fields, object, &part->started_ns, unknown, user, err);
    if (status == LOOM_OK && fields.folder != NULL) {
        part->folder = strdup(fields.folder);
        if (part->folder == NULL)
            status = out_of_memory(err);
    }
    loom_strbuf_release(&fields.bytes);
    return status;
}

static loom_status read_parts(loom_run_holder *run, const json_t *runs, loom_field_unknown *unknown,
                              void *user, loom_error *err)
{
    const size_t count = json_array_size(runs);
    loom_status status = LOOM_OK;

    if (count == 0)
        return LOOM_OK;
    run->parts = calloc(count, sizeof *run->parts);
    if (run->parts == NULL)
        return out_of_memory(err);
    run->record.runs = count;
    for (size_t i = 0; i < count && status == LOOM_OK; i++)
        status = read_part(&run->parts[i], json_array_get(runs, i), unknown, user, err);
    return status;
}

/* The tool's members that people look at; the others are the schema's matter. */
static void read_tool(loom_run_record *record, const json_t *tool)
{
    if (tool == NULL)
        return;
    record->tool_version = json_string_value(json_object_get(tool, "version"));
    record->vips_version = json_string_value(json_object_get(tool, "libvips"));
}

loom_status loom_run_read(loom_run_holder *run, json_t *object, loom_field_unknown *unknown,
                          void *user, loom_error *err)
{
    run_fields fields = {.version = -1, .bytes = LOOM_STRBUF_INIT};
    const json_t *version = json_object_get(object, "schemaVersion");

    loom_run_clear(run);
    run->object = object;
    if (!json_is_integer(version))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "it is no report: it has no schemaVersion");
    if (json_integer_value(version) != LOOM_SCHEMA_VERSION)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                              "it is of schemaVersion %" JSON_INTEGER_FORMAT
                              ", and this imgloom reads %u",
                              json_integer_value(version), LOOM_SCHEMA_VERSION);
    loom_status status = read_fields(&fields, object, &run->record.started_ns, unknown, user, err);
    run->folder = fields.bytes;
    if (status == LOOM_OK) {
        run->record.folder = fields.folder;
        run->record.started_at = fields.started_at;
        run->record.jobs = fields.jobs <= (int64_t)UINT_MAX ? (unsigned)fields.jobs : UINT_MAX;
        read_tool(&run->record, fields.tool);
        status = read_parts(run, fields.runs, unknown, user, err);
    }
    return status;
}

/* ---- the summary --------------------------------------------------------- */

#define SUMMARY(name, kind, member)                                                                \
    {                                                                                              \
        name, LOOM_FIELD_##kind, offsetof(loom_summary_record, member)                             \
    }

/* clang-format off */
static const loom_field summary_table[] = {
    SUMMARY("bytesIn", COUNT, bytes_in),
    SUMMARY("bytesOut", COUNT, bytes_out),
    SUMMARY("cpuMs", MS, cpu_ns),
    {"duplicates", LOOM_FIELD_ANY, 0},
    SUMMARY("elapsedMs", MS, elapsed_ns),
    {"errorsByCode", LOOM_FIELD_ANY, 0},
    {"failed", LOOM_FIELD_ANY, 0},
    {"finishedAt", LOOM_FIELD_ANY, 0},
    SUMMARY("ignored", COUNT, ignored),
    {"imagesPerSecond", LOOM_FIELD_ANY, 0},
    SUMMARY("inputs", COUNT, inputs),
    SUMMARY("interrupted", FLAG, interrupted),
    {"megapixelsPerSecond", LOOM_FIELD_ANY, 0},
    {"ok", LOOM_FIELD_ANY, 0},
    SUMMARY("peakRssBytes", COUNT, peak_rss_bytes),
    SUMMARY("pixelsIn", COUNT, pixels_in),
    {"planned", LOOM_FIELD_ANY, 0},
    SUMMARY("rows", COUNT, rows),
    {"skipped", LOOM_FIELD_ANY, 0},
    SUMMARY("tooManyErrors", FLAG, too_many_errors),
    {"type", LOOM_FIELD_ANY, 0},
    {"warning", LOOM_FIELD_ANY, 0},
    SUMMARY("workers", COUNT, workers),
};
/* clang-format on */

loom_status loom_summary_read(loom_summary_record *summary, const json_t *object,
                              loom_field_unknown *unknown, void *user, loom_error *err)
{
    *summary = (loom_summary_record){.inputs = -1,
                                     .rows = -1,
                                     .ignored = -1,
                                     .bytes_in = -1,
                                     .bytes_out = -1,
                                     .pixels_in = -1,
                                     .elapsed_ns = -1,
                                     .cpu_ns = -1,
                                     .peak_rss_bytes = -1,
                                     .workers = -1};
    return loom_fields_read(summary_table, LOOM_COUNT(summary_table), object, summary, unknown,
                            user, err);
}
