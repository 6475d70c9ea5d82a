/* A row of patches of known colours, and whether they came out as they should. */
#ifndef TESTS_SUPPORT_PATCHES_H
#define TESTS_SUPPORT_PATCHES_H

#include "support/icc_profile.h"
#include "support/oracle.h"

enum { PATCHES = 9, PATCH = 16 }; /* how many, and how wide and high each is */

/* Inside of each colour space, and where wide ones leave sRGB: those are clipped. */
extern const uint16_t patch_colours[PATCHES][3];

/* With 1 or 2 channels the red of them is the gray; alpha, where there is one, is `alpha`. */
oracle_image patches_make(uint32_t channels, uint32_t max, unsigned alpha);

/* Asserts what the middle of patch `i` is, 0..1, to `tolerance` of 255. */
void patches_assert_colour(const oracle_image *made, uint32_t i, const double expected[3],
                           double tolerance);

/* Asserts that the colours of `made` are those of `from` in the space, brought to sRGB. */
void patches_assert_converted(const oracle_image *made, const oracle_image *from,
                              const icc_space *space, double tolerance);

#endif
