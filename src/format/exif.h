/* What must be known of EXIF without a library. */
#ifndef LOOM_FORMAT_EXIF_H
#define LOOM_FORMAT_EXIF_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The orientation (Exif 2.32, tag 0x0112) in the TIFF structure of `size` bytes that stands in an
 * EXIF block behind "Exif\0\0": 1..8; 1 where there is none or the block is broken. Any bytes are
 * allowed.
 */
int loom_exif_orientation(const unsigned char *tiff, size_t size);

/*
 * Makes such a structure true of another picture, in place: its orientation and its size (tags
 * 0x0112, 0xA002, 0xA003, where it has them) are what is given, and its thumbnail is gone: its
 * bytes are zero or, where they were the last ones, cut off. Stores the new size. False where that
 * cannot be done: the structure is damaged, of an unusual kind, or is to have an orientation other
 * than 1 and has no such tag; the bytes may then be changed.
 */
bool loom_exif_refresh(unsigned char *tiff, size_t *size, int orientation, uint32_t width,
                       uint32_t height);

/*
 * Appends a structure that holds nothing but an orientation and the names of the artist and the
 * copyright's owner, where `tiff` (which may be damaged, or empty) has them.
 */
void loom_exif_add_names(loom_strbuf *out, const unsigned char *tiff, size_t size, int orientation);

/* Whether there is any such name. */
bool loom_exif_has_names(const unsigned char *tiff, size_t size);

#endif
