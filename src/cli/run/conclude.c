/* What is said at the end of a run, and its exit status. */
#include "cli/command.h"
#include "cli/run/run.h"
#include "cli/run/select.h"

#include <inttypes.h>
#include <string.h>

/* Reports if there were fewer threads, or fewer worker processes than threads to use them. */
static void mention_shortage(const cli_run *r)
{
    loom_error why;
    unsigned peak;

    if (r->few_threads)
        cli_error("the system could not start all threads: images at once: %u", r->totals->threads);
    if (!loom_engine_was_short(r->engine, &peak, &why))
        return;
    if (peak == 0)
        cli_error("the system could not start worker processes: %s", why.message);
    else
        cli_error(
            "images waited, because the system could not start more worker processes (%u): %s",
            peak, why.message);
}

void cli_run_mention_sandbox(const cli_run *r)
{
    const char *const *lacked = loom_engine_lacked_sandbox(r->engine);

    if (*lacked == NULL)
        return;
    char *parts = g_strjoinv(" and ", (gchar **)(gpointer)(gsize)lacked);
    cli_error("warning: workers ran without %s, which this kernel lacks (with --require-sandbox "
              "they would not run)",
              parts);
    g_free(parts);
}

/* A report that the run's end left in a file: the next one would replace it, and its rows. */
static bool has_report_file(const run_options *options)
{
    for (guint i = 0; i < options->reports->len; i++)
        if (strcmp(g_ptr_array_index(options->reports, i), "-") != 0)
            return true;
    for (guint i = 0; i < options->lines->len; i++)
        if (strcmp(g_ptr_array_index(options->lines, i), "-") != 0)
            return true;
    return false;
}

/* The end of "interrupted": how to make the outputs that are missing. */
static const char *find_resumption(const cli_run *r)
{
    const run_options *options = &r->options;
    const loom_settings *settings = options->settings;

    if (settings->dry_run || settings->discard || r->totals->by_code[LOOM_ERR_CANCELLED] == 0)
        return "";
    if (r->sharded || options->state != NULL) /* rows of before are kept, or told again */
        return "; to go on, run the same command again";
    const bool file = has_report_file(options);
    if (settings->if_exists == LOOM_IF_EXISTS_SKIP || settings->if_exists == LOOM_IF_EXISTS_NEWER)
        return file ? "; to go on, run the same command with another report file"
                    : "; to go on, run the same command again";
    return file ? "; to go on, run the same command with --if-exists skip and another report file"
                : "; to go on, run the same command with --if-exists skip";
}

int cli_run_conclude(cli_run *r)
{
    if (r->list_broken) /* main knows what to say of standard output */
        return r->reports.failed ? CLI_EXIT_OUTPUT : CLI_EXIT_OK;
    if (r->scan != NULL && loom_scan_stopped(r->scan))
        cli_error("interrupted during the search for images; those found are cancelled");
    else if (r->totals->interrupted)
        cli_error("interrupted%s", find_resumption(r));
    else if (r->totals->rows == 0 && !r->sharded)
        cli_mention_nothing(&r->options, r->scan, r->totals);
    if (r->totals->too_many_errors)
        cli_error(
            "given up: more images failed than --max-errors allows; the others are cancelled");
    mention_shortage(r);
    cli_run_mention_sandbox(r);
    if (!r->options.quiet) {
        if (r->totals->rows > 0)
            cli_summary_print(&r->summary, &r->terminal, r->totals);
        cli_state_print(&r->state, r->totals);
        cli_quarantine_print(&r->quarantine);
        cli_reports_print(&r->reports);
    }
    if (r->reports.failed || r->quarantine.failed > 0 || r->state.failed)
        return CLI_EXIT_OUTPUT;
    if (r->totals->by_result[LOOM_RESULT_ERROR] > 0 || r->state.refused)
        return CLI_EXIT_FAILED;
    /* A small plan may have shards without items. */
    return r->totals->rows == 0 && !r->sharded ? CLI_EXIT_NOTHING : CLI_EXIT_OK;
}
