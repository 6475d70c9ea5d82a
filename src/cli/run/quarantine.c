#include "cli/run/quarantine.h"

#include "cli/command.h"
#include <inttypes.h>

/* Those of the plan before. */
static void close_links(cli_quarantine *quarantine)
{
    if (quarantine->links != NULL)
        quarantine->count += loom_quarantine_count(quarantine->links);
    loom_quarantine_free(quarantine->links);
    quarantine->links = NULL;
}

int cli_quarantine_open(cli_quarantine *quarantine, cli_terminal *terminal,
                        const run_options *options, const loom_scan *scan, const loom_plan *plan)
{
    const char *root = options->plan->output_root;
    loom_error err = LOOM_ERROR_INIT;
    loom_status status;

    if (options->quarantine == NULL)
        return CLI_EXIT_OK;
    close_links(quarantine);
    quarantine->folder = options->quarantine;
    quarantine->terminal = terminal;
    if (scan != NULL)
        status = loom_quarantine_create(&quarantine->links, options->quarantine, scan, root, &err);
    else
        status = loom_quarantine_create_of_items(&quarantine->links, options->quarantine, plan,
                                                 root, &err);
    if (status != LOOM_OK) {
        if (err.code == LOOM_ERR_USAGE)
            return cli_usage_error(&cli_command_run, "--quarantine %s: %s", options->quarantine,
                                   err.message);
        cli_error("--quarantine %s: %s", options->quarantine, err.message);
        return CLI_EXIT_OUTPUT;
    }
    if (options->settings->dry_run)
        cli_quarantine_release(quarantine);
    return CLI_EXIT_OK;
}

void cli_quarantine_add(cli_quarantine *quarantine, const loom_task *task,
                        const loom_outcome *outcome)
{
    loom_error err = LOOM_ERROR_INIT;

    if (quarantine->links == NULL || outcome->result != LOOM_RESULT_ERROR ||
        outcome->error.code == LOOM_ERR_CANCELLED ||
        loom_quarantine_add(quarantine->links, task, &err) == LOOM_OK)
        return;
    if (quarantine->failed++ == 0) {
        cli_terminal_erase(quarantine->terminal);
        cli_error("--quarantine: %s: %s", task->input_path, err.message);
    }
}

void cli_quarantine_print(const cli_quarantine *quarantine)
{
    GString *out;

    if (quarantine->links == NULL)
        return;
    const uint64_t count = quarantine->count + loom_quarantine_count(quarantine->links);
    if (count + quarantine->failed == 0)
        return;
    out = g_string_new(NULL);
    g_string_append_printf(out, "quarantine: %" PRIu64 " original%s linked in ", count,
                           count == 1 ? " is" : "s are");
    cli_append_escaped(out, quarantine->folder);
    if (quarantine->failed > 0)
        g_string_append_printf(out, "; links that could not be made: %" PRIu64, quarantine->failed);
    g_string_append_c(out, '\n');
    cli_terminal_print(quarantine->terminal, out->str);
    g_string_free(out, TRUE);
}

void cli_quarantine_release(cli_quarantine *quarantine)
{
    loom_quarantine_free(quarantine->links);
    *quarantine = (cli_quarantine){.links = NULL};
}
