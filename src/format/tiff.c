/* TIFF (TIFF 6.0, section 2) and BigTIFF: a chain of directories, one for each page. */
#include "format/tiff.h"

#include "format/container.h"
#include <inttypes.h>
#include <stdio.h>

static bool sniff(loom_bytes file)
{
    /* 42 is TIFF, 43 BigTIFF. */
    return LOOM_BYTES_HAVE(file, 0, "II*\0") || LOOM_BYTES_HAVE(file, 0, "MM\0*") ||
           LOOM_BYTES_HAVE(file, 0, "II+\0") || LOOM_BYTES_HAVE(file, 0, "MM\0+");
}

/* ---- directories --------------------------------------------------------- */

/* Entries, each a tag with values. No offset and no count is trusted. */
typedef struct directory {
    loom_bytes file;
    bool big_endian, wide;        /* wide: BigTIFF, offsets of 8 bytes */
    const unsigned char *entries; /* of the directory */
    uint64_t count;
} directory;

/* The array of a tag. */
typedef struct tag_values {
    const unsigned char *at; /* NULL: not there */
    uint64_t count;
    unsigned width; /* bytes each: 1, 2, 4 or 8 */
} tag_values;

enum {
    TAG_WIDTH = 256,
    TAG_HEIGHT = 257,
    TAG_BITS = 258,
    TAG_COMPRESSION = 259,
    TAG_PHOTOMETRIC = 262,
    TAG_STRIP_OFFSETS = 273,
    TAG_SAMPLES = 277,
    TAG_STRIP_COUNTS = 279,
    TAG_COLOUR_MAP = 320,
    TAG_TILE_OFFSETS = 324,
    TAG_TILE_COUNTS = 325,
    TAG_INKS = 332,
    TAG_SAMPLE_FORMAT = 339,
    TAG_JPEG_TABLES = 347
};

static uint64_t word(const directory *t, const unsigned char *p, unsigned width)
{
    switch (width) {
    case 8:
        return loom_get64(p, t->big_endian);
    case 4:
        return loom_get32(p, t->big_endian);
    case 2:
        return loom_get16(p, t->big_endian);
    default:
        return *p;
    }
}

/* Whether `length` bytes at `at` lie within the file. */
static bool is_inside(const directory *t, uint64_t at, uint64_t length)
{
    return at <= t->file.size && length <= t->file.size - at;
}

/* Makes the directory at an offset the current one. */
static bool enter(directory *t, uint64_t at)
{
    const unsigned head = t->wide ? 8 : 2, entry = t->wide ? 20 : 12;

    if (!is_inside(t, at, head))
        return false;
    const uint64_t count = word(t, t->file.data + at, head);
    if (count > t->file.size || !is_inside(t, at + head, count * entry))
        return false;
    t->count = count;
    t->entries = t->file.data + at + head;
    return true;
}

/* False: the first directory does not lie within the file. */
static bool open_first(directory *t, loom_bytes file)
{
    if (file.size < 16)
        return false;
    *t = (directory){.file = file, .big_endian = file.data[0] == 'M'};
    t->wide = loom_get16(file.data + 2, t->big_endian) == 43;
    const unsigned offset = t->wide ? 8 : 4;
    return enter(t, word(t, file.data + offset, offset));
}

/*
 * Goes on to the next directory; *last tells that there is none. False: it does not lie within the
 * file, or, with *last, the file ends where its offset should be. A chain may be a ring: the caller
 * counts.
 */
static bool open_next(directory *t, bool *last)
{
    const unsigned offset = t->wide ? 8 : 4, entry = t->wide ? 20 : 12;
    const uint64_t at = (uint64_t)(t->entries - t->file.data) + t->count * entry;

    *last = !is_inside(t, at, offset);
    if (*last)
        return false;
    const uint64_t next = word(t, t->file.data + at, offset);
    *last = next == 0;
    return *last || enter(t, next);
}

static const unsigned char *entry_at(const directory *t, uint64_t i)
{
    return t->entries + i * (t->wide ? 20 : 12);
}

static unsigned tag_of(const directory *t, uint64_t i)
{
    return loom_get16(entry_at(t, i), t->big_endian);
}

/* Bytes of a value of an unsigned type, or of one that serves as such; 0: another. */
static unsigned width_of(unsigned type)
{
    switch (type) {
    case 1: /* BYTE */
    case 7: /* UNDEFINED */
        return 1;
    case 3: /* SHORT */
        return 2;
    case 4:  /* LONG */
    case 13: /* IFD */
        return 4;
    case 16: /* LONG8 */
        return 8;
    default:
        return 0;
    }
}

/*
 * The values of the entry `i`; *values is left alone where their type is not one of unsigned
 * numbers. False when they lie beyond the end.
 */
static bool values_of(const directory *t, uint64_t i, tag_values *values)
{
    const unsigned char *entry = entry_at(t, i);
    const unsigned offset = t->wide ? 8 : 4, width = width_of(loom_get16(entry + 2, t->big_endian));
    const unsigned char *field = entry + 4 + offset;
    const uint64_t count = word(t, entry + 4, offset);

    if (width == 0)
        return true; /* not a type that these tags have: the decoder will complain */
    if (count > t->file.size)
        return false;
    if (count * width <= offset) {
        *values = (tag_values){field, count, width};
        return true;
    }
    const uint64_t at = word(t, field, offset);
    if (!is_inside(t, at, count * width))
        return false;
    *values = (tag_values){t->file.data + at, count, width};
    return true;
}

/* The value `i` < values->count. */
static uint64_t value_at(const directory *t, const tag_values *values, uint64_t i)
{
    return word(t, values->at + i * values->width, values->width);
}

/*
 * The first entry of a tag; `at` is NULL where there is none. False when there is one, but its
 * values lie beyond the end.
 */
static bool find_values(const directory *t, unsigned tag, tag_values *values)
{
    *values = (tag_values){NULL, 0, 0};
    for (uint64_t i = 0; i < t->count && values->at == NULL; i++)
        if (tag_of(t, i) == tag && !values_of(t, i, values))
            return false;
    return true;
}

/* ---- the header ---------------------------------------------------------- */

static bool read_side(const directory *t, unsigned tag, uint32_t *side)
{
    tag_values values;

    if (!find_values(t, tag, &values) || values.at == NULL || values.count == 0)
        return false;
    const uint64_t value = value_at(t, &values, 0);
    *side = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    return true;
}

/* Of the first page. */
static bool read_header(loom_bytes file, loom_header *header)
{
    uint32_t width, height;
    directory t;

    if (!open_first(&t, file) || !read_side(&t, TAG_WIDTH, &width) ||
        !read_side(&t, TAG_HEIGHT, &height))
        return false;
    header->binding = true;
    header->width = width;
    header->height = height;
    return true;
}

/* ---- kinds that are not read rightly ------------------------------------ */

enum { COMPRESSION_JPEG = 7, FORMAT_UNSIGNED = 1, FORMAT_VOID = 4, INKS_CMYK = 1 };

/* TIFF 6.0, sections 8, 16, 20, 21 and 23. */
enum { WHITE_IS_0 = 0, BLACK_IS_0 = 1, RGB = 2, PALETTE = 3, SEPARATED = 5, YCBCR = 6, CIELAB = 8 };

/* What the directory says, where it says it. */
typedef struct tag_value {
    uint64_t value; /* the first one, or the default */
    bool alike;     /* all are the same */
} tag_value;

/* False: its values are cut off. */
static bool read_tag(const directory *t, unsigned tag, uint64_t otherwise, tag_value *read)
{
    tag_values values;

    *read = (tag_value){otherwise, true};
    if (!find_values(t, tag, &values))
        return false;
    if (values.at == NULL || values.count == 0)
        return true;
    read->value = value_at(t, &values, 0);
    for (uint64_t i = 1; i < values.count; i++)
        read->alike = read->alike && value_at(t, &values, i) == read->value;
    return true;
}

/* Compressions that libtiff has no decoder for, whatever it was built with. */
static const char *unknown_compression(uint64_t compression)
{
    switch (compression) {
    case 32908: /* PIXARFILM */
    case 32909: /* PIXARLOG wants more than pixels */
        return "one compressed as Pixar does";
    case 34712:
        return "one compressed as JPEG 2000";
    case 34892:
        return "one compressed as DNG's lossy JPEG";
    case 50002:
    case 52546:
        return "one compressed as JPEG XL";
    default:
        return NULL;
    }
}

/* What must be known of the samples. */
typedef struct kind {
    tag_value compression, bits, samples, format, photometric, inks;
} kind;

/* False: values are cut off, which is damage. */
static bool read_kind(const directory *t, kind *k)
{
    return read_tag(t, TAG_COMPRESSION, 1, &k->compression) && read_tag(t, TAG_BITS, 1, &k->bits) &&
           read_tag(t, TAG_SAMPLES, 1, &k->samples) &&
           read_tag(t, TAG_SAMPLE_FORMAT, FORMAT_UNSIGNED, &k->format) &&
           read_tag(t, TAG_PHOTOMETRIC, WHITE_IS_0, &k->photometric) &&
           read_tag(t, TAG_INKS, INKS_CMYK, &k->inks);
}

/* What samples mean, where libvips is known to read it rightly; else what it is. */
static const char *unknown_colours(const kind *k)
{
    switch (k->photometric.value) {
    case WHITE_IS_0:
    case BLACK_IS_0:
    case RGB:
    case PALETTE:
        return NULL;
    case SEPARATED:
        return k->inks.value == INKS_CMYK ? NULL : "one of inks other than CMYK";
    case YCBCR:
        return k->compression.value == COMPRESSION_JPEG
                   ? NULL
                   : "one of Y'CbCr that is not compressed as JPEG";
    case CIELAB:
        return k->bits.value == 8 ? NULL : "one of CIE L*a*b* with more than 8 bits";
    default:
        return "one of colours that are not known here";
    }
}

/* Unsigned samples of 8 or 16 bits, and those of fewer bits where they stand alone. */
static bool knows_samples(const kind *k)
{
    const uint64_t bits = k->bits.value;

    return k->format.value == FORMAT_UNSIGNED &&
           (bits == 8 || bits == 16 ||
            ((bits == 1 || bits == 2 || bits == 4) && k->samples.value == 1));
}

static bool refuse_samples(const kind *k, char reason[LOOM_UNSUPPORTED_REASON])
{
    static const char *const formats[] = {"", "", ", signed", ", floating point"};

    (void)snprintf(reason, LOOM_UNSUPPORTED_REASON,
                   "one of %" PRIu64 " samples of %" PRIu64 " bits%s", k->samples.value,
                   k->bits.value, formats[k->format.value]);
    return true;
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    directory t;
    kind k;

    if (!open_first(&t, file) || !read_kind(&t, &k))
        return false;
    const char *compressed = unknown_compression(k.compression.value);
    if (compressed != NULL)
        return loom_unsupported_set(reason, compressed);
    if (k.bits.value == 0 || k.bits.value > 64 || k.samples.value == 0)
        return false; /* damaged */
    if (!k.bits.alike || !k.format.alike)
        return loom_unsupported_set(reason, "one whose samples are not all alike");
    if (k.format.value >= FORMAT_VOID)
        return loom_unsupported_set(reason, "one of complex or unknown numbers");
    if (!knows_samples(&k))
        return refuse_samples(&k, reason);
    const char *colours = unknown_colours(&k);
    return colours != NULL && loom_unsupported_set(reason, colours);
}

/* ---- whether it is all there --------------------------------------------- */

enum { PAGES_MAX = 10000 }; /* that are looked at: their chain may be a ring */

/* Whether each piece of pixel data lies within the file. */
static bool pieces_inside(const directory *t, const tag_values *offsets, const tag_values *counts)
{
    if (offsets->at == NULL || counts->at == NULL || offsets->count != counts->count)
        return true; /* damaged perhaps, but not cut */
    for (uint64_t i = 0; i < offsets->count; i++)
        if (!is_inside(t, value_at(t, offsets, i), value_at(t, counts, i)))
            return false;
    return true;
}

/*
 * Whether all that the entry says of the pixels is there: offsets and byte counts go to those two,
 * and of the other tags without which there is no picture the values must lie within the file.
 */
static bool read_entry(const directory *t, uint64_t i, tag_values *offsets, tag_values *counts)
{
    tag_values other;

    switch (tag_of(t, i)) {
    case TAG_STRIP_OFFSETS:
    case TAG_TILE_OFFSETS:
        return values_of(t, i, offsets);
    case TAG_STRIP_COUNTS:
    case TAG_TILE_COUNTS:
        return values_of(t, i, counts);
    case TAG_BITS:
    case TAG_COLOUR_MAP:
    case TAG_SAMPLE_FORMAT:
    case TAG_JPEG_TABLES:
        return values_of(t, i, &other);
    default:
        return true;
    }
}

/* Whether what the directory names lies within the file; *seen counts what was looked at. */
static bool page_inside(const directory *t, uint64_t *seen)
{
    tag_values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};

    for (uint64_t i = 0; i < t->count; i++)
        if (!read_entry(t, i, &offsets, &counts))
            return false;
    *seen += t->count + offsets.count;
    return pieces_inside(t, &offsets, &counts);
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    bool last = false;
    uint64_t seen = 0; /* entries and pieces: no more than bytes, unless pages lie in one another */
    directory t;

    (void)header;
    (void)missing_end; /* there is no end marker */
    if (!open_first(&t, file))
        return LOOM_INTEGRITY_CUT;
    for (unsigned page = 0; page < PAGES_MAX && seen <= file.size && !last; page++) {
        if (!page_inside(&t, &seen))
            return LOOM_INTEGRITY_CUT;
        if (!open_next(&t, &last)) /* the last number of a single page is its end marker */
            return last && page == 0 ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
    }
    return LOOM_INTEGRITY_WHOLE;
}

/* ---- for those who look into the pixels ---------------------------------- */

uint64_t loom_tiff_compression(loom_bytes file)
{
    directory t;
    tag_value compression;

    return open_first(&t, file) && read_tag(&t, TAG_COMPRESSION, 0, &compression)
               ? compression.value
               : 0;
}

void loom_tiff_visit(loom_bytes file, bool (*visit)(loom_bytes piece, void *data), void *data)
{
    tag_values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};
    directory t;

    if (!open_first(&t, file))
        return;
    for (uint64_t i = 0; i < t.count; i++)
        if (!read_entry(&t, i, &offsets, &counts))
            return;
    if (offsets.at == NULL || counts.at == NULL)
        return;
    for (uint64_t i = 0; i < offsets.count && i < counts.count; i++) {
        const uint64_t at = value_at(&t, &offsets, i), size = value_at(&t, &counts, i);
        if (is_inside(&t, at, size) && !visit((loom_bytes){file.data + at, size}, data))
            return;
    }
}

const loom_container loom_container_tiff = {
    .sniff = sniff, .header = read_header, .unsupported = is_unsupported, .check = check};
