/*
 * The parent's side of a job in a worker: sends the job, handles messages, checks the answer, and
 * kills a worker that is late.
 */
#ifndef LOOM_ISOLATION_PROXY_H
#define LOOM_ISOLATION_PROXY_H

#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"

/*
 * Converts the job's image in a worker that has `loaded` that much, or libvips if one without it
 * declines; as loom_convert does in this process. The encoded pictures
 * are copies, whose format and size our own header parser has checked. A returned error applies to
 * every output: `crashed` (the worker died, or its answer was invalid), `timeout` or `cancelled`
 * (it was killed), `out-of-memory` (its last message said so), or the reason why no worker could be
 * started.
 */
loom_status loom_worker_convert(loom_workers *workers, const loom_job *job,
                                const loom_input_file *input, loom_loaded loaded,
                                loom_outcome *outcomes, loom_encoded *encoded, loom_error *err);

/*
 * Makes `count` idle workers ready for an image: starts those that are lacking, and waits for them,
 * at most ten seconds (LOOM_ERR_TIMEOUT). Other errors as loom_worker_convert; the workers that
 * could be started stay. Any thread.
 */
loom_status loom_worker_warm(loom_workers *workers, unsigned count, loom_error *err);

#endif
