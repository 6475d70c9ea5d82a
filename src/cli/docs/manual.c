/* The manual page. */
#include "cli/command.h"
#include "cli/docs/docs.h"

#include <glib.h>
#include <imgloom/reader.h>
#include <imgloom/report.h>
#include <imgloom/version.h>
#include <jansson.h>
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
    {"1", "at least one image failed"},
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

static void print_examples(void)
{
    fputs(".SH EXAMPLES\n", stdout);
    for (const cli_example *example = cli_examples; example->what != NULL; example++) {
        fputs(".PP\n", stdout);
        print_text(example->what);
        fputs("\n.PP\n.RS 4\n.EX\n", stdout);
        print_text(example->words);
        fputs("\n.EE\n.RE\n", stdout);
    }
}

/* ---- files and reports --------------------------------------------------- */

static const docs_variable files[] = {
    {".imgloom-*", "an output that is being written, in its folder; those that a killed run has "
                   "left are removed by the next one that writes there"},
    {".imgloom-pictures", "in a folder of small pictures that --html DIR/ has made: no run takes "
                          "them as inputs"},
    {"libexec/imgloom/imgloom-worker", "beside the folder of the program: the program of the "
                                       "worker processes"},
    {"libexec/imgloom/imgloom-vips.so", "what needs libvips; loaded when it is needed"},
    {"libexec/imgloom/imgloom-text.so", "what needs pango; loaded when a picture gets a text"},
    {NULL, NULL}};

static void print_variables(const char *heading, const docs_variable *v)
{
    printf(".SH %s\n", heading);
    for (; v->name != NULL; v++) {
        print_line(".TP\n.B", v->name);
        print_text(v->meaning);
        fputs(".\n", stdout);
    }
}

/* The fields of a row, as the schema describes them. */
static void print_fields(void)
{
    size_t size;
    const char *text = loom_report_schema(&size);
    json_t *schema = json_loadb(text, size, 0, NULL);
    const json_t *fields =
        json_object_get(json_object_get(json_object_get(schema, "$defs"), "row"), "properties");
    const loom_field *field;

    fputs(".SH REPORTS\n", stdout);
    print_text("A report has a row for each output, with these fields; imgloom report --schema "
               "prints all that is known of it.\n");
    for (size_t i = 0; (field = loom_row_field_get(i)) != NULL; i++) {
        const json_t *about = json_object_get(fields, field->name);
        print_line(".TP\n.B", field->name);
        print_text(json_string_value(json_object_get(about, "description")));
        fputs(".\n", stdout);
    }
    json_decref(schema);
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
    print_examples();
    fputs(".SH COMMANDS\n", stdout);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        print_command(cli_commands[i]);
    fputs(".SS all commands\n", stdout);
    print_options(options_common);
    fputs(".SH SIGNALS\n", stdout);
    print_text(
        "The first SIGINT or SIGTERM lets running images finish and writes a complete report; "
        "a second one cancels them. SIGUSR1 makes a run or a benchmark print its progress.\n");
    print_statuses();
    print_variables("ENVIRONMENT", docs_environment);
    print_variables("FILES", files);
    print_fields();
    fputs(".SH SEE ALSO\n.BR vips (1),\n.BR vipsthumbnail (1),\n.BR jq (1)\n", stdout);
}
