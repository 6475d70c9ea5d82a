/* JPEGs of every kind, made by libjpeg for tests. All functions assert that they work. */
#ifndef TESTS_SUPPORT_MAKE_JPEG_H
#define TESTS_SUPPORT_MAKE_JPEG_H

#include "support/oracle.h"

typedef struct make_jpeg_options {
    int h, v; /* sampling of luma against chroma, 1 or 2; 0: 1 */
    int quality;
    bool progressive;
    bool rgb;         /* components stay RGB, with an Adobe marker */
    bool separate;    /* baseline, a scan for each component */
    bool arithmetic;  /* where libjpeg has it */
    int restart_rows; /* MCU rows between restart markers; 0: none */
} make_jpeg_options;

/* Encodes a gray or RGB picture of 8 bits. Bytes to be freed. */
unsigned char *make_jpeg(const oracle_image *image, const make_jpeg_options *options, size_t *size);

/* The same into a file. */
void make_jpeg_file(const char *path, const oracle_image *image, const make_jpeg_options *options);

/* The part of a picture. */
oracle_image make_part(const oracle_image *image, uint32_t x, uint32_t y, uint32_t width,
                       uint32_t height);

#endif
