#include "support/make_jpeg.h"

#include "support/check.h"
#include "support/tmpdir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static void settle(struct jpeg_compress_struct *cinfo, const make_jpeg_options *options)
{
    static const jpeg_scan_info separate[] = {
        {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};

    jpeg_set_defaults(cinfo);
    if (options->rgb)
        jpeg_set_colorspace(cinfo, JCS_RGB);
    jpeg_set_quality(cinfo, options->quality, TRUE);
    for (int i = 0; i < cinfo->num_components; i++)
        cinfo->comp_info[i].h_samp_factor = cinfo->comp_info[i].v_samp_factor = 1;
    cinfo->comp_info[0].h_samp_factor = options->h > 0 ? options->h : 1;
    cinfo->comp_info[0].v_samp_factor = options->v > 0 ? options->v : 1;
    cinfo->restart_in_rows = options->restart_rows;
    cinfo->arith_code = options->arithmetic;
    if (options->progressive)
        jpeg_simple_progression(cinfo);
    if (options->separate) {
        cinfo->scan_info = separate;
        cinfo->num_scans = 3;
    }
}

unsigned char *make_jpeg(const oracle_image *image, const make_jpeg_options *options, size_t *size)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long bytes = 0;
    const size_t row_size = (size_t)image->width * image->channels;
    JSAMPLE *row = malloc(row_size);

    ck_assert_ptr_nonnull(row);
    ck_assert(image->channels == 1 || image->channels == 3);
    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &data, &bytes);
    cinfo.image_width = image->width;
    cinfo.image_height = image->height;
    cinfo.input_components = (int)image->channels;
    cinfo.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    settle(&cinfo, options);
    jpeg_start_compress(&cinfo, TRUE);
    for (uint32_t y = 0; y < image->height; y++) {
        for (size_t i = 0; i < row_size; i++)
            row[i] = (JSAMPLE)image->samples[y * row_size + i];
        (void)jpeg_write_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    free(row);
    *size = bytes;
    return data;
}

void make_jpeg_file(const char *path, const oracle_image *image, const make_jpeg_options *options)
{
    size_t size;
    unsigned char *data = make_jpeg(image, options, &size);

    tmpdir_write(path, data, size);
    free(data);
}

oracle_image make_part(const oracle_image *image, uint32_t x, uint32_t y, uint32_t width,
                       uint32_t height)
{
    oracle_image made = {width, height, image->channels, image->max, NULL};
    const size_t row = (size_t)width * image->channels;

    ck_assert(x + width <= image->width && y + height <= image->height);
    made.samples = malloc(row * height * sizeof *made.samples);
    ck_assert_ptr_nonnull(made.samples);
    for (uint32_t i = 0; i < height; i++)
        memcpy(made.samples + i * row,
               image->samples + ((size_t)(y + i) * image->width + x) * image->channels,
               row * sizeof *made.samples);
    return made;
}
