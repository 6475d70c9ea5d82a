/*
 * One picture in one call: from a file or from memory, to a file or to memory. The calling thread
 * only waits; the engine's own threads do the work, so that its budget of memory, its worker
 * processes and what libvips keeps for each thread are as in a batch.
 *
 * Any thread of the program may call these, and many at once. The engine's threads are started by
 * the first call and end with loom_engine_stop: calls that are waiting then end as `cancelled`, and
 * it returns when they have. In a process made by fork from the one that started the engine, these
 * answer LOOM_ERR_UNSUPPORTED: its threads are not there.
 */
#ifndef IMGLOOM_PROCESS_H
#define IMGLOOM_PROCESS_H

#include <imgloom/engine.h>
#include <imgloom/request.h>

LOOM_BEGIN_DECLS

/*
 * Starts the threads now instead of at the first call, and waits until they are there. LOOM_OK also
 * when they were; LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_IO and others as the system says. The other
 * functions have these errors, too.
 */
LOOM_API loom_status loom_process_begin(loom_engine *engine, loom_error *err) LOOM_NODISCARD;

/*
 * Processes the file at `path`, or `size` bytes, as the rest of the request says; the input that it
 * names is set by these. LOOM_OK: all outputs are made, or planned in a dry run, or skipped as the
 * settings say. Else the error of the first output that failed, or LOOM_ERR_USAGE for a recipe that
 * is refused: then there are no outcomes. Waits for the image, to the request's deadline and a few
 * milliseconds more at most, and while its stop is not requested.
 */
LOOM_API loom_status loom_process_file(loom_engine *engine, const char *path, loom_request *request,
                                       loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_process_buffer(loom_engine *engine, const void *bytes, size_t size,
                                         loom_request *request, loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
