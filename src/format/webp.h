/* What must be known of a WebP file's container without its codec. */
#ifndef LOOM_FORMAT_WEBP_H
#define LOOM_FORMAT_WEBP_H

#include "format/metadata.h"

/*
 * Removes the EXIF and XMP chunks from the `size` bytes of a WebP file at `data`, and their flags
 * from its extended header, which goes, too, when it says nothing more; what remains moves up.
 * Returns the new size. A file that is not well-formed stays as it is. Source: Google's WebP
 * Container Specification, "Extended File Format".
 */
size_t loom_webp_drop_metadata(unsigned char *data, size_t size);

/*
 * Has an animation that is cut behind its first frame, `size` bytes at `data`, end with that frame:
 * returns its new size. What is none, or is cut before, stays as it is.
 */
size_t loom_webp_keep_first(unsigned char *data, size_t size);

/*
 * Appends to `out` a WebP file with these metadata instead of its own: ICCP, EXIF and XMP chunks,
 * in that order, around the picture or animation, behind an extended header that tells of them.
 * False: the file is not well-formed, or no memory.
 */
bool loom_webp_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
