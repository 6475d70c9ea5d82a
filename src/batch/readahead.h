/*
 * Reading ahead: has the system bring the files of jobs that wait into memory, so that their
 * threads need not wait for the disk. Files are opened by a thread of its own, because opening one
 * may take as long as it likes (a network file system that does not answer), and the front end has
 * to tick.
 *
 * A help, and no more: what cannot be had is done without.
 */
#ifndef LOOM_BATCH_READAHEAD_H
#define LOOM_BATCH_READAHEAD_H

#include "batch/order.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The front end's alone. Zero-initialise. */
typedef struct loom_readahead {
    size_t begun;                      /* inputs[0..begun) were begun when it was looked last */
    size_t expected;                   /* inputs[begun..expected) were asked for; >= begun */
    uint64_t bytes;                    /* of those */
    struct loom_reader_thread *reader; /* NULL: not started */
    bool lost;                         /* it could not be started */
} loom_readahead;

/*
 * Asks for the file of one of inputs[begun..next), which wait for a thread; `begun` and `next`
 * never become less. Never blocks. False: there is none left, or enough is on its way.
 */
bool loom_readahead_look(loom_readahead *readahead, const loom_batch_input *inputs, size_t begun,
                         size_t next);

/* Ends the thread; one that has not come back from a file within a second is left to itself. */
void loom_readahead_release(loom_readahead *readahead);

#endif
