#include "cli/report/input.h"

#include "cli/terminal.h"
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_SAID = 20 }; /* messages about one report */

const char *report_input_name(const report_input *input)
{
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

static void report_problem(report_input *input, uint64_t line, const char *message)
{
    if (input->muted)
        return;
    input->said++;
    if (input->said <= MAX_SAID && line > 0)
        cli_error("%s:%" PRIu64 ": %s", report_input_name(input), line, message);
    else if (input->said <= MAX_SAID)
        cli_error("%s: %s", report_input_name(input), message);
}

static void on_notice(void *user, uint64_t line, const char *message)
{
    report_problem(user, line, message);
}

bool report_input_open(report_input *input, const char *path, bool seekable)
{
    loom_error err = LOOM_ERROR_INIT;

    *input = (report_input){.path = path};
    if (loom_reader_open(&input->reader, path, seekable, on_notice, input, &err) == LOOM_OK)
        return true;
    report_problem(input, 0, err.message);
    input->damaged = true;
    return false;
}

void report_input_close(report_input *input)
{
    loom_reader_close(input->reader);
    input->reader = NULL;
}

/* What the end tells: the torn last line of NDJSON is how a killed run ends. */
static void conclude(report_input *input)
{
    if (input->torn && !input->unfinished)
        input->damaged = true;
    if (input->said > MAX_SAID)
        cli_error("%s: and %u more such messages", report_input_name(input),
                  input->said - MAX_SAID);
}

bool report_input_next(report_input *input, const loom_record **next)
{
    const loom_record *record;

    for (;;) {
        loom_error err = LOOM_ERROR_INIT;
        const loom_status status = loom_reader_next(input->reader, &record, &err);
        if (status == LOOM_OK)
            break;
        input->torn = input->torn || status == LOOM_ERR_TRUNCATED;
        input->damaged = input->damaged || status != LOOM_ERR_TRUNCATED;
        report_problem(input, loom_reader_line(input->reader), err.message);
    }
    if (record->kind == LOOM_RECORD_END) {
        conclude(input);
        return false;
    }
    if (record->kind == LOOM_RECORD_SUMMARY && record->text == NULL && record->lines) {
        input->unfinished = true;
        report_problem(
            input, 0,
            "there is no summary: the run was killed, or is not over; it tells nothing of inputs "
            "that it had not come to");
    }
    *next = record;
    return true;
}

/* Whether a folder is the one that this process is in. */
static bool is_here(const char *folder)
{
    static char *last; /* rows of one run come together */
    static bool here;
    struct stat one, other;

    if (last == NULL || strcmp(last, folder) != 0) {
        g_free(last);
        last = g_strdup(folder);
        here = stat(folder, &one) == 0 && stat(".", &other) == 0 && one.st_dev == other.st_dev &&
               one.st_ino == other.st_ino;
    }
    return here;
}

void report_append_path(GString *out, const loom_row *row, const char *path)
{
    if (path[0] != '/' && row->folder != NULL && !is_here(row->folder)) {
        g_string_append(out, row->folder);
        if (out->len > 0 && out->str[out->len - 1] != '/')
            g_string_append_c(out, '/');
    }
    g_string_append(out, path);
}
