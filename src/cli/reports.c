#include "cli/reports.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct cli_report {
    loom_report *report;
    const char *option; /* that asked for it */
    bool failed;
};

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Whether two paths lead to one place. Of a folder that is yet to be made, where it will be. */
static bool is_same_folder(const char *one, const char *other)
{
    char *paths[] = {g_canonicalize_filename(one, NULL), g_canonicalize_filename(other, NULL)};
    struct stat a, b;
    bool same = true;

    for (bool known = false; same && !known;) {
        const bool first = stat(paths[0], &a) == 0, second = stat(paths[1], &b) == 0;
        known = first || second || strcmp(paths[0], "/") == 0;
        char *names[] = {g_path_get_basename(paths[0]), g_path_get_basename(paths[1])};
        same = known ? first && second && a.st_dev == b.st_dev && a.st_ino == b.st_ino
                     : strcmp(names[0], names[1]) == 0;
        for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
            char *above = g_path_get_dirname(paths[i]);
            g_free(names[i]);
            g_free(paths[i]);
            paths[i] = above;
        }
    }
    g_free(paths[0]);
    g_free(paths[1]);
    return same;
}

/* Whether two paths name one file, be it there already or not. */
static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;

    if (is_stdout(one) || is_stdout(other))
        return is_stdout(one) && is_stdout(other);
    if (stat(one, &a) == 0 && stat(other, &b) == 0)
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino;

    char *names[] = {g_path_get_basename(one), g_path_get_basename(other)};
    char *folders[] = {g_path_get_dirname(one), g_path_get_dirname(other)};
    bool same = strcmp(names[0], names[1]) == 0;
    if (same && stat(folders[0], &a) == 0 && stat(folders[1], &b) == 0)
        same = a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    else
        same = same && is_same_folder(folders[0], folders[1]);
    for (size_t i = 0; i < 2; i++) {
        g_free(names[i]);
        g_free(folders[i]);
    }
    return same;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The planner's outputs are many: most differ in the name already. */
static bool is_output(const loom_plan *plan, const char *path)
{
    const loom_task *tasks = loom_plan_tasks(plan);
    char *real = realpath(path, NULL); /* where a link leads */
    bool found = false;

    for (size_t i = 0; i < loom_plan_count(plan) && !found; i++) {
        const char *output = tasks[i].output_path;
        const char *name = output != NULL ? base_of(output) : NULL;
        found = name != NULL &&
                (strcmp(name, base_of(path)) == 0 ||
                 (real != NULL && strcmp(name, base_of(real)) == 0)) &&
                is_same_file(output, path);
    }
    free(real);
    return found;
}

static loom_status refuse(loom_error *err, const cli_wanted *wanted, const char *why)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s: '%s' %s", wanted->option,
                          wanted->path, why);
}

loom_status cli_reports_check(const GArray *wanted, const loom_plan *plan, loom_error *err)
{
    for (guint i = 0; i < wanted->len; i++) {
        const cli_wanted *file = &g_array_index(wanted, cli_wanted, i);
        for (guint j = 0; j < i; j++)
            if (is_same_file(file->path, g_array_index(wanted, cli_wanted, j).path))
                return refuse(err, file, "is given twice");
        if (is_stdout(file->path))
            continue;
        if (loom_plan_is_input(plan, file->path))
            return refuse(err, file, "is an input of this run");
        if (is_output(plan, file->path))
            return refuse(err, file, "is an output of this run");
    }
    return LOOM_OK;
}

static void say_failure(cli_reports *reports, const char *option, const char *path,
                        const loom_error *err)
{
    cli_terminal_erase(reports->terminal);
    cli_error("%s %s: %s", option, path, err->message);
    reports->failed = true;
}

bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GArray *wanted,
                      const loom_run_info *info)
{
    *reports = (cli_reports){.terminal = terminal, .items = g_new0(struct cli_report, wanted->len)};
    for (guint i = 0; i < wanted->len; i++) {
        const cli_wanted *file = &g_array_index(wanted, cli_wanted, i);
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        const loom_status status =
            file->page ? loom_report_open_page(&item->report, file->path, info, &err)
                       : loom_report_open(&item->report, file->path, info, &err);
        if (status != LOOM_OK) {
            say_failure(reports, file->option, file->path, &err);
            return false;
        }
        item->option = file->option;
        reports->count++;
    }
    return true;
}

void cli_reports_add(cli_reports *reports, const loom_task *task, const loom_outcome *outcome)
{
    for (size_t i = 0; i < reports->count; i++) {
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        if (!item->failed && loom_report_add(item->report, task, outcome, &err) != LOOM_OK) {
            item->failed = true;
            say_failure(reports, item->option, loom_report_path(item->report), &err);
        }
    }
}

void cli_reports_finish(cli_reports *reports, const loom_totals *totals)
{
    for (size_t i = 0; i < reports->count; i++) {
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        if (!item->failed && loom_report_finish(item->report, totals, &err) != LOOM_OK) {
            item->failed = true;
            say_failure(reports, item->option, loom_report_path(item->report), &err);
        }
    }
}

void cli_reports_print(const cli_reports *reports)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < reports->count; i++) {
        const char *path = loom_report_path(reports->items[i].report);
        if (is_stdout(path))
            continue;
        g_string_append(out, "report: ");
        cli_append_escaped(out, path);
        g_string_append(out, reports->items[i].failed ? " (not complete)\n" : "\n");
    }
    cli_terminal_print(reports->terminal, out->str);
    g_string_free(out, TRUE);
}

void cli_reports_release(cli_reports *reports)
{
    for (size_t i = 0; i < reports->count; i++)
        loom_report_free(reports->items[i].report);
    g_free(reports->items);
    *reports = (cli_reports){NULL, NULL, 0, false};
}
