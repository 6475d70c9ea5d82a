/* imgloom formats: the formats that this build reads and writes, and the libraries. */
#include "cli/command.h"
#include "cli/terminal.h"

#include <glib.h>
#include <imgloom/engine.h>
#include <imgloom/format.h>
#include <imgloom/parse.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- a table ------------------------------------------------------------- */

enum { COLUMNS = 4 };

typedef struct row {
    char *cells[COLUMNS]; /* owned */
} row;

/* As many as fit into a line with the libraries; docs/formats.md has all. */
static char *list_extensions(const loom_format_info *info)
{
    enum { WIDTH_MAX = 20 };
    GString *text = g_string_new(NULL);

    for (const char *const *e = info->extensions; *e != NULL; e++) {
        if (text->len + 1 + strlen(*e) > WIDTH_MAX) {
            g_string_append(text, " ...");
            break;
        }
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", *e);
    }
    return g_string_free(text, FALSE);
}

/* The names of the libraries, whose versions go to *versions, without the one that all share. */
static char *list_libraries(const char *codec, GPtrArray *versions)
{
    char **libraries = g_strsplit(codec != NULL ? codec : "-", ", ", -1);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; libraries[i] != NULL; i++) {
        char *name = g_strndup(libraries[i], strcspn(libraries[i], " "));
        if (codec != NULL && strcmp(name, libraries[i]) != 0 &&
            !g_ptr_array_find_with_equal_func(versions, libraries[i], g_str_equal, NULL))
            g_ptr_array_add(versions, g_strdup(libraries[i]));
        if (strcmp(name, "libvips") != 0 || libraries[1] == NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", name);
        g_free(name);
    }
    g_strfreev(libraries);
    return g_string_free(text, FALSE);
}

static void add_row(GArray *rows, loom_engine *engine, const loom_format_info *info,
                    GPtrArray *versions)
{
    const loom_codec_info *codec = loom_engine_codec(engine, info->format);
    row cells;

    if (codec->reader == NULL && codec->writer == NULL)
        return;
    cells.cells[0] = g_strdup(info->name);
    cells.cells[1] = list_extensions(info);
    cells.cells[2] = list_libraries(codec->reader, versions);
    cells.cells[3] = list_libraries(codec->writer, versions);
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

/* "TITLE: jpeg 80, webp 80", of the formats for which `describe` says something. */
static void print_notes(loom_engine *engine, const char *title,
                        char *(*describe)(const loom_format_info *, const loom_codec_info *))
{
    GString *text = g_string_new(NULL);

    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = loom_format_get((loom_format)i);
        char *note = describe(info, loom_engine_codec(engine, info->format));
        if (note != NULL)
            g_string_append_printf(text, "%s %s %s", text->len > 0 ? "," : title, info->name, note);
        g_free(note);
    }
    if (text->len > 0)
        options_print_text(text->str);
    g_string_free(text, TRUE);
}

static char *note_quality(const loom_format_info *info, const loom_codec_info *codec)
{
    return codec->writer != NULL && info->quality > 0 ? g_strdup_printf("%d", info->quality) : NULL;
}

static char *note_same(const loom_format_info *info, const loom_codec_info *codec)
{
    return codec->reader != NULL && info->same_as != info->format
               ? g_strdup_printf("as %s", loom_format_get(info->same_as)->name)
               : NULL;
}

static char *note_lack(const loom_format_info *info, const loom_codec_info *codec)
{
    (void)info;
    return codec->lacks != NULL ? g_strdup_printf("(%s)", codec->lacks) : NULL;
}

static void print_versions(GPtrArray *versions)
{
    g_ptr_array_add(versions, NULL);
    char *joined = g_strjoinv(", ", (gchar **)(void *)versions->pdata);
    char *text = g_strconcat("Versions: ", joined, NULL);

    options_print_text(text);
    g_free(text);
    g_free(joined);
}

static int print_formats(loom_engine *engine)
{
    static const char *const titles[COLUMNS] = {"FORMAT", "EXTENSIONS", "READ BY", "WRITTEN BY"};
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(row));
    GPtrArray *versions = g_ptr_array_new_with_free_func(g_free);
    row head;

    for (int c = 0; c < COLUMNS; c++)
        head.cells[c] = g_strdup(titles[c]);
    g_array_append_val(rows, head);
    for (int format = LOOM_FORMAT_UNKNOWN + 1; format < LOOM_FORMAT_COUNT; format++)
        add_row(rows, engine, loom_format_get((loom_format)format), versions);
    print_rows(rows);
    putchar('\n');
    print_notes(engine, "Default qualities:", note_quality);
    print_notes(engine, "Written by default:", note_same);
    print_notes(engine, "Not written here:", note_lack);
    print_versions(versions);
    for (guint r = 0; r < rows->len; r++)
        for (int c = 0; c < COLUMNS; c++)
            g_free(g_array_index(rows, row, r).cells[c]);
    g_array_free(rows, TRUE);
    g_ptr_array_free(versions, TRUE);
    return CLI_EXIT_OK;
}

/* ---- JSON ---------------------------------------------------------------- */

/* "libpng 1.6.39, libvips 8.14.1" as an array; null for NULL. */
static json_t *make_libraries(const char *codec)
{
    char **libraries = codec != NULL ? g_strsplit(codec, ", ", -1) : NULL;
    json_t *array = codec != NULL ? json_array() : json_null();

    for (size_t i = 0; libraries != NULL && libraries[i] != NULL; i++)
        (void)json_array_append_new(array, json_string(libraries[i]));
    g_strfreev(libraries);
    return array;
}

static json_t *make_format(const loom_format_info *info, const loom_codec_info *codec)
{
    json_t *extensions = json_array();
    const bool written = codec->writer != NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(info->extensions) && info->extensions[i] != NULL; i++)
        (void)json_array_append_new(extensions, json_string(info->extensions[i]));
    return json_pack("{ss so so so ss sb sb sb sb so so so}", "format", info->name, "extensions",
                     extensions, "readBy", make_libraries(codec->reader), "writtenBy",
                     make_libraries(codec->writer), "sameAs", loom_format_get(info->same_as)->name,
                     "untrusted", (int)info->untrusted, "alpha", (int)info->alpha, "animation",
                     (int)info->animation, "alwaysLossless", (int)info->always_lossless, "quality",
                     written && info->quality > 0 ? json_integer(info->quality) : json_null(),
                     "maxSide", written ? json_integer(info->max_side) : json_null(), "lacks",
                     codec->lacks != NULL ? json_string(codec->lacks) : json_null());
}

static int print_json(loom_engine *engine)
{
    json_t *formats = json_array();

    for (int i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = loom_format_get((loom_format)i);
        const loom_codec_info *codec = loom_engine_codec(engine, info->format);
        if (codec->reader != NULL || codec->writer != NULL)
            (void)json_array_append_new(formats, make_format(info, codec));
    }
    const bool done = json_dumpf(formats, stdout, JSON_INDENT(1)) == 0;
    putchar('\n');
    json_decref(formats);
    return done ? CLI_EXIT_OK : CLI_EXIT_OUTPUT;
}

/* ---- what is known of one format ----------------------------------------- */

/* Two codes of one coding are one line. */
static bool is_printed(loom_format format, size_t n)
{
    const loom_kind *kind = loom_format_kind(format, n);

    for (size_t i = 0; i < n; i++) {
        const loom_kind *other = loom_format_kind(format, i);
        if (strcmp(other->aspect, kind->aspect) == 0 && strcmp(other->name, kind->name) == 0 &&
            other->read == kind->read)
            return true;
    }
    return false;
}

static void print_kinds(const loom_format_info *info)
{
    const loom_kind *kind;
    int width = 0;

    printf("%s\n", info->name);
    for (size_t n = 0; (kind = loom_format_kind(info->format, n)) != NULL; n++)
        width = MAX(width, (int)strlen(kind->aspect));
    for (size_t n = 0; (kind = loom_format_kind(info->format, n)) != NULL; n++)
        if (!is_printed(info->format, n))
            printf("  %-*s  %-11s  %s\n", width, kind->aspect, kind->read ? "read" : "unsupported",
                   kind->name);
    if (width == 0)
        puts("  its kinds are not distinguished");
}

static int refuse_name(const char *name)
{
    const char *names[LOOM_FORMAT_COUNT];

    for (int format = 0; format < LOOM_FORMAT_COUNT; format++)
        names[format] =
            format != LOOM_FORMAT_UNKNOWN ? loom_format_get((loom_format)format)->name : NULL;
    const int near = loom_word_nearest(name, names, LOOM_FORMAT_COUNT);
    return cli_usage_error(&cli_command_formats, "'%s' is not a format%s%s%s", name,
                           near >= 0 ? "; did you mean " : "", near >= 0 ? names[near] : "",
                           near >= 0 ? "?" : "");
}

static int print_details(char **names)
{
    for (char **name = names; *name != NULL; name++)
        if (loom_format_by_name(*name) == LOOM_FORMAT_UNKNOWN)
            return refuse_name(*name);
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

typedef struct formats_options {
    bool json;
} formats_options;

/* Lists the formats, which takes libvips. */
static int list_formats(const formats_options *options)
{
    loom_engine *engine;
    loom_error err = LOOM_ERROR_INIT;

    if (loom_engine_start(&engine, NULL, &err) != LOOM_OK)
        return cannot_start(&err);
    const int status = loom_engine_load_vips(engine, &err) != LOOM_OK ? cannot_start(&err)
                       : options->json                                ? print_json(engine)
                                                                      : print_formats(engine);
    loom_engine_stop(engine);
    return status;
}

static int command_formats(char **argv)
{
    formats_options options = {.json = false};
    options_target target = {.objects = {[OPTIONS_COMMAND] = &options}};
    options_line line;
    int status;

    if (cli_options_read(&cli_command_formats, argv, &target, &line, &status)) {
        if (options.json && line.input_count > 0)
            status = cli_usage_error(&cli_command_formats, "--json takes no FORMAT");
        else
            status = line.input_count > 0 ? print_details(line.inputs) : list_formats(&options);
    }
    options_line_release(&line);
    return status;
}

static const options_row option_table[] = {
    {.name = "json",
     .help = "print the list as JSON",
     .apply = options_apply_flag,
     OPTIONS_AT(OPTIONS_COMMAND, formats_options, json)},
    {.name = NULL},
};

static const options_group groups[] = {{"Printing", .table = option_table}, {.table = NULL}};

const cli_command cli_command_formats = {
    .name = "formats",
    .summary = "list the formats that are read and written, and the libraries",
    .usage = " [OPTIONS] [FORMAT]...",
    .about = "Lists the formats that this build reads and writes, and the libraries. With a "
             "FORMAT, lists its kinds, "
             "both those that are read and those that are known and refused. All other kinds are "
             "refused too.",
    .groups = groups,
    .run = command_formats,
};
