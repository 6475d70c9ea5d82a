/* Photoshop's image resources: thumbnails go, all else stays, and broken lists do no harm. */
#include "format/raster.h"
#include "support/random.h"
#include "support/suite.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char signature[] = "Photoshop 3.0";

typedef struct list {
    unsigned char bytes[512];
    size_t size;
} list;

static void add(list *l, const void *data, size_t size)
{
    ck_assert_uint_le(l->size + size, sizeof l->bytes);
    memcpy(l->bytes + l->size, data, size);
    l->size += size;
}

/* name and data are padded to an even length: the name with the byte of its length. */
static void add_resource(list *l, unsigned id, const char *name, const char *data)
{
    const size_t length = strlen(name), size = strlen(data);
    const unsigned char head[7] = {
        '8', 'B', 'I', 'M', (unsigned char)(id >> 8), (unsigned char)id, (unsigned char)length};
    const unsigned char count[4] = {0, 0, 0, (unsigned char)size};

    add(l, head, sizeof head);
    add(l, name, length);
    if (length % 2 == 0)
        add(l, "", 1);
    add(l, count, sizeof count);
    add(l, data, size);
    if (size % 2 == 1)
        add(l, "", 1);
}

static list make(bool with_signature, bool with_thumbnails)
{
    list l = {.size = 0};

    if (with_signature)
        add(&l, signature, sizeof signature);
    if (with_thumbnails)
        add_resource(&l, 1033, "", "old thumbnail");
    add_resource(&l, 1028, "", "the IPTC");
    if (with_thumbnails)
        add_resource(&l, 1036, "a name", "thumbnail!");
    add_resource(&l, 1005, "odd", "resolution, odd");
    add_resource(&l, 1061, "even", "");
    if (with_thumbnails)
        add_resource(&l, 1036, "", "");
    return l;
}

START_TEST(thumbnails_are_removed_and_the_rest_stays)
{
    for (int with = 0; with < 2; with++) {
        list l = make(with == 1, true);
        const list expected = make(with == 1, false);
        ck_assert_uint_eq(loom_photoshop_drop_thumbnails(l.bytes, l.size), expected.size);
        ck_assert_mem_eq(l.bytes, expected.bytes, expected.size);
        /* Once more: nothing is left to remove. */
        ck_assert_uint_eq(loom_photoshop_drop_thumbnails(l.bytes, expected.size), expected.size);
        ck_assert_mem_eq(l.bytes, expected.bytes, expected.size);
    }
}
END_TEST

START_TEST(what_is_no_list_stays_from_there_on)
{
    list l = {.size = 0}, expected = {.size = 0};

    add_resource(&l, 1036, "", "goes");
    add(&l, "8BIX and more 8BIM", 18);
    add(&expected, "8BIX and more 8BIM", 18);
    ck_assert_uint_eq(loom_photoshop_drop_thumbnails(l.bytes, l.size), expected.size);
    ck_assert_mem_eq(l.bytes, expected.bytes, expected.size);

    static const char *const others[] = {"", "8", "8BIM", "Photoshop 3.0", "anything at all"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        unsigned char bytes[32] = "";
        const size_t size = strlen(others[i]);
        memcpy(bytes, others[i], size);
        ck_assert_uint_eq(loom_photoshop_drop_thumbnails(bytes, size), size);
        ck_assert_mem_eq(bytes, others[i], size);
    }
}
END_TEST

START_TEST(a_length_beyond_the_end_stays)
{
    static const unsigned char lengths[][4] = {
        {0xFF, 0xFF, 0xFF, 0xFF}, {0x7F, 0xFF, 0xFF, 0xFF}, {0, 0, 0, 7}};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        list l = {.size = 0};
        add_resource(&l, 1036, "", "six by");
        memcpy(l.bytes + 8, lengths[i], 4);
        const list before = l;
        ck_assert_uint_eq(loom_photoshop_drop_thumbnails(l.bytes, l.size), l.size);
        ck_assert_mem_eq(l.bytes, before.bytes, l.size);
    }
}
END_TEST

/* The data ends with its odd last byte: without the padding. */
START_TEST(the_last_padding_may_be_missing)
{
    list l = make(true, false);
    const size_t kept = l.size;

    add_resource(&l, 1036, "", "odd");
    ck_assert_uint_eq(loom_photoshop_drop_thumbnails(l.bytes, l.size - 1), kept);
}
END_TEST

/* Any bytes: never longer, nothing outside read or written (the sanitizers watch). */
START_TEST(changed_bytes_do_no_harm)
{
    uint64_t state = 7;

    for (int i = 0; i < 20000; i++) {
        list l = make(i % 2 == 0, true);
        const size_t size = i % 4 == 0 ? random_next(&state) % (l.size + 1) : l.size;
        unsigned char *copy = malloc(size > 0 ? size : 1); /* its end is the allocation's */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, l.bytes, size);
        for (uint32_t k = 1 + random_next(&state) % 4; k > 0 && size > 0; k--)
            copy[random_next(&state) % size] = (unsigned char)random_next(&state);
        ck_assert_uint_le(loom_photoshop_drop_thumbnails(copy, size), size);
        free(copy);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("photoshop");
    TCase *tests = tcase_create("photoshop");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, thumbnails_are_removed_and_the_rest_stays);
    tcase_add_test(tests, what_is_no_list_stays_from_there_on);
    tcase_add_test(tests, a_length_beyond_the_end_stays);
    tcase_add_test(tests, the_last_padding_may_be_missing);
    tcase_add_test(tests, changed_bytes_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
