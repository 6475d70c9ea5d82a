#include "files/path.h"
#include "report/json_fields.h"
#include "report/write.h"
#include <stdlib.h>
#include <string.h>

/* The page's template, made from src/report/html/ by cmake/EmbedPage.cmake: the parts before and
 * after the records. Not NUL-terminated. */
extern const char loom_html_report_head[], loom_html_report_tail[];
extern const size_t loom_html_report_head_size, loom_html_report_tail_size;

/* ---- the page ------------------------------------------------------------ */

enum { RECORDS_PER_ELEMENT = 1000 };

/* The number of bytes at `text` that form one character to escape, and its escape. */
static size_t find_escape(const char *text, size_t size, const char **escape)
{
    switch (text[0]) {
    case '<':
        *escape = "\\u003C";
        return 1;
    case '>':
        *escape = "\\u003E";
        return 1;
    case '&':
        *escape = "\\u0026";
        return 1;
    case '\xE2':
        if (size < 3 || text[1] != '\x80' || (text[2] != '\xA8' && text[2] != '\xA9'))
            return 0;
        *escape = text[2] == '\xA8' ? "\\u2028" : "\\u2029";
        return 3;
    default:
        return 0;
    }
}

void loom_html_add_json(loom_strbuf *out, const char *json, size_t size)
{
    size_t i = 0, kept = 0; /* json[kept..i) remains to be copied unchanged */

    while (i < size) {
        const char *escape;
        const size_t length = find_escape(json + i, size - i, &escape);
        if (length == 0) {
            i++;
            continue;
        }
        loom_strbuf_add(out, json + kept, i - kept);
        loom_strbuf_add_str(out, escape);
        kept = i += length;
    }
    loom_strbuf_add(out, json + kept, i - kept);
}

static void add_record(loom_strbuf *out, const char *record)
{
    loom_html_add_json(out, record, strlen(record));
}

static void begin_element(loom_strbuf *out, const char *id)
{
    loom_strbuf_add_format(out, "<script type=\"application/json\" id=\"%s\">", id);
}

static void end_element(loom_strbuf *out)
{
    loom_strbuf_add_str(out, "</script>\n");
}

/* The absolute folder of a file, without links; NULL: none, or unknown. */
static char *folder_of(const char *path)
{
    const size_t size = (size_t)(loom_path_base(path) - path);
    char *folder, *found;

    if (strcmp(path, "-") == 0)
        return NULL;
    folder = size > 0 ? strndup(path, size) : strdup(".");
    found = folder != NULL ? realpath(folder, NULL) : NULL;
    free(folder);
    return found;
}

static void begin_page(loom_strbuf *out, const char *run, const char *path, const char *pictures)
{
    loom_strbuf page = LOOM_STRBUF_INIT;
    loom_json json = LOOM_JSON_INIT(&page);
    char *folder = folder_of(path);

    loom_json_begin(&json, '{');
    loom_field_write_path(&json, "folder", folder);
    loom_json_key(&json, "pictures");
    loom_json_string(&json, pictures);
    loom_json_end(&json, '}');
    loom_strbuf_add(out, loom_html_report_head, loom_html_report_head_size);
    begin_element(out, "page");
    out->failed |= page.failed;
    add_record(out, loom_strbuf_str(&page));
    end_element(out);
    begin_element(out, "run");
    add_record(out, run);
    end_element(out);
    loom_strbuf_release(&page);
    free(folder);
}

/* A record of an array that is cut into elements of one class; `open`: such an element, or one of
 * another class, stands before. */
static void add_to_page(loom_strbuf *out, const char *class, const char *record, uint64_t index,
                        bool open)
{
    if (index % RECORDS_PER_ELEMENT == 0)
        loom_strbuf_add_format(out, "%s<script type=\"application/json\" class=\"%s\">[\n",
                               open ? "]</script>\n" : "", class);
    else
        loom_strbuf_add_char(out, ',');
    add_record(out, record);
    loom_strbuf_add_char(out, '\n');
}

static void end_page(loom_strbuf *out, const char *summary, const char *finished, uint64_t rows)
{
    if (rows > 0) {
        loom_strbuf_add_char(out, ']');
        end_element(out);
    }
    begin_element(out, "summary");
    loom_strbuf_add_str(out, "{\"summary\":");
    add_record(out, summary);
    loom_strbuf_add_format(out, ",\"finishedAt\":%s}", finished);
    end_element(out);
    loom_strbuf_add(out, loom_html_report_tail, loom_html_report_tail_size);
}

/* ---- documents and lines ------------------------------------------------- */

/* Adds the members of a record's object, without its braces. */
static void add_members(loom_strbuf *out, const char *record)
{
    const size_t size = strlen(record);

    if (size > 2)
        loom_strbuf_add(out, record + 1, size - 2);
}

/* Writes an NDJSON line, up to its closing brace. */
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

/* A line for each record, so that diff and grep work. */
static void add_line_of_array(loom_strbuf *out, const char *record, uint64_t index)
{
    loom_strbuf_add_str(out, index > 0 ? ",\n{" : "\n{");
    add_members(out, record);
    loom_strbuf_add_char(out, '}');
}

void loom_layout_begin(loom_layout layout, loom_strbuf *out, const char *run, const char *path,
                       const char *pictures)
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
        begin_page(out, run, path, pictures);
        break;
    }
}

void loom_layout_row(loom_layout layout, loom_strbuf *out, const char *row, uint64_t index)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT:
        add_line_of_array(out, row, index);
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "image", row);
        end_line(out);
        break;
    case LOOM_LAYOUT_PAGE:
        add_to_page(out, "rows", row, index, index > 0);
        break;
    }
}

void loom_layout_removed(loom_layout layout, loom_strbuf *out, const char *removed, uint64_t rows,
                         uint64_t index)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT: /* their array ends as that of the rows would */
        if (index == 0)
            loom_strbuf_add_str(out, rows > 0 ? "\n],\"removed\":[" : "],\"removed\":[");
        add_line_of_array(out, removed, index);
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "removed", removed);
        end_line(out);
        break;
    case LOOM_LAYOUT_PAGE:
        add_to_page(out, "removed", removed, index, rows + index > 0);
        break;
    }
}

void loom_layout_ignored(loom_layout layout, loom_strbuf *out, const char *file, uint64_t index,
                         uint64_t rows)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT:
        if (index == 0)
            loom_strbuf_add_str(out, rows > 0 ? "\n],\"ignored\":[" : "],\"ignored\":[");
        add_line_of_array(out, file, index);
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "ignored", file);
        end_line(out);
        break;
    case LOOM_LAYOUT_PAGE:
        break;
    }
}

void loom_layout_end(loom_layout layout, loom_strbuf *out, const char *summary,
                     const char *finished, uint64_t rows, int64_t ignored)
{
    switch (layout) {
    case LOOM_LAYOUT_DOCUMENT:
        loom_strbuf_add_str(out, rows > 0 || ignored > 0 ? "\n]" : "]");
        if (ignored == 0)
            loom_strbuf_add_str(out, ",\"ignored\":[]");
        loom_strbuf_add_str(out, ",\"summary\":{");
        add_members(out, summary);
        loom_strbuf_add_char(out, '}');
        add_finished(out, finished);
        break;
    case LOOM_LAYOUT_LINES:
        add_line(out, "summary", summary);
        add_finished(out, finished);
        break;
    case LOOM_LAYOUT_PAGE:
        end_page(out, summary, finished, rows);
        break;
    }
}
