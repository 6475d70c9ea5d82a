/* TIFF 6.0: a directory of twelve and more tags, each of which can say another thing. */
#include "mutate/mutate.h"

#include <string.h>

enum { SHORT = 3, LONG = 4, ENTRIES = 15, PIXELS_AT = 8 + 2 + ENTRIES * 12 + 4 + 64 + 1536 };

/* What a directory says; all values of a tag are the same. */
typedef struct tags {
    const char *name;
    unsigned bits, compression, photometric, fill, orientation, samples, planes, predictor, inks,
        extra, extras, format;
} tags;

static const tags bases[] = {
    {"gray8", 8, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1},  {"gray16", 16, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1},
    {"bits1", 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1},  {"palette", 8, 1, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1},
    {"rgb8", 8, 1, 2, 1, 1, 3, 1, 1, 1, 0, 0, 1},   {"rgba8", 8, 1, 2, 1, 1, 4, 1, 1, 1, 1, 2, 1},
    {"rgb16", 16, 1, 2, 1, 1, 3, 1, 1, 1, 0, 0, 1}, {"cmyk8", 8, 1, 5, 1, 1, 4, 1, 1, 1, 0, 0, 1},
};

static void put_entry(mutate_file *f, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    mutate_put_le(f, tag, 2);
    mutate_put_le(f, type, 2);
    mutate_put_le(f, count, 4);
    mutate_put_le(f, value, 4);
}

/* So many shorts of one value: in the entry, or in the room behind the directory. */
static void put_shorts(mutate_file *f, unsigned tag, unsigned count, unsigned value, uint32_t room)
{
    put_entry(f, tag, SHORT, count, count > 2 ? room : value | (count > 1 ? value << 16 : 0));
}

static void write_tiff(const tags *t, const char *field, unsigned value)
{
    static mutate_file f;
    const uint32_t room = 8 + 2 + ENTRIES * 12 + 4, map = room + 64;

    memset(&f, 0, sizeof f);
    mutate_put(&f, "II*\0\10\0\0\0", 8);
    mutate_put_le(&f, ENTRIES, 2);
    put_entry(&f, 256, SHORT, 1, MUTATE_SIDE);
    put_entry(&f, 257, SHORT, 1, MUTATE_SIDE);
    put_shorts(&f, 258, t->samples, t->bits, room);
    put_entry(&f, 259, SHORT, 1, t->compression);
    put_entry(&f, 262, SHORT, 1, t->photometric);
    put_entry(&f, 266, SHORT, 1, t->fill);
    put_entry(&f, 273, LONG, 1, PIXELS_AT);
    put_entry(&f, 274, SHORT, 1, t->orientation);
    put_entry(&f, 277, SHORT, 1, t->samples);
    put_entry(&f, 278, SHORT, 1, MUTATE_SIDE);
    put_entry(&f, 279, LONG, 1, (MUTATE_SIDE * t->samples * t->bits + 7) / 8 * MUTATE_SIDE);
    put_entry(&f, 284, SHORT, 1, t->planes);
    /* One of these: tags ascend, and each is left out where it says what is usual. */
    if (t->photometric == 3)
        put_entry(&f, 320, SHORT, 768, map);
    else if (t->photometric == 5)
        put_entry(&f, 332, SHORT, 1, t->inks);
    else
        put_entry(&f, 317, SHORT, 1, t->predictor);
    if (t->extra > 0)
        put_shorts(&f, 338, t->extra, t->extras, room + 32);
    else
        put_entry(&f, 337, 2, 1, 0);
    put_shorts(&f, 339, t->samples, t->format, room + 16);
    mutate_put_le(&f, 0, 4);
    for (unsigned i = 0; i < 32; i++) /* the room: bits, formats, extra samples */
        mutate_put_le(&f, i < 8 ? t->bits : i < 16 ? t->format : t->extras, 2);
    for (unsigned i = 0; i < 768; i++)
        mutate_put_le(&f, i % 256 * 257 * (i / 256 == 1 ? 255 : 1) & 0xFFFF, 2);
    mutate_put_pixels(&f, MUTATE_SIDE, (size_t)MUTATE_SIDE * 64);
    mutate_write(&f, "tiff-%s-%s-%u.tif", t->name, field, value);
}

#define TRY(field, ...)                                                                            \
    do {                                                                                           \
        static const unsigned values[] = {__VA_ARGS__};                                            \
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {                              \
            tags changed = *base;                                                                  \
            changed.field = values[v];                                                             \
            write_tiff(&changed, #field, values[v]);                                               \
        }                                                                                          \
    } while (0)

void mutate_tiff(void)
{
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        const tags *base = &bases[i];
        TRY(photometric, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 32803, 32844, 32845, 34892, 65535);
        TRY(bits, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 24, 32, 64);
        TRY(format, 0, 1, 2, 3, 4, 5, 6, 7);
        TRY(samples, 1, 2, 3, 4, 5, 6);
        TRY(planes, 0, 1, 2, 3);
        TRY(fill, 0, 1, 2, 3);
        TRY(orientation, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        TRY(compression, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 32766, 32771, 32773, 32809, 32895, 32908,
            32946, 34661, 34676, 34677, 34712, 34887, 34892, 34925, 50000, 50001, 50002);
        TRY(predictor, 0, 1, 2, 3, 4);
        TRY(inks, 0, 1, 2, 3);
        for (unsigned extra = 1; extra <= 2 && extra < base->samples; extra++)
            for (unsigned kind = 0; kind <= 3; kind++) {
                tags changed = *base;
                changed.extra = extra;
                changed.extras = kind;
                write_tiff(&changed, extra == 1 ? "extra" : "extra2", kind);
            }
    }
}
