/* The reports that a command reads: opened, gone through, and what is wrong with them said. */
#ifndef CLI_REPORT_INPUT_H
#define CLI_REPORT_INPUT_H

#include <glib.h>
#include <imgloom/reader.h>

typedef struct report_input {
    const char *path;
    loom_reader *reader;
    bool damaged;    /* something in it could not be read, or is missing; it has been said */
    bool torn;       /* it ends within a record */
    bool unfinished; /* a run in it has no summary, as NDJSON of one that was killed */
    bool muted;      /* nothing is said: it is, was or will be in another reading */
    unsigned said;   /* messages about it */
} report_input;

/*
 * Opens a report; `seekable` as loom_reader_open. False when that fails, which has been said.
 * *input is to be closed in either case, and must stay where it is.
 */
bool report_input_open(report_input *input, const char *path, bool seekable);
void report_input_close(report_input *input); /* a zeroed struct is allowed */

/*
 * Sets *record to the next record, the reader's. Errors are said with file and line, and gone over.
 * False at the end of the report; damaged, torn and unfinished are known then.
 */
bool report_input_next(report_input *input, const loom_record **record);

/* The path as messages name it. */
const char *report_input_name(const report_input *input);

/* Appends the path of a row as it can be opened from here: as it stands where this process is in
 * the folder of its run, else behind that folder. */
void report_append_path(GString *out, const loom_row *row, const char *path);

#endif
