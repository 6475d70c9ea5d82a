/* imgloom report: summarises, lists, merges and compares reports. */
#include "cli/report/command.h"

#include "options/missing.h"
#include <imgloom/report.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SAID = 20 }; /* messages about one report */

const char *report_input_name(const report_input *input)
{
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

static void report_problem(report_input *input, uint64_t line, const char *message)
{
    if (input->muted)
        return;
    input->said++;
    if (input->said <= MAX_SAID && line > 0)
        cli_error("%s:%" PRIu64 ": %s", report_input_name(input), line, message);
    else if (input->said <= MAX_SAID)
        cli_error("%s: %s", report_input_name(input), message);
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    report_problem(user, line, message);
}

/* Says so if there is no file of this name. */
static bool mention_missing(const char *path)
{
    char *text = options_describe_missing(path);
    char *plan = g_build_filename(path, "plan.json", NULL);

    if (text != NULL && !options_is_missing(plan))
        cli_error("%s is a plan, not a report: say --plan %s", path, path);
    else if (text != NULL)
        cli_error("%s", text);
    g_free(plan);
    g_free(text);
    return text != NULL;
}

bool report_input_open(report_input *input, const char *path, bool seekable)
{
    loom_error err = LOOM_ERROR_INIT;

    *input = (report_input){.path = path};
    if (strcmp(path, "-") != 0 && mention_missing(path)) {
        input->damaged = true;
        return false;
    }
    if (loom_reader_open(&input->reader, path, seekable, on_notice, input, &err) == LOOM_OK)
        return true;
    report_problem(input, 0, err.message);
    input->damaged = true;
    return false;
}

void report_input_close(report_input *input)
{
    loom_reader_close(input->reader);
    input->reader = NULL;
}

/* Evaluates the end: a killed run leaves a torn last line of NDJSON. */
static void conclude(report_input *input)
{
    if (input->torn && !input->unfinished)
        input->damaged = true;
    if (input->said > MAX_SAID)
        cli_error("%s: and %u more such messages", report_input_name(input),
                  input->said - MAX_SAID);
}

bool report_input_next(report_input *input, const loom_record **next)
{
    const loom_record *record;

    for (;;) {
        loom_error err = LOOM_ERROR_INIT;
        const loom_status status = loom_reader_next(input->reader, &record, &err);
        if (status == LOOM_OK)
            break;
        input->torn = input->torn || status == LOOM_ERR_TRUNCATED;
        input->damaged = input->damaged || status != LOOM_ERR_TRUNCATED;
        report_problem(input, loom_reader_line(input->reader), err.message);
    }
    if (record->kind == LOOM_RECORD_END) {
        conclude(input);
        return false;
    }
    if (record->kind == LOOM_RECORD_SUMMARY && record->text == NULL && record->lines) {
        input->unfinished = true;
        report_problem(input, 0,
                       "there is no summary: the run was killed or is still going on; inputs that "
                       "it has not reached are not in the report");
    }
    *next = record;
    return true;
}

/* Whether a folder is the current one of this process. */
static bool is_here(const char *folder)
{
    static char *last; /* rows of one run come together */
    static bool here;
    struct stat one, other;

    if (last == NULL || strcmp(last, folder) != 0) {
        g_free(last);
        last = g_strdup(folder);
        here = stat(folder, &one) == 0 && stat(".", &other) == 0 && one.st_dev == other.st_dev &&
               one.st_ino == other.st_ino;
    }
    return here;
}

void report_append_path(GString *out, const char *folder, const char *path)
{
    if (path[0] != '/' && folder != NULL && !is_here(folder)) {
        g_string_append(out, folder);
        if (out->len > 0 && out->str[out->len - 1] != '/')
            g_string_append_c(out, '/');
    }
    g_string_append(out, path);
}

const char *report_find_same(char **paths, const char *output)
{
    struct stat one, other;

    if (output == NULL || stat(output, &one) != 0 || !S_ISREG(one.st_mode))
        return NULL;
    for (; *paths != NULL; paths++)
        if (stat(*paths, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
            return *paths;
    return NULL;
}

/* ---- the command --------------------------------------------------------- */

#define INTO(member) OPTIONS_AT(OPTIONS_COMMAND, report_options, member)

static const char *const missing_words[] = {"none", "undone", "failed", NULL}; /* by value */

static const options_row report_option_table[] = {
    {.name = "failed",
     .help = "list the paths of images that failed, as --files-from takes them",
     .apply = options_apply_flag,
     INTO(failed)},
    {.name = "null",
     .letter = '0',
     .help = "paths in that list end with a NUL byte",
     .apply = options_apply_flag,
     INTO(null)},
    {.name = "csv",
     .help = "print the rows as comma-separated values",
     .apply = options_apply_flag,
     INTO(csv)},
    {.name = "merge",
     .help = "make one report of all; of rows with the same original and output, the newest counts "
             "that was not skipped or cancelled",
     .apply = options_apply_flag,
     INTO(merge)},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help = "write the merged report to FILE, as run --report does",
     .fallback = "-",
     .apply = options_apply_text,
     INTO(output)},
    {.name = "compare",
     .help = "show what changed in status, size and time between two reports",
     .apply = options_apply_flag,
     INTO(compare)},
    {.name = "html",
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help =
         "write the reports as one self-contained HTML page, or, if FILE ends in a slash, as that "
         "folder, with small pictures of the outputs (those of earlier pages stay)",
     .apply = options_apply_text,
     INTO(page)},
    {.name = "schema",
     .help = "print the JSON Schema of reports",
     .apply = options_apply_flag,
     INTO(schema)},

    {.section = "A plan",
     .name = "plan",
     .argument = "RUN",
     .path = OPTIONS_FOLDER,
     .help = "read what all attempts at the shards of the plan RUN have reported, instead of "
             "REPORTs; of the rows of one item that counts which says most: ok or warning, then "
             "skipped, then error, then cancelled",
     .apply = options_apply_path,
     INTO(plan)},
    {.name = "missing",
     .argument = "WHICH",
     .implied = "undone",
     .help = "list the shards with something that no attempt has done, as 2,5-7; with failed also "
             "those with an image that failed, unless the plan itself says so",
     .keywords = missing_words,
     .apply = options_apply_keyword,
     INTO(missing)},
    {.name = "verify",
     .help = "look at every output: one that is gone, or has another size than was written, counts "
             "as missing",
     .apply = options_apply_flag,
     INTO(verify)},
    {.name = "directory",
     .letter = 'C',
     .argument = "DIR",
     .path = OPTIONS_FOLDER,
     .help =
         "relative paths that --verify looks at and --failed lists are below DIR, instead of the "
         "folder in which the plan was made",
     .apply = options_apply_path,
     INTO(folder)},

    {.section = "Showing",
     .name = "color",
     .alias = "colour",
     .argument = "WHEN",
     .help = "colours on standard output (NO_COLOR is respected)",
     .keywords = cli_when_words,
     .fallback = "auto",
     .apply = options_apply_keyword,
     INTO(colour)},
    {.name = NULL},
};

void report_terminal_init(cli_terminal *terminal, cli_when colours)
{
    cli_terminal_init(terminal, colours);
    terminal->colours = cli_terminal_has_colours(STDOUT_FILENO, colours);
}

static int print_schema(void)
{
    size_t size;
    const char *schema = loom_report_schema(&size);

    fwrite(schema, 1, size, stdout);
    return CLI_EXIT_OK;
}

/* Of --plan and the options that need it. */
static const char *find_plan_contradiction(const report_options *options, size_t count)
{
    if (options->plan == NULL)
        return options->missing != REPORT_MISSING_NONE ? "--missing needs --plan"
               : options->verify                       ? "--verify needs --plan"
               : options->folder != NULL               ? "--directory needs --plan"
                                                       : NULL;
    if (count > 0)
        return "--plan takes no REPORT: it reads those of the plan";
    if (options->compare || options->schema)
        return "--compare and --schema cannot be combined with --plan";
    if (options->page != NULL && g_str_has_suffix(options->page, "/"))
        return "--plan takes a file for --html: small pictures are made for REPORTs alone";
    if (options->folder != NULL && !options->verify && !options->failed)
        return "--directory needs --verify or --failed";
    return NULL;
}

/* Checks combinations of options; NULL: they are fine. */
static const char *find_contradiction(const report_options *options, size_t count)
{
    if (options->failed + options->csv + options->merge + options->compare +
            (options->page != NULL) + options->schema + (options->missing != REPORT_MISSING_NONE) >
        1)
        return "--failed, --csv, --merge, --compare, --html, --schema and --missing cannot be "
               "combined";
    const char *found = find_plan_contradiction(options, count);
    if (found != NULL)
        return found;
    if (options->schema)
        return count > 0 ? "--schema takes no REPORT" : NULL;
    if (count == 0 && options->plan == NULL)
        return "no REPORT given; - is standard input";
    if (options->null && !options->failed)
        return "--null needs --failed";
    if (options->output != NULL && !options->merge)
        return "--output needs --merge; the other actions print to standard output";
    if (options->compare && count != 2)
        return "--compare takes two REPORTs";
    return NULL;
}

/* Standard input can be read only once. */
static bool is_twice(char **paths)
{
    unsigned count = 0;

    for (; *paths != NULL; paths++)
        count += g_strcmp0(*paths, "-") == 0;
    return count > 1;
}

static int run_report(const report_options *options, const options_line *line)
{
    const char *contradiction = find_contradiction(options, line->input_count);

    if (contradiction != NULL)
        return cli_usage_error(&cli_command_report, "%s", contradiction);
    if (options->schema)
        return print_schema();
    if (options->plan != NULL)
        return report_plan(options);
    if (is_twice(line->inputs))
        return cli_usage_error(&cli_command_report, "'-' is given twice");
    if (options->failed)
        return report_print_failed(options, line->inputs);
    if (options->csv)
        return report_print_csv(options, line->inputs);
    if (options->merge || options->page != NULL)
        return report_merge(options, line->inputs);
    if (options->compare)
        return report_compare(options, line->inputs);
    return report_print_summary(options, line->inputs);
}

static int command_report(char **argv)
{
    report_options options = {.failed = false};
    options_target target = {.objects = {[OPTIONS_COMMAND] = &options}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_report, argv, &target, &line, &status))
        status = run_report(&options, &line);
    options_line_release(&line);
    return status;
}

static const options_group report_groups[] = {
    {"Actions, instead of printing a summary", .table = report_option_table}, {.table = NULL}};

const cli_command cli_command_report = {
    .name = "report",
    .summary = "summarise, list, merge and compare reports",
    .usage = " [OPTIONS] REPORT... | --plan RUN",
    .about = "Reads reports of runs, as JSON documents or NDJSON, and prints a summary. - is "
             "standard input. The report of a killed run is read as far as it goes. Exit status: 0 "
             "all reports were read, 1 a report could not be read completely, 2 usage, 4 the "
             "output cannot be written. With --plan: 0 nothing is missing, 1 something is, 2 RUN "
             "is no plan, 4 a list of the plan cannot be read, or the output cannot be written.",
    .groups = report_groups,
    .run = command_report,
};
