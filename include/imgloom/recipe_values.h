/*
 * The values of a recipe's fields: what recipe.h is made of, which includes this. Colours are sRGB,
 * lengths px or percentages.
 */
#ifndef IMGLOOM_RECIPE_VALUES_H
#define IMGLOOM_RECIPE_VALUES_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

#define LOOM_SIDE_MAX    65500u /* px: the max side that a recipe can request */
#define LOOM_PERCENT_MAX 10000u
#define LOOM_QUALITY_MAX 100

/* How to fit a picture to a box with both sides given; the keywords follow CSS object-fit. */
typedef enum loom_fit {
    LOOM_FIT_COVER = 0, /* fill the box and crop the rest */
    LOOM_FIT_CONTAIN,   /* keep the whole picture inside the box, and pad to the box */
    LOOM_FIT_FILL,      /* stretch to the box */
    LOOM_FIT_INSIDE,    /* the largest size inside the box, no padding */
    LOOM_FIT_OUTSIDE    /* the smallest size that covers the box, no crop */
} loom_fit;

/* The position of the box on the picture (cover), or of the picture in the box (contain). */
typedef enum loom_position {
    LOOM_POSITION_CENTRE = 0,
    LOOM_POSITION_NORTH,
    LOOM_POSITION_NORTHEAST,
    LOOM_POSITION_EAST,
    LOOM_POSITION_SOUTHEAST,
    LOOM_POSITION_SOUTH,
    LOOM_POSITION_SOUTHWEST,
    LOOM_POSITION_WEST,
    LOOM_POSITION_NORTHWEST,
    LOOM_POSITION_ENTROPY,  /* cover only: the part with the highest entropy */
    LOOM_POSITION_ATTENTION /* cover only: the most salient part */
} loom_position;

/* The filter for downscaling; upscaling uses the most similar filter that is available. */
typedef enum loom_kernel {
    LOOM_KERNEL_LANCZOS3 = 0,
    LOOM_KERNEL_LANCZOS2,
    LOOM_KERNEL_MITCHELL,
    LOOM_KERNEL_CUBIC,
    LOOM_KERNEL_LINEAR,
    LOOM_KERNEL_NEAREST
} loom_kernel;

/* What an extension shows beside the picture. */
typedef enum loom_extend_with {
    LOOM_EXTEND_BACKGROUND = 0,
    LOOM_EXTEND_MIRROR, /* the picture, mirrored at its edge */
    LOOM_EXTEND_COPY    /* the px at its edge */
} loom_extend_with;

typedef enum loom_grayscale {
    LOOM_GRAYSCALE_NONE = 0,
    LOOM_GRAYSCALE_LUMA,     /* Rec. 601 luma: Y' = 0.299 R' + 0.587 G' + 0.114 B' */
    LOOM_GRAYSCALE_LUMINANCE /* linear light: Y = 0.2126 R + 0.7152 G + 0.0722 B, encoded again */
} loom_grayscale;

/* What to do with an embedded colour profile. */
typedef enum loom_icc {
    LOOM_ICC_SRGB = 0, /* apply it: the output is sRGB, without a profile */
    LOOM_ICC_KEEP      /* keep pixels and profile, unless the channels change; see docs/manual.md */
} loom_icc;

/* The metadata that an output keeps, as bits. In any case it has orientation 1 and no thumbnail. */
typedef enum loom_metadata {
    LOOM_METADATA_NONE = 0,
    LOOM_METADATA_COPYRIGHT = 1, /* EXIF Copyright and Artist alone */
    LOOM_METADATA_EXIF = 2,
    LOOM_METADATA_XMP = 4,
    LOOM_METADATA_IPTC = 8,
    LOOM_METADATA_ALL = LOOM_METADATA_EXIF | LOOM_METADATA_XMP | LOOM_METADATA_IPTC,
    LOOM_METADATA_NO_PLACE = 16 /* of EXIF and XMP without the place of the picture (GPS) */
} loom_metadata;

#define LOOM_METADATA_BITS 31u
#define LOOM_DPI_MAX       65535 /* that JPEG can hold */

/* Chroma subsampling of JPEG, WebP and AVIF. */
typedef enum loom_chroma {
    LOOM_CHROMA_DEFAULT = 0, /* JPEG and WebP 4:2:0, AVIF 4:4:4 */
    LOOM_CHROMA_420,
    LOOM_CHROMA_444
} loom_chroma;

/* How raw files of cameras are read. */
typedef enum loom_raw {
    LOOM_RAW_NONE = 0, /* they are refused */
    LOOM_RAW_PREVIEW   /* by the largest JPEG in them, which the camera made */
} loom_raw;

typedef struct loom_colour {
    uint8_t red, green, blue, alpha; /* sRGB, not premultiplied; alpha 255 is opaque */
} loom_colour;                       /* never grows */

/* A requested size. All 0: the original size. This struct never grows. */
typedef struct loom_size {
    uint32_t width, height; /* px of the final picture, 1..LOOM_SIDE_MAX; 0: that side is free */
    uint32_t percent;       /* scales both sides, instead of width and height; 0: not given */
} loom_size;

/* The max number of colours of a file that holds them in a palette. */
typedef enum loom_palette {
    LOOM_PALETTE_NONE = 0, /* it holds none */
    LOOM_PALETTE_2,
    LOOM_PALETTE_4,
    LOOM_PALETTE_16,
    LOOM_PALETTE_256
} loom_palette;

/* A distance along a side of a picture. Never grows. */
typedef struct loom_length {
    uint32_t value;   /* px; of a percentage, hundredths of a percent of the side, 0..10000 */
    uint32_t percent; /* 1: it is one; 0: px. No bool: recipes are compared with their padding */
} loom_length;

#define LOOM_LENGTH_WHOLE 10000u      /* 100 %: the value of a whole side */
#define LOOM_EXTRACT_MAX  2147483647u /* px */

/*
 * The part of the upright picture that is used; what lies beyond its edges is left out. A width of
 * 0: all of it. Percentages are rounded half up, sides to 1 px at least. Never grows.
 */
typedef struct loom_extract {
    loom_length x, y, width, height;
} loom_extract;

/* A ratio of width to height in lowest terms, each 1..LOOM_RATIO_MAX; 0:0 is none. Never grows. */
typedef struct loom_ratio {
    uint32_t width, height;
} loom_ratio;

/* Px on each side. Never grows. */
typedef struct loom_edges {
    uint32_t top, right, bottom, left; /* 0..LOOM_EDGE_MAX */
} loom_edges;

#define LOOM_EDGE_MAX 65500u

#define LOOM_RATIO_MAX 65500000u /* 65500:1, in thousandths */

/*
 * Where a watermark or text lies: at one of the nine places, from whose edges it keeps a distance;
 * along a side that it is centred on it is moved right or down by that. Or as a tile, again and
 * again from the top left, with gaps of that size. Percentages are of the picture's shorter side.
 * Never grows.
 */
typedef struct loom_place {
    uint32_t where;        /* a loom_position of the nine, or LOOM_PLACE_TILE */
    uint32_t offset_given; /* 0: LOOM_PLACE_MARGIN at edges, nothing where it is centred */
    loom_length x, y;
} loom_place;

#define LOOM_PLACE_TILE   9u
#define LOOM_PLACE_MARGIN 200u /* 2 % */

#define LOOM_WORD_SIZE 1024u /* bytes of a path or text, with its NUL; never grows */

/* A file that a recipe names, or a font. Never grows. */
typedef struct loom_recipe_file {
    char path[LOOM_WORD_SIZE]; /* a font may be its name instead; "": none */
    loom_content_hash hash;    /* of the content that it must have, if hashed is 1 */
    uint32_t hashed;
} loom_recipe_file;

/* How the colours c of a watermark and b of the picture, each 0..1, become one. */
typedef enum loom_blend {
    LOOM_BLEND_OVER = 0, /* c */
    LOOM_BLEND_MULTIPLY, /* b c */
    LOOM_BLEND_SCREEN    /* b + c - b c */
} loom_blend;

#define LOOM_SIZES_MAX   16u /* also of all outputs of an input; never grows */
#define LOOM_FORMATS_MAX 8u  /* never grows */

LOOM_END_DECLS

#endif
