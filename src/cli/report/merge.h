/* What the two readings of --merge share; see merge.c. */
#ifndef CLI_REPORT_MERGE_H
#define CLI_REPORT_MERGE_H

#include "cli/report/command.h"
#include "cli/report/row_table.h"
#include <imgloom/report.h>
#include <jansson.h>
#include <sys/stat.h>

typedef struct merge_input {
    report_input input;
    bool reopened;     /* a file, which is closed between the two readings */
    struct stat which; /* it */
} merge_input;

/* When a run went on. */
typedef struct span {
    int64_t from_ns, to_ns;
} span;

typedef struct merge {
    merge_input *inputs;
    size_t input_count;
    row_table rows;
    loom_totals *totals; /* owned */
    GArray *spans;
    json_t *runs; /* what each run's record says, with its summary */
    char *single; /* the text of the only run; NULL: there are several, or it was merged */

    /* Of the run at work. */
    size_t base; /* its place in `runs`, or that of the first it was merged from */
    bool merged;
    int64_t last_ns; /* when its last row was done, since it began */
} merge;

/* Writes the report: the run, the texts of the rows (row_entry *, in the order of their places) and
 * the totals. False when it could not be done, which has been said. */
bool report_merge_write(merge *m, GPtrArray *rows, const report_options *options);

#endif
