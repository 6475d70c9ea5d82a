#include "cli/run/select.h"

#include "cli/run/hints.h"
#include "cli/run/summary.h"
#include "options/missing.h"
#include <glob.h>
#include <inttypes.h>
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

/* "--inside 800 600": the height of a box as a word of its own; NULL: the input is none. */
static char *find_box(const options_line *line, const char *input)
{
    static const char *const boxes[] = {"inside", "cover", "contain", "size"};
    static const char digits[] = "0123456789";

    if (input[0] == '\0' || input[strspn(input, digits)] != '\0')
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++) {
        const char *width = options_line_word(line, boxes[i]);
        const size_t size = width != NULL ? strspn(width, digits) : 0;
        if (size > 0 && (width[size] == '\0' || strcmp(width + size, "x") == 0))
            return g_strdup_printf("; did you mean --%s %.*sx%s?", boxes[i], (int)size, width,
                                   input);
    }
    return NULL;
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
    char *text = NULL, *similar = NULL, *box = find_box(line, path);

    const bool pattern = strpbrk(path, "*?[") != NULL;
    if (pattern && glob(path, GLOB_NOSORT, NULL, &found) == 0)
        text = g_strdup_printf("; as a pattern it matches %zu: leave the quotes out, so that the "
                               "shell expands it",
                               found.gl_pathc);
    else if (pattern)
        text = g_strdup("; as a pattern it matches nothing");
    else if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        text = g_strdup("; it is a link that leads to nothing");
    else if (box != NULL)
        text = g_strdup(box);
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
    g_free(box);
    globfree(&found);
    return text != NULL ? text : g_strdup("");
}

int cli_check_inputs(const cli_command *command, const run_options *options,
                     const options_line *line)
{
    for (size_t i = 0; i < line->input_count; i++)
        /* A file that only disappears later is a row, as one in a list is. */
        if (options_is_missing(line->inputs[i])) {
            if (*line->inputs[i] == '\0') {
                cli_error("an INPUT is empty");
                return CLI_EXIT_USAGE;
            }
            char *meaning = guess_meaning(command, options, line, i);
            cli_error("no such file or folder: %s%s", line->inputs[i], meaning);
            g_free(meaning);
            return CLI_EXIT_USAGE;
        }
    return CLI_EXIT_OK;
}

/* ---- globs that match nothing -------------------------------------------- */

static bool has_matched(const loom_scan *scan, bool include, guint index)
{
    return include ? loom_scan_include_matched(scan, index)
                   : loom_scan_exclude_matched(scan, index);
}

/* "--exclude '*.tmp' and '*.bak'": those that have matched nothing; or nothing. */
static void append_idle(GString *out, const loom_scan *scan, const GPtrArray *globs, bool include)
{
    guint left = 0;

    for (guint i = 0; i < globs->len; i++)
        left += !has_matched(scan, include, i);
    for (guint i = 0, n = 0; i < globs->len; i++)
        if (!has_matched(scan, include, i)) {
            g_string_append(out, n == 0 ? (include ? "--include '" : "--exclude '")
                                        : (n + 1 < left ? ", '" : " and '"));
            cli_append_escaped(out, g_ptr_array_index(globs, i));
            g_string_append_c(out, '\'');
            n++;
        }
}

static bool has_folder(const loom_scan *scan)
{
    for (unsigned i = 0; i < loom_scan_input_count(scan); i++)
        if (loom_scan_input_kind(scan, i) == LOOM_INPUT_FOLDER)
            return true;
    return false;
}

/* A glob that matches nothing is most often a slip. */
static void mention_globs(const run_options *options, const loom_scan *scan)
{
    GString *excludes = g_string_new(NULL), *includes = g_string_new(NULL);

    append_idle(excludes, scan, options->exclude, false);
    append_idle(includes, scan, options->include, true);
    if (excludes->len > 0)
        g_string_append(excludes, " left nothing out");
    if (includes->len > 0)
        g_string_append(includes, " took nothing");
    if (excludes->len + includes->len > 0)
        cli_error("warning: %s%s%s%s", excludes->str,
                  excludes->len > 0 && includes->len > 0 ? "; " : "", includes->str,
                  has_folder(scan) ? "" : ": a file that is named is taken all the same");
    g_string_free(excludes, TRUE);
    g_string_free(includes, TRUE);
}

void cli_mention_nothing(const run_options *options, const loom_scan *scan,
                         const loom_totals *totals)
{
    GString *text = g_string_new("no image found"), *idle = g_string_new(NULL);

    if (totals->ignored > 0) {
        g_string_append_printf(text, "; %" PRIu64 " ignored", totals->ignored);
        cli_append_reasons(text, totals);
    }
    if (totals->ignored_for[LOOM_IGNORED_NOT_INCLUDED] > 0)
        append_idle(idle, scan, options->include, true);
    if (idle->len > 0)
        g_string_append_printf(text, "; %s took nothing: patterns look like '*.jpg'%s", idle->str,
                               options->scan->ignore_case ? ""
                                                          : ", and case counts (--ignore-case)");
    cli_error("%s", text->str);
    g_string_free(text, TRUE);
    g_string_free(idle, TRUE);
}

/* ---- images -------------------------------------------------------------- */

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
    if (!options->quiet && !loom_scan_stopped(*scan) && loom_scan_count(*scan) > 0)
        mention_globs(options, *scan);
    return CLI_EXIT_OK;
}
