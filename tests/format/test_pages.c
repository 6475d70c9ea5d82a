/* The page of a TIFF that is chosen becomes the first, in both kinds of TIFF and byte orders. */
#include "format/container.h"
#include "support/raw_file.h"
#include "support/suite.h"
#include <string.h>

enum { FIRST = 4, WIDTH = 256, HEIGHT = 257, SUBFILE = 254, OLD_SUBFILE = 255 };

/* Pages of 10x1, 20x1, 30x1 px …; the first page's place is at FIRST. */
static raw_file make(unsigned pages, bool big)
{
    raw_file file = {.out = LOOM_STRBUF_INIT, .big = big};
    uint32_t next = 0;

    (void)raw_put(&file, big ? "MM\0*\0\0\0\0" : "II*\0\0\0\0\0", 8);
    for (unsigned page = pages; page >= 1; page--) {
        const raw_field fields[] = {{WIDTH, 4, 1, 10 * page, NULL, 0}, {HEIGHT, 3, 1, 1, NULL, 0}};
        next = raw_put_directory(&file, fields, 2, next);
    }
    raw_set32(&file, FIRST, next);
    return file;
}

/* The width of the chosen page; 0: it cannot be chosen, with *err. */
static uint32_t width_of(loom_strbuf *file, unsigned page, loom_error *err)
{
    unsigned char *data = (unsigned char *)file->data;
    char *before = memcpy(malloc(file->size), data, file->size);
    const loom_bytes bytes = {data, file->size};
    loom_edits edits = {0};
    loom_header header;
    uint32_t width = 0;

    const loom_status status =
        loom_format_choose_page(LOOM_FORMAT_TIFF, data, file->size, page, &edits, err);
    if (status == LOOM_OK && loom_format_header(LOOM_FORMAT_TIFF, bytes, &header))
        width = header.width;
    ck_assert(loom_edits_undo(&edits));
    ck_assert_mem_eq(data, before, file->size);
    loom_edits_release(&edits);
    free(before);
    return width;
}

START_TEST(each_page)
{
    loom_error err = LOOM_ERROR_INIT;
    raw_file file = make(5, _i != 0);

    for (unsigned page = 1; page <= 5; page++)
        ck_assert_uint_eq(width_of(&file.out, page, &err), 10 * page);
    ck_assert_uint_eq(width_of(&file.out, 6, &err), 0);
    ck_assert_int_eq(err.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_str_eq(err.message, "there is no page 6: the file has 5 pages");
    loom_strbuf_release(&file.out);
}
END_TEST

/* BigTIFF: counts and places of 8 bytes, entries of 20. */
START_TEST(wide_pages)
{
    enum { HEAD = 16, PAGE = 8 + 20 + 8 };
    unsigned char bytes[HEAD + 3 * PAGE] = {0};
    loom_strbuf file = LOOM_STRBUF_INIT;
    loom_error err = LOOM_ERROR_INIT;
    const bool big = _i != 0;
    const size_t low = big ? 7 : 0; /* of a number of 8 bytes, that with the lowest value */

    memcpy(bytes, big ? "MM\0+\0\10\0\0" : "II+\0\10\0\0\0", 8);
    bytes[8 + low] = HEAD;
    for (unsigned page = 0; page < 3; page++) {
        unsigned char *at = bytes + HEAD + (size_t)page * PAGE;
        at[low] = 1;
        memcpy(at + 8, big ? "\1\0\0\3" : "\0\1\3\0", 4); /* width, SHORT */
        at[12 + low] = 1;
        at[20 + (big ? 1 : 0)] = (unsigned char)(10 + page);
        if (page < 2)
            at[28 + low] = (unsigned char)(HEAD + (page + 1) * PAGE);
    }
    loom_strbuf_add(&file, bytes, sizeof bytes);
    for (unsigned page = 1; page <= 3; page++) {
        loom_edits edits = {0};
        ck_assert_int_eq(loom_format_choose_page(LOOM_FORMAT_TIFF, (unsigned char *)file.data,
                                                 file.size, page, &edits, &err),
                         LOOM_OK);
        ck_assert_uint_eq((unsigned char)file.data[8 + low], HEAD + (page - 1) * PAGE);
        ck_assert(loom_edits_undo(&edits));
        loom_edits_release(&edits);
    }
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(loops)
{
    loom_error err = LOOM_ERROR_INIT;
    raw_file file = make(3, false);

    /* The last page, which was written first, leads to the first. */
    uint32_t first;
    memcpy(&first, file.out.data + FIRST, 4);
    memcpy(file.out.data + 8 + 2 + 24, &first, 4);
    for (unsigned page = 1; page <= 3; page++)
        ck_assert_uint_eq(width_of(&file.out, page, &err), 10 * page);
    for (unsigned page = 4; page <= LOOM_PAGE_MAX; page += 999) {
        ck_assert_uint_eq(width_of(&file.out, page, &err), 0);
        ck_assert_int_eq(err.code, LOOM_ERR_CORRUPT);
        loom_error_clear(&err);
    }
    loom_strbuf_release(&file.out);
}
END_TEST

START_TEST(beyond_the_end)
{
    loom_error err = LOOM_ERROR_INIT;
    raw_file file = make(3, false);

    raw_set32(&file, 8 + 2 + 24, 1000000); /* behind the last page */
    ck_assert_uint_eq(width_of(&file.out, 3, &err), 30);
    ck_assert_uint_eq(width_of(&file.out, 4, &err), 0);
    ck_assert_int_eq(err.code, LOOM_ERR_TRUNCATED);
    loom_error_clear(&err);
    raw_set32(&file, FIRST, 1000000); /* which the structure's check tells */
    ck_assert_uint_eq(width_of(&file.out, 2, &err), 0);
    ck_assert_int_eq(err.code, LOOM_OK);
    loom_strbuf_release(&file.out);
}
END_TEST

/* What is chosen is not refused as a smaller version of another; a mask stays one. */
START_TEST(smaller_versions)
{
    static const struct {
        unsigned tag, type;
        uint32_t value, left;
    } rows[] = {{SUBFILE, 4, 1, 0},     {SUBFILE, 3, 1, 0},     {SUBFILE, 4, 5, 4},
                {OLD_SUBFILE, 3, 2, 0}, {OLD_SUBFILE, 3, 3, 1}, {SUBFILE, 4, 2, 2}};

    for (int big = 0; big < 2; big++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            raw_file file = {.out = LOOM_STRBUF_INIT, .big = big != 0};
            const raw_field field = {rows[i].tag, rows[i].type, 1, rows[i].value, NULL, 0};
            loom_edits edits = {0};
            unsigned left = 0;
            (void)raw_put(&file, big ? "MM\0*\0\0\0\0" : "II*\0\0\0\0\0", 8);
            const uint32_t second = raw_put_directory(&file, &field, 1, 0);
            raw_set32(&file, FIRST, raw_put_directory(&file, &field, 1, second));
            ck_assert_int_eq(loom_format_choose_page(LOOM_FORMAT_TIFF,
                                                     (unsigned char *)file.out.data, file.out.size,
                                                     2, &edits, NULL),
                             LOOM_OK);
            const char *value = file.out.data + second + 2 + 8;
            const size_t width = rows[i].type == 3 ? 2 : 4;
            for (size_t b = 0; b < width; b++)
                left |= (unsigned)(unsigned char)value[b] << 8 * (big ? width - 1 - b : b);
            ck_assert_uint_eq(left, rows[i].left);
            loom_edits_release(&edits);
            loom_strbuf_release(&file.out);
        }
}
END_TEST

START_TEST(formats_without_pages)
{
    unsigned char byte = 0;
    loom_edits edits = {0};
    loom_error err = LOOM_ERROR_INIT;

    for (int format = LOOM_FORMAT_JPEG; format < LOOM_FORMAT_COUNT; format++) {
        if (format == LOOM_FORMAT_TIFF)
            continue;
        ck_assert_int_eq(loom_format_choose_page((loom_format)format, &byte, 1, 1, &edits, &err),
                         LOOM_OK);
        ck_assert_int_eq(loom_format_choose_page((loom_format)format, &byte, 1, 2, &edits, &err),
                         LOOM_ERR_UNSUPPORTED);
        loom_error_clear(&err);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("pages");
    TCase *tests = tcase_create("pages");

    tcase_add_loop_test(tests, each_page, 0, 2);
    tcase_add_loop_test(tests, wide_pages, 0, 2);
    tcase_add_test(tests, loops);
    tcase_add_test(tests, beyond_the_end);
    tcase_add_test(tests, smaller_versions);
    tcase_add_test(tests, formats_without_pages);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
