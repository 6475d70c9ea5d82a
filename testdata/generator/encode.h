/*
 * Pictures to files, appended to `out`. A canvas without pixels, want of memory and an encoder
 * that fails all end as out->failed; the reason of the encoder stands on stderr.
 */
#ifndef TESTDATA_ENCODE_H
#define TESTDATA_ENCODE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "canvas.h"

/* Big-endian numbers. */
void put_be16(loom_strbuf *out, uint32_t value);
void put_be32(loom_strbuf *out, uint32_t value);

/* ---- libjpeg ------------------------------------------------------------- */
typedef struct jpeg_options {
    int quality;
    bool full_chroma; /* 4:4:4, else 4:2:0 */
    bool progressive;
    int orientation; /* EXIF 1..8; 0: no EXIF */
} jpeg_options;

/* Channels: 1 grey, 3 RGB (written as YCbCr), 4 CMYK (inverted, with Adobe's marker). */
void encode_jpeg(loom_strbuf *out, const canvas *picture, const jpeg_options *options);

/* ---- our own container, stb's deflate ------------------------------------ */
void encode_png(loom_strbuf *out, const canvas *picture, int orientation); /* 0: no eXIf */

/* 2 bits a pixel: the four colours of the quadrants. */
void encode_png_palette(loom_strbuf *out, const canvas *quadrants);

/* Writes other sides into a finished PNG's header, with its checksum. */
void png_claim_size(loom_strbuf *png, uint32_t width, uint32_t height);

/* ---- plain formats: stb, and by hand ------------------------------------- */
void encode_bmp(loom_strbuf *out, const canvas *picture);
void encode_tga(loom_strbuf *out, const canvas *picture);
void encode_hdr(loom_strbuf *out, const canvas *picture);
void encode_psd(loom_strbuf *out, const canvas *picture);
void encode_pnm(loom_strbuf *out, const canvas *picture); /* P5 or P6 */

/* ---- libvips; the bytes depend on its version and its codecs' ------------ */
void encode_webp(loom_strbuf *out, const canvas *picture, bool lossless);
void encode_gif(loom_strbuf *out, const canvas *picture, uint32_t frames);
void encode_tiff(loom_strbuf *out, const canvas *picture);
void encode_avif(loom_strbuf *out, const canvas *picture);

/* Whether two files have the same width, height, channels, sample format and number of pages. */
bool same_shape(const void *a, size_t a_size, const void *b, size_t b_size);

#endif
