/*
 * The route of an image: a thread or a worker process converts it, decided once, by the first bytes
 * of the file. No file is read whole twice: if a thread finds out late that it cannot convert an
 * image, or that a worker can tell more about its damage, the worker gets the bytes.
 */
#ifndef LOOM_ENGINE_ROUTE_H
#define LOOM_ENGINE_ROUTE_H

#include "batch/job.h"
#include "files/input.h"
#include "isolation/workers.h"
#include "picture/encoded.h"

/* The state that all images of an engine share. */
typedef struct loom_routes {
    loom_isolate isolate;
    uint64_t memory;       /* bytes that a worker may have, see loom_convert */
    loom_workers *workers; /* NULL: there are none, and isolate is LOOM_ISOLATE_NEVER */
} loom_routes;

/*
 * Converts the job's image from the opened `file`, as loom_convert does. Refuses files that are too
 * large, or of no known format, by their start. With LOOM_ISOLATE_NEVER, if libvips' messages would
 * explain a failure, the image runs again in a worker, where they belong to this image alone. A
 * returned error applies to every output: the file cannot be read or has changed since it was
 * opened, or an error of loom_worker_convert.
 */
loom_status loom_route_convert(const loom_routes *routes, const loom_job *job,
                               loom_input_file *file, loom_outcome *outcomes, loom_encoded *encoded,
                               loom_error *err);

#endif
