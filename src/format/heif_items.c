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
    walk->first = true;
    if (walk->offset + walk->length + walk->index == 0 && walk->extents > 1)
        walk->extents = 1; /* 65,535 empty extents would loop without consuming a byte */
}

bool loom_heif_iloc_next(loom_heif_iloc *walk, loom_heif_extent *extent)
{
    loom_numbers *r = &walk->numbers;

    walk->first = false;
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

/* ---- EXIF ---------------------------------------------------------------- */

/* The id of the first item of a type, by the box iinf; 0: there is none. */
static uint32_t find_item(loom_bytes meta, const char type[4])
{
    loom_bytes iinf;
    loom_box box;

    if (loom_box_find(meta, "iinf", &iinf) != LOOM_BOX_FOUND || iinf.data == NULL || iinf.size < 4)
        return 0;
    loom_numbers head = {iinf, false};
    const bool wide = loom_numbers_next(&head, 4) >> 24 > 0;
    (void)loom_numbers_next(&head, wide ? 4 : 2); /* how many */
    for (loom_bytes rest = head.rest; loom_box_next(&rest, &box) == LOOM_BOX_FOUND;) {
        loom_numbers entry = {box.content, false};
        const uint64_t version = loom_numbers_next(&entry, 4) >> 24;
        const uint64_t id = loom_numbers_next(&entry, version == 2 ? 2 : 4);
        if (box.type == LOOM_FOURCC("infe") && (version == 2 || version == 3) &&
            loom_bytes_equal(entry.rest, 2, type, 4))
            return (uint32_t)id;
    }
    return 0;
}

/* The bytes of an item that is in one piece in the file; data NULL: it is not, or not in `start`.
 */
static loom_bytes find_data(loom_bytes start, loom_bytes meta, uint32_t id)
{
    loom_bytes iloc, found = {NULL, 0};
    loom_heif_extent extent;
    loom_heif_iloc walk;

    if (loom_box_find(meta, "iloc", &iloc) != LOOM_BOX_FOUND || iloc.data == NULL ||
        !loom_heif_iloc_begin(&walk, iloc))
        return found;
    while (loom_heif_iloc_next(&walk, &extent)) {
        if (walk.item != id)
            continue;
        if (found.data != NULL || walk.elsewhere || walk.method != 0 || extent.overflows ||
            extent.at > start.size || extent.length > start.size - extent.at)
            return (loom_bytes){NULL, 0};
        found = (loom_bytes){start.data + extent.at, (size_t)extent.length};
    }
    return found;
}

/* ISO/IEC 23008-12, A.2.1: the offset of the TIFF header comes first. */
loom_bytes loom_heif_exif(loom_bytes start)
{
    loom_bytes meta, data = {NULL, 0};
    uint32_t id;

    if (loom_box_find_full(start, "meta", &meta) && (id = find_item(meta, "Exif")) != 0)
        data = find_data(start, meta, id);
    if (data.size < 4 || loom_be32(data.data) > data.size - 4)
        return (loom_bytes){NULL, 0};
    return loom_bytes_from(data, 4 + loom_be32(data.data));
}

/* ---- boxes --------------------------------------------------------------- */

bool loom_heif_next_box(loom_bytes *rest, loom_box *box)
{
    return loom_box_next(rest, box) == LOOM_BOX_FOUND &&
           loom_be32(box->whole.data) == box->whole.size;
}

loom_bytes loom_heif_content(const loom_box *box)
{
    return box->content.size < 4 ? (loom_bytes){box->content.data, 0}
                                 : loom_bytes_from(box->content, 4);
}

/* ---- reading ------------------------------------------------------------- */

/*
 * Reads the items of iloc (14496-12, 8.11.3): in this file, or in idat. The pieces of an item must
 * be adjacent: an encoder makes one for each packet.
 */
static bool add_extent(loom_heif *h, const loom_heif_iloc *walk, const loom_heif_extent *extent)
{
    if (walk->elsewhere || walk->method > 1 || extent->overflows || extent->at > UINT32_MAX)
        return false;
    if (walk->first) {
        if (h->count == LOOM_HEIF_ITEMS)
            return false;
        h->items[h->count++] = (loom_heif_item){
            .id = walk->item, .inside = walk->method == 1, .from = (size_t)extent->at};
    }
    loom_heif_item *i = &h->items[h->count - 1];
    if (extent->at != i->from + i->size || extent->length > h->file.size - i->size)
        return false;
    i->size += (size_t)extent->length;
    return i->inside || (i->from <= h->file.size && i->size <= h->file.size - i->from);
}

static bool read_locations(loom_heif *h, const loom_box *box)
{
    loom_heif_extent extent;
    loom_heif_iloc walk;

    /* Index numbers are for derived items. */
    if (!loom_heif_iloc_begin(&walk, box->content) || walk.version > 1 || walk.index != 0)
        return false;
    while (loom_heif_iloc_next(&walk, &extent))
        if (!add_extent(h, &walk, &extent))
            return false;
    return !walk.numbers.past_end;
}

loom_heif_item *loom_heif_find_item(loom_heif *h, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].id == id)
            return &h->items[i];
    return NULL;
}

bool loom_heif_read_entry(const loom_box *box, uint32_t *id, bool *metadata)
{
    const loom_bytes in = loom_heif_content(box);

    if (box->type != LOOM_FOURCC("infe") || loom_box_version(box) != 2 || in.size < 8)
        return false;
    *id = loom_be16(in.data);
    *metadata = LOOM_BYTES_HAVE(in, 4, "Exif") || LOOM_BYTES_HAVE(in, 4, "mime");
    return true;
}

static bool read_entries(loom_heif *h, const loom_box *box)
{
    const loom_bytes in = loom_heif_content(box);
    uint32_t id;
    bool metadata;
    loom_box entry;

    if (loom_box_version(box) != 0 || in.size < 2)
        return false;
    for (loom_bytes rest = loom_bytes_from(in, 2); rest.size > 0;) {
        if (!loom_heif_next_box(&rest, &entry) || !loom_heif_read_entry(&entry, &id, &metadata))
            return false;
        loom_heif_item *i = loom_heif_find_item(h, id);
        if (i == NULL || i->listed)
            return false;
        i->listed = true;
        i->goes = metadata;
    }
    return true;
}

/* Reads the other parts of the meta box that are needed. */
static bool read_child(loom_heif *h, const loom_box *box)
{
    const loom_bytes in = loom_heif_content(box);

    if (box->type == LOOM_FOURCC("pitm") && loom_box_version(box) == 0 && in.size >= 2)
        h->primary = loom_be16(in.data);
    if (box->type != LOOM_FOURCC("iref"))
        return true;
    if (h->has_refs || loom_box_version(box) != 0)
        return false;
    h->has_refs = true;
    return true;
}

/* The locations must be known before the entries. */
static bool read_meta(loom_heif *h)
{
    unsigned locations = 0, entries = 0;
    loom_box box;

    for (loom_bytes rest = loom_heif_content(&h->meta); rest.size > 0;) {
        if (!loom_heif_next_box(&rest, &box) || !read_child(h, &box))
            return false;
        if (box.type == LOOM_FOURCC("iloc") && (locations++ > 0 || !read_locations(h, &box)))
            return false;
    }
    for (loom_bytes rest = loom_heif_content(&h->meta); loom_heif_next_box(&rest, &box);)
        if (box.type == LOOM_FOURCC("iinf") && (entries++ > 0 || !read_entries(h, &box)))
            return false;
    return locations == 1 && entries == 1 && loom_heif_find_item(h, h->primary) != NULL;
}

/* Whether the bytes are the content of one mdat box. */
static bool is_data(loom_bytes file, size_t from, size_t size)
{
    loom_box box;

    for (loom_bytes rest = file; rest.size > 0;) {
        if (!loom_heif_next_box(&rest, &box))
            return false;
        const size_t start = (size_t)(box.content.data - file.data);
        if (box.type == LOOM_FOURCC("mdat") && from >= start && from - start <= box.content.size &&
            size <= box.content.size - (from - start))
            return true;
    }
    return false;
}

/* Whether the data to remove can be zeroed without affecting the data to keep. */
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
    bool found = false;
    loom_box box;

    for (loom_bytes rest = h->file; rest.size > 0;) {
        if (!loom_heif_next_box(&rest, &box))
            return false;
        if (box.type != LOOM_FOURCC("meta"))
            continue;
        if (found || loom_box_version(&box) != 0)
            return false;
        found = true;
        h->meta = box;
        h->meta_from = (size_t)(box.whole.data - h->file.data);
    }
    return found && read_meta(h) && are_apart(h);
}
