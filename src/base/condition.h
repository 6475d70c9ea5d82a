/* Condition variables by the monotonic clock. */
#ifndef LOOM_BASE_CONDITION_H
#define LOOM_BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

bool loom_condition_init(pthread_cond_t *condition);

/* Waits, with the lock held, no longer than until `deadline_ns` (loom_clock_now). False: it came.
 */
bool loom_condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline_ns);

#endif
