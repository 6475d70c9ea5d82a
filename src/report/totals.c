#include "base/clock.h"
#include "report/record.h"
#include <string.h>
#include <sys/resource.h>

void loom_totals_init(loom_totals *totals)
{
    memset(totals, 0, sizeof *totals);
}

void loom_totals_add(loom_totals *totals, const loom_task *task, const loom_outcome *outcome)
{
    (void)task; /* one task, one input; with several outputs from one input this will matter */
    totals->inputs++;
    totals->rows++;
    totals->by_result[outcome->result]++;
    if (outcome->result == LOOM_RESULT_ERROR)
        totals->by_code[loom_record_code(outcome)]++;
    if (outcome->worker >= 0)
        totals->processed++;
    totals->bytes_in += outcome->original_size;
    totals->pixels_in += (uint64_t)outcome->original_width * outcome->original_height;
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

    totals->elapsed_ns = result->elapsed_ns;
    totals->interrupted = result->interrupted;
    if (getrusage(RUSAGE_SELF, &self) == 0) {
        totals->cpu_ns = ns_of(self.ru_utime) + ns_of(self.ru_stime);
        totals->peak_rss_bytes = (uint64_t)self.ru_maxrss * 1024;
    }
    if (getrusage(RUSAGE_CHILDREN, &children) == 0)
        totals->cpu_ns += ns_of(children.ru_utime) + ns_of(children.ru_stime);
}
