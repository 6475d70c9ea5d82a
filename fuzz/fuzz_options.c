/* The command line of `imgloom run`: words, each ended by a newline; and each as NAME=WORD of a
 * request. */
#include "cli/command.h"
#include "cli/run/options.h"
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

enum { MAX_WORDS = 24 };

/* What is said of bad words goes nowhere; a crash is still told. */
int LLVMFuzzerInitialize(int *count, char ***words)
{
    const int nowhere = open("/dev/null", O_WRONLY);

    (void)count;
    (void)words;
    FUZZ_CHECK(nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0);
    stderr = fdopen(nowhere, "w");
    return 0;
}

/* Its words would be read from files, and those are not the fuzzer's. */
static bool names_a_file(const char *word)
{
    return strstr(word, "recipe") != NULL || strstr(word, "rec") != NULL;
}

/* What strangers ask for names no file. */
static void request(const char *given)
{
    char *name = fuzz_text(given, strlen(given)), *word = strchr(name, '=');
    const options_row *rows = options_rows(run_groups);
    loom_error error = LOOM_ERROR_INIT;
    run_options options;

    FUZZ_CHECK(run_options_init(&options));
    if (word != NULL)
        *word++ = '\0';
    if (options_set(rows, name, word, &options.target, &error) == LOOM_OK)
        FUZZ_CHECK(options_find(rows, name)->path == OPTIONS_NO_PATH);
    else
        FUZZ_CHECK(error.code == LOOM_ERR_USAGE && error.message[0] != '\0');
    run_options_release(&options);
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *words[MAX_WORDS + 1] = {NULL};
    size_t count = 0;
    loom_error error = LOOM_ERROR_INIT;
    run_options options;
    options_line line = {0};
    int status = -1;

    for (char *word = strtok(text, "\n"); word != NULL && count < MAX_WORDS;
         word = strtok(NULL, "\n"))
        if (!names_a_file(word))
            words[count++] = word;
    for (size_t i = 0; i < count; i++)
        request(words[i] + strspn(words[i], "-"));
    FUZZ_CHECK(run_options_init(&options));
    if (cli_options_read(&cli_command_run, words, &options.target, &line, &status))
        (void)!run_options_settle(&options, &line, &error);
    else
        FUZZ_CHECK(status == CLI_EXIT_OK || status == CLI_EXIT_USAGE);
    options_line_release(&line);
    run_options_release(&options);
    free(text);
    return 0;
}
