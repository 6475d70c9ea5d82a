#include "batch/held.h"

#include "base/clock.h"
#include "base/memory.h"
#include <stdlib.h>

#define LONGEST_NS (5 * LOOM_NS_PER_SECOND) /* that a row waits for others to come */

bool loom_held_init(loom_held *held, size_t every, size_t room)
{
    size_t rows;

    *held = (loom_held){.every = every};
    if (!loom_size_add(every, room, &rows))
        return false;
    held->rows = loom_alloc_array(rows, sizeof *held->rows);
    return held->rows != NULL;
}

void loom_held_release(loom_held *held)
{
    loom_sync_release(&held->sync);
    free(held->rows);
    *held = (loom_held){.rows = NULL};
}

static bool wrote(const loom_outcome *outcome)
{
    return outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING;
}

bool loom_held_wants(const loom_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wrote(&outcomes[i]))
            return true;
    return false;
}

/* What the outcome says of an output that is not there, or may not be. */
static void take_back(loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_ERROR;
    outcome->processed_size = 0;
    outcome->width = outcome->height = 0;
    outcome->channels = outcome->quality = 0;
}

void loom_held_add(loom_held *held, const loom_task *const *tasks, loom_outcome *outcomes,
                   size_t count, int64_t now_ns)
{
    if (held->count == 0)
        held->since_ns = now_ns;
    for (size_t i = 0; i < count; i++) {
        loom_held_row *row = &held->rows[held->count++];
        *row = (loom_held_row){.task = tasks[i], .outcome = outcomes[i]};
        loom_outcome_init(&outcomes[i]);
        if (!wrote(&row->outcome))
            continue;
        row->written =
            loom_sync_note(&held->sync, row->task, &row->folder, &row->outcome.error) == LOOM_OK;
        if (!row->written)
            take_back(&row->outcome);
    }
}

bool loom_held_due(const loom_held *held, int64_t now_ns)
{
    return held->count > 0 && (held->count >= held->every || now_ns - held->since_ns >= LONGEST_NS);
}

void loom_held_sync(loom_held *held)
{
    loom_sync_run(&held->sync);
    for (size_t i = 0; i < held->count; i++) {
        loom_held_row *row = &held->rows[i];
        if (row->written &&
            loom_sync_result(&held->sync, row->task, row->folder, &row->outcome.error) != LOOM_OK)
            take_back(&row->outcome);
    }
}
