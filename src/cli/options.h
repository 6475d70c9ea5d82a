/*
 * Options: a row holds everything about each one, and parser, help, manual and completions are made
 * from it. Rows stand in tables, which end with a row without a name; a command names its tables as
 * groups, so that commands share them. The fields of a recipe bring rows of their own.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <glib.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct cli_option cli_option;

/*
 * Applies an option's word (NULL where the option takes none) to the command's own struct. The
 * word lives as long as the cli_line it came from. The message of an error is without the option's
 * name.
 */
typedef loom_status cli_apply(const cli_option *option, void *target, const char *word,
                              loom_error *err);

struct cli_option {
    const char *section;  /* heading in the help, of this option and those behind it; or NULL: set
                             from its group */
    const char *name;     /* long name, without dashes */
    const char *alias;    /* another long name; or NULL */
    char letter;          /* short name; 0: none */
    const char *argument; /* its word in the help ("DIR"); NULL: takes none */
    const char
        *implied; /* not NULL: the argument may be left out (--name[=WORD]), then it is this */
    const char *allowed;  /* what the argument may be, for the help; NULL: low..high, or anything */
    const char *fallback; /* what holds when the option is not given, for the help; or NULL */
    const char *help;     /* part of a sentence */
    bool early;           /* applied before the others, wherever it stands */
    cli_apply *apply;
    size_t object; /* where the target has a pointer to what `offset` counts in, plus 1; 0: it
                      counts in the target itself */
    size_t offset; /* where the general functions below put their value */
    unsigned long low, high;        /* range of cli_apply_count */
    const loom_recipe_field *field; /* of a recipe, where the row is made from it */
};

/* Tables of options, one behind the other. */
typedef enum cli_group_rows {
    CLI_ROWS_TABLE = 0,
    CLI_ROWS_PICTURE, /* made from the fields of a recipe that change the picture */
    CLI_ROWS_ENCODING /* and those that say how it is written */
} cli_group_rows;

typedef struct cli_group {
    const char *section; /* NULL: it goes on under the last heading */
    const cli_option *table;
    cli_group_rows rows;
    cli_apply *apply; /* of rows that are made from fields */
} cli_group;

/* The place of the option's value in `target`. */
void *cli_option_place(const cli_option *option, void *target);

loom_status cli_apply_flag(const cli_option *option, void *target, const char *word,
                           loom_error *err); /* bool at `offset` becomes true */
loom_status cli_apply_text(const cli_option *option, void *target, const char *word,
                           loom_error *err); /* const char * at `offset` */
loom_status cli_apply_count(const cli_option *option, void *target, const char *word,
                            loom_error *err); /* unsigned at `offset`, low..high */

/* The words of a command line, taken apart. */
typedef struct cli_line {
    struct cli_given *given; /* options with their words, in the order given */
    size_t given_count;
    char **inputs; /* what is no option; NULL-terminated; bytes as they came */
    size_t input_count;
} cli_line;

struct cli_command;

/*
 * Takes the words of `argv` (the command's own, NULL-terminated) apart and applies them to
 * `target`. Answers true when the command should go on; otherwise everything has been said (help,
 * version, or a usage error) and *status is the exit status. Release *line in both cases.
 */
bool cli_options_read(const struct cli_command *command, char **argv, void *target, cli_line *line,
                      int *status);
void cli_line_release(cli_line *line);

/* Adds to `words` (of g_free) what was given of the options that are wanted, as --name or
 * --name=WORD. */
void cli_line_add_options(const cli_line *line, bool (*wanted)(const cli_option *),
                          GPtrArray *words);

/* "half a line of help: what is allowed [what holds otherwise]"; to be freed with g_free. */
char *cli_option_describe(const cli_option *option);

/*
 * The words that the option takes, where `allowed` is a list of such ("auto, all, never"), else
 * NULL; to be freed with g_strfreev.
 */
char **cli_option_choices(const cli_option *option);

/* Prints a usage error in one line, with a hint at the command's help. Answers CLI_EXIT_USAGE. */
int cli_usage_error(const struct cli_command *command, const char *format, ...) LOOM_PRINTF(2, 3);

/* Prints the command's help on standard output. */
void cli_print_help(const struct cli_command *command);
void cli_print_text(const char *text); /* sentences, wrapped */
void cli_print_version(void);

/* -h/--help and -V/--version, which every command has. */
extern const cli_option cli_common_options[];

/* All options of a command but the common ones, as one table; made once. Only one thread. */
const cli_option *cli_options_of(const struct cli_command *command);

/* The n-th option of a command, the common ones last; NULL behind the end. */
const cli_option *cli_option_at(const struct cli_command *command, size_t n);

/* Prints the options of a table, a heading before each section. */
void cli_print_options(const cli_option *options);

#endif
