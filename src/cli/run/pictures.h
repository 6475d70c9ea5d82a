/*
 * Small pictures of the outputs, for a page that is a folder (--html DIR/): its gallery then loads
 * these instead of the outputs. They are made after the batch, on its engine. Main thread only.
 */
#ifndef CLI_RUN_PICTURES_H
#define CLI_RUN_PICTURES_H

#include "cli/run/reports.h"
#include <imgloom/batch.h>

typedef struct cli_pictures {
    char *folder;     /* of the page, with a slash at its end; NULL: no pictures are wanted */
    char *page;       /* the file of the page, in that folder */
    char *name;       /* of the folder below it that they go to, new with each run */
    GPtrArray *tasks; /* of outputs that were written; borrowed from the plan */
    uint64_t failed;  /* pictures that could not be made */
} cli_pictures;

/*
 * Makes a page in `wanted` (of cli_wanted) whose path ends in a slash the file index.html in that
 * folder, with pictures if outputs are `written`. LOOM_ERR_USAGE if there are several such pages.
 */
loom_status cli_pictures_prepare(cli_pictures *pictures, GArray *wanted, bool written,
                                 loom_error *err);
void cli_pictures_add(cli_pictures *pictures, const loom_task *task, const loom_outcome *outcome);

/*
 * Makes them with the engine, threads and memory of the batch, which has ended. A request to stop
 * ends it early: the page then shows the outputs themselves. Shows progress where `shown` says so.
 */
void cli_pictures_make(cli_pictures *pictures, const loom_batch *batch, bool allow_untrusted,
                       cli_terminal *terminal, bool shown);
void cli_pictures_release(cli_pictures *pictures); /* a zeroed struct is allowed */

#endif
