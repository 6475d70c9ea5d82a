/* What a plan says in place of the command line, and what may stand beside it there. */
#include "cli/command.h"
#include "cli/run/attempts.h"
#include "cli/run/pipe.h"
#include "cli/run/select.h"
#include "options/missing.h"

#include <errno.h>
#include <imgloom/imgloom.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what may stand beside it -------------------------------------------- */

/* Options about how to run and to report: all others are about what is made, and were the plan's.
 */
static bool is_decided(const options_row *row)
{
    static const char *const free[] = {
        "plan",     "shard",      "directory", "jobs",    "queue",         "timeout",
        "memory",   "max-errors", "isolate",   "durable", "quarantine",    "require-sandbox",
        "retry",    "dry-run",    "report",    "ndjson",  "keep-versions", "html",
        "progress", "color",      "quiet",     "verbose", "check-outputs", NULL};

    return !g_strv_contains(free, row->name);
}

static int refuse_options(const cli_run *r)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    int status = CLI_EXIT_OK;

    options_line_add(&r->line, is_decided, words);
    if (words->len > 0) {
        char *word = g_ptr_array_index(words, 0);
        word[strcspn(word, "=")] = '\0';
        status = cli_usage_error(&cli_command_run,
                                 "%s cannot be combined with --plan: the plan "
                                 "says it",
                                 word);
    }
    g_ptr_array_free(words, TRUE);
    return status;
}

int cli_adopt_check(const cli_run *r)
{
    const run_options *options = &r->options;

    if (r->line.input_count > 0)
        return cli_usage_error(&cli_command_run,
                               "an INPUT (%s) cannot be combined with --plan: the plan says it",
                               r->line.inputs[0]);
    const int status = refuse_options(r);
    if (status != CLI_EXIT_OK)
        return status;
    if (options->which == NULL)
        return cli_usage_error(&cli_command_run, "--plan needs --shard I, all or auto");
    if (options->quiet && options->verbose)
        return cli_usage_error(&cli_command_run, "--quiet and --verbose cannot be combined");
    if (options->quiet && options->progress == CLI_ALWAYS)
        return cli_usage_error(&cli_command_run,
                               "--quiet and --progress always cannot be combined");
    if (options->engine->require_sandbox && options->engine->isolate == LOOM_ISOLATE_NEVER)
        return cli_usage_error(&cli_command_run,
                               "--require-sandbox cannot be combined with --isolate never");
    return CLI_EXIT_OK;
}

bool cli_adopt_options(run_options *options, const loom_shards_info *info)
{
    loom_recipe *recipe = loom_recipe_copy(info->recipe);
    loom_settings *settings = loom_settings_copy(info->settings);

    if (recipe == NULL || settings == NULL) {
        loom_recipe_free(recipe);
        loom_settings_free(settings);
        return false;
    }
    settings->dry_run = options->settings->dry_run;
    settings->check_outputs = options->settings->check_outputs;
    settings->if_exists = LOOM_IF_EXISTS_REPLACE;
    loom_recipe_free(options->recipe);
    loom_settings_free(options->settings);
    options->recipe = recipe;
    options->settings = settings;
    options->recipe_given = true;
    options->plan->output_root = info->output_root;
    options->engine->allow_untrusted = settings->allow_untrusted;
    return true;
}

/* ---- versions ------------------------------------------------------------ */

static const char *known(const char *version)
{
    return version != NULL ? version : "unknown";
}

int cli_adopt_versions(const cli_run *r, const loom_shards_info *info)
{
    const char *vips = loom_engine_vips_version(r->engine), *jpeg = loom_engine_jpeg_version();

    if (r->options.state_options->keep_versions ||
        (g_strcmp0(info->tool_version, loom_version()) == 0 &&
         g_strcmp0(info->vips_version, vips) == 0 && g_strcmp0(info->jpeg_version, jpeg) == 0))
        return CLI_EXIT_OK;
    return cli_usage_error(
        &cli_command_run,
        "the plan is of imgloom %s with libvips %s and %s, and this is imgloom %s "
        "with libvips %s and %s: outputs could differ (--keep-versions lets them)",
        known(info->tool_version), known(info->vips_version), known(info->jpeg_version),
        loom_version(), known(vips), known(jpeg));
}

/* ---- the folder ---------------------------------------------------------- */

static bool is_current(const char *folder)
{
    struct stat one, other;

    return stat(folder, &one) == 0 && stat(".", &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static char *below(const char *folder, const char *path)
{
    return g_path_is_absolute(path) || cli_is_stream(path) ? g_strdup(path)
                                                           : g_build_filename(folder, path, NULL);
}

static void anchor_all(const GPtrArray *paths, const char *folder)
{
    for (guint i = 0; i < paths->len; i++) {
        char *path = g_ptr_array_index(paths, i);
        paths->pdata[i] = below(folder, path);
        g_free(path);
    }
}

int cli_adopt_folder(cli_run *r, const loom_shards_info *info)
{
    run_options *options = &r->options;
    const char *folder = options->directory != NULL ? options->directory : info->working_directory;

    if (is_current(folder))
        return CLI_EXIT_OK;
    char *here = g_get_current_dir();
    anchor_all(options->reports, here);
    anchor_all(options->lines, here);
    anchor_all(options->pages, here);
    if (options->quarantine != NULL) {
        r->quarantine_path = below(here, options->quarantine);
        options->quarantine = r->quarantine_path;
    }
    g_free(here);
    if (chdir(folder) == 0)
        return CLI_EXIT_OK;
    if (options->directory != NULL && options_is_missing(folder))
        return cli_usage_error(&cli_command_run, "--directory: no such folder: %s", folder);
    if (options->directory != NULL)
        return cli_usage_error(&cli_command_run, "--directory %s: %s", folder, strerror(errno));
    cli_error("the plan's paths are below %s, which cannot be entered: %s (-C DIR takes another "
              "folder)",
              folder, strerror(errno));
    return CLI_EXIT_OUTPUT;
}

/* ---- reports ------------------------------------------------------------- */

/* The real path of the folder that a file is or will be in; NULL: there is none yet. */
static char *real_folder(const char *path)
{
    char *folder = g_path_get_dirname(path);
    char *real = realpath(folder, NULL);

    g_free(folder);
    return real;
}

static bool lies_in(const char *path, const char *folder)
{
    char *real = real_folder(path), *of = realpath(folder, NULL);
    const size_t size = of != NULL ? strlen(of) : 0;
    const bool lies = real != NULL && of != NULL && strncmp(real, of, size) == 0 &&
                      (real[size] == '/' || real[size] == '\0');

    free(real);
    free(of);
    return lies;
}

int cli_adopt_reports(const cli_run *r, const loom_shards_info *info, const loom_shard_work *work)
{
    loom_error err = LOOM_ERROR_INIT;

    if (cli_reports_check(r->wanted, r->plan, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_run, "%s", err.message);
    for (guint i = 0; i < r->wanted->len; i++) {
        const cli_wanted *file = &g_array_index(r->wanted, cli_wanted, i);
        if (cli_is_stream(file->path))
            continue;
        if (lies_in(file->path, info->path))
            return cli_usage_error(&cli_command_run, "%s: '%s' is in the folder of the plan",
                                   file->option, file->path);
        if (loom_shard_work_is_input(work, file->path))
            return cli_usage_error(&cli_command_run, "%s: '%s' is an input of this run",
                                   file->option, file->path);
    }
    return CLI_EXIT_OK;
}
