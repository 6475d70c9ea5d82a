/*
 * Starts and ends worker processes, and tells which parts of the sandbox the kernel has. A zygote
 * forks the workers: a process that converts nothing, and loads libvips once a worker needs it. A
 * fork takes a tenth of the time of starting the program, which is the fallback. In both cases a
 * worker is a child of this process.
 */
#ifndef LOOM_ISOLATION_SPAWN_H
#define LOOM_ISOLATION_SPAWN_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LOOM_SPAWN_GRACE_NS INT64_C(100000000) /* a worker takes a third of it to start */

/* How worker processes are started; shared by all threads, read-only. */
typedef struct loom_spawn_setup {
    int program;     /* descriptor of the worker's file, so that an upgrade cannot replace it */
    uint64_t memory; /* bytes of address space a process may have; 0: no limit */
    bool allow_untrusted;
    bool require_sandbox; /* the worker ends if it cannot be sandboxed */
    int64_t grace_ns;     /* that an image has which is cancelled, before its worker is killed */
    const char *const *lanes; /* loom_engine_lanes: the names that answers may have */
} loom_spawn_setup;

/* What a worker process has loaded beside itself: each of these, and those before it. */
typedef enum loom_loaded {
    LOOM_LOADED_NOTHING = 0,
    LOOM_LOADED_VIPS,   /* libvips */
    LOOM_LOADED_MODULES /* its modules, for formats that are `in_module` */
} loom_loaded;

typedef struct loom_spawner loom_spawner;

typedef struct loom_process {
    pid_t pid;             /* 0: none */
    int socket;            /* SOCK_SEQPACKET, non-blocking: a worker need not read */
    int messages;          /* its standard error, non-blocking */
    loom_loaded loaded;    /* at least */
    loom_spawner *spawner; /* its zygote forked the process; NULL: the program was started */
} loom_process;

#define LOOM_PROCESS_INIT                                                                          \
    {                                                                                              \
        0, -1, -1, LOOM_LOADED_NOTHING, NULL                                                       \
    }

/* Starts nothing. *setup is the caller's and must outlive the spawner. NULL: out of memory. */
loom_spawner *loom_spawner_create(const loom_spawn_setup *setup);

/* Ends the zygote; all processes must have ended. NULL is allowed. */
void loom_spawner_free(loom_spawner *spawner);

/*
 * For a system that is short of resources: ends the zygote, and starts the program from now on.
 * Forked workers go on. Any thread.
 */
void loom_spawner_give_way(loom_spawner *spawner);

/*
 * Whether the zygote can write the format; starts the zygote if there is none. False if it cannot,
 * or if no zygote can be asked. Any thread.
 */
bool loom_spawner_writes(loom_spawner *spawner, loom_format format);

/*
 * Starts a process in its own process group, with no signal blocked, standard input and output on
 * /dev/null, and OMP_NUM_THREADS=1. Waits for the zygote, if there is one, and for nothing else.
 * This process and all later ones have `loaded` that much at least. A forked process ends with this
 * process; one that was started as a program ends with the calling thread. LOOM_ERR_IO or another
 * code for the system's error, stage `worker`; errno also says why. *process is written on LOOM_OK
 * only. Any thread.
 */
loom_status loom_process_start(loom_process *process, loom_spawner *spawner, loom_loaded loaded,
                               loom_error *err);

/*
 * Reads the rest of its standard error, cut at `size` - 1 bytes, with NULs replaced. Never blocks;
 * neither does the worker: output that does not fit the pipe is lost.
 */
void loom_process_read_messages(const loom_process *process, char *text, size_t size);

/* Discards its standard error so far. */
void loom_process_drop_messages(const loom_process *process);

/*
 * Ends the process and reaps it. With `kill`: SIGKILL at once. Else: closes the socket, and sends
 * SIGKILL if the process has not ended within two seconds. Returns its wait status and sets
 * *process to LOOM_PROCESS_INIT.
 */
int loom_process_end(loom_process *process, bool kill);

/* Which parts of the sandbox this kernel has: bits LOOM_SANDBOX_… of protocol.h. */
uint32_t loom_sandbox_support(void);

/* Lists the names of such parts; NULL ends the list. */
enum { LOOM_SANDBOX_PARTS = 4 };
void loom_sandbox_list(uint32_t parts, const char *names[LOOM_SANDBOX_PARTS + 1]);

/* ---- the program: program.c, for spawn.c ----------------------------------- */

/*
 * How it ends where a library cannot be loaded: the dynamic loader's own exit status; its standard
 * error says why, behind these words.
 */
enum { LOOM_PROGRAM_EXIT_UNLOADED = 127 };
#define LOOM_PROGRAM_UNLOADED "imgloom-worker: cannot go on: "

/*
 * Moves a descriptor away from the numbers at which the program finds its own. False with errno;
 * the caller owns it in both cases.
 */
bool loom_program_can_take(int *descriptor);

/*
 * Starts the program as a worker with `socket` as its parent's and `messages` as its standard
 * error; or, if `messages` is -1, as a zygote, whose standard error is discarded. It gets its own
 * process group, no blocked signal, /dev/null as its other streams, and OMP_NUM_THREADS=1. Both
 * descriptors stay the caller's. Returns 0, or an errno.
 */
int loom_program_start(pid_t *pid, const loom_spawn_setup *setup, int socket, int messages);

/* As waitpid, but restarted after signals. False: the process has not ended yet (WNOHANG). */
bool loom_program_reap(pid_t pid, int flags, int *status);

#endif
