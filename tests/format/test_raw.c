/* Raw files of cameras: which they are, where their previews are, and what they say of them. */
#include "format/container.h"
#include "format/exif.h"
#include "format/jpeg.h"
#include "format/raw.h"
#include "support/raw_photos.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

/* ---- which they are ---------------------------------------------------------- */

START_TEST(every_maker_is_known)
{
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = spec_of((raw_maker)maker);
        loom_strbuf file = raw_make(&spec, &preview);
        const loom_raw_kind *kind = loom_raw_kind_of(bytes_of(&file));
        ck_assert_msg(kind != NULL, "%s", raw_word((raw_maker)maker));
        ck_assert_str_eq(kind->word, raw_word((raw_maker)maker));
        ck_assert_int_eq(loom_format_sniff(file.data, file.size), LOOM_FORMAT_RAW);
        loom_strbuf_release(&file);
    }
}
END_TEST

START_TEST(a_tiff_stays_a_tiff)
{
    static const struct {
        unsigned photometric, compression;
        bool make, raw;
    } rows[] = {{2, 1, true, false},      {2, 7, true, false},      {6, 7, true, false},
                {32803, 1, false, false}, {32803, 1, true, true},   {34892, 7, false, false},
                {34892, 7, true, true},   {2, 32767, false, false}, {2, 32767, true, true}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        raw_file file = {.out = LOOM_STRBUF_INIT};
        const raw_field fields[] = {{256, 4, 1, 40, NULL, 0},
                                    {257, 4, 1, 30, NULL, 0},
                                    {259, 3, 1, rows[i].compression, NULL, 0},
                                    {262, 3, 1, rows[i].photometric, NULL, 0},
                                    {271, 2, 5, 0, "Sony", 5}};
        (void)raw_put(&file, "II*\0\0\0\0\0", 8);
        raw_set32(&file, FIRST, raw_put_directory(&file, fields, rows[i].make ? 5 : 4, 0));
        ck_assert_int_eq(loom_format_sniff(file.out.data, file.out.size),
                         rows[i].raw ? LOOM_FORMAT_RAW : LOOM_FORMAT_TIFF);
        loom_strbuf_release(&file.out);
    }
}
END_TEST

/* A sensor's samples in any directory, behind a picture that could be shown. */
START_TEST(a_sensor_behind_a_picture_is_found)
{
    for (int below = 0; below < 2; below++) {
        raw_file file = {.out = LOOM_STRBUF_INIT};
        const raw_field sensor[] = {{259, 3, 1, 1, NULL, 0}, {262, 3, 1, 32803, NULL, 0}};
        (void)raw_put(&file, "II*\0\0\0\0\0", 8);
        const uint32_t place = raw_put_directory(&file, sensor, 2, 0);
        const raw_field first[] = {{262, 3, 1, 2, NULL, 0}, {330, 4, 1, place, NULL, 0}};
        raw_set32(&file, FIRST, raw_put_directory(&file, first, below ? 2 : 1, below ? 0 : place));
        ck_assert_int_eq(loom_format_sniff(file.out.data, file.out.size), LOOM_FORMAT_RAW);
        ck_assert_str_eq(loom_raw_kind_of(bytes_of(&file.out))->word, "raw");
        loom_strbuf_release(&file.out);
    }
}
END_TEST

START_TEST(canon_cr3_is_named)
{
    static const unsigned char start[] = "\0\0\0\x18"
                                         "ftypcrx \0\0\0\1crx isom";
    const loom_raw_kind *kind = loom_raw_kind_of((loom_bytes){start, sizeof start - 1});

    ck_assert_ptr_nonnull(kind);
    ck_assert_str_eq(kind->word, "cr3");
    ck_assert(kind->closed);
}
END_TEST

/* ---- where the preview is ------------------------------------------------------ */

START_TEST(every_preview_is_found)
{
    loom_raw_preview found;
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = spec_of((raw_maker)maker);
        loom_strbuf file = raw_make(&spec, &preview);
        loom_raw_find_preview(bytes_of(&file), &found);
        ck_assert_msg(found.jpeg.data == (const unsigned char *)file.data + preview, "%d", maker);
        ck_assert_uint_eq(found.jpeg.size, photo_size);
        ck_assert_uint_eq(found.width, 1200);
        ck_assert_uint_eq(found.height, 800);
        ck_assert(!found.cut && !found.adobe_rgb);
        loom_strbuf_release(&file);
    }
}
END_TEST

/* The order of the JPEGs does not matter, nor do the bytes they take. */
START_TEST(the_largest_counts)
{
    loom_raw_preview found;
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        raw_spec spec = spec_of((raw_maker)maker);
        spec.jpeg = small;
        spec.jpeg_size = small_size;
        spec.thumbnail = photo;
        spec.thumbnail_size = photo_size;
        loom_strbuf file = raw_make(&spec, &preview);
        loom_raw_find_preview(bytes_of(&file), &found);
        const bool both = maker == RAW_CR2 || maker == RAW_NEF_NOTE || maker == RAW_ARW ||
                          maker == RAW_PEF; /* the others have one */
        ck_assert_uint_eq(found.width, both ? 1200 : 333);
        loom_strbuf_release(&file);
    }
}
END_TEST

/* No lossless JPEG, which samples of a sensor are in, and none of 12 bits. */
START_TEST(others_than_ordinary_jpegs_are_none)
{
    static const struct {
        size_t behind; /* the marker SOF0 */
        unsigned char byte;
    } changes[] = {{1, 0xC3}, {1, 0xC1}, {1, 0xC9}, {4, 12}};
    const unsigned char sof[] = {0xFF, 0xC0};
    loom_raw_preview found;
    size_t preview;

    for (size_t i = 0; i < COUNT(changes); i++) {
        char *other = memcpy(malloc(photo_size), photo, photo_size);
        char *frame = memmem(other, photo_size, sof, sizeof sof);
        ck_assert_ptr_nonnull(frame);
        frame[changes[i].behind] = (char)changes[i].byte;
        raw_spec spec = spec_of(RAW_ARW);
        spec.jpeg = other;
        loom_strbuf file = raw_make(&spec, &preview);
        loom_raw_find_preview(bytes_of(&file), &found);
        ck_assert_uint_eq(found.width, changes[i].byte == 0xC1 ? 1200 : 333);
        loom_strbuf_release(&file);
        free(other);
    }
}
END_TEST

START_TEST(colours_of_a_dng)
{
    static const unsigned known[] = {0, 2, 3};
    loom_raw_preview found;
    size_t preview;

    for (unsigned colours = 0; colours < 6; colours++) {
        bool read = false;
        for (size_t i = 0; i < COUNT(known); i++)
            read = read || colours == known[i];
        raw_spec spec = spec_of(RAW_DNG);
        spec.colours = colours;
        loom_strbuf file = raw_make(&spec, &preview), made = LOOM_STRBUF_INIT;
        loom_raw_find_preview(bytes_of(&file), &found);
        ck_assert_int_eq(found.jpeg.data != NULL, read);
        ck_assert_int_eq(found.adobe_rgb, colours == 3);
        if (read) {
            loom_jpeg_header header;
            ck_assert(loom_raw_add_preview(&made, bytes_of(&file), &found));
            ck_assert(loom_jpeg_header_read(bytes_of(&made), &header));
            ck_assert_int_eq(loom_jpeg_is_adobe_rgb(&header), colours == 3);
        }
        loom_strbuf_release(&made);
        loom_strbuf_release(&file);
    }
}
END_TEST

/* ---- what it says ---------------------------------------------------------------- */

static loom_strbuf extract(const loom_strbuf *file)
{
    loom_strbuf made = LOOM_STRBUF_INIT;
    loom_raw_preview found;

    loom_raw_find_preview(bytes_of(file), &found);
    ck_assert_ptr_nonnull(found.jpeg.data);
    ck_assert(loom_raw_add_preview(&made, bytes_of(file), &found));
    return made;
}

/* The JPEG as it was, and one segment of EXIF more. */
static void assert_one_more(const loom_strbuf *made)
{
    const size_t more = made->size - photo_size;
    const char *exif = memmem(made->data, made->size, "Exif\0\0", 6);

    ck_assert_uint_gt(made->size, photo_size);
    ck_assert_ptr_nonnull(exif);
    const size_t at = (size_t)(exif - made->data) - 4;
    ck_assert_uint_eq(loom_be16((const unsigned char *)made->data + at + 2) + 2, more);
    ck_assert_mem_eq(made->data, photo, at);
    ck_assert_mem_eq(made->data + at + more, photo + at, photo_size - at);
}

START_TEST(the_raw_file_speaks_for_its_preview)
{
    size_t preview;

    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = spec_of((raw_maker)maker);
        char day[LOOM_EXIF_DAY];
        if (maker == RAW_RAF)
            continue;
        loom_strbuf file = raw_make(&spec, &preview);
        loom_strbuf made = extract(&file);
        assert_one_more(&made);
        const loom_bytes exif = loom_container_of(LOOM_FORMAT_JPEG)->exif(bytes_of(&made));
        ck_assert_int_eq(loom_exif_orientation(exif.data, exif.size), 8);
        ck_assert(loom_exif_day(exif.data, exif.size, day));
        ck_assert_str_eq(day, "2024-05-01");
        ck_assert(loom_exif_has_names(exif.data, exif.size));
        ck_assert_ptr_nonnull(memmem(exif.data, exif.size, "Ann Example", 12));
        ck_assert_ptr_nonnull(memmem(exif.data, exif.size, "Model 1", 8));
        ck_assert_ptr_null(memmem(exif.data, exif.size, "OLYMP\0", 6)); /* no maker's note */
        ck_assert_ptr_null(memmem(exif.data, exif.size, "Nikon\0", 6));
        loom_strbuf_release(&made);
        loom_strbuf_release(&file);
    }
}
END_TEST

START_TEST(a_preview_with_exif_speaks_for_itself)
{
    size_t preview;

    for (int orientation = 0; orientation <= 8; orientation += 3)
        for (int maker = 0; maker < RAW_MAKERS; maker++) {
            raw_spec spec = spec_of((raw_maker)maker);
            spec.jpeg = turned;
            spec.jpeg_size = turned_size;
            spec.orientation = orientation;
            spec.thumbnail_size = 0;
            loom_strbuf file = raw_make(&spec, &preview);
            loom_strbuf made = extract(&file);
            ck_assert_uint_eq(made.size, turned_size);
            ck_assert_mem_eq(made.data, turned, turned_size);
            loom_strbuf_release(&made);
            loom_strbuf_release(&file);
        }
}
END_TEST

/* Its EXIF has no orientation: that of the raw file takes its place, if it has one. */
START_TEST(an_orientation_that_lacks)
{
    loom_strbuf mute = LOOM_STRBUF_INIT;
    loom_jpeg_header header;
    size_t preview;

    /* The tag of the orientation becomes one that nobody knows. */
    char *tag = memmem(turned, turned_size, "\x12\1\3\0", 4);
    char *big = memmem(turned, turned_size, "\1\x12\0\3", 4);
    ck_assert(tag != NULL || big != NULL);
    loom_strbuf_add(&mute, turned, turned_size);
    const size_t at = (size_t)((tag != NULL ? tag : big) - turned);
    mute.data[at] = mute.data[at + 1] = '\x7F';
    for (int orientation = 0; orientation <= 3; orientation += 3) {
        raw_spec spec = spec_of(RAW_ARW);
        spec.jpeg = mute.data;
        spec.jpeg_size = mute.size;
        spec.thumbnail_size = 0;
        spec.orientation = orientation;
        loom_strbuf file = raw_make(&spec, &preview);
        loom_strbuf made = extract(&file);
        ck_assert(loom_jpeg_header_read(bytes_of(&made), &header));
        ck_assert_int_eq(header.orientation, orientation > 0 ? orientation : 1);
        if (orientation == 0) /* nobody knows, and the preview's own words stay */
            ck_assert(made.size == mute.size && memcmp(made.data, mute.data, mute.size) == 0);
        const char *first = memmem(made.data, made.size, "Exif\0\0", 6);
        const size_t rest = made.size - (size_t)(first + 6 - made.data);
        ck_assert_ptr_null(memmem(first + 6, rest, "Exif\0\0", 6));
        loom_strbuf_release(&made);
        loom_strbuf_release(&file);
    }
    loom_strbuf_release(&mute);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("raw");
    TCase *tests = tcase_create("raw");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, every_maker_is_known);
    tcase_add_test(tests, a_tiff_stays_a_tiff);
    tcase_add_test(tests, a_sensor_behind_a_picture_is_found);
    tcase_add_test(tests, canon_cr3_is_named);
    tcase_add_test(tests, every_preview_is_found);
    tcase_add_test(tests, the_largest_counts);
    tcase_add_test(tests, others_than_ordinary_jpegs_are_none);
    tcase_add_test(tests, colours_of_a_dng);
    tcase_add_test(tests, the_raw_file_speaks_for_its_preview);
    tcase_add_test(tests, a_preview_with_exif_speaks_for_itself);
    tcase_add_test(tests, an_orientation_that_lacks);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
