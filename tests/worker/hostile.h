/*
 * A worker that misbehaves on request, for tests alone: compiled into imgloom-worker-test, never
 * into imgloom-worker. What it does is what a picture's decoder could be made to do.
 */
#ifndef TESTS_WORKER_HOSTILE_H
#define TESTS_WORKER_HOSTILE_H

#include "isolation/protocol.h"
#include <sys/types.h>

/* An input of this kind ends with it, what to do, and a newline; a picture may come before. */
#define LOOM_HOSTILE_MARK "LOOMTEST "

/*
 * Does what the job's input asks for, if it is such an input. True: the job is dealt with. `parent`
 * is the socket, `files` are as they came with the job.
 */
bool loom_hostile_play(int parent, const loom_job_message *job, const int *files);

/*
 * Behind a fork of the zygote, where IMGLOOM_HOSTILE_ZYGOTE is in the environment: the zygote ends,
 * and the new process, whose `pid` is 0, waits for that.
 */
void loom_hostile_fork(pid_t pid);

#endif
