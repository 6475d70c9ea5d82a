/* imgloom serve: checks the switches, then becomes the program imgloom-serve. Only that one is
 * linked with libmicrohttpd. */
#include "cli/command.h"
#include "cli/terminal.h"
#include "serve/settings.h"

#include <errno.h>
#include <imgloom/engine.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns on failure alone. */
static int execute(char **argv)
{
    char *program = loom_engine_program("imgloom-serve");
    GPtrArray *words = g_ptr_array_new();

    if (program == NULL) {
        cli_error("the program imgloom-serve is not installed beside imgloom: %s", strerror(errno));
    } else {
        g_ptr_array_add(words, program);
        for (; *argv != NULL; argv++)
            g_ptr_array_add(words, *argv);
        g_ptr_array_add(words, NULL);
        (void)execv(program, (char **)(void *)words->pdata);
        cli_error("cannot execute %s: %s", program, strerror(errno));
    }
    g_ptr_array_free(words, TRUE);
    free(program);
    return CLI_EXIT_OUTPUT;
}

static int command_serve(char **argv)
{
    serve_settings settings;
    options_line line = {NULL, 0, NULL, 0};
    int status = CLI_EXIT_OUTPUT;

    if (!serve_settings_init(&settings))
        status = cli_out_of_memory();
    else if (cli_options_read(&cli_command_serve, argv, &settings.target, &line, &status))
        status = execute(argv); /* which reads the environment, too */
    options_line_release(&line);
    serve_settings_release(&settings);
    return status;
}

const cli_command cli_command_serve = {
    .name = "serve",
    .summary = "answer requests over HTTP: POST a picture, get another",
    .usage = " [OPTIONS]",
    .about =
        "Answers requests over HTTP until SIGTERM: POST a picture to /process-image, and get it "
        "as the parameters say. Parameters are the names of the picture and encoding options of "
        "imgloom run. Each option can also be set in the environment: IMGLOOM_SERVE_MAX_BODY "
        "for --max-body. An option wins.",
    .groups = serve_groups,
    .run = command_serve,
};
