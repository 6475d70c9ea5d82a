/* TIFF (TIFF 6.0, section 2) and BigTIFF: a chain of directories, one for each page. */
#include "format/container.h"
#include "format/tiff_directory.h"
#include <inttypes.h>
#include <stdio.h>

static bool sniff(loom_bytes file)
{
    /* 42 is TIFF, 43 BigTIFF. */
    return LOOM_BYTES_HAVE(file, 0, "II*\0") || LOOM_BYTES_HAVE(file, 0, "MM\0*") ||
           LOOM_BYTES_HAVE(file, 0, "II+\0") || LOOM_BYTES_HAVE(file, 0, "MM\0+");
}

/* ---- the header ---------------------------------------------------------- */

static bool read_side(const loom_tiff_directory *t, unsigned tag, uint32_t *side)
{
    loom_tiff_values values;

    if (!loom_tiff_find(t, tag, &values) || values.at == NULL || values.count == 0)
        return false;
    const uint64_t value = loom_tiff_value(t, &values, 0);
    *side = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    return true;
}

/* Of the first page. */
static bool read_header(loom_bytes file, loom_header *header)
{
    uint32_t width, height;
    loom_tiff_directory t;

    if (!loom_tiff_first(&t, file) || !read_side(&t, LOOM_TIFF_WIDTH, &width) ||
        !read_side(&t, LOOM_TIFF_HEIGHT, &height))
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
static bool read_tag(const loom_tiff_directory *t, unsigned tag, uint64_t otherwise,
                     tag_value *read)
{
    loom_tiff_values values;

    *read = (tag_value){otherwise, true};
    if (!loom_tiff_find(t, tag, &values))
        return false;
    if (values.at == NULL || values.count == 0)
        return true;
    read->value = loom_tiff_value(t, &values, 0);
    for (uint64_t i = 1; i < values.count; i++)
        read->alike = read->alike && loom_tiff_value(t, &values, i) == read->value;
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
static bool read_kind(const loom_tiff_directory *t, kind *k)
{
    return read_tag(t, LOOM_TIFF_COMPRESSION, 1, &k->compression) &&
           read_tag(t, LOOM_TIFF_BITS, 1, &k->bits) &&
           read_tag(t, LOOM_TIFF_SAMPLES, 1, &k->samples) &&
           read_tag(t, LOOM_TIFF_SAMPLE_FORMAT, FORMAT_UNSIGNED, &k->format) &&
           read_tag(t, LOOM_TIFF_PHOTOMETRIC, WHITE_IS_0, &k->photometric) &&
           read_tag(t, LOOM_TIFF_INKS, INKS_CMYK, &k->inks);
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
    loom_tiff_directory t;
    kind k;

    if (!loom_tiff_first(&t, file) || !read_kind(&t, &k))
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
static bool pieces_inside(const loom_tiff_directory *t, const loom_tiff_values *offsets,
                          const loom_tiff_values *counts)
{
    if (offsets->at == NULL || counts->at == NULL || offsets->count != counts->count)
        return true; /* damaged perhaps, but not cut */
    for (uint64_t i = 0; i < offsets->count; i++)
        if (!loom_tiff_inside(t, loom_tiff_value(t, offsets, i), loom_tiff_value(t, counts, i)))
            return false;
    return true;
}

/*
 * Whether all that the entry says of the pixels is there: offsets and byte counts go to those two,
 * and of the other tags without which there is no picture the values must lie within the file.
 */
static bool read_entry(const loom_tiff_directory *t, uint64_t i, loom_tiff_values *offsets,
                       loom_tiff_values *counts)
{
    loom_tiff_values other;

    switch (loom_tiff_tag(t, i)) {
    case LOOM_TIFF_STRIP_OFFSETS:
    case LOOM_TIFF_TILE_OFFSETS:
        return loom_tiff_values_of(t, i, offsets);
    case LOOM_TIFF_STRIP_COUNTS:
    case LOOM_TIFF_TILE_COUNTS:
        return loom_tiff_values_of(t, i, counts);
    case LOOM_TIFF_BITS:
    case LOOM_TIFF_COLOUR_MAP:
    case LOOM_TIFF_SAMPLE_FORMAT:
    case LOOM_TIFF_JPEG_TABLES:
        return loom_tiff_values_of(t, i, &other);
    default:
        return true;
    }
}

/* Whether what the directory names lies within the file; *seen counts what was looked at. */
static bool page_inside(const loom_tiff_directory *t, uint64_t *seen)
{
    loom_tiff_values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};

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
    loom_tiff_directory t;

    (void)header;
    (void)missing_end; /* there is no end marker */
    if (!loom_tiff_first(&t, file))
        return LOOM_INTEGRITY_CUT;
    for (unsigned page = 0; page < PAGES_MAX && seen <= file.size && !last; page++) {
        if (!page_inside(&t, &seen))
            return LOOM_INTEGRITY_CUT;
        if (!loom_tiff_next(&t, &last)) /* the last number of a single page is its end marker */
            return last && page == 0 ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
    }
    return LOOM_INTEGRITY_WHOLE;
}

const loom_container loom_container_tiff = {
    .sniff = sniff, .header = read_header, .unsupported = is_unsupported, .check = check};
