#include "batch/order.h"

#include "base/memory.h"
#include <imgloom/recipe.h>
#include <stdlib.h>

bool loom_task_runs(const loom_task *task)
{
    return task->error == NULL && task->skip_reason == NULL;
}

static int larger_first(const void *a, const void *b)
{
    const loom_task *left = ((const loom_batch_input *)a)->tasks,
                    *right = ((const loom_batch_input *)b)->tasks;

    if (left->input_size != right->input_size)
        return left->input_size > right->input_size ? -1 : 1;
    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

/* Counts the tasks of the first input among the `count` > 0 tasks, and those of them that run. */
static size_t measure_input(const loom_task *tasks, size_t count, size_t *to_run)
{
    size_t size = 1;

    while (size < count && size < LOOM_SIZES_MAX && tasks[size].input_path == tasks[0].input_path &&
           tasks[size].output > tasks[size - 1].output)
        size++;
    *to_run = 0;
    for (size_t i = 0; i < size; i++)
        *to_run += loom_task_runs(&tasks[i]);
    return size;
}

loom_batch_input *loom_batch_order(const loom_task *tasks, size_t count, size_t *ordered,
                                   size_t *per_job)
{
    loom_batch_input *inputs;
    size_t size, to_run;

    *ordered = 0;
    *per_job = 1;
    for (size_t i = 0; i < count; i += size) {
        size = measure_input(&tasks[i], count - i, &to_run);
        *ordered += to_run > 0;
        if (to_run > *per_job)
            *per_job = to_run;
    }
    inputs = loom_alloc_array(*ordered, sizeof *inputs);
    if (inputs == NULL)
        return NULL;
    *ordered = 0;
    for (size_t i = 0; i < count; i += size) {
        size = measure_input(&tasks[i], count - i, &to_run);
        if (to_run > 0)
            inputs[(*ordered)++] = (loom_batch_input){&tasks[i], size};
    }
    qsort(inputs, *ordered, sizeof *inputs, larger_first);
    return inputs;
}
