#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    /* Cannot fail: both clocks exist on every POSIX system we run on, and &now is valid. */
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * LOOM_NS_PER_SECOND + now.tv_nsec;
}

int64_t loom_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t loom_clock_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}
