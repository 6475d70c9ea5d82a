/* Metadata in JPEG: APP1, APP2 and APP13. */
#ifndef LOOM_FORMAT_JPEG_META_H
#define LOOM_FORMAT_JPEG_META_H

#include "format/metadata.h"

/* A JPEG's metadata; `source` points into the file, and into what is put together here. */
typedef struct loom_jpeg_meta {
    loom_meta_source source;
    loom_strbuf profile, iptc; /* of several segments */
} loom_jpeg_meta;

/*
 * Reads them from the header of a file. A block in pieces is put together; a profile whose pieces
 * are not all there is none. False: no memory. *meta is to be released in any case; the file must
 * outlive it.
 */
bool loom_jpeg_meta_read(loom_jpeg_meta *meta, loom_bytes file);
void loom_jpeg_meta_release(loom_jpeg_meta *meta);

/* Appends them as whole segments: marker, length, bytes. False: no memory. */
bool loom_jpeg_meta_add(const loom_meta *meta, loom_strbuf *out);

/*
 * Appends to `out` a JPEG with those segments behind its JFIF segment, where that is the first, or
 * its start. False: it is none, or no memory.
 */
bool loom_jpeg_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
