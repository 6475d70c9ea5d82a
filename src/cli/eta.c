#include "cli/eta.h"

#include <math.h>

/*
 * The speed is an exponential average over the last SPEED_SECONDS or so. What is shown counts down
 * as a clock does, and is drawn towards the estimate with a time of SHOWN_SECONDS: an estimate that
 * wavers does not make it waver.
 */
static const double SPEED_SECONDS = 10, SHOWN_SECONDS = 3, FIRST_LOOK_SECONDS = 0.5;

/* The part of the way that an exponential average goes in `seconds`. */
static double share(double seconds, double constant)
{
    return 1 - exp(-seconds / constant);
}

double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, double done, double total)
{
    const double elapsed = (double)elapsed_ns / 1e9;
    const double passed = (double)(elapsed_ns - eta->at_ns) / 1e9;

    if (elapsed < FIRST_LOOK_SECONDS || done <= 0 || passed <= 0)
        return eta->seconds;
    if (eta->at_ns == 0)
        eta->speed = done / elapsed;
    else /* until the average has its length, each moment counts alike */
        eta->speed += ((done - eta->work) / passed - eta->speed) *
                      share(passed, elapsed < SPEED_SECONDS ? elapsed : SPEED_SECONDS);
    eta->at_ns = elapsed_ns;
    eta->work = done;
    if (eta->speed <= 0)
        return eta->seconds;
    const double estimate = done < total ? (total - done) / eta->speed : 0;
    if (eta->seconds < 0)
        eta->seconds = estimate;
    else
        eta->seconds = fmax(0, eta->seconds - passed);
    eta->seconds += (estimate - eta->seconds) * share(passed, SHOWN_SECONDS);
    return eta->seconds;
}
