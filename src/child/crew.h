/*
 * The crew: the worker children of an engine. A thread takes one of them for an image and gives it
 * back, so that there are never more than threads at work. Where the system has no room for
 * another process, the threads share those there are.
 */
#ifndef LOOM_CHILD_CREW_H
#define LOOM_CHILD_CREW_H

#include "child/spawn.h"
#include <imgloom/engine.h>

typedef struct loom_crew loom_crew;

/* One child, and what is needed to talk to it. Whoever has taken it uses it alone. */
typedef struct loom_hand {
    loom_child child; /* pid 0: it has ended */
    unsigned images;  /* that it has carried */
    bool ready;       /* its HELLO has come */
    uint64_t ticket;  /* of its latest job */
    uint64_t most;    /* bytes that all outputs of a job can have: its memory held them */
    int outputs[LOOM_MAX_SIZES]; /* files in memory that it writes to; -1: not made yet */
    char *message;               /* LOOM_MESSAGE_MAX bytes */
    struct loom_hand *next;      /* the crew's */
} loom_hand;

/* Starts nothing. *setup is the caller's and must outlive the crew. NULL: out of memory. */
loom_crew *loom_crew_create(const loom_spawn_setup *setup);

/* Lets all children go, and waits for that; none may be taken. NULL is allowed. */
void loom_crew_free(loom_crew *crew);

/*
 * An idle child with files for `job`'s outputs, or a new one, whose HELLO has not come yet. Where
 * the system has no room for one (EAGAIN, EMFILE, ENFILE, ENOMEM), waits for one that another
 * thread gives back, or, when there is none at all, for room: five seconds. An idle one that lacks
 * room for the files is let go, as by loom_crew_give_up. The job's timeout does not run meanwhile.
 * *hand is set on LOOM_OK only, else why there is none; stage `worker`. Any thread.
 */
loom_status loom_crew_take(loom_crew *crew, const loom_job *job, loom_hand **hand, loom_error *err);

/* Gives it back; one that has ended, has worked long or has grown is let go. Any thread. */
void loom_crew_return(loom_crew *crew, loom_hand *hand);

/*
 * Ends a child that the system lacked room for, instead of giving it back: for a while the crew
 * stays smaller. True: the job is worth another try with another child. Any thread.
 */
bool loom_crew_give_up(loom_crew *crew, loom_hand *hand, const loom_error *why);

/* Lets one idle child go: a thread leaves. Any thread. */
void loom_crew_shrink(loom_crew *crew);

/*
 * Whether the system had no room for a child that was needed: then *most is how many there were at
 * most, and *why says what it lacked. When no child is taken.
 */
bool loom_crew_was_short(const loom_crew *crew, unsigned *most, loom_error *why);

#endif
