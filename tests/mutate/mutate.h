/*
 * Files whose header fields say every value that they can: each is a small good file with one field
 * (or two) changed. tests/mutate/mutate.sh runs the program over them, and compares what is ok with
 * what another decoder makes of it.
 */
#ifndef TESTS_MUTATE_MUTATE_H
#define TESTS_MUTATE_MUTATE_H

#include <stddef.h>
#include <stdint.h>

enum { MUTATE_BYTES = 1 << 16, MUTATE_SIDE = 16 };

/* A file that is being put together; begun as {.size = 0}. */
typedef struct mutate_file {
    unsigned char bytes[MUTATE_BYTES];
    size_t size;
} mutate_file;

/* For its end. */
void mutate_put(mutate_file *f, const void *bytes, size_t size);
void mutate_put_byte(mutate_file *f, unsigned value);
void mutate_put_le(mutate_file *f, uint32_t value, unsigned bytes);
void mutate_put_be(mutate_file *f, uint32_t value, unsigned bytes);

/* Samples that look like a picture: four quarters with a slope, of so many bytes a pixel. */
void mutate_put_pixels(mutate_file *f, size_t rows, size_t row_bytes);

/* Writes it as NAME, in printf's manner, into the current folder. */
void mutate_write(const mutate_file *f, const char *name, ...)
    __attribute__((format(printf, 2, 3)));

/* A file of testdata; what goes wrong ends the program. */
mutate_file mutate_read(const char *testdata, const char *name);

/* Each writes its files. */
void mutate_tiff(void);
void mutate_png(void);
void mutate_raster(void);
void mutate_jpeg(const char *testdata);
void mutate_gif(void);
void mutate_webp(const char *testdata);

#endif
