/* The kinds of each format that are read or refused, as Markdown tables, for docs/formats.md. */
#include "cli/docs/docs.h"

#include <imgloom/format.h>
#include <stdio.h>
#include <string.h>

/* Text of a table's cell: a bar would end it, and asterisks would set it in italics. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '*')
            putchar('\\');
        putchar(*text);
    }
}

/* Several values may have one name. */
static bool is_told(const loom_kind *kinds, const loom_kind *kind)
{
    for (const loom_kind *k = kinds; k < kind; k++)
        if (k->read == kind->read && strcmp(k->aspect, kind->aspect) == 0 &&
            strcmp(k->name, kind->name) == 0)
            return true;
    return false;
}

static void print_names(const loom_kind *kinds, const char *aspect, bool read)
{
    const char *before = "";

    for (const loom_kind *k = kinds; k->aspect != NULL; k++)
        if (k->read == read && strcmp(k->aspect, aspect) == 0 && !is_told(kinds, k)) {
            fputs(before, stdout);
            print_cell(k->name);
            before = " · ";
        }
    if (before[0] == '\0')
        fputs("–", stdout);
}

static void print_kinds(const loom_format_info *info, const loom_kind *kinds)
{
    printf("\n**%s**\n\n| | read | unsupported |\n|---|---|---|\n", info->name);
    for (const loom_kind *k = kinds; k->aspect != NULL; k++) {
        if (k > kinds && strcmp(k->aspect, k[-1].aspect) == 0)
            continue;
        printf("| %s | ", k->aspect);
        print_names(kinds, k->aspect, true);
        fputs(" | ", stdout);
        print_names(kinds, k->aspect, false);
        fputs(" |\n", stdout);
    }
}

void docs_print_kinds(void)
{
    fputs("<!-- kinds: made from the lists in src/format by `cmake --build --preset dev --target "
          "manual` -->\n",
          stdout);
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_kind *kinds = loom_format_kinds((loom_format)i);
        if (kinds != NULL)
            print_kinds(loom_format_get((loom_format)i), kinds);
    }
    fputs("\n<!-- end of kinds -->\n", stdout);
}
