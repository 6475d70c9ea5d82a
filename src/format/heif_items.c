#include "format/heif.h"

/* ---- where the items lie ------------------------------------------------- */

bool loom_heif_iloc_begin(loom_heif_iloc *walk, loom_bytes iloc)
{
    loom_numbers r = {iloc, false};
    const unsigned version = (unsigned)(loom_numbers_next(&r, 4) >> 24);
    const unsigned nibbles = (unsigned)loom_numbers_next(&r, 2);

    *walk = (loom_heif_iloc){.version = version,
                             .offset = nibbles >> 12,
                             .length = nibbles >> 8 & 15,
                             .base = nibbles >> 4 & 15,
                             .index = version > 0 ? nibbles & 15 : 0,
                             .id = version < 2 ? 2 : 4};
    if (version > 2 || walk->offset > 8 || walk->length > 8 || walk->base > 8 || walk->index > 8)
        return false;
    walk->items = loom_numbers_next(&r, walk->id);
    walk->numbers = r;
    return !r.past_end;
}

static void begin_item(loom_heif_iloc *walk)
{
    loom_numbers *r = &walk->numbers;

    walk->items--;
    walk->item = (uint32_t)loom_numbers_next(r, walk->id);
    walk->method = walk->version > 0 ? (unsigned)loom_numbers_next(r, 2) & 15 : 0;
    walk->elsewhere = loom_numbers_next(r, 2) != 0;
    walk->from = loom_numbers_next(r, walk->base);
    walk->extents = loom_numbers_next(r, 2);
    if (walk->offset + walk->length + walk->index == 0 && walk->extents > 1)
        walk->extents = 1; /* 65,535 of nothing are a loop without a byte for each */
}

bool loom_heif_iloc_next(loom_heif_iloc *walk, loom_heif_extent *extent)
{
    loom_numbers *r = &walk->numbers;

    while (walk->extents == 0 && walk->items > 0 && !r->past_end)
        begin_item(walk);
    if (walk->extents == 0 || r->past_end)
        return false;
    walk->extents--;
    (void)loom_numbers_next(r, walk->index);
    const uint64_t offset = loom_numbers_next(r, walk->offset);
    uint64_t end;
    extent->length = loom_numbers_next(r, walk->length);
    extent->overflows = __builtin_add_overflow(walk->from, offset, &extent->at) ||
                        __builtin_add_overflow(extent->at, extent->length, &end);
    return !r->past_end;
}

/* ---- boxes --------------------------------------------------------------- */

bool loom_heif_next_box(loom_bytes in, size_t *at, loom_heif_box *b)
{
    if (*at > in.size || in.size - *at < LOOM_HEIF_BOX)
        return false;
    *b = (loom_heif_box){in.data + *at, loom_be32(in.data + *at)};
    if (b->size < LOOM_HEIF_BOX || b->size > in.size - *at)
        return false;
    *at += b->size;
    return true;
}

bool loom_heif_box_is(const loom_heif_box *b, const char *type)
{
    return memcmp(b->start + 4, type, 4) == 0;
}

loom_bytes loom_heif_content(const loom_heif_box *b, size_t header)
{
    if (b->size < header)
        return (loom_bytes){b->start, 0};
    return (loom_bytes){b->start + header, b->size - header};
}

static unsigned version_of(const loom_heif_box *b)
{
    return b->size >= LOOM_HEIF_FULL_BOX ? b->start[LOOM_HEIF_BOX] : 255;
}

/* ---- reading ------------------------------------------------------------- */

/* A number of 0, 4 or 8 bytes; others are none that an encoder writes. */
static bool take_number(loom_bytes *in, unsigned size, uint64_t *value)
{
    if (in->size < size || (size != 0 && size != 4 && size != 8))
        return false;
    *value = size == 0 ? 0 : size == 4 ? loom_be32(in->data) : loom_be64(in->data);
    *in = loom_bytes_from(*in, size);
    return true;
}

static bool take_short(loom_bytes *in, uint32_t *value)
{
    if (in->size < 2)
        return false;
    *value = loom_be16(in->data);
    *in = loom_bytes_from(*in, 2);
    return true;
}

/* The pieces of an item, which must follow one another: an encoder makes one of each packet. */
static bool read_pieces(loom_bytes *in, unsigned sizes, uint64_t base, uint32_t count,
                        loom_heif_item *i)
{
    const uint64_t limit = UINT32_MAX; /* of files: sums cannot overflow */
    uint64_t from, length, end = 0;

    for (uint32_t k = 0; k < count; k++) {
        if (!take_number(in, sizes >> 12, &from) || !take_number(in, sizes >> 8 & 15, &length) ||
            base > limit || from > limit || length > limit || (k > 0 && base + from != end))
            return false;
        if (k == 0)
            i->from = (size_t)(base + from);
        end = base + from + length;
    }
    i->size = (size_t)end - i->from;
    return count > 0;
}

/* One item of iloc (14496-12, 8.11.3): in this file, or in idat. */
static bool read_location(loom_heif *h, loom_bytes *in, unsigned version, unsigned sizes)
{
    uint32_t id, method = 0, reference, pieces;
    uint64_t base;

    if (h->count == LOOM_HEIF_ITEMS || !take_short(in, &id) ||
        (version == 1 && !take_short(in, &method)) || !take_short(in, &reference) ||
        !take_number(in, sizes >> 4 & 15, &base) || !take_short(in, &pieces) || method > 1 ||
        reference != 0)
        return false;
    loom_heif_item *i = &h->items[h->count++];
    *i = (loom_heif_item){.id = id, .inside = method == 1};
    if (!read_pieces(in, sizes, base, pieces, i) || i->size > h->file.size)
        return false;
    return i->inside || (i->from <= h->file.size && i->size <= h->file.size - i->from);
}

static bool read_locations(loom_heif *h, const loom_heif_box *b)
{
    loom_bytes in = loom_heif_content(b, LOOM_HEIF_FULL_BOX);
    const unsigned version = version_of(b);
    uint32_t sizes, count;

    /* The last four bits of the sizes are for items that are built of others. */
    if (version > 1 || !take_short(&in, &sizes) || (sizes & 15) != 0 || !take_short(&in, &count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_location(h, &in, version, sizes))
            return false;
    return true;
}

loom_heif_item *loom_heif_find_item(loom_heif *h, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].id == id)
            return &h->items[i];
    return NULL;
}

/* The id that an infe loom_heif_box of version 2 is about; *metadata: it is no picture. */
bool loom_heif_read_entry(const loom_heif_box *b, uint32_t *id, bool *metadata)
{
    const loom_bytes in = loom_heif_content(b, LOOM_HEIF_FULL_BOX);

    if (!loom_heif_box_is(b, "infe") || version_of(b) != 2 || in.size < 8)
        return false;
    *id = loom_be16(in.data);
    *metadata = LOOM_BYTES_HAVE(in, 4, "Exif") || LOOM_BYTES_HAVE(in, 4, "mime");
    return true;
}

static bool read_entries(loom_heif *h, const loom_heif_box *b)
{
    const loom_bytes in = loom_heif_content(b, LOOM_HEIF_FULL_BOX);
    uint32_t id;
    bool metadata;
    loom_heif_box entry;

    if (version_of(b) != 0 || in.size < 2)
        return false;
    for (size_t at = 2; at < in.size;) {
        if (!loom_heif_next_box(in, &at, &entry) || !loom_heif_read_entry(&entry, &id, &metadata))
            return false;
        loom_heif_item *i = loom_heif_find_item(h, id);
        if (i == NULL || i->listed)
            return false;
        i->listed = true;
        i->goes = metadata;
    }
    return true;
}

/* The locations must be known before the entries are. */
static bool read_meta(loom_heif *h, loom_bytes children)
{
    loom_heif_box b;
    unsigned seen = 0;

    for (int pass = 0; pass < 2; pass++)
        for (size_t at = 0; at < children.size;) {
            if (!loom_heif_next_box(children, &at, &b))
                return false;
            const bool locations = loom_heif_box_is(&b, "iloc"),
                       entries = loom_heif_box_is(&b, "iinf");
            if ((pass == 0 && locations && !read_locations(h, &b)) ||
                (pass == 1 && entries && !read_entries(h, &b)))
                return false;
            if (pass == 1)
                continue;
            seen += locations + 100u * entries;
            if (loom_heif_box_is(&b, "pitm") && version_of(&b) == 0 &&
                b.size >= LOOM_HEIF_FULL_BOX + 2)
                h->primary = loom_be16(b.start + LOOM_HEIF_FULL_BOX);
            if (loom_heif_box_is(&b, "iref") && (h->has_refs || version_of(&b) != 0))
                return false;
            h->has_refs = h->has_refs || loom_heif_box_is(&b, "iref");
        }
    return seen == 101 && loom_heif_find_item(h, h->primary) != NULL;
}

/* Whether the bytes are the content of one mdat box. */
static bool is_data(loom_bytes file, size_t from, size_t size)
{
    loom_heif_box b;

    for (size_t at = 0; at < file.size;) {
        const size_t start = at;
        if (!loom_heif_next_box(file, &at, &b))
            return false;
        if (loom_heif_box_is(&b, "mdat") && from >= start + LOOM_HEIF_BOX && from <= at &&
            size <= at - from)
            return true;
    }
    return false;
}

/* Whether what goes can be made zero without harm to what stays. */
static bool are_apart(const loom_heif *h)
{
    for (size_t i = 0; i < h->count; i++) {
        const loom_heif_item *a = &h->items[i];
        if (a->inside)
            continue;
        if (!is_data(h->file, a->from, a->size))
            return false;
        for (size_t k = 0; k < h->count && a->goes; k++) {
            const loom_heif_item *b = &h->items[k];
            if (!b->inside && !b->goes && a->from < b->from + b->size &&
                b->from < a->from + a->size)
                return false;
        }
    }
    return true;
}

bool loom_heif_read(loom_heif *h)
{
    loom_heif_box b;

    for (size_t at = 0; at < h->file.size;) {
        const size_t from = at;
        if (!loom_heif_next_box(h->file, &at, &b))
            return false;
        if (!loom_heif_box_is(&b, "meta"))
            continue;
        if (h->meta_size > 0 || version_of(&b) != 0)
            return false;
        h->meta_from = from;
        h->meta_size = b.size;
    }
    if (h->meta_size == 0)
        return false;
    const loom_heif_box meta = {h->file.data + h->meta_from, h->meta_size};
    return read_meta(h, loom_heif_content(&meta, LOOM_HEIF_FULL_BOX)) && are_apart(h);
}
