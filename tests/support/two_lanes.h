/* One recipe in the jpeg lane and in the vips lane, to JPEG. All functions assert. */
#ifndef TESTS_SUPPORT_TWO_LANES_H
#define TESTS_SUPPORT_TWO_LANES_H

#include "support/engine_run.h"
#include "support/oracle.h"

enum { LANES_PSNR_MIN = 38 }; /* dB, between the lanes on photographs at quality 95 */

/* What a test says of a recipe; the rest is the default, and quality 95. */
typedef struct lanes_recipe {
    const char *name;
    const char *size;
    loom_fit fit;
    loom_position position;
    loom_kernel kernel;
    double rotation;
    bool flip, flop, no_upscale, grayscale, progressive, full_chroma;
    loom_colour background;
} lanes_recipe;

engine_request lanes_request(const lanes_recipe *c);

/* The picture that a lane makes, left as well in LANE.jpg; released by the caller. */
oracle_image lanes_run(const char *lane, const engine_request *request, const char *input);

/* Asserts that both lanes make pictures of the same size that are at least `psnr` dB alike. */
void lanes_assert_alike(const engine_request *request, const char *input, double psnr,
                        const char *what);

#endif
