/* GIF files through the decoder, without an engine. */
#ifndef TESTS_SUPPORT_GIF_RUN_H
#define TESTS_SUPPORT_GIF_RUN_H

#include "engine/codec/decoder.h"
#include "support/gif_file.h"

typedef struct gif_run {
    loom_header header;
    loom_integrity integrity;
    loom_error error;
    loom_status status;
    loom_decoded decoded;
} gif_run;

/* Probes and decodes a copy of exactly that size; to be released by gif_run_release. */
gif_run gif_run_bytes(const void *bytes, size_t size, bool frames);
void gif_run_release(gif_run *run);

/* The same of a file, which is released; it must be decoded. */
gif_run gif_run_file(gif_file *f, bool frames);

/* Nothing is missing or damaged. */
void gif_run_assert_whole(const gif_run *run);

/* The pixel, 0xRRGGBBAA; opaque where the picture has no alpha. */
uint32_t gif_run_pixel(const gif_run *run, uint32_t x, uint32_t y);

void gif_run_assert_pixel(const gif_run *run, unsigned x, unsigned y, uint32_t expected);

/* Whether the screen's (x, y) lies in the frame. */
bool gif_covers(const gif_picture *p, unsigned x, unsigned y);

#endif
