/*
 * Readahead: asks the system to bring the files of waiting jobs into memory, so that their threads
 * need not wait for the disk. A separate thread opens the files, because opening one may block for
 * any time (a network file system that does not respond), and the front end has to tick.
 *
 * It is only an optimisation: if something fails, the batch runs without it.
 */
#ifndef LOOM_BATCH_READAHEAD_H
#define LOOM_BATCH_READAHEAD_H

#include "batch/order.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Used by the front end only. Zero-initialise. */
typedef struct loom_readahead {
    size_t begun;                      /* inputs[0..begun) had started at the last look */
    size_t expected;                   /* inputs[begun..expected) were requested; >= begun */
    uint64_t bytes;                    /* of those */
    struct loom_reader_thread *reader; /* NULL: not started */
    bool lost;                         /* it could not be started */
} loom_readahead;

/*
 * Requests the file of one of inputs[begun..next), which wait for a thread; `begun` and `next`
 * never decrease. Never blocks. False: none is left, or enough is requested.
 */
bool loom_readahead_look(loom_readahead *readahead, const loom_batch_input *inputs, size_t begun,
                         size_t next);

/* Ends the thread. A thread that a file has blocked for more than a second is left behind. */
void loom_readahead_release(loom_readahead *readahead);

#endif
