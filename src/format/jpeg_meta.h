/* Metadata in JPEG: APP1, APP2 and APP13. */
#ifndef LOOM_FORMAT_JPEG_META_H
#define LOOM_FORMAT_JPEG_META_H

#include "format/metadata.h"

/* The metadata of a JPEG; `source` points into the file, and into the buffers here. */
typedef struct loom_jpeg_meta {
    loom_meta_source source;
    loom_strbuf profile, iptc; /* of several segments */
} loom_jpeg_meta;

/*
 * Reads the metadata from the header of a file. Blocks in pieces are joined; a profile with missing
 * pieces counts as absent. False: out of memory. *meta must be released in any case; the file must
 * outlive it.
 */
bool loom_jpeg_meta_read(loom_jpeg_meta *meta, loom_bytes file);
void loom_jpeg_meta_release(loom_jpeg_meta *meta);

/* For the container: see loom_container.plain. Blocks in pieces are refused. */
bool loom_jpeg_is_plain(loom_bytes file, loom_meta_source *source);

/* Appends the blocks as complete segments: marker, length, bytes. False: out of memory. */
bool loom_jpeg_meta_add(const loom_meta *meta, loom_strbuf *out);

/*
 * Appends to `out` a JPEG with those segments after its JFIF segment, if that is the first, or else
 * at its start. False: not a JPEG, or out of memory.
 */
bool loom_jpeg_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
