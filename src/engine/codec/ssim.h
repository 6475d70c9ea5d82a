/*
 * How similar an encoded picture is to what the encoder got: SSIM of their luma.
 *
 * Luma has 8 bits and full range: Y' = 0.299 R' + 0.587 G' + 0.114 B' on the samples as they are
 * stored (JFIF 1.02), whatever profile they have; of gray the gray itself. Samples of 16 bits are
 * rounded to 8. A picture with alpha is laid on a gray of 128, on which both black and white show.
 */
#ifndef LOOM_ENGINE_CODEC_SSIM_H
#define LOOM_ENGINE_CODEC_SSIM_H

#include "base/bytes.h"
#include "engine/lane.h"
#include "picture/picture.h"
#include "picture/plane.h"

enum { LOOM_SSIM_WINDOW = 11 }; /* samples across and down */

/* Bytes of floats that the comparison holds for each column, at most. */
enum { LOOM_SSIM_COLUMN = (4 + 4 * LOOM_SSIM_WINDOW + 4) * 4 };

/*
 * The mean SSIM of two planes of one size: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli,
 * "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE Transactions on
 * Image Processing 13(4), 2004, equation 13, with the paper's constants: K1 = 0.01, K2 = 0.03,
 * L = 255, and a window of 11x11 samples, a Gaussian of sigma 1.5 that sums up to 1. The mean is
 * over all places where the window lies within the plane. A side of fewer samples is made 11 long
 * by repeating its first and last sample, one more of the last where their number is odd.
 *
 * 1: the same samples. Computed in single precision, with the same result on any thread and CPU.
 * LOOM_OK, LOOM_ERR_OUT_OF_MEMORY, or what `cancel` (may be NULL) says.
 */
loom_status loom_plane_ssim(const loom_plane *a, const loom_plane *b, const loom_cancel *cancel,
                            double *ssim);

/* ---- luma ---------------------------------------------------------------- */

/*
 * The luma of a picture, and that of a file that was just encoded. The plane's memory is reused,
 * and is the caller's to release also on failure. LOOM_ERR_OUT_OF_MEMORY; LOOM_ERR_CORRUPT: the
 * file cannot be decoded, or the job must stop. Not for CMYK.
 */
loom_status loom_luma_of(const loom_picture *picture, loom_plane *luma);
loom_status loom_luma_read_jpeg(const loom_lane_job *job, loom_bytes file, loom_plane *luma);
loom_status loom_luma_read_webp(const loom_lane_job *job, loom_bytes file, loom_plane *luma);

/* The same of samples of full range, and of those of a WebP's luma (loom_webp_levels). */
loom_status loom_luma_copy(const loom_plane *from, loom_plane *luma);
loom_status loom_luma_of_webp(const loom_plane *from, loom_plane *luma);

#endif
