/*
 * Standard error as people see it: messages, one status line that is redrawn, colours, and text
 * that is safe to show. Main thread only.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <glib.h>
#include <imgloom/export.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum cli_when { CLI_AUTO = 0, CLI_ALWAYS, CLI_NEVER } cli_when;

/* auto, always, never; NULL ends them. */
extern const char *const cli_when_words[];

typedef enum cli_colour { CLI_PLAIN = 0, CLI_RED, CLI_GREEN, CLI_YELLOW, CLI_BOLD } cli_colour;

typedef struct cli_terminal {
    bool redraws; /* standard error is a terminal on which a line can be redrawn */
    bool colours;
    bool unicode;          /* it shows more than ASCII */
    size_t status_columns; /* of the status line that is shown; 0: none is */
} cli_terminal;

/* NO_COLOR and TERM=dumb turn CLI_AUTO off. */
void cli_terminal_init(cli_terminal *terminal, cli_when colours);

/* Whether text on a descriptor has colours: if asked for or, with CLI_AUTO, if it is a terminal,
 * unless NO_COLOR or TERM says no. */
bool cli_terminal_has_colours(int file, cli_when colours);

/* Prints whole lines, after the status line was erased. */
void cli_terminal_print(cli_terminal *terminal, const char *lines);

/* Columns that a status line may have now. */
size_t cli_terminal_columns(void);

/* Columns of the terminal that a descriptor is of; 0: of none, or nobody knows. */
size_t cli_terminal_width(int file);

/* Draws the status line anew, cut to the terminal's width: valid UTF-8 without colours. */
void cli_terminal_status(cli_terminal *terminal, const char *line);
void cli_terminal_erase(cli_terminal *terminal);

/* Appends `text` in a colour. */
void cli_paint(const cli_terminal *terminal, GString *out, cli_colour colour, const char *text);

/*
 * Appends `text` without what a terminal would obey: control characters, those that turn the
 * direction of writing, and bytes that are not UTF-8 become \n, \t, \x1b …, a backslash \\.
 */
void cli_append_escaped(GString *out, const char *text);

/* Appends "812 B", "40.2 kB", "1.8 MB". */
void cli_append_bytes(GString *out, uint64_t bytes);
/* Appends "0:14", "1:02:03" from nanoseconds. */
void cli_append_clock(GString *out, int64_t ns);

/* Prints "imgloom: MESSAGE" in one line, escaped. Needs no terminal: for errors before and after.
 */
void cli_error(const char *format, ...) LOOM_PRINTF(1, 2);

/* ---- how much room text takes: columns, not bytes or characters ---------- */

/*
 * The columns of valid UTF-8 without control characters: two for East Asian wide characters, none
 * for combining ones.
 */
size_t cli_columns(const char *text);

/*
 * The bytes of the longest prefix that takes at most `columns`, including the combining characters
 * of its last character.
 */
size_t cli_columns_cut(const char *text, size_t columns);

#endif
