/* XMP (ISO 16684-1): what a packet says of a picture. */
#ifndef LOOM_FORMAT_XMP_H
#define LOOM_FORMAT_XMP_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"

/* What could not be made true of the output, and is gone. */
enum { LOOM_XMP_REGIONS = 1, LOOM_XMP_PANORAMA = 2 };

/*
 * Appends the packet, made true of an output: orientation, sizes and the file's format are the
 * output's, what is said of samples, of a film or gain map in the input's file, or of a second part
 * of XMP is gone, and so are thumbnails; all else stays, byte for byte. *gone: LOOM_XMP_... of what
 * a person may miss. False, and `out` to be thrown away: it is not such XML as xml.h reads, or
 * memory runs out.
 */
bool loom_xmp_refresh(loom_bytes packet, const loom_truth *truth, loom_strbuf *out, unsigned *gone);

#endif
