/* What must be known of EXIF without a library. */
#ifndef LOOM_IMAGE_EXIF_H
#define LOOM_IMAGE_EXIF_H

#include <stddef.h>

/*
 * The orientation (Exif 2.32, tag 0x0112) in the TIFF structure of `size` bytes that stands in an
 * EXIF block behind "Exif\0\0": 1..8; 1 where there is none or the block is broken. Any bytes are
 * allowed.
 */
int loom_exif_orientation(const unsigned char *tiff, size_t size);

#endif
