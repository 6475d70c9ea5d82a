/*
 * Colour descriptions other than ICC profiles: code points (ITU-T H.273) as in AVIF, HEIC, JPEG XL
 * and PNG's cICP; PNG's gAMA and cHRM; and Adobe RGB by EXIF.
 */
#ifndef LOOM_FORMAT_COLOUR_WORDS_H
#define LOOM_FORMAT_COLOUR_WORDS_H

#include "format/icc.h"

/* Code points of H.273: unspecified, of all tables; transfer characteristics (table 3). */
enum { LOOM_COLOUR_UNSAID = 2, LOOM_COLOUR_PQ = 16, LOOM_COLOUR_HLG = 18 };

typedef enum loom_colour_kind {
    LOOM_COLOUR_NONE = 0, /* not described: sRGB */
    LOOM_COLOUR_CODES,    /* `primaries` and `transfer` */
    LOOM_COLOUR_MEASURES  /* `gamma` and `xy` */
} loom_colour_kind;

typedef struct loom_colour_words {
    loom_colour_kind kind;
    bool first;         /* they take precedence over an ICC profile */
    bool narrow;        /* RGB of limited range */
    unsigned primaries; /* H.273, table 2 */
    unsigned transfer;  /* H.273, table 3 */
    unsigned matrix;    /* H.273, table 4, of the decoder's output: 0 is RGB */
    double gamma;       /* light = value ^ gamma; 0: sRGB's curve */
    bool has_xy;        /* false: sRGB's primaries */
    double xy[4][2];    /* CIE 1931 x, y: red, green, blue, white */
} loom_colour_words;

/* How to handle the description. */
typedef enum loom_colour_verdict {
    LOOM_COLOUR_SRGB,    /* they are sRGB, or so close that viewers treat them as sRGB */
    LOOM_COLOUR_PROFILE, /* a profile can describe them */
    LOOM_COLOUR_UNKNOWN  /* no profile can describe them */
} loom_colour_verdict;

enum { LOOM_COLOUR_REASON = 96 };

/*
 * Decides. For LOOM_COLOUR_PROFILE it writes an ICC profile (version 4; for gray or RGB) of *size
 * bytes; for LOOM_COLOUR_UNKNOWN a reason that continues "the colours are coded ".
 */
loom_colour_verdict loom_colour_words_read(const loom_colour_words *words, bool gray,
                                           unsigned char profile[LOOM_ICC_WRITE_MAX], size_t *size,
                                           char reason[LOOM_COLOUR_REASON]);

/* "PQ" or "HLG"; NULL: the transfer characteristics are not HDR. */
const char *loom_colour_hdr_name(unsigned transfer);

#endif
