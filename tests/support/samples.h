/*
 * Input files put together by hand, so that a test knows every byte of them. Nothing of src/
 * encodes here: PNG is written without compression, and other formats get chunks added to what
 * stands in a file already. All functions assert that they work.
 */
#ifndef TESTS_SUPPORT_SAMPLES_H
#define TESTS_SUPPORT_SAMPLES_H

#include "base/strbuf.h"
#include "support/oracle.h"

/* A picture of one colour, r, g, b, a: as many as it has channels; 8 bits (max 255) or 16. */
oracle_image sample_flat(uint32_t width, uint32_t height, uint32_t channels, uint32_t max,
                         const uint16_t *colour);

/* Sets a rectangle of a picture to one colour. */
void sample_fill(oracle_image *image, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                 const uint16_t *colour);

/* What goes with the pixels. All may be 0. */
typedef struct sample_extras {
    const void *icc; /* colour profile */
    size_t icc_size;
    int orientation; /* 1..8 */
    bool cmyk;       /* TIFF: the 4 channels are inks, 0 is none */
} sample_extras;

/* extras may be NULL. PNG: iCCP and eXIf chunks. TIFF: tags 274 and 34675; one strip. */
void sample_png(const char *path, const oracle_image *image, const sample_extras *extras);
void sample_tiff(const char *path, const oracle_image *image, const sample_extras *extras);

/* The same with a palette of `count` colours, r, g, b each; image: one channel of indices. */
void sample_palette_png(const char *path, const oracle_image *image, const uint8_t *palette,
                        size_t count);

/* Numbers for the end of `out`. */
void sample_be16(loom_strbuf *out, unsigned value);
void sample_be32(loom_strbuf *out, uint32_t value);
void sample_le16(loom_strbuf *out, unsigned value);
void sample_le32(loom_strbuf *out, uint32_t value);

/* Writes `out` to a file and releases it. */
void sample_write(const char *path, loom_strbuf *out);

/* A PNG chunk, with its length and checksum. */
void sample_chunk(loom_strbuf *out, const char *type, const loom_strbuf *data);

/* A JPEG segment: marker 0xE0 … 0xFE, length, `prefix` of so many bytes, data. */
void sample_segment(loom_strbuf *out, unsigned marker, const void *prefix, size_t prefix_size,
                    const void *data, size_t size);

/* APP1 with an EXIF block, which is released. */
void sample_exif_segment(loom_strbuf *out, loom_strbuf *exif);

/* APP2 with a profile that fits into one segment. */
void sample_icc_segment(loom_strbuf *out, const void *icc, size_t size);

/* Copies the JPEG `from` to `to` with segments right behind its start; releases them. */
void sample_insert(const char *from, const char *to, loom_strbuf *segments);

/* Copies a WebP without VP8X to `to`, with VP8X and an EXIF chunk that holds an orientation. */
void sample_webp_orientation(const char *from, const char *to, uint32_t width, uint32_t height,
                             int orientation);

/* An EXIF block, from its TIFF header on, big-endian, that says an orientation alone. */
void sample_exif_orientation(loom_strbuf *out, int orientation);

#endif
