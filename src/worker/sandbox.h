/* Sandboxes this process before it touches a byte of an image. */
#ifndef LOOM_WORKER_SANDBOX_H
#define LOOM_WORKER_SANDBOX_H

#include <stdint.h>

/*
 * Sandboxes the process for good: no new privileges; limits on address space (`memory` bytes, 0:
 * none), descriptors, file size and core dumps; Landlock without access to any file; a seccomp
 * filter that allows the calls for computing and answering, answers EACCES to calls that open files
 * (codecs look for some in passing), and kills on any other. Call it while the process has one
 * thread. Returns the active parts (LOOM_SANDBOX_…): the kernel may lack some.
 */
uint32_t loom_sandbox_enter(uint64_t memory);

#endif
