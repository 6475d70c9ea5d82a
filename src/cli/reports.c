#include "cli/reports.h"

#include <string.h>
#include <sys/stat.h>

struct cli_report {
    loom_report *report;
    bool failed;
};

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
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
    if (stat(folders[0], &a) == 0 && stat(folders[1], &b) == 0)
        same = same && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    else
        same = same && strcmp(folders[0], folders[1]) == 0;
    for (size_t i = 0; i < 2; i++) {
        g_free(names[i]);
        g_free(folders[i]);
    }
    return same;
}

/* Paths are compared as they are written: the planner's outputs are many. */
static bool is_output(const loom_plan *plan, const char *path)
{
    const loom_task *tasks = loom_plan_tasks(plan);

    for (size_t i = 0; i < loom_plan_count(plan); i++)
        if (tasks[i].output_path != NULL && strcmp(tasks[i].output_path, path) == 0)
            return true;
    return false;
}

loom_status cli_reports_check(const GPtrArray *paths, const loom_plan *plan, loom_error *err)
{
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        for (guint j = 0; j < i; j++)
            if (is_same_file(path, g_ptr_array_index(paths, j)))
                return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is given twice",
                                      path);
        if (is_stdout(path))
            continue;
        if (loom_plan_is_input(plan, path))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "'%s' is an input of this run", path);
        if (is_output(plan, path))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "'%s' is an output of this run", path);
    }
    return LOOM_OK;
}

static void say_failure(cli_reports *reports, const char *path, const loom_error *err)
{
    cli_terminal_erase(reports->terminal);
    cli_error("--report %s: %s", path, err->message);
    reports->failed = true;
}

bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GPtrArray *paths,
                      const loom_run_info *info)
{
    *reports = (cli_reports){.terminal = terminal, .items = g_new0(struct cli_report, paths->len)};
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        loom_error err = LOOM_ERROR_INIT;
        if (loom_report_open(&reports->items[i].report, path, info, &err) != LOOM_OK) {
            say_failure(reports, path, &err);
            return false;
        }
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
            say_failure(reports, loom_report_path(item->report), &err);
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
            say_failure(reports, loom_report_path(item->report), &err);
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
