/* Edits a JPEG without decoding it: corrects its header, and removes scans. */
#ifndef LOOM_FORMAT_JPEG_EDIT_H
#define LOOM_FORMAT_JPEG_EDIT_H

#include "format/jpeg.h"

/*
 * Corrects, in place, errors that libjpeg warns about although no pixel depends on them:
 *
 * - a JFIF version other than 1, which concerns thumbnails only;
 * - an undefined Adobe transform: libjpeg takes it for Y'CbCr (1), or with four components for YCCK
 *   (2), and so that value is written;
 * - scan parameters of sequential frames, which are always 0, 63, 0 (T.81, B.2.3);
 * - bytes between the segments before the first scan: they become fill bytes (T.81, B.1.1.2), with
 *   a warning, because they may be the remains of a segment.
 *
 * From the point where the file is malformed, or after LOOM_SCANS_COUNTED scans, it stays
 * unchanged, and so does entropy-coded data. Returns the warning, or NULL.
 */
const char *loom_jpeg_mend(unsigned char *data, size_t size);

/* Whether loom_jpeg_mend would change a byte. */
bool loom_jpeg_needs_mending(loom_bytes file);

/* What a decode needs of a component. */
typedef enum loom_jpeg_need {
    LOOM_JPEG_ALL = 0, /* each coefficient */
    LOOM_JPEG_DC,      /* the mean of each block: no scan of higher frequencies */
    LOOM_JPEG_NOTHING
} loom_jpeg_need;

/*
 * Removes from the complete JPEG at `data`, in place, each scan that contains nothing needed;
 * needs[i] is for the i-th component of the frame. Tables and everything else stay, so a decoder
 * makes exactly the same of the rest; nothing before the first scan moves. Returns the new size.
 * Returns `size`, with the data untouched, if there is nothing to remove, or if the marker
 * structure is malformed anywhere up to its end marker: then the decoder must report the error.
 */
size_t loom_jpeg_drop_scans(unsigned char *data, size_t size,
                            const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS]);

#endif
