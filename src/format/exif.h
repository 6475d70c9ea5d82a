/* What must be known of EXIF without a library. */
#ifndef LOOM_FORMAT_EXIF_H
#define LOOM_FORMAT_EXIF_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"

/*
 * The orientation (Exif 2.32, tag 0x0112) in the TIFF structure of `size` bytes that stands in an
 * EXIF block behind "Exif\0\0": 1..8; 1 where there is none or the block is broken. Any bytes are
 * allowed.
 */
int loom_exif_orientation(const unsigned char *tiff, size_t size);

/*
 * Whether it says that the colours are Adobe RGB, which cameras write without a profile: the
 * interoperability index is R03 (DCF 2.0, 3.2.3), and ColorSpace is not sRGB. Any bytes are
 * allowed.
 */
bool loom_exif_is_adobe_rgb(const unsigned char *tiff, size_t size);

/* Whether there is anything in it but an orientation; also where it is damaged. */
bool loom_exif_says_more(const unsigned char *tiff, size_t size);

/*
 * Makes such a structure true of an output, in place, so that nothing moves but entries within
 * their directory: maker notes, whose offsets count from its start, stay where they are, byte for
 * byte, and so does what is not known. Orientation and sizes are set, wherever they stand; what is
 * said of samples, layers and other images in the input's file goes, and so does the thumbnail: its
 * bytes are zero or, where they were the last ones, cut off. Stores the new size. False where that
 * cannot be done: the structure is damaged, or is to have an orientation other than 1 and has no
 * such tag; the bytes may then be changed.
 */
bool loom_exif_refresh(unsigned char *tiff, size_t *size, const loom_truth *truth);

/*
 * Appends a structure that holds nothing but an orientation and the names of the artist and the
 * copyright's owner, where `tiff` (which may be damaged, or empty) has them.
 */
void loom_exif_add_names(loom_strbuf *out, const unsigned char *tiff, size_t size, int orientation);

/* Whether there is any such name. */
bool loom_exif_has_names(const unsigned char *tiff, size_t size);

#endif
