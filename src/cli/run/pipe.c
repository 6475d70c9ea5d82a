#include "cli/run/pipe.h"

#include "cli/command.h"
#include "cli/run/hints.h"
#include "cli/run/needs.h"
#include "cli/run/select.h"

#include <errno.h>
#include <imgloom/process.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 30) /* bytes of standard input */
#define BLOCK     ((size_t)1 << 16)

bool cli_is_stream(const char *word)
{
    return g_strcmp0(word, "-") == 0;
}

static bool has_stream(const GPtrArray *paths)
{
    for (guint i = 0; i < paths->len; i++)
        if (cli_is_stream(g_ptr_array_index(paths, i)))
            return true;
    return false;
}

static bool reads_stream(const options_line *line)
{
    for (size_t i = 0; i < line->input_count; i++)
        if (cli_is_stream(line->inputs[i]))
            return true;
    return false;
}

bool cli_pipe_is_wanted(const run_options *options, const options_line *line)
{
    return cli_is_stream(options->plan->output_root) || reads_stream(line);
}

/* ---- what goes together -------------------------------------------------- */

static loom_status usage(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", message);
}

/*
 * An option that says where files go, or what becomes of them; NULL: none is given. One is to leave
 * files out, and a reader would take nothing for a picture.
 */
static const char *find_option_on_files(const run_options *options, const options_line *line)
{
    const struct {
        const char *name;
        bool given;
    } on_files[] = {
        {"--prefix", options->plan->prefix != NULL},
        {"--suffix", options->plan->suffix != NULL},
        {"--name", options->plan->name_template != NULL},
        {"--flatten", options->plan->flatten},
        {"--if-exists", options->settings->if_exists != LOOM_IF_EXISTS_REPLACE},
        {"--if-larger skip", options->settings->if_larger == LOOM_IF_LARGER_SKIP},
        {"--preserve-timestamps", options->settings->preserve_timestamps},
        {"--durable", options->batch->durable > 0},
        {"--quarantine", options->quarantine != NULL},
        {"--state", options->state != NULL || run_needs_any(line, "state")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(on_files); i++)
        if (on_files[i].given)
            return on_files[i].name;
    return NULL;
}

static loom_status check_input(const run_options *options, const options_line *line,
                               loom_error *err)
{
    if (cli_is_stream(options->files_from) && reads_stream(line))
        return usage(err, "INPUT - and --files-from - cannot both read standard input");
    if (!cli_is_stream(options->plan->output_root))
        return usage(err, "INPUT - is standard input, whose picture goes to standard output: -o -");
    if (options->files_from != NULL || line->input_count > 1)
        return usage(err, "-o - writes one picture: give one INPUT, a file or -");
    if (line->input_count == 1 && g_file_test(line->inputs[0], G_FILE_TEST_IS_DIR))
        return usage(err, "-o - writes one picture, and the INPUT is a folder");
    return LOOM_OK;
}

static loom_status check_together(const run_options *options, const options_line *line,
                                  loom_error *err)
{
    const char *option = find_option_on_files(options, line);

    if (check_input(options, line, err) != LOOM_OK)
        return err->code;
    if (has_stream(options->reports) || has_stream(options->lines) || has_stream(options->pages))
        return usage(err, "-o - and a report cannot both go to standard output");
    if (loom_recipe_outputs(options->recipe) > 1)
        return usage(err, "-o - writes one picture, and there are several sizes or formats");
    if (option != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "-o - writes no file; it cannot be combined with %s", option);
    if (!options->settings->dry_run && isatty(STDOUT_FILENO) == 1)
        return usage(err, "standard output is a terminal, which shows no picture: add > FILE");
    return LOOM_OK;
}

/* ---- standard input ------------------------------------------------------ */

/* Reads all of it, followed by LOOM_INPUT_SLACK zero bytes; NULL: *err says why. */
static GByteArray *read_input(const loom_stop *stop, loom_error *err)
{
    GByteArray *bytes = g_byte_array_new();
    ssize_t n = 1;

    while (n != 0 && err->code == LOOM_OK) {
        const guint size = bytes->len;
        g_byte_array_set_size(bytes, size + (guint)BLOCK);
        n = read(STDIN_FILENO, bytes->data + size, BLOCK);
        g_byte_array_set_size(bytes, size + (guint)(n > 0 ? n : 0));
        if (loom_stop_requests(stop) > 0)
            loom_error_set(err, LOOM_ERR_CANCELLED, LOOM_STAGE_OPEN, "interrupted");
        else if (n < 0 && errno != EINTR)
            loom_error_set(err, LOOM_ERR_IO, LOOM_STAGE_OPEN, "cannot read it: %s",
                           strerror(errno));
        else if (bytes->len > INPUT_MAX)
            loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN,
                           "it is longer than %zu bytes, the limit for standard input", INPUT_MAX);
    }
    if (err->code != LOOM_OK) {
        g_byte_array_free(bytes, TRUE);
        return NULL;
    }
    const guint size = bytes->len;
    g_byte_array_set_size(bytes, size + LOOM_INPUT_SLACK);
    memset(bytes->data + size, 0, LOOM_INPUT_SLACK);
    return bytes;
}

/* ---- processing ---------------------------------------------------------- */

static int64_t find_deadline(const loom_batch *batch)
{
    struct timespec now;

    if (batch->timeout_ns == 0)
        return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + batch->timeout_ns;
}

/*
 * Processes the picture. *request is the caller's to free in any case; no outcome in it: *err says
 * why.
 */
static void process(cli_run *r, loom_request **request, loom_error *err)
{
    const char *input = r->line.inputs[0];
    GByteArray *bytes = NULL;

    *request = loom_request_create();
    if (*request == NULL) {
        loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE, "out of memory");
        return;
    }
    if (cli_is_stream(input) && (bytes = read_input(r->stop, err)) == NULL)
        return;
    (*request)->recipe = r->options.recipe;
    (*request)->settings = r->options.settings;
    (*request)->stop = r->stop;
    (*request)->padded = true;
    (*request)->deadline_ns = find_deadline(r->options.batch);
    if (bytes != NULL) {
        (*request)->name = input;
        (void)!loom_process_buffer(r->engine, bytes->data, bytes->len - LOOM_INPUT_SLACK, *request,
                                   err);
        g_byte_array_free(bytes, TRUE);
    } else {
        (void)!loom_process_file(r->engine, input, *request, err);
    }
}

/* ---- the run ------------------------------------------------------------- */

/* Refuses a report that is the input. */
static loom_status check_reports(const cli_run *r, loom_error *err)
{
    const char *input = r->line.inputs[0];

    if (cli_reports_check(r->wanted, NULL, err) != LOOM_OK)
        return err->code;
    for (guint i = 0; i < r->wanted->len; i++) {
        const cli_wanted *file = &g_array_index(r->wanted, cli_wanted, i);
        if (loom_output_is_same(file->path, cli_is_stream(input) ? "/dev/stdin" : input))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "%s: '%s' is the input of this run", file->option, file->path);
    }
    return LOOM_OK;
}

static int check(cli_run *r)
{
    loom_error err = LOOM_ERROR_INIT;

    if (check_together(&r->options, &r->line, &err) != LOOM_OK ||
        run_options_settle(&r->options, &r->line, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    r->options.engine->process_jobs = 1;
    r->options.engine->process_memory = r->options.batch->memory;
    r->stop = cli_signals_watch();
    if (r->stop == NULL)
        return cli_out_of_memory();
    cli_run_add_reports(r);
    if (check_reports(r, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    return CLI_EXIT_OK;
}

/* The input, for people. */
static const char *name_of(const char *input)
{
    return cli_is_stream(input) ? "standard input" : input;
}

/* Whether nobody gets a picture: none was made, or none that was asked for is small enough. */
static bool lacks_picture(const loom_outcome *outcome)
{
    return outcome->result == LOOM_RESULT_ERROR || outcome->result == LOOM_RESULT_SKIPPED;
}

/* Prints what is to be said of the picture; nothing where all is well. */
static void print(cli_run *r, const loom_task *task, const loom_outcome *outcome)
{
    const char *name = name_of(task->input_path);
    char *sentence = cli_make_sentence(&outcome->error, r->options.verbose);

    if (outcome->result == LOOM_RESULT_ERROR)
        cli_error("%s: %s", name, sentence);
    else if (outcome->result == LOOM_RESULT_SKIPPED)
        cli_error("%s: nothing was written: %s (--if-larger copy)", name, outcome->skip_reason);
    g_free(sentence);
    for (size_t i = 0; i < outcome->warning_count; i++)
        cli_error("warning: %s: %s", name, outcome->warnings[i]);
    if (outcome->result == LOOM_RESULT_PLANNED)
        cli_run_list_row(r, task, outcome);
    else if (r->options.verbose && !lacks_picture(outcome))
        cli_print_outcome(&r->terminal, task, outcome, cli_run_telling(r));
}

/* Hands the outcome to reports and standard output; returns the exit status. */
static int deliver(cli_run *r, const loom_task *task, loom_outcome *outcome)
{
    cli_hint_outcome(outcome);
    print(r, task, outcome);
    if (outcome->picture != NULL)
        (void)fwrite(outcome->picture, 1, outcome->processed_size, stdout); /* main looks */
    loom_totals_add(r->totals, task, outcome);
    cli_reports_add(&r->reports, task, outcome);
    r->totals->threads = 1;
    r->totals->elapsed_ns = outcome->elapsed_ns;
    r->totals->interrupted = loom_stop_requests(r->stop) > 0;
    loom_totals_finish(r->totals, NULL);
    cli_reports_finish(&r->reports, NULL, r->totals);
    cli_run_mention_sandbox(r);
    if (r->reports.failed)
        return CLI_EXIT_OUTPUT;
    return lacks_picture(outcome) ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

int cli_pipe_run(cli_run *r)
{
    loom_request *request = NULL;
    loom_error err = LOOM_ERROR_INIT;
    int status;

    if ((status = check(r)) != CLI_EXIT_OK || (status = cli_run_start_engine(r)) != CLI_EXIT_OK ||
        (status = cli_run_open_reports(r)) != CLI_EXIT_OK)
        return status;
    r->totals = loom_totals_create();
    if (r->totals == NULL)
        return cli_out_of_memory();
    process(r, &request, &err);
    loom_outcome *outcome = request != NULL ? loom_request_outcome(request, 0) : NULL;
    if (outcome != NULL) {
        status = deliver(r, loom_request_task(request, 0), outcome);
    } else {
        cli_error("%s: %s", name_of(r->line.inputs[0]), err.message);
        status = CLI_EXIT_FAILED;
    }
    loom_request_free(request);
    return status;
}
