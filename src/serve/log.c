#include "serve/exchange.h"

#include "serve/text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, TARGET_MAX = 1024 }; /* PIPE_BUF: such a line is written whole */

static int open_file(const char *path)
{
    return strcmp(path, "-") == 0 ? STDOUT_FILENO
                                  : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

bool serve_log_open(serve_log *log, const char *path, loom_error *err)
{
    *log = (serve_log){.path = path, .file = open_file(path)};
    if (log->file >= 0)
        return true;
    (void)loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "--log: cannot open %s", path);
    return false;
}

void serve_log_close(serve_log *log)
{
    if (log->file > STDERR_FILENO)
        (void)close(log->file);
    log->file = -1;
}

void serve_log_reopen(serve_log *log)
{
    const int file = log->file > STDERR_FILENO ? open_file(log->path) : -1;

    if (file < 0)
        return; /* the old one goes on */
    serve_log_close(log);
    log->file = file;
}

/* Takes `line` over. */
static void write_line(serve_log *log, GString *line)
{
    struct pollfd ready = {.fd = log->file, .events = POLLOUT};

    g_string_append_c(line, '\n');
    const bool fits =
        line->len <= LINE_MAX_BYTES && poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
    if (!fits || TEMP_FAILURE_RETRY(write(log->file, line->str, line->len)) < 0)
        log->lost++;
    g_string_free(line, TRUE);
}

static GString *begin_line(void)
{
    GDateTime *now = g_date_time_new_now_utc();
    char *day = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "{\"time\":\"%s.%03dZ\"", day,
                           g_date_time_get_microsecond(now) / 1000);
    g_free(day);
    g_date_time_unref(now);
    return line;
}

static void append_facts(GString *line, const serve_facts *facts)
{
    if (facts->original != LOOM_FORMAT_UNKNOWN)
        serve_text_member(line, "originalFormat", loom_format_get(facts->original)->name);
    serve_text_number(line, "originalWidth", facts->original_width);
    serve_text_number(line, "originalHeight", facts->original_height);
    if (facts->format != LOOM_FORMAT_UNKNOWN)
        serve_text_member(line, "format", loom_format_get(facts->format)->name);
    serve_text_number(line, "width", facts->width);
    serve_text_number(line, "height", facts->height);
    serve_text_member(line, "lane", facts->lane);
    serve_text_number(line, "worker", facts->thread);
    serve_text_number(line, "warnings", (int64_t)facts->warnings);
}

static int64_t span(int64_t from, int64_t to)
{
    return from > 0 && to > from ? to - from : 0;
}

/* How much of a text has at most TARGET_MAX bytes in JSON, where a character is up to six. */
static size_t fitting_size(const char *text)
{
    size_t size = 0;

    for (size_t left = TARGET_MAX; text[size] != '\0'; size++) {
        const unsigned char c = (unsigned char)text[size];
        const size_t cost = c < 0x20 || c == '"' || c == '\\' || c == 0x7F ? 6 : c < 0x80 ? 1 : 3;
        if (cost > left)
            break;
        left -= cost;
    }
    return size;
}

/* Without its signature, and cut: a target may be as long as a head. */
static void append_target(GString *line, const char *target)
{
    GString *text = g_string_new(NULL);
    const char *key = g_str_has_prefix(target, "/s/") ? strchr(target + 3, '/') : NULL;
    const char *rest = key != NULL ? strchr(key + 1, '/') : NULL;

    if (rest != NULL)
        g_string_append_printf(text, "%.*s/-", (int)(key - target), target);
    g_string_append(text, rest != NULL ? rest : target);
    g_string_truncate(text, fitting_size(text->str));
    serve_text_member(line, "target", text->str);
    g_string_free(text, TRUE);
}

void serve_log_request(serve_log *log, const serve_exchange *e)
{
    const int64_t now = serve_now();
    const bool failed = e->fault.code != SERVE_FINE;
    GString *line = begin_line();

    serve_text_member(line, "requestId", e->id);
    serve_text_member(line, "remote", e->peer->address);
    serve_text_member(line, "method", e->method);
    append_target(line, e->text);
    serve_text_number(line, "status", e->reply.status);
    if (failed)
        serve_text_member(line, "errorCode", serve_fault_code(&e->fault));
    if (failed && e->fault.code == SERVE_LIBRARY && e->fault.error.stage != LOOM_STAGE_NONE)
        serve_text_member(line, "errorStage", loom_stage_name(e->fault.error.stage));
    if (e->trace != NULL && strlen(e->trace) < 64)
        serve_text_member(line, "traceparent", e->trace);
    serve_text_number(line, "bytesIn", (int64_t)e->bytes_in);
    serve_text_number(line, "bytesOut", (int64_t)serve_exchange_bytes(e));
    serve_text_ms(line, "uploadMs", span(e->head_ns, e->whole_ns));
    serve_text_ms(line, "queueMs", e->facts.queue_ns);
    serve_text_ms(line, "processMs", MAX(span(e->whole_ns, e->done_ns) - e->facts.queue_ns, 0));
    serve_text_ms(line, "sendMs", span(e->done_ns, now));
    if (e->facts.known)
        append_facts(line, &e->facts);
    g_string_append_c(line, '}');
    write_line(log, line);
}

void serve_log_event(serve_log *log, const char *event, const char *text)
{
    GString *line = begin_line();

    serve_text_member(line, "event", event);
    if (text != NULL)
        serve_text_member(line, "text", text);
    g_string_append_c(line, '}');
    write_line(log, line);
}
