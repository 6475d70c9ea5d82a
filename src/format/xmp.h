/* XMP (ISO 16684-1): the statements of a packet about a picture, and its XML. */
#ifndef LOOM_FORMAT_XMP_H
#define LOOM_FORMAT_XMP_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"

/* ---- XML ----------------------------------------------------------------- */

/*
 * Reads XML 1.0 with namespaces, step by step, limited to what is known to be correct: UTF-8
 * without a document type, so only the five predefined entities; ASCII names; namespaces of up to
 * 512 bytes. Everything else counts as broken, whatever a larger parser would accept.
 */

enum { LOOM_XML_DEPTH = 100 }; /* max nesting of open elements */

typedef struct loom_xml_name {
    loom_bytes space; /* the namespace's URI, as written; size 0: none */
    loom_bytes local; /* without prefix */
} loom_xml_name;

typedef struct loom_xml_attribute {
    loom_xml_name name;
    loom_bytes value; /* between its quotes, as written */
    size_t from, to;  /* the whole attribute in the text, with the white space before it */
    bool declares;    /* a namespace declaration: xmlns or xmlns:PREFIX; its name has no meaning */
    uint32_t hash;    /* of the name */
} loom_xml_attribute;

typedef enum loom_xml_event {
    LOOM_XML_BROKEN = 0,
    LOOM_XML_OPEN,  /* a start tag: `name`, `attributes` */
    LOOM_XML_CLOSE, /* an end tag; for an empty element it has no bytes */
    LOOM_XML_TEXT,  /* characters without "<"; or a CDATA section */
    LOOM_XML_END    /* of the document */
} loom_xml_event;

typedef struct loom_xml_open {
    loom_bytes name;   /* with its prefix */
    size_t namespaces; /* known before it */
} loom_xml_open;

typedef struct loom_xml_namespace {
    loom_bytes prefix, uri;
} loom_xml_namespace;

typedef struct loom_xml {
    loom_bytes text;
    size_t from, to; /* position of the last event in the text */
    size_t depth;    /* open elements: includes one just opened, but not one just closed */
    loom_xml_name name;
    loom_xml_attribute *attributes; /* of the last start tag */
    size_t attribute_count;
    /* Private to the reader. */
    size_t attribute_capacity;
    loom_xml_open *opened;
    size_t opened_capacity;
    loom_xml_namespace *namespaces;
    size_t namespace_count, namespace_capacity;
    bool is_empty, has_root;
} loom_xml;

/* The text must outlive the reader, which must be released in any case. */
void loom_xml_init(loom_xml *xml, loom_bytes text);
void loom_xml_release(loom_xml *xml);

/* The next event. Once broken (or out of memory) or ended, it stays so. */
loom_xml_event loom_xml_next(loom_xml *xml);

/* ---- properties ---------------------------------------------------------- */

/* How to treat a property that describes the picture of a file. */

typedef enum loom_xmp_action {
    LOOM_XMP_KEEP = 0,
    LOOM_XMP_DROP,
    LOOM_XMP_DROP_REGIONS,  /* with a note */
    LOOM_XMP_DROP_PANORAMA, /* with a note */
    LOOM_XMP_SET_WIDTH,
    LOOM_XMP_SET_HEIGHT,
    LOOM_XMP_SET_ORIENTATION,
    LOOM_XMP_SET_FORMAT, /* the media type */
    LOOM_XMP_SET_ONE,
    LOOM_XMP_SCALE_ACROSS, /* a number of px */
    LOOM_XMP_SCALE_DOWN
} loom_xmp_action;

/* By the property's namespace and name. Properties that do not describe the file are kept. */
loom_xmp_action loom_xmp_action_for(const loom_xml_name *name, const loom_truth *truth);

/* Names other than properties. */
bool loom_xmp_is_rdf(const loom_xml_name *name, const char *local);
bool loom_xmp_is_applied_to(const loom_xml_name *name); /* a size that regions refer to */
/* Within that: KEEP for anything that is not one of its sides. */
loom_xmp_action loom_xmp_dimension(const loom_xml_name *name);

/* ---- a packet ------------------------------------------------------------ */

/* Parts that could not be updated for the output, and were removed. */
enum { LOOM_XMP_REGIONS = 1, LOOM_XMP_PANORAMA = 2 };

/*
 * Appends the packet, updated for an output: orientation, sizes and the file's format become the
 * output's. Statements about samples, about a video or gain map in the input file, or about a
 * second part of XMP are removed, and so are thumbnails. All else stays, byte for byte. *gone:
 * LOOM_XMP_... for removed parts that users may miss. False, with `out` to be discarded: the XML is
 * not of the supported kind, or out of memory.
 */
bool loom_xmp_refresh(loom_bytes packet, const loom_truth *truth, loom_strbuf *out, unsigned *gone);

#endif
