/* XMP (ISO 16684-1): what a packet says of a picture, and the XML that it is written in. */
#ifndef LOOM_FORMAT_XMP_H
#define LOOM_FORMAT_XMP_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"

/* ---- XML ----------------------------------------------------------------- */

/*
 * Reading XML 1.0 with namespaces, step by step, by what is known to be right: UTF-8 without a
 * document type, so that there are no entities but those five that everybody knows, and ASCII
 * names, and namespaces of up to 512 bytes. Everything else is called broken, whatever a larger
 * parser would make of it.
 */

enum { LOOM_XML_DEPTH = 100 }; /* elements that may be open within one another */

typedef struct loom_xml_name {
    loom_bytes space; /* the namespace's URI, as it is written; size 0: none */
    loom_bytes local; /* without prefix */
} loom_xml_name;

typedef struct loom_xml_attribute {
    loom_xml_name name;
    loom_bytes value; /* between its quotes, as it is written */
    size_t from, to;  /* all of it in the text, with the white space before it */
    bool declares;    /* a namespace: xmlns or xmlns:PREFIX; its name is that of nothing */
    uint32_t hash;    /* of the name */
} loom_xml_attribute;

typedef enum loom_xml_event {
    LOOM_XML_BROKEN = 0,
    LOOM_XML_OPEN,  /* a start tag: `name`, `attributes` */
    LOOM_XML_CLOSE, /* an end tag; of an empty element it has no bytes */
    LOOM_XML_TEXT,  /* characters, without any of <; or a CDATA section */
    LOOM_XML_END    /* of the document */
} loom_xml_event;

typedef struct loom_xml_open {
    loom_bytes name;   /* with its prefix */
    size_t namespaces; /* that were known before it */
} loom_xml_open;

typedef struct loom_xml_namespace {
    loom_bytes prefix, uri;
} loom_xml_namespace;

typedef struct loom_xml {
    loom_bytes text;
    size_t from, to; /* where in the text the last event stands */
    size_t depth;    /* elements that are open now: with one that was opened just now, without one
                        that was closed */
    loom_xml_name name;
    loom_xml_attribute *attributes; /* of the last start tag */
    size_t attribute_count;
    /* What follows is the reader's own. */
    size_t attribute_capacity;
    loom_xml_open *opened;
    size_t opened_capacity;
    loom_xml_namespace *namespaces;
    size_t namespace_count, namespace_capacity;
    bool is_empty, has_root;
} loom_xml;

/* The text must outlive the reader, which is to be released whatever comes. */
void loom_xml_init(loom_xml *xml, loom_bytes text);
void loom_xml_release(loom_xml *xml);

/* The next event; once broken (also where memory runs out) or ended it stays so. */
loom_xml_event loom_xml_next(loom_xml *xml);

/* ---- properties ---------------------------------------------------------- */

/* Which of them tell of a file's picture, and what becomes of them. */

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

/* By the property's namespace and name. What tells nothing of the file is kept. */
loom_xmp_action loom_xmp_action_for(const loom_xml_name *name, const loom_truth *truth);

/* Names that are more than properties. */
bool loom_xmp_is_rdf(const loom_xml_name *name, const char *local);
bool loom_xmp_is_applied_to(const loom_xml_name *name); /* a size that regions are for */
/* Within that: KEEP of what is not a side of it. */
loom_xmp_action loom_xmp_dimension(const loom_xml_name *name);

/* ---- a packet ------------------------------------------------------------ */

/* What could not be made true of the output, and is gone. */
enum { LOOM_XMP_REGIONS = 1, LOOM_XMP_PANORAMA = 2 };

/*
 * Appends the packet, made true of an output: orientation, sizes and the file's format are the
 * output's, what is said of samples, of a film or gain map in the input's file, or of a second part
 * of XMP is gone, and so are thumbnails; all else stays, byte for byte. *gone: LOOM_XMP_... of what
 * a person may miss. False, and `out` to be thrown away: it is not such XML as is read here, or
 * memory runs out.
 */
bool loom_xmp_refresh(loom_bytes packet, const loom_truth *truth, loom_strbuf *out, unsigned *gone);

#endif
