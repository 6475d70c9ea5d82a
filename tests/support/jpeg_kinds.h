/* JPEGs of every structure, made by libjpeg, for tests of a decoder. */
#ifndef TESTS_SUPPORT_JPEG_KINDS_H
#define TESTS_SUPPORT_JPEG_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum jpeg_script {
    JPEG_SCRIPT_BASELINE = 0, /* one scan */
    JPEG_SCRIPT_SEPARATE,     /* baseline, a scan for each component */
    JPEG_SCRIPT_PAIR,         /* baseline, luma, then both others */
    JPEG_SCRIPT_SIMPLE,       /* progressive, as libjpeg's programs make it by default */
    JPEG_SCRIPT_BANDS,        /* progressive, many bands, each refined for itself */
    JPEG_SCRIPT_SPECTRAL,     /* progressive, without refinement */
    JPEG_SCRIPT_DEEP,         /* progressive, many refinements, DC by DC */
    JPEG_SCRIPTS
} jpeg_script;

typedef struct jpeg_kind {
    const char *name;
    int components, h, v; /* 1 or 3; the luma's sampling factors, the others' are 1 */
    jpeg_script script;
    unsigned restart; /* MCUs; 0: none */
    bool optimised;   /* Huffman tables: as progressive ones always are */
    int quality;
    unsigned noise; /* 0..255: how rough the picture is */
} jpeg_kind;

extern const jpeg_kind jpeg_kinds[];
extern const size_t jpeg_kinds_count;

/* Bytes to be freed. A kind of one component has all scripts that are possible with it. */
unsigned char *jpeg_kind_make(const jpeg_kind *kind, uint32_t width, uint32_t height, size_t *size);

#endif
