#include "cli/run/select.h"

#include "cli/command.h"
#include "cli/run/hints.h"

int cli_fatal(const char *what, const loom_error *err)
{
    cli_error("%s: %s", what, err->message);
    return err->code == LOOM_ERR_USAGE ? CLI_EXIT_USAGE : CLI_EXIT_OUTPUT;
}

int cli_out_of_memory(void)
{
    cli_error("out of memory");
    return CLI_EXIT_OUTPUT;
}

int cli_select_images(const cli_command *command, const run_options *options, const cli_line *line,
                      loom_scan **scan, loom_plan **plan)
{
    loom_error err = LOOM_ERROR_INIT;

    *scan = loom_scan_create(options->scan);
    if (*scan == NULL)
        return cli_out_of_memory();
    for (size_t i = 0; i < line->input_count; i++)
        if (loom_scan_add(*scan, line->inputs[i], &err) != LOOM_OK)
            return cli_fatal(line->inputs[i], &err);
    if (options->files_from != NULL &&
        loom_scan_add_list(*scan, options->files_from, options->null, &err) != LOOM_OK) {
        cli_hint_error(&err);
        return cli_usage_error(command, "--files-from: %s: %s", options->files_from, err.message);
    }
    if (loom_plan_create(plan, *scan, options->recipe, options->plan, &err) != LOOM_OK)
        return err.code == LOOM_ERR_USAGE ? cli_usage_error(command, "--name: %s", err.message)
                                          : cli_fatal("plan", &err);
    return CLI_EXIT_OK;
}
