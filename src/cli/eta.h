/*
 * The time that is left, from work done so far: follows a change of speed within seconds, and does
 * not jump. Plain values; times in ns of one clock, work in any unit.
 */
#ifndef CLI_ETA_H
#define CLI_ETA_H

#include <stdint.h>

typedef struct cli_eta {
    int64_t at_ns;  /* of the last look; 0: none yet */
    double work;    /* done then */
    double speed;   /* work per second, of late */
    double seconds; /* left, as shown; below 0: not known */
} cli_eta;

#define CLI_ETA_INIT                                                                               \
    {                                                                                              \
        .seconds = -1                                                                              \
    }

/* `done` of `total` after elapsed_ns, which never falls. Answers the seconds left, below 0 while
 * nobody can tell. */
double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, double done, double total);

#endif
