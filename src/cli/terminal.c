#include "cli/terminal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- columns ------------------------------------------------------------- */

static size_t columns_of(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

static const char *next(const char *c)
{
    return c + g_utf8_skip[(unsigned char)*c];
}

size_t cli_columns_cut(const char *text, size_t columns)
{
    const char *at = text;
    size_t used = 0;

    while (*at != '\0') {
        used += columns_of(g_utf8_get_char(at));
        if (used > columns)
            break;
        at = next(at);
    }
    return (size_t)(at - text);
}

size_t cli_columns(const char *text)
{
    size_t used = 0;

    for (; *text != '\0'; text = next(text))
        used += columns_of(g_utf8_get_char(text));
    return used;
}

/* ---- the terminal -------------------------------------------------------- */

const char *const cli_when_words[] = {"auto", "always", "never", NULL};

/*
 * What stands from the cursor on goes: in this line, or to the end of the screen. The latter is not
 * for the screen's very beginning: tmux takes it for a wish to keep all that in its history.
 */
#define ERASE_LINE "\033[K"
#define ERASE_REST "\033[J"

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0';
}

/* Whether a descriptor is of a terminal that knows more than to append text. */
static bool is_capable(int file)
{
    return isatty(file) && is_set("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
}

bool cli_terminal_has_colours(int file, cli_when colours)
{
    return colours == CLI_ALWAYS ||
           (colours == CLI_AUTO && is_capable(file) && !is_set("NO_COLOR"));
}

void cli_terminal_init(cli_terminal *terminal, cli_when colours)
{
    terminal->redraws = is_capable(STDERR_FILENO);
    terminal->colours = cli_terminal_has_colours(STDERR_FILENO, colours);
    terminal->unicode = g_get_charset(NULL);
    terminal->status_columns = 0;
}

size_t cli_terminal_width(int file)
{
    struct winsize size;

    return ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Columns of standard error; 80 where nobody knows. */
static size_t width(void)
{
    const size_t columns = cli_terminal_width(STDERR_FILENO);

    return columns > 0 ? columns : 80;
}

size_t cli_terminal_columns(void)
{
    return width() - 1; /* a line that reaches the last column may wrap */
}

/* To the line's beginning: a terminal that became narrower has broken the line into several. */
static size_t append_return(const cli_terminal *terminal, GString *out)
{
    const size_t columns = width();
    const size_t rows =
        terminal->status_columns == 0 ? 1 : (terminal->status_columns + columns - 1) / columns;

    if (rows > 1)
        g_string_append_printf(out, "\033[%zuA", rows - 1);
    g_string_append_c(out, '\r');
    return rows;
}

void cli_terminal_erase(cli_terminal *terminal)
{
    if (terminal->status_columns == 0)
        return;
    GString *out = g_string_new(NULL);
    g_string_append(out, append_return(terminal, out) > 1 ? ERASE_REST : ERASE_LINE);
    fputs(out->str, stderr);
    g_string_free(out, TRUE);
    terminal->status_columns = 0;
}

void cli_terminal_print(cli_terminal *terminal, const char *lines)
{
    cli_terminal_erase(terminal);
    fputs(lines, stderr);
}

void cli_terminal_status(cli_terminal *terminal, const char *line)
{
    GString *out = g_string_new(NULL); /* written in one piece: no flicker */
    const size_t cut = cli_columns_cut(line, cli_terminal_columns());

    append_return(terminal, out);
    const size_t start = out->len;
    g_string_append_len(out, line, (gssize)cut);
    terminal->status_columns = cli_columns(out->str + start);
    g_string_append(out, ERASE_REST);
    fputs(out->str, stderr);
    g_string_free(out, TRUE);
}

void cli_paint(const cli_terminal *terminal, GString *out, cli_colour colour, const char *text)
{
    static const char *const codes[] = {"", "\033[31m", "\033[32m", "\033[33m", "\033[1m"};

    if (!terminal->colours || colour == CLI_PLAIN)
        g_string_append(out, text);
    else
        g_string_append_printf(out, "%s%s\033[0m", codes[colour], text);
}

/* Whether a terminal would act on it, or show the rest in another order. */
static bool is_active(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return true;
    default:
        return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }
}

static void append_byte(GString *out, unsigned char byte)
{
    static const char names[] = "abtnvfr"; /* of 7..13 */

    if (byte >= 7 && byte <= 13)
        g_string_append_printf(out, "\\%c", names[byte - 7]);
    else if (byte == '\\')
        g_string_append(out, "\\\\");
    else
        g_string_append_printf(out, "\\x%02x", byte);
}

void cli_append_escaped(GString *out, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        gunichar c = g_utf8_get_char_validated(text, (gssize)left);
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        size_t size = valid ? (size_t)g_utf8_skip[(unsigned char)*text] : 1;
        if (valid && c != '\\' && !is_active(c))
            g_string_append_len(out, text, (gssize)size);
        else
            for (size_t i = 0; i < size; i++)
                append_byte(out, (unsigned char)text[i]);
        text += size;
        left -= size;
    }
}

void cli_append_bytes(GString *out, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes / 1000;
    size_t unit = 0;

    if (bytes < 1000) {
        g_string_append_printf(out, "%u B", (unsigned)bytes);
        return;
    }
    for (; value >= 999.95 && unit + 1 < G_N_ELEMENTS(units); unit++)
        value /= 1000;
    g_string_append_printf(out, "%.1f %s", value, units[unit]);
}

void cli_append_clock(GString *out, int64_t ns)
{
    long long seconds = (ns + 500000000) / 1000000000;

    if (seconds >= 3600)
        g_string_append_printf(out, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
                               seconds % 60);
    else
        g_string_append_printf(out, "%lld:%02lld", seconds / 60, seconds % 60);
}

void cli_error(const char *format, ...)
{
    GString *line = g_string_new("imgloom: ");
    va_list args;

    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_append_escaped(line, text);
    g_string_append_c(line, '\n');
    fputs(line->str, stderr);
    g_string_free(line, TRUE);
    g_free(text);
}
