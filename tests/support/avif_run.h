/* AVIFs that our engine encodes, taken to pieces, changed, and read again. */
#ifndef TESTS_SUPPORT_AVIF_RUN_H
#define TESTS_SUPPORT_AVIF_RUN_H

#include "support/heif_file.h"
#include "support/oracle.h"
#include "support/samples.h"

/* An AVIF of the picture, as exact as can be; by way of "coded.png" and "coded.avif". */
void avif_make(heif_file *file, const oracle_image *picture, const sample_extras *extras);

/* The first channel of the patches as the picture: what was alpha, which is coded without chroma.
 */
void avif_make_gray(heif_file *file);

/*
 * An AVIF of 10 bits, which libheif 1.15 cannot write: 32 x 16 px, the left half 200, 30, 40 of
 * 255, the right one 40, 50, 210. By avifenc 0.11.1 (-d 10 -y 444).
 */
void avif_write_ten_bits(const char *path);

/* Writes "in.avif", releases the file, and renders that. */
oracle_image avif_render(heif_file *file);

#endif
