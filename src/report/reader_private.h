/* Shared by the files of the reader. reader.c explains how they work together. */
#ifndef LOOM_REPORT_READER_PRIVATE_H
#define LOOM_REPORT_READER_PRIVATE_H

#include "report/records.h"
#include "report/text_source.h"
#include <imgloom/reader.h>

#define LOOM_NOTICES_MAX 100 /* reported; a last one covers the rest */

typedef enum loom_reader_state {
    AT_START,   /* before a document, or the first line of NDJSON */
    AT_ROWS,    /* in a document's results, before a row or their end */
    AT_TAIL,    /* in a document, after its results */
    AT_REMOVED, /* there, in what is gone, before an item or its end */
    AT_LINES,   /* before a line of NDJSON */
    AT_CLOSE,   /* nothing more can be read; the run must be ended */
    AT_END
} loom_reader_state;

struct loom_reader {
    loom_text_source source;
    loom_reader_notice *notice;
    void *user;
    loom_reader_state state;
    bool begun;           /* a value was read */
    bool answered;        /* a record or an error was reported */
    bool passed_over;     /* the current record is of an unknown type: continue with the next */
    bool lines;           /* the current run is NDJSON */
    bool run_open;        /* its summary has not come yet */
    bool run_pending;     /* report a missing run before the orphan */
    bool summary_pending; /* report `summary` after the error about it */
    bool first_item;      /* no item of the array was read */
    bool skimmed;         /* all members of the document were read before its results */
    uint64_t rows;        /* of the current run */
    uint64_t line;        /* of the last record or error */
    uint64_t offset, length;
    loom_strbuf text;              /* of the current record */
    loom_strbuf header;            /* of a document's run */
    loom_strbuf closing, finished; /* a document's summary and finishedAt */
    loom_strbuf again;             /* for loom_reader_text_at */
    loom_run_holder run;
    loom_row_holder row;
    loom_summary_record summary;
    loom_record told; /* the last record that was returned */
    json_t *orphan;   /* of `text`: a row to report after a missing run */
    json_t *next_run; /* of `text`: a run to report after the end of the previous one */
    char *notices[LOOM_NOTICES_MAX]; /* owned: those reported in this reading */
    size_t notice_count;
};

/* Sets *err and returns `code`. */
loom_status loom_reader_refuse(loom_error *err, loom_status code, const char *message);

/* Ends the reading, except for the end of the run. Returns `status`. */
loom_status loom_reader_give_up(loom_reader *reader, loom_status status);

/* Reports an unknown field (loom_field_unknown: `user` is the reader), once for each name. */
void loom_reader_unknown(void *user, const char *name);

/* Skips a record, in reader->text, of a type of which nothing is made. */
void loom_reader_pass_over(loom_reader *reader, const char *type);

/* Parses reader->text, without values nested too deep; NULL with *err set if it is not a JSON
 * object. */
json_t *loom_reader_parse(loom_reader *reader, loom_error *err);

/* Make a record from reader->text and its object, which they take over. */
loom_status loom_reader_take_run(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err);
loom_status loom_reader_take_row(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err);
loom_status loom_reader_take_removed(loom_reader *reader, json_t *object, loom_record *record,
                                     loom_error *err);
/* Makes a record from reader->text and reader->row. */
loom_status loom_reader_tell_row(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_take_summary(loom_reader *reader, json_t *object, loom_record *record,
                                     loom_error *err);

/* As loom_reader_next. */
loom_status loom_reader_read(loom_reader *reader, loom_record *record, loom_error *err);

/*
 * Takes the row that reader->text is by its text alone, which is most of the work saved; all rows
 * of ours begin with `begin`. False: it is none of ours, to be parsed.
 */
bool loom_reader_scan_row(loom_reader *reader, const char *begin);

/* The next record of NDJSON (AT_LINES), of reader->text as its line, of what begins (AT_START), of
 * a document's results and what is gone (AT_ROWS, AT_REMOVED) and what follows them (AT_TAIL). */
loom_status loom_reader_next_line(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_take_line(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_start(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_item(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_tail(loom_reader *reader, loom_record *record, loom_error *err);

#endif
