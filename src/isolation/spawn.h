/*
 * Starting and ending worker processes, and what they can be locked in with. They are forked by a
 * zygote, a process that has loaded libvips and converts nothing, which takes a tenth of the time
 * of starting the program. Where that does not go, the program is started. A worker is a child of
 * this process in both cases.
 */
#ifndef LOOM_ISOLATION_SPAWN_H
#define LOOM_ISOLATION_SPAWN_H

#include <imgloom/error.h>
#include <imgloom/format.h>
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

typedef struct loom_spawner loom_spawner;

typedef struct loom_process {
    pid_t pid;             /* 0: none */
    int socket;            /* SOCK_SEQPACKET, non-blocking: a worker need not listen */
    int messages;          /* its standard error, non-blocking */
    bool modules;          /* it can convert formats that are `in_module` */
    loom_spawner *spawner; /* whose zygote forked it; NULL: it was started by itself */
} loom_process;

#define LOOM_PROCESS_INIT                                                                          \
    {                                                                                              \
        0, -1, -1, false, NULL                                                                     \
    }

/* Starts nothing. *setup is the caller's and must outlive the spawner. NULL: out of memory. */
loom_spawner *loom_spawner_create(const loom_spawn_setup *setup);

/* Ends the zygote; all processes must have ended. NULL is allowed. */
void loom_spawner_free(loom_spawner *spawner);

/*
 * Where the system lacks room: ends the zygote, and from now on starts the program. The workers it
 * forked go on. Any thread.
 */
void loom_spawner_give_way(loom_spawner *spawner);

/*
 * Whether the zygote, which is started where there is none, writes the format. False: it does not,
 * or there is none that could be asked. Any thread.
 */
bool loom_spawner_writes(loom_spawner *spawner, loom_format format);

/*
 * Starts a process in its own process group, with no signal blocked, standard input and output on
 * /dev/null, and OMP_NUM_THREADS=1. Waits for the zygote, where there is one, and for nothing else.
 * With `modules` it can convert formats that are `in_module`, and so can all that follow; without,
 * it may. A process that was forked ends with this one; one that was started by itself, with the
 * calling thread. LOOM_ERR_IO and others as the system says, stage `worker`, then errno says why,
 * too; *process is written on LOOM_OK only. Any thread.
 */
loom_status loom_process_start(loom_process *process, loom_spawner *spawner, bool modules,
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

/* ---- the program: program.c, for spawn.c ----------------------------------- */

/*
 * Moves a descriptor out of the way of those that the program finds its own at. False with errno;
 * it is the caller's in both cases.
 */
bool loom_program_can_take(int *descriptor);

/*
 * Starts the program as a worker with `socket` as the one to its parent and `messages` as its
 * standard error; or, where `messages` is -1, as a zygote, whose words nobody reads. It is in a
 * process group of its own, with no signal blocked, its other streams on /dev/null, and
 * OMP_NUM_THREADS=1. Both descriptors stay the caller's. 0, or an errno.
 */
int loom_program_start(pid_t *pid, const loom_spawn_setup *setup, int socket, int messages);

/* As waitpid, but whatever signals come. False: it has not ended yet (WNOHANG). */
bool loom_program_reap(pid_t pid, int flags, int *status);

#endif
