/*
 * The metadata of a picture, independent of the file format: the only place where it is updated for
 * an output, for all lanes and formats.
 */
#ifndef LOOM_FORMAT_METADATA_H
#define LOOM_FORMAT_METADATA_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"
#include <imgloom/recipe.h>

/* The metadata of an input, in its bytes or a decoder's; size 0: missing. */
typedef struct loom_meta_source {
    loom_bytes exif; /* from the TIFF header on, or with a leading "Exif", NUL, NUL */
    loom_bytes xmp;
    loom_bytes iptc;    /* Photoshop's resources, or with a leading "Photoshop 3.0", NUL */
    loom_bytes profile; /* colour */
    bool further;       /* there are more EXIF or XMP blocks */
} loom_meta_source;

enum { LOOM_META_WARNINGS = 8 };

/* The metadata of an output; size 0: none. */
typedef struct loom_meta {
    loom_strbuf exif; /* from the TIFF header on */
    loom_strbuf xmp;
    loom_strbuf iptc; /* resources */
    loom_bytes profile;
    const char *warnings[LOOM_META_WARNINGS]; /* static: requested, but not possible */
    size_t warning_count;
} loom_meta;

/*
 * Sets *meta to what the recipe keeps, updated for the output. Blocks that cannot be updated are
 * dropped with a warning. `with_profile` adds the profile of the source. An orientation other than
 * 1 is always written. False: out of memory. *meta must be released in any case.
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
