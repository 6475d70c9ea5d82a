/* The modes of `imgloom report`, and their shared functions. Each mode takes the paths of the
 * reports and returns an exit status. */
#ifndef CLI_REPORT_COMMAND_H
#define CLI_REPORT_COMMAND_H

#include "cli/command.h"
#include "cli/terminal.h"
#include <imgloom/reader.h>
#include <jansson.h>

typedef struct report_options {
    bool failed, csv, merge, compare, schema; /* at most one of them */
    bool null;                                /* with `failed` */
    const char *output;                       /* with `merge`; NULL: standard output */
    const char *page;                         /* a mode, too: the page to write; else NULL */
    cli_when colour;
} report_options;

/* For standard output. */
void report_terminal_init(cli_terminal *terminal, cli_when colours);

/* An empty line and the heading. */
void report_append_heading(const cli_terminal *terminal, GString *out, const char *heading);
/* "840 us", "31.4 ms", "1.24 s" */
void report_append_time(GString *out, double ns);

/* ---- reports that are read ----------------------------------------------- */

/* A report, whose damage is reported while it is read. */
typedef struct report_input {
    const char *path;
    loom_reader *reader;
    bool damaged;    /* something in it could not be read, or is missing, and has been reported */
    bool torn;       /* it ends within a record */
    bool unfinished; /* a run in it has no summary, as in NDJSON of a killed run */
    bool muted;      /* report nothing: another reading does so */
    unsigned said;   /* number of messages about it */
} report_input;

/*
 * Opens a report; `seekable` as in loom_reader_open. False, after a message: that failed. Close
 * *input in either case; it must not be moved.
 */
bool report_input_open(report_input *input, const char *path, bool seekable);
void report_input_close(report_input *input); /* a zeroed struct is allowed */

/*
 * Sets *record to the next record, which the reader owns. Errors are printed with file and line,
 * and skipped. False at the end of the report; damaged, torn and unfinished are final then.
 */
bool report_input_next(report_input *input, const loom_record **record);

/* The path as messages name it. */
const char *report_input_name(const report_input *input);

/* ---- the pictures of a page that is a folder (gallery.c) ------------------ */

/* NULL stands for a page without: its functions then do nothing. */
typedef struct report_gallery report_gallery;

/* For the page at this path, which may be NULL; NULL: it is no folder. */
report_gallery *report_gallery_create(const char *page);
void report_gallery_free(report_gallery *gallery);
const char *report_gallery_page(const report_gallery *gallery); /* its file; `gallery` not NULL */
/* The name of the folder of the pictures, beside that file; NULL: there is none. */
const char *report_gallery_name(const report_gallery *gallery);

/* Takes note of the row that an entry stands for now, in place of an earlier one. */
void report_gallery_set(report_gallery *gallery, const void *entry, const loom_row *row);
/* Wants a picture for an entry, whose row is written with this `run`; -1: without one. */
void report_gallery_add(report_gallery *gallery, const void *entry, int64_t run);
/* Makes the pictures that are wanted, and says how many could not be made. Once in a process. */
void report_gallery_make(report_gallery *gallery, cli_when colours);

/* ---- paths ---------------------------------------------------------------- */

/* Appends the path of a row so that it can be opened from here: unchanged if the current folder is
 * that of its run, otherwise after that folder. */
void report_append_path(GString *out, const loom_row *row, const char *path);

/* The report that is the same file as `output`, which may be NULL; NULL: none. */
const char *report_find_same(char **paths, const char *output);

/* ---- merged reports ------------------------------------------------------ */

enum { REPORT_DIGITS = 15 }; /* for reals: milliseconds come out as they went in */

/* The head of a report of these runs, an array of their records with their summaries; free() it.
 * NULL: out of memory. */
char *report_merged_header(const json_t *runs);

/* Cuts `,"run":N}` from the end of a row, as imgloom writes it. False: it ends differently. */
bool report_cut_run(GString *line);

/* Sets what a run's summary (NULL: none) says of its state, if it had one. */
void report_take_state(loom_totals *totals, const json_t *summary);

/* ---- the modes ----------------------------------------------------------- */

int report_print_summary(const report_options *options, char **paths);
int report_print_failed(const report_options *options, char **paths);
int report_print_csv(const report_options *options, char **paths);
/* Also makes the page, from merged reports. */
int report_merge(const report_options *options, char **paths);
int report_compare(const report_options *options, char **paths);

#endif
