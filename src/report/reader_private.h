/* What the files of the reader share. See reader.c for how they go together. */
#ifndef LOOM_REPORT_READER_PRIVATE_H
#define LOOM_REPORT_READER_PRIVATE_H

#include "report/row.h"
#include "report/text_source.h"
#include <imgloom/reader.h>

#define LOOM_NOTICES_MAX 100 /* names of unknown fields that are remembered */

typedef enum loom_reader_state {
    AT_START, /* before a document, or the first line of NDJSON */
    AT_ROWS,  /* in a document's results, before a row or their end */
    AT_TAIL,  /* in a document, behind its results */
    AT_LINES, /* before a line of NDJSON */
    AT_CLOSE, /* nothing can be read any more; the run is to be ended */
    AT_END
} loom_reader_state;

struct loom_reader {
    loom_text_source source;
    loom_reader_notice *notice;
    void *user;
    loom_reader_state state;
    bool begun;           /* a value was read */
    bool lines;           /* the present run is NDJSON's */
    bool run_open;        /* its summary has not come */
    bool run_pending;     /* a run that is missing is to be told, before the orphan */
    bool summary_pending; /* `summary` is to be told, after the error about it */
    bool first_row;       /* no row of the document was read */
    bool skimmed;         /* all members of the document were read before its results */
    uint64_t rows;        /* of the present run */
    uint64_t line;        /* of the last record or error */
    uint64_t offset, length;
    loom_strbuf text;              /* of the present record */
    loom_strbuf header;            /* of a document's run */
    loom_strbuf closing, finished; /* a document's summary and finishedAt */
    loom_strbuf again;             /* of loom_reader_text_at */
    loom_run_holder run;
    loom_row_holder row;
    loom_summary_record summary;
    loom_record told; /* the record that was handed out last */
    json_t *orphan;   /* of `text`: a row to be told after a run that is missing */
    json_t *next_run; /* of `text`: a run to be told after the end of the one before */
    char *notices[LOOM_NOTICES_MAX];
    size_t notice_count;
};

/* Sets *err and returns `code`. */
loom_status loom_reader_refuse(loom_error *err, loom_status code, const char *message);

/* Ends the reading, but for the end of the run. Returns `status`. */
loom_status loom_reader_give_up(loom_reader *reader, loom_status status);

/* Says once for each name that a field is not known. `user` is the reader. */
void loom_reader_unknown(void *user, const char *name);

/* Parses reader->text; NULL with *err set when it is no JSON object. */
json_t *loom_reader_parse(loom_reader *reader, loom_error *err);

/* Make a record of reader->text and its object, which they take over. */
loom_status loom_reader_take_run(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err);
loom_status loom_reader_take_row(loom_reader *reader, json_t *object, loom_record *record,
                                 loom_error *err);
loom_status loom_reader_take_summary(loom_reader *reader, json_t *object, loom_record *record,
                                     loom_error *err);

/* As loom_reader_next. */
loom_status loom_reader_read(loom_reader *reader, loom_record *record, loom_error *err);

/* The next record of NDJSON (AT_LINES), of reader->text as its line, of what begins (AT_START), and
 * of a document's results (AT_ROWS) and what follows them (AT_TAIL). */
loom_status loom_reader_next_line(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_take_line(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_start(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_row(loom_reader *reader, loom_record *record, loom_error *err);
loom_status loom_reader_next_tail(loom_reader *reader, loom_record *record, loom_error *err);

#endif
