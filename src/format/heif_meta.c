#include "format/heif.h"

static void add16(loom_strbuf *out, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)(value >> 8), (unsigned char)value};

    loom_strbuf_add(out, bytes, sizeof bytes);
}

static void add32(loom_strbuf *out, uint32_t value)
{
    add16(out, value >> 16);
    add16(out, value & 0xFFFF);
}

/* Begins a box with version and flags, whose size is filled in later; returns its position. */
static size_t begin_full(loom_strbuf *out, const char *type, unsigned version)
{
    const size_t from = out->size;

    add32(out, 0);
    loom_strbuf_add(out, type, 4);
    add32(out, (uint32_t)version << 24);
    return from;
}

static void end_box(loom_strbuf *out, size_t from)
{
    if (!out->failed)
        loom_put32((unsigned char *)out->data + from, true, (uint32_t)(out->size - from));
}

/* The items to add: the number of the first, and the position of its data. */
typedef struct addition {
    uint32_t id;
    const char *type;
    size_t from, size;
} addition;

typedef struct change {
    addition add[2];
    size_t count;
    size_t growth; /* of the meta box; modulo 2^n, because it may shrink */
} change;

/* As in libheif: the position is the base, and the only piece is at offset 0 from it. */
static void write_location(loom_strbuf *out, unsigned version, const loom_heif_item *i, size_t from)
{
    add16(out, i->id);
    if (version == 1)
        add16(out, i->inside);
    add16(out, 0); /* this file */
    add32(out, (uint32_t)from);
    add16(out, 1);
    add32(out, 0);
    add32(out, (uint32_t)i->size);
}

static void write_locations(const loom_heif *h, const change *c, loom_strbuf *out)
{
    unsigned version = 0;
    size_t kept = 0;

    for (size_t i = 0; i < h->count; i++) {
        kept += !h->items[i].goes;
        version |= h->items[i].inside;
    }
    const size_t from = begin_full(out, "iloc", version);
    add16(out, 0x4440);
    add16(out, (uint32_t)(kept + c->count));
    for (size_t i = 0; i < h->count; i++) {
        const loom_heif_item *it = &h->items[i];
        const bool moves = !it->inside && it->from >= h->meta_from + h->meta.whole.size;
        if (!it->goes)
            write_location(out, version, it, it->from + (moves ? c->growth : 0));
    }
    for (size_t i = 0; i < c->count; i++) {
        const loom_heif_item added = {.id = c->add[i].id, .size = c->add[i].size};
        write_location(out, version, &added, c->add[i].from);
    }
    end_box(out, from);
}

static void write_entries(const change *c, const loom_box *box, loom_strbuf *out)
{
    loom_bytes rest = loom_bytes_from(loom_heif_content(box), 2);
    const size_t from = begin_full(out, "iinf", 0);
    uint32_t id, count = 0;
    bool metadata;
    loom_box entry;

    add16(out, 0);
    while (loom_heif_next_box(&rest, &entry) && loom_heif_read_entry(&entry, &id, &metadata)) {
        if (metadata)
            continue;
        loom_strbuf_add(out, entry.whole.data, entry.whole.size);
        count++;
    }
    for (size_t i = 0; i < c->count; i++, count++) {
        const size_t at = begin_full(out, "infe", 2);
        add16(out, c->add[i].id);
        add16(out, 0);
        loom_strbuf_add(out, c->add[i].type, 4);
        loom_strbuf_add_char(out, 0); /* no name */
        if (memcmp(c->add[i].type, "mime", 4) == 0)
            loom_strbuf_add(out, "application/rdf+xml", 20);
        end_box(out, at);
    }
    if (!out->failed)
        loom_put16((unsigned char *)out->data + from + LOOM_HEIF_FULL_BOX, true, count);
    end_box(out, from);
}

/* Omits references of removed items; the new items describe the picture (cdsc). */
static bool write_references(loom_heif *h, const change *c, loom_bytes in, loom_strbuf *out)
{
    const size_t from = begin_full(out, "iref", 0);
    const size_t empty = out->size;
    loom_box box;

    while (in.size > 0) {
        if (!loom_heif_next_box(&in, &box) || box.content.size < 4)
            return false;
        const loom_heif_item *i = loom_heif_find_item(h, loom_be16(box.content.data));
        if (i == NULL || !i->goes)
            loom_strbuf_add(out, box.whole.data, box.whole.size);
    }
    for (size_t i = 0; i < c->count; i++) {
        add32(out, LOOM_HEIF_BOX + 6);
        loom_strbuf_add(out, "cdsc", 4);
        add16(out, c->add[i].id);
        add16(out, 1);
        add16(out, h->primary);
    }
    if (out->size == empty)
        loom_strbuf_truncate(out, from);
    else
        end_box(out, from);
    return true;
}

static bool write_meta(loom_heif *h, const change *c, loom_strbuf *out)
{
    loom_bytes children = loom_heif_content(&h->meta);
    const size_t from = begin_full(out, "meta", 0);
    loom_box box;

    while (loom_heif_next_box(&children, &box)) {
        if (box.type == LOOM_FOURCC("iloc"))
            write_locations(h, c, out);
        else if (box.type == LOOM_FOURCC("iinf"))
            write_entries(c, &box, out);
        else if (box.type != LOOM_FOURCC("iref"))
            loom_strbuf_add(out, box.whole.data, box.whole.size);
        else if (!write_references(h, c, loom_heif_content(&box), out))
            return false;
    }
    if (!h->has_refs && !write_references(h, c, (loom_bytes){h->file.data, 0}, out))
        return false;
    end_box(out, from);
    return true;
}

/* Copies everything except the meta box, with the data of removed items zeroed. */
static void add_cleared(const loom_heif *h, size_t from, size_t to, loom_strbuf *out)
{
    const size_t start = out->size;

    loom_strbuf_add(out, h->file.data + from, to - from);
    for (size_t i = 0; i < h->count && !out->failed; i++) {
        const loom_heif_item *it = &h->items[i];
        if (it->goes && !it->inside && it->from >= from && it->from + it->size <= to)
            memset(out->data + start + (it->from - from), 0, it->size);
    }
}

static void plan(const loom_heif *h, const loom_meta *meta, change *c)
{
    uint32_t id = 0;
    size_t data = h->file.size + c->growth + LOOM_HEIF_BOX;

    c->count = 0;
    for (size_t i = 0; i < h->count; i++)
        id = h->items[i].id > id ? h->items[i].id : id;
    if (meta->exif.size > 0) {
        c->add[c->count++] = (addition){++id, "Exif", data, 4 + meta->exif.size};
        data += 4 + meta->exif.size;
    }
    if (meta->xmp.size > 0)
        c->add[c->count++] = (addition){++id, "mime", data, meta->xmp.size};
}

static bool write_file(loom_heif *h, const loom_meta *meta, loom_strbuf *out)
{
    const size_t behind = h->meta_from + h->meta.whole.size;
    const size_t added = (meta->exif.size > 0 ? 4 + meta->exif.size : 0) + meta->xmp.size;
    change c = {.count = 0};

    for (int pass = 0; pass < 2; pass++) { /* the first pass finds its size */
        loom_strbuf trial = LOOM_STRBUF_INIT;
        plan(h, meta, &c);
        const bool made = c.count == 0 || c.add[c.count - 1].id <= UINT16_MAX;
        const bool written = made && write_meta(h, &c, &trial) && !trial.failed;
        c.growth = trial.size - h->meta.whole.size;
        if (written && pass == 1) {
            add_cleared(h, 0, h->meta_from, out);
            loom_strbuf_add(out, trial.data, trial.size);
            add_cleared(h, behind, h->file.size, out);
        }
        loom_strbuf_release(&trial);
        if (!written)
            return false;
    }
    if (added == 0)
        return !out->failed;
    add32(out, (uint32_t)(LOOM_HEIF_BOX + added));
    loom_strbuf_add(out, "mdat", 4);
    if (meta->exif.size > 0)
        add32(out, 0); /* the TIFF header comes first: 23008-12, A.2.1 */
    loom_strbuf_add(out, loom_strbuf_str(&meta->exif), meta->exif.size);
    loom_strbuf_add(out, loom_strbuf_str(&meta->xmp), meta->xmp.size);
    return !out->failed;
}

bool loom_heif_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out)
{
    loom_heif h = {.file = file};
    const size_t sum = meta->exif.size + meta->xmp.size;

    return file.size <= UINT32_MAX / 2 && sum <= UINT32_MAX / 4 && loom_heif_read(&h) &&
           write_file(&h, meta, out);
}
