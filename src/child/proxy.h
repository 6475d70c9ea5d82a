/*
 * The parent's half of the talk with a worker child: hands it a job, deals with its messages,
 * checks its answer, kills it when it is late.
 */
#ifndef LOOM_CHILD_PROXY_H
#define LOOM_CHILD_PROXY_H

#include "child/crew.h"
#include "files/input.h"
#include "picture/encoded.h"

/*
 * Carries the job in a child of the crew, as loom_carry does here. The encoded pictures are copies,
 * checked after they were made: format and size by our own header parser. An error that is returned
 * is every output's: `crashed` (the child died, or answered nonsense), `timeout` or `cancelled` (it
 * was killed), `out-of-memory` (it said so as it died), or why none could be started.
 */
loom_status loom_proxy_carry(loom_crew *crew, const loom_job *job, const loom_input_file *input,
                             loom_outcome *outcomes, loom_encoded *encoded, loom_error *err);

#endif
