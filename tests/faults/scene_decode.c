/* Outputs as another decoder sees them. */
#include "faults/scene_private.h"

#include <limits.h>
#include <string.h>

#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

/* 32 dB, on small pictures. Those of different lanes differ less, those of torn files more. */
enum { MEAN_SQUARE_MAX = 41 };

typedef struct pixels {
    unsigned char *data; /* NULL: not decodable */
    int width, height;
} pixels;

static pixels decode(scene_file file)
{
    pixels made = {NULL, 0, 0};
    int channels;

    if (file.data != NULL && file.size <= INT_MAX)
        made.data = stbi_load_from_memory((const unsigned char *)file.data, (int)file.size,
                                          &made.width, &made.height, &channels, 4);
    return made;
}

static double mean_square(pixels a, pixels b)
{
    const size_t size = (size_t)a.width * (size_t)a.height * 4;
    double sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += (a.data[i] - b.data[i]) * (a.data[i] - b.data[i]);
    return sum / (double)size;
}

bool scene_same_picture(scene_file one, scene_file other)
{
    pixels a = decode(one), b = decode(other);
    const bool same = a.data != NULL && b.data != NULL && a.width == b.width &&
                      a.height == b.height && mean_square(a, b) <= (double)MEAN_SQUARE_MAX;

    stbi_image_free(a.data);
    stbi_image_free(b.data);
    return same;
}
