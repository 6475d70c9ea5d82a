/*
 * What the headers of plain raster formats say: for the container, and for the decoder in
 * engine/codec. Kinds that are not read are no error. LOOM_ERR_TRUNCATED where a header is cut,
 * LOOM_ERR_CORRUPT where it contradicts itself, stage `probe`; `err` may be NULL.
 */
#ifndef LOOM_FORMAT_RASTER_H
#define LOOM_FORMAT_RASTER_H

#include "base/bytes.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- bitmaps of Windows and OS/2 ----------------------------------------- */

/* By Windows' numbers; those of OS/2, which mean other things there, are apart. */
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
    LOOM_BMP_OS2 = 0x10000, /* added to OS/2's numbers of more than 2 */
    LOOM_BMP_HUFFMAN = LOOM_BMP_OS2 + 3,
    LOOM_BMP_RLE24 = LOOM_BMP_OS2 + 4
} loom_bmp_coding;

enum { LOOM_BMP_RED, LOOM_BMP_GREEN, LOOM_BMP_BLUE, LOOM_BMP_ALPHA };

typedef struct loom_bmp {
    uint32_t header;        /* bytes of the second header, which tell its kind */
    uint32_t width, height; /* px */
    bool from_top;
    unsigned planes, bits;
    uint32_t coding;   /* loom_bmp_coding, or another */
    uint32_t masks[4]; /* where pixels have 16 or 32 bits; alpha's is 0 where there is none */
    const unsigned char *table; /* the palette: blue, green, red, and with `entry` 4 another byte */
    unsigned entry, colours;    /* bytes each, and how many there are: at most 256 */
    size_t pixels;              /* where they begin, perhaps beyond the file's end */
    uint32_t space;             /* the colour space of a header that has one, else sRGB's */
    bool other_primaries;       /* its own primaries and gamma, which are not sRGB's */
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
 * Reads the headers of a file that begins as a bitmap does. LOOM_ERR_TRUNCATED where they are cut,
 * LOOM_ERR_CORRUPT where they contradict themselves, stage `probe`; kinds that are not read are no
 * error. `err` may be NULL.
 */
loom_status loom_bmp_read_header(loom_bytes file, loom_bmp *bmp, loom_error *err);

/* Whether its pixels are run lengths. */
static inline bool loom_bmp_is_coded(const loom_bmp *bmp)
{
    return bmp->coding == LOOM_BMP_RLE8 || bmp->coding == LOOM_BMP_RLE4 ||
           bmp->coding == LOOM_BMP_RLE24;
}

/* Bytes of a row of such pixels, which is padded to four. The width is at most INT32_MAX. */
size_t loom_bmp_row_bytes(const loom_bmp *bmp);

/* ---- Radiance pictures --------------------------------------------------- */

enum { LOOM_HDR_RGBE = 0, LOOM_HDR_XYZE = 1, LOOM_HDR_OTHER = 2 };

typedef struct loom_hdr {
    unsigned format;        /* LOOM_HDR_RGBE … */
    bool gamma;             /* it says one that is not 1 */
    bool other_primaries;   /* it says some that are neither Radiance's nor sRGB's */
    uint32_t width, height; /* px */
    /* A file has scanlines of pixels; where they go in the picture. */
    bool columns;                 /* scanlines are columns, else rows */
    bool from_bottom, from_right; /* how rows and columns go */
    size_t pixels;                /* where they begin */
} loom_hdr;

/*
 * Reads the header of a file that begins as such a picture does. LOOM_ERR_TRUNCATED where it is
 * cut, LOOM_ERR_CORRUPT where it is damaged, stage `probe`; kinds that are not read are no error.
 * `err` may be NULL.
 */
loom_status loom_hdr_read_header(loom_bytes file, loom_hdr *hdr, loom_error *err);

/* ---- PNM ----------------------------------------------------------------- */

typedef struct loom_pnm {
    unsigned kind;          /* 1..6: the digit behind the P */
    uint32_t width, height; /* px */
    uint32_t max;           /* the largest sample: 1..65535; 1 of a bitmap */
    size_t pixels;          /* where they begin */
} loom_pnm;

/*
 * Reads the header of a file that begins as a PNM does. LOOM_ERR_TRUNCATED where it is cut,
 * LOOM_ERR_CORRUPT where it is none; stage `probe`. `err` may be NULL.
 */
loom_status loom_pnm_read_header(loom_bytes file, loom_pnm *pnm, loom_error *err);

/*
 * Takes the next number of digits, behind white space and comments, from `*at` on. LOOM_OK;
 * LOOM_ERR_TRUNCATED: the file ends before it; LOOM_ERR_CORRUPT: there is something else. Numbers
 * beyond UINT32_MAX are that.
 */
loom_status loom_pnm_take_number(loom_bytes file, size_t *at, uint32_t *number);

/* Goes over white space and comments. */
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
    unsigned version;       /* 1, or 2 of a large one (PSB) */
    uint32_t width, height; /* px */
    unsigned channels, depth, mode;
    bool merged;           /* there is a picture of all layers together */
    bool transparent;      /* the first channel behind the colours is that picture's alpha */
    int transparent_index; /* of an indexed picture; -1: none */
    loom_bytes palette;    /* 256 of red, then of green and of blue */
    loom_bytes profile;    /* ICC, in the file; data NULL: none */
    unsigned coding;       /* LOOM_PSD_RAW … */
    size_t pixels;         /* where they begin, behind the coding's number */
} loom_psd;

/*
 * Reads all but the pixels. LOOM_ERR_TRUNCATED where the file ends before them, LOOM_ERR_CORRUPT
 * where the header contradicts itself, stage `probe`; kinds that are not read are no error. `err`
 * may be NULL.
 */
loom_status loom_psd_read_header(loom_bytes file, loom_psd *psd, loom_error *err);

/* The colours of such a mode: channels that a picture has without its alpha; 0: not known. */
unsigned loom_psd_colours(unsigned mode);

/* Its image resources, in which JPEG carries IPTC metadata (APP13), too. */

/*
 * Removes the thumbnail resources (ids 1033 and 1036) from `size` bytes at `data`, which may
 * start with "Photoshop 3.0" and a NUL; what remains moves up. Returns the new size. Data that is
 * not a list of resources ("8BIM", id, name, size, bytes, each padded to an even length) stays as
 * it is from there on. Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
 */
size_t loom_photoshop_drop_thumbnails(unsigned char *data, size_t size);

/* ---- TGA ----------------------------------------------------------------- */

enum { LOOM_TGA_INDEXED = 1, LOOM_TGA_COLOUR = 2, LOOM_TGA_GRAY = 3 };

/* What the attribute bits of a pixel mean (Truevision TGA 2.0, field 24), and 255: not said. */
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
    unsigned type;          /* LOOM_TGA_INDEXED …, without run lengths' 8 */
    bool coded;             /* run lengths */
    unsigned bits;          /* of a pixel, or of an index */
    unsigned attributes;    /* of a pixel's bits; the map's have none of their own */
    unsigned meaning;       /* LOOM_TGA_NO_ALPHA … */
    bool from_top, from_right;
    unsigned interleaving;    /* 0: none */
    unsigned map_type;        /* 1: there is a map, perhaps unused */
    unsigned first, colours;  /* the map's first index, and how many follow */
    unsigned map_bits;        /* of an entry */
    const unsigned char *map; /* perhaps cut off */
    size_t pixels;            /* where they begin, perhaps beyond the file's end */
} loom_tga;

/*
 * Reads the header and what stands in the footer. LOOM_ERR_TRUNCATED where the header or the map of
 * an indexed picture is cut, LOOM_ERR_CORRUPT where it contradicts itself, stage `probe`; kinds
 * that are not read are no error. `err` may be NULL.
 */
loom_status loom_tga_read_header(loom_bytes file, loom_tga *tga, loom_error *err);

#endif
