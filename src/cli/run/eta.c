#include "cli/run/eta.h"

#include <math.h>

/*
 * Speeds are exponential averages over the last seconds. What is shown counts down as a clock does,
 * and is drawn towards the estimate with a time of SHOWN_SECONDS: an estimate that wavers does not
 * make it waver. Near the beginning and the end, where that is long, it is drawn sooner.
 */
static const double WORK_SECONDS = 10, IMAGE_SECONDS = 3, SHOWN_SECONDS = 3, SECONDS_MIN = 0.5,
                    FIRST_LOOK_SECONDS = 0.5;

/* Images that hold the workers up do not make the rest look longer than so many times. */
static const double SLOWER_MAX = 4;

/* Work is what is known of an image beforehand; below this share of it, images count instead. */
static const double LAST_SHARE = 0.15;

/* The part of the work that an exponential average goes in `seconds`. */
static double share(double seconds, double constant)
{
    return 1 - exp(-seconds / constant);
}

/* Until the average has its length, each moment counts alike. */
static double follow(double speed, double done, double passed, double elapsed, double constant)
{
    return speed + (done / passed - speed) * share(passed, fmin(elapsed, constant));
}

/*
 * By work; of the last images, which are small and take what an image takes at least, more and more
 * by their number.
 */
static double estimate(const cli_eta *eta, double elapsed, cli_work total)
{
    const cli_work done = eta->done, left = {total.work - done.work, total.images - done.images};
    const double seconds = left.work / fmax(eta->speed.work, done.work / elapsed / SLOWER_MAX);
    const double part = 1 - left.work / total.work / LAST_SHARE;

    if (left.work <= 0)
        return 0;
    if (part <= 0 || done.images <= 0)
        return seconds;
    const double by_images =
        left.images / fmax(eta->speed.images, done.images / elapsed / SLOWER_MAX);
    return seconds + fmax(0, by_images - seconds) * part;
}

double cli_eta_look(cli_eta *eta, int64_t elapsed_ns, cli_work done, cli_work total)
{
    const double elapsed = (double)elapsed_ns / 1e9;
    const double passed = (double)(elapsed_ns - eta->at_ns) / 1e9;
    cli_work *speed = &eta->speed;

    if (elapsed < FIRST_LOOK_SECONDS || done.work <= 0 || passed <= 0)
        return eta->seconds;
    if (eta->at_ns == 0) {
        *speed = (cli_work){done.work / elapsed, done.images / elapsed};
    } else {
        speed->work =
            follow(speed->work, done.work - eta->done.work, passed, elapsed, WORK_SECONDS);
        speed->images =
            follow(speed->images, done.images - eta->done.images, passed, elapsed, IMAGE_SECONDS);
    }
    eta->at_ns = elapsed_ns;
    eta->done = done;
    const double seconds = estimate(eta, elapsed, total);
    eta->seconds = eta->seconds < 0 ? seconds : fmax(0, eta->seconds - passed);
    const double soon = fmax(SECONDS_MIN, fmin(eta->seconds, elapsed) / 4);
    eta->seconds += (seconds - eta->seconds) * share(passed, fmin(SHOWN_SECONDS, soon));
    return eta->seconds;
}
