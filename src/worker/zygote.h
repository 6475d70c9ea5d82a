/* The zygote: a worker process that loads what workers need, converts nothing, and forks them. */
#ifndef LOOM_WORKER_ZYGOTE_H
#define LOOM_WORKER_ZYGOTE_H

#include "isolation/spawn.h"

/*
 * Answers each FORK and WRITES from `socket`; ends the process when the socket is closed. Returns
 * only in the workers: each in its own process group, with its own socket in place of the zygote's
 * and its own standard error. `load` is called in the zygote for what a worker needs; what it
 * returned is returned in the worker. The workers are children of the zygote's parent, not of the
 * zygote. Call it while the process has one thread and has not computed a pixel: a fork does not
 * have libvips' threads.
 */
bool loom_zygote_serve(int socket, bool (*load)(loom_loaded what));

#endif
