/* Where the pixels of a TIFF are. */
#ifndef LOOM_FORMAT_TIFF_H
#define LOOM_FORMAT_TIFF_H

#include "base/bytes.h"

enum { LOOM_TIFF_DEFLATE = 8, LOOM_TIFF_DEFLATE_OLD = 32946 };

/* The compression of the first page; 0: it does not say, or cannot be read. */
uint64_t loom_tiff_compression(loom_bytes file);

/*
 * Shows each strip or tile of the first page that lies within the file to `visit`, in order, until
 * that returns false.
 */
void loom_tiff_visit(loom_bytes file, bool (*visit)(loom_bytes piece, void *data), void *data);

#endif
