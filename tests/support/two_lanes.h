/* One recipe in the jpeg lane and in the vips lane, to JPEG or WebP. All functions assert. */
#ifndef TESTS_SUPPORT_TWO_LANES_H
#define TESTS_SUPPORT_TWO_LANES_H

#include "support/engine_run.h"
#include "support/make_jpeg.h"
#include "support/oracle.h"

enum { LANES_PSNR_MIN = 38 }; /* dB, between the lanes on photographs at quality 95 */

/* The same to WebP, whose chroma is the mean of sRGB in one lane, of linear light in the other. */
enum { LANES_WEBP_PSNR_MIN = 36 };

/* What a test says of a recipe; the rest is the default, and quality 95. */
typedef struct lanes_recipe {
    const char *name;
    const char *size;
    const char *fields; /* others, as words: "extract=10,20,300x200 aspect=1:1"; NULL: none */
    loom_fit fit;
    loom_position position;
    loom_kernel kernel;
    double rotation;
    bool flip, flop, no_upscale, grayscale, progressive, full_chroma;
    loom_colour background;
} lanes_recipe;

/* A part of a photograph of testdata as a JPEG of quality 95. */
typedef struct lanes_input {
    const char *name;
    make_jpeg_options options; /* the quality is not looked at */
    bool gray;
    uint32_t width, height;
} lanes_input;

void lanes_write_input(const lanes_input *c, const char *path);

/* To JPEG. */
engine_request lanes_request(const lanes_recipe *c);

/* A lossy WebP without alpha, decoded by libwebp; of three channels, or one if they are equal. */
oracle_image lanes_read_webp(const char *path);

/*
 * The picture that a lane makes, left as well in LANE.jpg or LANE.webp; released by the caller. The
 * request's format is WebP; all others become JPEG.
 */
oracle_image lanes_run(const char *lane, const engine_request *request, const char *input);

/* Asserts that both lanes make pictures of the same size that are at least `psnr` dB alike. */
void lanes_assert_alike(const engine_request *request, const char *input, double psnr,
                        const char *what);

#endif
