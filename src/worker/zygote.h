/* The zygote: a worker process that has everything loaded, converts nothing, and forks workers. */
#ifndef LOOM_WORKER_ZYGOTE_H
#define LOOM_WORKER_ZYGOTE_H

/*
 * Answers each FORK and WRITES that comes from `socket`, and ends the process with it. Returns in
 * the workers alone: each in a process group of its own, with its socket in the place of the
 * zygote's and its own standard error. They are children of the zygote's parent, not of the zygote.
 * Must be called while the process has one thread, and before it has computed a pixel: libvips'
 * threads are not there in a fork.
 */
void loom_zygote_serve(int socket);

#endif
