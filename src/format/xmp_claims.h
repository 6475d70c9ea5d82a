/* Which properties of XMP tell of a file's picture, and what becomes of them. */
#ifndef LOOM_FORMAT_XMP_CLAIMS_H
#define LOOM_FORMAT_XMP_CLAIMS_H

#include "format/truth.h"
#include "format/xml.h"

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

#endif
