/* mutate TESTDATA FOLDER: writes all files into the folder, which must be there. */
#include "mutate/mutate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void end(const char *what)
{
    perror(what);
    exit(2);
}

void mutate_put(mutate_file *f, const void *bytes, size_t size)
{
    if (size > sizeof f->bytes - f->size) {
        (void)fprintf(stderr, "a file becomes too large\n");
        exit(2);
    }
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

void mutate_put_byte(mutate_file *f, unsigned value)
{
    const unsigned char byte = (unsigned char)value;

    mutate_put(f, &byte, 1);
}

void mutate_put_le(mutate_file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        mutate_put_byte(f, value >> 8 * i & 255);
}

void mutate_put_be(mutate_file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        mutate_put_byte(f, value >> 8 * i & 255);
}

void mutate_put_pixels(mutate_file *f, size_t rows, size_t row_bytes)
{
    static const unsigned char quarters[4][3] = {
        {220, 30, 30}, {30, 200, 40}, {40, 50, 210}, {230, 210, 60}};

    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < row_bytes; x++) {
            const size_t quarter = (y >= rows / 2 ? 2u : 0u) + (x >= row_bytes / 2 ? 1u : 0u);
            mutate_put_byte(f, (unsigned)(quarters[quarter][x % 3] + y % 16));
        }
}

void mutate_write(const mutate_file *f, const char *name, ...)
{
    char path[256];
    va_list args;

    va_start(args, name);
    (void)vsnprintf(path, sizeof path, name, args);
    va_end(args);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(f->bytes, 1, f->size, file) != f->size || fclose(file) != 0)
        end(path);
}

mutate_file mutate_read(const char *testdata, const char *name)
{
    mutate_file f = {.size = 0};
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", testdata, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        end(path);
    f.size = fread(f.bytes, 1, sizeof f.bytes, file);
    if (f.size == 0 || f.size == sizeof f.bytes)
        end(path);
    (void)fclose(file);
    return f;
}

int main(int count, char **words)
{
    char testdata[4096];

    if (count != 3) {
        (void)fprintf(stderr, "usage: mutate TESTDATA FOLDER\n");
        return 2;
    }
    if (realpath(words[1], testdata) == NULL)
        end(words[1]);
    if (chdir(words[2]) != 0)
        end(words[2]);
    mutate_tiff();
    mutate_png();
    mutate_raster();
    mutate_jpeg(testdata);
    mutate_gif();
    mutate_webp(testdata);
    return 0;
}
