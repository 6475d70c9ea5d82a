/* Which shard of a plan a run is at, and what runs it. Main thread only. */
#ifndef CLI_RUN_WHICH_H
#define CLI_RUN_WHICH_H

#include <imgloom/error.h>
#include <stdbool.h>

typedef struct cli_which {
    bool all; /* one after another */
    unsigned shard;
} cli_which;

/*
 * Takes the word of --shard: I or I/N, all, or auto, which is the number that an engine has put
 * into the environment. `shards` is the plan's number of them. On LOOM_ERR_USAGE the message names
 * the word or the variables.
 */
loom_status cli_which_parse(const char *word, unsigned shards, cli_which *which,
                            loom_error *err) LOOM_NODISCARD;

/*
 * What runs this process, in the words of its engine: "4711_17 restart 1" for a task of an array
 * job of Slurm. NULL: nothing that is known. Free it with g_free.
 */
char *cli_which_job(void);

#endif
