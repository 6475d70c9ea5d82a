/*
 * What a file says of its colours in words of its own, beside or instead of an ICC profile: code
 * points (ITU-T H.273) as in AVIF, HEIC, JPEG XL and PNG's cICP, or PNG's gAMA and cHRM, or the
 * Adobe RGB of EXIF.
 */
#ifndef LOOM_FORMAT_COLOUR_WORDS_H
#define LOOM_FORMAT_COLOUR_WORDS_H

#include "format/icc.h"

/* Code points of H.273: unspecified, of all tables; transfer characteristics (table 3). */
enum { LOOM_COLOUR_UNSAID = 2, LOOM_COLOUR_PQ = 16, LOOM_COLOUR_HLG = 18 };

typedef enum loom_colour_kind {
    LOOM_COLOUR_NONE = 0, /* nothing is said: sRGB */
    LOOM_COLOUR_CODES,    /* `primaries` and `transfer` */
    LOOM_COLOUR_MEASURES  /* `gamma` and `xy` */
} loom_colour_kind;

typedef struct loom_colour_words {
    loom_colour_kind kind;
    bool first;         /* they count where there is an ICC profile, too */
    bool narrow;        /* codes of RGB that do not use their whole range */
    unsigned primaries; /* H.273, table 2 */
    unsigned transfer;  /* H.273, table 3 */
    unsigned matrix;    /* H.273, table 4, of what a decoder hands on: 0 is RGB */
    double gamma;       /* light = value ^ gamma; 0: sRGB's curve */
    bool has_xy;        /* else sRGB's primaries */
    double xy[4][2];    /* CIE 1931 x, y: red, green, blue, white */
} loom_colour_words;

/* What is to be done about them. */
typedef enum loom_colour_verdict {
    LOOM_COLOUR_SRGB,    /* they are sRGB, or near enough that all the world takes them for it */
    LOOM_COLOUR_PROFILE, /* a profile says the same */
    LOOM_COLOUR_UNKNOWN  /* no profile can say it */
} loom_colour_verdict;

enum { LOOM_COLOUR_REASON = 96 };

/*
 * Decides, and for LOOM_COLOUR_PROFILE writes an ICC profile (version 4; of gray pixels or RGB) of
 * *size bytes; for LOOM_COLOUR_UNKNOWN a reason to follow "the colours are coded ".
 */
loom_colour_verdict loom_colour_words_read(const loom_colour_words *words, bool gray,
                                           unsigned char profile[LOOM_ICC_WRITE_MAX], size_t *size,
                                           char reason[LOOM_COLOUR_REASON]);

/* "PQ" or "HLG"; NULL: the transfer characteristics are none of HDR. */
const char *loom_colour_hdr_name(unsigned transfer);

#endif
