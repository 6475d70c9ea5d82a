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

bool loom_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    const bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                    pthread_cond_init(condition, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return ok;
}

bool loom_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline_ns)
{
    struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / LOOM_NS_PER_SECOND),
                                .tv_nsec = (long)(deadline_ns % LOOM_NS_PER_SECOND)};

    /* ETIMEDOUT, or EINVAL for a time before the clock's start: the deadline has passed. */
    return pthread_cond_timedwait(condition, lock, &deadline) == 0;
}
