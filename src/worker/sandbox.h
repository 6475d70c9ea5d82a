/* Locking this process in, before it touches a byte of an image. */
#ifndef LOOM_WORKER_SANDBOX_H
#define LOOM_WORKER_SANDBOX_H

#include <stdint.h>

/*
 * Locks the process in for good: no new privileges; limits on address space (`memory` bytes, 0:
 * none), descriptors, file size and core dumps; Landlock without access to any file; a seccomp
 * filter that lets through what computing and answering needs, answers EACCES to what opens files
 * (codecs look for this and that in passing), and kills on anything else. Must be called while the
 * process has one thread. Answers the parts that are active (LOOM_SANDBOX_…): the kernel may lack
 * some.
 */
uint32_t loom_sandbox_enter(uint64_t memory);

#endif
