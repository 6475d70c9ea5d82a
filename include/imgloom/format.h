/*
 * The format table: which image formats exist for imgloom, by which extensions they are taken,
 * what LOOM_FORMAT_SAME writes for them, and what an output format can hold.
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
    LOOM_FORMAT_COUNT
} loom_format;

#define LOOM_FORMAT_SAME LOOM_FORMAT_UNKNOWN

/* Choices that some output formats have, and others not; each is a field of the recipe. */
enum {
    LOOM_CHOICE_QUALITY = 1,
    LOOM_CHOICE_LOSSLESS = 2,
    LOOM_CHOICE_EFFORT = 4,
    LOOM_CHOICE_PROGRESSIVE = 8,
    LOOM_CHOICE_CHROMA = 16
};

typedef struct loom_format_info {
    loom_format format;
    const char *name; /* "jpeg": the word in options, reports and help */
    const char
        *extensions[8];   /* without dot, lower case, the one to write first; NULL ends.
                           * None where nothing is taken by its name: what is not read at all */
    loom_format same_as;  /* what LOOM_FORMAT_SAME writes for this input */
    bool untrusted;       /* taken only where that is allowed */
    bool writable;        /* may be an output format */
    bool alpha;           /* the output can hold an alpha channel */
    bool deep;            /* the output can hold 16 bits a channel */
    bool animation;       /* inputs and outputs can have several frames */
    unsigned choices;     /* LOOM_CHOICE_…, of an output */
    bool always_lossless; /* it has no other way */
    int quality;          /* default quality; 0: the format has none */
    uint32_t max_side;    /* longest side an output can have, px; 0 when not writable */
} loom_format_info;

/* The row of `format`; for a value out of range the row of LOOM_FORMAT_UNKNOWN. Never NULL. */
LOOM_API const loom_format_info *loom_format_get(loom_format format);

/*
 * The format called `name` or by the extension that is written for it ("jpeg" or "jpg"; case
 * ignored), else LOOM_FORMAT_UNKNOWN.
 */
LOOM_API loom_format loom_format_by_name(const char *name);

/*
 * The format whose table row holds the extension of `path` (the part after the last dot of the
 * last component, case ignored; a name that starts with its only dot has none).
 * LOOM_FORMAT_UNKNOWN when there is none.
 */
LOOM_API loom_format loom_format_by_path(const char *path);

/*
 * The format of a file by its first bytes alone (never by its name). `size` may be anything;
 * 1000 bytes suffice for every format (an SVG may begin with comments), more are not looked at
 * but in the list of brands of a HEIF file. TGA has no magic number and is never returned.
 * A gzip header answers LOOM_FORMAT_UNKNOWN: nothing compressed is looked into.
 */
LOOM_API loom_format loom_format_sniff(const void *bytes, size_t size);

/*
 * One row of what is known of a format's files: of one aspect (as "compression"), what one value
 * means, and whether such a file is known to be read rightly, which a test picture proves. What has
 * no row is not known, and is refused. `imgloom formats NAME` and docs/formats.md
 * show these rows.
 */
typedef struct loom_kind {
    const char *aspect; /* rows of one aspect stand together */
    uint32_t value;     /* as the file has it, or an enumeration of the container's own */
    bool read;          /* else it is unsupported */
    const char *name;   /* for a person, as "PackBits" */
} loom_kind;

/* The n-th row; NULL behind the last. None: nothing of the format is told apart by a header. */
LOOM_API const loom_kind *loom_format_kind(loom_format format, size_t n);

LOOM_END_DECLS

#endif
