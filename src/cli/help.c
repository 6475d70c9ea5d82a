/* What the program says of itself: help, long and short, and its version. */
#include "cli/command.h"

#include "cli/terminal.h"
#include <imgloom/engine.h>
#include <imgloom/version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const cli_example cli_examples[] = {
    {"Pictures of at most 1600 px a side, whole (the fit inside), in another folder:",
     "imgloom run --inside 1600x1600 -o web photos"},
    {"Thumbnails that fill a box, cropped (the fit cover), as WebP:",
     "imgloom run --cover 320x320 -f webp -o thumbs photos"},
    {"What that would do, without doing it:",
     "imgloom run --cover 320x320 -f webp -o thumbs photos -n"},
    {"Greyscale, rotated, whole with black bars (the fit contain), with a report:",
     "imgloom run --contain 800x600 --rotate 90 --grayscale -o out photos --report report.json"},
    {"At most 1600 px wide (the fit inside), nothing enlarged; an original that would only grow "
     "stays as it is:",
     "imgloom run --inside 1600x --only-shrink --if-larger copy -o web photos"},
    {"Exactly the files that another program lists, whatever their names contain, 800 px wide (the "
     "fit inside):",
     "find photos -name '*.jpg' -mtime -1 -print0 | imgloom run --inside 800x --files-from - -0 -o "
     "recent"},
    {"Going on after Ctrl-C, with one report of both runs:",
     "imgloom run --inside 1600x1600 -o web photos --if-exists skip --report second.ndjson\n"
     "imgloom report --merge first.ndjson second.ndjson -o all.json"},
    {NULL, NULL}};

static void print_examples(FILE *to)
{
    for (unsigned i = 0; i < CLI_FIRST_EXAMPLES; i++)
        (void)fprintf(to, "  %s\n", cli_examples[i].words);
}

static void print_commands(bool bold)
{
    options_print_heading("Commands", bold);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        printf("  %-11s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
}

static void print_usage(const cli_command *command)
{
    printf("Usage: imgloom %s%s\n\n", command->name, command->usage);
}

/* ---- help ---------------------------------------------------------------- */

static void print_program(bool bold)
{
    options_print_text(CLI_ABOUT);
    printf("\nUsage: imgloom COMMAND [ARGUMENTS]\n");
    print_commands(bold);
    options_print(options_common, bold);
    printf("\nimgloom COMMAND --help says more about a command.\n");
}

void cli_print_help(const cli_command *command)
{
    const bool bold = cli_terminal_has_colours(STDOUT_FILENO, CLI_AUTO);

    if (command == NULL) {
        print_program(bold);
        return;
    }
    print_usage(command);
    if (command->about != NULL)
        options_print_text(command->about);
    options_print(options_rows(command->groups), bold);
    options_print(options_common, bold);
    if (command->notes != NULL)
        printf("\n%s", command->notes);
}

void cli_print_short(const cli_command *command)
{
    const bool bold = cli_terminal_has_colours(STDOUT_FILENO, CLI_AUTO);

    if (command == NULL || command->usual == NULL) {
        cli_print_help(command);
        return;
    }
    print_usage(command);
    if (command == &cli_command_run)
        print_examples(stdout);
    options_print_heading("The usual options", bold);
    options_print_usual(options_rows(command->groups), command->usual, bold);
    printf("\nimgloom %s --help lists all of them, man imgloom explains.\n", command->name);
}

void cli_print_welcome(void)
{
    (void)fputs("imgloom turns a folder of images into another, on all cores:\n\n", stderr);
    print_examples(stderr);
    (void)fputs("\nimgloom run -h lists the usual options, imgloom --help the commands.\n", stderr);
}

static const cli_command *find_command(const char *name)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int command_help(char **argv)
{
    options_target target = {.objects = {NULL}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_help, argv, &target, &line, &status)) {
        const char *name = line.input_count > 0 ? line.inputs[0] : NULL;
        const cli_command *command = name != NULL ? find_command(name) : NULL;
        const char *near = name != NULL ? cli_nearest_command(name) : NULL;
        if (name == NULL || command != NULL)
            cli_print_help(command);
        else
            status = cli_usage_error(NULL, "'%s' is not a command%s%s%s", name,
                                     near != NULL ? "; did you mean " : "",
                                     near != NULL ? near : "", near != NULL ? "?" : "");
    }
    options_line_release(&line);
    return status;
}

const cli_command cli_command_help = {
    .name = "help",
    .summary = "print the help of a command",
    .usage = " [COMMAND]",
    .about = "Prints what imgloom COMMAND --help prints, or the list of commands.",
    .groups = cli_no_groups,
    .run = command_help,
};

/* ---- version ------------------------------------------------------------- */

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

static int command_version(char **argv)
{
    options_target target = {.objects = {NULL}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_version, argv, &target, &line, &status)) {
        if (line.input_count == 0)
            cli_print_version();
        else
            status = cli_usage_error(&cli_command_version, "version takes no argument");
    }
    options_line_release(&line);
    return status;
}

const cli_command cli_command_version = {
    .name = "version",
    .summary = "print the versions of imgloom and its libraries",
    .usage = "",
    .about = "Prints what imgloom --version prints.",
    .groups = cli_no_groups,
    .run = command_version,
};
