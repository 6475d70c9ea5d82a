/* The modes of `imgloom report`. Each takes the reports' paths and answers an exit status. */
#ifndef CLI_REPORT_COMMAND_H
#define CLI_REPORT_COMMAND_H

#include "cli/command.h"
#include "cli/report/input.h"
#include "cli/terminal.h"

typedef struct report_options {
    bool failed, csv, merge, compare, schema; /* at most one of them */
    bool null;                                /* with `failed` */
    const char *output;                       /* with `merge`; NULL: standard output */
    const char *page;                         /* a mode, too: the HTML file to write; else NULL */
    cli_when colour;
} report_options;

/* For standard output. */
void report_terminal_init(cli_terminal *terminal, cli_when colours);

/* An empty line and the heading. */
void report_append_heading(const cli_terminal *terminal, GString *out, const char *heading);
/* "840 us", "31.4 ms", "1.24 s" */
void report_append_time(GString *out, double ns);

int report_print_summary(const report_options *options, char **paths);
int report_print_failed(const report_options *options, char **paths);
int report_print_csv(const report_options *options, char **paths);
/* Also the page, of reports that are merged for it. */
int report_merge(const report_options *options, char **paths);
int report_compare(const report_options *options, char **paths);

#endif
