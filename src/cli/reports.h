/* The reports of a run: none, one or several, all fed the same rows. Main thread only. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include "cli/terminal.h"
#include <imgloom/plan.h>
#include <imgloom/report.h>

typedef struct cli_reports {
    cli_terminal *terminal;
    struct cli_report *items;
    size_t count;
    bool failed; /* a report could not be written; which and why has been said */
} cli_reports;

/*
 * Refuses a report that is one of the plan's inputs or outputs, and the same one twice.
 * LOOM_ERR_USAGE with a message that names the path, else LOOM_OK.
 */
loom_status cli_reports_check(const GPtrArray *paths, const loom_plan *plan,
                              loom_error *err) LOOM_NODISCARD;

/* Opens all (paths are const char *). False when one cannot be; it has been said. */
bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GPtrArray *paths,
                      const loom_run_info *info) LOOM_NODISCARD;
/* A report that fails is said once and left alone from then on; the others go on. */
void cli_reports_add(cli_reports *reports, const loom_task *task, const loom_outcome *outcome);
/* Ends those that did not fail. */
void cli_reports_finish(cli_reports *reports, const loom_totals *totals);
/* Says where each report is. */
void cli_reports_print(const cli_reports *reports);
void cli_reports_release(cli_reports *reports); /* a zeroed struct is allowed */

#endif
