#include "report/row.h"

#include "base/array.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

static loom_status out_of_memory(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "no memory to read it");
}

static loom_status corrupt(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "%s", message);
}

/* The members of a row that are not taken over as they stand. */
typedef struct row_fields {
    loom_row row;
    const char *original_path, *output_path;
    loom_strbuf original_bytes, output_bytes;
    const char *status, *code, *stage;
    bool success;
    const json_t *warnings;
} row_fields;

#define ROW(name, kind, member)                                                                    \
    {                                                                                              \
        name, LOOM_FIELD_##kind, offsetof(row_fields, row.member)                                  \
    }
#define OTHER(name, kind, member)                                                                  \
    {                                                                                              \
        name, LOOM_FIELD_##kind, offsetof(row_fields, member)                                      \
    }

/* clang-format off */
static const loom_field row_table[] = {
    ROW("channels", COUNT, channels),
    ROW("elapsedMs", MS, elapsed_ns),
    ROW("error", TEXT, error),
    OTHER("errorCode", TEXT, code),
    OTHER("errorStage", TEXT, stage),
    ROW("format", TEXT, format),
    ROW("height", COUNT, height),
    ROW("lane", TEXT, lane),
    ROW("orientation", COUNT, orientation),
    ROW("originalFormat", TEXT, original_format),
    ROW("originalHeight", COUNT, original_height),
    OTHER("originalPath", TEXT, original_path),
    OTHER("originalPathBase64", BASE64, original_bytes),
    ROW("originalSize", COUNT, original_size),
    ROW("originalWidth", COUNT, original_width),
    OTHER("outputPath", TEXT, output_path),
    OTHER("outputPathBase64", BASE64, output_bytes),
    ROW("processedSize", COUNT, processed_size),
    ROW("quality", COUNT, quality),
    ROW("queueMs", MS, queue_ns),
    ROW("run", COUNT, run),
    ROW("seq", COUNT, seq),
    ROW("skipReason", TEXT, skip_reason),
    ROW("startMs", MS, start_ns),
    OTHER("status", TEXT, status),
    OTHER("success", FLAG, success),
    {"type", LOOM_FIELD_ANY, 0},
    OTHER("warnings", ARRAY, warnings),
    ROW("width", COUNT, width),
    ROW("worker", COUNT, worker),
};
/* clang-format on */

static const loom_row no_row = {
    .seq = -1,
    .run = -1,
    .original_size = -1,
    .processed_size = -1,
    .original_width = -1,
    .original_height = -1,
    .orientation = -1,
    .width = -1,
    .height = -1,
    .channels = -1,
    .quality = -1,
    .worker = -1,
    .start_ns = -1,
    .queue_ns = -1,
    .elapsed_ns = -1,
};

static bool find_result(const char *name, loom_result *result)
{
    for (unsigned i = 0; i < LOOM_RESULT_COUNT; i++)
        if (strcmp(loom_result_name((loom_result)i), name) == 0) {
            *result = (loom_result)i;
            return true;
        }
    return false;
}

static bool find_code(const char *name, loom_status *code)
{
    for (unsigned i = LOOM_OK + 1; i < LOOM_ERR_USAGE; i++)
        if (strcmp(loom_status_name((loom_status)i), name) == 0) {
            *code = (loom_status)i;
            return true;
        }
    return false;
}

static bool find_stage(const char *name, loom_stage *stage)
{
    for (unsigned i = LOOM_STAGE_NONE + 1; loom_stage_name((loom_stage)i)[0] != '\0'; i++)
        if (strcmp(loom_stage_name((loom_stage)i), name) == 0) {
            *stage = (loom_stage)i;
            return true;
        }
    return false;
}

/* The words of closed sets, and what they need of one another. */
static loom_status read_words(const row_fields *fields, loom_row *row, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    if (fields->status == NULL)
        return corrupt(err, "the field 'status' is missing");
    if (!find_result(fields->status, &row->result))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "'%s' is not a status",
                              loom_text_show(shown, fields->status));
    if (fields->code != NULL && !find_code(fields->code, &row->code))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "'%s' is not an errorCode",
                              loom_text_show(shown, fields->code));
    if (fields->stage != NULL && !find_stage(fields->stage, &row->stage))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "'%s' is not an errorStage",
                              loom_text_show(shown, fields->stage));
    if ((row->result == LOOM_RESULT_ERROR) != (row->code != LOOM_OK))
        return corrupt(err, "the fields 'status' and 'errorCode' contradict each other");
    return LOOM_OK;
}

static loom_status read_warnings(loom_row_holder *holder, const json_t *warnings, loom_error *err)
{
    const size_t count = json_array_size(warnings);

    if (count == 0)
        return LOOM_OK;
    if (!loom_grow((void **)(void *)&holder->warnings, &holder->capacity, count,
                   sizeof *holder->warnings))
        return out_of_memory(err);
    for (size_t i = 0; i < count; i++) {
        holder->warnings[i] = json_string_value(json_array_get(warnings, i));
        if (holder->warnings[i] == NULL)
            return corrupt(err, "the field 'warnings' holds what is not a string");
    }
    holder->row.warnings = holder->warnings;
    holder->row.warning_count = count;
    return LOOM_OK;
}

/* Where and when: what the row's run says. */
static loom_status read_run(loom_row *row, const loom_run_holder *run, loom_error *err)
{
    row->folder = run->record.folder;
    row->started_ns = run->record.started_ns;
    if (row->run < 0)
        return LOOM_OK;
    if ((uint64_t)row->run >= run->record.runs)
        return corrupt(err, "the field 'run' is beyond the report's 'runs'");
    row->folder = run->parts[row->run].folder;
    row->started_ns = run->parts[row->run].started_ns;
    return LOOM_OK;
}

void loom_row_clear(loom_row_holder *row)
{
    json_decref(row->object);
    loom_strbuf_release(&row->original_path);
    loom_strbuf_release(&row->output_path);
    free(row->warnings);
    *row = (loom_row_holder){.object = NULL};
}

loom_status loom_row_read(loom_row_holder *row, json_t *object, const loom_run_holder *run,
                          loom_field_unknown *unknown, void *user, loom_error *err)
{
    row_fields fields = {
        .row = no_row, .original_bytes = row->original_path, .output_bytes = row->output_path};

    json_decref(row->object);
    row->object = object;
    loom_strbuf_clear(&fields.original_bytes);
    loom_strbuf_clear(&fields.output_bytes);
    loom_status status =
        loom_fields_read(row_table, LOOM_COUNT(row_table), object, &fields, unknown, user, err);
    row->original_path = fields.original_bytes;
    row->output_path = fields.output_bytes;
    row->row = fields.row;
    if (status != LOOM_OK)
        return status;
    if (row->original_path.failed || row->output_path.failed)
        return out_of_memory(err);
    row->row.original_path =
        row->original_path.size > 0 ? row->original_path.data : fields.original_path;
    row->row.output_path = row->output_path.size > 0 ? row->output_path.data : fields.output_path;
    if (row->row.original_path == NULL)
        return corrupt(err, "the field 'originalPath' is missing");
    status = read_words(&fields, &row->row, err);
    if (status == LOOM_OK)
        status = read_warnings(row, fields.warnings, err);
    if (status == LOOM_OK)
        status = read_run(&row->row, run, err);
    return status;
}
