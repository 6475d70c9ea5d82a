#include "support/heif_turn.h"

#include "base/bytes.h"
#include "base/strbuf.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

enum { MORE = 2 * 9 }; /* bytes of the two properties, at most */

typedef struct file {
    unsigned char *data; /* with room for what is added */
    size_t size;
} file;

/* Where the box begins that is called so: each name stands once in such a file. */
static size_t find(const file *f, const char *type)
{
    const unsigned char *at = memmem(f->data, f->size, type, 4);

    ck_assert_msg(at != NULL, "the AVIF has no %s", type);
    return (size_t)(at - f->data) - 4;
}

static void insert(file *f, size_t at, const void *bytes, size_t size)
{
    memmove(f->data + at + size, f->data + at, f->size - at);
    memcpy(f->data + at, bytes, size);
    f->size += size;
}

static void grow_box(file *f, const char *type, size_t size)
{
    const size_t box = find(f, type);

    loom_put32(f->data + box, true, loom_be32(f->data + box) + (uint32_t)size);
}

/* Adds a property of one byte behind all others, and to those of the first item. */
static void add_property(file *f, const char *type, unsigned value)
{
    unsigned char property[9] = {0, 0, 0, 9};
    const size_t container = find(f, "ipco"), end = container + loom_be32(f->data + container);
    unsigned count = 0;

    memcpy(property + 4, type, 4);
    property[8] = (unsigned char)value;
    for (size_t at = container + 8; at < end; at += loom_be32(f->data + at))
        count++;
    insert(f, end, property, sizeof property);
    grow_box(f, "ipco", sizeof property);

    /* Its entries: count (32 bits); item (16), associations (8), and each of these, 8 bits. */
    const size_t associations = find(f, "ipma");
    const unsigned char index = (unsigned char)(0x80u | (count + 1)); /* it must be understood */
    insert(f, associations + 19 + f->data[associations + 18], &index, 1);
    f->data[associations + 18]++;
    grow_box(f, "ipma", 1);
    grow_box(f, "iprp", sizeof property + 1);
    grow_box(f, "meta", sizeof property + 1);
}

/* Offsets of all items: version 0, offsets and lengths of 32 bits, one extent each. */
static void move_items(file *f, size_t by)
{
    const size_t box = find(f, "iloc");
    const unsigned count = loom_be16(f->data + box + 14);

    ck_assert_uint_eq(loom_be16(f->data + box + 12), 0x4440);
    for (size_t i = 0, at = box + 16; i < count; i++, at += 2 + 2 + 4 + 2 + 4 + 4) {
        ck_assert_uint_eq(loom_be16(f->data + at + 8), 1);
        loom_put32(f->data + at + 10, true, loom_be32(f->data + at + 10) + (uint32_t)by);
    }
}

/* Puts another EXIF block in the place of the second item's, which is no smaller. */
static void set_exif(file *f, int orientation)
{
    const unsigned char *item = f->data + find(f, "iloc") + 16 + 18; /* behind the first */
    const size_t at = loom_be32(item + 4) + (size_t)loom_be32(item + 10);
    const size_t length = loom_be32(item + 14);
    loom_strbuf exif = LOOM_STRBUF_INIT;

    sample_exif_orientation(&exif, orientation);
    ck_assert(at <= f->size && length <= f->size - at && length >= 4 + exif.size);
    memset(f->data + at, 0, length); /* the TIFF structure stands 0 bytes behind this number */
    memcpy(f->data + at + 4, exif.data, exif.size);
    loom_strbuf_release(&exif);
}

void heif_turn_write(const char *from, const char *to, const heif_turn *turn)
{
    size_t size;
    char *data = tmpdir_read(from, &size);
    file f = {realloc(data, size + MORE + 2), size};

    ck_assert_ptr_nonnull(f.data);
    if (turn->quarters > 0)
        add_property(&f, "irot", (unsigned)turn->quarters);
    if (turn->mirror > 0)
        add_property(&f, "imir", (unsigned)turn->mirror - 1);
    move_items(&f, f.size - size);
    set_exif(&f, turn->orientation);
    tmpdir_write(to, f.data, f.size);
    free(f.data);
}
