/* Edits a JPEG without decoding it: corrects its header, and leaves out scans. */
#ifndef LOOM_FORMAT_JPEG_EDIT_H
#define LOOM_FORMAT_JPEG_EDIT_H

#include "base/edits.h"
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
const char *loom_jpeg_mend(unsigned char *data, size_t size, loom_edits *edits);

/* Whether loom_jpeg_mend would change a byte. */
bool loom_jpeg_needs_mending(loom_bytes file);

/* What a decode needs of a component. */
typedef enum loom_jpeg_need {
    LOOM_JPEG_ALL = 0, /* each coefficient */
    LOOM_JPEG_DC,      /* the mean of each block: no scan of higher frequencies */
    LOOM_JPEG_NOTHING
} loom_jpeg_need;

/*
 * Copies the JPEG without each scan that contains nothing needed: *size bytes from malloc. needs[i]
 * is for the i-th component of the frame. Tables and everything else stay, so a decoder makes
 * exactly the same of the rest. NULL: there is nothing to leave out, or no memory, or the marker
 * structure is malformed anywhere up to its end marker: then the decoder must report the error.
 */
unsigned char *loom_jpeg_without_scans(loom_bytes file,
                                       const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS],
                                       size_t *size);

#endif
