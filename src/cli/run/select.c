#include "cli/run/select.h"

#include "cli/run/hints.h"
#include "options/missing.h"
#include <glob.h>
#include <string.h>

int cli_fatal(const char *what, const loom_error *err)
{
    cli_error("%s: %s", what, err->message);
    return err->code == LOOM_ERR_USAGE ? CLI_EXIT_USAGE : CLI_EXIT_OUTPUT;
}

/*
 * A field that was given without its word, which needs a "=", and takes this one; NULL: there is
 * none.
 */
static const loom_recipe_field *find_wordless(const loom_recipe *recipe, const char *word)
{
    loom_recipe *trial = loom_recipe_copy(recipe);
    const loom_recipe_field *found = NULL;
    const uint64_t given = loom_recipe_needs(recipe);

    for (unsigned i = 0; trial != NULL && i < LOOM_RECIPE_COUNT && found == NULL; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        if (field->implied != NULL && (given & LOOM_RECIPE_BIT(i)) != 0 &&
            loom_recipe_field_set(field, trial, word, NULL) == LOOM_OK)
            found = field;
    }
    loom_recipe_free(trial);
    return found;
}

/* "; what may have been meant", or "". */
static char *guess_meaning(const cli_command *command, const run_options *options,
                           const options_line *line, size_t index)
{
    const char *path = line->inputs[index];
    const bool lacks_output = command == &cli_command_run && options->plan->output_root == NULL &&
                              !options->settings->discard;
    const bool is_last = index > 0 && index + 1 == line->input_count;
    const loom_format format = loom_format_by_path(path);
    const loom_format_info *image = format != LOOM_FORMAT_UNKNOWN ? loom_format_get(format) : NULL;
    const loom_recipe_field *field = find_wordless(options->recipe, path);
    glob_t found = {.gl_pathc = 0};
    char *text = NULL, *similar = NULL;

    const bool pattern = strpbrk(path, "*?[") != NULL;
    if (pattern && glob(path, GLOB_NOSORT, NULL, &found) == 0)
        text = g_strdup_printf("; as a pattern it matches %zu: leave the quotes out, so that the "
                               "shell expands it",
                               found.gl_pathc);
    else if (pattern)
        text = g_strdup("; as a pattern it matches nothing");
    else if (field != NULL)
        text = g_strdup_printf("; did you mean --%s=%s?", field->option, path);
    else if (lacks_output && is_last && image != NULL && line->input_count == 2 &&
             g_file_test(line->inputs[0], G_FILE_TEST_IS_REGULAR))
        text = g_strdup_printf("; did you mean -f %s -o - > %s?", image->name, path);
    else if (lacks_output && is_last && image == NULL)
        text = g_strdup_printf("; did you mean -o %s?", path);
    else if ((similar = options_find_similar(path)) != NULL)
        text = g_strdup_printf("; did you mean %s?", similar);
    g_free(similar);
    globfree(&found);
    return text != NULL ? text : g_strdup("");
}

int cli_check_inputs(const cli_command *command, const run_options *options,
                     const options_line *line)
{
    for (size_t i = 0; i < line->input_count; i++)
        /* A file that only disappears later is a row, as one in a list is. */
        if (options_is_missing(line->inputs[i])) {
            char *meaning = guess_meaning(command, options, line, i);
            cli_error("no such file or folder: %s%s", line->inputs[i], meaning);
            g_free(meaning);
            return CLI_EXIT_USAGE;
        }
    return CLI_EXIT_OK;
}

int cli_select_images(const cli_command *command, const run_options *options,
                      const options_line *line, loom_scan **scan, loom_plan **plan)
{
    loom_error err = LOOM_ERROR_INIT;

    *scan = loom_scan_create(options->scan);
    if (*scan == NULL)
        return cli_out_of_memory();
    for (size_t i = 0; i < line->input_count; i++)
        if (loom_scan_add(*scan, line->inputs[i], &err) != LOOM_OK)
            return cli_fatal(line->inputs[i], &err);
    char *missing = options->files_from != NULL && strcmp(options->files_from, "-") != 0
                        ? options_describe_missing(options->files_from)
                        : NULL;
    if (missing != NULL) {
        (void)cli_usage_error(command, "--files-from: %s", missing);
        g_free(missing);
        return CLI_EXIT_USAGE;
    }
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
