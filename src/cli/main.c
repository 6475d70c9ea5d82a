/* The program: finds the command, and answers its exit status. */
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_main_help(void)
{
    cli_print_text(CLI_ABOUT);
    printf("\nUsage: imgloom COMMAND [ARGUMENTS]\n\nCommands\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    cli_print_options(cli_common_options);
    printf("\nimgloom COMMAND --help says more about a command.\n");
}

static int run_command(char **argv)
{
    const char *word = argv[0];

    if (word == NULL)
        return cli_usage_error(NULL, "no command given");
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        print_main_help();
        return CLI_EXIT_OK;
    }
    if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
        cli_print_version();
        return CLI_EXIT_OK;
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(word, cli_commands[i]->name) == 0)
            return cli_commands[i]->run(argv + 1);
    return cli_usage_error(NULL, "'%s' is not %s", word,
                           word[0] == '-' ? "an option here" : "a command");
}

/*
 * A standard descriptor that the caller left closed would be given to the next file opened, an
 * output perhaps. It is filled with one on which reads and writes fail as they should.
 */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1)
            return;
}

int main(int argc, char **argv)
{
    int status;

    fill_standard_descriptors();
    setlocale(LC_CTYPE, "");
    /* A reader that went away and a file-size limit are errors of the write. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    status = run_command(argc > 0 ? argv + 1 : argv);
    if (ferror(stdout) || fflush(stdout) != 0) {
        cli_error("cannot write to standard output: %s", strerror(errno));
        status = CLI_EXIT_OUTPUT;
    }
    cli_signals_raise();
    return status;
}
