/* Documents made from the program's tables, when the program is built. They go to standard output.
 */
#ifndef CLI_DOCS_DOCS_H
#define CLI_DOCS_DOCS_H

typedef struct docs_variable {
    const char *name, *meaning; /* plain text */
} docs_variable;

extern const docs_variable docs_environment[]; /* that the program reads; ends with a NULL name */

void docs_print_manual(void);   /* imgloom(1), roff with man macros */
void docs_print_markdown(void); /* the tables of docs/manual.md */
void docs_print_kinds(void);    /* the tables of docs/formats.md */

#endif
