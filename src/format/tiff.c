/* TIFF (TIFF 6.0, section 2) and BigTIFF: a chain of directories, one for each page. */
#include "format/tiff.h"

#include "format/exif.h"

static bool sniff(loom_bytes file)
{
    /* 42 is TIFF, 43 BigTIFF. */
    return LOOM_BYTES_HAVE(file, 0, "II*\0") || LOOM_BYTES_HAVE(file, 0, "MM\0*") ||
           LOOM_BYTES_HAVE(file, 0, "II+\0") || LOOM_BYTES_HAVE(file, 0, "MM\0+");
}

/* ---- the header ---------------------------------------------------------- */

/* Of the first page. */
static bool read_header(loom_bytes file, loom_header *header)
{
    uint32_t width, height;
    loom_tiff_directory t;

    if (!loom_tiff_first(&t, file) || !loom_tiff_number(&t, LOOM_TIFF_WIDTH, 0, &width) ||
        !loom_tiff_number(&t, LOOM_TIFF_HEIGHT, 0, &height) || width == 0 || height == 0)
        return false;
    header->binding = true;
    header->width = width;
    header->height = height;
    return true;
}

/* Pages are not frames. The tags of the resolution are those of EXIF; BigTIFF is not searched. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_tiff_samples samples;

    if (loom_tiff_samples_of(file, &samples)) {
        traits->alpha = loom_presence_of(samples.alpha >= 0);
        traits->bits = samples.bits;
        traits->frames = 1;
    }
    traits->dpi = loom_exif_dpi(file.data, file.size);
}

static bool put_dpi(loom_bytes file, uint32_t dpi, loom_strbuf *out)
{
    loom_strbuf_add(out, file.data, file.size);
    return !out->failed && loom_exif_put_dpi((unsigned char *)out->data, out->size, dpi);
}

/* ---- pages ---------------------------------------------------------------- */

static uint64_t place_of(const loom_tiff_directory *t)
{
    return (uint64_t)(t->entries - t->file.data) - (t->wide ? 8 : 2);
}

/* Whether an earlier page stands in the same place: then the chain is a loop. */
static bool is_seen(const loom_tiff_directory *t, unsigned number)
{
    loom_tiff_directory earlier;
    bool last;

    if (!loom_tiff_first(&earlier, t->file))
        return false;
    for (unsigned page = 1; page < number; page++)
        if (earlier.entries == t->entries || !loom_tiff_next(&earlier, &last))
            return true;
    return false;
}

static loom_status find_page(loom_tiff_directory *t, unsigned number, loom_error *err)
{
    bool last = false;

    for (unsigned page = 1; page < number; page++) {
        if (!loom_tiff_next(t, &last) && !last)
            return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                                  "the file is cut short: its page %u is missing", page + 1);
        if (last)
            return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                                  "there is no page %u: the file has %u %s", number, page,
                                  page == 1 ? "page" : "pages");
    }
    return is_seen(t, number) ? loom_header_broken(err, "its pages lead back to one another")
                              : LOOM_OK;
}

/* Removes bits from the only value of a tag, which is in its entry. */
static void clear_bits(const loom_tiff_directory *t, unsigned char *data, loom_edits *edits,
                       unsigned tag, unsigned bits)
{
    loom_tiff_values values;

    if (!loom_tiff_find(t, tag, &values) || values.at == NULL || values.count != 1)
        return;
    const size_t at = (size_t)(values.at - t->file.data) + (t->big_endian ? values.width - 1 : 0);
    const unsigned char cleared = (unsigned char)(data[at] & ~bits);
    loom_edit(edits, data + at, &cleared, 1);
}

/*
 * The header leads to the page, which becomes the first. It may be a smaller version of another,
 * which nobody takes by accident then: what says so (section 8: NewSubfileType 1, SubfileType 2) is
 * removed.
 */
static loom_status choose_page(unsigned char *data, size_t size, unsigned number, loom_edits *edits,
                               loom_error *err)
{
    enum { REDUCED = 1, OLD_REDUCED = 2 };
    const loom_bytes file = {data, size};
    unsigned char place[8];
    loom_tiff_directory t;

    if (number == 1 || !loom_tiff_first(&t, file)) /* the check tells that it is cut */
        return LOOM_OK;
    const loom_status status = find_page(&t, number, err);
    if (status != LOOM_OK)
        return status;
    clear_bits(&t, data, edits, LOOM_TIFF_SUBFILE, REDUCED);
    clear_bits(&t, data, edits, LOOM_TIFF_OLD_SUBFILE, OLD_REDUCED);
    const uint64_t at = place_of(&t);
    loom_put32(place + (t.big_endian ? 4 : 0), t.big_endian, (uint32_t)at);
    loom_put32(place + (t.big_endian ? 0 : 4), t.big_endian, (uint32_t)(at >> 32));
    if (t.wide)
        loom_edit(edits, data + 8, place, 8);
    else
        loom_edit(edits, data + 4, place + (t.big_endian ? 4 : 0), 4);
    return LOOM_OK;
}

/* ---- mending --------------------------------------------------------------- */

/* One sample a pixel makes one plane, whatever the file says: libvips would expect several. */
static void mend_planes(const loom_tiff_directory *t, unsigned char *data, loom_edits *edits)
{
    enum { CHUNKY = 1, SEPARATE = 2 };
    loom_tiff_values planes, samples;
    unsigned char chunky[2];

    if (!loom_tiff_find(t, LOOM_TIFF_PLANES, &planes) || planes.at == NULL || planes.count != 1 ||
        planes.width != 2 || loom_tiff_value(t, &planes, 0) != SEPARATE ||
        !loom_tiff_find(t, LOOM_TIFF_SAMPLES, &samples) ||
        (samples.at != NULL && (samples.count != 1 || loom_tiff_value(t, &samples, 0) != 1)))
        return;
    loom_put16(chunky, t->big_endian, CHUNKY);
    loom_edit(edits, data + (planes.at - t->file.data), chunky, sizeof chunky);
}

static const char *mend(unsigned char *data, size_t size, loom_edits *edits)
{
    const loom_bytes file = {data, size};
    loom_tiff_directory t;

    if (!loom_tiff_first(&t, file))
        return NULL;
    mend_planes(&t, data, edits);
    return loom_tiff_compression(file) == LOOM_TIFF_JPEG ? loom_tiff_jpeg_mend(&t, data, edits)
                                                         : NULL;
}

/* ---- whether it is all there --------------------------------------------- */

enum { PAGES_MAX = 10000 }; /* pages to examine: their chain may be a loop */

/* Whether each piece of pixel data lies within the file. */
static bool pieces_inside(const loom_tiff_directory *t, const loom_tiff_values *offsets,
                          const loom_tiff_values *counts)
{
    if (offsets->at == NULL || counts->at == NULL || offsets->count != counts->count)
        return true; /* perhaps damaged, but not truncated */
    for (uint64_t i = 0; i < offsets->count; i++)
        if (!loom_tiff_inside(t, loom_tiff_value(t, offsets, i), loom_tiff_value(t, counts, i)))
            return false;
    return true;
}

/*
 * Checks an entry that describes the pixels: offsets and byte counts are stored in those two, and
 * the values of other tags that are necessary must lie within the file.
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
    case LOOM_TIFF_EXTRA_SAMPLES:
    case LOOM_TIFF_SAMPLE_FORMAT:
    case LOOM_TIFF_JPEG_TABLES:
        return loom_tiff_values_of(t, i, &other);
    default:
        return true;
    }
}

/*
 * Whether a single uncompressed piece has all its pixels. If its byte count is too small, libtiff
 * ignores the count and reads on; the following bytes may be pixels, but never the directory.
 */
static bool pixels_there(const loom_tiff_directory *t)
{
    const uint64_t directory = (uint64_t)(t->entries - t->file.data);
    loom_tiff_pieces pieces;
    loom_tiff_samples samples;
    uint64_t needed;

    if (loom_tiff_compression(t->file) > 1 || !loom_tiff_pieces_of(t, &pieces) ||
        pieces.offsets.count != 1 || !loom_tiff_samples_of(t->file, &samples))
        return true;
    const uint64_t row = ((uint64_t)pieces.piece_width * samples.count * samples.bits + 7) / 8;
    const uint64_t at = loom_tiff_value(t, &pieces.offsets, 0);
    if (__builtin_mul_overflow(row, pieces.piece_height, &needed) ||
        !loom_tiff_inside(t, at, needed))
        return false;
    return loom_tiff_value(t, &pieces.counts, 0) >= needed || at >= directory ||
           at + needed <= directory;
}

/* Whether everything that the directory points to lies within the file; *seen counts the items. */
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
    uint64_t seen = 0; /* entries and pieces: max the file's bytes, unless pages overlap */
    loom_tiff_directory t;

    (void)header;
    (void)missing_end; /* there is no end marker */
    if (!loom_tiff_first(&t, file))
        return LOOM_INTEGRITY_CUT;
    for (unsigned page = 0; page < PAGES_MAX && seen <= file.size && !last; page++) {
        if (!page_inside(&t, &seen) || (page == 0 && !pixels_there(&t)))
            return LOOM_INTEGRITY_CUT;
        if (!loom_tiff_next(&t, &last)) /* a single page's last number is its end marker */
            return last && page == 0 ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
    }
    return LOOM_INTEGRITY_WHOLE;
}

/* Tenths of a byte a px: see loom_memory. */
static unsigned encoder_memory(const loom_recipe *recipe, unsigned bytes, bool alpha)
{
    (void)recipe;
    (void)alpha;
    return 12 * bytes;
}

/* It is one itself. */
static loom_bytes find_exif(loom_bytes start)
{
    return start;
}

const loom_container loom_container_tiff = {
    .info = {.format = LOOM_FORMAT_TIFF,
             .name = "tiff",
             .extensions = {"tif", "tiff"},
             .same_as = LOOM_FORMAT_TIFF,
             .writable = true,
             .always_lossless = true,
             .alpha = true,
             .deep = true,
             .max_side = LOOM_VIPS_SIDE_MAX},
    .sniff = sniff,
    .header = read_header,
    .traits = read_traits,
    .put_dpi = put_dpi,
    .unsupported = loom_tiff_unsupported,
    .choose_page = choose_page,
    .check = check,
    .exif = find_exif,
    .mend = mend,
    .kinds = loom_tiff_kinds,
    .held = {.xmp = true,
             .orientation = true,
             .profile = true,
             .cmyk = true,
             .media_type = "image/tiff"},
    /* One strip of the whole picture. */
    .memory = {.plain = 40, .whole = 40, .by_depth = true, .encoder = encoder_memory}};
