/* The oracle's pictures: reading, looking, comparing. What a recipe makes: oracle_render.c. */
#include "support/oracle.h"

#include "support/check.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_GIF
#define STBI_NO_PIC
#include <stb_image.h>

#include "support/oracle_private.h"

oracle_image oracle_create(uint32_t width, uint32_t height, uint32_t channels, uint32_t max)
{
    size_t count = (size_t)width * height * channels;
    oracle_image made = {width, height, channels, max, calloc(count, sizeof(uint16_t))};

    ck_assert_ptr_nonnull(made.samples);
    return made;
}

void oracle_release(oracle_image *image)
{
    free(image->samples);
    image->samples = NULL;
}

uint16_t *oracle_pixel(const oracle_image *image, uint32_t x, uint32_t y)
{
    return image->samples + ((size_t)y * image->width + x) * image->channels;
}

oracle_image oracle_from_bytes(uint32_t width, uint32_t height, uint32_t channels,
                               const uint8_t *bytes)
{
    oracle_image made = oracle_create(width, height, channels, 255);

    for (size_t i = 0; i < (size_t)width * height * channels; i++)
        made.samples[i] = bytes[i];
    return made;
}

static void swap_bytes(oracle_image *image)
{
    const uint8_t *bytes = (const uint8_t *)image->samples;

    for (size_t i = 0; i < (size_t)image->width * image->height * image->channels; i++)
        image->samples[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
}

oracle_image oracle_read_memory(const void *data, size_t size)
{
    int width, height, channels;
    oracle_image made;

    ck_assert_uint_le(size, INT_MAX);
    if (stbi_is_16_bit_from_memory(data, (int)size)) {
        uint16_t *deep = stbi_load_16_from_memory(data, (int)size, &width, &height, &channels, 0);
        ck_assert_msg(deep != NULL, "stb_image: %s", stbi_failure_reason());
        made = oracle_create((uint32_t)width, (uint32_t)height, (uint32_t)channels, 65535);
        memcpy(made.samples, deep,
               sizeof *deep * (size_t)width * (size_t)height * (size_t)channels);
        stbi_image_free(deep);
        if (memcmp(data, "P5", 2) == 0 || memcmp(data, "P6", 2) == 0)
            swap_bytes(&made); /* stb leaves PNM's as they stand in the file: big-endian */
    } else {
        uint8_t *bytes = stbi_load_from_memory(data, (int)size, &width, &height, &channels, 0);
        ck_assert_msg(bytes != NULL, "stb_image: %s", stbi_failure_reason());
        made = oracle_from_bytes((uint32_t)width, (uint32_t)height, (uint32_t)channels, bytes);
        stbi_image_free(bytes);
    }
    return made;
}

oracle_image oracle_read(const char *path)
{
    FILE *file = fopen(path, "rb");

    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    ck_assert_msg(size > 0, "%s is empty", path);
    rewind(file);
    uint8_t *data = malloc((size_t)size);
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(fread(data, 1, (size_t)size, file), (size_t)size);
    ck_assert_int_eq(fclose(file), 0);
    oracle_image made = oracle_read_memory(data, (size_t)size);
    free(data);
    return made;
}

unsigned oracle_at(const oracle_image *image, uint32_t x, uint32_t y, uint32_t channel)
{
    ck_assert_msg(x < image->width && y < image->height && channel < image->channels,
                  "(%u, %u) channel %u is outside of %ux%u with %u channels", x, y, channel,
                  image->width, image->height, image->channels);
    return oracle_pixel(image, x, y)[channel];
}

void oracle_assert_pixel(const oracle_image *image, uint32_t x, uint32_t y, unsigned tolerance,
                         uint32_t rgba)
{
    uint32_t colours = image->channels < 3 ? 1 : 3;

    for (uint32_t i = 0; i < 4; i++) {
        double expected = (double)(rgba >> (24 - 8 * i) & 255u), found = 255.0;

        if (i < 3)
            found = oracle_at(image, x, y, colours == 1 ? 0 : i);
        else if (colours < image->channels)
            found = oracle_at(image, x, y, colours);
        if (i < 3 || colours < image->channels)
            found *= 255.0 / image->max;
        ck_assert_msg(fabs(found - expected) <= tolerance,
                      "pixel (%u, %u): %c is %.4g instead of %.4g +- %u", x, y, "rgba"[i], found,
                      expected, tolerance);
    }
}

/* A colour counts as much as its alpha lets it be seen. */
static double seen(const oracle_image *image, size_t sample)
{
    size_t channel = sample % image->channels, last = image->channels - 1;
    double value = image->samples[sample];

    if (image->channels % 2 == 0 && channel != last)
        value = value * image->samples[sample - channel + last] / image->max;
    return value;
}

oracle_difference oracle_compare(const oracle_image *a, const oracle_image *b)
{
    oracle_difference result = {0.0, 0.0, INFINITY};
    double sum = 0.0, squares = 0.0;
    size_t count = (size_t)a->width * a->height * a->channels;

    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->height, b->height);
    ck_assert_uint_eq(a->channels, b->channels);
    ck_assert_uint_eq(a->max, b->max);
    for (size_t i = 0; i < count; i++) {
        double difference = fabs(seen(a, i) - seen(b, i));

        result.max = fmax(result.max, difference);
        sum += difference;
        squares += difference * difference;
    }
    result.mean = sum / (double)count;
    if (squares > 0.0)
        result.psnr = 10.0 * log10((double)a->max * a->max * (double)count / squares);
    return result;
}
