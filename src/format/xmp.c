#include "format/xmp.h"

#include "format/container.h"
#include <stdio.h>

enum { VALUE_SIZE = 32 };

/* The role of an element: properties of the picture itself are in descriptions within rdf:RDF. */
typedef enum role { OTHER = 0, RDF, DESCRIPTION, APPLIED_TO } role;

typedef struct editing {
    loom_xml xml;
    const loom_truth *truth;
    loom_strbuf *out;
    size_t copied; /* of the packet: everything before is in `out`, or removed */
    role roles[LOOM_XML_DEPTH];
    size_t dimensions; /* the depth of a size that regions refer to; 0: not within one */
    unsigned gone;
} editing;

/* Replaces [from, to) of the packet by `value`. */
static void replace(editing *e, size_t from, size_t to, const char *value)
{
    loom_strbuf_add(e->out, e->xml.text.data + e->copied, from - e->copied);
    loom_strbuf_add_str(e->out, value);
    e->copied = to;
}

/* ---- values -------------------------------------------------------------- */

/* Scales a number of px from the input's size to the output's; false: not such a number. */
static bool scale(loom_bytes value, uint32_t now, uint32_t was, char text[VALUE_SIZE])
{
    uint64_t number = 0;

    if (value.size == 0 || value.size > 9 || was == 0)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
        number = number * 10 + (value.data[i] - '0');
    }
    number = (2 * number * now + was) / (2 * (uint64_t)was);
    (void)snprintf(text, VALUE_SIZE, "%llu", (unsigned long long)number);
    return true;
}

/* The new value of a property instead of `value`; false: remove it. */
static bool value_for(const editing *e, loom_xmp_action action, loom_bytes value,
                      char text[VALUE_SIZE])
{
    const loom_truth *truth = e->truth;
    const char *type;

    switch (action) {
    case LOOM_XMP_SET_WIDTH:
        (void)snprintf(text, VALUE_SIZE, "%u", (unsigned)truth->width);
        return true;
    case LOOM_XMP_SET_HEIGHT:
        (void)snprintf(text, VALUE_SIZE, "%u", (unsigned)truth->height);
        return true;
    case LOOM_XMP_SET_ORIENTATION:
        (void)snprintf(text, VALUE_SIZE, "%d", truth->orientation);
        return true;
    case LOOM_XMP_SET_ONE:
        (void)snprintf(text, VALUE_SIZE, "1");
        return true;
    case LOOM_XMP_SET_FORMAT:
        type = loom_container_of(truth->format)->held.media_type;
        (void)snprintf(text, VALUE_SIZE, "%s", type != NULL ? type : "");
        return type != NULL;
    case LOOM_XMP_SCALE_ACROSS:
        return scale(value, truth->width, truth->was_width, text);
    case LOOM_XMP_SCALE_DOWN:
        return scale(value, truth->height, truth->was_height, text);
    default:
        return false;
    }
}

static void note(editing *e, loom_xmp_action action)
{
    if (action == LOOM_XMP_DROP_REGIONS)
        e->gone |= LOOM_XMP_REGIONS;
    if (action == LOOM_XMP_DROP_PANORAMA || action == LOOM_XMP_SCALE_ACROSS ||
        action == LOOM_XMP_SCALE_DOWN) /* it could not be scaled */
        e->gone |= LOOM_XMP_PANORAMA;
}

/* ---- properties ---------------------------------------------------------- */

/*
 * Decides about a property. `own`: it belongs to the picture itself. A property within another one
 * describes something else; statements about a file are removed there.
 */
static loom_xmp_action decide(const editing *e, const loom_xml_name *name, bool own)
{
    const loom_xmp_action side = e->dimensions > 0 ? loom_xmp_dimension(name) : LOOM_XMP_KEEP;
    const loom_xmp_action action =
        side != LOOM_XMP_KEEP ? side : loom_xmp_action_for(name, e->truth);

    return action >= LOOM_XMP_SET_WIDTH && !own && side == LOOM_XMP_KEEP ? LOOM_XMP_DROP : action;
}

static void edit_attributes(editing *e, bool own)
{
    char text[VALUE_SIZE];

    for (size_t i = 0; i < e->xml.attribute_count; i++) {
        const loom_xml_attribute *a = &e->xml.attributes[i];
        if (a->declares || a->name.space.size == 0)
            continue;
        const loom_xmp_action action = decide(e, &a->name, own);
        const size_t value = (size_t)(a->value.data - e->xml.text.data);
        if (action == LOOM_XMP_KEEP)
            continue;
        if (value_for(e, action, a->value, text)) {
            replace(e, value, value + a->value.size, text);
        } else {
            replace(e, a->from, a->to, "");
            note(e, action);
        }
    }
}

/* Reads up to the end of the open element. */
static bool skip_element(editing *e, size_t depth)
{
    while (e->xml.depth >= depth) {
        const loom_xml_event event = loom_xml_next(&e->xml);
        if (event == LOOM_XML_BROKEN || event == LOOM_XML_END)
            return false;
    }
    return e->xml.text.size > 0; /* else it is broken */
}

static bool has_qualifiers(const editing *e)
{
    for (size_t i = 0; i < e->xml.attribute_count; i++)
        if (!e->xml.attributes[i].declares)
            return true;
    return false;
}

/* Edits an element: sets its text if it has nothing else, or removes it. */
static bool edit_element(editing *e, loom_xmp_action action)
{
    const size_t from = e->xml.from, depth = e->xml.depth;
    char text[VALUE_SIZE];

    if (!has_qualifiers(e) && loom_xml_next(&e->xml) == LOOM_XML_TEXT) {
        const size_t start = e->xml.from, end = e->xml.to;
        const loom_bytes value = {e->xml.text.data + start, end - start};
        if (value_for(e, action, value, text) && loom_xml_next(&e->xml) == LOOM_XML_CLOSE) {
            replace(e, start, end, text);
            return true;
        }
    }
    if (!skip_element(e, depth))
        return false;
    replace(e, from, e->xml.to, "");
    note(e, action);
    return true;
}

static role role_of(const editing *e)
{
    const size_t depth = e->xml.depth;

    if (loom_xmp_is_rdf(&e->xml.name, "RDF"))
        return RDF;
    if (depth > 1 && e->roles[depth - 2] == RDF && loom_xmp_is_rdf(&e->xml.name, "Description"))
        return DESCRIPTION;
    return loom_xmp_is_applied_to(&e->xml.name) ? APPLIED_TO : OTHER;
}

static bool edit_start(editing *e)
{
    const size_t depth = e->xml.depth;
    const bool own = depth > 1 && e->roles[depth - 2] == DESCRIPTION;
    const loom_xmp_action action = decide(e, &e->xml.name, own);

    if (depth == 1 && action != LOOM_XMP_KEEP)
        return false;
    if (action != LOOM_XMP_KEEP)
        return edit_element(e, action);
    e->roles[depth - 1] = role_of(e);
    if (e->roles[depth - 1] == APPLIED_TO && e->dimensions == 0)
        e->dimensions = depth;
    edit_attributes(e, e->roles[depth - 1] == DESCRIPTION);
    return true;
}

/* ---- the packet ---------------------------------------------------------- */

/* Strips the bytes that some writers add: a byte order mark, NULs at the end. */
static loom_bytes trim(loom_bytes packet)
{
    if (LOOM_BYTES_HAVE(packet, 0, "\xEF\xBB\xBF"))
        packet = loom_bytes_from(packet, 3);
    while (packet.size > 0 && packet.data[packet.size - 1] == 0)
        packet.size--;
    return packet;
}

static bool edit(editing *e)
{
    for (;;)
        switch (loom_xml_next(&e->xml)) {
        case LOOM_XML_OPEN:
            if (!edit_start(e))
                return false;
            break;
        case LOOM_XML_CLOSE:
            if (e->xml.depth < e->dimensions)
                e->dimensions = 0;
            break;
        case LOOM_XML_TEXT:
            break;
        case LOOM_XML_END:
            return true;
        default:
            return false;
        }
}

bool loom_xmp_refresh(loom_bytes packet, const loom_truth *truth, loom_strbuf *out, unsigned *gone)
{
    editing e = {.truth = truth, .out = out};
    const loom_bytes text = trim(packet);

    loom_xml_init(&e.xml, text);
    const bool made = edit(&e);
    loom_xml_release(&e.xml);
    if (!made)
        return false;
    loom_strbuf_add(out, text.data + e.copied, text.size - e.copied);
    *gone = e.gone;
    return !out->failed;
}
