#include <imgloom/report.h>

#include "base/clock.h"
#include "base/error.h"
#include "files/output.h"
#include "files/path.h"
#include "report/write.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 64 * 1024 };

struct loom_report {
    char *path;
    loom_layout layout;
    bool is_new;        /* nothing may be at its path */
    bool direct;        /* written to `file` itself; else to `output`, which is renamed */
    int file;           /* -1: none; STDOUT_FILENO is not ours to close */
    loom_output output; /* its name lies in `path` */
    loom_strbuf buffer; /* not written yet */
    loom_strbuf record; /* the one at work */
    uint64_t rows, removed;
    int64_t ignored;    /* files that were named; -1: a report of records tells nothing of them */
    loom_error failure; /* what broke the report; code LOOM_OK while it is whole */
};

static bool has_suffix(const char *text, const char *suffix)
{
    size_t size = strlen(text), length = strlen(suffix);

    return size >= length && strcasecmp(text + size - length, suffix) == 0;
}

/*
 * Whether any report must be written to `path` itself, as it is: a rename would put a file in the
 * place of a FIFO or a device, or of the link that /dev/stdout is.
 */
static bool is_special(const char *path)
{
    struct stat info;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return true;
    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode) &&
           (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0);
}

/* Opens `path` itself; `flags` are added to those that any report needs. */
static loom_status open_direct(loom_report *report, int flags, loom_error *err)
{
    do
        report->file = open(report->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);
    while (report->file < 0 && errno == EINTR);
    if (report->file < 0)
        return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot open the report");
    report->direct = true;
    return LOOM_OK;
}

static loom_status open_lines(loom_report *report, loom_error *err)
{
    const int flags = O_CREAT | (report->is_new ? O_EXCL : O_TRUNC);

    if (open_direct(report, flags, NULL) == LOOM_OK)
        return LOOM_OK;
    if (errno == ENOENT) {
        const char *name = loom_path_base(report->path);
        int folder = loom_path_make_folders(report->path, (size_t)(name - report->path));
        if (folder >= 0)
            (void)close(folder);
    }
    return open_direct(report, flags, err);
}

/* Removes what a killed run left beside this report: it may be in no folder of the outputs. */
static void sweep_folder(const char *path)
{
    int folder = loom_output_root_open(path, (size_t)(loom_path_base(path) - path));

    (void)loom_output_sweep(folder);
    if (folder >= 0)
        (void)close(folder);
}

/* The temporary's errors speak of an output. */
static loom_status name_report(loom_status status, loom_error *err)
{
    return loom_output_rename_error(status, "the report", err);
}

static loom_status open_target(loom_report *report, loom_error *err)
{
    struct stat info;

    if (strcmp(report->path, "-") == 0) {
        report->direct = true;
        report->file = STDOUT_FILENO;
        return LOOM_OK;
    }
    if (report->is_new)
        return open_lines(report, err);
    if (stat(report->path, &info) == 0 && S_ISDIR(info.st_mode))
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_WRITE, "it is a folder");
    if (is_special(report->path))
        return open_direct(report, O_APPEND, err);
    if (report->layout == LOOM_LAYOUT_LINES)
        return open_lines(report, err);
    sweep_folder(report->path);
    return name_report(loom_output_open(&report->output, NULL, report->path, err), err);
}

/* Closes what is open; what was not put in place is removed. */
static int close_target(loom_report *report)
{
    int result = 0;

    loom_output_abort(&report->output);
    if (report->file >= 0 && report->file != STDOUT_FILENO)
        result = close(report->file) == 0 || errno == EINTR ? 0 : -1; /* closed all the same */
    report->file = -1;
    return result;
}

static loom_status write_direct(int file, const char *data, size_t size, loom_error *err)
{
    while (size > 0) {
        ssize_t n = write(file, data, size);
        if (n >= 0) {
            data += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN) { /* another process may have made a shared pipe so */
            struct pollfd ready = {.fd = file, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot write the report");
        }
    }
    return LOOM_OK;
}

static loom_status flush(loom_report *report, loom_error *err)
{
    const char *data = loom_strbuf_str(&report->buffer);
    size_t size = report->buffer.size;
    loom_status status;

    if (report->buffer.failed)
        status = loom_no_memory(err, LOOM_STAGE_WRITE, "for the report");
    else if (report->direct)
        status = write_direct(report->file, data, size, err);
    else
        status = name_report(loom_output_write(&report->output, data, size, err), err);
    loom_strbuf_clear(&report->buffer);
    return status;
}

/* Gives up: room on the disk is given back at once, the images may need it. */
static loom_status give_up(loom_report *report, loom_error *err)
{
    (void)close_target(report);
    return loom_error_copy(err, &report->failure);
}

/* Begins the next record; its members are to be put between the two. */
static loom_json begin_record(loom_report *report)
{
    loom_json json = LOOM_JSON_INIT(&report->record);

    loom_strbuf_clear(&report->record);
    loom_json_begin(&json, '{');
    return json;
}

/* Answers its text. */
static const char *end_record(loom_report *report, loom_json *json)
{
    loom_json_end(json, '}');
    report->buffer.failed |= report->record.failed;
    return loom_strbuf_str(&report->record);
}

/* What comes first: a run, or the text of one as JSON, for a page with the folder of its pictures.
 */
typedef struct heading {
    const loom_run_info *info;
    const char *text, *pictures;
    bool is_new; /* nothing may be at the report's path */
} heading;

static void add_header(loom_report *report, const heading *first)
{
    const char *text = first->text;

    if (first->info != NULL) {
        loom_json json = begin_record(report);
        loom_write_run(&json, first->info);
        text = end_record(report, &json);
    }
    loom_layout_begin(report->layout, &report->buffer, text, report->path, first->pictures);
}

static loom_status open_report(loom_report **report, const char *path, loom_layout layout,
                               const heading *first, loom_error *err)
{
    loom_report *opened = calloc(1, sizeof *opened);
    char *copy = strdup(path);
    loom_status status;

    if (opened == NULL || copy == NULL) {
        free(opened);
        free(copy);
        return loom_no_memory(err, LOOM_STAGE_WRITE, "for the report");
    }
    opened->path = copy;
    opened->layout = layout;
    opened->is_new = first->is_new;
    opened->file = -1;
    opened->ignored = first->info != NULL ? 0 : -1;
    opened->output = (loom_output)LOOM_OUTPUT_INIT;
    status = open_target(opened, err);
    if (status == LOOM_OK) {
        add_header(opened, first);
        if (layout == LOOM_LAYOUT_LINES || opened->buffer.failed)
            status = flush(opened, err);
    }
    if (status != LOOM_OK)
        loom_report_free(opened);
    else
        *report = opened;
    return status;
}

/* What a report of data is by its name. */
static loom_layout form_of(const char *path)
{
    const bool lines = has_suffix(path, ".ndjson") || has_suffix(path, ".jsonl");

    return lines ? LOOM_LAYOUT_LINES : LOOM_LAYOUT_DOCUMENT;
}

loom_status loom_report_open(loom_report **report, const char *path, const loom_run_info *info,
                             loom_error *err)
{
    return open_report(report, path, form_of(path), &(heading){.info = info}, err);
}

loom_status loom_report_open_lines(loom_report **report, const char *path,
                                   const loom_run_info *info, loom_error *err)
{
    return open_report(report, path, LOOM_LAYOUT_LINES, &(heading){.info = info}, err);
}

loom_status loom_report_open_new_lines(loom_report **report, const char *path,
                                       const loom_run_info *info, loom_error *err)
{
    return open_report(report, path, LOOM_LAYOUT_LINES, &(heading){.info = info, .is_new = true},
                       err);
}

loom_status loom_report_open_text(loom_report **report, const char *path, const char *run,
                                  loom_error *err)
{
    return open_report(report, path, form_of(path), &(heading){.text = run}, err);
}

loom_status loom_report_open_page(loom_report **report, const char *path, const loom_run_info *info,
                                  loom_error *err)
{
    return open_report(report, path, LOOM_LAYOUT_PAGE,
                       &(heading){.info = info, .pictures = info->pictures}, err);
}

loom_status loom_report_open_page_text(loom_report **report, const char *path, const char *run,
                                       const char *pictures, loom_error *err)
{
    return open_report(report, path, LOOM_LAYOUT_PAGE,
                       &(heading){.text = run, .pictures = pictures}, err);
}

/* Writes what the buffer holds, if a line is to be seen at once or it has become long. */
static loom_status flush_record(loom_report *report, bool at_once, loom_error *err)
{
    if ((at_once && report->layout == LOOM_LAYOUT_LINES) || report->buffer.failed ||
        report->buffer.size >= BUFFER_SIZE)
        if (flush(report, &report->failure) != LOOM_OK)
            return give_up(report, err);
    return LOOM_OK;
}

/* Writes a row: that of the outcome, or the JSON text of one. */
static loom_status add_row(loom_report *report, const loom_task *task, const loom_outcome *outcome,
                           const char *text, loom_error *err)
{
    if (report->failure.code != LOOM_OK)
        return loom_error_copy(err, &report->failure);
    if (outcome != NULL) {
        loom_json json = begin_record(report);
        loom_write_row(&json, task, outcome);
        text = end_record(report, &json);
    }
    loom_layout_row(report->layout, &report->buffer, text, report->rows++);
    return flush_record(report, outcome != NULL, err);
}

loom_status loom_report_add(loom_report *report, const loom_task *task, const loom_outcome *outcome,
                            loom_error *err)
{
    return add_row(report, task, outcome, NULL, err);
}

loom_status loom_report_add_text(loom_report *report, const char *row, loom_error *err)
{
    return add_row(report, NULL, NULL, row, err);
}

/* Writes what is gone: `removed`, or the JSON text of one. */
static loom_status add_removed(loom_report *report, const loom_removed *removed, const char *text,
                               loom_error *err)
{
    if (report->failure.code != LOOM_OK)
        return loom_error_copy(err, &report->failure);
    if (removed != NULL) {
        loom_json json = begin_record(report);
        loom_write_removed(&json, removed);
        text = end_record(report, &json);
    }
    loom_layout_removed(report->layout, &report->buffer, text, report->rows, report->removed++);
    return flush_record(report, removed != NULL, err);
}

loom_status loom_report_add_removed(loom_report *report, const loom_removed *removed,
                                    loom_error *err)
{
    return add_removed(report, removed, NULL, err);
}

loom_status loom_report_add_removed_text(loom_report *report, const char *removed, loom_error *err)
{
    return add_removed(report, NULL, removed, err);
}

loom_status loom_report_add_ignored(loom_report *report, const loom_ignored_file *file,
                                    loom_error *err)
{
    if (report->failure.code != LOOM_OK)
        return loom_error_copy(err, &report->failure);
    loom_json json = begin_record(report);
    loom_write_ignored(&json, file);
    loom_layout_ignored(report->layout, &report->buffer, end_record(report, &json),
                        (uint64_t)report->ignored++, report->rows + report->removed);
    return flush_record(report, true, err);
}

static void add_end(loom_report *report, const loom_totals *totals)
{
    loom_json json = begin_record(report);
    loom_strbuf finished = LOOM_STRBUF_INIT;
    loom_json instant = LOOM_JSON_INIT(&finished);

    loom_write_summary(&json, totals);
    loom_json_instant(&instant, loom_clock_wall());
    report->buffer.failed |= finished.failed;
    loom_layout_end(report->layout, &report->buffer, end_record(report, &json),
                    loom_strbuf_str(&finished), report->rows + report->removed, report->ignored);
    loom_strbuf_release(&finished);
}

/* Makes what was written last, and puts a document in place. */
static loom_status put_in_place(loom_report *report, loom_error *err)
{
    int file = report->direct ? report->file : report->output.file;
    struct stat info;

    /* Pipes and devices cannot be synced. */
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && fsync(file) != 0)
        return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot sync the report");
    if (!report->direct)
        return name_report(loom_output_commit(&report->output, true, err), err);
    if (close_target(report) != 0)
        return loom_error_set_errno(err, LOOM_STAGE_WRITE, errno, "cannot close the report");
    return LOOM_OK;
}

loom_status loom_report_finish(loom_report *report, const loom_totals *totals, loom_error *err)
{
    if (report->failure.code != LOOM_OK)
        return loom_error_copy(err, &report->failure);
    add_end(report, totals);
    if (flush(report, &report->failure) != LOOM_OK ||
        put_in_place(report, &report->failure) != LOOM_OK)
        return give_up(report, err);
    /* For calls that come after the end, which have no place to write to. */
    (void)loom_error_set(&report->failure, LOOM_ERR_INTERNAL, LOOM_STAGE_WRITE,
                         "the report is finished already");
    return LOOM_OK;
}

void loom_report_free(loom_report *report)
{
    if (report == NULL)
        return;
    (void)close_target(report);
    loom_strbuf_release(&report->buffer);
    loom_strbuf_release(&report->record);
    free(report->path);
    free(report);
}

const char *loom_report_path(const loom_report *report)
{
    return report->path;
}

/* schema/report.schema.json, embedded by the build. */
extern const char loom_schema_text[];
extern const size_t loom_schema_text_size;

const char *loom_report_schema(size_t *size)
{
    *size = loom_schema_text_size;
    return loom_schema_text;
}
