/* Metadata put into AVIF files as encoders write them: all else is found where it is then. */
#include "format/heif.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

static void add16(loom_strbuf *out, unsigned value)
{
    loom_strbuf_add_char(out, (char)(value >> 8));
    loom_strbuf_add_char(out, (char)value);
}

static void add32(loom_strbuf *out, uint32_t value)
{
    add16(out, value >> 16);
    add16(out, value & 0xFFFF);
}

static size_t begin(loom_strbuf *out, const char *type)
{
    const size_t from = out->size;

    add32(out, 0);
    loom_strbuf_add(out, type, 4);
    return from;
}

static void end(loom_strbuf *out, size_t from)
{
    loom_put32((unsigned char *)out->data + from, true, (uint32_t)(out->size - from));
}

static void add_entry(loom_strbuf *out, unsigned id, const char *type)
{
    const size_t at = begin(out, "infe");

    add32(out, 0x02000000);
    add16(out, id);
    add16(out, 0);
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add_char(out, 0);
    end(out, at);
}

typedef struct shape {
    bool wide;        /* 8-byte numbers, version 1, and an item in idat */
    unsigned gap;     /* between the picture's two pieces */
    bool exif, early; /* there is EXIF already; the data stand before the meta box */
} shape;

static const char data[] = "first,second.OLDEXIF";

static void add_location(loom_strbuf *out, bool wide, unsigned id, unsigned method)
{
    add16(out, id);
    if (wide)
        add16(out, method);
    add16(out, 0);
    if (wide)
        add32(out, 0);
    add32(out, 0); /* base */
}

static void add_piece(loom_strbuf *out, bool wide, size_t from, size_t size)
{
    if (wide)
        add32(out, 0);
    add32(out, (uint32_t)from);
    if (wide)
        add32(out, 0);
    add32(out, (uint32_t)size);
}

static void add_meta(loom_strbuf *out, const shape *s, size_t at)
{
    const size_t meta = begin(out, "meta");

    add32(out, 0);
    size_t box = begin(out, "pitm");
    add32(out, 0);
    add16(out, 7);
    end(out, box);
    box = begin(out, "iloc");
    add32(out, s->wide ? 0x01000000 : 0);
    add16(out, s->wide ? 0x8880 : 0x4440);
    add16(out, 1u + s->exif + s->wide);
    add_location(out, s->wide, 7, 0);
    add16(out, 2);
    add_piece(out, s->wide, at, 6);
    add_piece(out, s->wide, at + 6 + s->gap, 7 - s->gap);
    if (s->exif) {
        add_location(out, s->wide, 9, 0);
        add16(out, 1);
        add_piece(out, s->wide, at + 13, 7);
    }
    if (s->wide) {
        add_location(out, true, 8, 1);
        add16(out, 1);
        add_piece(out, true, 3, 2);
    }
    end(out, box);
    box = begin(out, "iinf");
    add32(out, 0);
    add16(out, 1u + s->exif + s->wide);
    add_entry(out, 7, "av01");
    if (s->exif)
        add_entry(out, 9, "Exif");
    if (s->wide)
        add_entry(out, 8, "grid");
    end(out, box);
    if (s->exif) {
        box = begin(out, "iref");
        add32(out, 0);
        const size_t reference = begin(out, "cdsc");
        add16(out, 9);
        add16(out, 1);
        add16(out, 7);
        end(out, reference);
        end(out, box);
    }
    end(out, meta);
}

static void make_file(loom_strbuf *out, const shape *s)
{
    size_t at = 0;

    for (int pass = 0; pass < 2; pass++) { /* the first tells where the data are */
        loom_strbuf_clear(out);
        const size_t type = begin(out, "ftyp");
        loom_strbuf_add_str(out, "avif");
        end(out, type);
        if (!s->early)
            add_meta(out, s, at);
        const size_t box = begin(out, "mdat");
        at = out->size;
        loom_strbuf_add_str(out, data);
        end(out, box);
        if (s->early)
            add_meta(out, s, at);
    }
}

/* ---- a reader of what is written: version 0 or 1, sizes 4, 4, 4 ---------- */

static loom_bytes find_box(loom_bytes in, const char *type)
{
    for (size_t at = 0; at < in.size; at += loom_be32(in.data + at)) {
        ck_assert_uint_ge(loom_be32(in.data + at), 8);
        ck_assert_uint_le(loom_be32(in.data + at), in.size - at);
        if (memcmp(in.data + at + 4, type, 4) == 0)
            return (loom_bytes){in.data + at + 12, loom_be32(in.data + at) - 12};
    }
    return (loom_bytes){NULL, 0};
}

/* The id of the only item of the type; 0: there is none. */
static unsigned find_id(loom_bytes meta, const char *type)
{
    const loom_bytes iinf = find_box(meta, "iinf");
    unsigned id = 0, count = 0;

    for (size_t at = 2; at < iinf.size; at += loom_be32(iinf.data + at), count++)
        if (memcmp(iinf.data + at + 16, type, 4) == 0) {
            ck_assert_uint_eq(id, 0);
            id = loom_be16(iinf.data + at + 12);
        }
    ck_assert_uint_eq(count, loom_be16(iinf.data));
    return id;
}

static const unsigned char *find_location(loom_bytes meta, unsigned id)
{
    const loom_bytes iloc = find_box(meta, "iloc");
    const size_t length = iloc.data[-4] == 1 ? 20 : 18;

    ck_assert_uint_eq(loom_be16(iloc.data), 0x4440);
    ck_assert_uint_eq(iloc.size, 4 + loom_be16(iloc.data + 2) * length);
    for (size_t at = 4; at < iloc.size; at += length)
        if (loom_be16(iloc.data + at) == id)
            return iloc.data + at + length - 14; /* base, 1, from, size */
    return NULL;
}

static void assert_item(loom_bytes file, const char *type, const char *expected, size_t size)
{
    const loom_bytes meta = find_box(file, "meta");
    const unsigned char *p = find_location(meta, find_id(meta, type));

    ck_assert_ptr_nonnull(p);
    const size_t from = loom_be32(p) + loom_be32(p + 6);
    ck_assert_uint_eq(loom_be16(p + 4), 1);
    ck_assert_uint_eq(loom_be32(p + 10), size);
    ck_assert(from <= file.size && size <= file.size - from);
    ck_assert_mem_eq(file.data + from, expected, size);
}

static bool put(const shape *s, bool exif, bool xmp, loom_strbuf *out)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_meta meta = {.warning_count = 0};

    if (exif)
        loom_strbuf_add_str(&meta.exif, "MM*new");
    if (xmp)
        loom_strbuf_add_str(&meta.xmp, "<xmp/>");
    make_file(&file, s);
    const bool made = loom_heif_put_metadata(loom_meta_bytes(&file), &meta, out);
    loom_meta_release(&meta);
    loom_strbuf_release(&file);
    return made;
}

START_TEST(items_are_where_the_file_says)
{
    const shape s = {.wide = _i & 1, .exif = _i & 2, .early = _i & 4};
    const bool exif = _i & 8, xmp = _i & 16;
    loom_strbuf out = LOOM_STRBUF_INIT;

    ck_assert(put(&s, exif, xmp, &out));
    const loom_bytes file = loom_meta_bytes(&out), meta = find_box(file, "meta");
    assert_item(file, "av01", "first,second.", 13);
    if (exif)
        assert_item(file, "Exif", "\0\0\0\0MM*new", 10);
    else
        ck_assert_uint_eq(find_id(meta, "Exif"), 0);
    if (xmp)
        assert_item(file, "mime", "<xmp/>", 6);
    if (s.wide) { /* within idat, nothing moves */
        const unsigned char *p = find_location(meta, 8);
        ck_assert_uint_eq(loom_be16(p - 4), 1);
        ck_assert_uint_eq(loom_be32(p) + loom_be32(p + 6), 3);
    }
    ck_assert_uint_eq(find_box(meta, "iref").size, 14u * (exif + xmp));
    ck_assert_int_eq(memmem(file.data, file.size, "OLDEXIF", 7) == NULL, s.exif);
    loom_strbuf_release(&out);
}
END_TEST

START_TEST(scattered_items_are_refused)
{
    const shape s = {.gap = 1};
    loom_strbuf out = LOOM_STRBUF_INIT;

    ck_assert(!put(&s, true, true, &out));
    loom_strbuf_release(&out);
}
END_TEST

/* Each byte changed, each length cut: whatever is made can be made again. */
START_TEST(any_bytes_do_no_harm)
{
    static const unsigned char values[] = {0, 1, 8, 0x7F, 0xFF};
    const shape s = {.wide = _i == 1, .exif = true};
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_meta meta = {.warning_count = 0};

    make_file(&file, &s);
    loom_strbuf_add_str(&meta.exif, "MM*new");
    for (size_t at = 0; at < 2 * file.size; at++)
        for (size_t v = 0; v < sizeof values; v++) {
            const size_t size = at < file.size ? file.size : at - file.size;
            unsigned char *copy = malloc(size > 0 ? size : 1);
            loom_strbuf once = LOOM_STRBUF_INIT, twice = LOOM_STRBUF_INIT;
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, file.data, size);
            if (at < file.size)
                copy[at] = values[v];
            if (loom_heif_put_metadata((loom_bytes){copy, size}, &meta, &once))
                ck_assert(loom_heif_put_metadata(loom_meta_bytes(&once), &meta, &twice));
            loom_strbuf_release(&once);
            loom_strbuf_release(&twice);
            free(copy);
        }
    loom_meta_release(&meta);
    loom_strbuf_release(&file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("heif_meta");
    TCase *tests = tcase_create("heif_meta");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, items_are_where_the_file_says, 0, 32);
    tcase_add_test(tests, scattered_items_are_refused);
    tcase_add_loop_test(tests, any_bytes_do_no_harm, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
