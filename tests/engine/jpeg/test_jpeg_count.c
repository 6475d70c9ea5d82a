/* What is counted for libjpeg's encoder makes the very bytes that libjpeg makes by itself. */
#include "engine/jpeg/count.h"
#include "support/random.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 83, PLANE = 96, ROWS = 16 };

typedef unsigned char plane[PLANE][PLANE];

static plane planes[3];
static uint64_t seed;

typedef struct kind {
    const char *name;
    int components, luma; /* its sampling factors */
    unsigned noise;       /* added to a slope, of 256 */
    bool progressive;
} kind;

static const kind kinds[] = {
    {"gray", 1, 1, 20, false},         {"gray without detail", 1, 1, 0, false},
    {"gray noise", 1, 1, 255, false},  {"4:4:4", 3, 1, 30, false},
    {"4:2:0", 3, 2, 30, false},        {"4:2:0 without detail", 3, 2, 0, false},
    {"4:2:0 noise", 3, 2, 255, false}, {"progressive 4:2:0", 3, 2, 30, true},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static void paint(const kind *k)
{
    seed = 11;
    for (int i = 0; i < 3; i++)
        for (unsigned y = 0; y < PLANE; y++)
            for (unsigned x = 0; x < PLANE; x++)
                planes[i][y][x] =
                    (unsigned char)(k->noise == 0
                                        ? 90
                                        : (x + 2 * y + random_next(&seed) % k->noise) % 256);
}

/* Encodes the planes; the bytes are the caller's to free. */
static unsigned char *encode(const kind *k, int quality, bool counted, unsigned long *size)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    loom_jpeg_counts counts;
    unsigned char *made = NULL;

    memset(&counts, 0, sizeof counts);
    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    cinfo.client_data = &counts;
    jpeg_mem_dest(&cinfo, &made, size);
    cinfo.image_width = cinfo.image_height = SIDE;
    cinfo.input_components = k->components;
    cinfo.in_color_space = k->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(&cinfo);
    jpeg_set_quality(&cinfo, quality, TRUE);
    cinfo.raw_data_in = TRUE;
    cinfo.optimize_coding = TRUE;
    for (int i = 0; i < k->components; i++)
        cinfo.comp_info[i].h_samp_factor = cinfo.comp_info[i].v_samp_factor = i == 0 ? k->luma : 1;
    if (k->progressive)
        jpeg_simple_progression(&cinfo);
    jpeg_start_compress(&cinfo, TRUE);
    if (counted)
        loom_jpeg_count(&cinfo);
    while (cinfo.next_scanline < SIDE) {
        JSAMPROW rows[3][ROWS];
        JSAMPARRAY data[3] = {rows[0], rows[1], rows[2]};
        for (int i = 0; i < 3; i++) {
            const unsigned first = cinfo.next_scanline / (i > 0 ? (unsigned)k->luma : 1);
            for (unsigned y = 0; y < ROWS; y++)
                rows[i][y] = planes[i][first + y < PLANE ? first + y : PLANE - 1];
        }
        (void)jpeg_write_raw_data(&cinfo, data, (JDIMENSION)(8 * cinfo.max_v_samp_factor));
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    return made;
}

START_TEST(the_bytes_are_libjpegs)
{
    const kind *k = &kinds[_i];
    static const int qualities[] = {1, 30, 80, 95, 100};

    paint(k);
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
        unsigned long ours_size = 0, theirs_size = 0;
        unsigned char *ours = encode(k, qualities[i], true, &ours_size);
        unsigned char *theirs = encode(k, qualities[i], false, &theirs_size);
        ck_assert_msg(ours_size == theirs_size && memcmp(ours, theirs, ours_size) == 0,
                      "%s at quality %d: %lu and %lu bytes", k->name, qualities[i], ours_size,
                      theirs_size);
        free(ours);
        free(theirs);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jpeg_count");
    TCase *all = tcase_create("bytes");

    tcase_add_loop_test(all, the_bytes_are_libjpegs, 0, KINDS);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
