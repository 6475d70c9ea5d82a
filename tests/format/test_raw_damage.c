/* Raw files of cameras that are cut, changed, or made to keep their reader busy. */
#include "format/raw.h"
#include "support/random.h"
#include "support/raw_photos.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

/* ---- hostile files ----------------------------------------------------------- */

static void look(loom_bytes file)
{
    loom_strbuf made = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;
    loom_raw_preview found;

    (void)loom_raw_kind_of(file);
    loom_raw_find_preview(file, &found);
    if (found.jpeg.data != NULL) {
        ck_assert(found.jpeg.data >= file.data);
        ck_assert_uint_le((size_t)(found.jpeg.data - file.data) + found.jpeg.size, file.size);
        ck_assert(loom_raw_add_preview(&made, file, &found));
    }
    loom_raw_add_exif(&exif, file, false);
    ck_assert_uint_le(exif.size, 65000);
    loom_strbuf_release(&made);
    loom_strbuf_release(&exif);
}

/* Cut anywhere: either the preview is all there, or the file says that it is not. */
START_TEST(cut_anywhere)
{
    loom_raw_preview found;
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = spec_of((raw_maker)maker);
        loom_strbuf file = raw_make(&spec, &preview);
        for (size_t size = 0; size < file.size; size += size < 200 ? 1 : 997) {
            char *cut = memcpy(malloc(size + 1), loom_strbuf_str(&file), size);
            const loom_bytes bytes = {(const unsigned char *)cut, size};
            look(bytes);
            loom_raw_find_preview(bytes, &found);
            ck_assert(found.jpeg.data == NULL || found.cut || found.jpeg.size == photo_size ||
                      found.jpeg.size == small_size);
            free(cut);
        }
        loom_strbuf_release(&file);
    }
}
END_TEST

START_TEST(changed_anywhere)
{
    uint64_t state = 7;
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        raw_spec spec = spec_of((raw_maker)maker);
        spec.jpeg = small;
        spec.jpeg_size = small_size;
        loom_strbuf file = raw_make(&spec, &preview);
        char *whole = memcpy(malloc(file.size), file.data, file.size);
        for (int i = 0; i < 2000; i++) {
            memcpy(file.data, whole, file.size);
            for (int n = 0; n < 4; n++) { /* beside the JPEGs, mostly */
                const size_t at = file.size - 1 - random_next(&state) % (file.size / 2);
                file.data[n == 0 ? random_next(&state) % 16 : at] = (char)random_next(&state);
            }
            look(bytes_of(&file));
        }
        free(whole);
        loom_strbuf_release(&file);
    }
}
END_TEST

/* Directories that lead back to themselves and to one another, and thousands of them. */
START_TEST(loops_and_crowds)
{
    enum { CROWD = 5000 };
    static loom_raw_tree tree;
    raw_file file = {.out = LOOM_STRBUF_INIT};
    const raw_field self[] = {{262, 3, 1, 2, NULL, 0}, {330, 4, 1, 8, NULL, 0}};

    (void)raw_put(&file, "II*\0\10\0\0\0", 8);
    ck_assert_uint_eq(raw_put_directory(&file, self, 2, 8), 8);
    loom_raw_tree_read(&tree, bytes_of(&file.out));
    ck_assert_uint_eq(tree.count, 1);
    look(bytes_of(&file.out));
    loom_strbuf_release(&file.out);

    file = (raw_file){.out = LOOM_STRBUF_INIT};
    (void)raw_put(&file, "II*\0\10\0\0\0", 8);
    for (uint32_t i = 0; i < CROWD; i++) { /* each is 30 bytes long; chained, and below */
        const raw_field fields[] = {{262, 3, 1, 2, NULL, 0},
                                    {330, 4, 1, 8 + 30 * (i + 2), NULL, 0}};
        (void)raw_put_directory(&file, fields, 2, 8 + 30 * (i + 1));
    }
    loom_raw_tree_read(&tree, bytes_of(&file.out));
    ck_assert_uint_eq(tree.count, LOOM_RAW_DIRECTORIES_MAX);
    look(bytes_of(&file.out));
    loom_strbuf_release(&file.out);
}
END_TEST

/* A directory of 65535 entries is none of a camera. */
START_TEST(endless_directories)
{
    static loom_raw_tree tree;
    raw_file file = {.out = LOOM_STRBUF_INIT};
    static const char nothing[65535 * 12 + 4];

    (void)raw_put(&file, "II*\0\10\0\0\0\xFF\xFF", 10);
    (void)raw_put(&file, nothing, sizeof nothing);
    loom_raw_tree_read(&tree, bytes_of(&file.out));
    ck_assert_uint_eq(tree.count, 0);
    look(bytes_of(&file.out));
    loom_strbuf_release(&file.out);
}
END_TEST

/* A header that does not end soon is none of a camera. */
START_TEST(endless_headers)
{
    static unsigned char comment[2 + 65535] = {0xFF, 0xFE, 0xFF, 0xFF};
    loom_raw_preview found;
    size_t preview;

    for (unsigned comments = 1; comments <= 20; comments += 19) {
        loom_strbuf jpeg = LOOM_STRBUF_INIT;
        raw_spec spec = spec_of(RAW_ARW);
        loom_strbuf_add(&jpeg, photo, 2);
        for (unsigned i = 0; i < comments; i++)
            loom_strbuf_add(&jpeg, comment, sizeof comment);
        loom_strbuf_add(&jpeg, photo + 2, photo_size - 2);
        spec.jpeg = jpeg.data;
        spec.jpeg_size = jpeg.size;
        loom_strbuf file = raw_make(&spec, &preview);
        loom_raw_find_preview(bytes_of(&file), &found);
        ck_assert_uint_eq(found.width, comments == 1 ? 1200 : 333);
        loom_strbuf_release(&file);
        loom_strbuf_release(&jpeg);
    }
}
END_TEST

/* EXIF of the longest values is bounded. */
START_TEST(exif_is_bounded)
{
    static char text[4000];
    loom_strbuf exif = LOOM_STRBUF_INIT;
    raw_file file = {.out = LOOM_STRBUF_INIT};
    raw_field gps[32], first[] = {{0x10E, 2, sizeof text, 0, text, sizeof text},
                                  {0x10F, 2, 2048, 0, text, 2048},
                                  {0x8825, 4, 1, 0, NULL, 0}};

    memset(text, 'a', sizeof text);
    for (unsigned i = 0; i < COUNT(gps); i++)
        gps[i] = (raw_field){i, 2, 2000, 0, text, 2000};
    (void)raw_put(&file, "II*\0\0\0\0\0", 8);
    first[2].value = raw_put_directory(&file, gps, COUNT(gps), 0);
    raw_set32(&file, FIRST, raw_put_directory(&file, first, COUNT(first), 0));
    loom_raw_add_exif(&exif, bytes_of(&file.out), false);
    ck_assert_uint_gt(exif.size, 20000);
    ck_assert_uint_lt(exif.size, 40000);
    loom_strbuf_release(&exif);
    loom_strbuf_release(&file.out);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("raw_damage");
    TCase *tests = tcase_create("raw");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, cut_anywhere);
    tcase_add_test(tests, changed_anywhere);
    tcase_add_test(tests, loops_and_crowds);
    tcase_add_test(tests, endless_directories);
    tcase_add_test(tests, endless_headers);
    tcase_add_test(tests, exif_is_bounded);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
