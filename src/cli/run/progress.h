/* The progress of a run, on standard error. Main thread only. */
#ifndef CLI_RUN_PROGRESS_H
#define CLI_RUN_PROGRESS_H

#include "cli/terminal.h"
#include <imgloom/report.h>
#include <stdint.h>

/* ---- the time that is left ----------------------------------------------- */

/* Progress in work and in images: the last images have little work each. */
typedef struct cli_work {
    double work, images;
} cli_work;

typedef struct cli_eta {
    int64_t at_ns;  /* time of the last look; 0: none yet */
    cli_work done;  /* at the last look */
    cli_work speed; /* per second, recently */
    double seconds; /* time left, as shown; below 0: unknown */
} cli_eta;

#define CLI_ETA_INIT                                                                               \
    {                                                                                              \
        .seconds = -1                                                                              \
    }

/*
 * Estimates the remaining time from the progress so far: follows a change of speed within seconds,
 * without jumps. `done` of `total` (in any unit) after elapsed_ns, which never decreases. Returns
 * the seconds left, below 0 while they are unknown.
 */
double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, cli_work done, cli_work total);

/* ---- progress ------------------------------------------------------------ */

typedef struct cli_progress {
    cli_terminal *terminal;
    bool shown;                /* false: nothing is shown */
    bool redrawn;              /* as a line that is redrawn; else plain lines, see below */
    bool failures;             /* shown above the line; may be turned off */
    char *last_failure;        /* owned; the line that was shown last, NULL: none */
    const loom_totals *totals; /* so far */
    uint64_t not_begun;        /* errors among them that were cancelled before a thread had them */
    cli_work done, total;      /* of what is to be run */
    cli_eta eta;
    int64_t last_ns; /* when the last plain line was printed */
} cli_progress;

void cli_progress_init(cli_progress *progress, cli_terminal *terminal, cli_when when, bool quiet,
                       const loom_totals *totals, const loom_plan *plan);
void cli_progress_release(cli_progress *progress);
/* Call it when a task is done and counted in the totals. Shows a failure above the line. */
void cli_progress_add(cli_progress *progress, const loom_task *task, const loom_outcome *outcome);
/* Redraws if it is time to; prints a separate line if SIGUSR1 has asked for one. */
void cli_progress_tick(cli_progress *progress, const loom_progress *state);

/*
 * The progress line in up to `columns` columns: "[====----]  42%  420/1000  31.2 images/s …"; less
 * important parts are left out if there is no room. A plain one has no bar. Free it with g_free.
 */
char *cli_progress_line(const cli_progress *progress, const loom_progress *state, size_t columns,
                        bool plain);

/*
 * Whether a log gets another plain line, `elapsed_ns` after the start and if it got the last one at
 * `last_ns`: one every 5 s in the first minute, then one a minute.
 */
bool cli_progress_is_due(int64_t last_ns, int64_t elapsed_ns);

#endif
