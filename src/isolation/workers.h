/*
 * The worker processes of an engine. A thread takes a worker for an image and returns it, so there
 * are never more busy workers than threads. If the system refuses another process, the threads
 * share the workers that there are.
 */
#ifndef LOOM_ISOLATION_WORKERS_H
#define LOOM_ISOLATION_WORKERS_H

#include "batch/job.h"
#include "isolation/spawn.h"
#include <imgloom/engine.h>
#include <stdatomic.h>

typedef struct loom_workers loom_workers;

/* One worker, and the parent's state of it. Only the thread that has taken it uses it, but what is
 * atomic or constant. */
typedef struct loom_worker {
    loom_process process;        /* pid 0: it has ended */
    pid_t pid;                   /* constant */
    _Atomic unsigned images;     /* that it converted */
    _Atomic bool ready;          /* its HELLO has come */
    int64_t began_ns;            /* when it was sent its latest image; 0: not yet */
    int64_t grace_ns;            /* of the setup */
    loom_worker_end end;         /* why it ended, if it has */
    uint32_t lacks;              /* the parts of the sandbox that it could not enter */
    uint64_t ticket;             /* of its latest job */
    uint64_t output_limit;       /* max bytes of a job's outputs together: its memory held them */
    const char *const *lanes;    /* that its answers may name, see loom_answer_read */
    int outputs[LOOM_SIZES_MAX]; /* memory files that it writes to; -1: not made yet */
    char *message;               /* LOOM_MESSAGE_MAX bytes */
    struct loom_worker *next;    /* in the list of idle workers */
    /* Guarded by the workers' lock: the list of all, and whether it is idle. */
    struct loom_worker *older, *newer;
    bool idle;
} loom_worker;

/*
 * Starts nothing. *setup and the spawner, made for it, are the caller's and must outlive the
 * workers; several may share them. NULL: out of memory.
 */
loom_workers *loom_workers_create(const loom_spawn_setup *setup, loom_spawner *spawner);

/* Ends all workers and waits for that; none may be taken. NULL is allowed. */
void loom_workers_free(loom_workers *workers);

/*
 * Takes an idle worker with files for `job`'s outputs, or starts one, whose HELLO is still to come.
 * It has `loaded` that much at least; an idle worker that has not is ended.
 * If the system refuses a process (EAGAIN, EMFILE, ENFILE, ENOMEM), waits for a worker that another
 * thread returns or, if there is none, up to five seconds for room. An idle worker for whose files
 * there is no room is ended, as by loom_workers_give_up. The job's timeout does not run meanwhile.
 * *worker is set on LOOM_OK only, else the error says why there is none; stage `worker`. Any
 * thread.
 */
loom_status loom_workers_take(loom_workers *workers, const loom_job *job, loom_loaded loaded,
                              loom_worker **worker, loom_error *err);

/* How many there are, and were. Any thread. */
void loom_workers_count(loom_workers *workers, loom_worker_counts *counts);

/* The worker at `index`, the oldest first. False: there are no more. Any thread. */
bool loom_workers_describe(loom_workers *workers, size_t index, loom_worker_info *info);

/* As loom_spawner_writes; asks no worker. Any thread. */
bool loom_workers_write(loom_workers *workers, loom_format format);

/*
 * Returns a worker. One that has ended, has converted many images or has grown is ended. Any
 * thread.
 */
void loom_workers_return(loom_workers *workers, loom_worker *worker);

/*
 * Ends a worker that the system had no resources for, instead of returning it: for a while the
 * limit is the number of workers left. True: the job is worth a retry with another worker. Any
 * thread.
 */
bool loom_workers_give_up(loom_workers *workers, loom_worker *worker, const loom_error *why);

/* Ends one idle worker, for a thread that leaves. Any thread. */
void loom_workers_shrink(loom_workers *workers);

/*
 * Whether the system refused a worker that was needed: then *peak is the max number of workers
 * alive at once, and *why says what was lacking. Call it when no worker is taken.
 */
bool loom_workers_were_short(const loom_workers *workers, unsigned *peak, loom_error *why);

/*
 * The parts of the sandbox (LOOM_SANDBOX_…) that a worker has run without. Call it when no worker
 * is taken. NULL is allowed: none.
 */
uint32_t loom_workers_lacked(const loom_workers *workers);

/* ---- how a worker ended: death.c, for proxy.c ------------------------------ */

/*
 * Reaps a worker that ended, or kills one that is useless (`otherwise` says why; NULL: it ended),
 * and says so: this is what `crashed` means. Sets `end`.
 */
loom_status loom_worker_report_death(loom_worker *worker, loom_stage stage, const char *otherwise,
                                     loom_error *err);

/* Kills a worker whose image timed out or was cancelled (`reason`). */
loom_status loom_worker_kill_late(loom_worker *worker, loom_status reason, loom_stage stage,
                                  loom_error *err);

/* ---- what it asks for: layer.c, for proxy.c -------------------------------- */

/*
 * Answers the LAYER of `size` bytes in worker->message: with the layer, or why there is none. The
 * worker was `admitted` with so many bytes; 0: not yet. An error is that of the worker, which has
 * ended.
 */
loom_status loom_worker_give_layer(loom_worker *worker, const loom_job *job, size_t size,
                                   uint64_t admitted, loom_stage stage, loom_error *err);

#endif
