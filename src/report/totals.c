/* What the rows of a run amount to. */
#include "report/write.h"

#include "base/clock.h"
#include <stdlib.h>
#include <sys/resource.h>

_Static_assert(LOOM_RESULT_COUNT <= sizeof((loom_totals *)0)->by_result / sizeof(uint64_t) &&
                   LOOM_STATUS_COUNT <= sizeof((loom_totals *)0)->by_code / sizeof(uint64_t) &&
                   LOOM_IGNORED_COUNT <= sizeof((loom_totals *)0)->ignored_for / sizeof(uint64_t),
               "programs know how long these are");

loom_totals *loom_totals_create(void)
{
    return calloc(1, sizeof(loom_totals));
}

void loom_totals_free(loom_totals *totals)
{
    free(totals);
}

/* Adds to *sum by how much `value` exceeds what is counted of it already. */
static void count_once(uint64_t *sum, uint64_t *counted, uint64_t value)
{
    if (value > *counted) {
        *sum += value - *counted;
        *counted = value;
    }
}

/* What was read. All rows of a job tell it, but one that failed early may know less of it. */
static void add_read(loom_totals *totals, const loom_task *task, const loom_outcome *outcome)
{
    if (totals->job_input != task->input_path || task->output <= totals->job_output) {
        totals->job_input = task->input_path;
        totals->job_bytes = totals->job_pixels = 0;
        totals->processed++;
    }
    totals->job_output = task->output;
    count_once(&totals->bytes_in, &totals->job_bytes, outcome->original_size);
    if (loom_result_decoded(outcome->result, outcome->error.stage))
        count_once(&totals->pixels_in, &totals->job_pixels,
                   (uint64_t)outcome->original_width * outcome->original_height);
}

void loom_totals_add(loom_totals *totals, const loom_task *task, const loom_outcome *outcome)
{
    totals->inputs += task->output == 0;
    totals->rows++;
    totals->by_result[outcome->result]++;
    if (outcome->result == LOOM_RESULT_ERROR)
        totals->by_code[loom_write_code(outcome)]++;
    if (outcome->thread >= 0)
        add_read(totals, task, outcome);
    if (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING)
        totals->bytes_out += outcome->processed_size;
}

static int64_t ns_of(struct timeval time)
{
    return (int64_t)time.tv_sec * LOOM_NS_PER_SECOND + (int64_t)time.tv_usec * 1000;
}

void loom_totals_finish(loom_totals *totals, const loom_batch_result *result)
{
    struct rusage self, children;

    if (result != NULL) {
        totals->elapsed_ns = result->elapsed_ns;
        totals->interrupted = result->interrupted;
        totals->threads = result->jobs;
        totals->too_many_errors = result->too_many_errors;
    }
    if (getrusage(RUSAGE_SELF, &self) == 0) {
        totals->cpu_ns = ns_of(self.ru_utime) + ns_of(self.ru_stime);
        totals->peak_rss_bytes = (uint64_t)self.ru_maxrss * 1024;
    }
    if (getrusage(RUSAGE_CHILDREN, &children) == 0)
        totals->cpu_ns += ns_of(children.ru_utime) + ns_of(children.ru_stime);
}
