/* The kinds of each format that are read or refused, as Markdown tables, for docs/formats.md. */
#include "cli/docs/docs.h"

#include <imgloom/format.h>
#include <stdio.h>
#include <string.h>

/* Escapes for a table cell: a bar would end it, and asterisks would make it italic. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '*')
            putchar('\\');
        putchar(*text);
    }
}

static bool has_name(const loom_kind *kind, const loom_kind *other)
{
    return kind->read == other->read && strcmp(kind->aspect, other->aspect) == 0 &&
           strcmp(kind->name, other->name) == 0;
}

/* Several values may have the same name. */
static bool is_told(loom_format format, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (has_name(loom_format_kind(format, i), loom_format_kind(format, n)))
            return true;
    return false;
}

static void print_names(loom_format format, const char *aspect, bool read)
{
    const char *before = "";
    const loom_kind *kind;

    for (size_t n = 0; (kind = loom_format_kind(format, n)) != NULL; n++)
        if (kind->read == read && strcmp(kind->aspect, aspect) == 0 && !is_told(format, n)) {
            fputs(before, stdout);
            print_cell(kind->name);
            before = " · ";
        }
    if (before[0] == '\0')
        fputs("–", stdout);
}

static void print_kinds(loom_format format)
{
    const char *aspect = NULL;
    const loom_kind *kind;

    printf("\n**%s**\n\n| | read | unsupported |\n|---|---|---|\n", loom_format_get(format)->name);
    for (size_t n = 0; (kind = loom_format_kind(format, n)) != NULL; n++) {
        if (aspect != NULL && strcmp(kind->aspect, aspect) == 0)
            continue;
        aspect = kind->aspect;
        printf("| %s | ", aspect);
        print_names(format, aspect, true);
        fputs(" | ", stdout);
        print_names(format, aspect, false);
        fputs(" |\n", stdout);
    }
}

void docs_print_kinds(void)
{
    fputs("<!-- kinds: made from the lists in src/format by `cmake --build --preset dev --target "
          "manual` -->\n",
          stdout);
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        if (loom_format_kind((loom_format)i, 0) != NULL)
            print_kinds((loom_format)i);
    fputs("\n<!-- end of kinds -->\n", stdout);
}
