/* The kinds of TIFF that are read: single values by a row, and the combinations that are allowed.
 */
#include "format/tiff.h"
#include <stdio.h>

enum {
    COMPRESSION_NONE = 1,
    COMPRESSION_RLE = 2,
    COMPRESSION_T4 = 3,
    COMPRESSION_T6 = 4,
    COMPRESSION_LZW = 5,
    COMPRESSION_LZMA = 34925,
    COMPRESSION_ZSTD = 50000,
    COMPRESSION_WEBP = 50001
};

/* TIFF 6.0, sections 8, 16, 20, 21 and 23. */
enum { WHITE_IS_0 = 0, BLACK_IS_0 = 1, RGB = 2, PALETTE = 3, SEPARATED = 5, YCBCR = 6, CIELAB = 8 };

enum { UNSPECIFIED = 0, ASSOCIATED = 1, UNASSOCIATED = 2 };
enum { CHUNKY = 1, SEPARATE = 2 };
enum { UNSIGNED = 1, CMYK = 1, MOST_SIGNIFICANT_FIRST = 1, NO_PREDICTOR = 1 };

/* libvips 8.16 reads no larger tiles, and none whose sides TIFF 6.0, section 15, does not allow. */
enum { TILE_SIDE_MAX = 8192, TILE_SIDE_STEP = 16 };

/* NewSubfileType and SubfileType (section 8): bits, and a number. */
enum { REDUCED = 1, MASK = 4, OLD_REDUCED = 2 };

#define COLOURS       "colours"
#define NUMBERS       "numbers"
#define BITS          "bits a sample"
#define EXTRA_SAMPLES "extra samples"
#define COMPRESSION   "compression"
#define PREDICTOR     "predictor"
#define PLANES        "planes"
#define FILL_ORDER    "fill order"
#define INKS          "inks"

const loom_kind loom_tiff_kinds[] = {
    {COLOURS, WHITE_IS_0, true, "gray, 0 is white"},
    {COLOURS, BLACK_IS_0, true, "gray, 0 is black"},
    {COLOURS, RGB, true, "RGB"},
    {COLOURS, PALETTE, true, "a palette"},
    {COLOURS, 4, false, "a mask"},
    {COLOURS, SEPARATED, true, "inks"},
    {COLOURS, YCBCR, true, "Y'CbCr, compressed as JPEG"},
    {COLOURS, CIELAB, true, "CIE L*a*b* of D50"},
    {COLOURS, 9, false, "ICC L*a*b*"},
    {COLOURS, 10, false, "ITU L*a*b*"},
    {COLOURS, 32803, false, "a colour filter array"},
    {COLOURS, 32844, false, "CIE log L"},
    {COLOURS, 32845, false, "CIE log L (u', v')"},
    {COLOURS, 34892, false, "linear raw"},
    {COLOURS, 51177, false, "a depth map"},
    {COLOURS, 52527, false, "a semantic mask"},
    {NUMBERS, UNSIGNED, true, "unsigned"},
    {NUMBERS, 2, false, "signed"},
    {NUMBERS, 3, false, "floating point"},
    {NUMBERS, 4, true, "unspecified, read as unsigned"},
    {NUMBERS, 5, false, "complex"},
    {NUMBERS, 6, false, "complex floating point"},
    {BITS, 1, true, "1"},
    {BITS, 2, true, "2"},
    {BITS, 4, true, "4"},
    {BITS, 8, true, "8"},
    {BITS, 10, false, "10"},
    {BITS, 12, false, "12"},
    {BITS, 14, false, "14"},
    {BITS, 16, true, "16"},
    {BITS, 24, false, "24"},
    {BITS, 32, false, "32"},
    {BITS, 64, false, "64"},
    {EXTRA_SAMPLES, UNSPECIFIED, true, "unspecified, dropped"},
    {EXTRA_SAMPLES, ASSOCIATED, true, "premultiplied alpha of gray or RGB"},
    {EXTRA_SAMPLES, UNASSOCIATED, true, "straight alpha of gray or RGB"},
    {COMPRESSION, COMPRESSION_NONE, true, "none"},
    {COMPRESSION, COMPRESSION_RLE, true, "CCITT run lengths"},
    {COMPRESSION, COMPRESSION_T4, true, "CCITT T.4 (fax group 3)"},
    {COMPRESSION, COMPRESSION_T6, true, "CCITT T.6 (fax group 4)"},
    {COMPRESSION, COMPRESSION_LZW, true, "LZW"},
    {COMPRESSION, 6, false, "old-style JPEG"},
    {COMPRESSION, LOOM_TIFF_JPEG, true, "JPEG"},
    {COMPRESSION, LOOM_TIFF_DEFLATE, true, "deflate"},
    {COMPRESSION, 9, false, "JBIG (T.85)"},
    {COMPRESSION, 10, false, "JBIG (T.43)"},
    {COMPRESSION, 32766, false, "NeXT"},
    {COMPRESSION, 32771, false, "CCITT run lengths, word-aligned"},
    {COMPRESSION, 32773, true, "PackBits"},
    {COMPRESSION, 32809, false, "ThunderScan"},
    {COMPRESSION, 32908, false, "Pixar film"},
    {COMPRESSION, 32909, false, "Pixar log"},
    {COMPRESSION, LOOM_TIFF_DEFLATE_OLD, true, "deflate, old number"},
    {COMPRESSION, 33003, false, "JPEG 2000 of slide scanners"},
    {COMPRESSION, 33004, false, "JPEG 2000 of slide scanners, lossy"},
    {COMPRESSION, 33005, false, "JPEG 2000 of slide scanners, RGB"},
    {COMPRESSION, 34661, false, "JBIG"},
    {COMPRESSION, 34676, false, "SGI log"},
    {COMPRESSION, 34677, false, "SGI log, 24 bits"},
    {COMPRESSION, 34712, false, "JPEG 2000"},
    {COMPRESSION, 34887, false, "LERC"},
    {COMPRESSION, 34892, false, "lossy JPEG of DNG"},
    {COMPRESSION, COMPRESSION_LZMA, true, "LZMA, if libtiff has it"},
    {COMPRESSION, COMPRESSION_ZSTD, true, "Zstandard, if libtiff has it"},
    {COMPRESSION, COMPRESSION_WEBP, true, "WebP, if libtiff has it"},
    {COMPRESSION, 50002, false, "JPEG XL"},
    {COMPRESSION, 52546, false, "JPEG XL of DNG"},
    {PREDICTOR, NO_PREDICTOR, true, "none"},
    {PREDICTOR, 2, true, "horizontal"},
    {PREDICTOR, 3, false, "floating point"},
    {PLANES, CHUNKY, true, "interleaved"},
    {PLANES, SEPARATE, true, "separate, in strips"},
    {FILL_ORDER, MOST_SIGNIFICANT_FIRST, true, "most significant bit first"},
    {FILL_ORDER, 2, true, "least significant bit first, with 1 bit"},
    {INKS, CMYK, true, "CMYK"},
    {INKS, 2, false, "others"},
    {NULL, 0, false, NULL},
};

/* ---- which go together ---------------------------------------------------- */

static unsigned colours_of(const loom_tiff_fields *k)
{
    switch (k->colours.value) {
    case RGB:
    case YCBCR:
    case CIELAB:
        return 3;
    case SEPARATED:
        return 4;
    default:
        return 1;
    }
}

static bool is_fax(const loom_tiff_fields *k)
{
    const uint64_t c = k->compression.value;

    return c == COMPRESSION_RLE || c == COMPRESSION_T4 || c == COMPRESSION_T6;
}

/* Compressions for which libtiff has a predictor; the others ignore the tag. */
static bool has_predictor(const loom_tiff_fields *k)
{
    const uint64_t c = k->compression.value;

    return c == COMPRESSION_LZW || c == LOOM_TIFF_DEFLATE || c == LOOM_TIFF_DEFLATE_OLD ||
           c == COMPRESSION_LZMA || c == COMPRESSION_ZSTD;
}

/* The index of alpha; -1: none. False: there are several kinds. */
static bool find_alpha(const loom_tiff_fields *k, int *alpha)
{
    *alpha = -1;
    for (uint64_t i = 0; i < k->extras.count; i++) {
        if (k->extra[i] == UNSPECIFIED)
            continue;
        if (*alpha >= 0)
            return false;
        *alpha = (int)(colours_of(k) + i);
    }
    return true;
}

/* Checks the samples, beyond the rows; NULL: they are known. */
static const char *unknown_samples(const loom_tiff_fields *k)
{
    const uint64_t extras = k->samples.value - colours_of(k); /* checked below */
    int alpha;

    if (k->samples.value < colours_of(k))
        return "fewer samples than its colours need";
    if (!find_alpha(k, &alpha))
        return "several alpha samples";
    if (extras != k->extras.count)
        return k->extras.count == 0 ? "extra samples of unspecified meaning"
                                    : "a wrong number of samples";
    if (k->bits.value < 8 && k->samples.value > 1)
        return "several samples of less than 8 bits";
    if (k->bits.value < 8 && k->colours.value != WHITE_IS_0 && k->colours.value != BLACK_IS_0 &&
        k->colours.value != PALETTE)
        return "colours of less than 8 bits";
    if (k->colours.value == PALETTE && extras > 0)
        return "a palette with other samples";
    if (k->colours.value == CIELAB && extras > 0)
        return "CIE L*a*b* with other samples";
    if (k->colours.value == SEPARATED && alpha >= 0)
        return "CMYK with alpha";
    if (k->colours.value == WHITE_IS_0 && alpha >= 0 && k->extra[alpha - 1] == ASSOCIATED)
        return "premultiplied alpha of gray whose 0 is white";
    return NULL;
}

static const char *unknown_planes(const loom_tiff_fields *k)
{
    if (k->planes.value != SEPARATE || k->samples.value == 1)
        return NULL;
    if (k->tiled)
        return "tiles of separate planes";
    if (k->colours.value == CIELAB)
        return "CIE L*a*b* in separate planes";
    if (k->colours.value <= BLACK_IS_0)
        return "gray with other samples, in separate planes";
    return k->compression.value == LOOM_TIFF_JPEG || k->compression.value == COMPRESSION_WEBP
               ? "separate planes, compressed as JPEG or WebP"
               : NULL;
}

/* Properties that cannot be combined with the compression. */
static const char *unknown_coding(const loom_tiff_fields *k)
{
    const bool gray = k->colours.value == WHITE_IS_0 || k->colours.value == BLACK_IS_0;
    const uint64_t c = k->compression.value;

    if (k->colours.value == YCBCR && c != LOOM_TIFF_JPEG)
        return "Y'CbCr that is not compressed as JPEG";
    if (is_fax(k) && (k->bits.value != 1 || !gray))
        return "a fax that is not black and white";
    if ((c == COMPRESSION_T4 && (k->t4.value & 2) != 0) ||
        (c == COMPRESSION_T6 && (k->t6.value & 2) != 0))
        return "a fax with uncompressed parts";
    if (c == LOOM_TIFF_JPEG && (k->bits.value != 8 || k->samples.value != colours_of(k)))
        return "JPEG of other than 8 bits, or with extra samples";
    if (c == LOOM_TIFF_JPEG && !gray && k->colours.value != RGB && k->colours.value != YCBCR)
        return "JPEG of other colours than gray, RGB and Y'CbCr";
    if (c == COMPRESSION_WEBP && (k->bits.value != 8 || k->colours.value != RGB))
        return "WebP of other than RGB with 8 bits";
    if (has_predictor(k) && k->predictor.value != NO_PREDICTOR && k->bits.value < 8)
        return "a predictor of less than 8 bits";
    if (k->order.value != MOST_SIGNIFICANT_FIRST &&
        (k->bits.value != 1 || !(c == COMPRESSION_NONE || is_fax(k))))
        return "the lowest bits first, of other than plain or fax pixels of 1 bit";
    return NULL;
}

static bool is_tile_side(uint64_t side)
{
    return side == 0 || (side % TILE_SIDE_STEP == 0 && side <= TILE_SIDE_MAX); /* 0: damage */
}

/* GDAL omits empty pieces; libtiff does not support that. */
static bool is_sparse(const loom_tiff_directory *t)
{
    loom_tiff_pieces pieces;

    if (!loom_tiff_pieces_of(t, &pieces))
        return false;
    for (uint64_t i = 0; i < pieces.count; i++)
        if (loom_tiff_value(t, &pieces.offsets, i) == 0 &&
            loom_tiff_value(t, &pieces.counts, i) == 0)
            return true;
    return false;
}

/* The page is not the picture if it is a reduced version of another, or its mask. */
static bool is_of_another(const loom_tiff_directory *t, const loom_tiff_fields *k)
{
    loom_tiff_directory next = *t;
    uint64_t i;
    bool last;

    if ((k->subfile.value & MASK) != 0)
        return true;
    if ((k->subfile.value & REDUCED) == 0 && k->old_subfile.value != OLD_REDUCED)
        return false;
    return loom_tiff_entry(t, LOOM_TIFF_SUB_DIRECTORIES, &i) ||
           (loom_tiff_next(&next, &last) && !last);
}

/* ---- levels: libvips does not look at them -------------------------------- */

/* TIFF 6.0, section 16: the values for no ink and full ink. */
static bool are_dots_usual(const loom_tiff_directory *t, const loom_tiff_fields *k)
{
    const uint64_t all = k->bits.value == 16 ? 65535 : 255;
    loom_tiff_values dots;
    uint64_t entry;

    if (!loom_tiff_entry(t, LOOM_TIFF_DOT_RANGE, &entry) ||
        !loom_tiff_values_of(t, entry, &dots)) /* it is truncated, which is damage */
        return true;
    if (dots.at == NULL)
        return false; /* of a type that no writer uses for it */
    for (uint64_t i = 0; i < dots.count; i++)
        if (loom_tiff_value(t, &dots, i) != (i % 2 == 0 ? 0 : all))
            return false;
    return true;
}

static bool has_colour_map(const loom_tiff_directory *t)
{
    loom_tiff_values map;

    return !loom_tiff_find(t, LOOM_TIFF_COLOUR_MAP, &map) || map.count > 0; /* or it is truncated */
}

/* TIFF 6.0, section 21, and section 20 for RGB: the defaults, or explicit full range. */
static bool are_levels_usual(const loom_tiff_directory *t, const loom_tiff_fields *k)
{
    static const double ycc[] = {0, 255, 128, 255, 128, 255}, rgb[] = {0, 255, 0, 255, 0, 255};
    static const double deep[] = {0, 65535, 0, 65535, 0, 65535};
    static const double coefficients[] = {0.299, 0.587, 0.114}, d50[] = {0.3457, 0.3585};

    if (k->colours.value == SEPARATED)
        return are_dots_usual(t, k);
    if (k->colours.value == CIELAB)
        return loom_tiff_are_rationals(t, LOOM_TIFF_WHITE_POINT, d50, 2);
    if (k->colours.value == YCBCR)
        return loom_tiff_are_rationals(t, LOOM_TIFF_BLACK_WHITE, ycc, 6) &&
               loom_tiff_are_rationals(t, LOOM_TIFF_YCC_COEFFICIENTS, coefficients, 3);
    return k->colours.value != RGB ||
           loom_tiff_are_rationals(t, LOOM_TIFF_BLACK_WHITE, k->bits.value == 16 ? deep : rgb, 6);
}

/* ---- all of it ------------------------------------------------------------ */

static bool refuse_rows(const loom_tiff_fields *k, char reason[LOOM_UNSUPPORTED_REASON])
{
    const loom_kind *rows = loom_tiff_kinds;

    if (loom_kind_refuse(rows, COMPRESSION, k->compression.value, reason) ||
        loom_kind_refuse(rows, COLOURS, k->colours.value, reason) ||
        loom_kind_refuse(rows, NUMBERS, k->numbers.value, reason) ||
        loom_kind_refuse(rows, BITS, k->bits.value, reason) ||
        loom_kind_refuse(rows, PLANES, k->planes.value, reason) ||
        loom_kind_refuse(rows, FILL_ORDER, k->order.value, reason))
        return true;
    if (k->colours.value == SEPARATED && loom_kind_refuse(rows, INKS, k->inks.value, reason))
        return true;
    if (has_predictor(k) && loom_kind_refuse(rows, PREDICTOR, k->predictor.value, reason))
        return true;
    for (uint64_t i = 0; i < k->extras.count; i++)
        if (loom_kind_refuse(rows, EXTRA_SAMPLES, k->extra[i], reason))
            return true;
    return false;
}

/* Checks beyond rows and compressions; NULL: nothing is unknown. */
static const char *unknown_else(const loom_tiff_directory *t, const loom_tiff_fields *k)
{
    uint64_t i;

    if (k->type.value != 2)
        return "numbers: another type, by an old tag";
    if (k->indexed.value != 0)
        return "a palette of other colours than RGB";
    if (k->depth.value > 1)
        return "a third dimension";
    if (loom_tiff_entry(t, LOOM_TIFF_STRIP_ROW_COUNTS, &i))
        return "strips of different heights";
    if (is_sparse(t))
        return "missing strips or tiles";
    if (!is_tile_side(k->tile_width.value) || !is_tile_side(k->tile_height.value))
        return "tiles whose sides are not multiples of 16, or exceed 8192 px";
    if (is_of_another(t, k))
        return "its page is a smaller picture, or a mask, of another";
    return are_levels_usual(t, k) ? NULL : "unusual levels of black and white";
}

static bool refuse_kind(const loom_tiff_directory *t, const loom_tiff_fields *k,
                        char reason[LOOM_UNSUPPORTED_REASON])
{
    const char *(*const checks[])(const loom_tiff_fields *k) = {unknown_samples, unknown_planes,
                                                                unknown_coding};
    const char *unknown = unknown_else(t, k);

    if (k->colours.count == 0)
        return loom_unsupported_set(reason, "no photometric interpretation");
    if (refuse_rows(k, reason))
        return true;
    if (unknown != NULL)
        return loom_unsupported_set(reason, unknown);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if ((unknown = checks[i](k)) != NULL)
            return loom_unsupported_set(reason, unknown);
    if (k->colours.value == PALETTE && !has_colour_map(t))
        return loom_unsupported_set(reason, "a palette without its colours");
    return k->compression.value == LOOM_TIFF_JPEG &&
           loom_tiff_jpeg_unsupported(t, colours_of(k), k->colours.value == YCBCR, reason);
}

bool loom_tiff_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_tiff_directory t;
    unsigned unusual = 0;
    loom_tiff_fields k;

    if (!loom_tiff_first(&t, file))
        return false;
    switch (loom_tiff_read_fields(&t, &k, &unusual)) {
    case LOOM_TIFF_CUT:
        return false;
    case LOOM_TIFF_UNUSUAL:
        if (unusual == LOOM_TIFF_BITS || unusual == LOOM_TIFF_SAMPLE_FORMAT)
            return loom_unsupported_set(reason, "samples that differ in type");
        (void)snprintf(reason, LOOM_UNSUPPORTED_REASON,
                       "values of tag %u that differ, or of an unusual type or number", unusual);
        return true;
    default:
        break;
    }
    if (k.bits.value == 0 || k.bits.value > 64 || k.samples.value == 0)
        return false; /* damaged */
    return refuse_kind(&t, &k, reason);
}

bool loom_tiff_samples_of(loom_bytes file, loom_tiff_samples *samples)
{
    char reason[LOOM_UNSUPPORTED_REASON];
    loom_tiff_directory t;
    unsigned unusual;
    loom_tiff_fields k;
    int alpha;

    if (!loom_tiff_first(&t, file) || loom_tiff_read_fields(&t, &k, &unusual) != LOOM_TIFF_READ ||
        refuse_kind(&t, &k, reason) || !find_alpha(&k, &alpha))
        return false;
    *samples = (loom_tiff_samples){(unsigned)k.samples.value, colours_of(&k), alpha,
                                   (unsigned)k.bits.value};
    return true;
}

uint64_t loom_tiff_compression(loom_bytes file)
{
    loom_tiff_directory t;
    loom_tiff_field compression;

    if (!loom_tiff_first(&t, file) ||
        loom_tiff_read_field(&t, LOOM_TIFF_COMPRESSION, COMPRESSION_NONE, &compression) !=
            LOOM_TIFF_READ)
        return COMPRESSION_NONE;
    return compression.value;
}
