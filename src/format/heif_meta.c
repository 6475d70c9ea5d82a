#include "format/heif_meta.h"

enum { ITEMS_MAX = 64, BOX = 8, FULL_BOX = 12 }; /* bytes of headers */

typedef struct item {
    uint32_t id;
    bool listed, goes; /* in iinf; it is metadata */
    bool inside;       /* its data lie within the meta box, in idat */
    size_t from, size; /* of the file, or of idat */
} item;

typedef struct heif {
    loom_bytes file;
    size_t meta_from, meta_size;
    uint32_t primary;
    item items[ITEMS_MAX];
    size_t count;
    bool has_refs;
} heif;

/* ---- boxes --------------------------------------------------------------- */

typedef struct box {
    const unsigned char *start;
    size_t size; /* with its header */
} box;

/* The box at *at, behind which *at is then; only such as say their size in 32 bits. */
static bool next_box(loom_bytes in, size_t *at, box *b)
{
    if (*at > in.size || in.size - *at < BOX)
        return false;
    *b = (box){in.data + *at, loom_be32(in.data + *at)};
    if (b->size < BOX || b->size > in.size - *at)
        return false;
    *at += b->size;
    return true;
}

static bool is(const box *b, const char *type)
{
    return memcmp(b->start + 4, type, 4) == 0;
}

static loom_bytes content(const box *b, size_t header)
{
    if (b->size < header)
        return (loom_bytes){b->start, 0};
    return (loom_bytes){b->start + header, b->size - header};
}

static unsigned version_of(const box *b)
{
    return b->size >= FULL_BOX ? b->start[BOX] : 255;
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

/* One item of iloc (14496-12, 8.11.3): in this file, or in idat, in one piece. */
static bool read_location(heif *h, loom_bytes *in, unsigned version, unsigned sizes)
{
    uint32_t id, method = 0, reference, extents;
    uint64_t base, from, length;

    if (h->count == ITEMS_MAX || !take_short(in, &id) ||
        (version == 1 && !take_short(in, &method)) || !take_short(in, &reference) ||
        !take_number(in, sizes >> 4 & 15, &base) || !take_short(in, &extents) || extents != 1 ||
        !take_number(in, sizes >> 12, &from) || !take_number(in, sizes >> 8 & 15, &length) ||
        method > 1 || reference != 0 || base > h->file.size || from > h->file.size ||
        length > h->file.size)
        return false;
    item *i = &h->items[h->count++];
    *i = (item){.id = id, .inside = method == 1};
    i->from = (size_t)(base + from);
    i->size = (size_t)length;
    return i->inside || (i->from <= h->file.size && i->size <= h->file.size - i->from);
}

static bool read_locations(heif *h, const box *b)
{
    loom_bytes in = content(b, FULL_BOX);
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

static item *find_item(heif *h, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].id == id)
            return &h->items[i];
    return NULL;
}

/* The id that an infe box of version 2 is about; *metadata: it is no picture. */
static bool read_entry(const box *b, uint32_t *id, bool *metadata)
{
    const loom_bytes in = content(b, FULL_BOX);

    if (!is(b, "infe") || version_of(b) != 2 || in.size < 8)
        return false;
    *id = loom_be16(in.data);
    *metadata = LOOM_BYTES_HAVE(in, 4, "Exif") || LOOM_BYTES_HAVE(in, 4, "mime");
    return true;
}

static bool read_entries(heif *h, const box *b)
{
    const loom_bytes in = content(b, FULL_BOX);
    uint32_t id;
    bool metadata;
    box entry;

    if (version_of(b) != 0 || in.size < 2)
        return false;
    for (size_t at = 2; at < in.size;) {
        if (!next_box(in, &at, &entry) || !read_entry(&entry, &id, &metadata))
            return false;
        item *i = find_item(h, id);
        if (i == NULL || i->listed)
            return false;
        i->listed = true;
        i->goes = metadata;
    }
    return true;
}

/* The locations must be known before the entries are. */
static bool read_meta(heif *h, loom_bytes children)
{
    box b;
    unsigned seen = 0;

    for (int pass = 0; pass < 2; pass++)
        for (size_t at = 0; at < children.size;) {
            if (!next_box(children, &at, &b))
                return false;
            const bool locations = is(&b, "iloc"), entries = is(&b, "iinf");
            if ((pass == 0 && locations && !read_locations(h, &b)) ||
                (pass == 1 && entries && !read_entries(h, &b)))
                return false;
            if (pass == 1)
                continue;
            seen += locations + 100u * entries;
            if (is(&b, "pitm") && version_of(&b) == 0 && b.size >= FULL_BOX + 2)
                h->primary = loom_be16(b.start + FULL_BOX);
            if (is(&b, "iref") && (h->has_refs || version_of(&b) != 0))
                return false;
            h->has_refs = h->has_refs || is(&b, "iref");
        }
    return seen == 101 && find_item(h, h->primary) != NULL;
}

static bool read_file(heif *h)
{
    box b;

    for (size_t at = 0; at < h->file.size;) {
        const size_t from = at;
        if (!next_box(h->file, &at, &b))
            return false;
        if (!is(&b, "meta"))
            continue;
        if (h->meta_size > 0 || version_of(&b) != 0)
            return false;
        h->meta_from = from;
        h->meta_size = b.size;
    }
    if (h->meta_size == 0)
        return false;
    const box meta = {h->file.data + h->meta_from, h->meta_size};
    return read_meta(h, content(&meta, FULL_BOX));
}

/* ---- writing ------------------------------------------------------------- */

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

/* A box of no size yet, with version and flags; where it begins. */
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

/* What is to be added: the first item's number, and where its data will be. */
typedef struct addition {
    uint32_t id;
    const char *type;
    size_t from, size;
} addition;

typedef struct change {
    addition add[2];
    size_t count;
    size_t growth; /* of the meta box; modulo 2^n, for it may shrink */
} change;

/* As libheif does it: the place is the base, from which the one piece is 0 away. */
static void write_location(loom_strbuf *out, unsigned version, const item *i, size_t from)
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

static void write_locations(const heif *h, const change *c, loom_strbuf *out)
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
        const item *it = &h->items[i];
        const bool moves = !it->inside && it->from >= h->meta_from + h->meta_size;
        if (!it->goes)
            write_location(out, version, it, it->from + (moves ? c->growth : 0));
    }
    for (size_t i = 0; i < c->count; i++) {
        const item added = {.id = c->add[i].id, .size = c->add[i].size};
        write_location(out, version, &added, c->add[i].from);
    }
    end_box(out, from);
}

static void write_entries(const change *c, const box *b, loom_strbuf *out)
{
    const loom_bytes in = content(b, FULL_BOX);
    const size_t from = begin_full(out, "iinf", 0);
    uint32_t id, count = 0;
    bool metadata;
    box entry;

    add16(out, 0);
    for (size_t at = 2; next_box(in, &at, &entry) && read_entry(&entry, &id, &metadata);) {
        if (metadata)
            continue;
        loom_strbuf_add(out, entry.start, entry.size);
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
        loom_put16((unsigned char *)out->data + from + FULL_BOX, true, count);
    end_box(out, from);
}

/* References of items that go are left out; what is added describes the picture (cdsc). */
static bool write_references(heif *h, const change *c, loom_bytes in, loom_strbuf *out)
{
    const size_t from = begin_full(out, "iref", 0);
    const size_t empty = out->size;
    box b;

    for (size_t at = 0; at < in.size;) {
        if (!next_box(in, &at, &b) || b.size < BOX + 4)
            return false;
        const item *i = find_item(h, loom_be16(b.start + BOX));
        if (i == NULL || !i->goes)
            loom_strbuf_add(out, b.start, b.size);
    }
    for (size_t i = 0; i < c->count; i++) {
        add32(out, BOX + 6);
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

static bool write_meta(heif *h, const change *c, loom_strbuf *out)
{
    const box meta = {h->file.data + h->meta_from, h->meta_size};
    const loom_bytes children = content(&meta, FULL_BOX);
    const size_t from = begin_full(out, "meta", 0);
    box b;

    for (size_t at = 0; next_box(children, &at, &b);) {
        if (is(&b, "iloc"))
            write_locations(h, c, out);
        else if (is(&b, "iinf"))
            write_entries(c, &b, out);
        else if (!is(&b, "iref"))
            loom_strbuf_add(out, b.start, b.size);
        else if (!write_references(h, c, content(&b, FULL_BOX), out))
            return false;
    }
    if (!h->has_refs && !write_references(h, c, (loom_bytes){children.data, 0}, out))
        return false;
    end_box(out, from);
    return true;
}

/* Everything but the meta box, with the data of items that go made zero. */
static void add_cleared(const heif *h, size_t from, size_t to, loom_strbuf *out)
{
    const size_t start = out->size;

    loom_strbuf_add(out, h->file.data + from, to - from);
    for (size_t i = 0; i < h->count && !out->failed; i++) {
        const item *it = &h->items[i];
        if (it->goes && !it->inside && it->from >= from && it->from + it->size <= to)
            memset(out->data + start + (it->from - from), 0, it->size);
    }
}

static void plan(const heif *h, const loom_meta *meta, change *c)
{
    uint32_t id = 0;
    size_t data = h->file.size + c->growth + BOX;

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

static bool write_file(heif *h, const loom_meta *meta, loom_strbuf *out)
{
    const size_t behind = h->meta_from + h->meta_size;
    const size_t added = (meta->exif.size > 0 ? 4 + meta->exif.size : 0) + meta->xmp.size;
    change c = {.count = 0};

    for (int pass = 0; pass < 2; pass++) { /* the first tells how large it will be */
        loom_strbuf trial = LOOM_STRBUF_INIT;
        plan(h, meta, &c);
        const bool made = c.count == 0 || c.add[c.count - 1].id <= UINT16_MAX;
        const bool written = made && write_meta(h, &c, &trial) && !trial.failed;
        c.growth = trial.size - h->meta_size;
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
    add32(out, (uint32_t)(BOX + added));
    loom_strbuf_add(out, "mdat", 4);
    if (meta->exif.size > 0)
        add32(out, 0); /* the TIFF header is the first thing: 23008-12, A.2.1 */
    loom_strbuf_add(out, loom_strbuf_str(&meta->exif), meta->exif.size);
    loom_strbuf_add(out, loom_strbuf_str(&meta->xmp), meta->xmp.size);
    return !out->failed;
}

bool loom_heif_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out)
{
    heif h = {.file = file};
    const size_t sum = meta->exif.size + meta->xmp.size;

    if (file.size > UINT32_MAX / 2 || sum > UINT32_MAX / 4 || !read_file(&h))
        return false;
    for (size_t i = 0; i < h.count; i++) /* all is where the boxes say it is */
        if (!h.items[i].inside && h.items[i].from < h.meta_from + h.meta_size &&
            h.items[i].from + h.items[i].size > h.meta_from)
            return false;
    return write_file(&h, meta, out);
}
