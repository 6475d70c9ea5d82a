/* How many threads the system has room for. */
#ifndef LOOM_BATCH_THREADS_H
#define LOOM_BATCH_THREADS_H

/*
 * OpenMP ends the process where a thread of a team cannot be started, so they are tried beforehand.
 * Answers `wanted` where the system starts that many beside the caller's and a few more, which the
 * images on them need; else as many as leave each image room for a worker process, 0 where only the
 * caller can run them. What others start or end meanwhile is not foreseen. From any thread.
 */
unsigned loom_threads_that_fit(unsigned wanted);

#endif
