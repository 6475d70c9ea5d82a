/*
 * A second GIF decoder, for tests of the first: slow, pixel by pixel, without a line in common. It
 * knows what browsers show, and tells what is missing or damaged.
 */
#ifndef TESTS_SUPPORT_GIF_MODEL_H
#define TESTS_SUPPORT_GIF_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gif_model {
    unsigned width, height;
    unsigned frames; /* that are decoded; 0: there is no picture */
    bool missing, damaged;
    uint32_t *pixels; /* 0xRRGGBBAA, frame by frame; to be freed */
    unsigned *delays; /* 1/100 s; to be freed */
} gif_model;

/* All frames, or the first. */
gif_model gif_model_decode(const unsigned char *bytes, size_t size, bool all);
void gif_model_release(gif_model *model);

#endif
