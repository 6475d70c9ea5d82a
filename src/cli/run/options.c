#include "cli/run/options.h"

#include "cli/run/needs.h"
#include <imgloom/batch.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>

static loom_status usage(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", message);
}

bool run_options_init(run_options *options)
{
    *options = (run_options){.recipe = loom_recipe_create(),
                             .scan = loom_scan_options_create(),
                             .plan = loom_plan_options_create(),
                             .batch = loom_batch_create(NULL),
                             .settings = loom_settings_create(),
                             .engine = loom_engine_options_create(),
                             .state_options = loom_state_options_create(),
                             .list_ignored = UINT_MAX};
    options->include = g_ptr_array_new_with_free_func(g_free);
    options->exclude = g_ptr_array_new_with_free_func(g_free);
    options->reports = g_ptr_array_new_with_free_func(g_free);
    options->lines = g_ptr_array_new_with_free_func(g_free);
    options->pages = g_ptr_array_new_with_free_func(g_free);
    options->target = (options_target){.objects = {[OPTIONS_PROGRAM] = options,
                                                   [OPTIONS_RECIPE] = options->recipe,
                                                   [OPTIONS_SETTINGS] = options->settings,
                                                   [OPTIONS_BATCH] = options->batch,
                                                   [OPTIONS_ENGINE] = options->engine,
                                                   [OPTIONS_SCAN] = options->scan,
                                                   [OPTIONS_PLAN] = options->plan,
                                                   [OPTIONS_STATE] = options->state_options}};
    if (options->recipe != NULL && options->scan != NULL && options->plan != NULL &&
        options->batch != NULL && options->settings != NULL && options->engine != NULL &&
        options->state_options != NULL)
        return true;
    cli_error("out of memory");
    return false;
}

void run_options_release(run_options *options)
{
    loom_recipe_free(options->recipe);
    loom_scan_options_free(options->scan);
    loom_plan_options_free(options->plan);
    loom_batch_free(options->batch);
    loom_settings_free(options->settings);
    loom_engine_options_free(options->engine);
    loom_state_options_free(options->state_options);
    g_ptr_array_free(options->include, TRUE);
    g_ptr_array_free(options->exclude, TRUE);
    g_ptr_array_free(options->reports, TRUE);
    g_ptr_array_free(options->lines, TRUE);
    g_ptr_array_free(options->pages, TRUE);
}

bool run_options_name_has(const run_options *options, const char *field)
{
    for (const char *at = options->plan->name_template;
         at != NULL && (at = strchr(at, '{')) != NULL; at++) {
        if (strncmp(at, field, strlen(field)) == 0)
            return true;
        at += at[1] == '{'; /* a literal brace */
    }
    return false;
}

void run_options_mention_name(const run_options *options)
{
    static const char *const endings[] = {"{ext}", "{inputext}", "{format}"};
    const char *name = options->plan->name_template;
    bool ends = name == NULL || loom_format_by_path(name) != LOOM_FORMAT_UNKNOWN;

    for (size_t i = 0; !ends && i < G_N_ELEMENTS(endings); i++)
        ends = run_options_name_has(options, endings[i]);
    if (!ends)
        cli_error("warning: the names of --name have no extension: {ext} is missing");
}

/* `--size 800,600` may be meant as one size. */
static loom_status refuse_sizes(const loom_recipe *recipe, loom_error *err)
{
    const loom_size *sizes = recipe->sizes;
    char *one = recipe->size_count == 2 && sizes[0].width == sizes[0].height &&
                        sizes[1].width == sizes[1].height &&
                        sizes[0].percent + sizes[1].percent == 0
                    ? g_strdup_printf("; a box is %ux%u", sizes[0].width, sizes[1].width)
                    : g_strdup("");

    loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                   "several sizes need different names: use --name with {width} or {height}%s",
                   one);
    g_free(one);
    return err->code;
}

/* Checks which options on names and sizes go together. */
static loom_status check_names(const run_options *options, loom_error *err)
{
    const loom_plan_options *plan = options->plan;
    const char *name = plan->name_template;

    if (name != NULL && (plan->prefix != NULL || plan->suffix != NULL || plan->flatten))
        return usage(err, "--name sets the whole name; it cannot be combined with --prefix, "
                          "--suffix or --flatten");
    if (options->target.several && options->target.sides)
        return usage(err, "--width, --height, --long-edge and --short-edge cannot be combined with "
                          "several sizes; give all sizes with --size");
    if (options->recipe->size_count > 1 && !run_options_name_has(options, "{width}") &&
        !run_options_name_has(options, "{height}"))
        return refuse_sizes(options->recipe, err);
    return LOOM_OK;
}

/* A size whose word says a fit, and another fit: names the words for both. */
static loom_status check_fit(const run_options *options, loom_error *err)
{
    const char *word = options->target.fitted_size;

    if (word == NULL || !options->target.fit_alone)
        return LOOM_OK;
    if (strchr(word, ',') != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--size '%s' says how to fit; with --fit write each size as WxH",
                              word);
    char *box = g_strndup(word, strcspn(word, ">!"));
    char *size = strpbrk(box, "xX") != NULL ? g_strdup(box) : g_strdup_printf("%sx%s", box, box);
    const bool fills = strchr(word, '!') != NULL;
    const char *shrink = strchr(word, '>') != NULL ? " --only-shrink" : "";
    loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                   "--size '%s' means --%s %s%s%s; with --fit write --size %s%s", word,
                   fills ? "size" : "inside", size, shrink, fills ? " --fit fill" : "", size,
                   shrink);
    g_free(size);
    g_free(box);
    return LOOM_ERR_USAGE;
}

static loom_status check_state(const run_options *options, loom_error *err)
{
    if (options->state != NULL && options->settings->discard)
        return usage(err, "--discard writes nothing; it cannot be combined with --state");
    if (options->state != NULL && run_options_name_has(options, "{n}"))
        return usage(err,
                     "--name with {n} gives an output another name whenever an image is added; it "
                     "cannot be combined with --state");
    return LOOM_OK;
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t size = strlen(path), length = strlen(ending);

    return size > length && g_ascii_strcasecmp(path + size - length, ending) == 0;
}

/* Names that promise another kind of file. */
static loom_status check_reports(const run_options *options, loom_error *err)
{
    for (guint i = 0; i < options->reports->len; i++) {
        const char *path = g_ptr_array_index(options->reports, i);
        if (ends_in(path, ".csv"))
            return usage(err, "a report is JSON or NDJSON; imgloom report --csv makes a CSV of it");
        if (ends_in(path, ".html") || ends_in(path, ".htm"))
            return usage(err, "a report is JSON or NDJSON; --html FILE makes a page of it");
    }
    return LOOM_OK;
}

static loom_status read_files(const run_options *options, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    if (loom_recipe_read_files(options->recipe, &why) == LOOM_OK)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", why.message);
}

/* As loom_recipe_check, but an option that was given is called as it was, not as in a recipe. */
static loom_status check_recipe(const run_options *options, const options_line *line,
                                loom_error *err)
{
    static const char refused[] = " is an option of ";
    loom_error cause = LOOM_ERROR_INIT;
    const loom_status status = loom_recipe_check(options->recipe, &cause);
    const size_t length = strcspn(cause.message, " ");

    if (status == LOOM_OK)
        return LOOM_OK;
    char *name = g_strndup(cause.message, length);
    const bool given =
        g_str_has_prefix(cause.message + length, refused) && options_line_has(line, name);
    g_free(name);
    return loom_error_set(err, cause.code, cause.stage, "%s%s", given ? "--" : "", cause.message);
}

static loom_status check_together(const run_options *options, const options_line *line,
                                  loom_error *err)
{
    if (line->input_count == 0 && options->files_from == NULL)
        return usage(err, "no INPUT given");
    if (options->quiet && options->verbose)
        return usage(err, "--quiet and --verbose cannot be combined");
    if (options->quiet && options->progress == CLI_ALWAYS)
        return usage(err, "--quiet and --progress always cannot be combined");
    if (options->settings->discard && options->plan->output_root != NULL)
        return usage(err, "--discard writes nothing; it cannot be combined with --output");
    if (run_needs_check(line, options->recipe, err) != LOOM_OK ||
        check_state(options, err) != LOOM_OK || check_names(options, err) != LOOM_OK ||
        check_fit(options, err) != LOOM_OK)
        return err->code;
    const loom_status status = check_recipe(options, line, err);
    return status == LOOM_OK ? read_files(options, err) : status;
}

loom_status run_options_settle(run_options *options, const options_line *line, loom_error *err)
{
    loom_status status = check_together(options, line, err);

    if (status != LOOM_OK)
        return status;
    options->settings->hash = options->state != NULL;
    options->plan->settings = options->settings;
    options->scan->include = (const char *const *)(void *)options->include->pdata;
    options->scan->include_count = options->include->len;
    options->scan->exclude = (const char *const *)(void *)options->exclude->pdata;
    options->scan->exclude_count = options->exclude->len;
    options->scan->output_root = options->plan->output_root;
    options->scan->quarantine = options->quarantine;
    if (options->verbose || options->reports->len + options->lines->len > 0)
        options->scan->list_ignored = options->list_ignored;
    options->scan->raw = options->recipe->raw != LOOM_RAW_NONE;
    options->scan->allow_untrusted = options->settings->allow_untrusted;
    options->engine->allow_untrusted = options->settings->allow_untrusted;
    if (options->engine->require_sandbox && options->engine->isolate == LOOM_ISOLATE_NEVER)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--require-sandbox cannot be combined with --isolate never");
    if (check_reports(options, err) != LOOM_OK)
        return err->code;
    if (options->plan->name_template == NULL) {
        options->scan->skip_prefix = options->plan->prefix;
        options->scan->skip_suffix = options->plan->suffix;
        if (options->plan->prefix == NULL && options->plan->output_root == NULL)
            options->scan->skip_prefix = RUN_BESIDE_PREFIX;
    }
    return LOOM_OK;
}

bool run_options_ask(const run_options *options)
{
    /* Without a size, a turn or another format these have nothing to act on. */
    const uint64_t manners =
        LOOM_RECIPE_BIT(LOOM_RECIPE_FIT) | LOOM_RECIPE_BIT(LOOM_RECIPE_POSITION) |
        LOOM_RECIPE_BIT(LOOM_RECIPE_KERNEL) | LOOM_RECIPE_BIT(LOOM_RECIPE_NO_UPSCALE) |
        LOOM_RECIPE_BIT(LOOM_RECIPE_BACKGROUND) | LOOM_RECIPE_BIT(LOOM_RECIPE_TRIM_BACKGROUND) |
        LOOM_RECIPE_BIT(LOOM_RECIPE_EXTEND_WITH) | LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER_COLOUR);
    const loom_plan_options *plan = options->plan;

    return (loom_recipe_needs(options->recipe) & ~manners) != 0 || options->recipe_given ||
           plan->output_root != NULL || plan->name_template != NULL || plan->prefix != NULL ||
           plan->suffix != NULL || options->settings->dry_run || options->settings->discard;
}

static loom_status check_format(loom_format format, loom_engine *engine, loom_error *err)
{
    GString *writable;
    const char *lacks;

    if (format == LOOM_FORMAT_SAME || loom_engine_writes(engine, format))
        return LOOM_OK;
    const loom_status status = loom_engine_load_vips(engine, err); /* or why it is unknown */
    if (status != LOOM_OK || loom_engine_writes(engine, format))
        return status;
    writable = g_string_new(NULL);
    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        if (loom_engine_writes(engine, (loom_format)i))
            g_string_append_printf(writable, "%s%s", writable->len > 0 ? ", " : "",
                                   loom_format_get((loom_format)i)->name);
    lacks = loom_engine_codec(engine, format)->lacks;
    loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                   "--format: this build cannot write %s%s%s; it writes %s",
                   loom_format_get(format)->name, lacks != NULL ? ": " : "",
                   lacks != NULL ? lacks : "", writable->str);
    g_string_free(writable, TRUE);
    return err->code;
}

static loom_status check_lane(const char *lane, loom_error *err)
{
    const gchar *const *lanes = loom_engine_lanes();
    gchar *joined;

    if (lane == NULL || g_strv_contains(lanes, lane))
        return LOOM_OK;
    joined = g_strjoinv(", ", (gchar **)(gpointer)(gsize)lanes);
    loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--lane: '%s' is not a lane: %s", lane,
                   joined);
    g_free(joined);
    return err->code;
}

/* What would fail for all images alike. */
static loom_status check_layers(const run_options *options, loom_engine *engine, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;

    if (read_files(options, err) != LOOM_OK) /* a plan's recipe comes from there */
        return LOOM_ERR_USAGE;
    if (loom_engine_prepare(engine, options->recipe, &why) == LOOM_OK)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", why.message);
}

loom_status run_options_check_build(const run_options *options, loom_engine *engine,
                                    loom_error *err)
{
    const loom_recipe *recipe = options->recipe;
    loom_status status = check_format(recipe->format, engine, err);

    for (unsigned i = 1; i < recipe->format_count && status == LOOM_OK; i++)
        status = check_format(recipe->formats[i], engine, err);
    if (status == LOOM_OK)
        status = check_lane(options->settings->lane, err);
    return status == LOOM_OK ? check_layers(options, engine, err) : status;
}

/* ---- open files ---------------------------------------------------------- */

/*
 * Open files of the run: streams, reports, folders, the worker program. Of an image: its file, an
 * output and its folder, the worker's socket and messages, briefly open files; plus a file for each
 * output.
 */
enum { FOR_THE_RUN = 24, FOR_AN_IMAGE = 7 };

unsigned cli_jobs_that_fit(unsigned jobs, unsigned outputs)
{
    const unsigned wanted = jobs > 0 ? jobs : loom_cpu_count();
    const rlim_t each = FOR_AN_IMAGE + outputs, need = FOR_THE_RUN + wanted * each;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return jobs;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return jobs;
    if (limit.rlim_cur >= need)
        return jobs;
    return limit.rlim_cur > FOR_THE_RUN + each ? (unsigned)((limit.rlim_cur - FOR_THE_RUN) / each)
                                               : 1;
}

GPtrArray *run_command_line(const char *command, char **argv)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, (gpointer)(uintptr_t) "imgloom");
    g_ptr_array_add(words, (gpointer)(uintptr_t)command);
    for (; *argv != NULL; argv++)
        g_ptr_array_add(words, *argv);
    g_ptr_array_add(words, NULL);
    return words;
}
