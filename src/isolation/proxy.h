/*
 * The parent's half of the talk with a worker: sends it a job, deals with its messages, checks its
 * answer, kills it when it is late.
 */
#ifndef LOOM_ISOLATION_PROXY_H
#define LOOM_ISOLATION_PROXY_H

#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"

/*
 * Converts the job's image in one of the workers, as loom_convert does in this process. The encoded
 * pictures are copies, checked after they were made: format and size by our own header parser. An
 * error that is returned is every output's: `crashed` (the worker died, or answered nonsense),
 * `timeout` or `cancelled` (it was killed), `out-of-memory` (it said so as it died), or why none
 * could be started.
 */
loom_status loom_worker_convert(loom_workers *workers, const loom_job *job,
                                const loom_input_file *input, loom_outcome *outcomes,
                                loom_encoded *encoded, loom_error *err);

#endif
