/* Not installed: writes the manual page, the tables of docs/manual.md or docs/formats.md, or the
 * completions of a shell, to a file. */
#include "cli/command.h"
#include "cli/docs/docs.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* NULL: there is no such document. */
static void (*find_document(const char *name))(void)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } documents[] = {{"manual", docs_print_manual},
                     {"markdown", docs_print_markdown},
                     {"kinds", docs_print_kinds}};

    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++)
        if (strcmp(name, documents[i].name) == 0)
            return documents[i].print;
    for (const cli_completion *c = cli_completions; c->shell != NULL; c++)
        if (strcmp(name, c->shell) == 0)
            return c->print;
    return NULL;
}

int main(int argc, char **argv)
{
    void (*const print)(void) = argc == 3 ? find_document(argv[1]) : NULL;

    if (print != NULL) {
        if (freopen(argv[2], "w", stdout) == NULL) {
            perror(argv[2]);
            return CLI_EXIT_OUTPUT;
        }
        print();
        return ferror(stdout) || fflush(stdout) != 0 ? CLI_EXIT_OUTPUT : CLI_EXIT_OK;
    }
    (void)fprintf(stderr, "usage: %s manual|markdown|kinds|bash|zsh|fish FILE\n",
                  argc > 0 ? argv[0] : "imgloom-docs");
    return CLI_EXIT_USAGE;
}
