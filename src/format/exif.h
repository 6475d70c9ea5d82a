/* The parts of EXIF that are read and written without a library. */
#ifndef LOOM_FORMAT_EXIF_H
#define LOOM_FORMAT_EXIF_H

#include "base/bytes.h"
#include "base/strbuf.h"
#include "format/truth.h"

enum { LOOM_EXIF_DAY = 11 }; /* bytes of a day as text, with its NUL */

/*
 * The orientation (Exif 2.32, tag 0x0112) in the TIFF structure of `size` bytes that follows
 * "Exif\0\0" in an EXIF block: 1..8; 1 if there is none or the block is damaged. Any bytes are
 * allowed.
 */
int loom_exif_orientation(const unsigned char *tiff, size_t size);

/*
 * Whether the structure says that the colours are Adobe RGB, as cameras write it without a profile:
 * the interoperability index is R03 (DCF 2.0, 3.2.3), and ColorSpace is not sRGB. Any bytes are
 * allowed.
 */
bool loom_exif_is_adobe_rgb(const unsigned char *tiff, size_t size);

/*
 * The day when the picture was taken (DateTimeOriginal, else DateTimeDigitized), as "2024-05-01".
 * False: the structure does not tell, or is damaged. Any bytes are allowed.
 */
bool loom_exif_day(const unsigned char *tiff, size_t size, char day[LOOM_EXIF_DAY]);

/*
 * The horizontal resolution in thousandths of a px per inch (Exif 2.32, tags 0x011A and 0x0128),
 * also of the first picture of a TIFF file; 0: none. Any bytes are allowed.
 */
uint32_t loom_exif_dpi(const unsigned char *tiff, size_t size);

/* The same of a block that may have a leading "Exif", NUL, NUL. */
uint32_t loom_exif_block_dpi(loom_bytes block);

/* Sets it, also vertically, where the structure has it; false: it has not. */
bool loom_exif_put_dpi(unsigned char *tiff, size_t size, uint32_t dpi);

/* Whether it contains anything except an orientation; also true if it is damaged. */
bool loom_exif_says_more(const unsigned char *tiff, size_t size);

/*
 * Updates such a structure for an output, in place. Only entries within their directory move; maker
 * notes, whose offsets count from the start, and unknown tags stay in place, byte for byte.
 * Orientation and sizes are set, wherever they occur. Statements about samples, layers and other
 * images in the input file are removed, and so is the thumbnail: its bytes become zero, or are cut
 * off if they are the last ones. Stores the new size. False if that is impossible: the structure is
 * damaged, or it needs an orientation other than 1 and has no such tag; the bytes may then have
 * changed.
 */
bool loom_exif_refresh(unsigned char *tiff, size_t *size, const loom_truth *truth);

/*
 * Appends a structure that contains only an orientation, a resolution in px per inch unless `dpi`
 * is 0, and the names of the artist and the copyright owner, if `tiff` (which may be damaged, or
 * empty) has them.
 */
void loom_exif_add_names(loom_strbuf *out, const unsigned char *tiff, size_t size, int orientation,
                         uint32_t dpi);

/* Whether it has any such name. */
bool loom_exif_has_names(const unsigned char *tiff, size_t size);

#endif
