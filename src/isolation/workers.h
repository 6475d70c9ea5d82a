/*
 * The worker processes of an engine. A thread takes one for an image and gives it back, so that
 * there are never more workers at work than threads. Where the system has no room for another
 * process, the threads share those there are.
 */
#ifndef LOOM_ISOLATION_WORKERS_H
#define LOOM_ISOLATION_WORKERS_H

#include "batch/job.h"
#include "isolation/spawn.h"

typedef struct loom_workers loom_workers;

/* One worker, and what is needed to talk to it. Whoever has taken it uses it alone. */
typedef struct loom_worker {
    loom_process process;     /* pid 0: it has ended */
    unsigned images;          /* that it has converted */
    bool ready;               /* its HELLO has come */
    uint64_t ticket;          /* of its latest job */
    uint64_t output_limit;    /* bytes that all outputs of a job can have: its memory held them */
    const char *const *lanes; /* that its answers may name, see loom_answer_read */
    int outputs[LOOM_SIZES_MAX]; /* files in memory that it writes to; -1: not made yet */
    char *message;               /* LOOM_MESSAGE_MAX bytes */
    struct loom_worker *next;    /* in the list of idle ones */
} loom_worker;

/* Starts nothing. *setup is the caller's and must outlive the workers. NULL: out of memory. */
loom_workers *loom_workers_create(const loom_spawn_setup *setup);

/* Lets all workers go, and waits for that; none may be taken. NULL is allowed. */
void loom_workers_free(loom_workers *workers);

/*
 * An idle worker with files for `job`'s outputs, or a new one, whose HELLO has not come yet. With
 * `modules` it can convert formats that are `in_module`; an idle one that cannot is let go. Where
 * the system has no room for one (EAGAIN, EMFILE, ENFILE, ENOMEM), waits for one that another
 * thread gives back, or, when there is none at all, for room: five seconds. An idle one that lacks
 * room for the files is let go, as by loom_workers_give_up. The job's timeout does not run
 * meanwhile. *worker is set on LOOM_OK only, else why there is none; stage `worker`. Any thread.
 */
loom_status loom_workers_take(loom_workers *workers, const loom_job *job, bool modules,
                              loom_worker **worker, loom_error *err);

/* As loom_spawner_writes: asks none of the workers. Any thread. */
bool loom_workers_write(loom_workers *workers, loom_format format);

/* Gives it back; one that has ended, has worked long or has grown is let go. Any thread. */
void loom_workers_return(loom_workers *workers, loom_worker *worker);

/*
 * Ends a worker that the system lacked room for, instead of giving it back: for a while no more
 * are started than are left. True: the job is worth another try with another worker. Any thread.
 */
bool loom_workers_give_up(loom_workers *workers, loom_worker *worker, const loom_error *why);

/* Lets one idle worker go: a thread leaves. Any thread. */
void loom_workers_shrink(loom_workers *workers);

/*
 * Whether the system had no room for a worker that was needed: then *peak is how many there were at
 * most, and *why says what it lacked. When no worker is taken.
 */
bool loom_workers_were_short(const loom_workers *workers, unsigned *peak, loom_error *why);

#endif
