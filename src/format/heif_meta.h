/* Metadata in HEIF and AVIF (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, annex A). */
#ifndef LOOM_FORMAT_HEIF_META_H
#define LOOM_FORMAT_HEIF_META_H

#include "format/metadata.h"

/*
 * Appends to `out` a file with these EXIF and XMP instead of its own: their items come last, their
 * data behind everything else, and all that stays is found where it is then. Data of items that go
 * are zero. The profile is no item, and stays. The file is one that an encoder just wrote: what is
 * not plain about it (items built of others, in pieces, or in other files) is refused. False: so it
 * is, or no memory.
 */
bool loom_heif_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
