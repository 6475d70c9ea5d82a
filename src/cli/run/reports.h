/*
 * The reports of a run, data (--report) and pages (--html): none, one or several, all fed the same
 * rows. Main thread only.
 */
#ifndef CLI_RUN_REPORTS_H
#define CLI_RUN_REPORTS_H

#include "cli/terminal.h"
#include <imgloom/plan.h>
#include <imgloom/report.h>

typedef struct cli_reports {
    cli_terminal *terminal;
    struct cli_report *items;
    size_t count;
    bool failed; /* a report could not be written; which and why has been said */
} cli_reports;

/* A file that was asked for, and the option that did. */
typedef struct cli_wanted {
    const char *option, *path;
    bool page; /* HTML; else data */
} cli_wanted;

/*
 * Refuses a file that is one of the plan's inputs or outputs, and the same one twice. `wanted` is
 * of cli_wanted. LOOM_ERR_USAGE with a message that names option and path, else LOOM_OK.
 */
loom_status cli_reports_check(const GArray *wanted, const loom_plan *plan,
                              loom_error *err) LOOM_NODISCARD;

/*
 * Opens all; a FIFO when something reads it. False when one cannot be, or `stop` was requested
 * meanwhile; it has been said.
 */
bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GArray *wanted,
                      const loom_run_info *info, const loom_stop *stop) LOOM_NODISCARD;
/* A report that fails is said once and left alone from then on; the others go on. */
void cli_reports_add(cli_reports *reports, const loom_task *task, const loom_outcome *outcome);
/* Ends those that did not fail. */
void cli_reports_finish(cli_reports *reports, const loom_totals *totals);
/* Says where each report is. */
void cli_reports_print(const cli_reports *reports);
void cli_reports_release(cli_reports *reports); /* a zeroed struct is allowed */

#endif
