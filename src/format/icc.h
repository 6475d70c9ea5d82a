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

#endif
