/*
 * The header of a JPEG (ITU-T T.81, JFIF 1.02, Adobe Technical Note 5116) up to its first scan:
 * what a lane must know before it takes the picture. Nothing here trusts a length.
 */
#ifndef LOOM_FORMAT_JPEG_HEADER_H
#define LOOM_FORMAT_JPEG_HEADER_H

#include "format/jpeg_marker.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum loom_jpeg_profile {
    LOOM_JPEG_PROFILE_NONE = 0,
    LOOM_JPEG_PROFILE_SRGB, /* says nothing new */
    LOOM_JPEG_PROFILE_OTHER /* another, or in several parts, or broken */
} loom_jpeg_profile;

typedef struct loom_jpeg_component {
    unsigned id, h, v; /* h, v: sampling factors 1..4 */
} loom_jpeg_component;

typedef struct loom_jpeg_header {
    unsigned frame;         /* marker: LOOM_JPEG_SOF0 … LOOM_JPEG_SOF15 */
    unsigned precision;     /* bits a sample */
    uint32_t width, height; /* px, as stored, >= 1 */
    unsigned count;         /* components, 1..LOOM_JPEG_COMPONENTS */
    loom_jpeg_component components[LOOM_JPEG_COMPONENTS];
    unsigned scan_count; /* components in the first scan */
    bool jfif;
    int adobe;       /* the Adobe marker's transform; -1: no such marker */
    int orientation; /* EXIF 1..8; 1 where there is none */
    loom_jpeg_profile profile;
    bool metadata; /* EXIF, XMP or IPTC are there */
} loom_jpeg_header;

/*
 * Reads the header. False when it is damaged, cut short before its first scan, or has no size or
 * more components than LOOM_JPEG_COMPONENTS; *header is then undefined.
 */
bool loom_jpeg_header_read(const unsigned char *data, size_t size, loom_jpeg_header *header);

/* Whether it is sequential or progressive Huffman-coded with 8 bits a sample: what libjpeg is for.
 */
bool loom_jpeg_is_ordinary(const loom_jpeg_header *header);

/* Whether its three components are Y'CbCr, by the rule that libjpeg follows. */
bool loom_jpeg_is_ycc(const loom_jpeg_header *header);

#endif
