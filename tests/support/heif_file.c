#include "support/heif_file.h"

#include "format/box.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------- */

static loom_bytes find(loom_bytes in, const char *type)
{
    loom_bytes content;

    ck_assert_msg(loom_box_find(in, type, &content) == LOOM_BOX_FOUND, "there is no %s", type);
    return content;
}

static void read_items(heif_file *f, loom_bytes meta)
{
    loom_bytes rest = loom_bytes_from(find(meta, "iinf"), 6);
    loom_box box;

    while (loom_box_next(&rest, &box) == LOOM_BOX_FOUND) {
        ck_assert_uint_eq(box.content.data[0], 2);
        ck_assert_uint_eq(loom_be16(box.content.data + 4), f->item_count + 1);
        memcpy(f->items[f->item_count++].type, box.content.data + 8, 4);
    }
}

/* Version 0 or 1, offsets and lengths of 32 bits, one extent each. */
static void read_data(heif_file *f, loom_bytes meta, loom_bytes file)
{
    const loom_bytes iloc = find(meta, "iloc");
    loom_numbers n = {loom_bytes_from(iloc, 4), false};

    ck_assert_uint_eq(loom_numbers_next(&n, 1), 0x44);
    const unsigned base = (unsigned)loom_numbers_next(&n, 1) >> 4;
    const uint64_t count = loom_numbers_next(&n, 2);
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t id = loom_numbers_next(&n, 2);
        ck_assert(id >= 1 && id <= f->item_count);
        (void)loom_numbers_next(&n, iloc.data[0] > 0 ? 4 : 2);
        const uint64_t from = loom_numbers_next(&n, base);
        ck_assert_uint_eq(loom_numbers_next(&n, 2), 1);
        const size_t at = (size_t)(from + loom_numbers_next(&n, 4));
        const size_t length = (size_t)loom_numbers_next(&n, 4);
        ck_assert(at <= file.size && length <= file.size - at);
        loom_strbuf_add(&f->items[id - 1].data, file.data + at, length);
    }
}

static void read_properties(heif_file *f, loom_bytes meta)
{
    const loom_bytes iprp = find(meta, "iprp"), ipma = find(iprp, "ipma");
    loom_bytes rest = find(iprp, "ipco");
    loom_numbers n = {ipma, false};
    loom_box box;

    for (loom_bytes from = rest; loom_box_next(&rest, &box) == LOOM_BOX_FOUND; from = rest)
        loom_strbuf_add(&f->properties[f->property_count++], from.data, from.size - rest.size);
    ck_assert_uint_eq(loom_numbers_next(&n, 4), 0);
    const uint64_t entries = loom_numbers_next(&n, 4);
    for (uint64_t i = 0; i < entries; i++) {
        heif_item *item = &f->items[loom_numbers_next(&n, 2) - 1];
        item->count = (unsigned)loom_numbers_next(&n, 1);
        for (unsigned k = 0; k < item->count; k++)
            item->properties[k] = (unsigned)loom_numbers_next(&n, 1) & 127u;
    }
}

static void read_references(heif_file *f, loom_bytes meta)
{
    loom_bytes rest;
    loom_box box;

    if (loom_box_find(meta, "iref", &rest) != LOOM_BOX_FOUND)
        return;
    for (rest = loom_bytes_from(rest, 4); loom_box_next(&rest, &box) == LOOM_BOX_FOUND;) {
        loom_numbers n = {box.content, false};
        const unsigned from = (unsigned)loom_numbers_next(&n, 2);
        char type[5] = {(char)(box.type >> 24), (char)(box.type >> 16), (char)(box.type >> 8),
                        (char)box.type, 0};
        for (uint64_t count = loom_numbers_next(&n, 2); count > 0; count--)
            heif_file_add_reference(f, type, from, (unsigned)loom_numbers_next(&n, 2));
    }
}

void heif_file_read(heif_file *f, const char *path)
{
    loom_bytes file;
    char *data = tmpdir_read(path, &file.size);

    file.data = (const unsigned char *)data;
    *f = (heif_file){.brand = "avif"};
    const loom_bytes meta = loom_bytes_from(find(file, "meta"), 4);
    f->primary = loom_be16(find(meta, "pitm").data + 4);
    read_items(f, meta);
    read_data(f, meta, file);
    read_properties(f, meta);
    read_references(f, meta);
    free(data);
}

/* ---- writing -------------------------------------------------------------- */

static void box_begin(loom_strbuf *out, const char *type, size_t *at)
{
    *at = out->size;
    sample_be32(out, 0);
    loom_strbuf_add(out, type, 4);
}

static void box_end(loom_strbuf *out, size_t at)
{
    loom_put32((unsigned char *)out->data + at, true, (uint32_t)(out->size - at));
}

static void write_iloc(const heif_file *f, loom_strbuf *out, size_t mdat)
{
    size_t box, at = mdat + 8;

    box_begin(out, "iloc", &box);
    sample_be32(out, 0);
    sample_be16(out, 0x4400);
    sample_be16(out, f->item_count);
    for (unsigned i = 0; i < f->item_count; i++) {
        sample_be16(out, i + 1);
        sample_be16(out, 0);
        sample_be16(out, 1);
        sample_be32(out, (uint32_t)at);
        sample_be32(out, (uint32_t)f->items[i].data.size);
        at += f->items[i].data.size;
    }
    box_end(out, box);
}

static void write_iinf(const heif_file *f, loom_strbuf *out)
{
    size_t box, entry;

    box_begin(out, "iinf", &box);
    sample_be32(out, 0);
    sample_be16(out, f->item_count);
    for (unsigned i = 0; i < f->item_count; i++) {
        box_begin(out, "infe", &entry);
        sample_be32(out, UINT32_C(2) << 24);
        sample_be16(out, i + 1);
        sample_be16(out, 0);
        loom_strbuf_add(out, f->items[i].type, 4);
        loom_strbuf_add_char(out, '\0');
        box_end(out, entry);
    }
    box_end(out, box);
}

static void write_iprp(const heif_file *f, loom_strbuf *out)
{
    size_t box, inner;

    box_begin(out, "iprp", &box);
    box_begin(out, "ipco", &inner);
    for (unsigned i = 0; i < f->property_count; i++)
        loom_strbuf_add(out, f->properties[i].data, f->properties[i].size);
    box_end(out, inner);
    box_begin(out, "ipma", &inner);
    sample_be32(out, 0);
    sample_be32(out, f->item_count);
    for (unsigned i = 0; i < f->item_count; i++) {
        sample_be16(out, i + 1);
        loom_strbuf_add_char(out, (char)f->items[i].count);
        for (unsigned k = 0; k < f->items[i].count; k++)
            loom_strbuf_add_char(out, (char)(f->items[i].properties[k] | 128u));
    }
    box_end(out, inner);
    box_end(out, box);
}

static void write_iref(const heif_file *f, loom_strbuf *out)
{
    size_t box, entry;

    box_begin(out, "iref", &box);
    sample_be32(out, 0);
    for (unsigned i = 0; i < f->reference_count; i++) {
        const heif_reference *r = &f->references[i];
        box_begin(out, r->type, &entry);
        sample_be16(out, r->from);
        sample_be16(out, r->count);
        for (unsigned k = 0; k < r->count; k++)
            sample_be16(out, r->to[k]);
        box_end(out, entry);
    }
    box_end(out, box);
}

static void write_meta(const heif_file *f, loom_strbuf *out, size_t mdat)
{
    size_t meta, box;

    box_begin(out, "meta", &meta);
    sample_be32(out, 0);
    box_begin(out, "hdlr", &box);
    loom_strbuf_add(out, "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0", 25);
    box_end(out, box);
    if (f->primary > 0) {
        box_begin(out, "pitm", &box);
        sample_be32(out, 0);
        sample_be16(out, f->primary);
        box_end(out, box);
    }
    write_iloc(f, out, mdat);
    write_iinf(f, out);
    write_iprp(f, out);
    if (f->reference_count > 0)
        write_iref(f, out);
    box_end(out, meta);
}

void heif_file_write(const heif_file *f, const char *path)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    size_t box, mdat = 0;

    for (int pass = 0; pass < 2; pass++) { /* the first tells where the data will stand */
        loom_strbuf_clear(&out);
        box_begin(&out, "ftyp", &box);
        loom_strbuf_add(&out, f->brand, 4);
        loom_strbuf_add(&out, "\0\0\0\0mif1miaf", 12);
        loom_strbuf_add(&out, f->brand, 4);
        box_end(&out, box);
        write_meta(f, &out, mdat);
        mdat = out.size;
    }
    box_begin(&out, "mdat", &box);
    for (unsigned i = 0; i < f->item_count; i++)
        loom_strbuf_add(&out, f->items[i].data.data, f->items[i].data.size);
    box_end(&out, box);
    sample_write(path, &out);
}

void heif_file_release(heif_file *f)
{
    for (unsigned i = 0; i < HEIF_ITEMS; i++)
        loom_strbuf_release(&f->items[i].data);
    for (unsigned i = 0; i < HEIF_PROPERTIES; i++)
        loom_strbuf_release(&f->properties[i]);
}

/* ---- changing ------------------------------------------------------------- */

unsigned heif_file_add_item(heif_file *f, const char *type)
{
    ck_assert_uint_lt(f->item_count, HEIF_ITEMS);
    memcpy(f->items[f->item_count].type, type, 4);
    return ++f->item_count;
}

void heif_file_add_property(heif_file *f, unsigned number, const char *type, const void *content,
                            size_t size)
{
    heif_item *item = &f->items[number - 1];
    size_t box;

    ck_assert(f->property_count < HEIF_PROPERTIES && item->count < HEIF_PROPERTIES);
    loom_strbuf *out = &f->properties[f->property_count++];
    box_begin(out, type, &box);
    loom_strbuf_add(out, content, size);
    box_end(out, box);
    item->properties[item->count++] = f->property_count;
}

static bool is_of_type(const heif_file *f, unsigned property, const char *type)
{
    return memcmp(f->properties[property - 1].data + 4, type, 4) == 0;
}

void heif_file_drop_property(heif_file *f, unsigned number, const char *type)
{
    heif_item *item = &f->items[number - 1];
    unsigned kept = 0;

    for (unsigned i = 0; i < item->count; i++)
        if (!is_of_type(f, item->properties[i], type))
            item->properties[kept++] = item->properties[i];
    item->count = kept;
}

unsigned char *heif_file_property(heif_file *f, unsigned number, const char *type)
{
    const heif_item *item = &f->items[number - 1];

    for (unsigned i = 0; i < item->count; i++)
        if (is_of_type(f, item->properties[i], type))
            return (unsigned char *)f->properties[item->properties[i] - 1].data + 8;
    return NULL;
}

void heif_file_add_reference(heif_file *f, const char *type, unsigned from, unsigned to)
{
    heif_reference *r = f->references;

    while (r < f->references + f->reference_count &&
           (memcmp(r->type, type, 4) != 0 || r->from != from))
        r++;
    ck_assert(r < f->references + HEIF_REFERENCES && r->count < HEIF_ITEMS);
    if (r->count == 0)
        f->reference_count++;
    memcpy(r->type, type, 4);
    r->from = from;
    r->to[r->count++] = to;
}

void heif_file_set_codes(heif_file *f, unsigned item, unsigned primaries, unsigned transfer,
                         unsigned matrix, bool full_range)
{
    const unsigned char codes[] = {'n',
                                   'c',
                                   'l',
                                   'x',
                                   0,
                                   (unsigned char)primaries,
                                   0,
                                   (unsigned char)transfer,
                                   0,
                                   (unsigned char)matrix,
                                   full_range ? 128 : 0};

    heif_file_drop_property(f, item, "colr");
    heif_file_add_property(f, item, "colr", codes, sizeof codes);
}
