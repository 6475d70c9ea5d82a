/*
 * The headers of simple raster formats: for the container, and for the decoder in engine/codec.
 * Kinds that are not read are not errors here. LOOM_ERR_TRUNCATED: the header is truncated.
 * LOOM_ERR_CORRUPT: it contradicts itself. Both have stage `probe`; `err` may be NULL.
 */
#ifndef LOOM_FORMAT_RASTER_H
#define LOOM_FORMAT_RASTER_H

#include "base/bytes.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- bitmaps of Windows and OS/2 ----------------------------------------- */

/* The numbers of Windows; those of OS/2 that mean something else are offset. */
typedef enum loom_bmp_coding {
    LOOM_BMP_RAW = 0,
    LOOM_BMP_RLE8 = 1,
    LOOM_BMP_RLE4 = 2,
    LOOM_BMP_MASKS = 3,
    LOOM_BMP_JPEG = 4,
    LOOM_BMP_PNG = 5,
    LOOM_BMP_ALPHA_MASKS = 6,
    LOOM_BMP_CMYK = 11,
    LOOM_BMP_CMYK_RLE8 = 12,
    LOOM_BMP_CMYK_RLE4 = 13,
    LOOM_BMP_OS2 = 0x10000, /* added to the numbers of OS/2 above 2 */
    LOOM_BMP_HUFFMAN = LOOM_BMP_OS2 + 3,
    LOOM_BMP_RLE24 = LOOM_BMP_OS2 + 4
} loom_bmp_coding;

enum { LOOM_BMP_RED, LOOM_BMP_GREEN, LOOM_BMP_BLUE, LOOM_BMP_ALPHA };

typedef struct loom_bmp {
    uint32_t header;        /* bytes of the second header, which identify its kind */
    uint32_t width, height; /* px */
    bool from_top;
    unsigned planes, bits;
    uint32_t coding;            /* loom_bmp_coding, or another */
    uint32_t masks[4];          /* for pixels of 16 or 32 bits; alpha's is 0 if there is none */
    const unsigned char *table; /* the palette: blue, green, red; 1 more byte if `entry` is 4 */
    unsigned entry, colours;    /* bytes of an entry, and number of entries: max 256 */
    size_t pixels;              /* their offset, perhaps beyond the file's end */
    uint32_t space;             /* the colour space in the header, or sRGB if it has none */
    bool other_primaries;       /* it gives primaries and gamma that are not sRGB's */
    loom_bytes profile;         /* in the file; NULL: none */
} loom_bmp;

enum {
    LOOM_BMP_CALIBRATED = 0,
    LOOM_BMP_SRGB = 0x73524742,    /* "sRGB" */
    LOOM_BMP_WINDOWS = 0x57696E20, /* "Win " */
    LOOM_BMP_LINKED = 0x4C494E4B,  /* "LINK" */
    LOOM_BMP_EMBEDDED = 0x4D424544 /* "MBED" */
};

/*
 * Reads the headers of a file that starts like a bitmap. LOOM_ERR_TRUNCATED: they are truncated.
 * LOOM_ERR_CORRUPT: they contradict each other. Both have stage `probe`. Kinds that are not read
 * are not errors here. `err` may be NULL.
 */
loom_status loom_bmp_read_header(loom_bytes file, loom_bmp *bmp, loom_error *err);

/* Whether its pixels are run-length coded. */
static inline bool loom_bmp_is_coded(const loom_bmp *bmp)
{
    return bmp->coding == LOOM_BMP_RLE8 || bmp->coding == LOOM_BMP_RLE4 ||
           bmp->coding == LOOM_BMP_RLE24;
}

/* Bytes of a row of such pixels, padded to four. The width is at most INT32_MAX. */
size_t loom_bmp_row_bytes(const loom_bmp *bmp);

/* ---- Radiance pictures --------------------------------------------------- */

enum { LOOM_HDR_RGBE = 0, LOOM_HDR_XYZE = 1, LOOM_HDR_OTHER = 2 };

typedef struct loom_hdr {
    unsigned format;        /* LOOM_HDR_RGBE … */
    bool gamma;             /* it gives one that is not 1 */
    bool other_primaries;   /* it gives primaries that are neither Radiance's nor sRGB's */
    uint32_t width, height; /* px */
    /* The scanlines of the file, and their place in the picture. */
    bool columns;                 /* scanlines are columns, else rows */
    bool from_bottom, from_right; /* the direction of rows and columns */
    size_t pixels;                /* where they begin */
} loom_hdr;

/*
 * Reads the header of a file that starts like such a picture. LOOM_ERR_TRUNCATED: it is truncated.
 * LOOM_ERR_CORRUPT: it is damaged. Both have stage `probe`. Kinds that are not read are not errors
 * here. `err` may be NULL.
 */
loom_status loom_hdr_read_header(loom_bytes file, loom_hdr *hdr, loom_error *err);

/* ---- PNM ----------------------------------------------------------------- */

typedef struct loom_pnm {
    unsigned kind;          /* 1..6: the digit after the P */
    uint32_t width, height; /* px */
    uint32_t max;           /* the max sample: 1..65535; 1 for a bitmap */
    size_t pixels;          /* where they begin */
} loom_pnm;

/*
 * Reads the header of a file that starts like a PNM. LOOM_ERR_TRUNCATED: it is truncated.
 * LOOM_ERR_CORRUPT: it is invalid. Both have stage `probe`. `err` may be NULL.
 */
loom_status loom_pnm_read_header(loom_bytes file, loom_pnm *pnm, loom_error *err);

/*
 * Reads the next number, after white space and comments, from `*at` on. LOOM_OK;
 * LOOM_ERR_TRUNCATED: the file ends before it; LOOM_ERR_CORRUPT: there is something else, or a
 * number beyond UINT32_MAX.
 */
loom_status loom_pnm_take_number(loom_bytes file, size_t *at, uint32_t *number);

/* Skips white space and comments. */
void loom_pnm_skip_space(loom_bytes file, size_t *at);

static inline bool loom_pnm_is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- Photoshop ----------------------------------------------------------- */

enum {
    LOOM_PSD_BITMAP = 0,
    LOOM_PSD_GRAY = 1,
    LOOM_PSD_INDEXED = 2,
    LOOM_PSD_RGB = 3,
    LOOM_PSD_CMYK = 4,
    LOOM_PSD_MULTICHANNEL = 7,
    LOOM_PSD_DUOTONE = 8,
    LOOM_PSD_LAB = 9
};

enum { LOOM_PSD_RAW = 0, LOOM_PSD_RLE = 1, LOOM_PSD_ZIP = 2, LOOM_PSD_ZIP_PREDICTED = 3 };

typedef struct loom_psd {
    unsigned version;       /* 1, or 2 for a large document (PSB) */
    uint32_t width, height; /* px */
    unsigned channels, depth, mode;
    bool merged;           /* there is a composite picture of all layers */
    bool transparent;      /* the first channel after the colours is that picture's alpha */
    int transparent_index; /* of an indexed picture; -1: none */
    loom_bytes palette;    /* 256 red values, then 256 green and 256 blue ones */
    uint32_t dpi;          /* thousandths of a px per inch; 0: not stated */
    loom_bytes profile;    /* ICC, in the file; data NULL: none */
    unsigned coding;       /* LOOM_PSD_RAW … */
    size_t pixels;         /* their offset, after the number of the coding */
} loom_psd;

/*
 * Reads everything except the pixels. LOOM_ERR_TRUNCATED: the file ends before them.
 * LOOM_ERR_CORRUPT: the header contradicts itself. Both have stage `probe`. Kinds that are not read
 * are not errors here. `err` may be NULL.
 */
loom_status loom_psd_read_header(loom_bytes file, loom_psd *psd, loom_error *err);

/* The number of colour channels of a mode, without alpha; 0: unknown mode. */
unsigned loom_psd_colours(unsigned mode);

/* Image resources, which also carry IPTC metadata in JPEG (APP13). */

/*
 * Removes the thumbnail resources (ids 1033 and 1036) from `size` bytes at `data`, which may
 * start with "Photoshop 3.0" and a NUL; what remains moves up. Returns the new size. Data that is
 * not a list of resources ("8BIM", id, name, size, bytes, each padded to an even length) stays as
 * it is from there on. Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
 */
size_t loom_photoshop_drop_thumbnails(unsigned char *data, size_t size);

/* ---- TGA ----------------------------------------------------------------- */

enum { LOOM_TGA_INDEXED = 1, LOOM_TGA_COLOUR = 2, LOOM_TGA_GRAY = 3 };

/* The meaning of a pixel's attribute bits (Truevision TGA 2.0, field 24); 255: not stated. */
enum {
    LOOM_TGA_NO_ALPHA = 0,
    LOOM_TGA_UNDEFINED = 1,
    LOOM_TGA_RETAINED = 2,
    LOOM_TGA_ALPHA = 3,
    LOOM_TGA_PREMULTIPLIED = 4,
    LOOM_TGA_NOT_SAID = 255
};

typedef struct loom_tga {
    uint32_t width, height; /* px */
    unsigned type;          /* LOOM_TGA_INDEXED …, without the 8 for run lengths */
    bool coded;             /* run-length coded */
    unsigned bits;          /* of a pixel, or of an index */
    unsigned attributes;    /* of a pixel's bits; the map's entries have none */
    unsigned meaning;       /* LOOM_TGA_NO_ALPHA … */
    bool from_top, from_right;
    unsigned interleaving;    /* 0: none */
    unsigned map_type;        /* 1: there is a map, perhaps unused */
    unsigned first, colours;  /* the map's first index, and the number of entries */
    unsigned map_bits;        /* of an entry */
    const unsigned char *map; /* perhaps truncated */
    size_t pixels;            /* their offset, perhaps beyond the file's end */
} loom_tga;

/*
 * Reads the header and the footer. LOOM_ERR_TRUNCATED: the header, or the map of an indexed
 * picture, is truncated. LOOM_ERR_CORRUPT: the header contradicts itself. Both have stage `probe`.
 * Kinds that are not read are not errors here. `err` may be NULL.
 */
loom_status loom_tga_read_header(loom_bytes file, loom_tga *tga, loom_error *err);

/* Whether the attribute bits of its pixels are alpha. */
bool loom_tga_has_alpha(const loom_tga *tga);

#endif
