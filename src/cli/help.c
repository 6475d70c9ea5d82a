/* The help, made from the option tables. */
#include "cli/command.h"
#include "cli/options.h"

#include <glib.h>
#include <imgloom/engine.h>
#include <imgloom/version.h>
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 80 };

/* Prints words from `column` on, broken at HELP_WIDTH; where they start anew is HELP_COLUMN. */
static void print_wrapped(const char *text, int column, int indent)
{
    while (*text != '\0') {
        int size = (int)strcspn(text, " ");
        if (column > indent && column + 1 + size > HELP_WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", size, text);
        column += size;
        text += size;
        text += strspn(text, " ");
    }
    putchar('\n');
}

char *cli_option_describe(const cli_option *option)
{
    GString *text = g_string_new(option->help);

    if (option->allowed != NULL)
        g_string_append_printf(text, ": %s", option->allowed);
    else if (option->high > 0)
        g_string_append_printf(text, ": %lu to %lu", option->low, option->high);
    if (option->fallback != NULL)
        g_string_append_printf(text, " [%s]", option->fallback);
    if (option->alias != NULL)
        g_string_append_printf(text, " (also --%s)", option->alias);
    return g_string_free(text, FALSE);
}

static bool is_choice(const char *word)
{
    const size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return size > 0 && word[size] == '\0';
}

char **cli_option_choices(const cli_option *option)
{
    if (option->allowed == NULL || option->argument == NULL)
        return NULL;
    char **words = g_strsplit(option->allowed, ", ", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        if (!is_choice(words[i])) {
            g_strfreev(words);
            return NULL;
        }
    return words;
}

static void print_option(const cli_option *option)
{
    GString *left = g_string_new("  ");
    char *help = cli_option_describe(option);

    if (option->letter != '\0')
        g_string_append_printf(left, "-%c, ", option->letter);
    else
        g_string_append(left, "    ");
    g_string_append_printf(left, "--%s", option->name);
    if (option->implied != NULL)
        g_string_append_printf(left, "[=%s]", option->argument);
    else if (option->argument != NULL)
        g_string_append_printf(left, " %s", option->argument);
    if (left->len + 2 > HELP_COLUMN)
        printf("%s\n%*s", left->str, HELP_COLUMN, "");
    else
        printf("%-*s", HELP_COLUMN, left->str);
    print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
    g_string_free(left, TRUE);
    g_free(help);
}

void cli_print_options(const cli_option *options)
{
    for (; options->name != NULL; options++) {
        if (options->section != NULL)
            printf("\n%s\n", options->section);
        print_option(options);
    }
}

void cli_print_text(const char *text)
{
    print_wrapped(text, 0, 0);
}

void cli_print_help(const cli_command *command)
{
    printf("Usage: imgloom %s%s\n\n", command->name, command->usage);
    if (command->about != NULL)
        cli_print_text(command->about);
    cli_print_options(cli_options_of(command));
    cli_print_options(cli_common_options);
}

void cli_print_version(void)
{
    loom_engine *engine;
    loom_error err = LOOM_ERROR_INIT;

    printf("imgloom %s\n", loom_version());
    if (loom_engine_start(&engine, NULL, &err) != LOOM_OK)
        return;
    const char *vips = loom_engine_vips_version(engine);
    printf("libvips %s, %s\n", vips != NULL ? vips : "(not found)", loom_engine_jpeg_version());
    loom_engine_stop(engine);
}
