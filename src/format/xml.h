/*
 * Reading XML 1.0 with namespaces, step by step, by what is known to be right: UTF-8 without a
 * document type, so that there are no entities but those five that everybody knows, and ASCII
 * names, and namespaces of up to 512 bytes. Everything else is called broken, whatever a larger
 * parser would make of it.
 */
#ifndef LOOM_FORMAT_XML_H
#define LOOM_FORMAT_XML_H

#include "base/bytes.h"

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

#endif
