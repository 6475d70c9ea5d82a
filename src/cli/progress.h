/* How far a run is, on standard error while it lasts. Main thread only. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/terminal.h"
#include <imgloom/report.h>

typedef struct cli_progress {
    cli_terminal *terminal;
    bool shown;                /* at all */
    bool redrawn;              /* as a line that is redrawn; else a plain line every few seconds */
    const loom_totals *totals; /* so far */
    uint64_t work, work_total; /* see task_work */
    int64_t last_ns;           /* when the last plain line was printed */
} cli_progress;

void cli_progress_init(cli_progress *progress, cli_terminal *terminal, cli_when when, bool quiet,
                       const loom_totals *totals, const loom_task *tasks, size_t count);
/* A task is done; the totals hold its outcome. */
void cli_progress_add(cli_progress *progress, const loom_task *task);
/* Draws, where it is time to. */
void cli_progress_tick(cli_progress *progress, const loom_progress *state);

#endif
