/* Luma of photographs, whole: no sample is more than 1 from what libjpeg's slow method makes. */
#include "engine/jpeg/idct.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

static const char *const photos[] = {"gray.jpg", "scene-1.jpg", "scene-2.jpg", "scene-3.jpg"};

static FILE *open_photo(const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/photos/%s", getenv("TESTDATA"), name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    return file;
}

/* libjpeg's samples, width by height; the caller frees them. */
static uint8_t *decode(const char *name, size_t *width, size_t *height)
{
    FILE *file = open_photo(name);
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    jpeg_stdio_src(&cinfo, file);
    jpeg_read_header(&cinfo, TRUE);
    cinfo.out_color_space = JCS_GRAYSCALE; /* luma alone */
    cinfo.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&cinfo);
    *width = cinfo.output_width;
    *height = cinfo.output_height;
    uint8_t *samples = malloc(*width * *height);
    ck_assert_ptr_nonnull(samples);
    while (cinfo.output_scanline < *height) {
        JSAMPROW row = samples + cinfo.output_scanline * *width;
        jpeg_read_scanlines(&cinfo, &row, 1);
    }
    jpeg_destroy_decompress(&cinfo);
    fclose(file);
    return samples;
}

/* One row of blocks, whose coefficients libjpeg has in natural order; 8 rows of 8 * count samples.
 */
static void make_row(JBLOCKROW row, size_t count, const loom_idct_table *table, uint8_t *made)
{
    static const uint8_t natural[LOOM_IDCT_BLOCK] = {
        /* clang-format off */
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        /* clang-format on */
    };
    int16_t(*blocks)[LOOM_IDCT_BLOCK] = malloc(count * sizeof *blocks);
    const int16_t **pointers = malloc(count * sizeof *pointers);

    ck_assert(blocks != NULL && pointers != NULL);
    for (size_t i = 0; i < count; i++) {
        pointers[i] = blocks[i];
        for (unsigned n = 0; n < LOOM_IDCT_BLOCK; n++)
            blocks[i][n] = row[i][natural[n]];
    }
    loom_idct(8, pointers, count, table, made, 8 * count);
    free(pointers);
    free(blocks);
}

static void make_table(const JQUANT_TBL *quant, loom_idct_table *table)
{
    uint16_t zigzag[LOOM_IDCT_BLOCK];
    unsigned count = 0;

    for (int d = 0; d < 15; d++)
        for (int i = 0; i <= d; i++) {
            const int v = d % 2 == 0 ? d - i : i, u = d - v;
            if (v < 8 && u < 8)
                zigzag[count++] = quant->quantval[8 * v + u];
        }
    loom_idct_table_make(zigzag, table);
}

START_TEST(samples_are_near_those_of_libjpeg)
{
    FILE *file = open_photo(photos[_i]);
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    loom_idct_table table;
    size_t width, height, off = 0;
    uint8_t *wanted = decode(photos[_i], &width, &height);

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    jpeg_stdio_src(&cinfo, file);
    jpeg_read_header(&cinfo, TRUE);
    jvirt_barray_ptr *coefficients = jpeg_read_coefficients(&cinfo);
    const jpeg_component_info *luma = &cinfo.comp_info[0];
    const size_t count = luma->width_in_blocks;
    uint8_t *made = malloc(64 * count);
    ck_assert_ptr_nonnull(made);
    make_table(luma->quant_table, &table);
    for (JDIMENSION y = 0; y < luma->height_in_blocks; y++) {
        JBLOCKARRAY rows =
            cinfo.mem->access_virt_barray((j_common_ptr)&cinfo, coefficients[0], y, 1, FALSE);
        make_row(rows[0], count, &table, made);
        for (size_t i = 0; i < 8 && 8 * y + i < height; i++)
            for (size_t x = 0; x < width; x++) {
                const int by = made[i * 8 * count + x] - wanted[(8 * y + i) * width + x];
                off += by != 0;
                if (abs(by) > 1)
                    ck_abort_msg("%s: %d off at %zu, %zu", photos[_i], by, x, 8 * y + i);
            }
    }
    ck_assert_uint_le(off, width * height / 50);
    free(made);
    free(wanted);
    jpeg_destroy_decompress(&cinfo);
    fclose(file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("idct_islow");
    TCase *all = tcase_create("photographs");

    tcase_add_loop_test(all, samples_are_near_those_of_libjpeg, 0, COUNT(photos));
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
