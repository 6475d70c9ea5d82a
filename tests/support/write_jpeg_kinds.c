/* Writes small JPEGs of every structure as seeds: write_jpeg_kinds DIR. Two bytes stand before
 * each, which say at what scale it is decoded (fuzz/fuzz_coefficients.c). */
#include "support/jpeg_kinds.h"

#include <stdio.h>
#include <stdlib.h>

static bool write_kind(const char *folder, size_t n, uint32_t width, uint32_t height)
{
    char path[4096];
    size_t size;
    unsigned char *data = jpeg_kind_make(&jpeg_kinds[n], width, height, &size);
    const unsigned char scales[2] = {(unsigned char)(n % 8), (unsigned char)(n / 2 % 9)};

    (void)snprintf(path, sizeof path, "%s/%zu-%ux%u.jpg", folder, n, (unsigned)width,
                   (unsigned)height);
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(scales, 1, sizeof scales, file) == sizeof scales &&
                   fwrite(data, 1, size, file) == size;
    if (file != NULL && fclose(file) != 0)
        written = false;
    free(data);
    return written;
}

int main(int argc, char **argv)
{
    bool written = argc == 2;

    for (size_t n = 0; n < jpeg_kinds_count && written; n++)
        written = write_kind(argv[1], n, 40, 24) && write_kind(argv[1], n, 17, 35);
    return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
