/* imgloom script: prints a script by which an engine runs the shards of a plan. */
#include "cli/command.h"
#include "cli/terminal.h"

#include <imgloom/shards.h>
#include <stdio.h>
#include <string.h>

typedef struct script_options {
    const char *plan; /* NULL: not given */
} script_options;

/* What a script is filled in with. */
typedef struct script_words {
    const char *path; /* of the plan's folder */
    char *run, *log;  /* it, and its folder of logs, as words for a shell */
    char *log_file;   /* the same for sbatch, which replaces what follows a % */
    char *merge;      /* a command that makes one report */
    char *wrap;       /* the same as a word */
    unsigned last;    /* shard */
} script_words;

static const options_row rows[] = {
    {.name = "plan",
     .argument = "RUN",
     .path = OPTIONS_FOLDER,
     .help = "the plan, as imgloom plan has made it",
     .apply = options_apply_path,
     OPTIONS_AT(OPTIONS_PROGRAM, script_options, plan)},
    {.name = NULL},
};

static const options_group groups[] = {{.section = "Plan", .table = rows}, {.table = NULL}};

/* ---- the scripts --------------------------------------------------------- */

/*
 * Before the time limit Slurm sends SIGUSR1 to the shell alone, which stops the run, waits until it
 * has ended (`wait` returns early then), and queues the task again if something is left: 143.
 * SIGTERM, of scancel, only stops it. Exit status 1 says that images failed; these are rows, so the
 * task is done.
 */
static void print_slurm(const script_words *words)
{
    printf("#!/bin/bash\n"
           "# Runs the shards of a plan as the tasks of a job array: sbatch job.sh\n"
           "# Fit time, CPUs, partition and account to your site.\n"
           "#SBATCH --job-name=imgloom\n"
           "#SBATCH --array=0-%u\n"
           "#SBATCH --nodes=1 --ntasks=1 --cpus-per-task=16\n"
           "#SBATCH --time=02:00:00 --signal=B:USR1@120\n"
           "#SBATCH --requeue --open-mode=append\n"
           "#SBATCH --output=%s\n",
           words->last, words->log_file);
    printf("\n"
           "imgloom run --plan %s --shard auto -j \"${SLURM_CPUS_PER_TASK:-1}\" -Q &\n"
           "pid=$!\n"
           "late=\n"
           "trap 'kill -TERM \"$pid\"' TERM\n"
           "trap 'late=1; kill -TERM \"$pid\"' USR1 # two minutes before the time limit\n"
           "while\n"
           "  wait \"$pid\"\n"
           "  code=$?\n"
           "  [ \"$code\" -gt 128 ] && kill -0 \"$pid\" 2>/dev/null\n"
           "do :; done\n"
           "case $code in\n"
           "1) exit 0 ;; # images failed: the reports say which\n"
           "143) [ -z \"$late\" ] || scontrol requeue "
           "\"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\" ;;\n"
           "esac\n"
           "exit \"$code\"\n",
           words->run);
    printf("\n"
           "# What is missing once all tasks have ended; nothing is printed if nothing is:\n"
           "#   imgloom report --plan %s --missing\n"
           "# That again:\n"
           "#   sbatch --array=\"$(imgloom report --plan %s --missing)\" job.sh\n"
           "# One report of all, when the array JOB has ended:\n"
           "#   sbatch --dependency=afterany:JOB --wrap=%s\n",
           words->run, words->run, words->wrap);
}

static void print_parallel(const script_words *words)
{
    char *command =
        g_strdup_printf("imgloom run --plan %s --shard {} -Q || [ $? = 1 ]", words->run);
    char *word = g_shell_quote(command);

    printf("#!/bin/sh\n"
           "# Runs the shards of a plan with GNU parallel, one at a time on each machine. HOSTS is "
           "a file\n"
           "# with a machine a line, as --sshloginfile takes it; without it they run here.\n"
           "seq 0 %u | parallel ${HOSTS:+--sshloginfile \"$HOSTS\"} -j1 --retries 3 \\\n"
           "  --joblog %s/jobs \\\n"
           "  %s\n",
           words->last, words->log, word);
    printf("\n"
           "# What is missing afterwards; nothing is printed if nothing is:\n"
           "#   imgloom report --plan %s --missing\n"
           "# One report of all:\n"
           "#   %s\n",
           words->run, words->merge);
    g_free(word);
    g_free(command);
}

/* An engine that starts attempts. */
typedef struct script_engine {
    const char *name;
    const char *unsayable; /* characters that it would replace in a path */
    void (*print)(const script_words *words);
} script_engine;

static const script_engine engines[] = {
    {"slurm", "", print_slurm}, {"parallel", "{}", print_parallel}, {NULL, NULL, NULL}};

static const script_engine *find_engine(const char *name)
{
    for (const script_engine *engine = engines; engine->name != NULL; engine++)
        if (strcmp(engine->name, name) == 0)
            return engine;
    return NULL;
}

/* ---- filling in ---------------------------------------------------------- */

/* Whether a script can hold the path: a comment ends with its line. */
static bool is_sayable(const char *path, const script_engine *engine)
{
    for (const char *c = path; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c) || strchr(engine->unsayable, *c) != NULL)
            return false;
    return true;
}

/* ---- the command --------------------------------------------------------- */

static void print_script(const script_engine *engine, const loom_shards_info *info)
{
    char *log = g_build_filename(info->path, "log", NULL);
    char **parts = g_strsplit(log, "%", -1);
    char *pattern = g_strjoinv("%%", parts);
    char *file = g_strconcat(pattern, "/%A_%a.txt", NULL);
    char *all = g_build_filename(info->path, "all.ndjson", NULL), *output = g_shell_quote(all);
    script_words words = {.path = info->path,
                          .run = g_shell_quote(info->path),
                          .log = g_shell_quote(log),
                          .log_file = g_shell_quote(file),
                          .last = info->shards - 1};

    words.merge = g_strdup_printf("imgloom report --plan %s --merge -o %s", words.run, output);
    words.wrap = g_shell_quote(words.merge);
    engine->print(&words);
    g_free(words.wrap);
    g_free(words.merge);
    g_free(words.log_file);
    g_free(words.log);
    g_free(words.run);
    g_free(output);
    g_free(all);
    g_free(file);
    g_free(pattern);
    g_strfreev(parts);
    g_free(log);
}

static int script(const script_engine *engine, const char *plan)
{
    loom_shards *shards = NULL;
    int status = cli_open_plan(&cli_command_script, plan, &shards);

    if (status != CLI_EXIT_OK)
        return status;
    const loom_shards_info *info = loom_shards_get_info(shards);
    if (is_sayable(info->path, engine))
        print_script(engine, info);
    else
        status = cli_usage_error(&cli_command_script,
                                 "--plan %s: the script cannot hold a path with control "
                                 "characters%s",
                                 plan, engine->unsayable[0] != '\0' ? " or braces" : "");
    loom_shards_free(shards);
    return status;
}

static int command_script(char **argv)
{
    script_options options = {.plan = NULL};
    options_target target = {.objects = {[OPTIONS_PROGRAM] = &options}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_script, argv, &target, &line, &status)) {
        const script_engine *engine = line.input_count == 1 ? find_engine(line.inputs[0]) : NULL;
        if (line.input_count != 1)
            status = cli_usage_error(&cli_command_script, "say slurm or parallel");
        else if (engine == NULL)
            status = cli_usage_error(&cli_command_script, "'%s' is neither slurm nor parallel",
                                     line.inputs[0]);
        else if (options.plan == NULL)
            status = cli_usage_error(&cli_command_script, "no --plan given");
        else
            status = script(engine, options.plan);
    }
    options_line_release(&line);
    return status;
}

const cli_command cli_command_script = {
    .name = "script",
    .summary = "print a script that runs the shards of a plan on a cluster",
    .usage = " slurm|parallel --plan RUN",
    .about = "Prints a script that runs all shards of the plan RUN: as a job array of Slurm, or by "
             "GNU parallel. It runs as it is printed; edit it as your site needs. Nothing is "
             "submitted.",
    .groups = groups,
    .run = command_script,
};
