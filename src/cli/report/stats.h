/* Statistics over the rows of reports, gathered as they come. Memory grows only by the time of each
 * row and the identity of each input. */
#ifndef CLI_REPORT_STATS_H
#define CLI_REPORT_STATS_H

#include "cli/run/summary.h"
#include <imgloom/reader.h>

#define REPORT_TOP    5  /* rows named in each list of the largest */
#define REPORT_GROUPS 10 /* folders named */

/* A row in a list of the largest. */
typedef struct report_top_row {
    char *path; /* owned */
    int64_t key;
    int64_t original_size, processed_size;
} report_top_row;

typedef struct report_top {
    report_top_row rows[REPORT_TOP]; /* falling */
    size_t count;
} report_top;

/* Rows with a common property. */
typedef struct report_group {
    char *name; /* owned */
    uint64_t rows, failed;
    uint64_t written, bytes_in, bytes_out; /* of those that were written */
    int64_t elapsed_ns;                    /* of those that a thread had */
    uint64_t timed;
} report_group;

typedef struct report_stats {
    size_t runs, unfinished;
    loom_totals *totals; /* owned */
    cli_summary summary; /* failures by code */
    report_top slowest, savings, growths;
    GHashTable *formats, *folders; /* names to report_group * */
    unsigned depth;                /* components of folder names that are distinguished */
    GArray *times;                 /* ns as double, for each row that a thread had */

    /* Of the current run. */
    GHashTable *inputs; /* hashes of paths seen */
    uint64_t bytes_in, pixels_in, processed;
    int64_t last_ns; /* when the last row was done */
} report_stats;

/* False, after a message: out of memory; release it anyway. */
bool report_stats_init(report_stats *stats);
void report_stats_release(report_stats *stats);
void report_stats_add(report_stats *stats, const loom_record *record);

/* The groups of a table, most rows first; the caller owns the array, but not the groups. */
GPtrArray *report_stats_sorted(GHashTable *groups);

/* Sorts the times, and returns the `percent`-th percentile in ns. Needs at least one time. */
double report_stats_time(report_stats *stats, unsigned percent);

#endif
