/*
 * The recipe: what to do to every image. A plain value, set up once, then only read; it may be
 * shared by all threads.
 *
 * One fixed order, whatever the order of the switches:
 *   open → orient (EXIF) → rotate, then flip/flop → resize/fit → grayscale → encode
 */
#ifndef IMGLOOM_RECIPE_H
#define IMGLOOM_RECIPE_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

#define LOOM_SIDE_MAX    65500u /* px: the longest side that can be asked for */
#define LOOM_PERCENT_MAX 10000u
#define LOOM_QUALITY_MAX 100

/* How a picture meets a box of which both sides are given; the words are CSS object-fit's. */
typedef enum loom_fit {
    LOOM_FIT_COVER = 0, /* fills the box, crops what is over */
    LOOM_FIT_CONTAIN,   /* lies inside the box, padded to it */
    LOOM_FIT_FILL,      /* stretched to the box */
    LOOM_FIT_INSIDE,    /* as large as fits inside, no padding */
    LOOM_FIT_OUTSIDE    /* as small as covers the box, no crop */
} loom_fit;

/* Where the box lies on the picture (cover) or the picture in the box (contain). */
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
    LOOM_POSITION_ENTROPY,  /* cover alone: the part with the most detail */
    LOOM_POSITION_ATTENTION /* cover alone: the part that draws the eye */
} loom_position;

/* The resampling filter, for making smaller; making larger uses its nearest relative. */
typedef enum loom_kernel {
    LOOM_KERNEL_LANCZOS3 = 0,
    LOOM_KERNEL_LANCZOS2,
    LOOM_KERNEL_MITCHELL,
    LOOM_KERNEL_CUBIC,
    LOOM_KERNEL_LINEAR,
    LOOM_KERNEL_NEAREST
} loom_kernel;

typedef enum loom_grayscale {
    LOOM_GRAYSCALE_NONE = 0,
    LOOM_GRAYSCALE_LUMA,     /* Rec. 601 luma: Y' = 0.299 R' + 0.587 G' + 0.114 B' */
    LOOM_GRAYSCALE_LUMINANCE /* linear light: Y = 0.2126 R + 0.7152 G + 0.0722 B, encoded again */
} loom_grayscale;

/* What becomes of an embedded colour profile. */
typedef enum loom_icc {
    LOOM_ICC_SRGB = 0, /* applied: the output is sRGB, without a profile */
    LOOM_ICC_KEEP      /* pixels left alone, profile attached; see the contract for exceptions */
} loom_icc;

/* Which metadata an output keeps. The orientation is 1, and the thumbnail gone, whatever is kept.
 */
typedef enum loom_metadata {
    LOOM_METADATA_NONE = 0,
    LOOM_METADATA_COPYRIGHT, /* EXIF Copyright and Artist */
    LOOM_METADATA_ALL        /* EXIF, XMP, IPTC */
} loom_metadata;

/* Chroma subsampling of JPEG, WebP and AVIF. */
typedef enum loom_chroma {
    LOOM_CHROMA_DEFAULT = 0, /* JPEG and WebP 4:2:0, AVIF 4:4:4 */
    LOOM_CHROMA_420,
    LOOM_CHROMA_444
} loom_chroma;

typedef struct loom_colour {
    uint8_t red, green, blue, alpha; /* sRGB, not premultiplied; alpha 255 is opaque */
} loom_colour;

/* A size asked for. All 0: the picture's own. */
typedef struct loom_size {
    uint32_t width, height; /* px of the final picture, 1..LOOM_SIDE_MAX; 0: that side is free */
    uint32_t percent;       /* instead of both: scale of both sides; 0: not given */
} loom_size;

#define LOOM_SIZES_MAX 16u

typedef struct loom_recipe {
    /* sizes[0..size_count), size_count >= 1. Each is an output of its own, from one decode. */
    loom_size sizes[LOOM_SIZES_MAX];
    unsigned size_count;
    loom_fit fit;
    bool no_upscale; /* no scale above 1 */
    loom_position position;
    loom_kernel kernel;
    loom_colour background;
    bool background_given; /* false: black, or transparent where picture and format have alpha */

    double rotation; /* degrees clockwise, 0 <= rotation < 360; multiples of 90 are exact */
    bool flip;       /* top to bottom, after the rotation */
    bool flop;       /* left to right, after the rotation */
    bool auto_orient;
    bool animated; /* all frames of GIF and WebP, where the output format has them */

    loom_grayscale grayscale;
    loom_icc icc;
    loom_metadata metadata;

    loom_format format; /* LOOM_FORMAT_SAME: as the input's extension says */
    int quality;        /* 1..100; 0: the format's default */
    int effort;         /* 0..LOOM_EFFORT_MAX, beyond an encoder's most: its most; -1: default */
    bool lossless;      /* WebP, AVIF, JXL; the others have no choice */
    bool progressive;   /* JPEG progressive, PNG and GIF interlaced */
    loom_chroma chroma;
    uint64_t max_bytes; /* largest output file wanted: the quality is searched; 0: no limit */
} loom_recipe;

#define LOOM_EFFORT_MAX   10
#define LOOM_ROTATION_MAX 1000000 /* degrees that may be asked for, in either direction */

/* Sets every field to its default: no change but auto-orientation, same format. */
LOOM_API void loom_recipe_init(loom_recipe *recipe);

/*
 * Checks ranges and combinations (a turn without auto-orientation, an alpha background with a
 * format that has no alpha, a size given twice …). LOOM_ERR_USAGE with a message that names the
 * word and what is allowed, else LOOM_OK. With LOOM_FORMAT_SAME, what some formats cannot do is
 * for each image to say. Whether this build writes the format is for loom_engine_codec to say.
 */
LOOM_API loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err) LOOM_NODISCARD;

/*
 * Words and values as they stand in options and in recipe files. Each writes its result only on
 * LOOM_OK; otherwise LOOM_ERR_USAGE with a message that names the bad word and what is allowed.
 */
LOOM_API loom_status loom_fit_parse(const char *word, loom_fit *fit,
                                    loom_error *err) LOOM_NODISCARD;
/* "centre" is also "center". */
LOOM_API loom_status loom_position_parse(const char *word, loom_position *position,
                                         loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_kernel_parse(const char *word, loom_kernel *kernel,
                                       loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_grayscale_parse(const char *word, loom_grayscale *grayscale,
                                          loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_icc_parse(const char *word, loom_icc *icc,
                                    loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_metadata_parse(const char *word, loom_metadata *metadata,
                                         loom_error *err) LOOM_NODISCARD;
/* "420" or "444"; there is no word for the default. */
LOOM_API loom_status loom_chroma_parse(const char *word, loom_chroma *chroma,
                                       loom_error *err) LOOM_NODISCARD;
/* #rgb, #rrggbb, #rrggbbaa, a CSS colour name or "transparent"; case ignored. */
LOOM_API loom_status loom_colour_parse(const char *word, loom_colour *colour,
                                       loom_error *err) LOOM_NODISCARD;
/* Sizes WxH, Wx, xH or P%, 1 to LOOM_SIZES_MAX of them with commas between. Replaces all. */
LOOM_API loom_status loom_recipe_parse_size(loom_recipe *recipe, const char *word,
                                            loom_error *err) LOOM_NODISCARD;
/* Signed degrees, at most LOOM_ROTATION_MAX; brought into 0 <= rotation < 360 (-450 is 270). */
LOOM_API loom_status loom_recipe_parse_rotation(loom_recipe *recipe, const char *word,
                                                loom_error *err) LOOM_NODISCARD;
/* A writable format's name, or "same". */
LOOM_API loom_status loom_recipe_parse_format(loom_recipe *recipe, const char *word,
                                              loom_error *err) LOOM_NODISCARD;

/* The words back; "unknown" for a value out of range. Static, never NULL. */
LOOM_API const char *loom_fit_name(loom_fit fit);
LOOM_API const char *loom_position_name(loom_position position);
LOOM_API const char *loom_kernel_name(loom_kernel kernel);
LOOM_API const char *loom_grayscale_name(loom_grayscale grayscale); /* NONE: "none" */
LOOM_API const char *loom_icc_name(loom_icc icc);
LOOM_API const char *loom_metadata_name(loom_metadata metadata);
LOOM_API const char *loom_chroma_name(loom_chroma chroma); /* DEFAULT: "default" */

/*
 * The recipe as a JSON object on one line, as it stands in a report. The caller frees the string
 * with free(). NULL when memory runs out.
 */
LOOM_API char *loom_recipe_to_json(const loom_recipe *recipe);

/*
 * Reads what loom_recipe_to_json writes (`size` bytes at `text`), or a whole report, of which it
 * takes the recipe; fields that are missing keep the value they have in *recipe. A field that is
 * unknown, given twice, of a wrong type or out of range, and what loom_recipe_check refuses, is
 * LOOM_ERR_USAGE, with the line where the parser knows it; *recipe is then unchanged. One size is
 * `width`, `height` and `percent`, several are `sizes`; either takes the other's place.
 */
LOOM_API loom_status loom_recipe_from_json(loom_recipe *recipe, const char *text, size_t size,
                                           loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
