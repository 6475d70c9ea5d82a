/* Command lines: GLib's parser splits them, and the rows apply their words. */
#include "options/options.h"

#include <string.h>

/* A given option. */
struct options_given {
    const options_row *row;
    char *word;   /* owned; NULL if the option takes none */
    bool by_name; /* not by its letter */
};

/* The data for GOption's callback. */
struct reading {
    const options_group *groups;
    GArray *given; /* of struct options_given */
};

static bool is_name(const char *name, const char *text, size_t size)
{
    return name != NULL && strlen(name) == size && memcmp(name, text, size) == 0;
}

static const options_row *find_long(const options_group *groups, const char *text, size_t size)
{
    const options_row *row;

    for (size_t n = 0; (row = options_at(groups, n)) != NULL; n++)
        if (is_name(row->name, text, size) || is_name(row->alias, text, size))
            return row;
    return NULL;
}

static const options_row *find_short(const options_group *groups, char letter)
{
    const options_row *row;

    for (size_t n = 0; (row = options_at(groups, n)) != NULL; n++)
        if (row->letter != '\0' && row->letter == letter)
            return row;
    return NULL;
}

/* ---- before GOption: what it does not know ------------------------------- */

/* The first unknown option is reported. */
static void refuse_unknown(const options_group *groups, const char *dashes, const char *name,
                           loom_error *err)
{
    char *meant = options_suggest(groups, name);
    const int size = (int)strcspn(name, "=");

    if (err->code == LOOM_OK)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "unknown option %s%.*s%s", dashes,
                       size, name, meant);
    g_free(meant);
}

/* Copies a long option; true if its argument is the next word. */
static bool spell_out_long(const options_group *groups, const char *word, GPtrArray *words,
                           loom_error *err)
{
    size_t size = strcspn(word + 2, "=");
    bool joined = word[2 + size] == '=';
    const options_row *row = find_long(groups, word + 2, size);

    if (row != NULL && row->implied != NULL && !joined) {
        g_ptr_array_add(words, g_strconcat(word, "=", row->implied, NULL));
        return false;
    }
    if (row == NULL)
        refuse_unknown(groups, "--", word + 2, err);
    if (row != NULL && row->argument == NULL && joined)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--%s takes no argument", row->name);
    g_ptr_array_add(words, g_strdup(word));
    return row != NULL && row->argument != NULL && !joined;
}

/* "-quality 80": a long option with one dash, and a letter that is a short one. */
static bool is_long(const options_group *groups, const char *word)
{
    const size_t size = strcspn(word + 1, "=");

    return size > 1 && find_short(groups, word[1]) != NULL &&
           find_short(groups, word[1])->argument != NULL &&
           find_long(groups, word + 1, size) != NULL;
}

/* Copies a word of short options; true if the last one's argument is the next word. */
static bool spell_out_short(const options_group *groups, const char *word, GPtrArray *words,
                            loom_error *err)
{
    if (is_long(groups, word))
        refuse_unknown(groups, "-", word + 1, err);
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const options_row *row = find_short(groups, *letter);
        if (row == NULL) {
            const char name[] = {*letter, '\0'};
            refuse_unknown(groups, "-", letter == word + 1 ? letter : name, err);
            break;
        }
        if (row->argument == NULL)
            continue;
        if (letter[1] == '=') /* else -o=DIR would write to "=DIR" */
            loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                           "-%c takes its word without =: -%c %s", *letter, *letter, letter + 2);
        g_ptr_array_add(words, g_strndup(word, (size_t)(letter + 1 - word)));
        if (letter[1] == '\0')
            return true;
        g_ptr_array_add(words, g_strdup(letter + 1));
        return false;
    }
    g_ptr_array_add(words, g_strdup(word));
    return false;
}

/* An option is no argument of the one before it, as in `--html --width 100`. */
static void check_argument(const options_group *groups, const char *option, const char *word,
                           loom_error *err)
{
    if (strncmp(word, "--", 2) == 0 && err->code == LOOM_OK &&
        find_long(groups, word + 2, strcspn(word + 2, "=")) != NULL)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "missing argument for %s, before %s",
                       option, word);
}

/*
 * GOption supports neither `-j4` nor an argument that can only follow `=`; both are rewritten for
 * it: `-j 4`, `--grayscale=luma`. It would accept `--flatten=no`. It takes the first word for the
 * program's name.
 */
static char **spell_out(const options_group *groups, char **argv, loom_error *err)
{
    GPtrArray *words = g_ptr_array_new();
    bool ended = false;

    g_ptr_array_add(words, g_strdup("imgloom"));
    for (; *argv != NULL; argv++) {
        bool argument_next = false;
        if (ended || argv[0][0] != '-' || argv[0][1] == '\0') {
            g_ptr_array_add(words, g_strdup(argv[0]));
        } else if (strcmp(argv[0], "--") == 0) {
            g_ptr_array_add(words, g_strdup(argv[0]));
            ended = true;
        } else if (argv[0][1] == '-') {
            argument_next = spell_out_long(groups, argv[0], words, err);
        } else {
            argument_next = spell_out_short(groups, argv[0], words, err);
        }
        if (argument_next && argv[1] != NULL)
            check_argument(groups, argv[0], argv[1], err);
        if (argument_next && argv[1] != NULL)
            g_ptr_array_add(words, g_strdup(*++argv));
    }
    g_ptr_array_add(words, NULL);
    return (char **)(void *)g_ptr_array_free(words, FALSE);
}

/* ---- GOption ------------------------------------------------------------- */

static gboolean on_option(const char *name, const char *word, void *data, GError **error)
{
    struct reading *reading = data;
    struct options_given given = {.word = g_strdup(word), .by_name = name[1] == '-'};

    (void)error;
    given.row = given.by_name ? find_long(reading->groups, name + 2, strlen(name + 2))
                              : find_short(reading->groups, name[1]);
    g_array_append_val(reading->given, given);
    return TRUE;
}

static void add_entry(GArray *entries, const options_row *row, const char *name, char letter)
{
    GOptionEntry entry = {.long_name = name,
                          .short_name = letter,
                          .arg = G_OPTION_ARG_CALLBACK,
                          .arg_data = (void *)on_option};

    /* FILENAME: words are bytes, independent of the locale. */
    entry.flags = row->argument != NULL ? G_OPTION_FLAG_FILENAME : G_OPTION_FLAG_NO_ARG;
    g_array_append_val(entries, entry);
}

/* Creates the context for a command's options; other arguments go to *inputs. */
static GOptionContext *make_context(struct reading *reading, char ***inputs)
{
    GOptionContext *context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new("", "", "", reading, NULL);
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    GOptionEntry rest = {
        .long_name = G_OPTION_REMAINING, .arg = G_OPTION_ARG_FILENAME_ARRAY, .arg_data = inputs};
    const options_row *row;

    for (size_t n = 0; (row = options_at(reading->groups, n)) != NULL; n++) {
        add_entry(entries, row, row->name, row->letter);
        if (row->alias != NULL)
            add_entry(entries, row, row->alias, '\0');
    }
    g_array_append_val(entries, rest);
    g_option_group_add_entries(group, (GOptionEntry *)(void *)entries->data);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_array_free(entries, TRUE);
    return context;
}

/* Fills *line. Error messages are GOption's, in our style. */
static loom_status take_apart(const options_group *groups, char **argv, options_line *line,
                              loom_error *err)
{
    struct reading reading = {groups, g_array_new(FALSE, TRUE, sizeof(struct options_given))};
    char **words = spell_out(groups, argv, err);
    GOptionContext *context = make_context(&reading, &line->inputs);
    GError *error = NULL;

    if (err->code == LOOM_OK && !g_option_context_parse_strv(context, &words, &error)) {
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%c%s",
                       g_ascii_tolower(error->message[0]), error->message + 1);
        g_error_free(error);
    }
    line->given_count = reading.given->len;
    line->given = (struct options_given *)(void *)g_array_free(reading.given, FALSE);
    line->input_count = line->inputs != NULL ? g_strv_length(line->inputs) : 0;
    g_option_context_free(context);
    g_strfreev(words);
    return err->code;
}

void options_line_release(options_line *line)
{
    for (size_t i = 0; i < line->given_count; i++)
        g_free(line->given[i].word);
    g_free(line->given);
    g_strfreev(line->inputs);
    *line = (options_line){NULL, 0, NULL, 0};
}

bool options_line_has(const options_line *line, const char *name)
{
    for (size_t i = 0; i < line->given_count; i++)
        if (strcmp(line->given[i].row->name, name) == 0)
            return true;
    return false;
}

const char *options_line_word(const options_line *line, const char *name)
{
    for (size_t i = line->given_count; i > 0; i--)
        if (strcmp(line->given[i - 1].row->name, name) == 0)
            return line->given[i - 1].word;
    return NULL;
}

void options_line_add(const options_line *line, bool (*wanted)(const options_row *),
                      GPtrArray *words)
{
    for (size_t i = 0; i < line->given_count; i++) {
        const struct options_given *given = &line->given[i];
        if (wanted(given->row))
            g_ptr_array_add(words,
                            g_strconcat("--", given->row->name, given->word != NULL ? "=" : NULL,
                                        given->word, NULL));
    }
}

/* ---- applying ------------------------------------------------------------ */

/* The first that is given; NULL: it is not. */
static const struct options_given *find_given(const options_line *line, const options_row *row)
{
    for (size_t i = 0; i < line->given_count; i++)
        if (line->given[i].row == row)
            return &line->given[i];
    return NULL;
}

static loom_status apply_all(const options_line *line, bool early, options_target *target,
                             loom_error *err)
{
    for (size_t i = 0; i < line->given_count; i++) {
        const options_row *row = line->given[i].row;
        loom_error cause = LOOM_ERROR_INIT;
        const char *word = line->given[i].word;
        if (row->early != early || row->apply == NULL ||
            row->apply(row, target, word, &cause) == LOOM_OK)
            continue;
        char *meant = word != NULL && strstr(cause.message, "; did you mean") == NULL
                          ? options_suggest_value(row, target, word)
                          : g_strdup("");
        (void)loom_error_set(err, cause.code, LOOM_STAGE_NONE, "--%s: %s%s", row->name,
                             cause.message, meant);
        g_free(meant);
        return cause.code;
    }
    return LOOM_OK;
}

options_result options_read(const options_group *groups, char **argv, options_target *target,
                            options_line *line, loom_error *err)
{
    *line = (options_line){NULL, 0, NULL, 0};
    if (take_apart(groups, argv, line, err) != LOOM_OK)
        return OPTIONS_WRONG;
    const struct options_given *help = find_given(line, &options_common[0]);
    if (help != NULL)
        return help->by_name ? OPTIONS_HELP : OPTIONS_SHORT_HELP;
    if (find_given(line, &options_common[1]) != NULL)
        return OPTIONS_VERSION;
    if (apply_all(line, true, target, err) != LOOM_OK ||
        apply_all(line, false, target, err) != LOOM_OK)
        return OPTIONS_WRONG;
    return OPTIONS_GO;
}

/* ---- the environment ----------------------------------------------------- */

/* "IMGLOOM_SERVE_MAX_BODY" for --max-body. */
static char *name_variable(const char *prefix, const options_row *row)
{
    char *name = g_ascii_strup(row->name, -1);
    char *variable = g_strconcat(prefix, g_strdelimit(name, "-", '_'), NULL);

    g_free(name);
    return variable;
}

static loom_status apply_words(const options_row *row, const char *text, options_target *target,
                               loom_error *err)
{
    if (row->apply != options_apply_list)
        return row->apply(row, target, text, err);
    char **words = g_strsplit(text, " ", -1);
    loom_status status = LOOM_OK;
    for (size_t i = 0; status == LOOM_OK && words[i] != NULL; i++)
        if (words[i][0] != '\0')
            status = row->apply(row, target, words[i], err);
    g_strfreev(words);
    return status;
}

loom_status options_read_environment(const options_group *groups, const char *prefix,
                                     const options_line *line, options_target *target,
                                     loom_error *err)
{
    loom_status status = LOOM_OK;

    for (const options_row *row = options_rows(groups); status == LOOM_OK && row->name != NULL;
         row++) {
        char *variable = name_variable(prefix, row);
        const char *text = g_getenv(variable);
        loom_error cause = LOOM_ERROR_INIT;
        if (text != NULL && find_given(line, row) == NULL &&
            apply_words(row, text, target, &cause) != LOOM_OK)
            status =
                loom_error_set(err, cause.code, LOOM_STAGE_NONE, "%s: %s", variable, cause.message);
        g_free(variable);
    }
    return status;
}
