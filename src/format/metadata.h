/*
 * Metadata of a picture, by what they are and not by what file they stand in: one place where they
 * are made true of an output, for all lanes and formats.
 */
#ifndef LOOM_FORMAT_METADATA_H
#define LOOM_FORMAT_METADATA_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"
#include <imgloom/recipe.h>

/* What an input has, in its bytes or a decoder's; size 0: not there. */
typedef struct loom_meta_source {
    loom_bytes exif; /* from the TIFF header on, or with "Exif", NUL, NUL before it */
    loom_bytes xmp;
    loom_bytes iptc;    /* Photoshop's resources, or with "Photoshop 3.0", NUL before them */
    loom_bytes profile; /* colour */
    bool further;       /* there is more EXIF or XMP than these */
} loom_meta_source;

enum { LOOM_META_WARNINGS = 8 };

/* What an output is to have; size 0: nothing. */
typedef struct loom_meta {
    loom_strbuf exif; /* from the TIFF header on */
    loom_strbuf xmp;
    loom_strbuf iptc; /* resources */
    loom_bytes profile;
    const char *warnings[LOOM_META_WARNINGS]; /* static: what was asked for and is not there */
    size_t warning_count;
} loom_meta;

/*
 * Sets *meta to what the recipe keeps, made true of the output; what cannot be is left out, with a
 * warning. The profile, which is the source's, where `with_profile`. The orientation is written
 * where it is not 1, whatever is kept. False: no memory. *meta is to be released in any case.
 */
bool loom_meta_make(loom_meta *meta, const loom_meta_source *source, loom_metadata kept,
                    bool with_profile, const loom_truth *truth);
void loom_meta_release(loom_meta *meta);

static inline bool loom_meta_is_empty(const loom_meta *meta)
{
    return meta->exif.size == 0 && meta->xmp.size == 0 && meta->iptc.size == 0 &&
           meta->profile.size == 0;
}

/* The bytes of a block. */
static inline loom_bytes loom_meta_bytes(const loom_strbuf *block)
{
    return (loom_bytes){(const unsigned char *)loom_strbuf_str(block), block->size};
}

#endif
