/* The lines of each image, and the summary at the end. Main thread only. */
#ifndef CLI_RUN_SUMMARY_H
#define CLI_RUN_SUMMARY_H

#include "cli/terminal.h"
#include <imgloom/report.h>

#define CLI_EXAMPLES 5 /* failures named for each code */

/* A failure, and how many outputs of one image have it. */
typedef struct cli_failure {
    char *text; /* owned; ready to print. NULL: none */
    uint64_t outputs;
} cli_failure;

/* What the totals do not tell. All zero: nothing yet. */
typedef struct cli_summary {
    cli_failure examples[LOOM_STATUS_COUNT][CLI_EXAMPLES];
    cli_failure *last;   /* where the failure before went; NULL: not among the examples */
    char *warning;       /* owned; that of the first image with one, ready to print */
    uint64_t not_begun;  /* failed rows that were cancelled before a thread had them */
    bool failures_shown; /* each was printed when it happened: the summary only counts them */
    bool warnings_shown; /* each was printed when it happened: the summary names none */
    bool discarded;      /* outputs were not written */
    bool dry_run;        /* nothing was made: the summary tells what would be */
    const char *root;    /* of the outputs; NULL: next to the inputs */
    bool stages;         /* tell where images failed */
    uint64_t bytes_before, bytes_after; /* of what was written */
    bool fit_chosen;                    /* the user has said how pictures fit */
    uint64_t copied;                    /* outputs that are their originals */
    uint64_t cropped;                   /* outputs of which much was cut away */
    uint64_t cropped_sum;               /* of their shares, in millionths */
} cli_summary;

void cli_summary_add(cli_summary *summary, const loom_task *task, const loom_outcome *outcome);
/*
 * `thread` is the one that had the image; below 0: none. Outputs of one image that fail alike one
 * after another are one example, unless `last` was set to NULL between them.
 */
void cli_summary_add_failure(cli_summary *summary, const char *path, const loom_error *error,
                             int64_t thread);
void cli_summary_release(cli_summary *summary);

/* An error's message, with what libvips said only if `all` is wanted; g_free. */
char *cli_make_sentence(const loom_error *error, bool all);

/* What the line of an image tells. */
typedef struct cli_telling {
    bool all;     /* also at which stage it failed, and what libvips said */
    bool upright; /* pictures are turned by their EXIF orientation: say so of those that were */
} cli_telling;

/* Appends the line of one image, and one for each of its warnings. */
void cli_append_outcome(const cli_terminal *terminal, GString *out, const loom_task *task,
                        const loom_outcome *outcome, cli_telling telling);
/* Prints them on standard error. */
void cli_print_outcome(cli_terminal *terminal, const loom_task *task, const loom_outcome *outcome,
                       cli_telling telling);

/* Names the files that the scan ignored, a line each. */
void cli_print_ignored(cli_terminal *terminal, const loom_scan *scan);
/* Appends " (3 of other kinds, 1 excluded)": why files were ignored. */
void cli_append_reasons(GString *out, const loom_totals *totals);

/* Append "9 images, 6 ok, 1 failed, 2 not begun", and the failures grouped by code. */
void cli_summary_append_counts(const cli_summary *summary, const cli_terminal *terminal,
                               GString *out, const loom_totals *totals);
void cli_summary_append_failures(const cli_summary *summary, const cli_terminal *terminal,
                                 GString *out, const loom_totals *totals);

void cli_summary_print(const cli_summary *summary, cli_terminal *terminal,
                       const loom_totals *totals);

#endif
