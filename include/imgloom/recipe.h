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

#define LOOM_MAX_SIDE    65500u /* px: the longest side that can be asked for */
#define LOOM_MAX_PERCENT 10000u
#define LOOM_MAX_QUALITY 100

/* How a picture meets a box of which both sides are given; the words are CSS object-fit's. */
typedef enum loom_fit {
    LOOM_FIT_COVER = 0, /* fills the box, crops what is over */
    LOOM_FIT_CONTAIN,   /* lies inside the box, padded to it */
    LOOM_FIT_FILL,      /* stretched to the box */
    LOOM_FIT_INSIDE,    /* as large as fits inside, no padding */
    LOOM_FIT_OUTSIDE    /* as small as covers the box, no crop */
} loom_fit;

typedef enum loom_grayscale {
    LOOM_GRAYSCALE_NONE = 0,
    LOOM_GRAYSCALE_LUMA /* Rec. 601 luma: Y' = 0.299 R' + 0.587 G' + 0.114 B' */
} loom_grayscale;

typedef struct loom_colour {
    uint8_t red, green, blue, alpha; /* sRGB, not premultiplied; alpha 255 is opaque */
} loom_colour;

typedef struct loom_recipe {
    uint32_t width, height; /* px of the final picture, 1..LOOM_MAX_SIDE; 0: that side is free */
    uint32_t percent;       /* instead of width and height: scale of both sides; 0: not given */
    loom_fit fit;
    bool no_upscale; /* no scale above 1 */
    int rotation;    /* degrees clockwise, a multiple of 90 in 0..270 */
    bool flip;       /* top to bottom, after the rotation */
    bool flop;       /* left to right, after the rotation */
    bool auto_orient;
    loom_grayscale grayscale;
    loom_format format; /* LOOM_FORMAT_SAME: as the input's extension says */
    int quality;        /* 1..100; 0: the format's default */
    loom_colour background;
    bool background_given; /* false: black, or transparent where picture and format have alpha */
} loom_recipe;

/* Sets every field to its default: no change but auto-orientation, same format. */
LOOM_API void loom_recipe_init(loom_recipe *recipe);

/*
 * Checks ranges and combinations (a turn without auto-orientation, an alpha background with a
 * format that has no alpha …). LOOM_ERR_USAGE with a message that names the word and what is
 * allowed, else LOOM_OK.
 */
LOOM_API loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err) LOOM_NODISCARD;

/*
 * Words and values as they stand in options and in recipe files. Each writes its result only on
 * LOOM_OK; otherwise LOOM_ERR_USAGE with a message that names the bad word and what is allowed.
 */
LOOM_API loom_status loom_fit_parse(const char *word, loom_fit *fit,
                                    loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_grayscale_parse(const char *word, loom_grayscale *grayscale,
                                          loom_error *err) LOOM_NODISCARD;
/* #rgb, #rrggbb, #rrggbbaa, a CSS colour name or "transparent"; case ignored. */
LOOM_API loom_status loom_colour_parse(const char *word, loom_colour *colour,
                                       loom_error *err) LOOM_NODISCARD;
/* WxH, Wx, xH or P%: sets width and height, or percent, and clears the others. */
LOOM_API loom_status loom_recipe_parse_size(loom_recipe *recipe, const char *word,
                                            loom_error *err) LOOM_NODISCARD;
/* Signed degrees; any multiple of 90, brought into 0..270 (-450 is 270). */
LOOM_API loom_status loom_recipe_parse_rotation(loom_recipe *recipe, const char *word,
                                                loom_error *err) LOOM_NODISCARD;
/* A writable format's name, or "same". */
LOOM_API loom_status loom_recipe_parse_format(loom_recipe *recipe, const char *word,
                                              loom_error *err) LOOM_NODISCARD;

LOOM_API const char *loom_fit_name(loom_fit fit);
LOOM_API const char *loom_grayscale_name(loom_grayscale grayscale); /* NONE: "none" */

/*
 * The recipe as a JSON object on one line, as it stands in a report. The caller frees the string
 * with free(). NULL when memory runs out.
 */
LOOM_API char *loom_recipe_to_json(const loom_recipe *recipe);

/*
 * Reads what loom_recipe_to_json writes (`size` bytes at `text`), or a whole report, of which it
 * takes the recipe; fields that are missing keep the value they have in *recipe. A field that is
 * unknown, given twice, of a wrong type or out of range, and what loom_recipe_check refuses, is
 * LOOM_ERR_USAGE, with the line where the parser knows it; *recipe is then unchanged.
 */
LOOM_API loom_status loom_recipe_from_json(loom_recipe *recipe, const char *text, size_t size,
                                           loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
