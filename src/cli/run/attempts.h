/* imgloom run --plan: attempts at shards of a plan. Main thread only. */
#ifndef CLI_RUN_ATTEMPTS_H
#define CLI_RUN_ATTEMPTS_H

#include "cli/run/run.h"
#include <imgloom/attempt.h>

/* Runs what the options of `r` say, whose --plan is given. Returns an exit status. */
int cli_attempts_run(cli_run *r);

/* ---- which shard, and what runs it (which.c) ------------------------------ */

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

/* ---- what the plan says (adopt.c) ---------------------------------------- */

/* Refuses options that the plan decides, and INPUTs. Returns an exit status. */
int cli_adopt_check(const cli_run *r);

/* Takes recipe, settings and output folder of the plan in place of those of the command line. */
bool cli_adopt_options(run_options *options, const loom_shards_info *info) LOOM_NODISCARD;

/*
 * Makes the folder that the plan's relative paths are below the current one; relative paths of the
 * command line become absolute. Returns an exit status.
 */
int cli_adopt_folder(cli_run *r, const loom_shards_info *info);

/* Refuses a plan of other versions than these. Returns an exit status. */
int cli_adopt_versions(const cli_run *r, const loom_shards_info *info);

/* Refuses reports that are inputs or outputs of the shard, or lie in the plan's folder. Returns an
 * exit status. */
int cli_adopt_reports(const cli_run *r, const loom_shards_info *info, const loom_shard_work *work);

#endif
