/* How far a run is, on standard error while it lasts. Main thread only. */
#ifndef CLI_RUN_PROGRESS_H
#define CLI_RUN_PROGRESS_H

#include "cli/terminal.h"
#include <imgloom/report.h>
#include <stdint.h>

/* ---- the time that is left ----------------------------------------------- */

/* How far it is: in work, and in images, of which the last ones have little work each. */
typedef struct cli_work {
    double work, images;
} cli_work;

typedef struct cli_eta {
    int64_t at_ns;  /* of the last look; 0: none yet */
    cli_work done;  /* then */
    cli_work speed; /* a second, of late */
    double seconds; /* left, as shown; below 0: not known */
} cli_eta;

#define CLI_ETA_INIT                                                                               \
    {                                                                                              \
        .seconds = -1                                                                              \
    }

/*
 * Of what was done so far: follows a change of speed within seconds, and does not jump. `done` of
 * `total` (in any unit) after elapsed_ns, which never falls. Answers the seconds left, below 0
 * while nobody can tell.
 */
double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, cli_work done, cli_work total);

/* ---- progress ------------------------------------------------------------ */

typedef struct cli_progress {
    cli_terminal *terminal;
    bool shown;                /* at all */
    bool redrawn;              /* as a line that is redrawn; else a plain line every few seconds */
    bool failures;             /* are shown above the line; may be turned off */
    const loom_totals *totals; /* so far */
    cli_work done, total;      /* of what is to be run */
    cli_eta eta;
    int64_t last_ns; /* when the last plain line was printed */
} cli_progress;

void cli_progress_init(cli_progress *progress, cli_terminal *terminal, cli_when when, bool quiet,
                       const loom_totals *totals, const loom_plan *plan);
/* A task is done; the totals hold its outcome. A failure is shown above the line. */
void cli_progress_add(cli_progress *progress, const loom_task *task, const loom_outcome *outcome);
/* Draws, where it is time to; a line of its own where SIGUSR1 has asked for one. */
void cli_progress_tick(cli_progress *progress, const loom_progress *state);

/*
 * What the line says in so many columns at most: "[====----]  42%  420/1000  31.2 images/s …";
 * the less important parts are left out where there is no room. To be freed with g_free.
 */
char *cli_progress_line(const cli_progress *progress, const loom_progress *state, size_t columns);

#endif
