#include "batch/durable.h"

#include "base/clock.h"
#include "base/memory.h"
#include "batch/job.h"
#include <stdlib.h>

#define LONGEST_NS (5 * LOOM_NS_PER_SECOND) /* that a row waits for others to come */

bool loom_durable_init(loom_durable *durable, size_t every, size_t per_job)
{
    size_t rows;

    *durable = (loom_durable){.every = every};
    if (!loom_size_add(every, per_job, &rows))
        return false;
    durable->rows = loom_alloc_array(rows, sizeof *durable->rows);
    return durable->rows != NULL;
}

void loom_durable_release(loom_durable *durable)
{
    loom_sync_release(&durable->sync);
    free(durable->rows);
    *durable = (loom_durable){.rows = NULL};
}

static bool wrote(const loom_task *task, const loom_outcome *outcome)
{
    return task->output_path != NULL &&
           (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING);
}

bool loom_durable_wants(const loom_task *const *tasks, const loom_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wrote(tasks[i], &outcomes[i]))
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

void loom_durable_add(loom_durable *durable, const loom_task *const *tasks, loom_outcome *outcomes,
                      size_t count, int64_t now_ns)
{
    if (durable->count == 0)
        durable->since_ns = now_ns;
    for (size_t i = 0; i < count; i++) {
        loom_durable_row *row = &durable->rows[durable->count++];
        *row = (loom_durable_row){.task = tasks[i], .outcome = outcomes[i]};
        loom_outcome_init(&outcomes[i]);
        if (!wrote(row->task, &row->outcome))
            continue;
        row->written =
            loom_sync_note(&durable->sync, row->task, &row->folder, &row->outcome.error) == LOOM_OK;
        if (!row->written)
            take_back(&row->outcome);
    }
}

bool loom_durable_due(const loom_durable *durable, int64_t now_ns)
{
    return durable->count > 0 &&
           (durable->count >= durable->every || now_ns - durable->since_ns >= LONGEST_NS);
}

void loom_durable_sync(loom_durable *durable)
{
    loom_sync_run(&durable->sync);
    for (size_t i = 0; i < durable->count; i++) {
        loom_durable_row *row = &durable->rows[i];
        if (row->written && loom_sync_result(&durable->sync, row->task, row->folder,
                                             &row->outcome.error) != LOOM_OK)
            take_back(&row->outcome);
    }
}
