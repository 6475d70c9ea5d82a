/* Prints the help, and describes rows for the documents. */
#include "options/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 80 };

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

/* Prints words from `column` on, wrapped at HELP_WIDTH; continuation lines start at `indent`. */
static void print_wrapped(const char *text, int column, int indent)
{
    while (*text != '\0') {
        int size = (int)strcspn(text, " ");
        if (column > indent && column + 1 + size > HELP_WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", size, text);
        column += size;
        text += size;
        text += strspn(text, " ");
    }
    putchar('\n');
}

char *options_allowed(const options_row *row)
{
    if (row->allowed != NULL)
        return g_strdup(row->allowed);
    if (row->high > 0 && row->high < UINT64_MAX)
        return g_strdup_printf("%" PRIu64 " to %" PRIu64, row->low, row->high);
    return NULL;
}

char *options_describe(const options_row *row)
{
    GString *text = g_string_new(row->help);
    char *allowed = options_allowed(row);

    if (allowed != NULL)
        g_string_append_printf(text, ": %s", allowed);
    if (row->fallback != NULL)
        g_string_append_printf(text, " [%s]", row->fallback);
    if (row->alias != NULL)
        g_string_append_printf(text, " (also --%s)", row->alias);
    g_free(allowed);
    return g_string_free(text, FALSE);
}

static bool is_choice(const char *word)
{
    const size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return size > 0 && word[size] == '\0';
}

char **options_choices(const options_row *row)
{
    if (row->allowed == NULL || row->argument == NULL)
        return NULL;
    char **words = g_strsplit(row->allowed, ", ", -1);
    for (size_t i = 0; words[i] != NULL; i++)
        if (!is_choice(words[i])) {
            g_strfreev(words);
            return NULL;
        }
    return words;
}

static void print_option(const options_row *row, const char *help, bool bold)
{
    GString *left = g_string_new("  ");

    if (row->letter != '\0')
        g_string_append_printf(left, "-%c, ", row->letter);
    else
        g_string_append(left, "    ");
    g_string_append_printf(left, "--%s", row->name);
    const size_t named = left->len;
    if (row->implied != NULL)
        g_string_append_printf(left, "[=%s]", row->argument);
    else if (row->argument != NULL)
        g_string_append_printf(left, " %s", row->argument);
    printf("%s%.*s%s%s", bold ? BOLD : "", (int)named, left->str, bold ? PLAIN : "",
           left->str + named);
    if (left->len + 2 > HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    else
        printf("%*s", HELP_COLUMN - (int)left->len, "");
    print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
    g_string_free(left, TRUE);
}

void options_print_heading(const char *text, bool bold)
{
    printf("\n%s%s%s\n", bold ? BOLD : "", text, bold ? PLAIN : "");
}

void options_print(const options_row *rows, bool bold)
{
    for (; rows->name != NULL; rows++) {
        char *help = options_describe(rows);
        if (rows->section != NULL)
            options_print_heading(rows->section, bold);
        print_option(rows, help, bold);
        g_free(help);
    }
}

void options_print_usual(const options_row *rows, const char *const *names, bool bold)
{
    for (; *names != NULL; names++) {
        const options_row *row = options_find(rows, *names);
        char *help = g_strndup(row->help, strcspn(row->help, ";"));
        print_option(row, help, bold);
        g_free(help);
    }
}

void options_print_text(const char *text)
{
    print_wrapped(text, 0, 0);
}
