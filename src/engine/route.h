/*
 * The route of an image: whether a thread converts it or a worker process, decided once, by the
 * first bytes of its file. No file is read whole twice: where a thread finds out late that an image
 * is not for it, or that a worker tells more of its damage, the worker gets the bytes.
 */
#ifndef LOOM_ENGINE_ROUTE_H
#define LOOM_ENGINE_ROUTE_H

#include "batch/job.h"
#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"

/* What an engine's images have in common. */
typedef struct loom_routes {
    loom_isolate isolate;
    uint64_t memory;       /* bytes that a worker may have, see loom_convert */
    loom_workers *workers; /* NULL: there are none, and isolate is LOOM_ISOLATE_NEVER */
} loom_routes;

/*
 * Converts the job's image, of the opened `file`, as loom_convert does; files that are too large or
 * of no known format are refused by their start. With LOOM_ISOLATE_NEVER an image that failed
 * where libvips' words would say why is run once more in a worker, which has them for itself. An
 * error that is returned is every output's: that the file cannot be read, or as of
 * loom_worker_convert.
 */
loom_status loom_route_convert(const loom_routes *routes, const loom_job *job,
                               loom_input_file *file, loom_outcome *outcomes, loom_encoded *encoded,
                               loom_error *err);

#endif
