/* The program: finds the command, and returns its exit status. */
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_main_help(void)
{
    options_print_text(CLI_ABOUT);
    printf("\nUsage: imgloom COMMAND [ARGUMENTS]\n\nCommands\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("  %-10s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    options_print(options_common);
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
 * If the caller left a standard descriptor closed, the next file opened would get it, perhaps an
 * output. It is replaced by one on which reads and writes fail as they should.
 */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1)
            return;
}

/*
 * The errno of standard output's failure, which may have been long ago; 0: unknown. `number` is
 * that of the last flush; 0: it succeeded.
 */
static int find_reason(int number)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    if (number == 0 && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0)
        number = EPIPE;
    return number;
}

/* False, after a message: not everything was written. A reader that has seen enough, as `head`, is
 * no failure. */
static bool end_output(void)
{
    const bool failed = ferror(stdout) != 0;
    const int flushed = fflush(stdout) != 0 ? errno : 0;

    if (!failed && flushed == 0)
        return true;
    const int number = find_reason(flushed);
    if (number == EPIPE)
        return true;
    if (number != 0)
        cli_error("cannot write to standard output: %s", strerror(number));
    else
        cli_error("cannot write to standard output");
    return false;
}

int main(int argc, char **argv)
{
    int status;

    fill_standard_descriptors();
    setlocale(LC_CTYPE, "");
    /* A reader that is gone, and a file-size limit, are errors of the write. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    status = run_command(argc > 0 ? argv + 1 : argv);
    if (!end_output())
        status = CLI_EXIT_OUTPUT;
    cli_signals_raise();
    return status;
}
