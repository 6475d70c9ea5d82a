/*
 * imgloom run --plan: one shard of a plan, or all of them one after another, with one in memory at
 * a time. Each is an attempt with a report of its own in the plan's folder; the reports that the
 * command line asks for have the rows of all.
 */
#include "cli/run/attempts.h"

#include "cli/command.h"
#include "cli/run/hints.h"
#include "cli/run/select.h"

#include <imgloom/imgloom.h>
#include <inttypes.h>

typedef struct attempts {
    cli_run *run;
    loom_shards *shards;
    const loom_shards_info *info;
    cli_which which;
    char *job;
    int64_t began_us; /* when the reports of the command line began, monotonic */

    /* Of the shard at hand. */
    unsigned shard;
    loom_shard_work *work;
    loom_report *report; /* NULL: none is written, or it is broken */
    loom_totals *totals;
    int64_t late_ns; /* since the run began */
} attempts;

/* ---- before the first shard ---------------------------------------------- */

static int open_plan(attempts *a)
{
    const int status = cli_open_plan(&cli_command_run, a->run->options.shards, &a->shards);

    if (status == CLI_EXIT_OK)
        a->info = loom_shards_get_info(a->shards);
    return status;
}

static int adopt(attempts *a)
{
    cli_run *r = a->run;
    loom_error err = LOOM_ERROR_INIT;
    int status;

    if (cli_which_parse(r->options.which, a->info->shards, &a->which, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "--shard %s", err.message);
    a->job = cli_which_job();
    if (!cli_adopt_options(&r->options, a->info))
        return cli_out_of_memory();
    if ((status = cli_adopt_folder(r, a->info)) != CLI_EXIT_OK)
        return status;
    cli_run_limit_jobs(r);
    return CLI_EXIT_OK;
}

static int prepare(attempts *a)
{
    cli_run *r = a->run;
    int status;

    if ((status = cli_adopt_check(r)) != CLI_EXIT_OK || (status = open_plan(a)) != CLI_EXIT_OK ||
        (status = adopt(a)) != CLI_EXIT_OK)
        return status;
    r->stop = cli_signals_watch();
    r->totals = loom_totals_create();
    if (r->stop == NULL || r->totals == NULL)
        return cli_out_of_memory();
    cli_signals_restart_calls();
    if ((status = cli_run_start_engine(r)) != CLI_EXIT_OK)
        return status;
    return cli_adopt_versions(r, a->info);
}

/* ---- before a shard ------------------------------------------------------ */

static int begin_work(attempts *a)
{
    loom_shard_work_options *options = loom_shard_work_options_create();
    const run_options *given = &a->run->options;
    loom_error err = LOOM_ERROR_INIT;

    if (options == NULL)
        return cli_out_of_memory();
    options->retry = given->state_options->retry;
    options->dry_run = given->settings->dry_run;
    options->stop = a->run->stop;
    options->job = a->job;
    const loom_status status = loom_shard_work_create(&a->work, a->shards, a->shard, options, &err);
    loom_shard_work_options_free(options);
    if (status != LOOM_OK) {
        cli_error("--plan %s: shard %u: %s", given->shards, a->shard, err.message);
        return CLI_EXIT_OUTPUT;
    }
    a->run->plan = loom_shard_work_plan(a->work);
    return CLI_EXIT_OK;
}

/* Refuses an output that this build cannot write, before there is any. */
static int check_formats(const attempts *a)
{
    bool known[LOOM_FORMAT_COUNT] = {false};

    for (size_t i = 0; i < loom_plan_count(a->run->plan); i++) {
        const loom_task *task = loom_plan_task(a->run->plan, i);
        if (task->error != NULL || task->skip_reason != NULL || known[task->format])
            continue;
        known[task->format] = true;
        if (!loom_engine_writes(a->run->engine, task->format))
            return cli_usage_error(
                &cli_command_run, "shard %u: this build cannot write %s, as which %s is planned",
                a->shard, loom_format_get(task->format)->name, task->output_path);
    }
    return CLI_EXIT_OK;
}

static int open_files(attempts *a)
{
    cli_run *r = a->run;
    const bool first = a->began_us == 0;
    loom_error err = LOOM_ERROR_INIT;
    int status;

    if (first) {
        cli_run_add_reports(r);
        if (cli_reports_choose_folder(r->wanted, &r->pictures, !r->options.settings->dry_run,
                                      &err) != LOOM_OK)
            return cli_usage_error(&cli_command_run, "%s", err.message);
    }
    if ((status = cli_adopt_reports(r, a->info, a->work)) != CLI_EXIT_OK)
        return status;
    status = cli_quarantine_open(&r->quarantine, &r->terminal, &r->options, NULL, r->plan);
    if (status != CLI_EXIT_OK)
        return status;
    if (!r->options.settings->dry_run && loom_plan_enter(r->plan, &err) != LOOM_OK) {
        cli_error("the output folder %s: %s", a->info->output_root, err.message);
        return CLI_EXIT_OUTPUT;
    }
    if (!first)
        return CLI_EXIT_OK;
    a->began_us = g_get_monotonic_time();
    return cli_run_open_reports(r);
}

/* The report in the plan's folder. A dry run has none: it would tell of nothing that was made. */
static int open_report(attempts *a)
{
    loom_error err = LOOM_ERROR_INIT;

    if (a->run->options.settings->dry_run)
        return CLI_EXIT_OK;
    loom_run_info *info = cli_run_make_info(a->run, true);
    if (info == NULL)
        return cli_out_of_memory();
    const loom_status status = loom_shard_work_open_report(a->work, info, &a->report, &err);
    loom_run_info_free(info);
    if (status == LOOM_OK)
        return CLI_EXIT_OK;
    cli_error("--plan %s: %s", a->run->options.shards, err.message);
    return CLI_EXIT_OUTPUT;
}

/* ---- while it runs ------------------------------------------------------- */

/* A report that breaks is told once, and the images go on. */
static void check_report(attempts *a, loom_status status, const loom_error *err)
{
    if (status == LOOM_OK)
        return;
    cli_terminal_erase(&a->run->terminal);
    cli_error("%s: %s", loom_report_path(a->report), err->message);
    a->run->reports.failed = true;
    loom_report_free(a->report);
    a->report = NULL;
}

static void on_outcome(void *user, const loom_task *task, loom_outcome *outcome)
{
    attempts *a = user;
    loom_error err = LOOM_ERROR_INIT;

    if (task->skip_reason == NULL) /* else an earlier attempt has given it its hints */
        cli_hint_outcome(outcome);
    loom_totals_add(a->totals, task, outcome);
    if (a->report != NULL)
        check_report(a, loom_report_add(a->report, task, outcome, &err), &err);
    if (outcome->thread >= 0)
        outcome->start_ns += a->late_ns;
    cli_run_add(a->run, task, outcome);
}

static void on_tick(void *user, const loom_progress *progress)
{
    cli_run_tick(((attempts *)user)->run, progress);
}

/* ---- after a shard ------------------------------------------------------- */

/* Of what this shard took the CPU time alone: earlier ones have had theirs. */
static void finish_totals(attempts *a, const loom_batch_result *result, int64_t cpu_ns)
{
    loom_totals *whole = a->run->totals;

    loom_totals_finish(a->totals, result);
    a->totals->cpu_ns -= cpu_ns;
    a->totals->peak_total_rss_bytes = MAX(whole->peak_total_rss_bytes, a->totals->peak_rss_bytes);
    whole->elapsed_ns = (g_get_monotonic_time() - a->began_us) * 1000;
    whole->interrupted = whole->interrupted || result->interrupted;
    whole->too_many_errors = whole->too_many_errors || result->too_many_errors;
    whole->threads = MAX(whole->threads, result->jobs);
    a->run->few_threads = a->run->few_threads || result->few_threads;
}

/* What failed in this shard counts for the next. */
static void count_errors(const attempts *a, loom_error_limit *limit)
{
    const uint64_t failed =
        a->totals->by_result[LOOM_RESULT_ERROR] - a->totals->by_code[LOOM_ERR_CANCELLED];

    if (limit->given && !limit->percent)
        limit->max -= MIN(limit->max, failed);
}

static int run_batch(attempts *a)
{
    cli_run *r = a->run;
    loom_batch *batch = r->options.batch;
    loom_error err = LOOM_ERROR_INIT;

    loom_totals_finish(r->totals, NULL);
    const int64_t cpu_ns = a->shard == 0 || !a->which.all ? 0 : r->totals->cpu_ns;
    a->late_ns = (g_get_monotonic_time() - a->began_us) * 1000;
    cli_run_prepare_messages(r);
    batch->engine = r->engine;
    batch->plan = r->plan;
    batch->stop = r->stop;
    batch->user = a;
    batch->outcome = on_outcome;
    batch->tick = on_tick;
    if (loom_batch_run(batch, &err) != LOOM_OK)
        return cli_fatal("the batch could not begin", &err);
    cli_terminal_erase(&r->terminal);
    finish_totals(a, loom_batch_result_of(batch), cpu_ns);
    count_errors(a, &batch->max_errors);
    cli_pictures_make(&r->pictures, batch, r->options.settings->allow_untrusted, &r->terminal,
                      r->progress.shown);
    if (a->report != NULL)
        check_report(a, loom_report_finish(a->report, a->totals, &err), &err);
    return CLI_EXIT_OK;
}

static void release_shard(attempts *a)
{
    loom_report_free(a->report);
    a->report = NULL;
    loom_totals_free(a->totals);
    a->totals = NULL;
    cli_pictures_forget(&a->run->pictures);
    a->run->plan = NULL;
    loom_shard_work_free(a->work);
    a->work = NULL;
}

static int run_shard(attempts *a)
{
    int status;

    a->totals = loom_totals_create();
    if (a->totals == NULL)
        return cli_out_of_memory();
    if ((status = begin_work(a)) == CLI_EXIT_OK && (status = check_formats(a)) == CLI_EXIT_OK &&
        (status = open_files(a)) == CLI_EXIT_OK && (status = open_report(a)) == CLI_EXIT_OK)
        status = run_batch(a);
    release_shard(a);
    return status;
}

/* ---- all of it ----------------------------------------------------------- */

static int run_shards(attempts *a)
{
    const unsigned end = a->which.all ? a->info->shards : a->which.shard + 1;
    const cli_run *r = a->run;
    int status = CLI_EXIT_OK;

    for (a->shard = a->which.all ? 0 : a->which.shard; a->shard < end && status == CLI_EXIT_OK;
         a->shard++) {
        if (loom_stop_requests(r->stop) > 0 || r->totals->too_many_errors)
            break;
        status = run_shard(a);
    }
    return status;
}

static int conclude(attempts *a)
{
    cli_run *r = a->run;

    loom_totals_finish(r->totals, NULL);
    r->totals->interrupted = r->totals->interrupted || loom_stop_requests(r->stop) > 0;
    r->totals->peak_total_rss_bytes =
        MAX(r->totals->peak_total_rss_bytes, r->totals->peak_rss_bytes);
    cli_reports_finish(&r->reports, NULL, r->totals);
    return cli_run_conclude(r);
}

int cli_attempts_run(cli_run *r)
{
    attempts a = {.run = r};

    r->sharded = true;
    int status = prepare(&a);
    if (status == CLI_EXIT_OK) {
        status = run_shards(&a);
        if (status == CLI_EXIT_OK || r->totals->rows > 0) { /* a later shard may have failed */
            const int ended = conclude(&a);
            status = status == CLI_EXIT_OK ? ended : status;
        }
    }
    loom_shards_free(a.shards);
    g_free(a.job);
    return status;
}
