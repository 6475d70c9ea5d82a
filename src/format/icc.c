#include "format/icc.h"

#include "base/array.h"
#include "base/bytes.h"
#include "format/colour_words.h"
#include <math.h>
#include <string.h>

enum { HEADER = 128, TAG_ENTRY = 12 };

loom_icc_space loom_icc_space_of(const void *profile, size_t size)
{
    static const char *const classes[] = {"scnr", "mntr", "prtr", "spac"};
    static const struct {
        const char *signature;
        loom_icc_space space;
    } spaces[] = {{"GRAY", LOOM_ICC_GRAY}, {"RGB ", LOOM_ICC_RGB}, {"CMYK", LOOM_ICC_CMYK}};
    const loom_bytes p = {profile, size};
    bool describes_pixels = false;

    if (size < HEADER || !LOOM_BYTES_HAVE(p, 36, "acsp"))
        return LOOM_ICC_BROKEN;
    for (size_t i = 0; i < LOOM_COUNT(classes); i++)
        describes_pixels = describes_pixels || loom_bytes_equal(p, 12, classes[i], 4);
    for (size_t i = 0; i < LOOM_COUNT(spaces) && describes_pixels; i++)
        if (loom_bytes_equal(p, 16, spaces[i].signature, 4))
            return spaces[i].space;
    return LOOM_ICC_OTHER;
}

/* The table entry of the tag with this signature, or NULL. The table lies within the profile. */
static const unsigned char *find_entry(loom_bytes profile, const char *signature)
{
    const uint32_t count = loom_be32(profile.data + HEADER);
    const unsigned char *entry = profile.data + HEADER + 4;

    for (uint32_t i = 0; i < count; i++, entry += TAG_ENTRY)
        if (memcmp(entry, signature, 4) == 0)
            return entry;
    return NULL;
}

/* The data of the tag with this signature, if it lies within the profile. */
static bool find_tag(loom_bytes profile, const char *signature, loom_bytes *tag)
{
    const unsigned char *entry = find_entry(profile, signature);

    if (entry == NULL)
        return false;
    const size_t offset = loom_be32(entry + 4), size = loom_be32(entry + 8);
    if (offset > profile.size || size > profile.size - offset)
        return false;
    *tag = (loom_bytes){profile.data + offset, size};
    return true;
}

/* s15Fixed16Number */
static double fixed(const unsigned char *p)
{
    return (double)(int32_t)loom_be32(p) / 65536.0;
}

static bool is_colorant(loom_bytes profile, const char *signature, const double expected[3])
{
    loom_bytes tag;

    if (!find_tag(profile, signature, &tag) || tag.size < 20 || memcmp(tag.data, "XYZ ", 4) != 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (fabs(fixed(tag.data + 8 + 4 * i) - expected[i]) > 0.003)
            return false;
    return true;
}

/* sRGB's decoding function: encoded value to linear light, both 0..1. */
static double srgb_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Value of a parametric curve of type 3, "para": Y = (aX + b)^g from X >= d, else cX. */
static double parametric(const unsigned char *p, double x)
{
    const double g = fixed(p), a = fixed(p + 4), b = fixed(p + 8), c = fixed(p + 12);

    return x >= fixed(p + 16) ? pow(a * x + b, g) : c * x;
}

static double sampled(const unsigned char *p, uint32_t count, double x)
{
    const double at = x * (count - 1);
    const uint32_t i = at >= count - 1 ? count - 2 : (uint32_t)at;
    const double low = loom_be16(p + 2 * (size_t)i), high = loom_be16(p + 2 * (size_t)i + 2);

    return (low + (high - low) * (at - i)) / 65535.0;
}

static bool is_srgb_curve(loom_bytes profile, const char *signature)
{
    loom_bytes tag;

    if (!find_tag(profile, signature, &tag) || tag.size < 12)
        return false;
    const bool para = memcmp(tag.data, "para", 4) == 0;
    const uint32_t count = para ? 0 : loom_be32(tag.data + 8);
    if (para && (loom_be16(tag.data + 8) != 3 || tag.size < 32))
        return false;
    if (!para && (memcmp(tag.data, "curv", 4) != 0 || count < 16 || (tag.size - 12) / 2 < count))
        return false; /* identity, or a plain gamma */
    for (int i = 0; i <= 32; i++) {
        const double x = i / 32.0;
        const double y = para ? parametric(tag.data + 12, x) : sampled(tag.data + 12, count, x);
        if (!(fabs(y - srgb_linear(x)) <= 0.005))
            return false;
    }
    return true;
}

static bool has_tags(loom_bytes p)
{
    return p.size >= HEADER + 4 && loom_be32(p.data + HEADER) <= (p.size - HEADER - 4) / TAG_ENTRY;
}

bool loom_icc_is_srgb(const void *profile, size_t size)
{
    /* sRGB's primaries adapted to D50, as in its public profiles. */
    static const double red[] = {0.4361, 0.2225, 0.0139}, green[] = {0.3851, 0.7169, 0.0971},
                        blue[] = {0.1431, 0.0606, 0.7139};
    const loom_bytes p = {profile, size};

    if (!has_tags(p))
        return false; /* damaged: the conversion will report it */
    if (memcmp(p.data + 12, "mntr", 4) != 0 || memcmp(p.data + 16, "RGB ", 4) != 0 ||
        memcmp(p.data + 20, "XYZ ", 4) != 0 || find_entry(p, "A2B0") != NULL)
        return false;
    return is_colorant(p, "rXYZ", red) && is_colorant(p, "gXYZ", green) &&
           is_colorant(p, "bXYZ", blue) && is_srgb_curve(p, "rTRC") && is_srgb_curve(p, "gTRC") &&
           is_srgb_curve(p, "bTRC");
}

bool loom_icc_is_plausible(const void *profile, size_t size)
{
    static const char *const colorants[] = {"rXYZ", "gXYZ", "bXYZ"};
    /* D50, or D65 for an old profile that is not adapted to it, with a margin. */
    static const double low[] = {0.85, 0.9, 0.7}, high[] = {1.1, 1.1, 1.3};
    const loom_bytes p = {profile, size};
    double white[3] = {0, 0, 0};

    if (!has_tags(p))
        return false;
    if (memcmp(p.data + 16, "RGB ", 4) != 0 || find_entry(p, "A2B0") != NULL ||
        find_entry(p, "A2B1") != NULL || find_entry(p, "rXYZ") == NULL)
        return true;
    for (size_t i = 0; i < LOOM_COUNT(colorants); i++) {
        loom_bytes tag;
        if (!find_tag(p, colorants[i], &tag) || tag.size < 20)
            return false;
        for (int k = 0; k < 3; k++)
            white[k] += fixed(tag.data + 8 + 4 * k);
    }
    for (int k = 0; k < 3; k++)
        if (white[k] < low[k] || white[k] > high[k])
            return false;
    return true;
}

loom_icc_verdict loom_icc_judge(const void *profile, size_t size, loom_icc_space pixels)
{
    const loom_icc_space space = loom_icc_space_of(profile, size);

    if (space == LOOM_ICC_BROKEN)
        return LOOM_ICC_DAMAGED;
    if (space != pixels || pixels == LOOM_ICC_OTHER)
        return LOOM_ICC_MISPLACED;
    return loom_icc_is_plausible(profile, size) ? LOOM_ICC_SUITS : LOOM_ICC_DAMAGED;
}

double loom_icc_gray_gamma(const void *profile, size_t size)
{
    const loom_bytes p = {profile, size};
    loom_bytes tag;

    if (!has_tags(p) || loom_icc_space_of(profile, size) != LOOM_ICC_GRAY ||
        find_entry(p, "A2B0") != NULL || !find_tag(p, "kTRC", &tag) || tag.size < 12)
        return 0;
    const uint32_t count = loom_be32(tag.data + 8);
    if (memcmp(tag.data, "curv", 4) == 0 && count == 0)
        return 1;
    if (memcmp(tag.data, "curv", 4) == 0 && count == 1 && tag.size >= 14)
        return loom_be16(tag.data + 12) / 256.0;
    return memcmp(tag.data, "para", 4) == 0 && loom_be16(tag.data + 8) == 0 && tag.size >= 16
               ? fixed(tag.data + 12)
               : 0;
}

const char *loom_icc_hdr_name(const void *profile, size_t size)
{
    const loom_bytes p = {profile, size};
    loom_bytes tag;

    if (!has_tags(p) || !find_tag(p, "cicp", &tag) || tag.size < 12 ||
        memcmp(tag.data, "cicp", 4) != 0)
        return NULL;
    return loom_colour_hdr_name(tag.data[9]);
}

/* ---- writing ------------------------------------------------------------- */

enum { TAGS_MAX = 11 };

typedef struct writer {
    unsigned char *bytes;
    size_t size;   /* bytes written */
    unsigned tags; /* filled entries of the table */
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

/* Adds a table entry for the data that begins here. */
static void begin_tag(writer *w, const char *signature)
{
    unsigned char *entry = w->bytes + HEADER + 4 + TAG_ENTRY * (size_t)w->tags++;

    memcpy(entry, signature, 4);
    loom_put32(entry + 4, true, (uint32_t)w->size);
}

/* Stores its size in the last `entries` of the table, which share the data. */
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
        16); /* the date field must be filled */
    w->size = 68;
    put_fixed(w, loom_icc_d50, 3);
    w->size = HEADER + 4 + TAG_ENTRY * TAGS_MAX; /* the table has space for all tags */
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
