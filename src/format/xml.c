/* XML 1.0 (Fifth Edition); Namespaces in XML 1.0 (Third Edition). Numbers are productions. */
#include "format/xmp.h"

#include "base/memory.h"
#include "base/text.h"
#include <stdlib.h>

/* Each name with a URI is compared with it: a long URI for many names would take hours. */
enum { ATTRIBUTES_MAX = 1000, NAMESPACES_MAX = 200, URI_MAX = 512 };

static const char xml_uri[] = "http://www.w3.org/XML/1998/namespace";

static bool same(loom_bytes a, loom_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(const loom_xml *xml, size_t at)
{
    while (at < xml->text.size && is_space(xml->text.data[at]))
        at++;
    return at;
}

/* The start of `what` at or after `at`; the text's size: none. */
static size_t find(const loom_xml *xml, size_t at, const char *what)
{
    const size_t length = strlen(what);

    for (; at < xml->text.size; at++) {
        const unsigned char *p = memchr(xml->text.data + at, what[0], xml->text.size - at);
        if (p == NULL)
            break;
        at = (size_t)(p - xml->text.data);
        if (loom_bytes_equal(xml->text, at, what, length))
            return at;
    }
    return xml->text.size;
}

static bool is_name_start(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The end of a name without a colon. */
static size_t end_of_part(const loom_xml *xml, size_t at)
{
    const unsigned char *p = xml->text.data;

    if (at == xml->text.size || !is_name_start(p[at]))
        return at;
    while (at < xml->text.size &&
           (is_name_start(p[at]) || (p[at] >= '0' && p[at] <= '9') || p[at] == '-' || p[at] == '.'))
        at++;
    return at;
}

/* Reads a name as written, in two parts; false: there is none. */
static bool parse_name(const loom_xml *xml, size_t *at, loom_bytes *prefix, loom_bytes *local)
{
    const size_t start = *at, colon = end_of_part(xml, start);

    if (colon == start)
        return false;
    *prefix = (loom_bytes){NULL, 0};
    *local = (loom_bytes){xml->text.data + start, colon - start};
    *at = colon;
    if (colon == xml->text.size || xml->text.data[colon] != ':')
        return true;
    const size_t end = end_of_part(xml, colon + 1);
    *prefix = *local;
    *local = (loom_bytes){xml->text.data + colon + 1, end - colon - 1};
    *at = end;
    return local->size > 0;
}

/* ---- characters: 2, 66, 68 ----------------------------------------------- */

/* Control characters and the last two of a plane are invalid. */
static bool are_characters(loom_bytes b)
{
    for (size_t i = 0; i < b.size; i++)
        if ((b.data[i] < ' ' && !is_space(b.data[i])) || LOOM_BYTES_HAVE(b, i, "\xEF\xBF\xBE") ||
            LOOM_BYTES_HAVE(b, i, "\xEF\xBF\xBF"))
            return false;
    return loom_utf8_valid((const char *)b.data, b.size);
}

static bool is_character(uint32_t code)
{
    if (code < ' ')
        return code == '\t' || code == '\n' || code == '\r';
    return code < 0xD800 || (code > 0xDFFF && code < 0xFFFE) || (code > 0xFFFF && code <= 0x10FFFF);
}

/* The value of a digit; 16: it is not one. */
static unsigned digit_of(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? 10 + c - 'a' : c >= 'A' && c <= 'F' ? 10 + c - 'A' : 16;
}

/* "#10" or "#xA", the text between & and ;. */
static bool is_reference(loom_bytes b)
{
    static const char *const known[] = {"lt", "gt", "amp", "quot", "apos"};
    uint32_t code = 0;

    for (size_t i = 0; i < 5; i++)
        if (loom_bytes_are(b, known[i]))
            return true;
    const unsigned base = LOOM_BYTES_HAVE(b, 0, "#x") ? 16 : 10;
    const size_t digits = base == 16 ? 2 : 1;
    if (!LOOM_BYTES_HAVE(b, 0, "#") || b.size <= digits || b.size > digits + 8)
        return false;
    for (size_t i = digits; i < b.size; i++) {
        const unsigned digit = digit_of(b.data[i]);
        if (digit >= base)
            return false;
        code = code * base + digit;
        if (code > 0x10FFFF)
            return false;
    }
    return is_character(code);
}

/* Whether each & begins a known reference. */
static bool are_references_known(loom_bytes b)
{
    for (const unsigned char *p = b.data, *end = p + b.size;
         p < end && (p = memchr(p, '&', (size_t)(end - p))) != NULL;) {
        const unsigned char *stop = memchr(p, ';', (size_t)(end - p));
        if (stop == NULL || !is_reference((loom_bytes){p + 1, (size_t)(stop - p - 1)}))
            return false;
        p = stop;
    }
    return true;
}

/* ---- namespaces ---------------------------------------------------------- */

/* The URI of a prefix; false: it has none. */
static bool find_namespace(const loom_xml *xml, loom_bytes prefix, loom_bytes *uri)
{
    for (size_t i = xml->namespace_count; i-- > 0;)
        if (same(xml->namespaces[i].prefix, prefix)) {
            *uri = xml->namespaces[i].uri;
            return true;
        }
    *uri = (loom_bytes){NULL, 0};
    if (loom_bytes_are(prefix, "xml"))
        *uri = (loom_bytes){(const unsigned char *)xml_uri, sizeof xml_uri - 1};
    return prefix.size == 0 || uri->size > 0;
}

static bool declare(loom_xml *xml, loom_bytes prefix, loom_bytes uri)
{
    void *items = xml->namespaces;

    if (loom_bytes_are(prefix, "xml") || loom_bytes_are(prefix, "xmlns") ||
        (prefix.size > 0 && uri.size == 0) || uri.size > URI_MAX ||
        memchr(uri.data, '&', uri.size) != NULL || xml->namespace_count == NAMESPACES_MAX ||
        !loom_grow(&items, &xml->namespace_capacity, xml->namespace_count + 1,
                   sizeof *xml->namespaces))
        return false;
    xml->namespaces = items;
    xml->namespaces[xml->namespace_count++] = (loom_xml_namespace){prefix, uri};
    return true;
}

/* ---- tags: 40, 41, 42, 44 ------------------------------------------------ */

static uint32_t hash_of(const loom_xml_name *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < name->space.size; i++)
        hash = (hash ^ name->space.data[i]) * 16777619u;
    for (size_t i = 0; i < name->local.size; i++)
        hash = (hash ^ name->local.data[i]) * 16777619u;
    return hash;
}

/* Until the namespaces are known, the prefix stands in for the URI. */
static bool parse_attribute(loom_xml *xml, size_t *at)
{
    loom_xml_attribute a = {.from = *at};
    void *items = xml->attributes;
    loom_bytes prefix;
    size_t i = skip_space(xml, *at);

    if (i == *at || !parse_name(xml, &i, &prefix, &a.name.local))
        return false;
    i = skip_space(xml, i);
    if (!LOOM_BYTES_HAVE(xml->text, i, "="))
        return false;
    i = skip_space(xml, i + 1);
    if (i == xml->text.size || (xml->text.data[i] != '"' && xml->text.data[i] != '\''))
        return false;
    const unsigned char *start = xml->text.data + i + 1;
    const unsigned char *end = memchr(start, start[-1], xml->text.size - i - 1);
    if (end == NULL)
        return false;
    a.value = (loom_bytes){start, (size_t)(end - start)};
    if (memchr(start, '<', a.value.size) != NULL || !are_references_known(a.value))
        return false;
    *at = a.to = i + 2 + a.value.size;
    a.name.space = prefix;
    a.declares = loom_bytes_are(prefix, "xmlns") ||
                 (prefix.size == 0 && loom_bytes_are(a.name.local, "xmlns"));
    if (a.declares && !declare(xml, prefix.size > 0 ? a.name.local : prefix, a.value))
        return false;
    if (xml->attribute_count == ATTRIBUTES_MAX ||
        !loom_grow(&items, &xml->attribute_capacity, xml->attribute_count + 1,
                   sizeof *xml->attributes))
        return false;
    xml->attributes = items;
    xml->attributes[xml->attribute_count++] = a;
    return true;
}

/* Each has a name of its own, also once prefixes have become URIs. */
static bool are_unique(const loom_xml *xml)
{
    for (size_t i = 0; i < xml->attribute_count; i++)
        for (size_t k = 0; k < i; k++) {
            const loom_xml_attribute *a = &xml->attributes[i], *b = &xml->attributes[k];
            if (a->hash == b->hash && a->declares == b->declares &&
                same(a->name.local, b->name.local) && same(a->name.space, b->name.space))
                return false;
        }
    return true;
}

static bool resolve_attributes(loom_xml *xml)
{
    for (size_t i = 0; i < xml->attribute_count; i++) {
        loom_xml_attribute *a = &xml->attributes[i];
        if (!a->declares && a->name.space.size > 0 &&
            !find_namespace(xml, a->name.space, &a->name.space))
            return false;
        a->hash = hash_of(&a->name);
    }
    return are_unique(xml);
}

static loom_xml_event open_element(loom_xml *xml)
{
    loom_bytes prefix, local;
    size_t at = xml->to + 1;
    const loom_xml_open opened = {.namespaces = xml->namespace_count};
    void *items = xml->opened;

    if ((xml->depth == 0 && xml->has_root) || xml->depth == LOOM_XML_DEPTH ||
        !parse_name(xml, &at, &prefix, &local) ||
        !loom_grow(&items, &xml->opened_capacity, xml->depth + 1, sizeof *xml->opened))
        return LOOM_XML_BROKEN;
    xml->opened = items;
    xml->opened[xml->depth] = opened;
    xml->opened[xml->depth++].name = (loom_bytes){xml->text.data + xml->to + 1, at - xml->to - 1};
    xml->has_root = true;
    xml->attribute_count = 0;
    for (;;) {
        const size_t behind = skip_space(xml, at);
        xml->is_empty = LOOM_BYTES_HAVE(xml->text, behind, "/>");
        if (xml->is_empty || LOOM_BYTES_HAVE(xml->text, behind, ">")) {
            at = behind + (xml->is_empty ? 2 : 1);
            break;
        }
        if (!parse_attribute(xml, &at))
            return LOOM_XML_BROKEN;
    }
    xml->name.local = local;
    if (!find_namespace(xml, prefix, &xml->name.space) || !resolve_attributes(xml))
        return LOOM_XML_BROKEN;
    xml->from = xml->to;
    xml->to = at;
    return LOOM_XML_OPEN;
}

static loom_xml_event close_element(loom_xml *xml)
{
    xml->from = xml->to;
    if (!xml->is_empty) {
        const loom_bytes *name = &xml->opened[xml->depth - 1].name;
        const size_t behind = xml->to + 2 + name->size;
        if (!loom_bytes_equal(xml->text, xml->to + 2, (const char *)name->data, name->size))
            return LOOM_XML_BROKEN;
        const size_t end = skip_space(xml, behind);
        if (!LOOM_BYTES_HAVE(xml->text, end, ">"))
            return LOOM_XML_BROKEN;
        xml->to = end + 1;
    }
    xml->is_empty = false;
    xml->namespace_count = xml->opened[--xml->depth].namespaces;
    return LOOM_XML_CLOSE;
}

/* ---- what is skipped: 15, 16, 23 ----------------------------------------- */

/* `declaration`: "xml version=…", the first thing in the text. */
static bool is_usual_declaration(loom_bytes declaration)
{
    static const char *const usual[] = {
        "xml version=\"1.0\"",
        "xml version='1.0'",
        "xml version=\"1.0\" encoding=\"UTF-8\"",
        "xml version=\"1.0\" encoding=\"utf-8\"",
        "xml version='1.0' encoding='UTF-8'",
        "xml version='1.0' encoding='utf-8'",
        "xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"",
        "xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"",
        "xml version=\"1.0\" standalone=\"yes\"",
        "xml version=\"1.0\" standalone=\"no\"",
    };

    while (declaration.size > 0 && is_space(declaration.data[declaration.size - 1]))
        declaration.size--;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (loom_bytes_are(declaration, usual[i]))
            return true;
    return false;
}

/* Skips a comment or a processing instruction at *at; false: neither, or it is broken. */
static bool pass(const loom_xml *xml, size_t *at)
{
    loom_bytes prefix, target;

    if (LOOM_BYTES_HAVE(xml->text, *at, "<!--")) {
        const size_t end = find(xml, *at + 4, "--");
        *at = end + 3;
        return LOOM_BYTES_HAVE(xml->text, end, "-->");
    }
    if (!LOOM_BYTES_HAVE(xml->text, *at, "<?"))
        return false;
    const size_t start = *at + 2, end = find(xml, start, "?>");
    size_t behind = start;
    if (end == xml->text.size || !parse_name(xml, &behind, &prefix, &target) || prefix.size > 0 ||
        (behind != end && !is_space(xml->text.data[behind])))
        return false;
    const bool declaration = target.size == 3 && (target.data[0] | 32) == 'x' &&
                             (target.data[1] | 32) == 'm' && (target.data[2] | 32) == 'l';
    if (declaration && (*at != 0 || !is_usual_declaration((loom_bytes){target.data, end - start})))
        return false;
    *at = end + 2;
    return true;
}

/* ---- events -------------------------------------------------------------- */

/* Characters at xml->to, up to the next tag. */
static loom_xml_event read_text(loom_xml *xml)
{
    const size_t from = xml->to, end = find(xml, from, "<");
    const loom_bytes text = {xml->text.data + from, end - from};
    const loom_xml part = {.text = text};

    if (!are_references_known(text) || find(&part, 0, "]]>") < text.size)
        return LOOM_XML_BROKEN;
    xml->from = from;
    xml->to = end;
    return LOOM_XML_TEXT;
}

static loom_xml_event read_section(loom_xml *xml)
{
    const size_t end = find(xml, xml->to, "]]>");

    if (end == xml->text.size)
        return LOOM_XML_BROKEN;
    xml->from = xml->to;
    xml->to = end + 3;
    return LOOM_XML_TEXT;
}

static loom_xml_event read_event(loom_xml *xml)
{
    if (xml->is_empty)
        return close_element(xml);
    for (;;) {
        if (xml->depth == 0)
            xml->to = skip_space(xml, xml->to);
        if (xml->to == xml->text.size)
            return xml->depth == 0 && xml->has_root ? LOOM_XML_END : LOOM_XML_BROKEN;
        const unsigned char *p = xml->text.data + xml->to;
        const unsigned char second = xml->text.size - xml->to > 1 ? p[1] : 0;
        if (*p != '<')
            return xml->depth > 0 ? read_text(xml) : LOOM_XML_BROKEN;
        if (second == '/')
            return xml->depth > 0 ? close_element(xml) : LOOM_XML_BROKEN;
        if (second != '!' && second != '?')
            return open_element(xml);
        if (xml->depth > 0 && LOOM_BYTES_HAVE(xml->text, xml->to, "<![CDATA["))
            return read_section(xml);
        if (!pass(xml, &xml->to))
            return LOOM_XML_BROKEN;
    }
}

void loom_xml_init(loom_xml *xml, loom_bytes text)
{
    *xml = (loom_xml){.text = text};
    if (!are_characters(text))
        xml->text.size = 0; /* broken: there is no root */
}

void loom_xml_release(loom_xml *xml)
{
    free(xml->attributes);
    free(xml->opened);
    free(xml->namespaces);
    *xml = (loom_xml){.text = {NULL, 0}};
}

loom_xml_event loom_xml_next(loom_xml *xml)
{
    const loom_xml_event event = read_event(xml);

    if (event == LOOM_XML_BROKEN) /* it stays broken */
        xml->text.size = xml->to = xml->depth = 0, xml->is_empty = xml->has_root = false;
    return event;
}
