/*
 * Options: a row holds everything about each one, and parser, help, manual page, completions and
 * manual are made from it; what a request over a network may say is looked up in the same rows.
 * Rows stand in tables, which end with a row without a name; a command names its tables as groups,
 * so that commands share them. The fields of a recipe bring rows of their own.
 *
 * The first call of options_rows for a command is made while the program has one thread. The rows
 * then stay to the end, and any thread may read them.
 */
#ifndef OPTIONS_OPTIONS_H
#define OPTIONS_OPTIONS_H

#include <glib.h>
#include <imgloom/batch.h>
#include <imgloom/plan.h>
#include <imgloom/recipe.h>
#include <imgloom/scan.h>
#include <stdbool.h>
#include <stddef.h>

/* What an option sets. */
typedef enum options_object {
    OPTIONS_COMMAND = 0, /* the command's own struct */
    OPTIONS_PROGRAM,     /* what commands of the program have in common */
    OPTIONS_RECIPE,      /* loom_recipe */
    OPTIONS_SETTINGS,    /* loom_settings */
    OPTIONS_BATCH,       /* loom_batch */
    OPTIONS_ENGINE,      /* loom_engine_options */
    OPTIONS_SCAN,        /* loom_scan_options */
    OPTIONS_PLAN,        /* loom_plan_options */
    OPTIONS_OBJECTS
} options_object;

/* The objects that one command line or request sets; those that none of its rows names may be NULL.
 */
typedef struct options_target {
    void *objects[OPTIONS_OBJECTS];
    bool sides;   /* a side of the picture was given */
    bool several; /* the sizes given last are several */
} options_target;

/* What the word of an option names. Such words are taken from the person at the keyboard alone. */
typedef enum options_path {
    OPTIONS_NO_PATH = 0,
    OPTIONS_FILE,
    OPTIONS_FOLDER,
    OPTIONS_PART_OF_PATH /* of the names of outputs */
} options_path;

typedef struct options_row options_row;

/*
 * Applies an option's word (NULL where it has none) to its object. The word lives as long as the
 * options_line it came from. The message of an error is without the option's name.
 */
typedef loom_status options_apply(const options_row *row, options_target *target, const char *word,
                                  loom_error *err);

struct options_row {
    const char *section;  /* heading in the help, of this option and those behind it; or NULL: set
                             from its group */
    const char *name;     /* long name, without dashes */
    const char *alias;    /* another long name; or NULL */
    char letter;          /* short name; 0: none */
    const char *argument; /* its word in the help ("DIR"); NULL: takes none */
    const char *implied;  /* not NULL: the argument may be left out (--name[=WORD]), then this */
    const char *allowed;  /* what the argument may be, for the help; NULL: the keywords, or
                             low..high, or anything */
    const char *fallback; /* what holds when the option is not given, for the help; or NULL */
    const char *help;     /* part of a sentence */
    bool early;           /* applied before the others, wherever it stands */
    options_path path;
    options_apply *apply;
    options_object object;       /* where the functions below put their value: */
    size_t offset;               /* in that object */
    uint64_t low, high;          /* range of a number; high 0 or UINT64_MAX: not told in the help */
    const char *const *keywords; /* of options_apply_keyword, by value; NULL ends them */
    const char *const *(*list_keywords)(void); /* gives them, where the library has the list */
    const loom_recipe_field *field;            /* of a recipe, where the row is made from it */
    const loom_recipe_spelling *spelling;      /* likewise, of several fields */
};

/* Where a row of a table puts its value: a member of an object, and the object's type. */
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

/* Where the row puts its value. */
void *options_place(const options_row *row, const options_target *target);

/* ---- tables of rows (rows.c) --------------------------------------------- */

/* Whence the rows of a group come. */
typedef enum options_source {
    OPTIONS_TABLE = 0,
    OPTIONS_PICTURE, /* the fields of a recipe that change the picture */
    OPTIONS_ENCODING /* and those that say how it is written */
} options_source;

typedef struct options_group {
    const char *section; /* NULL: it goes on under the last heading */
    const options_row *table;
    options_source source;
} options_group;

/* All rows of the groups, which end with one that has neither a table nor a source; one table. */
const options_row *options_rows(const options_group *groups);

/* -h/--help and -V/--version, which every command has. */
extern const options_row options_common[];

/* The n-th row of the groups, the common ones last; NULL behind the end. */
const options_row *options_at(const options_group *groups, size_t n);

/* ---- a request (rows.c) -------------------------------------------------- */

/*
 * The row with this long name or alias, or made from the recipe's field of this name ("noUpscale");
 * NULL: there is none.
 */
const options_row *options_find(const options_row *rows, const char *name);

/*
 * Sets one option by name, without a command line, from a word that a stranger may have written:
 * an unknown name, one that names a file, and a bad word are LOOM_ERR_USAGE, with a message that
 * names the option and what is allowed; the objects are then unchanged. NULL is what the option
 * means without a word; a flag takes true, 1, false and 0, too.
 */
loom_status options_set(const options_row *rows, const char *name, const char *word,
                        options_target *target, loom_error *err) LOOM_NODISCARD;

/* ---- a command line (parse.c) -------------------------------------------- */

/* Its words, taken apart. */
typedef struct options_line {
    struct options_given *given; /* options with their words, in the order given */
    size_t given_count;
    char **inputs; /* what is no option; NULL-terminated; bytes as they came */
    size_t input_count;
} options_line;

typedef enum options_result {
    OPTIONS_GO = 0,
    OPTIONS_HELP,    /* is asked for, and nothing else was looked at */
    OPTIONS_VERSION, /* likewise */
    OPTIONS_WRONG    /* *err says what */
} options_result;

/*
 * Takes the words of `argv` (the command's own, NULL-terminated) apart and applies them to
 * `target`. Release *line in all cases.
 */
options_result options_read(const options_group *groups, char **argv, options_target *target,
                            options_line *line, loom_error *err);
void options_line_release(options_line *line);

/* Adds to `words` (of g_free) what was given of the options that are wanted, as --name or
 * --name=WORD. */
void options_line_add(const options_line *line, bool (*wanted)(const options_row *),
                      GPtrArray *words);

/* ---- what is told of them (help.c) --------------------------------------- */

/* "half a line of help: what is allowed [what holds otherwise]"; to be freed with g_free. */
char *options_describe(const options_row *row);

/* What the word may be, as in the help; NULL: anything. To be freed with g_free. */
char *options_allowed(const options_row *row);

/*
 * The words that the option takes, where it takes no others ("auto, all, never"), else NULL; to be
 * freed with g_strfreev.
 */
char **options_choices(const options_row *row);

/* Prints rows of a table on standard output, a heading before each section. */
void options_print(const options_row *rows);
void options_print_text(const char *text); /* sentences, wrapped */

/* ---- rows that commands share (shared.c) --------------------------------- */

/* Where the rows of commands that run the engine put their values. */
#define OPTIONS_IN_SETTINGS(member) OPTIONS_AT(OPTIONS_SETTINGS, loom_settings, member)
#define OPTIONS_IN_BATCH(member)    OPTIONS_AT(OPTIONS_BATCH, loom_batch, member)
#define OPTIONS_IN_ENGINE(member)   OPTIONS_AT(OPTIONS_ENGINE, loom_engine_options, member)
#define OPTIONS_IN_SCAN(member)     OPTIONS_AT(OPTIONS_SCAN, loom_scan_options, member)
#define OPTIONS_IN_PLAN(member)     OPTIONS_AT(OPTIONS_PLAN, loom_plan_options, member)

/* Rows that every such command may have. */
extern const options_row options_jobs[];
extern const options_row options_untrusted[];
extern const options_row options_limits[]; /* queue, time, pixels, damage, memory */
extern const options_row options_isolate[];
extern const options_row options_sandbox[];

#endif
