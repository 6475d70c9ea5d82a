/* imgloom plan: scan and plan as a run does, then write a plan folder for many machines. */
#include "cli/command.h"
#include "cli/run/apply.h"
#include "cli/run/hints.h"
#include "cli/run/select.h"
#include "cli/run/summary.h"
#include "cli/signals.h"

#include <imgloom/imgloom.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct plan_options {
    const char *folder; /* NULL: not given */
    unsigned shards;    /* 0: by their sizes */
    bool schema;        /* print that of a plan, and make none */
} plan_options;

typedef struct plan_command {
    run_options options;
    plan_options own;
    options_line line;
    cli_terminal terminal;
    cli_summary summary;
    loom_stop *stop; /* of the signals */
    loom_engine *engine;
    loom_scan *scan;
    loom_plan *plan;
    loom_totals *totals;
    bool written;
} plan_command;

/* ---- opening ------------------------------------------------------------- */

int cli_open_plan(const cli_command *command, const char *path, loom_shards **plan)
{
    loom_error err = LOOM_ERROR_INIT;
    const loom_status status = loom_shards_open(plan, path, &err);

    if (status == LOOM_OK)
        return CLI_EXIT_OK;
    if (status == LOOM_ERR_NOT_FOUND || status == LOOM_ERR_NOT_A_FILE ||
        status == LOOM_ERR_UNSUPPORTED)
        return cli_usage_error(command, "--plan %s: %s", path, err.message);
    cli_error("--plan %s: %s", path, err.message);
    return CLI_EXIT_OUTPUT;
}

/* ---- options ------------------------------------------------------------- */

static const options_row plan_rows[] = {
    {.name = "plan",
     .argument = "RUN",
     .path = OPTIONS_FOLDER,
     .help = "the folder to write, which must not exist yet, or be empty",
     .apply = options_apply_path,
     OPTIONS_AT(OPTIONS_COMMAND, plan_options, folder)},
    {.name = "shards",
     .argument = "N",
     .low = 1,
     .high = LOOM_SHARDS_MAX,
     .help = "cut it into N parts, each for one machine at a time",
     .fallback = "one for each 10 GB or 50000 outputs, whichever gives more, at most 1000",
     .apply = options_apply_count,
     OPTIONS_AT(OPTIONS_COMMAND, plan_options, shards)},
    {.name = "schema",
     .help = "print the JSON Schema of plan.json and of the lines of its lists",
     .apply = options_apply_flag,
     OPTIONS_AT(OPTIONS_COMMAND, plan_options, schema)},
    {.name = NULL},
};

static const options_group plan_groups[] = {
    {"Plan", .table = plan_rows},
    {"Input", .table = run_input_options},
    {.table = options_untrusted},
    {RUN_PICTURE_SECTION, .source = OPTIONS_PICTURE},
    {.table = run_recipe_options},
    {"Output", .table = run_output_options},
    {.source = OPTIONS_ENCODING},
    {.table = run_written_options},
    {"What is an error", .table = options_judge},
    {.table = options_decoder},
    {.table = run_lane_options},
    {"Messages", .table = run_colour_options},
    {.table = run_message_options},
    {.table = NULL},
};

static int usage(const char *message)
{
    return cli_usage_error(&cli_command_plan, "%s", message);
}

/* Whether the folder can be a new plan; it is no output folder, too. */
static int check_folder(const plan_command *p)
{
    const char *root = p->options.plan->output_root;
    loom_error err = LOOM_ERROR_INIT;

    if (root != NULL && loom_output_is_same(p->own.folder, root))
        return usage("--plan and --output must be two folders");
    if (loom_shards_check_new(p->own.folder, &err) == LOOM_OK)
        return CLI_EXIT_OK;
    if (err.code == LOOM_ERR_EXISTS || err.code == LOOM_ERR_NOT_A_FILE)
        return cli_usage_error(&cli_command_plan, "--plan %s: %s", p->own.folder, err.message);
    cli_error("--plan %s: %s", p->own.folder, err.message);
    return CLI_EXIT_OUTPUT;
}

static int check_options(plan_command *p)
{
    const loom_plan_options *plan = p->options.plan;
    loom_error err = LOOM_ERROR_INIT;

    if (p->own.folder == NULL)
        return usage("no --plan RUN given: the folder to write");
    if (plan->output_root != NULL && strcmp(plan->output_root, "-") == 0)
        return usage("--output -: a plan is of files");
    if (run_options_name_has(&p->options, "{taken}"))
        return usage(
            "--name with {taken} would open each image, and a plan reads none; use {date}");
    if (run_options_settle(&p->options, &p->line, &err) != LOOM_OK)
        return usage(err.message);
    if (cli_check_inputs(&cli_command_plan, &p->options, &p->line) != CLI_EXIT_OK)
        return CLI_EXIT_USAGE;
    if (!run_options_ask(&p->options))
        return usage("nothing is asked for: give a size, turn, format or quality (--inside "
                     "1600x1600), or a folder to write to (-o DIR)");
    return check_folder(p);
}

/* ---- the plan ------------------------------------------------------------ */

static int output_error(const plan_command *p, const loom_error *err)
{
    const char *root = p->options.plan->output_root;

    if (err->code == LOOM_ERR_USAGE)
        return cli_usage_error(&cli_command_plan, "--output: %s", err->message);
    if (root != NULL)
        cli_error("--output %s: %s", root, err->message);
    else
        cli_error("%s", err->message);
    return CLI_EXIT_OUTPUT;
}

/* The versions of its libraries are part of a plan, and what it can write decides whether there can
 * be one. */
static int start_engine(plan_command *p)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_status status = loom_engine_start(&p->engine, p->options.engine, &err);

    if (status == LOOM_OK)
        status = run_options_check_build(&p->options, p->engine, &err);
    if (status == LOOM_OK)
        return CLI_EXIT_OK;
    if (status == LOOM_ERR_USAGE)
        return usage(err.message);
    return cli_fatal("the engine could not start", &err);
}

static int find_images(plan_command *p)
{
    p->stop = cli_signals_watch();
    if (p->stop == NULL)
        return cli_out_of_memory();
    p->options.scan->stop = p->stop;
    const int status =
        cli_select_images(&cli_command_plan, &p->options, &p->line, &p->scan, &p->plan);
    cli_signals_restart_calls();
    if (status == CLI_EXIT_OK)
        run_options_mention_name(&p->options);
    return status;
}

static int interrupted(void)
{
    cli_error("interrupted; there is no plan");
    return CLI_EXIT_OK; /* the signal is raised again */
}

static int write_plan(plan_command *p)
{
    loom_shards_options *options = loom_shards_options_create();
    loom_error err = LOOM_ERROR_INIT;

    if (options == NULL)
        return cli_out_of_memory();
    options->shards = p->own.shards;
    options->vips_version = loom_engine_vips_version(p->engine);
    options->jpeg_version = loom_engine_jpeg_version();
    (void)!loom_shards_write(p->own.folder, p->plan, loom_scan_ignored(p->scan), options, p->stop,
                             &err);
    loom_shards_options_free(options);
    p->written = err.code == LOOM_OK;
    if (p->written)
        return CLI_EXIT_OK;
    if (err.code == LOOM_ERR_CANCELLED)
        return interrupted();
    cli_error("--plan %s: %s", p->own.folder, err.message);
    return err.code == LOOM_ERR_EXISTS ? CLI_EXIT_USAGE : CLI_EXIT_OUTPUT;
}

/* ---- what is said -------------------------------------------------------- */

static loom_result result_of(const loom_task *task)
{
    return task->error != NULL         ? LOOM_RESULT_ERROR
           : task->skip_reason != NULL ? LOOM_RESULT_SKIPPED
                                       : LOOM_RESULT_PLANNED;
}

/* "planned in/a.jpg -> out/a.jpg", "skipped in/a.jpg: output exists", "error   collision: …" */
static void print_task(plan_command *p, const loom_task *task)
{
    GString *out = g_string_new(NULL);
    loom_error error = LOOM_ERROR_INIT;

    g_string_append_printf(out, "%-8s", loom_result_name(result_of(task)));
    if (task->error != NULL) {
        error = *task->error;
        cli_hint_error(&error);
        g_string_append_printf(out, "%s: ", loom_status_name(error.code));
    }
    cli_append_escaped(out, task->input_path);
    if (task->error != NULL || task->skip_reason != NULL) {
        g_string_append(out, ": ");
        cli_append_escaped(out, task->error != NULL ? error.message : task->skip_reason);
    } else {
        g_string_append(out, " -> ");
        cli_append_escaped(out, task->output_path);
    }
    g_string_append_c(out, '\n');
    cli_terminal_print(&p->terminal, out->str);
    g_string_free(out, TRUE);
}

static void count_task(plan_command *p, const loom_task *task)
{
    p->totals->inputs += task->output == 0;
    p->totals->rows++;
    p->totals->by_result[result_of(task)]++;
    if (task->error == NULL)
        return;
    loom_error error = *task->error;
    cli_hint_error(&error);
    p->totals->by_code[error.code]++;
    cli_summary_add_failure(&p->summary, task->input_path, &error, 0);
}

static int count_tasks(plan_command *p)
{
    p->totals = loom_totals_create();
    if (p->totals == NULL)
        return cli_out_of_memory();
    p->totals->ignored = loom_scan_ignored(p->scan);
    for (unsigned i = 0; i < LOOM_IGNORED_COUNT; i++)
        p->totals->ignored_for[i] = loom_scan_ignored_for(p->scan, (loom_ignored)i);
    p->summary.failures_shown = p->options.verbose;
    if (p->options.verbose)
        cli_print_ignored(&p->terminal, p->scan);
    for (size_t i = 0; i < loom_plan_count(p->plan); i++) {
        const loom_task *task = loom_plan_task(p->plan, i);
        if (p->options.verbose)
            print_task(p, task);
        count_task(p, task);
    }
    return CLI_EXIT_OK;
}

/* The plan as it can be read again. */
static int print_summary(plan_command *p)
{
    loom_shards *shards = NULL;
    const int status = cli_open_plan(&cli_command_plan, p->own.folder, &shards);

    if (status != CLI_EXIT_OK)
        return status;
    const loom_shards_info *info = loom_shards_get_info(shards);
    GString *out = g_string_new(NULL);
    cli_summary_append_counts(&p->summary, &p->terminal, out, p->totals);
    cli_summary_append_failures(&p->summary, &p->terminal, out, p->totals);
    g_string_append_printf(out, "plan: %u shard%s, ", info->shards, info->shards == 1 ? "" : "s");
    cli_append_bytes(out, info->bytes);
    g_string_append(out, " to read, in ");
    cli_append_escaped(out, p->own.folder);
    g_string_append(out, "\nnext: imgloom run --plan ");
    cli_append_escaped(out, p->own.folder);
    if (info->shards == 1)
        g_string_append(out, " --shard all\n");
    else
        g_string_append_printf(out, " --shard I, where I is 0 to %u, or all\n", info->shards - 1);
    if (!p->options.quiet)
        cli_terminal_print(&p->terminal, out->str);
    g_string_free(out, TRUE);
    loom_shards_free(shards);
    return CLI_EXIT_OK;
}

/* ---- the command --------------------------------------------------------- */

static int print_schema(const plan_command *p)
{
    size_t size;
    const char *schema = loom_shards_schema(&size);

    if (p->line.input_count > 0)
        return usage("--schema takes no INPUT");
    fwrite(schema, 1, size, stdout);
    return CLI_EXIT_OK;
}

static int make_plan(plan_command *p)
{
    loom_error err = LOOM_ERROR_INIT;
    int status;

    if ((status = check_options(p)) != CLI_EXIT_OK || (status = start_engine(p)) != CLI_EXIT_OK ||
        (status = find_images(p)) != CLI_EXIT_OK)
        return status;
    if (loom_scan_stopped(p->scan))
        return interrupted();
    if ((status = count_tasks(p)) != CLI_EXIT_OK)
        return status;
    if (p->totals->rows == 0) {
        cli_mention_nothing(&p->options, p->scan, p->totals);
        return CLI_EXIT_NOTHING;
    }
    if (loom_shards_check_outputs(p->plan, &err) != LOOM_OK)
        return output_error(p, &err);
    status = write_plan(p);
    return p->written ? print_summary(p) : status;
}

static int command_plan(char **argv)
{
    plan_command p = {.scan = NULL};
    int status = CLI_EXIT_OUTPUT;

    if (run_options_init(&p.options)) {
        p.options.target.objects[OPTIONS_COMMAND] = &p.own;
        if (cli_options_read(&cli_command_plan, argv, &p.options.target, &p.line, &status)) {
            cli_terminal_init(&p.terminal, p.options.colour);
            status = p.own.schema ? print_schema(&p) : make_plan(&p);
        }
    }
    loom_engine_stop(p.engine);
    cli_summary_release(&p.summary);
    loom_totals_free(p.totals);
    loom_plan_free(p.plan);
    loom_scan_free(p.scan);
    options_line_release(&p.line);
    run_options_release(&p.options);
    return status;
}

static const char *const usual[] = {"plan",   "shards", "inside",    "cover",   "no-upscale",
                                    "format", "output", "if-exists", "verbose", NULL};
static const char plan_notes[] =
    "One batch on many machines\n"
    "  imgloom plan --plan RUN --shards 8 photos -o out --inside 1600x1600\n"
    "  imgloom run --plan RUN --shard 0       on the first machine; 1 to 7 on others\n"
    "  jq -r .originalPath RUN/shards/00000.ndjson   what a shard reads\n";

const cli_command cli_command_plan = {
    .name = "plan",
    .summary = "write down what a run would make, in shards for many machines",
    .usage = " --plan RUN [OPTIONS] INPUT...",
    .about =
        "Finds images and names their outputs as imgloom run does, and writes that down in the "
        "folder RUN, cut into shards. imgloom run --plan RUN --shard I then makes one shard, on "
        "any machine that has the same files. No image is read. Collisions, inputs that would be "
        "overwritten and existing outputs are decided here, for all shards. Exit status: 0 "
        "success, also when some images cannot be made; 2 usage, or RUN is not empty; 3 no image "
        "found; 4 RUN or the output folder cannot be written, or its names ignore case.",
    .notes = plan_notes,
    .groups = plan_groups,
    .usual = usual,
    .run = command_plan,
};
