#include "support/reader_log.h"

#include "base/strbuf.h"
#include "support/check.h"
#include "support/tmpdir.h"
#include <imgloom/reader.h>

static loom_strbuf log_text;

void reader_setup(void)
{
    tmpdir_enter();
    log_text = (loom_strbuf)LOOM_STRBUF_INIT;
}

void reader_teardown(void)
{
    loom_strbuf_release(&log_text);
    tmpdir_leave();
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    (void)user;
    loom_strbuf_add_format(&log_text, "?%d(%s) ", (int)line, message);
}

static void log_record(const loom_record *record)
{
    switch (record->kind) {
    case LOOM_RECORD_RUN:
        loom_strbuf_add_format(&log_text, "run ");
        break;
    case LOOM_RECORD_ROW:
        loom_strbuf_add_format(&log_text, "%s:%d ", record->row->original_path, (int)record->line);
        break;
    case LOOM_RECORD_SUMMARY:
        loom_strbuf_add_format(&log_text, record->text != NULL ? "sum " : "open ");
        break;
    case LOOM_RECORD_REMOVED:
        loom_strbuf_add_format(&log_text, "gone:%d ", (int)record->line);
        break;
    case LOOM_RECORD_END:
        loom_strbuf_add_format(&log_text, "end");
        break;
    }
}

const char *reader_log_file(const char *path, bool messages)
{
    loom_reader *reader = NULL;
    const loom_record *record = NULL;
    loom_error err = LOOM_ERROR_INIT;

    loom_strbuf_clear(&log_text);
    ck_assert_msg(loom_reader_open(&reader, path, false, on_notice, NULL, &err) == LOOM_OK, "%s",
                  err.message);
    do {
        loom_error_clear(&err);
        if (loom_reader_next(reader, &record, &err) == LOOM_OK) {
            log_record(record);
        } else {
            ck_assert_int_ne(err.code, LOOM_OK);
            loom_strbuf_add_format(&log_text, "!%s:%d", loom_status_name(err.code),
                                   (int)loom_reader_line(reader));
            loom_strbuf_add_format(&log_text, messages ? "(%s) " : " ", err.message);
        }
    } while (err.code != LOOM_OK || record->kind != LOOM_RECORD_END);
    loom_reader_close(reader);
    return loom_strbuf_str(&log_text);
}

const char *reader_log(const char *text)
{
    tmpdir_write_text("r", text);
    return reader_log_file("r", false);
}

const char *reader_log_said(const char *text)
{
    tmpdir_write_text("r", text);
    return reader_log_file("r", true);
}
