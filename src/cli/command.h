/* The commands of the program, and their exit statuses. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "options/options.h"

#include <imgloom/shards.h>

/* Exit status: the first match wins; a caught signal is re-raised instead. */
enum cli_exit {
    CLI_EXIT_OK = 0,
    CLI_EXIT_FAILED = 1,  /* at least one image failed */
    CLI_EXIT_USAGE = 2,   /* nothing was touched */
    CLI_EXIT_NOTHING = 3, /* no image found */
    CLI_EXIT_OUTPUT = 4   /* output folder, report or standard output cannot be written */
};

typedef struct cli_command {
    const char *name;
    const char *summary;         /* half a line for the list of commands */
    const char *usage;           /* what follows "imgloom NAME" */
    const char *about;           /* sentences for its help; may be NULL */
    const char *notes;           /* lines for the end of its help, printed as they are; or NULL */
    const options_group *groups; /* of options; a group with neither a table nor fields ends them */
    const char *const *usual;    /* the options of its short help, ended by NULL; NULL: all */
    int (*run)(char **argv); /* takes its own arguments, NULL-terminated; returns an exit status */
} cli_command;

extern const cli_command cli_command_run;
extern const cli_command cli_command_plan;
extern const cli_command cli_command_bench;
extern const cli_command cli_command_report;
extern const cli_command cli_command_script;
extern const cli_command cli_command_formats;
extern const cli_command cli_command_serve;
extern const cli_command cli_command_sign;
extern const cli_command cli_command_completion;
extern const cli_command cli_command_help;
extern const cli_command cli_command_version;

/* All commands, in the order of the help; NULL ends them. */
extern const cli_command *const cli_commands[];

/* The name of the command that a word was probably meant to be; NULL: none is similar. */
const char *cli_nearest_command(const char *word);

extern const options_group cli_no_groups[]; /* of a command without options of its own */

/* ---- help (help.c) ------------------------------------------------------- */

/* An example of `imgloom run`; a NULL ends them. The first few are the ones for beginners. */
typedef struct cli_example {
    const char *what, *words;
} cli_example;

extern const cli_example cli_examples[];
#define CLI_FIRST_EXAMPLES 3

void cli_print_help(const cli_command *command);  /* all; NULL: of the program */
void cli_print_short(const cli_command *command); /* one screen; NULL: of the program */
void cli_print_version(void);

/* The start of a text for whoever has typed `imgloom` alone, on standard error. */
void cli_print_welcome(void);

/* ---- completions (completion.c) ------------------------------------------ */

typedef struct cli_completion {
    const char *shell;
    void (*print)(void);
} cli_completion;

extern const cli_completion cli_completions[]; /* NULL ends them */

/* ---- command lines (commands.c) ------------------------------------------ */

/*
 * Parses a command line and applies it, as options_read. True: the command should go on. False:
 * everything has been printed (help, version, or a usage error), and *status is the exit status.
 * Release *line in both cases.
 */
bool cli_options_read(const cli_command *command, char **argv, options_target *target,
                      options_line *line, int *status);

/* Prints a usage error on one line, with a hint at the command's help (NULL: at the program's).
 * Returns CLI_EXIT_USAGE. */
int cli_usage_error(const cli_command *command, const char *format, ...) LOOM_PRINTF(2, 3);

/* Says that memory ran out. Returns CLI_EXIT_OUTPUT. */
int cli_out_of_memory(void);

/* ---- plans (plan.c) ------------------------------------------------------ */

/* Opens the plan in a folder that --plan names, or says why not. Returns an exit status; *plan, to
 * be freed with loom_shards_free, is set where it is CLI_EXIT_OK. */
int cli_open_plan(const cli_command *command, const char *path, loom_shards **plan);

#define CLI_ABOUT                                                                                  \
    "imgloom turns a folder of images into another, on all cores, and says exactly what happened " \
    "to every one of them."

#endif
