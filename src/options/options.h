/*
 * Options: a row contains everything about one option. Parser, help, manual page, completions and
 * manual are made from it, and requests over a network look up the same rows. Rows are in tables
 * that end with a row without a name. A command lists its tables as groups, so that commands can
 * share them. The fields of a recipe provide their own rows.
 *
 * The first call of options_rows for a command must come while the program has one thread. The rows
 * then stay until the end, and any thread may read them.
 */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <glib.h>
#include <imgloom/batch.h>
#include <imgloom/plan.h>
#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <imgloom/state.h>
#include <stdbool.h>
#include <stddef.h>

/* The object that an option sets. */
typedef enum options_object {
    OPTIONS_COMMAND = 0, /* the command's own struct */
    OPTIONS_PROGRAM,     /* shared by the commands of the program */
    OPTIONS_RECIPE,      /* loom_recipe */
    OPTIONS_SETTINGS,    /* loom_settings */
    OPTIONS_BATCH,       /* loom_batch */
    OPTIONS_ENGINE,      /* loom_engine_options */
    OPTIONS_SCAN,        /* loom_scan_options */
    OPTIONS_PLAN,        /* loom_plan_options */
    OPTIONS_STATE,       /* loom_state_options */
    OPTIONS_OBJECTS
} options_object;

/* The objects that one command line or request sets; those that no row uses may be NULL. */
typedef struct options_target {
    void *objects[OPTIONS_OBJECTS];
    bool sides;   /* a side of the picture was given */
    bool several; /* the last sizes given are several */
    bool fit;     /* a fit was given, alone or in a short spelling */
    bool fit_alone;
    const char *fitted_size; /* the size given, if its word also says a fit; or NULL */
} options_target;

/* What the word of an option names. Only the user at the command line may give such words. */
typedef enum options_path {
    OPTIONS_NO_PATH = 0,
    OPTIONS_FILE,
    OPTIONS_FOLDER,
    OPTIONS_PART_OF_PATH /* part of the names of outputs */
} options_path;

typedef struct options_row options_row;

/*
 * Applies an option's word (NULL if it has none) to its object. The word lives as long as its
 * options_line. Error messages do not contain the option's name.
 */
typedef loom_status options_apply(const options_row *row, options_target *target, const char *word,
                                  loom_error *err);

struct options_row {
    const char *section;  /* heading in the help, for this option and the following ones; or NULL:
                             set from its group */
    const char *name;     /* long name, without dashes */
    const char *alias;    /* another long name; or NULL */
    char letter;          /* short name; 0: none */
    const char *argument; /* its word in the help ("DIR"); NULL: takes none */
    const char *implied;  /* not NULL: the default of an optional argument (--name[=WORD]) */
    const char *allowed;  /* the allowed arguments, for the help; NULL: the keywords, or low..high,
                             or anything */
    const char *fallback; /* the value if the option is not given, for the help; or NULL */
    const char *help;     /* part of a sentence */
    bool early;           /* applied before the others, whatever its position */
    options_path path;
    options_apply *apply;
    options_object object; /* where the functions below store the value: */
    size_t offset;         /* in that object */
    uint64_t low, high;    /* range of a number; high 0 or UINT64_MAX: not shown in the help */
    const char *const *keywords; /* for options_apply_keyword, by value; NULL ends them */
    const char *const *(*list_keywords)(void); /* returns them, if the library has the list */
    const loom_recipe_field *field;            /* of a recipe, if the row is made from it */
    const loom_recipe_spelling *spelling;      /* of a recipe, if the row is made from it */
};

/* Where a row of a table stores its value: a member of an object, and the object's type. */
#define OPTIONS_AT(which, type, member) .object = (which), .offset = offsetof(type, member)

/* ---- how words are taken (apply.c) --------------------------------------- */

options_apply options_apply_flag;    /* bool; a request may say true, 1, false or 0 */
options_apply options_apply_text;    /* const char * */
options_apply options_apply_path;    /* const char *, not empty */
options_apply options_apply_list;    /* GPtrArray *, which gets a copy */
options_apply options_apply_count;   /* unsigned, low..high */
options_apply options_apply_number;  /* uint64_t, low..high */
options_apply options_apply_seconds; /* int64_t, nanoseconds */
options_apply options_apply_bytes;   /* uint64_t, from low */
options_apply options_apply_keyword; /* an enum: the keyword's index */

/* The address where the row stores its value. */
void *options_place(const options_row *row, const options_target *target);

/* ---- tables of rows (rows.c) --------------------------------------------- */

/* The source of a group's rows. */
typedef enum options_source {
    OPTIONS_TABLE = 0,
    OPTIONS_PICTURE, /* the recipe fields that change the picture */
    OPTIONS_ENCODING /* the recipe fields about encoding */
} options_source;

/* The default of an option in one command, for the help: for rows that commands share. */
typedef struct options_default {
    const char *name, *fallback;
} options_default;

typedef struct options_group {
    const char *section; /* NULL: continues the previous section */
    const options_row *table;
    options_source source;
    const options_default
        *defaults; /* in place of those in the table; no name ends them; or NULL */
} options_group;

/* All rows of the groups, as one table; a group with neither a table nor a source ends the groups.
 */
const options_row *options_rows(const options_group *groups);

/* -h/--help and -V/--version, which every command has. */
extern const options_row options_common[];

/* The n-th row of the groups, followed by the common rows; NULL after the last. */
const options_row *options_at(const options_group *groups, size_t n);

/* ---- a request (rows.c) -------------------------------------------------- */

/*
 * The row with this long name or alias, or the row of the recipe field with this name
 * ("noUpscale"); NULL: there is none.
 */
const options_row *options_find(const options_row *rows, const char *name);

/*
 * Sets one option by name, without a command line, from an untrusted word. LOOM_ERR_USAGE: the name
 * is unknown or names a file, or the word is bad; the message names the option and what is allowed,
 * and the objects are unchanged. NULL stands for the option without a word; a flag, and
 * an option whose word can be left out, also take true, 1, false and 0.
 */
loom_status options_set(const options_row *rows, const char *name, const char *word,
                        options_target *target, loom_error *err) LOOM_NODISCARD;

/* ---- a command line (parse.c) -------------------------------------------- */

/* A parsed command line. */
typedef struct options_line {
    struct options_given *given; /* the options with their words, in the order given */
    size_t given_count;
    char **inputs; /* the arguments that are not options; NULL-terminated; unchanged bytes */
    size_t input_count;
} options_line;

typedef enum options_result {
    OPTIONS_GO = 0,
    OPTIONS_HELP,       /* was requested; nothing else was checked */
    OPTIONS_SHORT_HELP, /* by its letter */
    OPTIONS_VERSION,    /* was requested; nothing else was checked */
    OPTIONS_WRONG       /* *err says what */
} options_result;

/*
 * Parses the words of `argv` (those of the command, NULL-terminated) and applies them to `target`.
 * Release *line in all cases.
 */
options_result options_read(const options_group *groups, char **argv, options_target *target,
                            options_line *line, loom_error *err);
void options_line_release(options_line *line);

/*
 * For a service: an option that the command line lacks is taken from the environment, where the
 * variable of --name is PREFIX and NAME, with _ for -. The words of a list are separated by spaces,
 * and a flag takes true, 1, false and 0.
 */
loom_status options_read_environment(const options_group *groups, const char *prefix,
                                     const options_line *line, options_target *target,
                                     loom_error *err) LOOM_NODISCARD;

/* Whether the option with this long name is given. */
bool options_line_has(const options_line *line, const char *name);

/* Its last word; NULL: it is not given, or has none. */
const char *options_line_word(const options_line *line, const char *name);

/* Adds the given options for which `wanted` is true to `words` (for g_free), as --name or
 * --name=WORD. */
void options_line_add(const options_line *line, bool (*wanted)(const options_row *),
                      GPtrArray *words);

/* ---- what may have been meant (suggest*.c) ------------------------------- */

/*
 * What to say of a name that is no option of the command: ": say --only-shrink", "; did you mean
 * --size?", or "". `name` has no dashes, and may have a value behind `=`. The caller frees it with
 * g_free.
 */
char *options_suggest(const options_group *groups, const char *name);

/*
 * What to say of a word that the option refuses, as other programs write it: "; did you mean 80?",
 * "; say --lossless", or "". Other words are tried, so `target` is of no use afterwards. The caller
 * frees it with g_free.
 */
char *options_suggest_value(const options_row *row, options_target *target, const char *word);

/* Whether a word of this size is one of `words`, which have spaces between. */
bool options_is_among(const char *word, size_t size, const char *words);

/* ---- what is told of them (help.c) --------------------------------------- */

/* A line of help: "what it does: what is allowed [default]"; the caller frees it with g_free. */
char *options_describe(const options_row *row);

/* The allowed words, as in the help; NULL: anything. The caller frees it with g_free. */
char *options_allowed(const options_row *row);

/*
 * The words of the option, if only these are allowed ("auto, all, never"), else NULL; the caller
 * frees them with g_strfreev.
 */
char **options_choices(const options_row *row);

/*
 * Prints the rows of a table on standard output, with a heading before each section; headings and
 * names in bold if wanted. options_print_usual prints those with the names, shortly.
 */
void options_print(const options_row *rows, bool bold);
void options_print_usual(const options_row *rows, const char *const *names, bool bold);
void options_print_heading(const char *text, bool bold);
void options_print_text(const char *text); /* sentences, wrapped */

/* ---- rows that commands share (shared.c) --------------------------------- */

/* Where the rows of commands that run the engine put their values. */
#define OPTIONS_IN_SETTINGS(member) OPTIONS_AT(OPTIONS_SETTINGS, loom_settings, member)
#define OPTIONS_IN_BATCH(member)    OPTIONS_AT(OPTIONS_BATCH, loom_batch, member)
#define OPTIONS_IN_ENGINE(member)   OPTIONS_AT(OPTIONS_ENGINE, loom_engine_options, member)
#define OPTIONS_IN_SCAN(member)     OPTIONS_AT(OPTIONS_SCAN, loom_scan_options, member)
#define OPTIONS_IN_PLAN(member)     OPTIONS_AT(OPTIONS_PLAN, loom_plan_options, member)
#define OPTIONS_IN_STATE(member)    OPTIONS_AT(OPTIONS_STATE, loom_state_options, member)

/* Rows that every such command may have. */
extern const options_row options_jobs[];
extern const options_row options_untrusted[];
extern const options_row options_limits[]; /* queue, time */
extern const options_row options_judge[];  /* pixels, damage: what of an input is an error */
extern const options_row options_memory[];
extern const options_row options_decoder[];
extern const options_row options_check[];
extern const options_row options_isolate[];
extern const options_row options_sandbox[];

#endif
