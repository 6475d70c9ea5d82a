/* The part of integrity.h for AVIF and HEIC. */
#ifndef LOOM_FORMAT_INTEGRITY_HEIF_H
#define LOOM_FORMAT_INTEGRITY_HEIF_H

#include "format/integrity.h"

/* Whether the items that the file's own directory names lie within it. */
loom_integrity loom_integrity_heif(const unsigned char *data, size_t size);

#endif
