/*
 * The report as a page: one HTML file that holds the JSON of a report and a script that shows it.
 * It loads nothing; its Content-Security-Policy lets it run its own script and style alone.
 *
 * The records stand in <script type="application/json"> elements, which are never run: `page`
 * (where the page is), `run`, any number of class `rows` (an array of rows each, so that no element
 * grows beyond what a browser takes) and `summary`. The template is src/report/html/, built in.
 */
#ifndef LOOM_REPORT_HTML_H
#define LOOM_REPORT_HTML_H

#include "base/strbuf.h"
#include <stdint.h>

/*
 * The three parts of a page, as in layout.h. The folder of `path` is told to the page, so that its
 * links to pictures can be relative; it must be there already. "-": it has none.
 */
void loom_html_begin(loom_strbuf *out, const char *run, const char *path);
void loom_html_row(loom_strbuf *out, const char *row, uint64_t index);
void loom_html_end(loom_strbuf *out, const char *summary, const char *finished, uint64_t rows);

/*
 * JSON text as it may stand in a <script> element: `<`, `>` and `&`, and U+2028 and U+2029, can
 * only be parts of strings there, and are written as escapes.
 */
void loom_html_add_json(loom_strbuf *out, const char *json, size_t size);

#endif
