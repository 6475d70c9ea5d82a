#include "cli/run/state.h"

#include "cli/command.h"
#include <imgloom/imgloom.h>
#include <inttypes.h>

int cli_state_open(cli_state *state, cli_terminal *terminal, const run_options *options,
                   loom_engine *engine)
{
    loom_state_options *wanted = options->state_options;
    loom_error err = LOOM_ERROR_INIT;

    *state = (cli_state){.path = options->state, .terminal = terminal, .prunes = wanted->prune};
    wanted->recipe = options->recipe;
    wanted->settings = options->settings;
    wanted->vips_version = loom_engine_vips_version(engine);
    wanted->jpeg_version = loom_engine_jpeg_version();
    wanted->no_facts = !options->verbose && options->reports->len == 0 &&
                       options->lines->len == 0 && options->pages->len == 0;
    if (loom_state_open(&state->state, options->state, wanted, &err) == LOOM_OK) {
        options->plan->history = loom_state_history(state->state);
        return CLI_EXIT_OK;
    }
    if (err.code == LOOM_ERR_USAGE)
        return cli_usage_error(&cli_command_run, "--state %s: %s", options->state, err.message);
    cli_error("--state %s: %s", options->state, err.message);
    return CLI_EXIT_OUTPUT;
}

/* Reports the first failure. */
static bool report(cli_state *state, const loom_error *err)
{
    if (err->code != LOOM_OK && !state->failed) {
        cli_terminal_erase(state->terminal);
        cli_error("--state %s: %s", state->path, err->message);
        state->failed = true;
    }
    return err->code == LOOM_OK;
}

bool cli_state_check(cli_state *state)
{
    loom_error err = LOOM_ERROR_INIT;

    if (state->state != NULL)
        (void)!loom_state_check(state->state, &err);
    return report(state, &err);
}

int cli_state_prepare(cli_state *state)
{
    loom_error err = LOOM_ERROR_INIT;

    if (state->state == NULL || loom_state_prepare(state->state, &err) == LOOM_OK)
        return CLI_EXIT_OK;
    (void)report(state, &err);
    return err.code == LOOM_ERR_USAGE ? CLI_EXIT_USAGE : CLI_EXIT_OUTPUT;
}

void cli_state_add(cli_state *state, const loom_task *task, const loom_outcome *outcome)
{
    loom_error err = LOOM_ERROR_INIT;

    if (state->state != NULL && loom_state_add(state->state, task, outcome, &err) != LOOM_OK)
        (void)report(state, &err);
}

void cli_state_tick(cli_state *state)
{
    if (state->state != NULL) {
        loom_state_tick(state->state, NULL);
        (void)cli_state_check(state);
    }
}

/* ---- what is gone -------------------------------------------------------- */

static void on_removed(void *user, const loom_removed *removed)
{
    const cli_state *state = user;

    cli_reports_add_removed(state->reports, removed);
}

static void report_refusal(cli_state *state, const loom_gone *gone)
{
    state->refused = gone->empty_input != NULL || gone->too_many;
    cli_terminal_erase(state->terminal);
    if (gone->empty_input != NULL)
        cli_error("nothing was pruned: no file is left in %s; is a disk missing?",
                  gone->empty_input);
    else if (gone->too_many)
        cli_error("nothing was pruned: the inputs of %" PRIu64 " of %" PRIu64
                  " outputs are gone, more than --max-prune allows",
                  gone->removed, gone->outputs);
}

static bool find_gone(cli_state *state, const loom_plan *plan, cli_reports *reports,
                      loom_totals *totals)
{
    loom_error err = LOOM_ERROR_INIT;
    const loom_gone *gone;

    state->reports = reports;
    if (loom_state_find_gone(state->state, plan, on_removed, state, &gone, &err) != LOOM_OK)
        return report(state, &err);
    totals->removed = gone->removed;
    totals->pruned = gone->pruned;
    report_refusal(state, gone);
    return true;
}

void cli_state_finish(cli_state *state, const loom_plan *plan, cli_reports *reports,
                      loom_totals *totals)
{
    const bool whole = !totals->interrupted && !totals->too_many_errors;
    loom_error err = LOOM_ERROR_INIT;

    if (state->state == NULL)
        return;
    totals->state = true;
    if (whole && !find_gone(state, plan, reports, totals))
        return;
    (void)!loom_state_finish(state->state, &err);
    (void)report(state, &err);
}

/* ---- the summary --------------------------------------------------------- */

static void append_count(GString *out, uint64_t count, const char *what, const char **between)
{
    if (count == 0)
        return;
    g_string_append_printf(out, "%s%" PRIu64 " %s", *between, count, what);
    *between = ", ";
}

void cli_state_print(const cli_state *state, const loom_totals *totals)
{
    static const char *const words[LOOM_BECAUSE_COUNT] = {
        [LOOM_BECAUSE_NEW] = "new",
        [LOOM_BECAUSE_INPUT] = "changed",
        [LOOM_BECAUSE_RECIPE] = "by another recipe",
        [LOOM_BECAUSE_VERSION] = "by another version",
        [LOOM_BECAUSE_OUTPUT] = "lost",
        [LOOM_BECAUSE_FAILED] = "failed before",
    };
    const char *between = " (";
    uint64_t made = 0;
    GString *out;

    if (state->state == NULL || totals->rows + totals->removed == 0)
        return;
    for (unsigned i = LOOM_BECAUSE_NONE + 1; i < LOOM_BECAUSE_COUNT; i++)
        made += totals->by_because[i];
    out = g_string_new(NULL);
    g_string_append_printf(out, "state: %" PRIu64 " unchanged",
                           totals->unchanged + totals->content_unchanged);
    g_string_append_printf(out,
                           totals->by_result[LOOM_RESULT_PLANNED] > 0 ? ", %" PRIu64 " to make"
                                                                      : ", %" PRIu64 " made",
                           made);
    for (unsigned i = LOOM_BECAUSE_NONE + 1; i < LOOM_BECAUSE_COUNT; i++)
        append_count(out, totals->by_because[i], words[i], &between);
    if (made > 0)
        g_string_append_c(out, ')');
    if (totals->removed > 0)
        g_string_append_printf(out, ", %" PRIu64 " gone", totals->removed);
    if (state->prunes && totals->removed > 0)
        g_string_append_printf(out, " (%" PRIu64 " pruned)", totals->pruned);
    g_string_append_c(out, '\n');
    cli_terminal_print(state->terminal, out->str);
    g_string_free(out, TRUE);
}

void cli_state_release(cli_state *state)
{
    loom_state_free(state->state);
    *state = (cli_state){.state = NULL};
}
