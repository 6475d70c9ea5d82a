/* Which kinds of JPEG are read: T.81, table B.1 and B.2.2. */
#ifndef LOOM_FORMAT_JPEG_KINDS_H
#define LOOM_FORMAT_JPEG_KINDS_H

#include "format/container.h"

extern const loom_kind loom_jpeg_kinds[];

/* As a container's `unsupported`. */
bool loom_jpeg_is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON]);

#endif
