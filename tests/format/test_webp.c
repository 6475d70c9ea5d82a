/* WebP's container without EXIF and XMP. */
#include "format/webp.h"
#include "support/random.h"
#include "support/suite.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct file {
    unsigned char bytes[512];
    size_t size;
} file;

enum { ICC = 0x20, ALPHA = 0x10, EXIF = 0x08, XMP = 0x04 };

static void put_le32(unsigned char *p, size_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

static void begin(file *f)
{
    memset(f, 0, sizeof *f);
    memcpy(f->bytes, "RIFF\0\0\0\0WEBP", 12);
    f->size = 12;
}

static void add_chunk(file *f, const char *name, const void *data, size_t size)
{
    unsigned char *p = f->bytes + f->size;
    const size_t padded = size + size % 2;

    ck_assert_uint_le(f->size + 8 + padded, sizeof f->bytes);
    memcpy(p, name, 4);
    put_le32(p + 4, size);
    memcpy(p + 8, data, size);
    f->size += 8 + padded;
    put_le32(f->bytes + 4, f->size - 8);
}

static void add_extended(file *f, unsigned flags)
{
    const unsigned char data[10] = {(unsigned char)flags, 0, 0, 0, 7, 0, 0, 5, 0, 0};

    add_chunk(f, "VP8X", data, sizeof data);
}

/* The file that should be left; `flags` 0: without the extended header. */
static file make(unsigned flags, bool metadata)
{
    file f;

    begin(&f);
    if (flags != 0 || metadata)
        add_extended(&f, flags | (metadata ? EXIF | XMP : 0));
    if ((flags & ICC) != 0)
        add_chunk(&f, "ICCP", "a profile", 9);
    if ((flags & ALPHA) != 0)
        add_chunk(&f, "ALPH", "alpha", 5);
    add_chunk(&f, "VP8 ", "the picture", 11);
    if (metadata) {
        add_chunk(&f, "EXIF", "II*", 3);
        add_chunk(&f, "XMP ", "<x/>", 4);
    }
    return f;
}

START_TEST(exif_and_xmp_go_with_their_flags)
{
    static const unsigned flags[] = {0, ICC, ALPHA, ICC | ALPHA};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        file f = make(flags[i], true);
        const file expected = make(flags[i], false);
        ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, f.size), expected.size);
        ck_assert_mem_eq(f.bytes, expected.bytes, expected.size);
        ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, expected.size), expected.size);
        ck_assert_mem_eq(f.bytes, expected.bytes, expected.size);
    }
}
END_TEST

START_TEST(a_file_that_is_not_well_formed_stays)
{
    file f = make(0, true);
    const file before = f;

    for (size_t size = 0; size < f.size; size++) { /* cut anywhere but between chunks */
        if (size == 12 || size == 12 + 18 || size == 12 + 18 + 20 || size == f.size - 12)
            continue;
        ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, size), size);
        ck_assert_mem_eq(f.bytes, before.bytes, f.size);
    }
    f.bytes[0] = 'X';
    ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, f.size), f.size);
    f = before;
    f.bytes[8] = 'X';
    ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, f.size), f.size);
    f = before;
    put_le32(f.bytes + 16, 0xFFFFFFFF); /* of VP8X */
    ck_assert_uint_eq(loom_webp_drop_metadata(f.bytes, f.size), f.size);
}
END_TEST

START_TEST(changed_bytes_do_no_harm)
{
    uint64_t state = 11;

    for (int i = 0; i < 20000; i++) {
        const file f = make(i % 3 == 0 ? ALPHA : 0, true);
        const size_t size = i % 4 == 0 ? random_next(&state) % (f.size + 1) : f.size;
        unsigned char *copy = malloc(size > 0 ? size : 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, f.bytes, size);
        for (uint32_t k = 1 + random_next(&state) % 4; k > 0 && size > 0; k--)
            copy[random_next(&state) % size] = (unsigned char)random_next(&state);
        ck_assert_uint_le(loom_webp_drop_metadata(copy, size), size);
        free(copy);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("webp");
    TCase *tests = tcase_create("webp");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, exif_and_xmp_go_with_their_flags);
    tcase_add_test(tests, a_file_that_is_not_well_formed_stays);
    tcase_add_test(tests, changed_bytes_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
