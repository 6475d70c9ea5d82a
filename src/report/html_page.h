/*
 * The template of the page, made from src/report/html/ by cmake/EmbedPage.cmake: all that stands
 * before the records, and all that stands behind them. Not NUL-terminated.
 */
#ifndef LOOM_REPORT_HTML_PAGE_H
#define LOOM_REPORT_HTML_PAGE_H

#include <stddef.h>

extern const char loom_html_report_head[], loom_html_report_tail[];
extern const size_t loom_html_report_head_size, loom_html_report_tail_size;

#endif
