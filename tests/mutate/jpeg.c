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

/*
 * With a JFIF segment or without one, and with an Adobe segment or without: the base's own are left
 * out, because the last one would decide.
 */
static void write_segments(const mutate_file *base, const char *name, bool jfif, int transform)
{
    static const unsigned char plain_jfif[] = {0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0,
                                               1,    1,    0, 0,  1,   0,   1,   0,   0};
    static mutate_file f;
    const unsigned char adobe[] = {0xFF, 0xEE, 0,   14, 'A', 'd', 'o', 'b',
                                   'e',  0,    100, 0,  0,   0,   0,   (unsigned char)transform};
    const loom_bytes file = {base->bytes, base->size};
    const size_t frame = find(base, 0);
    loom_bytes segment;

    f.size = 0;
    mutate_put(&f, "\xFF\xD8", 2);
    if (jfif)
        mutate_put(&f, plain_jfif, sizeof plain_jfif);
    if (transform >= 0)
        mutate_put(&f, adobe, sizeof adobe);
    for (size_t at = 2, start = at; start < frame; start = at) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker != LOOM_JPEG_APP0 && marker != LOOM_JPEG_APP14)
            mutate_put(&f, base->bytes + start, at - start);
    }
    mutate_put(&f, base->bytes + frame, base->size - frame);
    if (transform >= 0)
        mutate_write(&f, "jpeg-%s-adobe%s-%d.jpg", name, jfif ? "-jfif" : "", transform);
    else
        mutate_write(&f, "jpeg-%s-adobe%s-none.jpg", name, jfif ? "-jfif" : "");
}

static void mutate_one(const char *testdata, const char *path, const char *name)
{
    static const unsigned ids[] = {0, 1, 2, 3, 4, 'B', 'C', 'G', 'K', 'M', 'R', 'Y', 'c', 255};
    static const int transforms[] = {-1, 0, 1, 2, 3, 4, 255}; /* -1: no segment */
    static mutate_file base;

    base = mutate_read(testdata, path);
    const size_t frame = find(&base, 0), scan = find(&base, LOOM_JPEG_SOS);
    const unsigned count = base.bytes[frame + 9];
    const size_t parameters = scan + 5 + 2 * (size_t)base.bytes[scan + 4];
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        write_segments(&base, name, false, transforms[i]);
        write_segments(&base, name, true, transforms[i]);
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
