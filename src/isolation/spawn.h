/* Starting and ending a worker process, and what it can be locked in with. */
#ifndef LOOM_ISOLATION_SPAWN_H
#define LOOM_ISOLATION_SPAWN_H

#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How worker processes are started; shared by all threads, read-only. */
typedef struct loom_spawn_setup {
    int program;     /* descriptor of the worker's file, so that an upgrade does not matter */
    uint64_t memory; /* bytes of address space a process may have; 0: no limit */
    bool allow_untrusted;
    bool require_sandbox;     /* it ends itself where it cannot be locked in */
    const char *const *lanes; /* as loom_engine_lanes: what its answers may name */
} loom_spawn_setup;

typedef struct loom_process {
    pid_t pid;    /* 0: none */
    int socket;   /* SOCK_SEQPACKET, non-blocking: a worker need not listen */
    int messages; /* its standard error, non-blocking */
} loom_process;

#define LOOM_PROCESS_INIT                                                                          \
    {                                                                                              \
        0, -1, -1                                                                                  \
    }

/*
 * Starts a process in its own process group, with no signal blocked, standard input and output on
 * /dev/null, and OMP_NUM_THREADS=1. Nothing is waited for. LOOM_ERR_IO and
 * others as the system says, stage `worker`, then errno says why, too; *process is written on
 * LOOM_OK only.
 */
loom_status loom_process_start(loom_process *process, const loom_spawn_setup *setup,
                               loom_error *err);

/*
 * What is left to read of its standard error, cut at `size` - 1 bytes, NULs in it replaced. Never
 * blocks, and nor does the worker: what finds no room in the pipe is lost.
 */
void loom_process_read_messages(const loom_process *process, char *text, size_t size);

/* Throws away what its standard error holds. */
void loom_process_drop_messages(const loom_process *process);

/*
 * Ends the process and reaps it: with `kill` at once, else by closing the socket and, when it has
 * not gone within two seconds, by SIGKILL. Answers its wait status; *process is as
 * LOOM_PROCESS_INIT afterwards.
 */
int loom_process_end(loom_process *process, bool kill);

/* Which parts of the sandbox this kernel has: bits LOOM_SANDBOX_… of protocol.h. */
uint32_t loom_sandbox_support(void);

#endif
