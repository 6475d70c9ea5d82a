/*
 * The byte budget: a limit for the estimated memory of all images in progress. An image takes its
 * whole cost in one step, or waits in line, first come, first served, so that small images do not
 * starve a large one. An image larger than the whole budget runs alone.
 */
#ifndef LOOM_BATCH_BUDGET_H
#define LOOM_BATCH_BUDGET_H

#include "batch/job.h"
#include <pthread.h>

/* A waiting thread's place in line, on its stack. */
typedef struct loom_budget_place {
    struct loom_budget_place *next;
} loom_budget_place;

typedef struct loom_budget {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* CLOCK_MONOTONIC */
    /*
     * Guarded by `lock`. Only the thread first in line may take. used <= capacity, unless one image
     * alone holds it all.
     */
    uint64_t capacity, used;
    loom_budget_place *line;
} loom_budget;

/* capacity > 0. False if the system cannot create a lock; then there is nothing to release. */
bool loom_budget_init(loom_budget *budget, uint64_t capacity);
void loom_budget_release(loom_budget *budget);

/*
 * Takes `bytes`. Waits in line as long as necessary, unless `cancel` ends it. LOOM_OK, or the
 * reason why it ended without them, within about 20 ms.
 */
loom_status loom_budget_take(loom_budget *budget, uint64_t bytes, const loom_cancel *cancel);

/* Gives back what was taken. */
void loom_budget_give(loom_budget *budget, uint64_t bytes);

#endif
