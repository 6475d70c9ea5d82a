/* Our baseline encoder makes the very bytes that libjpeg makes of the same planes. */
#include "engine/baseline/baseline.h"
#include "support/random.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { PLANES = 3, ROWS = 2 * DCTSIZE };

static loom_plane planes[PLANES];
static loom_jpeg_buffer buffer;
static uint64_t seed;

typedef unsigned char painter(unsigned x, unsigned y);

static unsigned char paint_flat(unsigned x, unsigned y)
{
    (void)x, (void)y;
    return 90;
}

static unsigned char paint_slope(unsigned x, unsigned y)
{
    return (unsigned char)((x + 2 * y + random_next(&seed) % 30) % 256);
}

static unsigned char paint_noise(unsigned x, unsigned y)
{
    (void)x, (void)y;
    return (unsigned char)(random_next(&seed) % 256);
}

/* Neighbours as far from each other as can be, within blocks and from block to block. */
static unsigned char paint_extremes(unsigned x, unsigned y)
{
    (void)x, (void)y;
    return random_next(&seed) % 2 == 0 ? 0 : 255;
}

static unsigned char paint_checks(unsigned x, unsigned y)
{
    return (x + y) % 2 == 0 ? 0 : 255;
}

static unsigned char paint_squares(unsigned x, unsigned y)
{
    return (x / 8 + y / 8) % 2 == 0 ? 0 : 255;
}

/* A dot now and then: long runs of zeros. */
static unsigned char paint_dots(unsigned x, unsigned y)
{
    return (unsigned char)(128 + (x % 8 == 7 && y % 8 == 7 ? random_next(&seed) % 60 : 0));
}

static painter *const painters[] = {paint_flat,   paint_slope,   paint_noise, paint_extremes,
                                    paint_checks, paint_squares, paint_dots};
enum { PAINTERS = sizeof painters / sizeof *painters };

typedef struct kind {
    const char *name;
    unsigned count, step; /* of planes; px for a sample of chroma */
} kind;

static const kind kinds[] = {{"gray", 1, 1}, {"4:4:4", PLANES, 1}, {"4:2:0", PLANES, 2}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void paint(const kind *k, uint32_t width, uint32_t height, painter *sample_at)
{
    for (unsigned i = 0; i < k->count; i++) {
        const uint32_t step = i == 0 ? 1 : k->step;
        ck_assert(
            loom_plane_reserve(&planes[i], (width + step - 1) / step, (height + step - 1) / step));
        for (uint32_t y = 0; y < planes[i].height; y++)
            for (uint32_t x = 0; x < planes[i].width; x++)
                loom_plane_row(&planes[i], y)[x] = sample_at(x, y);
        loom_plane_extend(&planes[i]);
    }
}

static void write_rows(struct jpeg_compress_struct *cinfo, const kind *k)
{
    while (cinfo->next_scanline < cinfo->image_height) {
        JSAMPROW rows[PLANES][ROWS];
        JSAMPARRAY data[PLANES] = {rows[0], rows[1], rows[2]};
        for (unsigned i = 0; i < k->count; i++)
            for (uint32_t y = 0; y < ROWS; y++) {
                const uint32_t at = cinfo->next_scanline / (i == 0 ? 1 : k->step) + y;
                const uint32_t last = planes[i].height - 1;
                rows[i][y] = loom_plane_row(&planes[i], at < last ? at : last);
            }
        (void)jpeg_write_raw_data(cinfo, data, (JDIMENSION)(DCTSIZE * cinfo->max_v_samp_factor));
    }
}

/* By libjpeg; the bytes are the caller's to free. With a comment, if there is one. */
static unsigned char *encode(const kind *k, int quality, const char *comment, unsigned long *size)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    unsigned char *made = NULL;

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &made, size);
    cinfo.image_width = planes[0].width;
    cinfo.image_height = planes[0].height;
    cinfo.input_components = (int)k->count;
    cinfo.in_color_space = k->count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(&cinfo);
    jpeg_set_quality(&cinfo, quality, TRUE);
    cinfo.raw_data_in = TRUE;
    cinfo.optimize_coding = TRUE;
    for (unsigned i = 0; i < k->count; i++)
        cinfo.comp_info[i].h_samp_factor = cinfo.comp_info[i].v_samp_factor =
            i == 0 ? (int)k->step : 1;
    jpeg_start_compress(&cinfo, TRUE);
    if (comment != NULL)
        jpeg_write_marker(&cinfo, JPEG_COM, (const JOCTET *)comment, (unsigned)strlen(comment));
    write_rows(&cinfo, k);
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    return made;
}

static void compare(const kind *k, int quality, const char *comment, const char *what)
{
    unsigned char segment[64] = {0xFF, 0xFE, 0, 0};
    loom_baseline picture = {
        .planes = planes, .count = k->count, .halved = k->step == 2, .quality = quality};
    unsigned long expected_size = 0;
    size_t size = 0;

    if (comment != NULL) {
        segment[3] = (unsigned char)(2 + strlen(comment));
        memcpy(segment + 4, comment, strlen(comment));
        picture.segments = (loom_bytes){segment, 4 + strlen(comment)};
    }
    unsigned char *expected = encode(k, quality, comment, &expected_size);
    ck_assert_int_eq(loom_baseline_encode(&picture, &buffer, &size), LOOM_OK);
    ck_assert_msg(size == expected_size && memcmp(buffer.data, expected, size) == 0,
                  "%s %s of %ux%u px at quality %d: %zu bytes, and %lu of libjpeg", k->name, what,
                  (unsigned)planes[0].width, (unsigned)planes[0].height, quality, size,
                  expected_size);
    free(expected);
}

static void release(void)
{
    for (unsigned i = 0; i < PLANES; i++)
        loom_plane_release(&planes[i]);
    loom_jpeg_buffer_release(&buffer);
}

START_TEST(all_qualities)
{
    const kind *k = &kinds[_i % KINDS];

    seed = 11;
    paint(k, 83, 61, painters[_i / KINDS]);
    for (int quality = 1; quality <= 100; quality++)
        compare(k, quality, NULL, "picture");
    release();
}
END_TEST

/* Of 1 px to beyond two batches of blocks in a line, so that each part of an MCU is left out. */
START_TEST(all_sizes)
{
    const kind *k = &kinds[_i];

    seed = 12;
    for (uint32_t width = 1; width <= 300; width += width < 40 ? 1 : 13)
        for (uint32_t height = 1; height <= 40; height += width < 40 ? 3 : 13) {
            paint(k, width, height, paint_slope);
            compare(k, 75, NULL, "picture");
        }
    release();
}
END_TEST

/* More tokens than are packed at once, and than there was room for. */
START_TEST(large_pictures)
{
    const kind *k = &kinds[_i];

    seed = 13;
    paint(k, 901, 507, paint_noise);
    compare(k, 100, NULL, "noise");
    paint(k, 901, 507, paint_extremes);
    compare(k, 100, NULL, "extremes");
    paint(k, 901, 507, paint_slope);
    compare(k, 80, NULL, "slope");
    release();
}
END_TEST

START_TEST(segments_stand_behind_jfifs)
{
    paint(&kinds[_i], 16, 16, paint_flat);
    compare(&kinds[_i], 80, "a comment", "with a comment");
    release();
}
END_TEST

START_TEST(the_largest_side)
{
    seed = 14;
    paint(&kinds[0], LOOM_JPEG_SIDE_MAX, 1, paint_slope);
    compare(&kinds[0], 50, NULL, "line");
    paint(&kinds[2], 1, LOOM_JPEG_SIDE_MAX, paint_slope);
    compare(&kinds[2], 50, NULL, "column");
    release();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("baseline");
    TCase *all = tcase_create("bytes");

    tcase_add_loop_test(all, all_qualities, 0, KINDS * PAINTERS);
    tcase_add_loop_test(all, all_sizes, 0, KINDS);
    tcase_add_loop_test(all, large_pictures, 0, KINDS);
    tcase_add_loop_test(all, segments_stand_behind_jfifs, 0, KINDS);
    tcase_add_test(all, the_largest_side);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
