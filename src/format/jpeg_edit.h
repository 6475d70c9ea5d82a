/* Editing a JPEG without decoding it: mending its header, and removing scans. */
#ifndef LOOM_FORMAT_JPEG_EDIT_H
#define LOOM_FORMAT_JPEG_EDIT_H

#include "format/jpeg.h"

/*
 * Sets right, in place, what libjpeg warns of although no pixel depends on it:
 *   - a JFIF version other than 1, which tells of thumbnails alone;
 *   - an Adobe transform that is not defined: libjpeg takes it for Y'CbCr (1), of four components
 *     for YCCK (2), and so it is called;
 *   - scan parameters of sequential frames, which are always 0, 63, 0 (T.81, B.2.3);
 *   - bytes between the segments before the first scan: they become fill bytes (T.81, B.1.1.2), and
 *     a warning tells, for they may be what is left of a segment.
 * From where the file is not well-formed, or beyond LOOM_SCANS_COUNTED scans, it stays as it is,
 * and so does what stands in entropy-coded data. Returns the warning, or NULL.
 */
const char *loom_jpeg_mend(unsigned char *data, size_t size);

/* Whether loom_jpeg_mend would change a byte. */
bool loom_jpeg_needs_mending(loom_bytes file);

/* What is wanted of a component. */
typedef enum loom_jpeg_need {
    LOOM_JPEG_ALL = 0, /* each coefficient */
    LOOM_JPEG_DC,      /* the mean of each block: no scan of higher frequencies */
    LOOM_JPEG_NOTHING
} loom_jpeg_need;

/*
 * Takes out of the whole JPEG at `data`, in place, each scan that holds nothing that is needed;
 * needs[i] speaks of the i-th component of the frame. Tables and all else stay, so that what a
 * decoder makes of the rest is the same to the bit; nothing before the first scan moves. Returns
 * the new size; `size`, and the data untouched, where there is nothing to take or the marker
 * structure is not well-formed up to its end marker: then it is for the decoder to say what is
 * wrong.
 */
size_t loom_jpeg_drop_scans(unsigned char *data, size_t size,
                            const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS]);

#endif
