/*
 * The luma of files, by libjpeg, libwebp, libvips and the oracle, and how similar two are. It
 * shares no code with src/: what cannot be read fails the test.
 */
#ifndef TESTS_SUPPORT_LUMA_H
#define TESTS_SUPPORT_LUMA_H

#include <imgloom/format.h>
#include <stdint.h>

/* Of full range, in rows without gaps, on a gray of 128 where there is alpha; free `data`. */
typedef struct luma {
    uint32_t width, height;
    uint8_t *data;
} luma;

luma luma_read_jpeg(const char *path);      /* Y of its Y'CbCr, or its gray */
luma luma_read_by_oracle(const char *path); /* any file that oracle_read takes */

/* SSIM of it and a file: JPEG by libjpeg, WebP by libwebp, AVIF and JXL by libvips. */
double luma_similarity(const luma *was, loom_format format, const char *path);

#endif
