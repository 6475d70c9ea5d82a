/*
 * The recipe: what to do to every image. loom_recipe_create returns it and the program sets it up;
 * afterwards it is read-only, and all threads may share it.
 *
 * The order of the steps is fixed, whatever the order in which fields are set:
 *   open → orient (EXIF) → extract, aspect → trim → rotate, then flip/flop → resize/fit
 *        → median, blur, sharpen → normalize, gamma, contrast, brightness, saturation, hue, negate
 *        → grayscale → tint → extend → border → radius → watermark → text → encode
 *
 * Filters and colours change the picture alone, not the background beside it; the corners that a
 * rotation fills are the picture's.
 */
#ifndef IMGLOOM_RECIPE_H
#define IMGLOOM_RECIPE_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/recipe_values.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

typedef struct loom_recipe {
    /* sizes[0..size_count), size_count >= 1. Each size is a separate output, from one decode. */
    loom_size sizes[LOOM_SIZES_MAX];
    unsigned size_count;
    loom_fit fit;
    bool no_upscale; /* limits the scale to 1 */
    loom_position position;
    loom_kernel kernel;
    loom_colour background;
    bool background_given; /* false: black, or transparent where picture and format have alpha */

    double rotation; /* degrees clockwise, 0 <= rotation < 360; multiples of 90 are exact */
    bool flip;       /* top to bottom, after the rotation */
    bool flop;       /* left to right, after the rotation */
    bool auto_orient;
    bool animated; /* keep all frames of GIF and WebP, if the output format can hold them */

    loom_grayscale grayscale;
    loom_icc icc;
    loom_metadata metadata;

    loom_format format; /* LOOM_FORMAT_SAME: given by the extension of the input */
    int quality;        /* 1..100; 0: the format's default */
    int effort;         /* 0..LOOM_EFFORT_MAX, capped at the encoder's max; -1: default */
    bool lossless;      /* WebP, AVIF, JXL; the other formats have no choice */
    /* WebP: lossless but for so much, 0 (most) to 100 (nothing); -1: not asked. */
    int near_lossless;
    loom_palette palette; /* PNG */
    bool progressive;     /* JPEG progressive, PNG and GIF interlaced */
    loom_chroma chroma;
    uint64_t max_bytes; /* limit for the output file: quality is searched to fit; 0: no limit */
    /*
     * Several formats: each size is written in each of formats[0..format_count), from one decode;
     * `format` is the first. 0: in `format` alone.
     */
    loom_format formats[LOOM_FORMATS_MAX];
    unsigned format_count;
    int dpi; /* px per inch to write, 1..LOOM_DPI_MAX; 0: those of the input, if it tells */

    loom_extract extract;
    /* What is extracted is cropped to this ratio, as large as possible, at `position`. */
    loom_ratio aspect;
    /* Cuts off a border of one colour: what differs by more, of 0..255, is none. -1: not asked. */
    int trim;
    loom_colour trim_background;
    bool trim_background_given; /* false: the px at the top left */

    /* Filters of the final picture; what they and the colours below do: docs/manual.md. */
    int median;     /* px of the window across and down, an odd 3..LOOM_MEDIAN_MAX; 0: none */
    double blur;    /* sigma in px, 0.3..100; 0: none */
    double sharpen; /* sigma in px, 0.3..10; 0: none; LOOM_AUTO: by how much smaller it gets */
    bool normalize; /* stretches the levels to what there is */
    double gamma;   /* 0.1..10; above 1 is brighter */
    double contrast, brightness, saturation; /* factors 0..10 */
    double hue;                              /* degrees, 0 <= hue < 360 */
    bool negate;
    loom_colour tint; /* sRGB; alpha does not count */
    bool tint_given;

    /* Around the picture of the requested size, and its padding. */
    loom_edges extend;
    loom_extend_with extend_with;
    loom_edges border; /* left is right, and top is bottom */
    loom_colour border_colour;
    bool border_colour_given; /* false: black */
    loom_length radius;       /* of the corners; a percentage is of the shorter side; 0: none */

    /* On top of all that; loom_recipe_read_files reads what is named. */
    loom_recipe_file watermark;
    loom_place watermark_place;
    loom_length watermark_size; /* its width, a percentage of the picture's; 0: as it is */
    double watermark_opacity;   /* 0..1 */
    loom_blend watermark_blend;
    char text[LOOM_WORD_SIZE]; /* UTF-8 with fields, see loom_text_check; "": none */
    loom_recipe_file font;     /* no path: the system's sans-serif one */
    loom_place text_place;
    loom_length text_size; /* of the font; a percentage is of the shorter side; 0: LOOM_TEXT_SIZE */
    loom_colour text_colour;
    bool text_colour_given; /* false: white */
    loom_colour text_outline;
    bool text_outline_given; /* false: there is none */
    loom_colour text_background;
    bool text_background_given; /* false: there is none */
    /*
     * The lowest quality is searched whose output, decoded again, is so similar in luma to the
     * picture before it was encoded: SSIM, 0.5..1; what it is: docs/manual.md. 0: no search.
     */
    double ssim;
    int page; /* of a TIFF, 1..LOOM_PAGE_MAX */
    loom_raw raw;
} loom_recipe;

#define LOOM_PAGE_MAX   10000
#define LOOM_TEXT_SIZE  500u /* 5 %, in hundredths */
#define LOOM_TRIM_MAX   254
#define LOOM_AUTO       (-1.0) /* of a number: what suits the picture */
#define LOOM_MEDIAN_MAX 15

#define LOOM_EFFORT_MAX   10
#define LOOM_ROTATION_MAX 1000000 /* max degrees that may be requested, in either direction */

/* Creates a recipe with every field at its default: auto-orientation only, same format. NULL: out
 * of memory. */
LOOM_API loom_recipe *loom_recipe_create(void);
LOOM_API loom_recipe *loom_recipe_copy(const loom_recipe *recipe); /* NULL: out of memory */
LOOM_API void loom_recipe_free(loom_recipe *recipe);               /* NULL is allowed */

/*
 * Checks ranges and combinations (a rotation without auto-orientation, a translucent background for
 * a format without alpha, a repeated size …). On LOOM_ERR_USAGE the message names the word and what
 * is allowed. With LOOM_FORMAT_SAME, options that some formats lack are checked for each image.
 * loom_engine_codec says whether this build writes the format.
 */
LOOM_API loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err) LOOM_NODISCARD;

/*
 * LOOM_ERR_USAGE, with a message that lists them, unless the fields of a text are {parent}, {stem},
 * {inputext}, {ext}, {format}, {width}, {height}, {date} or {taken}; {{ and }} stand for braces.
 */
LOOM_API loom_status loom_text_check(const char *text, loom_error *err) LOOM_NODISCARD;

/*
 * Reads the files that the recipe names, finds the font of its text, and sets the hashes of their
 * contents, which then stand in its JSON: what is made by other contents is another picture. Call
 * it before a plan or state gets the recipe. A hash that the recipe already holds must be that of
 * the content, else LOOM_ERR_USAGE; LOOM_ERR_NOT_FOUND, LOOM_ERR_IO, LOOM_ERR_TOO_LARGE (above
 * LOOM_RECIPE_FILE_MAX): the message names the file. The recipe is then unchanged.
 */
LOOM_API loom_status loom_recipe_read_files(loom_recipe *recipe, loom_error *err) LOOM_NODISCARD;

/* The path of the file that the font of the recipe's text is in; free() it. NULL: there is none. */
LOOM_API char *loom_recipe_font_file(const loom_recipe *recipe);

#define LOOM_RECIPE_FILE_MAX (UINT64_C(256) << 20) /* bytes */

/* The number of outputs of one input: its sizes times its formats. */
LOOM_API unsigned loom_recipe_outputs(const loom_recipe *recipe);

/* ---- fields: one row describes each ---------------------------------------- */

/* The fields, in the order of the help. A new field needs an id here and a row. */
typedef enum loom_recipe_field_id {
    LOOM_RECIPE_RAW = 0,
    LOOM_RECIPE_PAGE,
    LOOM_RECIPE_AUTO_ORIENT,
    LOOM_RECIPE_EXTRACT,
    LOOM_RECIPE_ASPECT,
    LOOM_RECIPE_TRIM,
    LOOM_RECIPE_TRIM_BACKGROUND,
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
    LOOM_RECIPE_MEDIAN,
    LOOM_RECIPE_BLUR,
    LOOM_RECIPE_SHARPEN,
    LOOM_RECIPE_NORMALIZE,
    LOOM_RECIPE_GAMMA,
    LOOM_RECIPE_CONTRAST,
    LOOM_RECIPE_BRIGHTNESS,
    LOOM_RECIPE_SATURATION,
    LOOM_RECIPE_HUE,
    LOOM_RECIPE_NEGATE,
    LOOM_RECIPE_GRAYSCALE,
    LOOM_RECIPE_TINT,
    LOOM_RECIPE_EXTEND,
    LOOM_RECIPE_EXTEND_WITH,
    LOOM_RECIPE_BORDER,
    LOOM_RECIPE_BORDER_COLOUR,
    LOOM_RECIPE_RADIUS,
    LOOM_RECIPE_WATERMARK,
    LOOM_RECIPE_WATERMARK_POSITION,
    LOOM_RECIPE_WATERMARK_SIZE,
    LOOM_RECIPE_WATERMARK_OPACITY,
    LOOM_RECIPE_WATERMARK_BLEND,
    LOOM_RECIPE_TEXT,
    LOOM_RECIPE_FONT,
    LOOM_RECIPE_TEXT_POSITION,
    LOOM_RECIPE_TEXT_SIZE,
    LOOM_RECIPE_TEXT_COLOUR,
    LOOM_RECIPE_TEXT_OUTLINE,
    LOOM_RECIPE_TEXT_BACKGROUND,
    LOOM_RECIPE_ICC,
    LOOM_RECIPE_ANIMATED,
    LOOM_RECIPE_FORMAT,
    LOOM_RECIPE_QUALITY,
    LOOM_RECIPE_MAX_BYTES,
    LOOM_RECIPE_SSIM,
    LOOM_RECIPE_LOSSLESS,
    LOOM_RECIPE_NEAR_LOSSLESS,
    LOOM_RECIPE_PALETTE,
    LOOM_RECIPE_EFFORT,
    LOOM_RECIPE_PROGRESSIVE,
    LOOM_RECIPE_CHROMA,
    LOOM_RECIPE_METADATA,
    LOOM_RECIPE_DPI,
    LOOM_RECIPE_COUNT
} loom_recipe_field_id;

#define LOOM_RECIPE_BIT(id) (UINT64_C(1) << (id))

/* The type of a field, and how JSON and options write it. */
typedef enum loom_recipe_value {
    LOOM_VALUE_FLAG = 0, /* bool; true or false in JSON */
    LOOM_VALUE_KEYWORD,  /* an enum, by its keyword */
    LOOM_VALUE_NUMBER,   /* int; null in JSON if not given */
    LOOM_VALUE_BYTES,    /* uint64_t; null if not given. An option takes K, Mi … */
    LOOM_VALUE_ANGLE,    /* double, degrees within -high..high, stored as 0 <= angle < 360 */
    LOOM_VALUE_REAL,     /* double within low..high; perhaps a percentage in an option, or auto */
    LOOM_VALUE_COLOUR,   /* loom_colour, and a bool at `given`; null if not given */
    LOOM_VALUE_FORMAT,   /* loom_format, by its name or "same"; or several, separated by commas */
    LOOM_VALUE_SIDE,     /* uint32_t of the only size; null if not given */
    LOOM_VALUE_METADATA, /* loom_metadata: "exif,xmp", "all,-gps" … */
    LOOM_VALUE_EXTRACT,  /* loom_extract: "10,20,300x200", "10%,10%,80%x80%"; null: all */
    LOOM_VALUE_RATIO,    /* loom_ratio: "16:9", "1.91:1"; null: none */
    LOOM_VALUE_EDGES,    /* loom_edges: "10", "10,20", "10,20,30,40"; null: none */
    LOOM_VALUE_BORDER,   /* the same, as "10" or "10x20"; null: none */
    LOOM_VALUE_LENGTH,   /* loom_length: "12", "50%"; null: none */
    LOOM_VALUE_PLACE,    /* loom_place: "southeast", "southeast+10+2%", "tile+20+20" */
    LOOM_VALUE_FILE,     /* loom_recipe_file: its path or, once it was read, an object of `path`
                            and `hash`; null: none */
    LOOM_VALUE_TEXT,     /* char[LOOM_WORD_SIZE]; null: none */
    LOOM_VALUE_SIZES     /* WxH,Wx,… in an option; an array in JSON, null for one size */
} loom_recipe_value;

typedef struct loom_recipe_field {
    const char *name;   /* in JSON, such as "noUpscale" */
    const char *option; /* on a command line, such as "no-upscale"; NULL: none. The option of a flag
                           sets it to the opposite of its default */
    const char *alias;  /* another option; NULL: none */
    char letter;        /* short option; 0: none */
    loom_recipe_value kind;
    size_t offset;               /* in loom_recipe */
    int64_t initial;             /* the default of flags, keywords, numbers and bytes; of reals in
                                    hundredths; of a place where it is */
    const char *noun;            /* what a keyword, real or length is, such as "a fit"; or NULL */
    const char *const *keywords; /* by value; NULL after the last */
    const char *const *synonyms; /* pairs: synonym, keyword, …, NULL; or NULL: none */
    const char *implied;         /* keyword of the option without a word, and of `true` in JSON; of
                                    reals the word for LOOM_AUTO */
    int64_t low, high; /* range of numbers, bytes and angles, and of reals in hundredths. For
                          keywords, `low` is the first that may be given; lower values are null in
                          JSON. For lengths, `high` is the max of a percentage, in hundredths */
    bool percent;      /* of reals: an option may write 120% for 1.2 */
    unsigned choice;   /* LOOM_CHOICE_… that the output format must have; 0: any format */
    bool encoding;     /* true: about encoding; false: about the picture */
    bool names_file;   /* its value is a path: do not accept it from untrusted clients */
    size_t given;      /* colour: the offset in loom_recipe of the bool that says it is set */
    const char *argument, *allowed, *help; /* for people; NULL: nothing */
    const char *fallback;                  /* the default, for people, unless the row implies it */
} loom_recipe_field;

/* The row of a field. */
LOOM_API const loom_recipe_field *loom_recipe_field_get(loom_recipe_field_id id);

/* Finds a field by its name, option or alias. NULL: there is none. */
LOOM_API const loom_recipe_field *loom_recipe_field_by_name(const char *name);

/*
 * Sets the field from the word of an option; NULL stands for the option without a word. On
 * LOOM_ERR_USAGE the message names the word and what is allowed, and *recipe is unchanged.
 */
LOOM_API loom_status loom_recipe_field_set(const loom_recipe_field *field, loom_recipe *recipe,
                                           const char *word, loom_error *err) LOOM_NODISCARD;

/*
 * As loom_recipe_field_set, by any name that loom_recipe_field_by_name finds:
 * loom_recipe_set(recipe, "size", "800x600", err). The name of a flag's field sets the flag
 * ("autoOrient", "false"); the name of its option says whether the option is given
 * ("no-auto-orient", "true"). LOOM_ERR_USAGE also if there is no such field.
 */
LOOM_API loom_status loom_recipe_set(loom_recipe *recipe, const char *name, const char *word,
                                     loom_error *err) LOOM_NODISCARD;

/*
 * Whether the word of a size also says the fit, which is then *fit: "800" stands for 800x800 and
 * the fit inside, "800x600>" for inside without enlarging, "800x600!" for fill.
 */
LOOM_API bool loom_sizes_say_fit(const char *word, loom_fit *fit);

/* ---- short spellings: options that set several fields ---------------------- */

#define LOOM_SPELLING_FIELDS 3u

/* A spelling is not stored: a recipe and its JSON hold the fields that the spelling sets. */
typedef struct loom_recipe_spelling {
    const char *option;          /* on a command line, such as "long-edge" */
    const char *argument, *help; /* for people; no argument: it takes no word, as a flag does */
    struct {
        loom_recipe_field_id field;
        const char *word;         /* NULL: the word of the option */
    } sets[LOOM_SPELLING_FIELDS]; /* in this order; the first takes the word, if there is one */
    unsigned count;
} loom_recipe_spelling;

/* The n-th spelling; NULL after the last. */
LOOM_API const loom_recipe_spelling *loom_recipe_spelling_get(unsigned n);

/* As loom_recipe_field_set. loom_recipe_set also takes the names of spellings. */
LOOM_API loom_status loom_recipe_spelling_set(const loom_recipe_spelling *spelling,
                                              loom_recipe *recipe, const char *word,
                                              loom_error *err) LOOM_NODISCARD;

/* The LOOM_RECIPE_BIT of each field that is not at its default: a lane must support all of them. */
LOOM_API uint64_t loom_recipe_needs(const loom_recipe *recipe);

/* The keyword of a value; "unknown" for a value out of range. Static, never NULL. */
LOOM_API const char *loom_recipe_field_keyword(loom_recipe_field_id id, unsigned value);

/* Parses #rgb, #rrggbb, #rrggbbaa, a CSS colour name or "transparent"; case is ignored. On
 * LOOM_ERR_USAGE the message names the word and what is allowed, and *colour is unchanged. */
LOOM_API loom_status loom_colour_parse(const char *word, loom_colour *colour,
                                       loom_error *err) LOOM_NODISCARD;

/*
 * Writes the recipe as a JSON object on one line, as in a report. Fields at their default are
 * omitted, so that the text of a recipe does not change when later versions add fields. The caller
 * releases the string with free(). NULL: out of memory.
 */
LOOM_API char *loom_recipe_to_json(const loom_recipe *recipe);

/*
 * The recipe of a single output: with its size only (`size` < size_count) and its format. Other
 * sizes, and fields that the format does not support, do not affect it. The caller frees it with
 * loom_recipe_free. NULL: out of memory.
 */
LOOM_API loom_recipe *loom_recipe_of_output(const loom_recipe *recipe, unsigned size,
                                            loom_format format);

/*
 * Reads the text of loom_recipe_to_json (`size` bytes at `text`), or the recipe in a whole report.
 * Missing fields keep their value in *recipe. LOOM_ERR_USAGE: a field is unknown, repeated, of the
 * wrong type or out of range, or loom_recipe_check refuses the recipe; the message names the line
 * if the parser knows it, and *recipe is unchanged. One size is `width`, `height` and `percent`;
 * several are `sizes`; each form replaces the other.
 */
LOOM_API loom_status loom_recipe_from_json(loom_recipe *recipe, const char *text, size_t size,
                                           loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
