/* Common to all commands: their list, their help, and usage errors. */
#include "cli/command.h"

#include "cli/terminal.h"
#include <imgloom/parse.h>
#include <stdarg.h>

const cli_command *const cli_commands[] = {
    &cli_command_run,        &cli_command_plan,    &cli_command_script,  &cli_command_bench,
    &cli_command_report,     &cli_command_formats, &cli_command_serve,   &cli_command_sign,
    &cli_command_completion, &cli_command_help,    &cli_command_version, NULL};

const options_group cli_no_groups[] = {{.table = NULL}};

const char *cli_nearest_command(const char *word)
{
    const char *names[G_N_ELEMENTS(cli_commands)];

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        names[i] = cli_commands[i] != NULL ? cli_commands[i]->name : NULL;
    const int near = loom_word_nearest(word, names, G_N_ELEMENTS(names));
    return near >= 0 ? names[near] : NULL;
}

bool cli_options_read(const cli_command *command, char **argv, options_target *target,
                      options_line *line, int *status)
{
    loom_error err = LOOM_ERROR_INIT;

    *status = CLI_EXIT_OK;
    switch (options_read(command->groups, argv, target, line, &err)) {
    case OPTIONS_GO:
        return true;
    case OPTIONS_HELP:
        cli_print_help(command);
        return false;
    case OPTIONS_SHORT_HELP:
        cli_print_short(command);
        return false;
    case OPTIONS_VERSION:
        cli_print_version();
        return false;
    default:
        *status = cli_usage_error(command, "%s", err.message);
        return false;
    }
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

int cli_out_of_memory(void)
{
    cli_error("out of memory");
    return CLI_EXIT_OUTPUT;
}
