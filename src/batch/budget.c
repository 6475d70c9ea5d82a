#include "batch/budget.h"

#include "base/clock.h"

enum { LOOK_MS = 20 };

bool loom_budget_init(loom_budget *budget, uint64_t capacity)
{
    if (pthread_mutex_init(&budget->lock, NULL) != 0)
        return false;
    if (!loom_condition_init(&budget->changed)) {
        (void)pthread_mutex_destroy(&budget->lock);
        return false;
    }
    budget->capacity = capacity;
    budget->used = 0;
    budget->line = NULL;
    return true;
}

void loom_budget_release(loom_budget *budget)
{
    (void)pthread_cond_destroy(&budget->changed);
    (void)pthread_mutex_destroy(&budget->lock);
}

/* Called with the lock held. */
static bool fits(const loom_budget *budget, uint64_t bytes)
{
    return budget->used == 0 ||
           (budget->used <= budget->capacity && bytes <= budget->capacity - budget->used);
}

/* Takes the calling thread out of the line. Under the lock. */
static void leave_line(loom_budget *budget, const loom_budget_place *place)
{
    loom_budget_place **at = &budget->line;

    while (*at != place)
        at = &(*at)->next;
    *at = place->next;
}

static void enter_line(loom_budget *budget, loom_budget_place *place)
{
    loom_budget_place **at = &budget->line;

    while (*at != NULL)
        at = &(*at)->next;
    *at = place;
}

loom_status loom_budget_take(loom_budget *budget, uint64_t bytes, const loom_cancel *cancel)
{
    loom_budget_place place = {.next = NULL};
    loom_status status = LOOM_OK;

    (void)pthread_mutex_lock(&budget->lock);
    enter_line(budget, &place);
    while (status == LOOM_OK && (budget->line != &place || !fits(budget, bytes))) {
        (void)loom_condition_wait(&budget->changed, &budget->lock,
                                  loom_clock_now() + LOOK_MS * LOOM_NS_PER_MS);
        (void)pthread_mutex_unlock(&budget->lock);
        status = loom_cancel_check(cancel);
        (void)pthread_mutex_lock(&budget->lock);
    }
    leave_line(budget, &place);
    if (status == LOOM_OK)
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
