/* ICC profiles (ICC.1:2010) without a colour engine: reads the fields that are needed, and writes
 * profiles. */
#ifndef LOOM_FORMAT_ICC_H
#define LOOM_FORMAT_ICC_H

#include <stdbool.h>
#include <stddef.h>

/* ---- reading ------------------------------------------------------------- */

/*
 * Whether the profile of `size` bytes describes sRGB, so that pixels need no conversion: an RGB
 * display profile with sRGB's primaries, D50-adapted, and its tone curve (IEC 61966-2-1; ICC.1:2010
 * sections 9 and 10). Profiles with look-up tables never count as sRGB. Any bytes are allowed.
 */
bool loom_icc_is_srgb(const void *profile, size_t size);

/*
 * Whether the profile is plausible: its tag table is within it, and if it has red, green and blue
 * colorants, these are plausible too and add up to white. Any bytes are allowed.
 */
bool loom_icc_is_plausible(const void *profile, size_t size);

/* The pixels that a profile describes. */
typedef enum loom_icc_space {
    LOOM_ICC_BROKEN = 0, /* not a profile, or truncated within its header */
    LOOM_ICC_GRAY,
    LOOM_ICC_RGB,
    LOOM_ICC_CMYK,
    LOOM_ICC_OTHER /* L*a*b*, n colours …; or it describes no pixels: device link, named colours */
} loom_icc_space;

/* By the profile's class and colour space (ICC.1:2010, 7.2.5 and 7.2.6). Any bytes are allowed. */
loom_icc_space loom_icc_space_of(const void *profile, size_t size);

/* How to treat a profile that comes with pixels. */
typedef enum loom_icc_verdict {
    LOOM_ICC_SUITS = 0, /* it fits the pixels */
    LOOM_ICC_DAMAGED,   /* it is not a profile, or is implausible */
    LOOM_ICC_MISPLACED  /* it is for other pixels; or the pixels are LOOM_ICC_OTHER */
} loom_icc_verdict;

/* Judges the profile for the `pixels` that it comes with. Any bytes are allowed. */
loom_icc_verdict loom_icc_judge(const void *profile, size_t size, loom_icc_space pixels);

/*
 * "PQ" or "HLG" if the profile's tag "cicp" (ICC.1:2022, 9.2.17) says so. The profile's rendering
 * for a display is then one choice of many, and the user is told. NULL: it does not. Any bytes are
 * allowed.
 */
const char *loom_icc_hdr_name(const void *profile, size_t size);

/*
 * The exponent of a gray profile whose curve is a plain gamma: light = value ^ exponent. 0: another
 * curve, or another profile. Any bytes are allowed.
 */
double loom_icc_gray_gamma(const void *profile, size_t size);

/* ---- writing ------------------------------------------------------------- */

/* The profile of a display, version 4.2. */

enum { LOOM_ICC_WRITE_MAX = 640 }; /* max size of a profile, bytes */

extern const double loom_icc_d50[3]; /* X, Y, Z of the white of profiles: 7.2.16 */

typedef struct loom_icc_display {
    bool gray;            /* it has no colorants */
    double colorants[9];  /* red, green and blue are the columns; X, Y, Z the rows; of D50 */
    double adaptation[9]; /* from its white to D50 */
    double gamma;         /* light = value ^ gamma; 0: `curve` */
    double curve[5];      /* g, a, b, c, d: light = (a v + b) ^ g from v >= d on, else c v */
} loom_icc_display;

/* Returns its size in bytes. */
size_t loom_icc_write(const loom_icc_display *display, unsigned char profile[LOOM_ICC_WRITE_MAX]);

#endif
