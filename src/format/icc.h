/* What must be known of an ICC profile without a colour engine. */
#ifndef LOOM_FORMAT_ICC_H
#define LOOM_FORMAT_ICC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the profile of `size` bytes describes sRGB, so that pixels need no conversion: an RGB
 * display profile with sRGB's primaries, D50-adapted, and its tone curve (IEC 61966-2-1; ICC.1:2010
 * sections 9 and 10). Profiles with look-up tables are never taken for it. Any bytes are allowed.
 */
bool loom_icc_is_srgb(const void *profile, size_t size);

/*
 * Whether what it says can be meant: its table of tags is within it, and where it is made of red,
 * green and blue these are, too, and together white. Any bytes are allowed.
 */
bool loom_icc_is_plausible(const void *profile, size_t size);

/* The pixels that a profile describes. */
typedef enum loom_icc_space {
    LOOM_ICC_BROKEN = 0, /* it is no profile, or cut within its header */
    LOOM_ICC_GRAY,
    LOOM_ICC_RGB,
    LOOM_ICC_CMYK,
    LOOM_ICC_OTHER /* L*a*b*, n colours …; or it describes no pixels: device link, named colours */
} loom_icc_space;

/* By the profile's class and colour space (ICC.1:2010, 7.2.5 and 7.2.6). Any bytes are allowed. */
loom_icc_space loom_icc_space_of(const void *profile, size_t size);

/*
 * "PQ" or "HLG" where the profile says by its tag "cicp" (ICC.1:2022, 9.2.17) that values are coded
 * so: what it makes of them for a display is one choice of many, of which the user is told. NULL:
 * it does not. Any bytes are allowed.
 */
const char *loom_icc_hdr_name(const void *profile, size_t size);

/*
 * The exponent of a profile of gray pixels whose curve is that alone: light = value ^ exponent. 0:
 * it is another curve, or another profile. Any bytes are allowed.
 */
double loom_icc_gray_gamma(const void *profile, size_t size);

#endif
