/* Rows: each field has one line here, which serves writing, reading, printing and comparing. */
#include "base/array.h"
#include "report/json_flat.h"
#include "report/records.h"

#include <imgloom/format.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(loom_result) == sizeof(unsigned) && sizeof(loom_status) == sizeof(unsigned) &&
                   sizeof(loom_stage) == sizeof(unsigned) &&
                   sizeof(loom_because) == sizeof(unsigned),
               "words are stored as unsigned");

/* ---- closed sets --------------------------------------------------------- */

static const char *result_word(unsigned value)
{
    return value < LOOM_RESULT_COUNT ? loom_result_name((loom_result)value) : NULL;
}

const char *loom_code_word(unsigned value)
{
    if (value == LOOM_OK)
        return "";
    return value < LOOM_ERR_USAGE ? loom_status_name((loom_status)value) : NULL;
}

const char *loom_stage_word(unsigned value)
{
    const char *name = loom_stage_name((loom_stage)value);

    return value == LOOM_STAGE_NONE ? "" : name[0] != '\0' ? name : NULL;
}

const char *loom_format_word(unsigned value)
{
    if (value == LOOM_FORMAT_UNKNOWN)
        return "";
    return value < LOOM_FORMAT_COUNT ? loom_format_get((loom_format)value)->name : NULL;
}

static const char *because_word(unsigned value)
{
    return value < LOOM_BECAUSE_COUNT ? loom_because_name((loom_because)value) : NULL;
}

/* ---- values from a task and its outcome ---------------------------------- */

static bool is_failed(const loom_outcome *outcome)
{
    return outcome->result == LOOM_RESULT_ERROR;
}

static bool is_written(const loom_outcome *outcome)
{
    return outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING;
}

/* One that was skipped is known by a state, if its version is. */
static bool has_output(const loom_outcome *outcome)
{
    return is_written(outcome) ||
           (outcome->result == LOOM_RESULT_SKIPPED && outcome->processed_stamp.mtime_ns != 0);
}

/* Whether a picture was made, now or before, or would be. */
static bool has_picture(const loom_outcome *outcome)
{
    return has_output(outcome) || outcome->result == LOOM_RESULT_PLANNED;
}

/* Maps 0, which means unknown, to -1. */
static int64_t known(uint64_t number)
{
    return number != 0 && number <= INT64_MAX ? (int64_t)number : -1;
}

static const char *format_name(loom_format format)
{
    return format == LOOM_FORMAT_UNKNOWN ? NULL : loom_format_get(format)->name;
}

/* The size that was read, once a thread had the input; else the size from the scan. */
static int64_t size_of_original(const loom_task *task, const loom_outcome *outcome)
{
    const uint64_t size = outcome->original_size != 0 ? outcome->original_size : task->input_size;

    return size == 0 && is_failed(outcome) && outcome->error.code == LOOM_ERR_EMPTY ? 0
                                                                                    : known(size);
}

/* By how much the output is smaller than its input; INT64_MIN: there is no output. */
static int64_t saved(const loom_task *task, const loom_outcome *outcome)
{
    const int64_t before = size_of_original(task, outcome), after = known(outcome->processed_size);

    return has_output(outcome) && before >= 0 && after >= 0 ? before - after : INT64_MIN;
}

/* When the file was changed; INT64_MIN: unknown. A state records no inode of an output. */
static int64_t modified(const loom_stamp *stamp)
{
    return stamp->inode != 0 || stamp->mtime_ns != 0 ? stamp->mtime_ns : INT64_MIN;
}

static int64_t answer(loom_presence presence)
{
    return presence == LOOM_PRESENCE_UNKNOWN ? -1 : presence == LOOM_PRESENCE_PRESENT;
}

/* A time that exists only if a thread had the input. */
static int64_t of_thread(const loom_outcome *outcome, int64_t figure)
{
    return outcome->thread >= 0 ? figure : -1;
}

loom_status loom_write_code(const loom_outcome *outcome)
{
    loom_status code = outcome->error.code;

    if (code == LOOM_OK || code == LOOM_ERR_USAGE || (unsigned)code >= LOOM_STATUS_COUNT)
        return LOOM_ERR_INTERNAL;
    return code;
}

/* ---- the table ----------------------------------------------------------- */

/*
 * FIELD(name in JSON, kind, member of loom_row, its value from `task` and `outcome`, more of
 * loom_field), in the order of writing. A new field needs a line here, a member in loom_row, a line
 * in the schema, and the next column.
 */
/* clang-format off */
#define ROW_FIELDS(FIELD)                                                                          \
    FIELD("seq", COUNT, seq, (int64_t)task->seq, .column = 1)                                      \
    FIELD("originalPath", PATH, original_path, task->input_path, .column = 2)                      \
    FIELD("outputPath", PATH, output_path, task->output_path, .column = 3)                         \
    FIELD("success", FLAG, success, !is_failed(outcome), .column = 0)                              \
    FIELD("status", WORD, result, outcome->result, .column = 4, .word = result_word)               \
    FIELD("error", TEXT, error, is_failed(outcome) ? outcome->error.message : NULL, .column = 7)   \
    FIELD("errorCode", WORD, code, is_failed(outcome) ? loom_write_code(outcome) : LOOM_OK,        \
          .column = 5, .word = loom_code_word)                                                     \
    FIELD("errorStage", WORD, stage, is_failed(outcome) ? outcome->error.stage : LOOM_STAGE_NONE,  \
          .column = 6, .word = loom_stage_word)                                                    \
    FIELD("skipReason", TEXT, skip_reason,                                                         \
          outcome->result == LOOM_RESULT_SKIPPED ? outcome->skip_reason : NULL, .column = 8)       \
    FIELD("warnings", TEXTS, warnings, (const char *const *)outcome->warnings, .column = 9,        \
          .count = offsetof(loom_row, warning_count))                                              \
    FIELD("originalSize", BYTES, original_size, size_of_original(task, outcome), .column = 10)     \
    FIELD("processedSize", BYTES, processed_size,                                                  \
          has_output(outcome) ? known(outcome->processed_size) : -1, .column = 11,                 \
          .compared = "Size of the outputs")                                                       \
    FIELD("savedBytes", SIGNED, saved_size, saved(task, outcome), .column = 29)                    \
    FIELD("originalModified", INSTANT, original_modified_ns,                                       \
          modified(&outcome->original_stamp), .column = 30)                                        \
    FIELD("processedModified", INSTANT, processed_modified_ns,                                     \
          modified(&outcome->processed_stamp), .column = 31)                                       \
    FIELD("originalFormat", TEXT, original_format, format_name(outcome->original_format),          \
          .column = 12, .word = loom_format_word)                                                  \
    FIELD("originalWidth", COUNT, original_width, known(outcome->original_width), .column = 13)    \
    FIELD("originalHeight", COUNT, original_height, known(outcome->original_height), .column = 14) \
    FIELD("originalHasAlpha", ANSWER, original_alpha, answer(outcome->original_traits.alpha),      \
          .column = 32)                                                                            \
    FIELD("originalBitDepth", COUNT, original_bits, known(outcome->original_traits.bits),          \
          .column = 33)                                                                            \
    FIELD("originalFrames", COUNT, original_frames, known(outcome->original_traits.frames),        \
          .column = 34)                                                                            \
    FIELD("originalDpi", DECIMAL, original_dpi, known(outcome->original_traits.dpi), .column = 35) \
    FIELD("orientation", COUNT, orientation, known((uint64_t)outcome->orientation), .column = 15)  \
    FIELD("format", TEXT, format,                                                                  \
          format_name(outcome->format != LOOM_FORMAT_UNKNOWN ? outcome->format : task->format),    \
          .column = 16, .word = loom_format_word)                                                  \
    FIELD("width", COUNT, width, known(outcome->width), .column = 17)                              \
    FIELD("height", COUNT, height, known(outcome->height), .column = 18)                           \
    FIELD("channels", COUNT, channels, known((uint64_t)outcome->channels), .column = 19)           \
    FIELD("hasAlpha", ANSWER, alpha, answer(outcome->traits.alpha), .column = 36)                  \
    FIELD("bitDepth", COUNT, bits, known(outcome->traits.bits), .column = 37)                      \
    FIELD("frames", COUNT, frames, known(outcome->traits.frames), .column = 38)                    \
    FIELD("dpi", DECIMAL, dpi, known(outcome->traits.dpi), .column = 39)                           \
    FIELD("quality", COUNT, quality, known((uint64_t)outcome->quality), .column = 20)              \
    FIELD("ssim", SHARE, ssim, known(outcome->ssim), .column = 42)                                 \
    FIELD("cropped", SHARE, cropped, has_picture(outcome) ? (int64_t)outcome->cropped : -1,        \
          .column = 27)                                                                            \
    FIELD("extracted", TEXT, extracted, outcome->extracted[0] != '\0' ? outcome->extracted : NULL, \
          .column = 41)                                                                            \
    FIELD("copied", FLAG, copied, outcome->copied, .column = 28)                                   \
    FIELD("lane", TEXT, lane, outcome->lane, .column = 21)                                         \
    FIELD("decoder", TEXT, decoder, outcome->decoder[0] != '\0' ? outcome->decoder : NULL,         \
          .column = 22)                                                                            \
    FIELD("worker", COUNT, thread, outcome->thread, .column = 23)                                  \
    FIELD("startMs", MS, start_ns, of_thread(outcome, outcome->start_ns), .column = 24)            \
    FIELD("queueMs", MS, queue_ns, of_thread(outcome, outcome->queue_ns), .column = 25)            \
    FIELD("elapsedMs", MS, elapsed_ns, of_thread(outcome, outcome->elapsed_ns), .column = 26,      \
          .compared = "Time on the threads")                                                       \
    FIELD("previewOf", TEXT, preview_of,                                                           \
          outcome->preview_of[0] != '\0' ? outcome->preview_of : NULL, .column = 43,               \
          .optional = true) /* only of previews */                                                 \
    FIELD("because", WORD, because, loom_outcome_because(task, outcome), .column = 40,             \
          .word = because_word, .optional = true) /* only with a state */                          \
    FIELD("run", COUNT, run, -1, .optional = true) /* only in merged reports */

#define AS_FIELD(key, of, member, value, ...)                                                      \
    {.name = key, .kind = LOOM_FIELD_##of, .offset = offsetof(loom_row, member), __VA_ARGS__},
#define AS_VALUE(key, of, member, value, ...) row->member = value;

static const loom_field table[] = {ROW_FIELDS(AS_FIELD)};
_Static_assert(LOOM_COUNT(table) <= 64, "loom_flat_read has a bit for each");
/* clang-format on */

const loom_field *loom_row_field_get(size_t index)
{
    return index < LOOM_COUNT(table) ? &table[index] : NULL;
}

bool loom_row_has(const char *name)
{
    return loom_field_find(table, LOOM_COUNT(table), name);
}

/* ---- writing ------------------------------------------------------------- */

static void set_values(loom_row *row, const loom_task *task, const loom_outcome *outcome)
{
    ROW_FIELDS(AS_VALUE)
    row->warning_count = outcome->warning_count;
}

/* Sets row->warnings to those of the outcome and, if some were dropped, a last one that counts
 * them: `warnings` and `more` hold these. */
static void set_warnings(loom_row *row, const loom_outcome *outcome,
                         const char *warnings[LOOM_WARNINGS_MAX + 1], char more[64])
{
    if (outcome->warnings_dropped == 0)
        return;
    const size_t count =
        row->warning_count < LOOM_WARNINGS_MAX ? row->warning_count : LOOM_WARNINGS_MAX;
    for (size_t i = 0; i < count; i++)
        warnings[i] = outcome->warnings[i];
    (void)snprintf(more, 64, "%zu more %s", outcome->warnings_dropped,
                   outcome->warnings_dropped == 1 ? "warning" : "warnings");
    warnings[count] = more;
    row->warnings = warnings;
    row->warning_count = count + 1;
}

void loom_write_row(loom_json *json, const loom_task *task, const loom_outcome *outcome)
{
    const char *warnings[LOOM_WARNINGS_MAX + 1];
    char more[64];
    loom_row row = {.seq = 0};

    set_values(&row, task, outcome);
    set_warnings(&row, outcome, warnings, more);
    loom_fields_write(json, table, LOOM_COUNT(table), &row);
}

void loom_write_removed(loom_json *json, const loom_removed *removed)
{
    loom_field_write_path(json, "originalPath", removed->original_path);
    loom_field_write_path(json, "outputPath", removed->output_path);
    loom_json_key(json, "reason");
    loom_json_string(json, removed->reason);
    loom_json_key(json, "pruned");
    loom_json_bool(json, removed->pruned);
    loom_json_key(json, "kept");
    loom_json_string(json, removed->kept);
}

/* Whether the field says where an image stands in a run: a request has no such place. */
static bool is_place(const loom_field *field)
{
    return field->kind == LOOM_FIELD_PATH || field->offset == offsetof(loom_row, seq) ||
           field->offset == offsetof(loom_row, start_ns);
}

char *loom_row_to_json(const loom_outcome *outcome)
{
    const loom_task none = {.seq = 0};
    const char *warnings[LOOM_WARNINGS_MAX + 1];
    char more[64];
    loom_row row = {.seq = 0};
    loom_strbuf text = LOOM_STRBUF_INIT;
    loom_json json = LOOM_JSON_INIT(&text);

    set_values(&row, &none, outcome);
    set_warnings(&row, outcome, warnings, more);
    loom_json_begin(&json, '{');
    for (size_t i = 0; i < LOOM_COUNT(table); i++)
        if (!is_place(&table[i]))
            loom_fields_write(&json, &table[i], 1, &row);
    loom_json_end(&json, '}');
    return loom_strbuf_take(&text);
}

/* ---- reading ------------------------------------------------------------- */

static loom_status corrupt(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "%s", message);
}

static bool has(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return value != NULL && !json_is_null(value);
}

/* Checks that the fields agree with one another. */
static loom_status check(const loom_row *row, const json_t *object, loom_error *err)
{
    if (row->original_path == NULL)
        return corrupt(err, "the field 'originalPath' is missing");
    if (!has(object, "status"))
        return corrupt(err, "the field 'status' is missing");
    if ((row->result == LOOM_RESULT_ERROR) != (row->code != LOOM_OK))
        return corrupt(err, "the fields 'status' and 'errorCode' contradict each other");
    return LOOM_OK;
}

/* Takes folder and start time from the row's run. */
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

bool loom_row_scan(loom_row_holder *row, const char *text, size_t size, const loom_run_holder *run)
{
    uint64_t valued;

    json_decref(row->store.object);
    row->store.object = NULL;
    loom_strbuf_clear(&row->strings);
    loom_strbuf_add(&row->strings, text, size);
    if (row->strings.failed ||
        !loom_flat_read(table, LOOM_COUNT(table), row->strings.data, size, &row->row, &valued))
        return false;
    for (size_t i = 0; i < LOOM_COUNT(table); i++)
        if (table[i].offset == offsetof(loom_row, result) && (valued >> i & 1) == 0)
            return false;
    row->row.success = row->row.result != LOOM_RESULT_ERROR;
    return row->row.original_path != NULL && row->row.success == (row->row.code == LOOM_OK) &&
           read_run(&row->row, run, NULL) == LOOM_OK;
}

void loom_row_clear(loom_row_holder *row)
{
    loom_field_store_clear(&row->store);
    loom_strbuf_release(&row->strings);
    *row = (loom_row_holder){.row = {.seq = 0}};
}

loom_status loom_row_read(loom_row_holder *row, json_t *object, const loom_run_holder *run,
                          loom_field_unknown *unknown, void *user, loom_error *err)
{
    json_decref(row->store.object);
    row->store.object = object;
    row->store.unknown = unknown;
    row->store.user = user;
    loom_status status = loom_fields_read(table, LOOM_COUNT(table), &row->store, &row->row, err);
    if (status == LOOM_OK)
        status = check(&row->row, object, err);
    if (status == LOOM_OK)
        status = read_run(&row->row, run, err);
    row->row.success = row->row.result != LOOM_RESULT_ERROR;
    return status;
}
