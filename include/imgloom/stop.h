/* A stop: a request to end early, from a signal handler or another thread. */
#ifndef IMGLOOM_STOP_H
#define IMGLOOM_STOP_H

#include <imgloom/export.h>

LOOM_BEGIN_DECLS

/*
 * Create it before the scan and the batch that it may end, and free it after them. One stop may
 * serve several.
 */
typedef struct loom_stop loom_stop;

LOOM_API loom_stop *loom_stop_create(void); /* NULL: out of memory */
LOOM_API void loom_stop_free(loom_stop *stop);
/*
 * First call: a scan ends, and a batch starts no further task; running tasks finish, the others end
 * as `cancelled`. Second call: running tasks are cancelled too. Async-signal-safe; any thread.
 */
LOOM_API void loom_stop_request(loom_stop *stop);
LOOM_API int loom_stop_requests(const loom_stop *stop); /* 0, 1, 2 … calls so far */

LOOM_END_DECLS

#endif
