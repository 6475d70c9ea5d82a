/* Not installed: writes the manual page, the tables of docs/manual.md or docs/formats.md, or the
 * completions of a shell, to a file. */
#include "cli/command.h"
#include "cli/docs/docs.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } documents[] = {{"manual", docs_print_manual}, {"markdown", docs_print_markdown},
                     {"kinds", docs_print_kinds},   {"bash", docs_print_bash},
                     {"zsh", docs_print_zsh},       {"fish", docs_print_fish}};

    for (size_t i = 0; argc == 3 && i < G_N_ELEMENTS(documents); i++)
        if (strcmp(argv[1], documents[i].name) == 0) {
            if (freopen(argv[2], "w", stdout) == NULL) {
                perror(argv[2]);
                return CLI_EXIT_OUTPUT;
            }
            documents[i].print();
            return ferror(stdout) || fflush(stdout) != 0 ? CLI_EXIT_OUTPUT : CLI_EXIT_OK;
        }
    (void)fprintf(stderr, "usage: %s manual|markdown|kinds|bash|zsh|fish FILE\n",
                  argc > 0 ? argv[0] : "imgloom-docs");
    return CLI_EXIT_USAGE;
}
