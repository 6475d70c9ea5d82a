/* The zygote: a worker process that has loaded everything, converts nothing, and forks workers. */
#ifndef LOOM_WORKER_ZYGOTE_H
#define LOOM_WORKER_ZYGOTE_H

/*
 * Answers each FORK and WRITES from `socket`; ends the process when the socket is closed. Returns
 * only in the workers: each in its own process group, with its own socket in place of the zygote's
 * and its own standard error. The workers are children of the zygote's parent, not of the zygote.
 * Call it while the process has one thread and has not computed a pixel: a fork does not have
 * libvips' threads.
 */
void loom_zygote_serve(int socket);

#endif
