/* Reading NDJSON. */
#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "report/json_scan.h"
#include "report/reader_private.h"
#include "report/text_source.h"
#include <stdio.h>
#include <string.h>

enum { SPACES_AHEAD = 100 }; /* skipped to find a document's first name */

/*
 * A row whose run line is missing. Rows are read anyway: this error is followed by an empty run,
 * then the row.
 */
static loom_status parse_orphan(loom_reader *reader, json_t *object, loom_error *err)
{
    loom_run_clear(&reader->run);
    json_decref(reader->orphan);
    reader->orphan = object;
    reader->run_pending = true;
    return loom_reader_refuse(err, LOOM_ERR_CORRUPT, "no line of a run precedes it");
}

bool loom_reader_scan_row(loom_reader *reader, const char *begin)
{
    const size_t size = strlen(begin);
    const loom_strbuf *text = &reader->text;

    return reader->run_open && !text->failed && text->size > size &&
           memcmp(text->data, begin, size) == 0 &&
           loom_row_scan(&reader->row, text->data + size, text->size - size, &reader->run);
}

loom_status loom_reader_take_line(loom_reader *reader, loom_record *record, loom_error *err)
{
    if (loom_reader_scan_row(reader, "{\"type\":\"image\",")) {
        reader->rows++;
        return loom_reader_tell_row(reader, record, err);
    }
    json_t *object = loom_reader_parse(reader, err);
    const char *type;

    if (object == NULL) {
        reader->rows++; /* it could not be anything else */
        return err->code;
    }
    type = json_string_value(json_object_get(object, "type"));
    if (type != NULL && strcmp(type, "run") == 0)
        return loom_reader_take_run(reader, object, record, err);
    if (type != NULL && strcmp(type, "image") == 0) {
        reader->rows++;
        return reader->run_open ? loom_reader_take_row(reader, object, record, err)
                                : parse_orphan(reader, object, err);
    }
    if (type != NULL && strcmp(type, "summary") == 0 && reader->run_open)
        return loom_reader_take_summary(reader, object, record, err);
    if (type != NULL && strcmp(type, "removed") == 0 && reader->run_open)
        return loom_reader_take_removed(reader, object, record, err);
    loom_status status = LOOM_OK;
    if (type == NULL)
        status = loom_reader_refuse(err, LOOM_ERR_CORRUPT, "a line without a type");
    else if (strcmp(type, "summary") == 0)
        status = loom_reader_refuse(err, LOOM_ERR_CORRUPT, "a summary without a run before it");
    else if (strcmp(type, "removed") == 0)
        status = loom_reader_refuse(err, LOOM_ERR_CORRUPT, "what is gone, without a run before it");
    else
        loom_reader_pass_over(reader, type);
    json_decref(object);
    return status;
}

/* Skips a line that is too long and of an unknown type, whose beginning is in reader->text. False:
 * the type is known, or not stated there. */
static bool pass_over_long(loom_reader *reader)
{
    static const char *const known[] = {"run", "image", "removed", "summary"};
    const loom_strbuf *text = &reader->text;
    char type[LOOM_SHOWN_SIZE];
    loom_json_span span;

    if (text->size == 0 || text->data[0] != '{' ||
        !loom_json_find(text->data, text->size, "type", &span) || text->data[span.value] != '"' ||
        span.end == text->size)
        return false;
    (void)snprintf(type, sizeof type, "%.*s", (int)(span.end - span.value - 2),
                   text->data + span.value + 1);
    for (size_t i = 0; i < LOOM_COUNT(known); i++)
        if (strcmp(type, known[i]) == 0)
            return false;
    loom_reader_pass_over(reader, type);
    return true;
}

static bool is_blank(const loom_strbuf *text)
{
    for (size_t i = 0; i < text->size; i++)
        if (!loom_json_is_space(text->data[i]))
            return false;
    return true;
}

/* Whether `text` stands so many bytes further on. */
static loom_status look_for(loom_text_source *source, size_t ahead, const char *text, bool *found,
                            loom_error *err)
{
    int byte;

    *found = true;
    for (size_t i = 0; text[i] != '\0' && *found; i++) {
        if (loom_text_source_peek_ahead(source, ahead + i, &byte, err) != LOOM_OK)
            return err->code;
        *found = byte == (unsigned char)text[i];
    }
    return LOOM_OK;
}

/*
 * Whether a document begins here instead of a line, as other programs write it, too: over several
 * lines, or with its members sorted.
 */
static loom_status look_for_document(loom_text_source *source, bool *found, loom_error *err)
{
    static const char *const names[] = {"\"schemaVersion\"", "\"finishedAt\"", "\"jobs\"",
                                        "\"results\""};
    size_t ahead = 1;
    int byte;

    *found = false;
    if (loom_text_source_peek_value(source, &byte, err) != LOOM_OK)
        return err->code;
    if (byte != '{')
        return LOOM_OK;
    do {
        if (loom_text_source_peek_ahead(source, ahead++, &byte, err) != LOOM_OK)
            return err->code;
        *found = byte == '\n';
    } while (!*found && loom_json_is_space((char)byte) && ahead < SPACES_AHEAD);
    for (size_t i = 0; i < LOOM_COUNT(names) && !*found; i++)
        if (look_for(source, ahead - 1, names[i], found, err) != LOOM_OK)
            return err->code;
    return LOOM_OK;
}

loom_status loom_reader_next_line(loom_reader *reader, loom_record *record, loom_error *err)
{
    bool ended = true;

    do {
        bool document;
        if (look_for_document(&reader->source, &document, err) != LOOM_OK)
            return loom_reader_give_up(reader, err->code);
        if (document) {
            reader->state = AT_START;
            return loom_reader_next_start(reader, record, err);
        }
        reader->line = reader->source.line;
        reader->offset = reader->source.offset;
        loom_strbuf_clear(&reader->text);
        loom_status status = loom_text_source_line(&reader->source, &reader->text,
                                                   LOOM_RECORD_SIZE_MAX, &ended, err);
        if (status == LOOM_ERR_TOO_LARGE && pass_over_long(reader)) {
            loom_error_clear(err);
            return LOOM_OK;
        }
        if (status == LOOM_ERR_TOO_LARGE) {
            reader->rows++;
            return status;
        }
        if (status != LOOM_OK)
            return loom_reader_give_up(reader, status);
    } while (ended && is_blank(&reader->text));
    reader->length = reader->text.size;
    if (ended)
        return loom_reader_take_line(reader, record, err);
    reader->state = AT_CLOSE;
    if (is_blank(&reader->text))
        return loom_reader_read(reader, record, err);

    loom_error torn = LOOM_ERROR_INIT;
    if (loom_reader_take_line(reader, record, &torn) == LOOM_OK)
        return LOOM_OK;
    if (reader->text.data[reader->text.size - 1] == '}')
        return loom_error_copy(err, &torn);
    return loom_reader_refuse(err, LOOM_ERR_TRUNCATED, "the last line is cut short");
}
