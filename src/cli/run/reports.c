#include "cli/run/reports.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIFO_LOOK_US 50000

struct cli_report {
    loom_report *report;
    const char *option; /* the option that asked for it */
    bool failed;
};

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool is_same_file(const char *one, const char *other)
{
    if (is_stdout(one) || is_stdout(other))
        return is_stdout(one) && is_stdout(other);
    return loom_output_is_same(one, other);
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
        if (is_stdout(file->path) || plan == NULL)
            continue;
        if (loom_plan_is_input(plan, file->path))
            return refuse(err, file, "is an input of this run");
        if (loom_plan_is_output(plan, file->path))
            return refuse(err, file, "is an output of this run");
    }
    return LOOM_OK;
}

loom_status cli_reports_choose_folder(GArray *wanted, cli_pictures *pictures, bool written,
                                      loom_error *err)
{
    for (guint i = 0; i < wanted->len; i++) {
        cli_wanted *file = &g_array_index(wanted, cli_wanted, i);
        if (file->open != loom_report_open_page || !g_str_has_suffix(file->path, "/"))
            continue;
        if (pictures->folder != NULL)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "%s: only one page can be a folder", file->option);
        (void)cli_pictures_begin(pictures, file->path);
        file->path = pictures->page;
        file->pictures = written ? pictures->name : NULL;
    }
    return LOOM_OK;
}

static void report_failure(cli_reports *reports, const char *option, const char *path,
                           const loom_error *err)
{
    cli_terminal_erase(reports->terminal);
    cli_error("%s %s: %s", option, path, err->message);
    reports->failed = true;
}

/*
 * Opening a FIFO blocks until it has a reader, and no signal ends that. So this waits first: *kept
 * is then a descriptor, with which the real open does not block, or -1. It is open for reading and
 * writing, because the reader may be gone again by then. False: a stop was requested.
 */
static bool await_reader(const char *path, const loom_stop *stop, int *kept)
{
    struct stat info;

    *kept = -1;
    if (is_stdout(path) || stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return true;
    while ((*kept = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0 &&
           (errno == ENXIO || errno == EINTR)) {
        if (loom_stop_requests(stop) > 0)
            return false;
        g_usleep(FIFO_LOOK_US);
    }
    const int both = *kept >= 0 ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
    if (both >= 0) {
        (void)close(*kept);
        *kept = both;
    }
    return true;
}

static loom_status open_one(loom_report **report, const cli_wanted *file, const loom_run_info *info,
                            const loom_stop *stop, loom_error *err)
{
    int reader;

    if (!await_reader(file->path, stop, &reader))
        return loom_error_set(err, LOOM_ERR_CANCELLED, LOOM_STAGE_WRITE,
                              "interrupted before anything read it");
    const loom_status status = file->open(report, file->path, info, err);
    if (reader >= 0)
        (void)close(reader);
    return status;
}

bool cli_reports_open(cli_reports *reports, cli_terminal *terminal, const GArray *wanted,
                      loom_run_info *info, const loom_stop *stop)
{
    *reports = (cli_reports){.terminal = terminal, .items = g_new0(struct cli_report, wanted->len)};
    for (guint i = 0; i < wanted->len; i++) {
        const cli_wanted *file = &g_array_index(wanted, cli_wanted, i);
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        info->pictures = file->pictures;
        if (open_one(&item->report, file, info, stop, &err) != LOOM_OK) {
            report_failure(reports, file->option, file->path, &err);
            return false;
        }
        item->option = file->option;
        reports->count++;
    }
    return true;
}

static void fail_item(cli_reports *reports, struct cli_report *item, const loom_error *err)
{
    item->failed = true;
    report_failure(reports, item->option, loom_report_path(item->report), err);
}

void cli_reports_add(cli_reports *reports, const loom_task *task, const loom_outcome *outcome)
{
    for (size_t i = 0; i < reports->count; i++) {
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        if (!item->failed && loom_report_add(item->report, task, outcome, &err) != LOOM_OK)
            fail_item(reports, item, &err);
    }
}

void cli_reports_add_removed(cli_reports *reports, const loom_removed *removed)
{
    for (size_t i = 0; i < reports->count; i++) {
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        if (!item->failed && loom_report_add_removed(item->report, removed, &err) != LOOM_OK) {
            item->failed = true;
            report_failure(reports, item->option, loom_report_path(item->report), &err);
        }
    }
}

static loom_status finish_one(loom_report *report, const loom_scan *scan, const loom_totals *totals,
                              loom_error *err)
{
    for (size_t i = 0; scan != NULL && i < loom_scan_ignored_count(scan); i++)
        if (loom_report_add_ignored(report, loom_scan_ignored_file(scan, i), err) != LOOM_OK)
            return err->code;
    return loom_report_finish(report, totals, err);
}

void cli_reports_finish(cli_reports *reports, const loom_scan *scan, const loom_totals *totals)
{
    for (size_t i = 0; i < reports->count; i++) {
        struct cli_report *item = &reports->items[i];
        loom_error err = LOOM_ERROR_INIT;
        if (!item->failed && finish_one(item->report, scan, totals, &err) != LOOM_OK)
            fail_item(reports, item, &err);
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
