/*
 * The time that is left, from what was done so far: follows a change of speed within seconds, and
 * does not jump. Plain values; times in ns of one clock, work in any unit.
 */
#ifndef CLI_RUN_ETA_H
#define CLI_RUN_ETA_H

#include <stdint.h>

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

/* `done` of `total` after elapsed_ns, which never falls. Answers the seconds left, below 0 while
 * nobody can tell. */
double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, cli_work done, cli_work total);

#endif
