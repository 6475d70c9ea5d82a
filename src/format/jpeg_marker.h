/* JPEG's markers (ITU-T T.81, table B.1) and how to find them. */
#ifndef LOOM_FORMAT_JPEG_MARKER_H
#define LOOM_FORMAT_JPEG_MARKER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    LOOM_JPEG_TEM = 0x01,
    LOOM_JPEG_SOF0 = 0xC0, /* baseline */
    LOOM_JPEG_SOF1 = 0xC1, /* extended sequential */
    LOOM_JPEG_SOF2 = 0xC2, /* progressive */
    LOOM_JPEG_DHT = 0xC4,
    LOOM_JPEG_JPG = 0xC8,
    LOOM_JPEG_DAC = 0xCC,
    LOOM_JPEG_SOF15 = 0xCF,
    LOOM_JPEG_RST0 = 0xD0,
    LOOM_JPEG_SOI = 0xD8,
    LOOM_JPEG_EOI = 0xD9,
    LOOM_JPEG_SOS = 0xDA,
    LOOM_JPEG_APP0 = 0xE0,
    LOOM_JPEG_APP1 = 0xE1,
    LOOM_JPEG_APP2 = 0xE2,
    LOOM_JPEG_APP13 = 0xED,
    LOOM_JPEG_APP14 = 0xEE
};

enum { LOOM_JPEG_COMPONENTS = 4, LOOM_JPEG_COEFFICIENTS = 64 };

static inline bool loom_jpeg_is_frame(unsigned marker)
{
    return marker >= LOOM_JPEG_SOF0 && marker <= LOOM_JPEG_SOF15 && marker != LOOM_JPEG_DHT &&
           marker != LOOM_JPEG_JPG && marker != LOOM_JPEG_DAC;
}

/*
 * Where the first marker at or behind `at` stands that is not stuffing, fill, a restart or TEM;
 * `size` where there is none. The byte behind the FF is the marker's code.
 */
size_t loom_jpeg_next_marker(const unsigned char *data, size_t size, size_t at);

/*
 * One step of a walk. Finds the marker at or behind *at; *at is then behind it or, where it has a
 * segment, behind that, which is *segment of *length bytes (without its length field; EOI and SOI
 * have none). Returns its code; 0 where there is none, or the segment is cut or damaged.
 */
unsigned loom_jpeg_walk(const unsigned char *data, size_t size, size_t *at,
                        const unsigned char **segment, size_t *length);

#endif
