#include "cli/options.h"

#include "cli/command.h"
#include "cli/terminal.h"
#include <glib.h>
#include <imgloom/parse.h>
#include <stdarg.h>
#include <string.h>

/* An option as it was given. */
struct cli_given {
    const cli_option *option;
    char *word; /* owned; NULL where the option takes none */
};

/* What GOption's callback works on. */
struct reading {
    const cli_command *command;
    GArray *given; /* of struct cli_given */
};

const cli_option cli_common_options[] = {
    {.section = "Help", .name = "help", .letter = 'h', .help = "print this help and exit"},
    {.name = "version", .letter = 'V', .help = "print the version and exit"},
    {.name = NULL},
};

void *cli_option_place(const cli_option *option, void *target)
{
    char *object = target;

    if (option->object > 0)
        memcpy(&object, object + (option->object - 1), sizeof object);
    return object + option->offset;
}

loom_status cli_apply_flag(const cli_option *option, void *target, const char *word,
                           loom_error *err)
{
    (void)word;
    (void)err;
    *(bool *)cli_option_place(option, target) = true;
    return LOOM_OK;
}

loom_status cli_apply_text(const cli_option *option, void *target, const char *word,
                           loom_error *err)
{
    (void)err;
    memcpy(cli_option_place(option, target), &word, sizeof word);
    return LOOM_OK;
}

loom_status cli_apply_count(const cli_option *option, void *target, const char *word,
                            loom_error *err)
{
    uint64_t value;

    if (loom_parse_count(word, option->low, option->high, &value, err) != LOOM_OK)
        return err->code;
    *(unsigned *)cli_option_place(option, target) = (unsigned)value;
    return LOOM_OK;
}

const cli_option *cli_option_at(const cli_command *command, size_t n)
{
    const cli_option *const tables[] = {cli_options_of(command), cli_common_options};

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const cli_option *option = tables[i]; option->name != NULL; option++)
            if (n-- == 0)
                return option;
    return NULL;
}

static bool is_name(const char *name, const char *text, size_t size)
{
    return name != NULL && strlen(name) == size && memcmp(name, text, size) == 0;
}

static const cli_option *find_long(const cli_command *command, const char *text, size_t size)
{
    const cli_option *option;

    for (size_t n = 0; (option = cli_option_at(command, n)) != NULL; n++)
        if (is_name(option->name, text, size) || is_name(option->alias, text, size))
            return option;
    return NULL;
}

static const cli_option *find_short(const cli_command *command, char letter)
{
    const cli_option *option;

    for (size_t n = 0; (option = cli_option_at(command, n)) != NULL; n++)
        if (option->letter != '\0' && option->letter == letter)
            return option;
    return NULL;
}

/* ---- before GOption: what it does not know ------------------------------- */

/* Copies a long option; true when its argument is the next word. */
static bool spell_out_long(const cli_command *command, const char *word, GPtrArray *words,
                           loom_error *err)
{
    size_t size = strcspn(word + 2, "=");
    bool joined = word[2 + size] == '=';
    const cli_option *option = find_long(command, word + 2, size);

    if (option != NULL && option->implied != NULL && !joined) {
        g_ptr_array_add(words, g_strconcat(word, "=", option->implied, NULL));
        return false;
    }
    if (option != NULL && option->argument == NULL && joined)
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--%s takes no argument",
                       option->name);
    g_ptr_array_add(words, g_strdup(word));
    return option != NULL && option->argument != NULL && !joined;
}

/* Copies a word of short options; true when the last one's argument is the next word. */
static bool spell_out_short(const cli_command *command, const char *word, GPtrArray *words)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const cli_option *option = find_short(command, *letter);
        if (option == NULL)
            break;
        if (option->argument == NULL)
            continue;
        g_ptr_array_add(words, g_strndup(word, (size_t)(letter + 1 - word)));
        if (letter[1] == '\0')
            return true;
        g_ptr_array_add(words, g_strdup(letter + 1));
        return false;
    }
    g_ptr_array_add(words, g_strdup(word));
    return false;
}

/*
 * GOption knows neither `-j4` nor an argument that can only stand behind `=`; both are spelt out
 * for it: `-j 4`, `--grayscale=luma`. It would let `--flatten=no` pass. It takes the first word
 * for the program's name.
 */
static char **spell_out(const cli_command *command, char **argv, loom_error *err)
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
            argument_next = spell_out_long(command, argv[0], words, err);
        } else {
            argument_next = spell_out_short(command, argv[0], words);
        }
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
    struct cli_given given = {.word = g_strdup(word)};

    (void)error;
    given.option = name[1] == '-' ? find_long(reading->command, name + 2, strlen(name + 2))
                                  : find_short(reading->command, name[1]);
    g_array_append_val(reading->given, given);
    return TRUE;
}

static void add_entry(GArray *entries, const cli_option *option, const char *name, char letter)
{
    GOptionEntry entry = {.long_name = name,
                          .short_name = letter,
                          .arg = G_OPTION_ARG_CALLBACK,
                          .arg_data = (void *)on_option};

    /* FILENAME: words are bytes, whatever the locale says. */
    entry.flags = option->argument != NULL ? G_OPTION_FLAG_FILENAME : G_OPTION_FLAG_NO_ARG;
    g_array_append_val(entries, entry);
}

/* The context for a command's options; what is no option goes to *inputs. */
static GOptionContext *make_context(struct reading *reading, char ***inputs)
{
    GOptionContext *context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new("", "", "", reading, NULL);
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    GOptionEntry rest = {
        .long_name = G_OPTION_REMAINING, .arg = G_OPTION_ARG_FILENAME_ARRAY, .arg_data = inputs};
    const cli_option *option;

    for (size_t n = 0; (option = cli_option_at(reading->command, n)) != NULL; n++) {
        add_entry(entries, option, option->name, option->letter);
        if (option->alias != NULL)
            add_entry(entries, option, option->alias, '\0');
    }
    g_array_append_val(entries, rest);
    g_option_group_add_entries(group, (GOptionEntry *)(void *)entries->data);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_array_free(entries, TRUE);
    return context;
}

/* Fills *line. An error's message is GOption's, in our style. */
static loom_status take_apart(const cli_command *command, char **argv, cli_line *line,
                              loom_error *err)
{
    struct reading reading = {command, g_array_new(FALSE, TRUE, sizeof(struct cli_given))};
    char **words = spell_out(command, argv, err);
    GOptionContext *context = make_context(&reading, &line->inputs);
    GError *error = NULL;

    if (err->code == LOOM_OK && !g_option_context_parse_strv(context, &words, &error)) {
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%c%s",
                       g_ascii_tolower(error->message[0]), error->message + 1);
        g_error_free(error);
    }
    line->given_count = reading.given->len;
    line->given = (struct cli_given *)(void *)g_array_free(reading.given, FALSE);
    line->input_count = line->inputs != NULL ? g_strv_length(line->inputs) : 0;
    g_option_context_free(context);
    g_strfreev(words);
    return err->code;
}

void cli_line_release(cli_line *line)
{
    for (size_t i = 0; i < line->given_count; i++)
        g_free(line->given[i].word);
    g_free(line->given);
    g_strfreev(line->inputs);
    *line = (cli_line){NULL, 0, NULL, 0};
}

void cli_line_add_options(const cli_line *line, bool (*wanted)(const cli_option *),
                          GPtrArray *words)
{
    for (size_t i = 0; i < line->given_count; i++) {
        const struct cli_given *given = &line->given[i];
        if (wanted(given->option))
            g_ptr_array_add(words,
                            g_strconcat("--", given->option->name, given->word != NULL ? "=" : NULL,
                                        given->word, NULL));
    }
}

/* ---- applying ------------------------------------------------------------ */

static bool was_given(const cli_line *line, const cli_option *option)
{
    for (size_t i = 0; i < line->given_count; i++)
        if (line->given[i].option == option)
            return true;
    return false;
}

static bool apply_all(const cli_command *command, const cli_line *line, bool early, void *target)
{
    for (size_t i = 0; i < line->given_count; i++) {
        const cli_option *option = line->given[i].option;
        loom_error err = LOOM_ERROR_INIT;
        if (option->early != early || option->apply == NULL)
            continue;
        if (option->apply(option, target, line->given[i].word, &err) != LOOM_OK) {
            cli_usage_error(command, "--%s: %s", option->name, err.message);
            return false;
        }
    }
    return true;
}

bool cli_options_read(const cli_command *command, char **argv, void *target, cli_line *line,
                      int *status)
{
    loom_error err = LOOM_ERROR_INIT;

    *line = (cli_line){NULL, 0, NULL, 0};
    *status = CLI_EXIT_OK;
    if (take_apart(command, argv, line, &err) != LOOM_OK) {
        *status = cli_usage_error(command, "%s", err.message);
        return false;
    }
    if (was_given(line, &cli_common_options[0])) {
        cli_print_help(command);
        return false;
    }
    if (was_given(line, &cli_common_options[1])) {
        cli_print_version();
        return false;
    }
    if (!apply_all(command, line, true, target) || !apply_all(command, line, false, target)) {
        *status = CLI_EXIT_USAGE;
        return false;
    }
    return true;
}

int cli_usage_error(const cli_command *command, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_error("%s (see imgloom %s%s--help)", text, command != NULL ? command->name : "",
              command != NULL ? " " : "");
    g_free(text);
    return CLI_EXIT_USAGE;
}
