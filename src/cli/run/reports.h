/*
 * The reports of a run, data (--report, --ndjson) and pages (--html). There may be several; all get
 * the same rows. Main thread only.
 */
#ifndef CLI_RUN_REPORTS_H
#define CLI_RUN_REPORTS_H

#include "cli/pictures.h"
#include "cli/terminal.h"
#include <imgloom/plan.h>
#include <imgloom/report.h>
#include <imgloom/state.h>

typedef struct cli_reports {
    cli_terminal *terminal;
    struct cli_report *items;
    size_t count;
    bool failed; /* a report could not be written, which was reported */
} cli_reports;

/* A report file, the option that asked for it, and what opens it. */
typedef struct cli_wanted {
    const char *option, *path;
    const char *pictures; /* of a page: as in loom_run_info */
    loom_status (*open)(loom_report **report, const char *path, const loom_run_info *info,
                        loom_error *err);
} cli_wanted;

/*
 * Refuses a file that is an input or output of the plan (NULL: there is none), and duplicates.
 * `wanted` holds cli_wanted.
 * LOOM_ERR_USAGE with a message that names option and path, else LOOM_OK.
 */
loom_status cli_reports_check(const GArray *wanted, const loom_plan *plan,
                              loom_error *err) LOOM_NODISCARD;

/*
 * The page in `wanted` (of cli_wanted) whose path ends in a slash becomes a file in that folder,
 * with pictures if outputs are `written`. LOOM_ERR_USAGE if there are several such pages.
 */
loom_status cli_reports_choose_folder(GArray *wanted, cli_pictures *pictures, bool written,
                                      loom_error *err) LOOM_NODISCARD;

/*
 * Opens all reports; a FIFO once it has a reader. Changes info->pictures. False, already reported:
 * one cannot be opened, or `stop` was requested meanwhile.
 */
bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GArray *wanted,
                      loom_run_info *info, const loom_stop *stop) LOOM_NODISCARD;
/*
 * Adds a row to all reports. A report that fails is reported once and then left alone; the others
 * go on.
 */
void cli_reports_add(cli_reports *reports, const loom_task *task, const loom_outcome *outcome);
/* Adds a record of an output whose input is gone. */
void cli_reports_add_removed(cli_reports *reports, const loom_removed *removed);
/* Adds the files that the scan (NULL: none) ignored and the totals to the reports that did not
 * fail, and finishes them. */
void cli_reports_finish(cli_reports *reports, const loom_scan *scan, const loom_totals *totals);
/* Prints where each report is. */
void cli_reports_print(const cli_reports *reports);
void cli_reports_release(cli_reports *reports); /* a zeroed struct is allowed */

#endif
