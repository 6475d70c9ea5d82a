/* imgloom formats: the formats that this build reads and writes, and the libraries. */
#include "cli/command.h"
#include "cli/terminal.h"

#include <glib.h>
#include <imgloom/engine.h>
#include <imgloom/format.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 5 };

typedef struct row {
    char *cells[COLUMNS]; /* owned */
} row;

static char *list_extensions(const loom_format_info *info)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(info->extensions) && info->extensions[i] != NULL; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", info->extensions[i]);
    return g_string_free(text, FALSE);
}

static char *list_notes(const loom_format_info *info, const loom_codec_info *codec)
{
    GString *text = g_string_new(NULL);

    if (codec->writer != NULL && info->quality > 0)
        g_string_append_printf(text, "default quality %d", info->quality);
    if (codec->reader != NULL && info->same_as != info->format)
        g_string_append_printf(text, "written as %s by default",
                               loom_format_get(info->same_as)->name);
    return g_string_free(text, FALSE);
}

static void add_row(GArray *rows, loom_engine *engine, const loom_format_info *info)
{
    const loom_codec_info *codec = loom_engine_codec(engine, info->format);
    row cells;

    if (codec->reader == NULL && codec->writer == NULL)
        return;
    cells.cells[0] = g_strdup(info->name);
    cells.cells[1] = list_extensions(info);
    cells.cells[2] = g_strdup(codec->reader != NULL ? codec->reader : "-");
    cells.cells[3] = g_strdup(codec->writer != NULL ? codec->writer : "-");
    cells.cells[4] = list_notes(info, codec);
    g_array_append_val(rows, cells);
}

static void print_rows(GArray *rows)
{
    int widths[COLUMNS] = {0};

    for (guint r = 0; r < rows->len; r++)
        for (int c = 0; c < COLUMNS; c++)
            widths[c] = MAX(widths[c], (int)strlen(g_array_index(rows, row, r).cells[c]));
    for (guint r = 0; r < rows->len; r++) {
        GString *line = g_string_new(NULL);
        for (int c = 0; c < COLUMNS; c++)
            g_string_append_printf(line, "%-*s", widths[c] + 2,
                                   g_array_index(rows, row, r).cells[c]);
        puts(g_strchomp(line->str));
        g_string_free(line, TRUE);
    }
}

static int print_formats(loom_engine *engine)
{
    static const char *const titles[COLUMNS] = {"FORMAT", "EXTENSIONS", "READ BY", "WRITTEN BY",
                                                "NOTES"};
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(row));
    row head;

    for (int c = 0; c < COLUMNS; c++)
        head.cells[c] = g_strdup(titles[c]);
    g_array_append_val(rows, head);
    for (int format = LOOM_FORMAT_UNKNOWN + 1; format < LOOM_FORMAT_COUNT; format++)
        add_row(rows, engine, loom_format_get((loom_format)format));
    print_rows(rows);
    for (guint r = 0; r < rows->len; r++)
        for (int c = 0; c < COLUMNS; c++)
            g_free(g_array_index(rows, row, r).cells[c]);
    g_array_free(rows, TRUE);
    return CLI_EXIT_OK;
}

/* ---- what is known of one format ----------------------------------------- */

static void print_kinds(const loom_format_info *info)
{
    const loom_kind *kind;
    int width = 0;

    printf("%s\n", info->name);
    for (size_t n = 0; (kind = loom_format_kind(info->format, n)) != NULL; n++)
        width = MAX(width, (int)strlen(kind->aspect));
    for (size_t n = 0; (kind = loom_format_kind(info->format, n)) != NULL; n++)
        printf("  %-*s  %-11s  %s\n", width, kind->aspect, kind->read ? "read" : "unsupported",
               kind->name);
    if (width == 0)
        puts("  its kinds are not distinguished");
}

static int print_details(char **names)
{
    for (char **name = names; *name != NULL; name++)
        if (loom_format_by_name(*name) == LOOM_FORMAT_UNKNOWN)
            return cli_usage_error(&cli_command_formats, "'%s' is not a format", *name);
    for (; *names != NULL; names++)
        print_kinds(loom_format_get(loom_format_by_name(*names)));
    return CLI_EXIT_OK;
}

/* ---- the command --------------------------------------------------------- */

static int cannot_start(const loom_error *err)
{
    cli_error("the engine could not start: %s", err->message);
    return CLI_EXIT_OUTPUT;
}

static int command_formats(char **argv)
{
    loom_engine *engine;
    loom_error err = LOOM_ERROR_INIT;
    options_target target = {.objects = {NULL}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_formats, argv, &target, &line, &status)) {
        if (line.input_count > 0) {
            status = print_details(line.inputs);
        } else if (loom_engine_start(&engine, NULL, &err) != LOOM_OK) {
            status = cannot_start(&err);
        } else {
            status = loom_engine_load_vips(engine, &err) == LOOM_OK ? print_formats(engine)
                                                                    : cannot_start(&err);
            loom_engine_stop(engine);
        }
    }
    options_line_release(&line);
    return status;
}

static const options_group no_groups[] = {{.table = NULL}};

const cli_command cli_command_formats = {
    .name = "formats",
    .summary = "list the formats that are read and written, and the libraries",
    .usage = " [FORMAT]...",
    .about = "Lists the formats that this build reads and writes. With a FORMAT, lists its kinds, "
             "both those that are read and those that are known and refused. All other kinds are "
             "refused too.",
    .groups = no_groups,
    .run = command_formats,
};
