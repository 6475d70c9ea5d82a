/*
 * The format table: the image formats that imgloom knows, their extensions, what LOOM_FORMAT_SAME
 * writes for each, and what each can hold as an output.
 *
 * The table is constant; every function here may be called from any thread.
 */
#ifndef IMGLOOM_FORMAT_H
#define IMGLOOM_FORMAT_H

#include <imgloom/export.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

typedef enum loom_format {
    LOOM_FORMAT_UNKNOWN = 0, /* as an output format: the same as the input */
    LOOM_FORMAT_JPEG,
    LOOM_FORMAT_PNG,
    LOOM_FORMAT_WEBP,
    LOOM_FORMAT_GIF,
    LOOM_FORMAT_TIFF,
    LOOM_FORMAT_AVIF,
    LOOM_FORMAT_HEIC,
    LOOM_FORMAT_BMP,
    LOOM_FORMAT_TGA,
    LOOM_FORMAT_PSD,
    LOOM_FORMAT_PNM,
    LOOM_FORMAT_HDR,
    LOOM_FORMAT_JXL,
    LOOM_FORMAT_SVG,
    LOOM_FORMAT_JP2,
    LOOM_FORMAT_PDF,
    LOOM_FORMAT_RAW, /* of cameras, by its embedded preview: see loom_raw */
    LOOM_FORMAT_COUNT
} loom_format;

#define LOOM_FORMAT_SAME LOOM_FORMAT_UNKNOWN

/* Encoder options that only some output formats have; each is a field of the recipe. */
enum {
    LOOM_CHOICE_QUALITY = 1,
    LOOM_CHOICE_LOSSLESS = 2,
    LOOM_CHOICE_EFFORT = 4,
    LOOM_CHOICE_PROGRESSIVE = 8,
    LOOM_CHOICE_CHROMA = 16,
    LOOM_CHOICE_PALETTE = 32,
    LOOM_CHOICE_NEAR_LOSSLESS = 64
};

typedef struct loom_format_info {
    loom_format format;
    const char *name; /* "jpeg": the word in options, reports and help */
    /* Lower case, without the dot; outputs get the first. NULL ends the list, which is empty for a
     * format that is not read at all. */
    const char *extensions[16];
    loom_format same_as;  /* what LOOM_FORMAT_SAME writes for this input */
    bool untrusted;       /* read only if the settings allow untrusted formats */
    bool writable;        /* may be an output format */
    bool alpha;           /* the output can hold an alpha channel */
    bool deep;            /* the output can hold 16 bits a channel */
    bool animation;       /* inputs and outputs can have several frames */
    unsigned choices;     /* LOOM_CHOICE_… of an output */
    bool always_lossless; /* the format has no lossy mode */
    int quality;          /* default quality; 0: the format has none */
    uint32_t max_side;    /* max side of an output, px; 0: not writable */
    bool by_preview;      /* read only if the recipe asks for the embedded preview */
} loom_format_info;

/* The row of `format`; for a value out of range, the row of LOOM_FORMAT_UNKNOWN. Never NULL. */
LOOM_API const loom_format_info *loom_format_get(loom_format format);

/*
 * Finds a format by its name or by the extension that its outputs get ("jpeg" or "jpg"; case is
 * ignored). LOOM_FORMAT_UNKNOWN: there is none.
 */
LOOM_API loom_format loom_format_by_name(const char *name);

/*
 * Finds a format by the extension of `path`: the part after the last dot of the last component,
 * case ignored. A name whose only dot comes first has no extension. LOOM_FORMAT_UNKNOWN: there is
 * no such format.
 */
LOOM_API loom_format loom_format_by_path(const char *path);

/*
 * Identifies a file by its first bytes, never by its name. `size` may be anything. 1000 bytes
 * suffice for every format (an SVG may begin with comments); only the list of brands of a HEIF file
 * is read beyond them, and the directories of a TIFF, which may make it a camera's raw file. TGA
 * has no magic number and is never returned. A gzip header gives LOOM_FORMAT_UNKNOWN: the function
 * unpacks nothing.
 */
LOOM_API loom_format loom_format_sniff(const void *bytes, size_t size);

/* Whether a file has something, as far as it says. */
typedef enum loom_presence {
    LOOM_PRESENCE_UNKNOWN = 0,
    LOOM_PRESENCE_ABSENT,
    LOOM_PRESENCE_PRESENT
} loom_presence;

#define LOOM_SAMPLE_BITS_MAX 64u

/* What a file says of its picture besides format and size. 0: unknown. Never grows. */
typedef struct loom_traits {
    loom_presence alpha; /* an alpha channel, or a transparent colour */
    uint32_t bits;   /* of a sample, max LOOM_SAMPLE_BITS_MAX; a palette counts by its colours */
    uint32_t frames; /* of an animation; else 1 */
    uint32_t dpi;    /* thousandths of a px per inch, horizontally */
} loom_traits;

/*
 * One row about the kinds of file that a format has: the meaning of one value of one aspect (such
 * as "compression"), and whether imgloom reads such files correctly, as a test picture proves. A
 * value without a row is refused. `imgloom formats NAME` and docs/formats.md show these rows.
 */
typedef struct loom_kind {
    const char *aspect; /* rows of one aspect are adjacent */
    uint32_t value;     /* as stored in the file, or from an enum of the container */
    bool read;          /* false: unsupported */
    const char *name;   /* for people, such as "PackBits" */
} loom_kind;

/* The n-th row; NULL after the last. A format whose headers tell no kinds apart has no rows. */
LOOM_API const loom_kind *loom_format_kind(loom_format format, size_t n);

LOOM_END_DECLS

#endif
