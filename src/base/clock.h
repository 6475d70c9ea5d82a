/* Time: nanoseconds in int64_t everywhere; and condition variables by the monotonic clock. */
#ifndef LOOM_BASE_CLOCK_H
#define LOOM_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define LOOM_NS_PER_SECOND INT64_C(1000000000)
#define LOOM_NS_PER_MS     INT64_C(1000000)

int64_t loom_clock_now(void);  /* CLOCK_MONOTONIC */
int64_t loom_clock_wall(void); /* CLOCK_REALTIME: since the epoch */

/* False when the system has none to give; then there is nothing to destroy. */
bool loom_condition_init(pthread_cond_t *condition);

/* Waits, lock held, no longer than until `deadline_ns` (loom_clock_now). False: that time came. */
bool loom_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline_ns);

#endif
