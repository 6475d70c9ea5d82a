/* imgloom run: scan, plan, batch, report. */
#include "cli/command.h"
#include "cli/processes.h"
#include "cli/run/attempts.h"
#include "cli/run/hints.h"
#include "cli/run/pipe.h"
#include "cli/run/run.h"
#include "cli/run/select.h"

#include <imgloom/imgloom.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int output_error(const char *path, loom_error *err)
{
    cli_hint_error(err);
    if (err->code == LOOM_ERR_USAGE)
        return cli_usage_error(&cli_command_run, "--output: %s", err->message);
    cli_error("--output %s: %s", path, err->message);
    return CLI_EXIT_OUTPUT;
}

void cli_run_limit_jobs(cli_run *r)
{
    const unsigned fit =
        cli_jobs_that_fit(r->options.batch->jobs, loom_recipe_outputs(r->options.recipe));

    if (fit == r->options.batch->jobs)
        return;
    cli_error("the limit on open files is too low (ulimit -n): images at once: %u", fit);
    r->options.batch->jobs = fit;
}

static int check_options(cli_run *r)
{
    const char *root = r->options.plan->output_root;
    loom_error err = LOOM_ERROR_INIT;

    if (run_options_settle(&r->options, &r->line, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    if (cli_check_inputs(&cli_command_run, &r->options, &r->line) != CLI_EXIT_OK)
        return CLI_EXIT_USAGE;
    if (!run_options_ask(&r->options))
        return cli_usage_error(&cli_command_run,
                               "nothing is asked for: give a size, turn, format or quality "
                               "(--inside 1600x1600), a folder to write to (-o DIR), or --discard "
                               "to check the images only");
    if (root != NULL && loom_output_root_check(root, &err) != LOOM_OK)
        return output_error(root, &err);
    cli_run_limit_jobs(r);
    return CLI_EXIT_OK;
}

static void add_wanted(cli_run *r, const GPtrArray *paths, cli_wanted file)
{
    for (guint i = 0; i < paths->len; i++) {
        file.path = g_ptr_array_index(paths, i);
        g_array_append_val(r->wanted, file);
    }
}

void cli_run_add_reports(cli_run *r)
{
    add_wanted(r, r->options.reports, (cli_wanted){"--report", .open = loom_report_open});
    add_wanted(r, r->options.lines, (cli_wanted){"--ndjson", .open = loom_report_open_lines});
    add_wanted(r, r->options.pages, (cli_wanted){"--html", .open = loom_report_open_page});
}

/* Whether outputs are written, in general. */
static bool writes(const cli_run *r)
{
    return !r->options.settings->dry_run && !r->options.settings->discard;
}

/* Refuses files of the run that are one, or an input or output of it. */
static int check_files(cli_run *r)
{
    const run_options *options = &r->options;
    loom_error err = LOOM_ERROR_INIT;

    cli_run_add_reports(r);
    if (cli_reports_choose_folder(r->wanted, &r->pictures, writes(r), &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    const guint reports = r->wanted->len;
    if (options->state != NULL) {
        const cli_wanted state = {"--state", .path = options->state};
        g_array_append_val(r->wanted, state);
    }
    const loom_status status = cli_reports_check(r->wanted, r->plan, &err);
    g_array_set_size(r->wanted, reports);
    return status == LOOM_OK ? CLI_EXIT_OK : cli_usage_error(&cli_command_run, "%s", err.message);
}

static int find_images(cli_run *r)
{
    const run_options *options = &r->options;

    r->stop = cli_signals_watch();
    if (r->stop == NULL)
        return cli_out_of_memory();
    r->options.scan->stop = r->stop;
    int status = cli_select_images(&cli_command_run, options, &r->line, &r->scan, &r->plan);
    cli_signals_restart_calls();
    if (status == CLI_EXIT_OK)
        run_options_mention_name(options);
    if (status == CLI_EXIT_OK)
        status = check_files(r);
    if (status == CLI_EXIT_OK && !cli_state_check(&r->state))
        status = CLI_EXIT_OUTPUT;
    if (status == CLI_EXIT_OK)
        status = cli_quarantine_open(&r->quarantine, &r->terminal, options, r->scan, r->plan);
    return status;
}

static int prepare_output(cli_run *r)
{
    const char *root = r->options.plan->output_root;
    loom_error err = LOOM_ERROR_INIT;

    if (!writes(r) || loom_plan_count(r->plan) == 0 || loom_scan_stopped(r->scan))
        return CLI_EXIT_OK;
    if (loom_plan_enter(r->plan, &err) != LOOM_OK)
        return output_error(root, &err);
    loom_plan_sweep(r->plan);
    return cli_state_prepare(&r->state);
}

loom_run_info *cli_run_make_info(cli_run *r, bool vips_version)
{
    loom_run_info *info = loom_run_info_create();
    struct timespec now;

    if (info == NULL)
        return NULL;
    info->recipe = r->options.recipe;
    info->jobs = r->options.batch->jobs > 0 ? r->options.batch->jobs : loom_cpu_count();
    if (vips_version) /* asking may load libvips */
        info->vips_version = loom_engine_vips_version(r->engine);
    info->jpeg_version = loom_engine_jpeg_version();
    if (loom_engine_isolation(r->engine) != LOOM_ISOLATE_NEVER)
        info->sandbox = loom_engine_sandbox();
    info->command_line = (const char *const *)r->command_line->pdata;
    clock_gettime(CLOCK_REALTIME, &now);
    info->started_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    return info;
}

int cli_run_open_reports(cli_run *r)
{
    loom_run_info *info = cli_run_make_info(r, r->options.reports->len > 0);

    if (info == NULL)
        return cli_out_of_memory();
    const bool open = cli_reports_open(&r->reports, &r->terminal, r->wanted, info, r->stop);
    loom_run_info_free(info);
    return open ? CLI_EXIT_OK : CLI_EXIT_OUTPUT;
}

/* ---- while it runs -------------------------------------------------------- */

/* Whether a report goes to standard output. */
static bool owns_stdout(const GArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++)
        if (cli_is_stream(g_array_index(wanted, cli_wanted, i).path))
            return true;
    return false;
}

cli_telling cli_run_telling(const cli_run *r)
{
    return (cli_telling){.all = r->options.verbose, .upright = r->options.recipe->auto_orient};
}

void cli_run_list_row(cli_run *r, const loom_task *task, const loom_outcome *outcome)
{
    const run_options *options = &r->options;
    const cli_terminal terminal = {.colours =
                                       cli_terminal_has_colours(STDOUT_FILENO, options->colour)};
    GString *out = g_string_new(NULL);

    cli_terminal_erase(&r->terminal);
    cli_append_outcome(&terminal, out, task, outcome, cli_run_telling(r));
    if (fputs(out->str, stdout) == EOF) {
        r->lists = false;
        r->list_broken = true;
        if (r->wanted->len == 0)
            loom_stop_request(r->stop);
    }
    g_string_free(out, TRUE);
}

void cli_run_add(cli_run *r, const loom_task *task, loom_outcome *outcome)
{
    loom_totals_add(r->totals, task, outcome);
    cli_reports_add(&r->reports, task, outcome);
    cli_summary_add(&r->summary, task, outcome);
    cli_quarantine_add(&r->quarantine, task, outcome);
    if (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING)
        cli_pictures_add(&r->pictures, task->output_path, -1, task->seq);
    cli_progress_add(&r->progress, task, outcome);
    if (r->lists)
        cli_run_list_row(r, task, outcome);
    else if (r->options.verbose && !r->list_broken)
        cli_print_outcome(&r->terminal, task, outcome, cli_run_telling(r));
}

static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    cli_run *r = user;

    cli_state_add(&r->state, task, outcome); /* before hints, which are of this run's options */
    cli_hint_outcome(outcome);
    cli_run_add(r, task, outcome);
}

/* Answers a signal at once: images that take long would keep silent about it. */
static void answer_stop(cli_run *r, unsigned running)
{
    const int requests = loom_stop_requests(r->stop);

    if (requests == r->stops_told || r->options.quiet || r->list_broken)
        return;
    r->stops_told = requests;
    if (running == 0)
        return;
    cli_terminal_erase(&r->terminal);
    if (requests == 1)
        cli_error("finishing %u image%s; again to cancel %s", running, running == 1 ? "" : "s",
                  running == 1 ? "it" : "them");
    else
        cli_error("cancelling %u image%s", running, running == 1 ? "" : "s");
}

/* Of this process and its workers together; no more often than the batch ticks. */
static void sample_memory(loom_totals *totals)
{
    uint64_t resident, own;

    cli_processes_memory(getpid(), &resident, &own, NULL);
    totals->peak_total_rss_bytes = MAX(totals->peak_total_rss_bytes, resident);
}

void cli_run_tick(void *user, const loom_progress *state)
{
    cli_run *r = user;

    answer_stop(r, state->running);
    cli_progress_tick(&r->progress, state);
    sample_memory(r->totals);
    cli_state_tick(&r->state);
}

void cli_run_prepare_messages(cli_run *r)
{
    const run_options *options = &r->options;

    r->summary.root = options->plan->output_root;
    r->summary.stages = r->summary.warnings_shown = options->verbose;
    r->summary.fit_chosen = options->target.fit || options->recipe_given;
    r->summary.discarded = options->settings->discard;
    r->summary.dry_run = options->settings->dry_run;
    r->lists = options->settings->dry_run && !options->quiet && !owns_stdout(r->wanted);
    cli_progress_release(&r->progress);
    cli_progress_init(&r->progress, &r->terminal, options->progress, options->quiet, r->totals,
                      r->plan);
    if (options->verbose || r->lists)
        r->progress.failures = false;
    r->summary.failures_shown = r->progress.failures || (options->verbose && !r->lists) ||
                                (r->lists && isatty(STDOUT_FILENO) == 1);
}

static int run_batch(cli_run *r)
{
    loom_batch *batch = r->options.batch;
    loom_error err = LOOM_ERROR_INIT;

    r->totals = loom_totals_create();
    if (r->totals == NULL)
        return cli_out_of_memory();
    cli_run_prepare_messages(r);
    if (r->options.verbose)
        cli_print_ignored(&r->terminal, r->scan);
    batch->engine = r->engine;
    batch->plan = r->plan;
    batch->stop = r->stop;
    batch->user = r;
    batch->outcome = on_outcome;
    batch->tick = cli_run_tick;
    if (loom_batch_run(batch, &err) != LOOM_OK)
        return cli_fatal("the batch could not begin", &err);
    cli_terminal_erase(&r->terminal);
    (void)fflush(stdout); /* rows come before the summary; main looks at errors */
    r->few_threads = loom_batch_result_of(batch)->few_threads;
    r->totals->ignored = loom_scan_ignored(r->scan);
    for (unsigned i = 0; i < LOOM_IGNORED_COUNT; i++)
        r->totals->ignored_for[i] = loom_scan_ignored_for(r->scan, (loom_ignored)i);
    loom_totals_finish(r->totals, loom_batch_result_of(batch));
    cli_state_finish(&r->state, r->plan, &r->reports, r->totals);
    /* What was between two samples. */
    r->totals->peak_total_rss_bytes =
        MAX(r->totals->peak_total_rss_bytes, r->totals->peak_rss_bytes);
    cli_pictures_make(&r->pictures, batch, r->options.settings->allow_untrusted, &r->terminal,
                      r->progress.shown && r->progress.redrawn);
    cli_reports_finish(&r->reports, r->scan, r->totals);
    return CLI_EXIT_OK;
}

int cli_run_start_engine(cli_run *r)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_status status = loom_engine_start(&r->engine, r->options.engine, &err);
    bool lacks = false; /* what a plan asks for: another machine may have it */

    if (status == LOOM_OK) {
        if (loom_engine_isolation(r->engine) != r->options.engine->isolate)
            cli_error("there is no imgloom-worker program: images are not isolated");
        status = run_options_check_build(&r->options, r->engine, &err);
        lacks = status != LOOM_OK && r->sharded;
    }
    if (status == LOOM_ERR_USAGE || lacks)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    if (status != LOOM_OK) {
        cli_error("the engine could not start: %s", err.message);
        return CLI_EXIT_OUTPUT;
    }
    return CLI_EXIT_OK;
}

/* ---- the command ---------------------------------------------------------- */

/* The versions of the engine's libraries tell whose outputs count. */
static int open_state(cli_run *r)
{
    if (r->options.state == NULL)
        return CLI_EXIT_OK;
    const int status = cli_run_start_engine(r);
    return status == CLI_EXIT_OK ? cli_state_open(&r->state, &r->terminal, &r->options, r->engine)
                                 : status;
}

static int run_images(cli_run *r)
{
    int status;

    if ((status = check_options(r)) != CLI_EXIT_OK)
        return status;
    if ((status = open_state(r)) != CLI_EXIT_OK)
        return status;
    if ((status = find_images(r)) != CLI_EXIT_OK)
        return status;
    if (r->engine == NULL && (status = cli_run_start_engine(r)) != CLI_EXIT_OK)
        return status;
    if ((status = prepare_output(r)) != CLI_EXIT_OK)
        return status;
    if ((status = cli_run_open_reports(r)) != CLI_EXIT_OK)
        return status;
    if ((status = run_batch(r)) != CLI_EXIT_OK)
        return status;
    return cli_run_conclude(r);
}

static int command_run(char **argv)
{
    cli_run r = {.scan = NULL};
    int status = CLI_EXIT_OUTPUT;

    r.wanted = g_array_new(FALSE, FALSE, sizeof(cli_wanted));
    r.command_line = run_command_line(cli_command_run.name, argv);
    if (run_options_init(&r.options) &&
        cli_options_read(&cli_command_run, argv, &r.options.target, &r.line, &status)) {
        cli_terminal_init(&r.terminal, r.options.colour);
        if (r.options.shards != NULL)
            status = cli_attempts_run(&r);
        else
            status = cli_pipe_is_wanted(&r.options, &r.line) ? cli_pipe_run(&r) : run_images(&r);
    }
    loom_engine_stop(r.engine);
    cli_quarantine_release(&r.quarantine);
    cli_pictures_release(&r.pictures);
    cli_reports_release(&r.reports);
    cli_state_release(&r.state);
    g_free(r.quarantine_path);
    g_array_free(r.wanted, TRUE);
    g_ptr_array_free(r.command_line, TRUE);
    cli_summary_release(&r.summary);
    cli_progress_release(&r.progress);
    loom_totals_free(r.totals);
    loom_plan_free(r.plan);
    loom_scan_free(r.scan);
    options_line_release(&r.line);
    run_options_release(&r.options);
    return status;
}

static const char *const usual[] = {"inside",  "cover",   "no-upscale", "rotate",    "grayscale",
                                    "format",  "quality", "output",     "if-exists", "jobs",
                                    "dry-run", "report",  NULL};
static const char run_notes[] =
    "Where the output of photos/a/1.jpg goes\n"
    "  imgloom run photos --inside 800x        photos/a/processed_1.jpg\n"
    "  imgloom run photos -o out               out/a/1.jpg\n"
    "  imgloom run photos more -o out          out/photos/a/1.jpg\n"
    "  imgloom run photos/a/1.jpg -o out       out/1.jpg\n"
    "  imgloom run --files-from list -o out    out/photos/a/1.jpg\n"
    "  imgloom run photos -o out --flatten     out/1.jpg\n"
    "  ... -o out --name '{taken}/{stem}.{ext}'  out/2024-05-01/1.jpg\n"
    "  imgloom run - -o - -f webp < a.jpg > a.webp\n";

const cli_command cli_command_run = {
    .name = "run",
    .summary = "process images: resize, rotate, make grey, convert",
    .usage = " [OPTIONS] INPUT...",
    .about =
        "Processes every INPUT, a file or a folder with everything below it, and reports what "
        "happened to each image. Inputs are never changed. Exit status: 0 success, 1 an image "
        "failed, 2 usage, 3 no image found, 4 the output folder, the report or the state cannot be "
        "written.",
    .notes = run_notes,
    .groups = run_groups,
    .usual = usual,
    .run = command_run,
};
