/* Completions for bash, zsh and fish, and the command that prints them. */
#include "cli/command.h"

#include <glib.h>
#include <imgloom/parse.h>
#include <stdio.h>
#include <string.h>

/* What completes an option's argument. */
typedef enum word_kind { KIND_NONE, KIND_TEXT, KIND_CHOICES, KIND_FILE, KIND_FOLDER } word_kind;

static word_kind kind_of(const options_row *option, char **choices)
{
    if (option->argument == NULL)
        return KIND_NONE;
    if (choices != NULL)
        return KIND_CHOICES;
    if (option->path == OPTIONS_FILE)
        return KIND_FILE;
    return option->path == OPTIONS_FOLDER ? KIND_FOLDER : KIND_TEXT;
}

/* Calls a function for each row of a command, and then for the common rows. */
static void for_options(const cli_command *command,
                        void (*print)(const cli_command *, const options_row *))
{
    const options_row *option;

    for (size_t n = 0; (option = options_at(command->groups, n)) != NULL; n++)
        print(command, option);
}

/* Quotes for single quotes of a shell. */
static void print_quoted(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
}

static bool takes_files(const cli_command *command)
{
    return strstr(command->usage, "...") != NULL;
}

/* ---- bash ---------------------------------------------------------------- */

static void print_bash_word(const cli_command *command, const options_row *option)
{
    (void)command;
    printf(" --%s", option->name);
    if (option->alias != NULL)
        printf(" --%s", option->alias);
    if (option->letter != '\0')
        printf(" -%c", option->letter);
}

/* The text before the argument: the option, and "=" if it is required. */
static void print_bash_spelling(const cli_command *command, const options_row *option,
                                const char *name)
{
    if (option->implied == NULL)
        printf("%s:--%s | ", command->name, name);
    printf("%s:--%s=", command->name, name);
}

static void print_bash_argument(const cli_command *command, const options_row *option)
{
    char **choices = options_choices(option);
    const word_kind kind = kind_of(option, choices);

    if (kind != KIND_NONE) {
        printf("    ");
        print_bash_spelling(command, option, option->name);
        if (option->alias != NULL) {
            printf(" | ");
            print_bash_spelling(command, option, option->alias);
        }
        if (option->letter != '\0' && option->implied == NULL)
            printf(" | %s:-%c", command->name, option->letter);
        printf(")");
        if (kind == KIND_CHOICES) {
            char *words = g_strjoinv(" ", choices);
            printf(" COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", words);
            g_free(words);
        } else if (kind == KIND_TEXT) {
            printf(" return ;;\n");
        } else {
            printf(" compopt -o filenames; mapfile -t COMPREPLY < <(compgen -%c -- \"$word\"); "
                   "return ;;\n",
                   kind == KIND_FILE ? 'f' : 'd');
        }
    }
    g_strfreev(choices);
}

static void print_bash(void)
{
    fputs("# bash completion for imgloom\n\n_imgloom()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command=${COMP_WORDS[1]} options=\n\n    COMPREPLY=()\n"
          "    if [[ $word == = ]]; then\n        word= before+==\n"
          "    elif [[ $before == = && $COMP_CWORD -gt 2 ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD-2]}=\n    fi\n"
          "    if [[ $COMP_CWORD -eq 1 ]]; then\n        COMPREPLY=($(compgen -W '",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("%s ", cli_commands[i]->name);
    fputs("--help --version' -- \"$word\"))\n        return\n    fi\n"
          "    case $command:$before in\n",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        for_options(cli_commands[i], print_bash_argument);
    fputs("    esac\n    case $command in\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("    %s) options='", cli_commands[i]->name);
        for_options(cli_commands[i], print_bash_word);
        fputs("' ;;\n", stdout);
    }
    fputs("    esac\n    if [[ $word == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n    else\n"
          "        compopt -o filenames\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    fi\n}\n\n"
          "complete -F _imgloom imgloom\n",
          stdout);
}

/* ---- zsh ----------------------------------------------------------------- */

/* Escapes for an _arguments specification, in which brackets and colons are special. */
static void print_zsh_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            putchar('\\');
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
}

static void print_zsh_argument(const options_row *option, word_kind kind, char **choices)
{
    if (kind == KIND_NONE)
        return;
    fputs(option->implied != NULL ? "::" : ":", stdout);
    print_zsh_text(option->argument);
    fputs(":", stdout);
    if (kind == KIND_CHOICES) {
        char *words = g_strjoinv(" ", choices);
        printf("(%s)", words);
        g_free(words);
    } else if (kind != KIND_TEXT) {
        fputs(kind == KIND_FILE ? "_files" : "_files -/", stdout);
    }
}

static void print_zsh_spelling(const options_row *option, const char *dashes, const char *name)
{
    char **choices = options_choices(option);
    char *help = options_describe(option);
    const word_kind kind = kind_of(option, choices);
    const bool is_long = dashes[1] != '\0';

    printf("      '*%s%s%s[", dashes, name,
           kind == KIND_NONE || !is_long ? ""
           : option->implied != NULL     ? "=-"
                                         : "=");
    print_zsh_text(help);
    fputs("]", stdout);
    print_zsh_argument(option, kind, choices);
    fputs("' \\\n", stdout);
    g_free(help);
    g_strfreev(choices);
}

static void print_zsh_option(const cli_command *command, const options_row *option)
{
    const char letter[] = {option->letter, '\0'};

    (void)command;
    print_zsh_spelling(option, "--", option->name);
    if (option->alias != NULL)
        print_zsh_spelling(option, "--", option->alias);
    if (option->letter != '\0')
        print_zsh_spelling(option, "-", letter);
}

static void print_zsh(void)
{
    fputs("#compdef imgloom\n\n_imgloom() {\n  local context state line\n  typeset -A opt_args\n"
          "  if (( CURRENT == 2 )); then\n    local -a commands=(\n",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("      '%s:", cli_commands[i]->name);
        print_quoted(cli_commands[i]->summary);
        fputs("'\n", stdout);
    }
    fputs("    )\n    _describe command commands\n    return\n  fi\n"
          "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("  %s)\n    _arguments -s \\\n", cli_commands[i]->name);
        for_options(cli_commands[i], print_zsh_option);
        printf("      %s\n    ;;\n", takes_files(cli_commands[i]) ? "'*:input:_files'" : "''");
    }
    fputs("  esac\n}\n\n_imgloom \"$@\"\n", stdout);
}

/* ---- fish ---------------------------------------------------------------- */

static void print_fish_option(const cli_command *command, const options_row *option)
{
    char **choices = options_choices(option);
    const word_kind kind = kind_of(option, choices);

    printf("complete -c imgloom -n '__fish_seen_subcommand_from %s' -l %s", command->name,
           option->name);
    if (option->alias != NULL)
        printf(" -l %s", option->alias);
    if (option->letter != '\0')
        printf(" -s %c", option->letter);
    if (kind == KIND_CHOICES) {
        char *words = g_strjoinv(" ", choices);
        printf(option->implied != NULL ? " -f -a '%s'" : " -x -a '%s'", words);
        g_free(words);
    } else if (kind == KIND_FOLDER) {
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
    } else if (kind != KIND_NONE) {
        fputs(kind == KIND_FILE ? " -r -F" : " -x", stdout);
    }
    fputs(" -d '", stdout);
    print_quoted(option->help);
    fputs("'\n", stdout);
    g_strfreev(choices);
}

static void print_fish(void)
{
    fputs("# fish completion for imgloom\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("complete -c imgloom -n __fish_use_subcommand -f -a %s -d '", cli_commands[i]->name);
        print_quoted(cli_commands[i]->summary);
        fputs("'\n", stdout);
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        for_options(cli_commands[i], print_fish_option);
}

/* ---- the command --------------------------------------------------------- */

const cli_completion cli_completions[] = {
    {"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}, {NULL, NULL}};

static int refuse_shell(const char *word)
{
    const char *names[G_N_ELEMENTS(cli_completions)];

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        names[i] = cli_completions[i].shell;
    const int near = loom_word_nearest(word, names, G_N_ELEMENTS(names));
    return cli_usage_error(&cli_command_completion, "'%s' is not bash, zsh or fish%s%s%s", word,
                           near >= 0 ? "; did you mean " : "", near >= 0 ? names[near] : "",
                           near >= 0 ? "?" : "");
}

static int command_completion(char **argv)
{
    options_target target = {.objects = {NULL}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_completion, argv, &target, &line, &status)) {
        const cli_completion *found = cli_completions;
        while (found->shell != NULL &&
               (line.input_count != 1 || strcmp(found->shell, line.inputs[0]) != 0))
            found++;
        if (found->shell != NULL)
            found->print();
        else if (line.input_count == 1)
            status = refuse_shell(line.inputs[0]);
        else
            status = cli_usage_error(&cli_command_completion, "name one shell: bash, zsh or fish");
    }
    options_line_release(&line);
    return status;
}

const cli_command cli_command_completion = {
    .name = "completion",
    .summary = "print what a shell needs to complete words",
    .usage = " bash|zsh|fish",
    .about = "Prints a file of completions. For bash: source <(imgloom completion bash); for zsh, "
             "as _imgloom in a folder of fpath; for fish: imgloom completion fish | source.",
    .groups = cli_no_groups,
    .run = command_completion,
};
