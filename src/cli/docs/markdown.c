/* The switches of all commands as Markdown tables, for docs/manual.md. */
#include "cli/command.h"
#include "cli/docs/docs.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* Escapes for a table cell: a bar would end it, and a word in angle brackets would be a tag. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '|')
            fputs("\\|", stdout);
        else if (*text == '<')
            fputs("&lt;", stdout);
        else
            putchar(*text);
}

static void print_switch(const options_row *option)
{
    fputs("| ", stdout);
    if (option->letter != '\0')
        printf("`-%c`, ", option->letter);
    printf("`--%s", option->name);
    if (option->argument != NULL) {
        fputs(option->implied != NULL ? "[=" : " ", stdout);
        print_cell(option->argument);
        fputs(option->implied != NULL ? "]" : "", stdout);
    }
    putchar('`');
    if (option->alias != NULL)
        printf(", `--%s`", option->alias);
}

static void print_option(const options_row *option)
{
    char *allowed = options_allowed(option);

    print_switch(option);
    fputs(" | ", stdout);
    print_cell(option->help);
    fputs(" | ", stdout);
    if (allowed != NULL)
        print_cell(allowed);
    g_free(allowed);
    fputs(" | ", stdout);
    if (option->fallback != NULL)
        print_cell(option->fallback);
    else if (option->implied != NULL)
        printf("not given; without a word %s", option->implied);
    fputs(" |\n", stdout);
}

/* Whether the two mean the same to a reader. */
static bool is_like(const options_row *a, const options_row *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->help, b->help) == 0 &&
           g_strcmp0(a->allowed, b->allowed) == 0 && g_strcmp0(a->fallback, b->fallback) == 0;
}

static const options_row *find_like(const options_row *options, const options_row *wanted)
{
    for (; options->name != NULL; options++)
        if (is_like(options, wanted))
            return options;
    return NULL;
}

/* The options of a run are listed once: those that others share are named below their own. */
static bool is_told(const cli_command *command, const options_row *option)
{
    return (command == &cli_command_bench || command == &cli_command_plan) &&
           find_like(options_rows(cli_command_run.groups), option) != NULL;
}

/* Prints a table for each section that has rows left. */
static void print_options(const cli_command *command, const options_row *options)
{
    const char *section = NULL;

    for (; options->name != NULL; options++) {
        if (options->section != NULL)
            section = options->section;
        if (command != NULL && is_told(command, options))
            continue;
        if (section != NULL)
            printf("\n**%s**\n\n| switch | meaning | values | default |\n|---|---|---|---|\n",
                   section);
        section = NULL;
        print_option(options);
    }
}

static void print_shared(const cli_command *command)
{
    const char *before = "\nAs with `imgloom run`: ";

    for (const options_row *option = options_rows(command->groups); option->name != NULL; option++)
        if (is_told(command, option)) {
            printf("%s`--%s`", before, option->name);
            before = ", ";
        }
    if (before[0] == ',')
        fputs(".\n", stdout);
}

static void print_command(const cli_command *command)
{
    printf("\n### imgloom %s\n\n`imgloom %s%s`: %s.\n", command->name, command->name,
           command->usage, command->summary);
    print_options(command, options_rows(command->groups));
    print_shared(command);
}

void docs_print_markdown(void)
{
    fputs("<!-- switches: made from the option tables by `cmake --build --preset dev --target "
          "manual` -->\n",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        print_command(cli_commands[i]);
    fputs("\n### All commands\n", stdout);
    print_options(NULL, options_common);
    fputs("\n### Environment\n\n| variable | meaning |\n|---|---|\n", stdout);
    for (const docs_variable *v = docs_environment; v->name != NULL; v++) {
        printf("| `%s` | ", v->name);
        print_cell(v->meaning);
        fputs(" |\n", stdout);
    }
    fputs("\n<!-- end of switches -->\n", stdout);
}
