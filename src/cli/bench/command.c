/* imgloom bench: the same recipe with several numbers of threads, in rounds. */
#include "cli/command.h"
#include "cli/bench/bench.h"
#include "cli/run/pipe.h"
#include "cli/run/reports.h"
#include "cli/run/select.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 5, WARMUP = 1 };

/* ---- options ------------------------------------------------------------- */

/* 1, 2, 4 … up to the number of CPUs. */
static void choose_threads(bench_options *options)
{
    const unsigned cpus = MIN(loom_cpu_count(), LOOM_JOBS_MAX);

    for (unsigned n = 1; n < cpus; n *= 2)
        options->threads[options->thread_count++] = n;
    options->threads[options->thread_count++] = cpus;
}

static int check_options(bench *b)
{
    bench_options *options = &b->options;
    loom_error err = LOOM_ERROR_INIT;

    if (options->run.files_from != NULL && strcmp(options->run.files_from, "-") == 0)
        return cli_usage_error(
            &cli_command_bench,
            "--files-from: standard input can be read only once; write the list to a file");
    if (cli_pipe_is_wanted(&options->run, &b->line))
        return cli_usage_error(&cli_command_bench,
                               "INPUT - is standard input, which can be read only once");
    if (options->thread_count == 0)
        choose_threads(options);
    if (options->isolation_count == 0)
        options->isolations[options->isolation_count++] = LOOM_ISOLATE_AUTO;
    if (options->run.recipe->size_count > 1)
        options->run.plan->name_template = BENCH_NAME_OF_SIZES;
    if (run_options_settle(&options->run, &b->line, &err) != LOOM_OK)
        return cli_usage_error(&cli_command_bench, "%s", err.message);
    return cli_check_inputs(&cli_command_bench, &options->run, &b->line);
}

/* Checks that there is something to measure, and that results do not overwrite images. */
static int check_inputs(bench *b)
{
    const cli_wanted files[] = {{"--json", b->options.json, .open = NULL},
                                {"--svg", b->options.svg, .open = NULL},
                                {"--html", b->options.html, .open = NULL}};
    GArray *results = g_array_new(FALSE, FALSE, sizeof *files);
    loom_error err = LOOM_ERROR_INIT;
    loom_scan *scan = NULL;
    loom_plan *plan = NULL;

    int status = cli_select_images(&cli_command_bench, &b->options.run, &b->line, &scan, &plan);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (files[i].path != NULL)
            g_array_append_val(results, files[i]);
    if (status == CLI_EXIT_OK && cli_reports_check(results, plan, &err) != LOOM_OK)
        status = cli_usage_error(&cli_command_bench, "%s", err.message);
    if (status == CLI_EXIT_OK && loom_plan_count(plan) == 0) {
        cli_error("no image found");
        status = CLI_EXIT_NOTHING;
    }
    loom_plan_free(plan);
    loom_scan_free(scan);
    g_array_free(results, TRUE);
    return status;
}

/* ---- running ------------------------------------------------------------- */

static void make_settings(bench *b)
{
    const bench_options *options = &b->options;

    b->setting_count = options->isolation_count * options->thread_count;
    b->settings = g_new0(bench_setting, b->setting_count);
    for (size_t i = 0; i < b->setting_count; i++) {
        const size_t isolation = i / options->thread_count;
        b->settings[i] = (bench_setting){.threads = options->threads[i % options->thread_count],
                                         .isolation = options->isolations[isolation],
                                         .base = isolation * options->thread_count,
                                         .samples = g_new0(bench_sample, options->runs)};
    }
}

static int make_folder(bench *b)
{
    GError *error = NULL;

    b->folder = g_dir_make_tmp("imgloom-bench-XXXXXX", &error);
    if (b->folder != NULL)
        return CLI_EXIT_OK;
    cli_error("cannot make a temporary folder: %s", error->message);
    g_error_free(error);
    return CLI_EXIT_OUTPUT;
}

/* The text that SIGUSR1 prints; it is changed only while that signal is blocked. */
static char status_line[128];

static void on_status_signal(int number)
{
    const int saved = errno;

    (void)number;
    if (write(STDERR_FILENO, status_line, strlen(status_line)) != 0)
        errno = saved; /* whatever the result: there is nobody to report it to */
}

static void watch_status_signal(void)
{
    const struct sigaction action = {.sa_handler = on_status_signal, .sa_flags = SA_RESTART};

    g_strlcpy(status_line, "nothing was run yet\n", sizeof status_line);
    sigaction(SIGUSR1, &action, NULL);
}

static void show_progress(bench *b, const char *what, unsigned now, unsigned all,
                          const bench_setting *setting)
{
    sigset_t status, before;

    sigemptyset(&status);
    sigaddset(&status, SIGUSR1);
    sigprocmask(SIG_BLOCK, &status, &before);
    g_snprintf(status_line, sizeof status_line, "%s %u/%u: %u thread%s, isolate %s\n", what, now,
               all, setting->threads, setting->threads == 1 ? "" : "s",
               loom_isolate_name(setting->isolation));
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!b->terminal.redraws)
        return;
    char *line = g_strndup(status_line, strlen(status_line) - 1);
    cli_terminal_status(&b->terminal, line);
    g_free(line);
}

/* Uses the most threads, which bring the files into memory fastest. */
static int warm_up(bench *b)
{
    const bench_setting *setting = &b->settings[b->options.thread_count - 1];
    bench_sample ignored;
    int status = CLI_EXIT_OK;

    for (unsigned i = 0; i < b->options.warmup && status == CLI_EXIT_OK; i++) {
        show_progress(b, "warm-up", i + 1, b->options.warmup, setting);
        status = bench_run_once(b, setting, &ignored, NULL);
    }
    return status;
}

/*
 * Runs every setting once per round, every other round backwards, so that slow changes (heat, other
 * programs) affect all settings alike.
 */
static int run_rounds(bench *b)
{
    unsigned order = 0;
    int status = CLI_EXIT_OK;

    for (unsigned round = 0; round < b->options.runs; round++)
        for (size_t i = 0; i < b->setting_count && status == CLI_EXIT_OK; i++) {
            bench_setting *setting = &b->settings[round % 2 == 0 ? i : b->setting_count - 1 - i];
            show_progress(b, "round", round + 1, b->options.runs, setting);
            status = bench_run_once(b, setting, &setting->samples[round], setting->histogram);
            setting->samples[round].order = ++order;
        }
    cli_terminal_erase(&b->terminal);
    return status;
}

/* ---- results ------------------------------------------------------------- */

static bool is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* A file is written anew, and replaces the old one when complete; a link, pipe or device stays. */
static bool put_text(const char *path, const char *text, GError **error)
{
    const bool stays =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ||
        (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR));

    if (!stays)
        return g_file_set_contents(path, text, -1, error);
    FILE *file = fopen(path, "we");
    const bool put = file != NULL && fputs(text, file) >= 0;
    const bool closed = file != NULL && fclose(file) == 0;
    if (!put || !closed)
        g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                            strerror(errno));
    return put && closed;
}

/* Writes the text for an option, and frees it; NULL: it could not be allocated. */
static int write_result(const char *path, char *text)
{
    GError *error = NULL;
    int status = CLI_EXIT_OK;

    if (text != NULL && is_stdout(path)) {
        fputs(text, stdout);
    } else if (text == NULL || !put_text(path, text, &error)) {
        cli_error("cannot write '%s': %s", path, error != NULL ? error->message : "out of memory");
        g_clear_error(&error);
        status = CLI_EXIT_OUTPUT;
    }
    free(text);
    return status;
}

static int write_results(const bench *b)
{
    const bench_options *options = &b->options;
    const struct {
        const char *path;
        char *(*make)(const bench *);
    } results[] = {{options->json, bench_json_text},
                   {options->svg, bench_svg_text},
                   {options->html, bench_page_text}};
    FILE *out = stdout;
    int status = CLI_EXIT_OK;

    for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
        if (is_stdout(results[i].path))
            out = stderr;
    char *table = bench_table_text(b, cli_terminal_width(fileno(out)));
    fputs(table, out);
    g_free(table);
    for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
        if (results[i].path != NULL &&
            write_result(results[i].path, results[i].make(b)) != CLI_EXIT_OK)
            status = CLI_EXIT_OUTPUT;
    return status;
}

/* Signals are blocked, so that the temporary folder is always removed. */
static int measure(bench *b)
{
    int status = make_folder(b);

    if (status == CLI_EXIT_OK)
        status = warm_up(b);
    if (status == CLI_EXIT_OK)
        status = run_rounds(b);
    if (b->folder != NULL)
        bench_clear_folder(b, "");
    if (status != CLI_EXIT_OK)
        return status;
    bench_compare(b);
    return write_results(b);
}

static int bench_images(bench *b)
{
    int status;

    if (b->options.schema && b->line.input_count > 0)
        return cli_usage_error(&cli_command_bench, "--schema takes no INPUT");
    if (b->options.schema) {
        bench_print_schema();
        return CLI_EXIT_OK;
    }
    if ((status = check_options(b)) != CLI_EXIT_OK)
        return status;
    if ((status = check_inputs(b)) != CLI_EXIT_OK)
        return status;
    make_settings(b);
    b->started_ns = g_get_real_time() * 1000;
    watch_status_signal();
    cli_measure_prepare(&b->mask);
    status = measure(b);
    if (b->interrupt == 0)
        b->interrupt = cli_measure_interrupted();
    sigprocmask(SIG_SETMASK, &b->mask, NULL);
    return status;
}

static int command_bench(char **argv)
{
    bench b = {.options = {.runs = RUNS, .warmup = WARMUP}};
    int status = CLI_EXIT_OUTPUT, interrupt;

    const bool made = run_options_init(&b.options.run);
    b.options.run.target.objects[OPTIONS_COMMAND] = &b.options;
    if (made &&
        cli_options_read(&cli_command_bench, argv, &b.options.run.target, &b.line, &status)) {
        cli_terminal_init(&b.terminal, b.options.run.colour);
        status = bench_images(&b);
    }
    interrupt = b.interrupt;
    for (size_t i = 0; i < b.setting_count; i++)
        g_free(b.settings[i].samples);
    g_free(b.settings);
    g_free(b.folder);
    json_decref(b.about);
    options_line_release(&b.line);
    run_options_release(&b.options.run);
    if (interrupt != 0)
        raise(interrupt);
    return status;
}

const cli_command cli_command_bench = {
    .name = "bench",
    .summary = "measure a recipe with several numbers of threads",
    .usage = " [OPTIONS] INPUT...",
    .about =
        "Runs the same recipe over the INPUTs with several numbers of threads. Each setting is a "
        "separate run; the settings take turns, several times. Prints speed, CPU time and memory "
        "of each, and the best -j. Outputs go to a temporary folder (TMPDIR) and are removed.",
    .groups = bench_groups,
    .run = command_bench,
};
