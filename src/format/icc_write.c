#include "format/icc_write.h"

#include "base/array.h"
#include "base/bytes.h"
#include <math.h>
#include <string.h>

enum { HEADER = 128, TAG_ENTRY = 12, TAGS_MAX = 11 };

typedef struct writer {
    unsigned char *bytes;
    size_t size;   /* so many are written */
    unsigned tags; /* entries of the table that are filled */
} writer;

static void put(writer *w, const void *data, size_t size)
{
    memcpy(w->bytes + w->size, data, size);
    w->size += size;
}

static void put_number(writer *w, uint32_t value)
{
    loom_put32(w->bytes + w->size, true, value);
    w->size += 4;
}

/* s15Fixed16Number. */
static void put_fixed(writer *w, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_number(w, (uint32_t)(int32_t)lround(fmax(fmin(values[i], 32767), -32767) * 65536));
}

/* An entry of the table for the data that begin here. */
static void begin_tag(writer *w, const char *signature)
{
    unsigned char *entry = w->bytes + HEADER + 4 + TAG_ENTRY * (size_t)w->tags++;

    memcpy(entry, signature, 4);
    loom_put32(entry + 4, true, (uint32_t)w->size);
}

/* Its size is told to the last `entries` of the table, which share the data. */
static void end_tag(writer *w, unsigned entries)
{
    for (unsigned i = 1; i <= entries; i++) {
        unsigned char *entry = w->bytes + HEADER + 4 + TAG_ENTRY * (size_t)(w->tags - i);
        loom_put32(entry + 8, true, (uint32_t)w->size - loom_be32(entry + 4));
    }
    while (w->size % 4 != 0)
        w->bytes[w->size++] = 0;
}

/* multiLocalizedUnicodeType, of one English text. */
static void put_text(writer *w, const char *signature, const char *text)
{
    const size_t length = strlen(text);

    begin_tag(w, signature);
    put(w,
        "mluc\0\0\0\0\0\0\0\1\0\0\0\x0C"
        "enUS",
        20);
    put_number(w, 2 * (uint32_t)length);
    put_number(w, 28);
    for (size_t i = 0; i < length; i++) {
        w->bytes[w->size++] = 0;
        w->bytes[w->size++] = (unsigned char)text[i];
    }
    end_tag(w, 1);
}

static void put_xyz(writer *w, const char *signature, const double xyz[3])
{
    begin_tag(w, signature);
    put(w, "XYZ \0\0\0\0", 8);
    put_fixed(w, xyz, 3);
    end_tag(w, 1);
}

/* parametricCurveType, functions 0 and 3. */
static void put_curve(writer *w, const loom_icc_display *display)
{
    static const char *const signatures[] = {"rTRC", "gTRC", "bTRC"};
    const unsigned count = display->gray ? 1 : LOOM_COUNT(signatures);

    for (unsigned i = 0; i < count; i++)
        begin_tag(w, display->gray ? "kTRC" : signatures[i]);
    put(w, "para\0\0\0\0", 8);
    put_number(w, display->gamma > 0 ? 0 : 3u << 16);
    if (display->gamma > 0)
        put_fixed(w, &display->gamma, 1);
    else
        put_fixed(w, display->curve, 5);
    end_tag(w, count);
}

const double loom_icc_d50[3] = {0.9642, 1, 0.8249};

static void put_header(writer *w, bool gray)
{
    memset(w->bytes, 0, HEADER + 4 + TAG_ENTRY * TAGS_MAX);
    w->size = 8;
    put(w, "\4\x20\0\0mntr", 8);
    put(w, gray ? "GRAY" : "RGB ", 4);
    put(w, "XYZ ", 4);
    put(w,
        "\x07\xD0\0\1\0\1\0\0\0\0\0\0"
        "acsp",
        16); /* a date must stand there */
    w->size = 68;
    put_fixed(w, loom_icc_d50, 3);
    w->size = HEADER + 4 + TAG_ENTRY * TAGS_MAX; /* the table has room for all */
}

size_t loom_icc_write(const loom_icc_display *display, unsigned char profile[LOOM_ICC_WRITE_MAX])
{
    static const char *const signatures[] = {"rXYZ", "gXYZ", "bXYZ"};
    writer w = {.bytes = profile};

    put_header(&w, display->gray);
    put_text(&w, "desc", "colours as the file says");
    put_text(&w, "cprt", "no copyright");
    put_xyz(&w, "wtpt", loom_icc_d50);
    begin_tag(&w, "chad");
    put(&w, "sf32\0\0\0\0", 8);
    put_fixed(&w, display->adaptation, 9);
    end_tag(&w, 1);
    for (unsigned i = 0; i < LOOM_COUNT(signatures) && !display->gray; i++) {
        const double *m = display->colorants + i;
        put_xyz(&w, signatures[i], (const double[]){m[0], m[3], m[6]});
    }
    put_curve(&w, display);
    loom_put32(profile, true, (uint32_t)w.size);
    loom_put32(profile + HEADER, true, w.tags);
    return w.size;
}
