#include "batch/budget.h"

#include "base/clock.h"
#include "base/condition.h"

enum { LOOK_MS = 50 };

bool loom_budget_init(loom_budget *budget, uint64_t capacity)
{
    if (pthread_mutex_init(&budget->lock, NULL) != 0)
        return false;
    if (!loom_condition_init(&budget->changed)) {
        (void)pthread_mutex_destroy(&budget->lock);
        return false;
    }
    budget->capacity = capacity;
    budget->used = budget->next = budget->serving = 0;
    return true;
}

void loom_budget_release(loom_budget *budget)
{
    (void)pthread_cond_destroy(&budget->changed);
    (void)pthread_mutex_destroy(&budget->lock);
}

/* Under the lock. */
static bool fits(const loom_budget *budget, uint64_t bytes)
{
    return budget->used == 0 ||
           (budget->used <= budget->capacity && bytes <= budget->capacity - budget->used);
}

loom_status loom_budget_take(loom_budget *budget, uint64_t bytes, const loom_cancel *cancel)
{
    loom_status status = LOOM_OK;
    bool served = false;

    (void)pthread_mutex_lock(&budget->lock);
    const uint64_t ticket = budget->next++;
    for (;;) {
        if (ticket == budget->serving && (status != LOOM_OK || fits(budget, bytes))) {
            served = status == LOOM_OK;
            break;
        }
        loom_condition_wait(&budget->changed, &budget->lock,
                            loom_clock_now() + LOOK_MS * LOOM_NS_PER_MS);
        /* Who gives up stays in line, and passes when its turn comes. */
        if (status == LOOM_OK) {
            (void)pthread_mutex_unlock(&budget->lock);
            status = loom_cancel_check(cancel);
            (void)pthread_mutex_lock(&budget->lock);
        }
    }
    budget->serving++;
    if (served)
        budget->used += bytes;
    (void)pthread_cond_broadcast(&budget->changed);
    (void)pthread_mutex_unlock(&budget->lock);
    return status;
}

void loom_budget_give(loom_budget *budget, uint64_t bytes)
{
    (void)pthread_mutex_lock(&budget->lock);
    budget->used -= bytes;
    (void)pthread_cond_broadcast(&budget->changed);
    (void)pthread_mutex_unlock(&budget->lock);
}
