/* The manual page. */
#include "cli/command.h"
#include "cli/docs/docs.h"

#include <glib.h>
#include <imgloom/version.h>
#include <stdio.h>
#include <string.h>

/* Escapes for roff: no escapes, no requests, and searchable hyphens. */
static void print_text(const char *text)
{
    bool line_start = true;

    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        line_start = *text == '\n';
    }
}

static void print_line(const char *macro, const char *text)
{
    printf("%s ", macro);
    print_text(text);
    putchar('\n');
}

static void print_option(const options_row *option)
{
    char *help = options_describe(option);

    fputs(".TP\n", stdout);
    if (option->letter != '\0')
        printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    print_text(option->name);
    fputs("\\fR", stdout);
    if (option->argument != NULL) {
        fputs(option->implied != NULL ? "[=\\fI" : " \\fI", stdout);
        print_text(option->argument);
        fputs(option->implied != NULL ? "\\fR]" : "\\fR", stdout);
    }
    putchar('\n');
    print_text(help);
    putchar('\n');
    g_free(help);
}

static void print_options(const options_row *options)
{
    for (; options->name != NULL; options++) {
        if (options->section != NULL)
            print_line(".PP\n.I", options->section);
        print_option(options);
    }
}

static void print_command(const cli_command *command)
{
    printf(".SS imgloom %s", command->name);
    print_text(command->usage);
    putchar('\n');
    if (command->about != NULL) {
        print_text(command->about);
        putchar('\n');
    } else {
        print_text(command->summary);
        fputs(".\n", stdout);
    }
    print_options(options_rows(command->groups));
}

/* In order of precedence. */
static const struct {
    const char *status, *when;
} statuses[] = {
    {"130, 143", "interrupted by SIGINT or SIGTERM; after the report is written, the same signal "
                 "ends the program"},
    {"2", "usage: a bad option or combination; nothing was touched"},
    {"4", "the output folder, the report or standard output cannot be written"},
    {"1", "at least one image is in error"},
    {"3", "no image found"},
    {"0", "success"},
};

static void print_statuses(void)
{
    fputs(".SH EXIT STATUS\nThe first that applies:\n", stdout);
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        print_line(".TP\n.B", statuses[i].status);
        print_text(statuses[i].when);
        putchar('\n');
    }
}

const docs_variable docs_environment[] = {
    {"IMGLOOM_SIMD", "none: imgloom's own code makes no use of the CPU's vectors (AVX2, BMI2). The "
                     "pictures are the same, and take longer; libraries keep theirs. Any other "
                     "word: as if it were not set"},
    {"NO_COLOR", "not empty: no colours, unless --color always asks for them"},
    {"TERM", "not set, empty or dumb: progress is not redrawn"},
    {"TMPDIR", "the folder for a file without a name, where the kernel has none in memory; else "
               "/tmp"},
    {NULL, NULL}};

static void print_environment(void)
{
    fputs(".SH ENVIRONMENT\n", stdout);
    for (const docs_variable *v = docs_environment; v->name != NULL; v++) {
        print_line(".TP\n.B", v->name);
        print_text(v->meaning);
        fputs(".\n", stdout);
    }
}

static const struct {
    const char *what, *words;
} examples[] = {
    {"Thumbnails of a tree, cropped to fill the box, in another tree:",
     "imgloom run --size 320x320 -o thumbs photos"},
    {"Greyscale, rotated, fitted into a box with black bars, with a report:",
     "imgloom run --size 800x600 --fit contain --rotate 90 --grayscale -o out photos --report "
     "report.json"},
    {"Everything to WebP, at most 1600 px wide, nothing enlarged:",
     "imgloom run --size 1600x --no-upscale --format webp -q 80 -o web photos"},
    {"Exactly the files that another program lists, whatever their names contain:",
     "find photos -name '*.jpg' -mtime -1 -print0 | imgloom run --size 800x --files-from - -0 -o "
     "recent"},
};

static void print_examples(void)
{
    fputs(".SH EXAMPLES\n", stdout);
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        fputs(".PP\n", stdout);
        print_text(examples[i].what);
        fputs("\n.PP\n.RS 4\n.EX\n", stdout);
        print_text(examples[i].words);
        fputs("\n.EE\n.RE\n", stdout);
    }
}

void docs_print_manual(void)
{
    printf(".TH IMGLOOM 1 \"\" \"imgloom %s\" \"User Commands\"\n", loom_version());
    fputs(".SH NAME\nimgloom \\- process folders of images on all cores, with a report\n"
          ".SH SYNOPSIS\n",
          stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        printf("%s.B imgloom %s\n.I", i > 0 ? ".br\n" : "", cli_commands[i]->name);
        print_text(cli_commands[i]->usage);
        putchar('\n');
    }
    fputs(".SH DESCRIPTION\n", stdout);
    print_text(
        CLI_ABOUT
        " It resizes, rotates, makes greyscale and converts between formats. Inputs are "
        "never changed; an output appears complete or not at all; every input has a row in the "
        "report.\n");
    fputs(".SH COMMANDS\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        print_command(cli_commands[i]);
    fputs(".SS all commands\n", stdout);
    print_options(options_common);
    fputs(".SH SIGNALS\n", stdout);
    print_text(
        "The first SIGINT or SIGTERM lets running images finish and writes a complete report; "
        "a second one cancels them. SIGUSR1 makes a run or a benchmark print its progress.\n");
    print_environment();
    print_statuses();
    print_examples();
    fputs(".SH SEE ALSO\n.BR vips (1),\n.BR vipsthumbnail (1),\n.BR jq (1)\n", stdout);
}
