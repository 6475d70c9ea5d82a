/* Time: nanoseconds in int64_t everywhere. */
#ifndef LOOM_BASE_CLOCK_H
#define LOOM_BASE_CLOCK_H

#include <stdint.h>

#define LOOM_NS_PER_SECOND INT64_C(1000000000)
#define LOOM_NS_PER_MS     INT64_C(1000000)

int64_t loom_clock_now(void);  /* CLOCK_MONOTONIC */
int64_t loom_clock_wall(void); /* CLOCK_REALTIME: since the epoch */

#endif
