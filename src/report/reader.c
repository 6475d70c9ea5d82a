/*
 * A report is a sequence of JSON values. json_scan splits a document into its members, and its
 * results into rows; NDJSON is split into lines. Only the text of one record is in memory at any
 * time, and jansson parses that.
 */
#include "base/error.h"
#include "base/text.h"
#include "report/json_scan.h"
#include "report/reader_private.h"
#include "report/text_source.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

loom_status loom_reader_refuse(loom_error *err, loom_status code, const char *message)
{
    return loom_error_set(err, code, LOOM_STAGE_NONE, "%s", message);
}

loom_status loom_reader_give_up(loom_reader *reader, loom_status status)
{
    reader->state = AT_CLOSE;
    reader->line = reader->source.line;
    return status;
}

/* ---- what is not known --------------------------------------------------- */

/* Reports a message, once per reading. */
static void notify(loom_reader *reader, const char *message)
{
    char **const notices = reader->notices;

    for (size_t i = 0; i < reader->notice_count; i++)
        if (strcmp(notices[i], message) == 0)
            return;
    if (reader->notice_count == LOOM_NOTICES_MAX - 1)
        message = "there are more unknown fields or records; they are skipped, and not named";
    if ((notices[reader->notice_count] = strdup(message)) == NULL)
        return;
    reader->notice_count++;
    reader->notice(reader->user, reader->line, message);
}

static void forget_notices(loom_reader *reader)
{
    while (reader->notice_count > 0)
        free(reader->notices[--reader->notice_count]);
}

/* "the field 'hue' is not known; it is skipped" */
static void notify_unknown(loom_reader *reader, const char *what, const char *name,
                           const char *verdict)
{
    char shown[LOOM_SHOWN_SIZE], message[LOOM_SHOWN_SIZE + 80];

    if (reader->notice == NULL || reader->notice_count == LOOM_NOTICES_MAX)
        return;
    (void)loom_text_show(shown, name);
    (void)snprintf(message, sizeof message, "%s '%s' %s", what, shown, verdict);
    notify(reader, message);
}

void loom_reader_unknown(void *user, const char *name)
{
    notify_unknown(user, "the field", name, "is not known; it is skipped");
}

/* Ignored files are known, but nothing is made of them. */
void loom_reader_pass_over(loom_reader *reader, const char *type)
{
    if (strcmp(type, "ignored") != 0)
        notify_unknown(reader, "records of the type", type, "are not known; they are skipped");
    reader->passed_over = true;
}

/* ---- records ------------------------------------------------------------- */

/* Copies the members of reader->text that a record may have, as an object; `tell`: reports the
 * others. */
static void reduce(loom_reader *reader, loom_strbuf *known, bool tell)
{
    const char *text = reader->text.data;
    loom_json_span span;
    size_t at = 0;

    loom_strbuf_add_char(known, '{');
    while (loom_json_next(text, reader->text.size, &at, &span)) {
        loom_strbuf name = LOOM_STRBUF_INIT;
        loom_strbuf_add(&name, text + span.start + 1, span.name_end - span.start - 2);
        if (loom_record_has(loom_strbuf_str(&name))) {
            if (known->size > 1)
                loom_strbuf_add_char(known, ',');
            loom_strbuf_add(known, text + span.start, span.end - span.start);
        } else if (tell) {
            loom_reader_unknown(reader, loom_strbuf_str(&name));
        }
        known->failed = known->failed || name.failed;
        loom_strbuf_release(&name);
    }
    loom_strbuf_add_char(known, '}');
}

static bool is_type(const json_t *object, const char *type)
{
    const char *found = json_string_value(json_object_get(object, "type"));

    return found != NULL && strcmp(found, type) == 0;
}

/*
 * Parses a text without its unknown members, if it is JSON that jansson cannot represent: a number
 * beyond int64_t, U+0000, a repeated name. Rows keep these in their text, for those who copy it;
 * runs and summaries lose them.
 */
static json_t *parse_known(loom_reader *reader)
{
    json_t *whole = json_loadb(reader->text.data, reader->text.size,
                               JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
    loom_strbuf known = LOOM_STRBUF_INIT;
    json_t *value = NULL;

    if (json_is_object(whole)) {
        reduce(reader, &known, false);
        if (!known.failed)
            value = json_loadb(known.data, known.size, JSON_REJECT_DUPLICATES, NULL);
    }
    if (value != NULL && (!reader->lines || is_type(value, "run") || is_type(value, "image") ||
                          is_type(value, "summary"))) {
        loom_strbuf_clear(&known);
        reduce(reader, &known, true);
    }
    if (value != NULL && !known.failed && reader->state != AT_ROWS && !is_type(value, "image")) {
        const loom_strbuf text = reader->text;
        reader->text = known;
        known = text;
    }
    loom_strbuf_release(&known);
    json_decref(whole);
    return value;
}

static void refuse_text(loom_reader *reader, const json_error_t *error, loom_error *err)
{
    reader->line += error->line > 0 ? (uint64_t)error->line - 1 : 0;
    if (json_error_code(error) == json_error_out_of_memory)
        loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    else if (json_error_code(error) == json_error_null_character)
        loom_reader_refuse(err, LOOM_ERR_CORRUPT, "a text holds the character U+0000");
    else
        loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE, "%s: %s",
                       json_error_code(error) == json_error_duplicate_key ? "a field is given twice"
                                                                          : "it is not JSON",
                       error->text);
}

json_t *loom_reader_parse(loom_reader *reader, loom_error *err)
{
    json_error_t error;
    json_t *value = NULL;

    /* jansson takes a NUL after a number for a space; the text would seem to end there. */
    if (!reader->text.failed && memchr(reader->text.data, '\0', reader->text.size) != NULL) {
        loom_reader_refuse(err, LOOM_ERR_CORRUPT, "it is not JSON: it holds a NUL byte");
        return NULL;
    }
    loom_json_prune(&reader->text);
    value = json_loadb(reader->text.data, reader->text.size, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL && (json_error_code(&error) == json_error_numeric_overflow ||
                          json_error_code(&error) == json_error_null_character ||
                          json_error_code(&error) == json_error_duplicate_key))
        value = parse_known(reader);
    if (value == NULL) {
        refuse_text(reader, &error, err);
    } else if (!json_is_object(value)) {
        json_decref(value);
        value = NULL;
        loom_reader_refuse(err, LOOM_ERR_CORRUPT, "it is not a JSON object");
    }
    return value;
}

/* Normalises a record's text as loom_record describes. */
static void normalise(loom_strbuf *text)
{
    if (text->failed)
        return;
    if (memchr(text->data, '\n', text->size) != NULL ||
        memchr(text->data, '\r', text->size) != NULL)
        loom_json_compact(text);
    loom_json_remove(text, "type");
}

static loom_status tell(loom_reader *reader, loom_record_kind kind, loom_record *record,
                        loom_error *err)
{
    const bool text = kind != LOOM_RECORD_END;

    if (text)
        normalise(&reader->text);
    if (reader->text.failed)
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    *record = (loom_record){.kind = kind,
                            .text = text ? loom_strbuf_str(&reader->text) : NULL,
                            .size = text ? reader->text.size : 0,
                            .offset = reader->offset,
                            .length = reader->length,
                            .line = reader->line,
                            .lines = reader->lines,
                            .run = text ? &reader->run.record : NULL};
    if (kind == LOOM_RECORD_ROW)
        record->row = &reader->row.row;
    if (kind == LOOM_RECORD_SUMMARY)
        record->summary = &reader->summary;
    return LOOM_OK;
}

/* Reports the end of a run without a summary. */
static loom_status tell_open_end(loom_reader *reader, loom_record *record)
{
    reader->run_open = false;
    *record = (loom_record){.kind = LOOM_RECORD_SUMMARY,
                            .line = reader->source.line,
                            .lines = reader->lines,
                            .run = &reader->run.record};
    return LOOM_OK;
}

static loom_status tell_run(loom_reader *reader, loom_record *record, loom_error *err)
{
    reader->run_open = true;
    reader->run_pending = false;
    if (reader->orphan == NULL) {
        reader->rows = 0;
        return tell(reader, LOOM_RECORD_RUN, record, err);
    }
    *record = (loom_record){.kind = LOOM_RECORD_RUN,
                            .text = "{}",
                            .size = 2,
                            .line = reader->line,
                            .lines = true,
                            .run = &reader->run.record};
    return LOOM_OK;
}

/* A wrong version ends the reading. */
loom_status loom_reader_take_run(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err)
{
    if (reader->run_open) { /* the end of the previous run must be reported first */
        reader->next_run = object;
        return tell_open_end(reader, record);
    }
    const loom_status status =
        loom_run_read(&reader->run, object, loom_reader_unknown, reader, err);
    if (status == LOOM_OK)
        return tell_run(reader, record, err);
    reader->state = AT_CLOSE;
    return status;
}

loom_status loom_reader_tell_row(loom_reader *reader, loom_record *record, loom_error *err)
{
    return tell(reader, LOOM_RECORD_ROW, record, err);
}

loom_status loom_reader_take_row(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err)
{
    const loom_status status =
        loom_row_read(&reader->row, object, &reader->run, loom_reader_unknown, reader, err);

    return status == LOOM_OK ? tell(reader, LOOM_RECORD_ROW, record, err) : status;
}

loom_status loom_reader_take_removed(loom_reader *reader, json_t *object, loom_record *record,
                                     loom_error *err)
{
    json_decref(object);
    return tell(reader, LOOM_RECORD_REMOVED, record, err);
}

static loom_status tell_summary(loom_reader *reader, loom_record *record, loom_error *err)
{
    reader->summary_pending = false;
    reader->run_open = false;
    return tell(reader, LOOM_RECORD_SUMMARY, record, err);
}

loom_status loom_reader_take_summary(loom_reader *reader, json_t *object, loom_record *record,
                                     loom_error *err)
{
    const loom_status status =
        loom_summary_read(&reader->summary, object, loom_reader_unknown, reader, err);
    const int64_t rows = reader->summary.rows;

    if (status != LOOM_OK)
        return status;
    if (rows < 0 || (uint64_t)rows == reader->rows)
        return tell_summary(reader, record, err);
    reader->summary_pending = true;
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                          "the summary counts %lld %s, but the report has %llu", (long long)rows,
                          rows == 1 ? "row" : "rows", (unsigned long long)reader->rows);
}

static json_t *withdraw(json_t **place)
{
    json_t *object = *place;

    *place = NULL;
    return object;
}

/* Reads the next record, or skips it. */
static loom_status next_or_passed(loom_reader *reader, loom_record *record, loom_error *err)
{
    if (reader->next_run != NULL)
        return loom_reader_take_run(reader, withdraw(&reader->next_run), record, err);
    if (reader->run_pending)
        return tell_run(reader, record, err);
    if (reader->orphan != NULL)
        return loom_reader_take_row(reader, withdraw(&reader->orphan), record, err);
    if (reader->summary_pending)
        return tell_summary(reader, record, err);
    switch (reader->state) {
    case AT_START:
        if (reader->run_open) /* a document whose summary could not be read */
            return tell_open_end(reader, record);
        return loom_reader_next_start(reader, record, err);
    case AT_ROWS:
    case AT_REMOVED:
        return loom_reader_next_item(reader, record, err);
    case AT_TAIL:
        return loom_reader_next_tail(reader, record, err);
    case AT_LINES:
        return loom_reader_next_line(reader, record, err);
    case AT_CLOSE:
        if (reader->run_open)
            return tell_open_end(reader, record);
        reader->state = AT_END;
        break;
    case AT_END:
        break;
    }
    return tell(reader, LOOM_RECORD_END, record, err);
}

loom_status loom_reader_read(loom_reader *reader, loom_record *record, loom_error *err)
{
    loom_error own = LOOM_ERROR_INIT;
    loom_status status;

    if (err == NULL || err->code != LOOM_OK)
        err = &own; /* the functions below check it */
    do {
        reader->passed_over = false;
        status = next_or_passed(reader, record, err);
    } while (status == LOOM_OK && reader->passed_over);
    if (status == LOOM_OK && record->kind == LOOM_RECORD_END && !reader->answered)
        status = loom_reader_refuse(err, LOOM_ERR_UNSUPPORTED,
                                    "it is not a report: none of its records is of a known type");
    reader->answered = true;
    return status;
}

loom_status loom_reader_next(loom_reader *reader, const loom_record **record, loom_error *err)
{
    const loom_status status = loom_reader_read(reader, &reader->told, err);

    if (status == LOOM_OK)
        *record = &reader->told;
    return status;
}

uint64_t loom_reader_line(const loom_reader *reader)
{
    return reader->line;
}

loom_status loom_reader_open(loom_reader **reader, const char *path, bool seekable,
                             loom_reader_notice *notice, void *user, loom_error *err)
{
    loom_reader *opened = calloc(1, sizeof *opened);

    if (opened == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    opened->source.file = -1;
    opened->notice = notice;
    opened->user = user;
    const loom_status status = loom_text_source_open(&opened->source, path, seekable, err);
    if (status != LOOM_OK)
        loom_reader_close(opened);
    else
        *reader = opened;
    return status;
}

loom_status loom_reader_text_at(loom_reader *reader, uint64_t offset, uint64_t length,
                                const char **text, loom_error *err)
{
    if (length > LOOM_RECORD_SIZE_MAX)
        return loom_reader_refuse(err, LOOM_ERR_TOO_LARGE, "a record is too long for a report");
    loom_strbuf_clear(&reader->again);
    const loom_status status =
        loom_text_source_read_at(&reader->source, offset, (size_t)length, &reader->again, err);
    if (status != LOOM_OK)
        return status;
    loom_json_prune(&reader->again);
    normalise(&reader->again);
    *text = loom_strbuf_str(&reader->again);
    return LOOM_OK;
}

loom_status loom_reader_rewind(loom_reader *reader, loom_error *err)
{
    reader->state = AT_START;
    reader->begun = reader->run_open = reader->run_pending = reader->summary_pending = false;
    reader->answered = false;
    reader->line = 0;
    forget_notices(reader);
    json_decref(withdraw(&reader->orphan));
    json_decref(withdraw(&reader->next_run));
    return loom_text_source_rewind(&reader->source, err);
}

void loom_reader_close(loom_reader *reader)
{
    if (reader == NULL)
        return;
    loom_text_source_close(&reader->source);
    json_decref(reader->orphan);
    json_decref(reader->next_run);
    loom_run_clear(&reader->run);
    loom_row_clear(&reader->row);
    loom_strbuf_release(&reader->text);
    loom_strbuf_release(&reader->header);
    loom_strbuf_release(&reader->closing);
    loom_strbuf_release(&reader->finished);
    loom_strbuf_release(&reader->again);
    forget_notices(reader);
    free(reader);
}
