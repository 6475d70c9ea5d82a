/* What happens to an output that would be larger than its original (loom_if_larger). */
#ifndef LOOM_ENGINE_LARGER_H
#define LOOM_ENGINE_LARGER_H

#include "batch/job.h"
#include "files/input.h"
#include "picture/encoded.h"

/*
 * Settles the output `i` of a job, which was made from `file`, before it is written. *encoded may
 * become the original's bytes, or nothing; the outcome says so. Nothing changes where the output is
 * no larger, or has failed.
 */
void loom_larger_settle(const loom_job *job, size_t i, const loom_input_file *file,
                        loom_encoded *encoded, loom_outcome *outcome);

#endif
