/* The TIFF part of integrity.h. */
#ifndef LOOM_FORMAT_INTEGRITY_TIFF_H
#define LOOM_FORMAT_INTEGRITY_TIFF_H

#include "format/integrity.h"

/* Whether the directories, strips and tiles of all pages lie within the file. */
loom_integrity loom_integrity_tiff(const unsigned char *data, size_t size);

#endif
