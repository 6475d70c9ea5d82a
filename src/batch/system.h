/*
 * What the system allows this process: processors, memory, threads. The limits of Linux control
 * groups count: those of the process's own group and of those above it.
 */
#ifndef LOOM_BATCH_SYSTEM_H
#define LOOM_BATCH_SYSTEM_H

#include <pthread.h>
#include <stdbool.h>

/*
 * CPUs' worth of time that the cgroup of this process and those above it allow: the least of
 * their quotas, rounded up; 0 when there is none. Reads ROOT/proc/self/cgroup and below
 * ROOT/sys/fs/cgroup; `root` is "" for the system's own.
 */
unsigned loom_cpu_quota(const char *root);

/*
 * OpenMP ends the process where a thread of a team cannot be started, so they are tried beforehand.
 * Answers `wanted` where the system starts that many beside the caller's and a few more, which the
 * images on them need; else as many as leave each image room for a worker process, 0 where only the
 * caller can run them. What others start or end meanwhile is not foreseen. From any thread.
 */
unsigned loom_threads_that_fit(unsigned wanted);

/*
 * Starts a thread that takes no signals but those its own faults raise (SIGSEGV and the like, for
 * which the program may have a handler): the others are for the threads that the program has. 0, or
 * an errno.
 */
int loom_thread_start(pthread_t *thread, void *(*run)(void *user), void *user);

#endif
