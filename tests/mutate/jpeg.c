/* JPEG: the Adobe segment, component numbers, sampling, scan parameters, the process. */
#include "format/jpeg.h"
#include "mutate/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the first marker of a kind stands; a frame's for 0. */
static size_t find(const mutate_file *f, unsigned wanted)
{
    const loom_bytes file = {f->bytes, f->size};
    loom_bytes segment;

    for (size_t at = 2;;) {
        const size_t start = loom_jpeg_next_marker(file, at);
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0) {
            (void)fprintf(stderr, "a marker is missing\n");
            exit(2);
        }
        if (marker == wanted || (wanted == 0 && loom_jpeg_is_frame(marker)))
            return start;
    }
}

static void write_byte(const mutate_file *base, const char *name, const char *field, size_t at,
                       unsigned value)
{
    static mutate_file f;

    f = *base;
    f.bytes[at] = (unsigned char)value;
    mutate_write(&f, "jpeg-%s-%s-%u.jpg", name, field, value);
}

/* Behind SOI. */
static void write_adobe(const mutate_file *base, const char *name, unsigned transform, bool jfif)
{
    static mutate_file f;
    const unsigned char adobe[] = {0xFF, 0xEE, 0,   14, 'A', 'd', 'o', 'b',
                                   'e',  0,    100, 0,  0,   0,   0,   (unsigned char)transform};
    size_t from = 2;

    if (!jfif && base->bytes[3] == 0xE0) /* which would decide */
        from += 2 + (size_t)(base->bytes[4] << 8 | base->bytes[5]);
    f.size = 0;
    mutate_put(&f, "\xFF\xD8", 2);
    mutate_put(&f, adobe, sizeof adobe);
    mutate_put(&f, base->bytes + from, base->size - from);
    mutate_write(&f, "jpeg-%s-adobe%s-%u.jpg", name, jfif ? "-jfif" : "", transform);
}

static void mutate_one(const char *testdata, const char *path, const char *name)
{
    static const unsigned ids[] = {0, 1, 2, 3, 4, 'B', 'C', 'G', 'K', 'M', 'R', 'Y', 'c', 255};
    static mutate_file base;

    base = mutate_read(testdata, path);
    const size_t frame = find(&base, 0), scan = find(&base, LOOM_JPEG_SOS);
    const unsigned count = base.bytes[frame + 9];
    const size_t parameters = scan + 5 + 2 * (size_t)base.bytes[scan + 4];
    for (unsigned i = 0; i < 6; i++) {
        write_adobe(&base, name, i < 5 ? i : 255, true);
        write_adobe(&base, name, i < 5 ? i : 255, false);
    }
    for (unsigned marker = 0xC0; marker <= 0xCF; marker++)
        write_byte(&base, name, "process", frame + 1, marker);
    for (unsigned bits = 1; bits <= 16; bits++)
        write_byte(&base, name, "bits", frame + 4, bits);
    for (unsigned components = 0; components <= 6; components++)
        write_byte(&base, name, "components", frame + 9, components);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        for (unsigned c = 0; c < count; c++) {
            static mutate_file f;
            f = base;
            f.bytes[frame + 10 + 3 * c] = (unsigned char)ids[i];
            f.bytes[scan + 5 + 2 * c] = (unsigned char)ids[i];
            mutate_write(&f, "jpeg-%s-id%u-%u.jpg", name, c, ids[i]);
        }
    for (unsigned h = 0; h <= 5; h++)
        for (unsigned v = 0; v <= 5; v++)
            write_byte(&base, name, "sampling", frame + 11, h << 4 | v);
    for (unsigned i = 0; i < 4; i++) {
        write_byte(&base, name, "first", parameters, i * 21);
        write_byte(&base, name, "last", parameters + 1, i * 21);
        write_byte(&base, name, "bit", parameters + 2, i * 17);
    }
}

void mutate_jpeg(const char *testdata)
{
    mutate_one(testdata, "tiny/photo-333x222.jpg", "colour");
    mutate_one(testdata, "photos/gray.jpg", "gray");
    mutate_one(testdata, "photos/cmyk.jpg", "inks");
}
