/* SVG: text, told by its first element. */
#include "format/container.h"

enum { WINDOW = 1000 }; /* how far into a file "<svg" is looked for */

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where `end` ends in `text` at or after `from`; 0 when it does not occur. */
static size_t skip_past(loom_bytes text, size_t from, const char *end)
{
    size_t length = strlen(end);

    for (; from < text.size; from++)
        if (loom_bytes_equal(text, from, end, length))
            return from + length;
    return 0;
}

/* Where a document type declaration ends, with the entities it may define; 0: not here. */
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

static bool sniff(loom_bytes text)
{
    size_t at = LOOM_BYTES_HAVE(text, 0, "\xEF\xBB\xBF") ? 3 : 0;

    if (text.size > WINDOW)
        text.size = WINDOW;
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
            return false;
        at = next;
    }
    if (!LOOM_BYTES_HAVE(text, at, "<svg") || at + 4 >= text.size)
        return false;
    unsigned char c = text.data[at + 4]; /* <svgfoo> is something else; <svg:svg> is one */
    return is_space(c) || c == '>' || c == '/' || c == ':';
}

const loom_container loom_container_svg = {.sniff = sniff};
