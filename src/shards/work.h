/* The inside of an attempt (imgloom/attempt.h), and what it leaves out. */
#ifndef LOOM_SHARDS_WORK_H
#define LOOM_SHARDS_WORK_H

#include <imgloom/attempt.h>

#include "files/history.h"
#include "files/output_tree.h"

struct loom_shard_work {
    loom_shards *shards;
    const loom_shards_info *info;
    unsigned shard;
    char *name, *job; /* owned; job NULL: none */
    loom_shard_list *list;
    loom_shard_rows *rows; /* NULL: this is the first attempt */
    loom_plan *plan;
    loom_history history;
    loom_temporaries temporaries;
    char **earlier; /* owned, with its strings: those of `temporaries` */
    size_t made;    /* items that are left out, because they are made */
};

/*
 * Marks what is not to be made: what stands as an earlier attempt has made it, and what failed and
 * is not tried again. A stop (NULL: none) that is requested ends it early.
 */
void loom_shard_work_leave_out(loom_shard_work *work, loom_retry retry, const loom_stop *stop);

/* For loom_history: the facts of what was left out. */
void loom_shard_work_recall(void *user, const loom_task *task, loom_outcome *outcome);

#endif
