/*
 * Small pictures of outputs, for a page that is a folder (--html DIR/): its gallery then loads
 * these instead of the outputs. Main thread only.
 */
#ifndef CLI_PICTURES_H
#define CLI_PICTURES_H

#include "cli/terminal.h"
#include <imgloom/batch.h>

typedef struct cli_pictures {
    char *folder;    /* of the page, with a slash at its end; NULL: no pictures are wanted */
    char *page;      /* the file of the page, in that folder */
    char *name;      /* of the folder below it that they go to, new each time */
    GArray *wanted;  /* the outputs, and the rows that show them */
    uint64_t failed; /* pictures that could not be made */
} cli_pictures;

/* If the path of a page ends in a slash, the page is index.html in that folder, and pictures are
 * wanted. False: it is a file. */
bool cli_pictures_begin(cli_pictures *pictures, const char *path);

/*
 * Adds the output at `path`, which the caller keeps, for the row `seq`; in a merged page of the run
 * `run`, else -1. Does nothing if no pictures are wanted.
 */
void cli_pictures_add(cli_pictures *pictures, const char *path, int64_t run, uint64_t seq);

/*
 * Makes them with the engine, threads, memory and stop of a batch, which is not running. A request
 * to stop ends it early: the page then shows the outputs themselves, and a line says of how many.
 * Shows progress if `shown`. The folder gets LOOM_PICTURES_MARK (scan.h) first.
 */
void cli_pictures_make(cli_pictures *pictures, const loom_batch *batch, bool allow_untrusted,
                       cli_terminal *terminal, bool shown);
/* Forgets what was added so far: its paths end. */
void cli_pictures_forget(cli_pictures *pictures);
void cli_pictures_release(cli_pictures *pictures); /* a zeroed struct is allowed */

#endif
