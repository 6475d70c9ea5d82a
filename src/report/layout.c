#include "report/layout.h"

#include "report/html.h"
#include <string.h>

/* The members of the object that a record is, without its braces. */
static void add_members(loom_strbuf *out, const char *record)
{
    const size_t size = strlen(record);

    if (size > 2)
        loom_strbuf_add(out, record + 1, size - 2);
}

/* A line of NDJSON, up to the brace that ends it. */
static void add_line(loom_strbuf *out, const char *type, const char *record)
{
    loom_strbuf_add_format(out, "{\"type\":\"%s\",", type);
    add_members(out, record);
}

static void end_line(loom_strbuf *out)
{
    loom_strbuf_add(out, "}\n", 2);
}

static void add_finished(loom_strbuf *out, const char *finished)
{
    loom_strbuf_add_format(out, ",\"finishedAt\":%s", finished);
    end_line(out);
}

void loom_layout_begin(loom_layout layout, loom_strbuf *out, const char *run, const char *path)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT:
        loom_strbuf_add_char(out, '{');
        add_members(out, run);
        loom_strbuf_add_str(out, ",\"results\":[");
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "run", run);
        end_line(out);
        break;
    case LOOM_LAYOUT_PAGE:
        loom_html_begin(out, run, path);
        break;
    }
}

void loom_layout_row(loom_layout layout, loom_strbuf *out, const char *row, uint64_t index)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT: /* a line for each row, so that diff and grep serve */
        loom_strbuf_add_str(out, index > 0 ? ",\n{" : "\n{");
        add_members(out, row);
        loom_strbuf_add_char(out, '}');
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "image", row);
        end_line(out);
        break;
    case LOOM_LAYOUT_PAGE:
        loom_html_row(out, row, index);
        break;
    }
}

void loom_layout_end(loom_layout layout, loom_strbuf *out, const char *summary,
                     const char *finished, uint64_t rows)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT:
        loom_strbuf_add_str(out, rows > 0 ? "\n],\"summary\":{" : "],\"summary\":{");
        add_members(out, summary);
        loom_strbuf_add_char(out, '}');
        add_finished(out, finished);
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "summary", summary);
        add_finished(out, finished);
        break;
    case LOOM_LAYOUT_PAGE:
        loom_html_end(out, summary, finished, rows);
        break;
    }
}
