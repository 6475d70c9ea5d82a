/* Taking EXIF out of a JPEG. */
#ifndef LOOM_FORMAT_JPEG_EXIF_H
#define LOOM_FORMAT_JPEG_EXIF_H

#include <stddef.h>

/*
 * Removes the EXIF segments (APP1 that starts "Exif", NUL, NUL) before the first scan from the
 * `size` bytes of a JPEG at `data`; what remains moves up. Returns the new size. From where the
 * file is not well-formed it stays as it is.
 */
size_t loom_jpeg_drop_exif(unsigned char *data, size_t size);

#endif
