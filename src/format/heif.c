/*
 * HEIF (ISO/IEC 23008-12), whose pictures are coded as AV1 (AVIF) or HEVC (HEIC): boxes, of which
 * "meta" tells where the items lie ("iloc", ISO/IEC 14496-12, 8.11.3) and how large they are.
 */
#include "format/box.h"
#include "format/container.h"

/* ---- brands -------------------------------------------------------------- */

typedef enum coding { CODING_NONE, CODING_AV1, CODING_HEVC } coding;

static bool brand_in(const unsigned char *brand, const char *brands)
{
    for (; *brands != '\0'; brands += 4)
        if (memcmp(brand, brands, 4) == 0)
            return true;
    return false;
}

/*
 * The major brand decides where it names a coding; mif1 and msf1 do not, so then the compatible
 * brands do.
 */
static coding coding_of(loom_bytes file)
{
    static const char avif[] = "avifavis", heic[] = "heicheixhevchevxheimheis", any[] = "mif1msf1";
    bool has_avif = false, has_heif = false;

    if (file.size < 12 || !LOOM_BYTES_HAVE(file, 4, "ftyp"))
        return CODING_NONE;
    size_t box = loom_be32(file.data);
    if (box == 0 || box > file.size) /* 0: to the end of the file */
        box = file.size;
    if (box < 12)
        return CODING_NONE;
    const unsigned char *major = file.data + 8;
    if (brand_in(major, avif))
        return CODING_AV1;
    if (brand_in(major, heic))
        return CODING_HEVC;
    has_heif = brand_in(major, any);
    for (size_t at = 16; at + 4 <= box; at += 4) { /* behind the minor version */
        const unsigned char *brand = file.data + at;
        has_avif = has_avif || brand_in(brand, avif);
        has_heif = has_heif || brand_in(brand, heic) || brand_in(brand, any);
    }
    if (has_avif)
        return CODING_AV1;
    return has_heif ? CODING_HEVC : CODING_NONE;
}

static bool sniff_avif(loom_bytes file)
{
    return coding_of(file) == CODING_AV1;
}

static bool sniff_heic(loom_bytes file)
{
    return coding_of(file) == CODING_HEVC;
}

/* ---- size ---------------------------------------------------------------- */

/*
 * The largest spatial extent ("ispe"), which is the picture's in a file that we wrote. In others it
 * may be that of tiles, or of the picture before it is cropped and turned: a decoder must tell.
 */
static bool read_header(loom_bytes file, loom_header *header)
{
    loom_bytes meta, properties, container;

    if (!loom_box_find_full(file, "meta", &meta) ||
        loom_box_find(meta, "iprp", &properties) != LOOM_BOX_FOUND ||
        loom_box_find(properties, "ipco", &container) != LOOM_BOX_FOUND)
        return false;
    for (loom_bytes rest = container, extent; loom_box_find_full(rest, "ispe", &extent);) {
        if (extent.size < 8)
            return false;
        const uint32_t width = loom_be32(extent.data), height = loom_be32(extent.data + 4);
        if ((uint64_t)width * height > (uint64_t)header->width * header->height) {
            header->width = width;
            header->height = height;
        }
        rest = loom_bytes_from(rest, (size_t)(extent.data + extent.size - rest.data));
    }
    return true;
}

/* ---- whether all items are there ----------------------------------------- */

/* Numbers one after the other; what lies beyond the end reads as 0 and is remembered. */
typedef struct reader {
    loom_bytes rest;
    bool past_end;
} reader;

static uint64_t next(reader *r, unsigned bytes)
{
    uint64_t value = 0;

    if (r->rest.size < bytes) {
        r->past_end = true;
        r->rest.size = 0;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | r->rest.data[i];
    r->rest.data += bytes;
    r->rest.size -= bytes;
    return value;
}

/* The head of an "iloc" box: how wide its numbers are, in bytes. */
typedef struct widths {
    unsigned version, offset, length, base, index, item;
} widths;

/* Whether one item's extents lie within the first `size` bytes of the file. */
static bool item_inside(reader *r, const widths *w, size_t size)
{
    (void)next(r, w->item);
    const uint64_t method = w->version > 0 ? next(r, 2) & 15 : 0;
    const bool here = next(r, 2) == 0 && method == 0; /* else in another file, or box, or item */
    const uint64_t base = next(r, w->base), extents = next(r, 2);

    for (uint64_t i = 0; i < extents && !r->past_end; i++) {
        (void)next(r, w->index);
        const uint64_t offset = next(r, w->offset), length = next(r, w->length);
        uint64_t end;
        if (here && !r->past_end &&
            (__builtin_add_overflow(base, offset, &end) ||
             __builtin_add_overflow(end, length, &end) || end > size))
            return false;
    }
    return true;
}

static loom_integrity check_items(loom_bytes iloc, size_t size)
{
    reader r = {iloc, false};
    widths w = {.version = (unsigned)(next(&r, 4) >> 24)};
    const unsigned nibbles = (unsigned)next(&r, 2);

    w.offset = nibbles >> 12;
    w.length = nibbles >> 8 & 15;
    w.base = nibbles >> 4 & 15;
    w.index = w.version > 0 ? nibbles & 15 : 0;
    w.item = w.version < 2 ? 2 : 4;
    if (w.version > 2 || w.offset > 8 || w.length > 8 || w.base > 8 || w.index > 8)
        return LOOM_INTEGRITY_WHOLE; /* damaged, or newer than this */
    const uint64_t items = next(&r, w.item);
    for (uint64_t i = 0; i < items && !r.past_end; i++)
        if (!item_inside(&r, &w, size))
            return LOOM_INTEGRITY_CUT;
    return LOOM_INTEGRITY_WHOLE;
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    loom_bytes meta, iloc, moov;

    (void)header;
    (void)missing_end; /* there is no end marker */
    if (loom_box_find(file, "meta", &meta) == LOOM_BOX_CUT)
        return loom_box_find(file, "moov", &moov) == LOOM_BOX_FOUND
                   ? LOOM_INTEGRITY_WHOLE /* a film alone: the decoder must know */
                   : LOOM_INTEGRITY_CUT;
    if (meta.data == NULL || meta.size < 4)
        return LOOM_INTEGRITY_WHOLE;
    return loom_box_find(loom_bytes_from(meta, 4), "iloc", &iloc) == LOOM_BOX_FOUND
               ? check_items(iloc, file.size)
               : LOOM_INTEGRITY_WHOLE;
}

const loom_container loom_container_avif = {
    .sniff = sniff_avif, .header = read_header, .check = check};
const loom_container loom_container_heic = {
    .sniff = sniff_heic, .header = read_header, .check = check};
