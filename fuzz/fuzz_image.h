/* Targets that have images converted. */
#ifndef FUZZ_FUZZ_IMAGE_H
#define FUZZ_FUZZ_IMAGE_H

#include "files/input.h"
#include "fuzz.h"

enum { FUZZ_MAX_PIXELS = 1 << 18 };

/* As the engine reads a file: the data, then zeros. To be released. */
static inline loom_input fuzz_input(const uint8_t *data, size_t size)
{
    loom_input input = {.data = malloc(size + LOOM_INPUT_SLACK), .size = size};

    FUZZ_CHECK(input.data != NULL);
    memcpy(input.data, data, size);
    memset(input.data + size, 0, LOOM_INPUT_SLACK);
    return input;
}

#endif
