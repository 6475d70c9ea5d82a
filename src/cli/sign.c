/* imgloom sign: signs targets for a service with keys. */
#include "cli/command.h"
#include "cli/terminal.h"
#include "serve/signature.h"

#include <stdio.h>

typedef struct sign_options {
    const char *key_file; /* NULL: not given */
} sign_options;

static const options_row rows[] = {
    {.name = "key-file",
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help = "sign with the first key in FILE, whose lines are ID HEX",
     .apply = options_apply_path,
     OPTIONS_AT(OPTIONS_PROGRAM, sign_options, key_file)},
    {.name = NULL},
};

static const options_group groups[] = {{.section = "Key", .table = rows}, {.table = NULL}};

static int sign(const char *key_file, char **targets)
{
    loom_error err = LOOM_ERROR_INIT;

    for (char **target = targets; *target != NULL; target++)
        if (**target != '/')
            return cli_usage_error(&cli_command_sign, "'%s' does not begin with a slash", *target);
    GPtrArray *keys = serve_keys_read(key_file, &err);
    if (keys == NULL)
        return cli_usage_error(&cli_command_sign, "%s", err.message);
    for (; *targets != NULL; targets++) {
        char *target = serve_sign(g_ptr_array_index(keys, 0), *targets);
        puts(target);
        g_free(target);
    }
    g_ptr_array_free(keys, TRUE);
    return CLI_EXIT_OK;
}

static int command_sign(char **argv)
{
    sign_options options = {.key_file = NULL};
    options_target target = {.objects = {[OPTIONS_PROGRAM] = &options}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_sign, argv, &target, &line, &status)) {
        if (options.key_file == NULL)
            status = cli_usage_error(&cli_command_sign, "no --key-file given");
        else if (line.input_count == 0)
            status = cli_usage_error(&cli_command_sign, "no TARGET given");
        else
            status = sign(options.key_file, line.inputs);
    }
    options_line_release(&line);
    return status;
}

const cli_command cli_command_sign = {
    .name = "sign",
    .summary = "sign targets for a service with keys",
    .usage = " --key-file FILE TARGET...",
    .about = "Prints each TARGET, such as /image/photos/a.jpg?width=800, with the signature that "
             "imgloom serve --key-file FILE asks for.",
    .groups = groups,
    .run = command_sign,
};
