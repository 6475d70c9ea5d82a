/*
 * The recipe: what to do to every image. Made by loom_recipe_create, set up, then only read; it
 * may then be shared by all threads.
 *
 * One fixed order, in whatever order fields are set:
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
} loom_colour;                       /* never grows */

/* A size asked for. All 0: the picture's own. Never grows. */
typedef struct loom_size {
    uint32_t width, height; /* px of the final picture, 1..LOOM_SIDE_MAX; 0: that side is free */
    uint32_t percent;       /* instead of both: scale of both sides; 0: not given */
} loom_size;

#define LOOM_SIZES_MAX 16u /* never becomes more */

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

/* A recipe with every field at its default: no change but auto-orientation, same format. NULL: no
 * memory. */
LOOM_API loom_recipe *loom_recipe_create(void);
LOOM_API loom_recipe *loom_recipe_copy(const loom_recipe *recipe); /* likewise */
LOOM_API void loom_recipe_free(loom_recipe *recipe);               /* NULL is allowed */

/*
 * Checks ranges and combinations (a turn without auto-orientation, an alpha background with a
 * format that has no alpha, a size given twice …). LOOM_ERR_USAGE with a message that names the
 * word and what is allowed, else LOOM_OK. With LOOM_FORMAT_SAME, what some formats cannot do is
 * for each image to say. Whether this build writes the format is for loom_engine_codec to say.
 */
LOOM_API loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err) LOOM_NODISCARD;

/* ---- fields: all that is known of each, in one row ------------------------ */

/* The fields, in the order of the help. A new field is a row at one of these. */
typedef enum loom_recipe_field_id {
    LOOM_RECIPE_AUTO_ORIENT = 0,
    LOOM_RECIPE_ROTATION,
    LOOM_RECIPE_FLIP,
    LOOM_RECIPE_FLOP,
    LOOM_RECIPE_SIZES,
    LOOM_RECIPE_WIDTH,
    LOOM_RECIPE_HEIGHT,
    LOOM_RECIPE_PERCENT,
    LOOM_RECIPE_FIT,
    LOOM_RECIPE_POSITION,
    LOOM_RECIPE_KERNEL,
    LOOM_RECIPE_NO_UPSCALE,
    LOOM_RECIPE_BACKGROUND,
    LOOM_RECIPE_GRAYSCALE,
    LOOM_RECIPE_ICC,
    LOOM_RECIPE_ANIMATED,
    LOOM_RECIPE_FORMAT,
    LOOM_RECIPE_QUALITY,
    LOOM_RECIPE_MAX_BYTES,
    LOOM_RECIPE_LOSSLESS,
    LOOM_RECIPE_EFFORT,
    LOOM_RECIPE_PROGRESSIVE,
    LOOM_RECIPE_CHROMA,
    LOOM_RECIPE_METADATA,
    LOOM_RECIPE_COUNT
} loom_recipe_field_id;

#define LOOM_RECIPE_BIT(id) (UINT64_C(1) << (id))

/* What a field holds, and how it is written. */
typedef enum loom_recipe_value {
    LOOM_VALUE_FLAG = 0, /* bool; true or false in JSON */
    LOOM_VALUE_KEYWORD,  /* an enum, by its keyword */
    LOOM_VALUE_NUMBER,   /* int; null in JSON where none is given */
    LOOM_VALUE_BYTES,    /* uint64_t; an option takes K, Mi …; null where none is given */
    LOOM_VALUE_ANGLE,    /* double, degrees; any within `high` in either direction is brought into
                           0 <= angle < 360 */
    LOOM_VALUE_COLOUR,   /* loom_colour, with background_given; null where none is given */
    LOOM_VALUE_FORMAT,   /* loom_format, by its name or "same" */
    LOOM_VALUE_SIDE,     /* uint32_t of the only size; null where none is given */
    LOOM_VALUE_SIZES /* all sizes: an option takes WxH,Wx,…; JSON an array, null for one size */
} loom_recipe_value;

typedef struct loom_recipe_field {
    const char *name;   /* in JSON, as "noUpscale" */
    const char *option; /* on a command line, as "no-upscale"; NULL: it has none. A flag's makes it
                           the opposite of its default */
    const char *alias;  /* another option; NULL: none */
    char letter;        /* 0: none */
    loom_recipe_value kind;
    size_t offset;               /* in loom_recipe */
    int64_t initial;             /* the default of flags, keywords, numbers and bytes */
    const char *noun;            /* what a keyword is, as "a fit"; NULL: no keyword */
    const char *const *keywords; /* by value, NULL behind the last */
    const char *implied;         /* keyword of an option without a word; in JSON it is true, too */
    int64_t low, high; /* range of numbers, bytes and angles; `low`: also the first keyword that
                          may be given, those before are null in JSON */
    unsigned choice;   /* LOOM_CHOICE_… that an output format must have; 0: all have it */
    bool encoding;     /* how the output is written; else what becomes of the picture */
    bool names_file;   /* its value is a path: not to be taken from strangers */
    const char *argument, *allowed, *fallback, *help; /* for a person; NULL: nothing */
} loom_recipe_field;

/* The row. */
LOOM_API const loom_recipe_field *loom_recipe_field_get(loom_recipe_field_id id);

/* The field with this name, option or alias; NULL: there is none. */
LOOM_API const loom_recipe_field *loom_recipe_field_by_name(const char *name);

/*
 * Sets the field from a word as an option takes it; NULL is what the option means without one.
 * LOOM_ERR_USAGE with a message that names the word and what is allowed; *recipe is then unchanged.
 */
LOOM_API loom_status loom_recipe_field_set(const loom_recipe_field *field, loom_recipe *recipe,
                                           const char *word, loom_error *err) LOOM_NODISCARD;

/*
 * The same by a name, as loom_recipe_field_by_name: loom_recipe_set(&recipe, "size", "800x600", …).
 * A flag by its field's name is what the word says ("autoOrient", "false"), by its option's name
 * whether the option is given ("no-auto-orient", "true"). LOOM_ERR_USAGE, too, where there is no
 * such field.
 */
LOOM_API loom_status loom_recipe_set(loom_recipe *recipe, const char *name, const char *word,
                                     loom_error *err) LOOM_NODISCARD;

/* LOOM_RECIPE_BIT of each field that is not at its default: what a decoder must be able to do. */
LOOM_API uint64_t loom_recipe_needs(const loom_recipe *recipe);

/* The keyword of a value; "unknown" for one out of range. Static, never NULL. */
LOOM_API const char *loom_recipe_field_keyword(loom_recipe_field_id id, unsigned value);

/* #rgb, #rrggbb, #rrggbbaa, a CSS colour name or "transparent"; case ignored. As loom_recipe_set,
 * but for *colour. */
LOOM_API loom_status loom_colour_parse(const char *word, loom_colour *colour,
                                       loom_error *err) LOOM_NODISCARD;

/*
 * The recipe as a JSON object on one line, as it stands in a report; what is at its default is left
 * out, so that a recipe has one text, whatever fields a later version has. The caller frees the
 * string with free(). NULL when memory runs out.
 */
LOOM_API char *loom_recipe_to_json(const loom_recipe *recipe);

/*
 * The recipe of one of its outputs: with that size alone, `size` < size_count, and the format that
 * is written. Another size or a field that the format has no choice of makes no difference to it.
 * To be freed with loom_recipe_free. NULL: no memory.
 */
LOOM_API loom_recipe *loom_recipe_of_output(const loom_recipe *recipe, unsigned size,
                                            loom_format format);

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
