/* SVG: text, identified by its first element. */
#include "format/svg.h"

#include "format/container.h"

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The end of the first `end` in `text` at or after `from`; 0: it does not occur. */
static size_t skip_past(loom_bytes text, size_t from, const char *end)
{
    size_t length = strlen(end);

    for (; from < text.size; from++)
        if (loom_bytes_equal(text, from, end, length))
            return from + length;
    return 0;
}

/* The end of a document type declaration, including its entities; 0: there is none here. */
static size_t skip_doctype(loom_bytes text, size_t from)
{
    for (; from < text.size; from++) {
        if (text.data[from] == '>')
            return from + 1;
        if (text.data[from] == '[') {
            size_t inside = skip_past(text, from, "]");
            return inside > 0 ? skip_past(text, inside, ">") : 0;
        }
    }
    return 0;
}

/* For ASCII names, such as namespace prefixes. */
static bool is_name(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* The start of the first element's name; 0: there is none, or it is not an SVG element. */
static size_t find_root(loom_bytes text)
{
    size_t at = LOOM_BYTES_HAVE(text, 0, "\xEF\xBB\xBF") ? 3 : 0;

    if (text.size > LOOM_SVG_WINDOW)
        text.size = LOOM_SVG_WINDOW;
    while (at < text.size) {
        size_t next;
        if (is_space(text.data[at]))
            next = at + 1;
        else if (LOOM_BYTES_HAVE(text, at, "<!--"))
            next = skip_past(text, at + 4, "-->");
        else if (LOOM_BYTES_HAVE(text, at, "<?"))
            next = skip_past(text, at + 2, "?>");
        else if (LOOM_BYTES_HAVE(text, at, "<!DOCTYPE"))
            next = skip_doctype(text, at + 9);
        else
            break;
        if (next == 0)
            return 0;
        at = next;
    }
    return LOOM_BYTES_HAVE(text, at, "<") ? at + 1 : 0;
}

/* The end of the element name `name`, with or without a prefix; 0: it is another element. */
static size_t skip_element(loom_bytes text, size_t at, const char *name)
{
    size_t end = at;

    while (end < text.size && is_name(text.data[end]))
        end++;
    if (end > at && end < text.size && text.data[end] == ':') {
        at = ++end;
        while (end < text.size && is_name(text.data[end]))
            end++;
    }
    const bool ends = end < text.size &&
                      (is_space(text.data[end]) || text.data[end] == '>' || text.data[end] == '/');
    return ends && end - at == strlen(name) && loom_bytes_equal(text, at, name, end - at) ? end : 0;
}

static bool sniff(loom_bytes text)
{
    const size_t root = find_root(text);

    return root > 0 && skip_element(text, root, "svg") > 0;
}

/* ---- size ---------------------------------------------------------------- */

typedef struct attribute {
    size_t from, end; /* of the whole of it */
    loom_bytes name, value;
} attribute;

static size_t skip_spaces(loom_bytes text, size_t at)
{
    while (at < text.size && is_space(text.data[at]))
        at++;
    return at;
}

/* Reads the attribute after the white space at `at`; false: there is none, or it is damaged. */
static bool read_attribute(loom_bytes text, size_t at, attribute *a)
{
    size_t end = at = skip_spaces(text, at);

    while (end < text.size && text.data[end] != '=' && text.data[end] != '>' &&
           text.data[end] != '/' && !is_space(text.data[end]))
        end++;
    a->from = at;
    a->name = (loom_bytes){text.data + at, end - at};
    end = skip_spaces(text, end);
    if (a->name.size == 0 || end >= text.size || text.data[end] != '=')
        return false;
    end = skip_spaces(text, end + 1);
    if (end >= text.size || (text.data[end] != '"' && text.data[end] != '\''))
        return false;
    const unsigned char quote = text.data[end];
    const size_t value = ++end;
    while (end < text.size && text.data[end] != quote)
        end++;
    a->value = (loom_bytes){text.data + value, end - value};
    a->end = end + 1;
    return end < text.size;
}

/* Whether a width or height is one: not "auto", nor a part of what is around, which is nothing. */
static bool is_length(const attribute *a)
{
    size_t at = skip_spaces(a->value, 0), end = a->value.size;

    while (end > at && is_space(a->value.data[end - 1]))
        end--;
    return end > at && a->value.data[end - 1] != '%' && !LOOM_BYTES_HAVE(a->value, at, "auto");
}

bool loom_svg_missing_size(loom_bytes text, loom_svg_gap *gap)
{
    const size_t root = find_root(text);
    size_t at = root > 0 ? skip_element(text, root, "svg") : 0;
    bool has_width = false, has_height = false;
    attribute a;

    *gap = (loom_svg_gap){.at = at};
    if (at == 0)
        return false;
    for (; read_attribute(text, at, &a); at = a.end) {
        const bool width = loom_bytes_are(a.name, "width");
        if (loom_bytes_are(a.name, "viewBox") || loom_bytes_are(a.name, "style"))
            return false;
        if (!width && !loom_bytes_are(a.name, "height"))
            continue;
        if (is_length(&a)) {
            *(width ? &has_width : &has_height) = true;
        } else if (gap->blank_count < 2) {
            gap->blanks[gap->blank_count++] = (loom_svg_blank){a.from, a.end};
        }
    }
    gap->attributes = has_width    ? " height=\"150\""
                      : has_height ? " width=\"300\""
                                   : " width=\"300\" height=\"150\"";
    return !has_width || !has_height;
}

/* ---- text ---------------------------------------------------------------- */

bool loom_svg_has_text(loom_bytes drawing)
{
    const unsigned char *at = drawing.data, *end = drawing.data + drawing.size;

    while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL)
        if (skip_element(drawing, (size_t)(++at - drawing.data), "text") > 0)
            return true;
    return false;
}

const loom_container loom_container_svg = {.info = {.format = LOOM_FORMAT_SVG,
                                                    .name = "svg",
                                                    .extensions = {"svg", "svgz"},
                                                    .same_as = LOOM_UNWRITTEN_AS,
                                                    .untrusted = true},
                                           .sniff = sniff,
                                           .drawing = true,
                                           .memory = {.in_strips = true}};
