#include "format/jpeg_header.h"

#include "base/bytes.h"
#include "format/exif.h"
#include "format/icc.h"
#include <string.h>

static bool begins(const unsigned char *p, size_t size, const char *start, size_t length)
{
    return size >= length && memcmp(p, start, length) == 0;
}

static bool read_frame(loom_jpeg_header *header, unsigned marker, const unsigned char *p,
                       size_t size)
{
    if (header->frame != 0 || size < 6)
        return false;
    header->frame = marker;
    header->precision = p[0];
    header->height = loom_be16(p + 1);
    header->width = loom_be16(p + 3);
    header->count = p[5];
    if (header->width == 0 || header->height == 0 || header->count == 0 ||
        header->count > LOOM_JPEG_COMPONENTS || size != 6 + (size_t)header->count * 3)
        return false;
    for (unsigned i = 0; i < header->count; i++) {
        const unsigned char *q = p + 6 + i * 3;
        header->components[i] = (loom_jpeg_component){q[0], q[1] >> 4, q[1] & 15u};
        if (header->components[i].h - 1 > 3 || header->components[i].v - 1 > 3)
            return false;
    }
    return true;
}

/* APP1: EXIF or XMP. The first EXIF block counts. */
static void read_app1(loom_jpeg_header *header, const unsigned char *p, size_t size, bool *exif)
{
    header->metadata = true;
    if (*exif || !begins(p, size, "Exif\0\0", 6))
        return;
    *exif = true;
    header->orientation = loom_exif_orientation(p + 6, size - 6);
}

/* APP2: a part of an ICC profile (ICC.1:2010, B.4): its number and their count, from 1. */
static void read_app2(loom_jpeg_header *header, const unsigned char *p, size_t size)
{
    if (!begins(p, size, "ICC_PROFILE\0", 12))
        return;
    const bool whole =
        header->profile == LOOM_JPEG_PROFILE_NONE && size > 14 && p[12] == 1 && p[13] == 1;
    header->profile = whole && loom_icc_is_srgb(p + 14, size - 14) ? LOOM_JPEG_PROFILE_SRGB
                                                                   : LOOM_JPEG_PROFILE_OTHER;
}

static bool read_segment(loom_jpeg_header *header, unsigned marker, const unsigned char *p,
                         size_t size, bool *exif)
{
    switch (marker) {
    case LOOM_JPEG_SOI:
        return false; /* a second one */
    case LOOM_JPEG_APP0:
        header->jfif = header->jfif || (size >= 14 && begins(p, size, "JFIF\0", 5));
        return true;
    case LOOM_JPEG_APP1:
        read_app1(header, p, size, exif);
        return true;
    case LOOM_JPEG_APP2:
        read_app2(header, p, size);
        return true;
    case LOOM_JPEG_APP13:
        header->metadata = true;
        return true;
    case LOOM_JPEG_APP14:
        if (size >= 12 && begins(p, size, "Adobe", 5))
            header->adobe = p[11];
        return true;
    default:
        return !loom_jpeg_is_frame(marker) || read_frame(header, marker, p, size);
    }
}

bool loom_jpeg_header_read(const unsigned char *data, size_t size, loom_jpeg_header *header)
{
    const unsigned char *segment;
    size_t length, at = 2;
    bool exif = false;

    *header = (loom_jpeg_header){.adobe = -1, .orientation = 1};
    if (size < 2 || data[0] != 0xFF || data[1] != LOOM_JPEG_SOI)
        return false;
    for (;;) {
        const unsigned marker = loom_jpeg_walk(data, size, &at, &segment, &length);
        if (marker == 0 || marker == LOOM_JPEG_EOI)
            return false;
        if (marker == LOOM_JPEG_SOS) {
            header->scan_count = length > 0 ? segment[0] : 0;
            return header->frame != 0 && header->scan_count >= 1 &&
                   header->scan_count <= header->count;
        }
        if (!read_segment(header, marker, segment, length, &exif))
            return false;
    }
}

bool loom_jpeg_is_ordinary(const loom_jpeg_header *header)
{
    return header->frame >= LOOM_JPEG_SOF0 && header->frame <= LOOM_JPEG_SOF2 &&
           header->precision == 8;
}

bool loom_jpeg_is_ycc(const loom_jpeg_header *header)
{
    const loom_jpeg_component *c = header->components;

    if (header->count != 3)
        return false;
    if (header->jfif)
        return true;
    if (header->adobe >= 0)
        return header->adobe == 1;
    return c[0].id == 1 && c[1].id == 2 && c[2].id == 3;
}
