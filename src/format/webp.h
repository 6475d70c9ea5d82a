/* The container of a WebP file, without its codec. */
#ifndef LOOM_FORMAT_WEBP_H
#define LOOM_FORMAT_WEBP_H

#include "base/edits.h"
#include "format/metadata.h"

/*
 * Removes the EXIF and XMP chunks from the `size` bytes of a WebP file at `data`, and their flags
 * from its extended header, which is removed too if it has no other flags; the rest moves up.
 * Returns the new size. A malformed file stays unchanged. Source: Google's WebP Container
 * Specification, "Extended File Format".
 */
size_t loom_webp_drop_metadata(unsigned char *data, size_t size);

/*
 * Ends an animation that is truncated after its first frame (`size` bytes at `data`) with that
 * frame, and returns the new size. Any other file stays unchanged.
 */
size_t loom_webp_keep_first(unsigned char *data, size_t size, loom_edits *edits);

/*
 * Appends to `out` a WebP file with this metadata instead of its own: ICCP, EXIF and XMP chunks, in
 * that order, around the picture or animation, after an extended header that declares them. False:
 * the file is malformed, or out of memory.
 */
bool loom_webp_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
