/* Reads documents, and finds out what begins. */
#include "base/error.h"
#include "report/json_scan.h"
#include "report/reader_private.h"
#include "report/text_source.h"
#include <string.h>

/* The max total size of a document run's unknown members, which its text holds. */
#define LOOM_UNKNOWN_SIZE_MAX (LOOM_RECORD_SIZE_MAX / 2)

/* The member whose value, the ignored files, nothing is made of. */
#define IGNORED "\"ignored\""

/* The member with the outputs whose input is gone. */
#define REMOVED "\"removed\""

/* Appends `,"key":value` to an unfinished object in `out`; both are JSON texts. */
static void add_member(loom_strbuf *out, const loom_strbuf *key, const loom_strbuf *value)
{
    loom_strbuf_add_char(out, out->size == 0 ? '{' : ',');
    loom_strbuf_add(out, loom_strbuf_str(key), key->size);
    loom_strbuf_add_char(out, ':');
    loom_strbuf_add(out, loom_strbuf_str(value), value->size);
}

/* Reads the byte that must come next. */
static loom_status expect(loom_reader *reader, char wanted, loom_error *err)
{
    int byte;

    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return err->code;
    if (byte == LOOM_TEXT_SOURCE_END)
        return loom_reader_refuse(err, LOOM_ERR_TRUNCATED, "it is cut short");
    if (byte != (unsigned char)wanted)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                              "it is not JSON: '%c' is missing", wanted);
    loom_text_source_skip(&reader->source);
    return LOOM_OK;
}

/* Reads `"key":` into `key`, including the quotes; *byte is the next byte. */
static loom_status read_key(loom_reader *reader, loom_strbuf *key, int *byte, loom_error *err)
{
    loom_strbuf_clear(key);
    if (loom_text_source_peek_value(&reader->source, byte, err) != LOOM_OK)
        return err->code;
    if (*byte != '"' && *byte != LOOM_TEXT_SOURCE_END)
        return loom_reader_refuse(err, LOOM_ERR_CORRUPT, "it is not JSON: a name is missing");
    if (loom_text_source_value(&reader->source, key, LOOM_RECORD_SIZE_MAX, err) != LOOM_OK ||
        expect(reader, ':', err) != LOOM_OK)
        return err->code;
    return loom_text_source_peek_value(&reader->source, byte, err);
}

static bool is_key(const loom_strbuf *key, const char *quoted)
{
    return strcmp(loom_strbuf_str(key), quoted) == 0;
}

static loom_status refuse_twice(const char *name, loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_NONE,
                          "a field is given twice: '%.100s'", name);
}

static loom_status refuse_missing(loom_error *err)
{
    return loom_reader_refuse(err, LOOM_ERR_CORRUPT, "it is not JSON: a value is missing");
}

/* Takes the quotes from a name. */
static const char *unquote(loom_strbuf *key)
{
    if (key->size >= 2) {
        memmove(key->data, key->data + 1, key->size - 2);
        loom_strbuf_truncate(key, key->size - 2);
    }
    return loom_strbuf_str(key);
}

/* Reads the value of a member of the run; one that no run has may be of any length, and is kept
 * where it is short. */
static loom_status read_value(loom_reader *reader, const loom_strbuf *key, loom_error *err)
{
    loom_strbuf name = LOOM_STRBUF_INIT;
    loom_error large = LOOM_ERROR_INIT;
    size_t limit = LOOM_RECORD_SIZE_MAX;
    loom_status status;

    loom_strbuf_clear(&reader->text);
    loom_strbuf_add(&name, loom_strbuf_str(key), key->size);
    const bool known = name.failed || loom_run_has(unquote(&name));
    if (!known)
        limit = LOOM_UNKNOWN_SIZE_MAX - (reader->header.size < LOOM_UNKNOWN_SIZE_MAX
                                             ? reader->header.size
                                             : LOOM_UNKNOWN_SIZE_MAX);
    status = loom_text_source_value(&reader->source, &reader->text, limit, &large);
    if (status == LOOM_ERR_TOO_LARGE && !known) {
        loom_reader_unknown(reader, loom_strbuf_str(&name));
        status = LOOM_OK;
    } else if (status != LOOM_OK) {
        status = loom_error_copy(err, &large);
    } else if (reader->text.size == 0) {
        status = refuse_missing(err);
    } else {
        add_member(&reader->header, key, &reader->text);
        if (reader->header.size > LOOM_RECORD_SIZE_MAX)
            status =
                loom_reader_refuse(err, LOOM_ERR_TOO_LARGE,
                                   "what stands around its results is longer than in any report");
    }
    loom_strbuf_release(&name);
    return status;
}

/* Reads a member's value to where it belongs. The results are not read here: they come once. */
static loom_status read_member(loom_reader *reader, const loom_strbuf *key, loom_error *err)
{
    loom_strbuf *value = NULL;

    if (is_key(key, IGNORED))
        return loom_text_source_value(&reader->source, NULL, 0, err);
    if (is_key(key, "\"summary\""))
        value = &reader->closing;
    else if (is_key(key, "\"finishedAt\""))
        value = &reader->finished;
    if (is_key(key, REMOVED)) /* its turn comes after the rows */
        return loom_text_source_value(&reader->source, NULL, 0, err);
    if (value == NULL)
        return read_value(reader, key, err);
    if (value->size > 0)
        return refuse_twice(value == &reader->closing ? "summary" : "finishedAt", err);
    if (loom_text_source_value(&reader->source, value, LOOM_RECORD_SIZE_MAX, err) != LOOM_OK)
        return err->code;
    return value->size > 0 ? LOOM_OK : refuse_missing(err);
}

/* Reads a comma or the closing bracket; *more says which. */
static loom_status read_comma(loom_reader *reader, char closing, bool *more, loom_error *err)
{
    int byte;

    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return err->code;
    *more = byte != (unsigned char)closing;
    return expect(reader, *more ? ',' : closing, err);
}

/* Skips the results, reads the members after them, and goes back. */
static loom_status skim(loom_reader *reader, loom_strbuf *key, loom_error *err)
{
    const uint64_t offset = reader->source.offset, line = reader->source.line;
    bool more = true;
    int byte;
    loom_status status = loom_text_source_value(&reader->source, NULL, 0, err);

    while (status == LOOM_OK && (status = read_comma(reader, '}', &more, err)) == LOOM_OK && more) {
        status = read_key(reader, key, &byte, err);
        if (status == LOOM_OK && is_key(key, "\"results\""))
            status = refuse_twice("results", err);
        if (status == LOOM_OK)
            status = read_member(reader, key, err);
    }
    reader->skimmed = true;
    return status == LOOM_OK ? loom_text_source_seek(&reader->source, offset, line, err) : status;
}

/* Reads the members of the object up to its results, or all; *results says which. */
static loom_status read_members(loom_reader *reader, bool *results, loom_error *err)
{
    loom_strbuf key = LOOM_STRBUF_INIT;
    loom_json_span span;
    loom_status status = LOOM_OK;
    bool more = true;
    int byte;

    *results = false;
    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return err->code;
    if (byte == '}') { /* an empty object */
        loom_text_source_skip(&reader->source);
        return LOOM_OK;
    }
    while (more && (status = read_key(reader, &key, &byte, err)) == LOOM_OK) {
        if (byte == '[' && is_key(&key, "\"results\"")) {
            *results = true;
            if (reader->header.size == 0 ||
                !loom_json_find(reader->header.data, reader->header.size, "schemaVersion", &span))
                status = skim(reader, &key, err);
            break;
        }
        if ((status = read_member(reader, &key, err)) != LOOM_OK ||
            (status = read_comma(reader, '}', &more, err)) != LOOM_OK)
            break;
    }
    if (status == LOOM_OK && (key.failed || reader->header.failed))
        status = loom_no_memory(err, LOOM_STAGE_NONE, "to read it");
    loom_strbuf_release(&key);
    return status;
}

/* The run of a document, whose members except the results are in reader->header. */
static loom_status begin_document(loom_reader *reader, loom_record *record, loom_error *err)
{
    json_t *object;

    if (reader->header.size == 0)
        loom_strbuf_add_char(&reader->header, '{');
    loom_strbuf_add_char(&reader->header, '}');
    loom_strbuf_clear(&reader->text);
    loom_strbuf_add(&reader->text, loom_strbuf_str(&reader->header), reader->header.size);
    reader->lines = false;
    reader->first_item = true;
    object = loom_reader_parse(reader, err);
    if (object == NULL)
        return loom_reader_give_up(reader, err->code);
    if (expect(reader, '[', err) != LOOM_OK) {
        json_decref(object);
        return loom_reader_give_up(reader, err->code);
    }
    reader->state = AT_ROWS;
    return loom_reader_take_run(reader, object, record, err);
}

/* The first line of NDJSON, whose members are in reader->header. */
static loom_status begin_lines(loom_reader *reader, loom_record *record, loom_error *err)
{
    loom_json_span span;

    loom_strbuf_clear(&reader->text);
    loom_strbuf_add(&reader->text, loom_strbuf_str(&reader->header), reader->header.size);
    loom_strbuf_add_char(&reader->text, '}');
    if (reader->text.failed || reader->header.size == 0 ||
        !loom_json_find(reader->text.data, reader->text.size, "type", &span)) {
        reader->state = AT_CLOSE;
        return loom_reader_refuse(
            err, LOOM_ERR_UNSUPPORTED,
            "it is not a report: its first object has neither results nor a type");
    }
    reader->length = reader->source.offset - reader->offset;
    reader->lines = true;
    reader->state = AT_LINES;
    return loom_reader_take_line(reader, record, err);
}

loom_status loom_reader_next_start(loom_reader *reader, loom_record *record, loom_error *err)
{
    bool results;
    int byte;

    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return loom_reader_give_up(reader, err->code);
    reader->line = reader->source.line;
    reader->offset = reader->source.offset;
    reader->length = 0;
    if (byte == LOOM_TEXT_SOURCE_END) {
        reader->state = AT_END;
        return reader->begun ? loom_reader_read(reader, record, err)
                             : loom_reader_refuse(err, LOOM_ERR_EMPTY, "it is empty");
    }
    if (byte != '{') {
        reader->state = AT_CLOSE;
        return loom_reader_refuse(err, reader->begun ? LOOM_ERR_CORRUPT : LOOM_ERR_UNSUPPORTED,
                                  reader->begun
                                      ? "there is extra data after the end of the report"
                                      : "it is not a report: it does not begin with a JSON object");
    }
    reader->begun = true;
    reader->skimmed = false;
    loom_strbuf_clear(&reader->header);
    loom_strbuf_clear(&reader->closing);
    loom_strbuf_clear(&reader->finished);
    loom_text_source_skip(&reader->source);
    if (read_members(reader, &results, err) != LOOM_OK)
        return loom_reader_give_up(reader, err->code);
    return results ? begin_document(reader, record, err) : begin_lines(reader, record, err);
}

loom_status loom_reader_next_item(loom_reader *reader, loom_record *record, loom_error *err)
{
    bool more = true;
    int byte;

    loom_strbuf_clear(&reader->text);
    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return loom_reader_give_up(reader, err->code);
    if (reader->first_item && byte == ']') {
        loom_text_source_skip(&reader->source);
        more = false;
    } else if (!reader->first_item && read_comma(reader, ']', &more, err) != LOOM_OK) {
        return loom_reader_give_up(reader, err->code);
    }
    reader->first_item = false;
    if (!more) {
        reader->state = AT_TAIL;
        return loom_reader_read(reader, record, err);
    }
    if (loom_text_source_peek_value(&reader->source, &byte, err) != LOOM_OK)
        return loom_reader_give_up(reader, err->code);
    reader->line = reader->source.line;
    reader->offset = reader->source.offset;
    const loom_status status =
        loom_text_source_value(&reader->source, &reader->text, LOOM_RECORD_SIZE_MAX, err);
    if (status != LOOM_OK && status != LOOM_ERR_TOO_LARGE)
        return loom_reader_give_up(reader, status);
    const bool row = reader->state == AT_ROWS;
    reader->rows += row;
    if (status != LOOM_OK) /* concerns this one only */
        return status;
    reader->length = reader->text.size;
    if (reader->text.size == 0)
        return loom_reader_give_up(reader, refuse_missing(err));
    if (row && loom_reader_scan_row(reader, "{"))
        return loom_reader_tell_row(reader, record, err);
    json_t *object = loom_reader_parse(reader, err);
    if (object == NULL)
        return err->code;
    return row ? loom_reader_take_row(reader, object, record, err)
               : loom_reader_take_removed(reader, object, record, err);
}

/* Joins the summary and finishedAt, as in NDJSON, into reader->text. */
static void join_summary(loom_reader *reader)
{
    loom_strbuf *text = &reader->text;
    const loom_strbuf *closing = &reader->closing;

    loom_strbuf_clear(text);
    loom_strbuf_add(text, loom_strbuf_str(closing), closing->size);
    if (reader->finished.size == 0 || text->size < 2 || text->data[0] != '{')
        return;
    loom_strbuf_truncate(text, text->size - 1);
    loom_strbuf_add_str(text, closing->size > 2 ? ",\"finishedAt\":" : "\"finishedAt\":");
    loom_strbuf_add(text, loom_strbuf_str(&reader->finished), reader->finished.size);
    loom_strbuf_add_char(text, '}');
}

/* Reads a member after the results; if they were skimmed, it was read before. */
static loom_status read_tail_member(loom_reader *reader, loom_strbuf *key, loom_error *err)
{
    loom_json_span span;

    reader->line = reader->source.line;
    if (is_key(key, "\"summary\"") || is_key(key, "\"finishedAt\""))
        return reader->skimmed ? loom_text_source_value(&reader->source, NULL, 0, err)
                               : read_member(reader, key, err);
    if (!reader->skimmed && !is_key(key, IGNORED) && !is_key(key, REMOVED)) {
        const char *name = unquote(key);
        if (strcmp(name, "results") == 0 ||
            loom_json_find(reader->header.data, reader->header.size, name, &span))
            return refuse_twice(name, err);
        loom_reader_unknown(reader, name);
    }
    return loom_text_source_value(&reader->source, NULL, 0, err);
}

loom_status loom_reader_next_tail(loom_reader *reader, loom_record *record, loom_error *err)
{
    loom_strbuf key = LOOM_STRBUF_INIT;
    loom_status status;
    bool more;
    int byte;

    while ((status = read_comma(reader, '}', &more, err)) == LOOM_OK && more) {
        if ((status = read_key(reader, &key, &byte, err)) != LOOM_OK)
            break;
        if (byte == '[' && is_key(&key, REMOVED)) {
            loom_text_source_skip(&reader->source);
            reader->first_item = true;
            reader->state = AT_REMOVED;
            break;
        }
        if ((status = read_tail_member(reader, &key, err)) != LOOM_OK)
            break;
    }
    loom_strbuf_release(&key);
    if (status != LOOM_OK)
        return loom_reader_give_up(reader, status);
    if (reader->state == AT_REMOVED)
        return loom_reader_next_item(reader, record, err);
    reader->state = AT_START;
    reader->line = reader->source.line;
    if (reader->closing.size == 0) {
        reader->state = AT_CLOSE;
        return loom_reader_refuse(err, LOOM_ERR_CORRUPT, "it has no summary");
    }
    join_summary(reader);
    json_t *object = loom_reader_parse(reader, err);
    return object != NULL ? loom_reader_take_summary(reader, object, record, err) : err->code;
}
