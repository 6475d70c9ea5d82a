/* Re-runs in a worker what failed in a thread, where libvips' words could belong to any image. */
#ifndef LOOM_ENGINE_DIAGNOSE_H
#define LOOM_ENGINE_DIAGNOSE_H

#include "batch/job.h"
#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"

/*
 * Runs a job that was converted in this thread once more, alone, in a worker, where its errors
 * depend on what libvips said; takes over what comes of those images. Where the worker has nothing
 * to say, or workers is NULL, ours stands. outcomes and encoded are as loom_convert has left them,
 * as many as the job has tasks; they stay the caller's.
 */
void loom_diagnose(loom_workers *workers, const loom_job *job, loom_input_file *file,
                   loom_outcome *outcomes, loom_encoded *encoded);

#endif
