/*
 * The memory of a process with all that it has started. It needs only the C library, so that the
 * comparison with other programs (bench/peers) uses the same code.
 */
#ifndef CLI_PROCESSES_H
#define CLI_PROCESSES_H

#include <stdint.h>
#include <sys/types.h>

/*
 * What the tree of processes below `root`, which belongs to it, has in memory now, in bytes:
 * *resident counts memory that is shared (libraries) for each process, so it is an upper bound;
 * *own counts anonymous memory only. *shares (NULL: not asked) gives each process its share of what
 * it has in common with others, the kernel's Pss, so that nothing counts twice; it is costly, and
 * of a process that does not tell all counts. 0 where /proc does not tell.
 */
void cli_processes_memory(pid_t root, uint64_t *resident, uint64_t *own, uint64_t *shares);

#endif
