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

/* An option of `run`, given without a command. */
static bool is_option_of_run(const char *word)
{
    const char *name = word + strspn(word, "-");
    char *plain = g_strndup(name, strcspn(name, "="));
    const options_row *row;
    bool found = false;

    for (size_t n = 0; !found && (row = options_at(cli_command_run.groups, n)) != NULL; n++)
        found = word[1] == '-' ? g_strcmp0(row->name, plain) == 0 : row->letter == word[1];
    g_free(plain);
    return found;
}

/* "; did you mean run?", or "". */
static char *guess_command(const char *word)
{
    const char *near = cli_nearest_command(word);

    if (word[0] == '-')
        return is_option_of_run(word) ? g_strdup_printf("; did you mean imgloom run %s?", word)
                                      : g_strdup("");
    if (near != NULL)
        return g_strdup_printf("; did you mean %s?", near);
    if (g_file_test(word, G_FILE_TEST_EXISTS))
        return g_strdup_printf("; did you mean imgloom run %s?", word);
    /* `imgloom resize`: as if it were an option. */
    return options_suggest(cli_command_run.groups, word);
}

/* `imgloom run help`, as some programs have it. */
static bool is_call_for_help(char **words)
{
    return words[0] != NULL && strcmp(words[0], "help") == 0 && words[1] == NULL &&
           !g_file_test(words[0], G_FILE_TEST_EXISTS);
}

static int call(const cli_command *command, char **words)
{
    if (command == &cli_command_help || !is_call_for_help(words))
        return command->run(words);
    return cli_usage_error(command, "there is no file 'help'; did you mean imgloom help %s?",
                           command->name);
}

static int run_command(char **argv)
{
    const char *word = argv[0];

    if (word == NULL) {
        cli_print_welcome();
        return CLI_EXIT_USAGE;
    }
    if (strcmp(word, "-h") == 0) {
        cli_print_short(NULL);
        return CLI_EXIT_OK;
    }
    if (strcmp(word, "--help") == 0) {
        cli_print_help(NULL);
        return CLI_EXIT_OK;
    }
    if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
        cli_print_version();
        return CLI_EXIT_OK;
    }
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(word, cli_commands[i]->name) == 0)
            return call(cli_commands[i], argv + 1);
    char *meant = guess_command(word);
    const int status = cli_usage_error(NULL, "'%s' is not %s%s", word,
                                       word[0] == '-' ? "an option here" : "a command", meant);
    g_free(meant);
    return status;
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
    return cli_signals_raise(status);
}
