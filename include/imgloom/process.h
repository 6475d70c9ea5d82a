/*
 * One picture in one call: from a file or memory, to a file or memory. The calling thread only
 * waits; threads of the engine do the work, so that memory budget, worker processes and the
 * per-thread state of libvips are the same as in a batch.
 *
 * Any thread may call these functions, and several may call them at once. The first call starts the
 * threads, and loom_engine_stop ends them: calls that wait at that time end as `cancelled`, and it
 * returns when they have. In a fork of the process that started the engine these functions return
 * LOOM_ERR_UNSUPPORTED, because a fork has no copy of the threads.
 */
#ifndef IMGLOOM_PROCESS_H
#define IMGLOOM_PROCESS_H

#include <imgloom/engine.h>
#include <imgloom/request.h>

LOOM_BEGIN_DECLS

/*
 * Starts the threads now instead of at the first call, and waits until they run. LOOM_OK if they
 * run, also from an earlier call; LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_IO and others as the system
 * says. The functions below have the same errors.
 */
LOOM_API loom_status loom_process_begin(loom_engine *engine, loom_error *err) LOOM_NODISCARD;

/*
 * Processes the file at `path`, or `size` bytes, by the rest of the request; these arguments set
 * the input of the request. LOOM_OK: all outputs are made, planned (in a dry run) or skipped by the
 * settings. Otherwise the call returns the error of the first output that failed, or LOOM_ERR_USAGE
 * for an invalid recipe; then there are no outcomes. The call returns when the image is done, at
 * the latest a few milliseconds after the request's deadline, or 100 ms after its stop was
 * requested.
 */
LOOM_API loom_status loom_process_file(loom_engine *engine, const char *path, loom_request *request,
                                       loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_process_buffer(loom_engine *engine, const void *bytes, size_t size,
                                         loom_request *request, loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
