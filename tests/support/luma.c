#include "support/luma.h"

#include "support/check.h"
#include "support/oracle.h"
#include "support/ssim_truth.h"
#include "support/tmpdir.h"
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <vips/vips.h>
#include <webp/decode.h>

static luma make_luma(uint32_t width, uint32_t height)
{
    luma made = {width, height, malloc((size_t)width * height)};

    ck_assert_ptr_nonnull(made.data);
    return made;
}

/* Of gray or RGB of 8 bits, on a gray of 128 where there is alpha. */
static luma luma_of(const uint8_t *samples, uint32_t width, uint32_t height, unsigned channels)
{
    luma made = make_luma(width, height);

    for (size_t i = 0; i < (size_t)width * height; i++) {
        const uint8_t *px = samples + i * channels;
        const double alpha = channels % 2 == 0 ? px[channels - 1] / 255.0 : 1;
        const double y = channels <= 2 ? px[0] : 0.299 * px[0] + 0.587 * px[1] + 0.114 * px[2];
        made.data[i] = (uint8_t)(y * alpha + 128 * (1 - alpha) + 0.5);
    }
    return made;
}

/* Y of Y'CbCr, or gray. */
luma luma_read_jpeg(const char *path)
{
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;
    size_t size;
    char *file = tmpdir_read(path, &size);

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    jpeg_mem_src(&cinfo, (unsigned char *)file, size);
    ck_assert_int_eq(jpeg_read_header(&cinfo, TRUE), JPEG_HEADER_OK);
    cinfo.out_color_space = cinfo.num_components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    ck_assert(jpeg_start_decompress(&cinfo));
    luma made = make_luma(cinfo.output_width, cinfo.output_height);
    const unsigned channels = (unsigned)cinfo.output_components;
    JSAMPLE *row = malloc((size_t)cinfo.output_width * channels);
    ck_assert_ptr_nonnull(row);
    while (cinfo.output_scanline < cinfo.output_height) {
        uint8_t *to = made.data + (size_t)made.width * cinfo.output_scanline;
        ck_assert_uint_eq(jpeg_read_scanlines(&cinfo, &row, 1), 1);
        for (uint32_t x = 0; x < made.width; x++)
            to[x] = row[(size_t)x * channels];
    }
    jpeg_destroy_decompress(&cinfo);
    free(row);
    free(file);
    return made;
}

static luma read_webp(const char *path)
{
    size_t size;
    char *file = tmpdir_read(path, &size);
    int width, height;
    uint8_t *samples = WebPDecodeRGBA((uint8_t *)file, size, &width, &height);

    ck_assert_ptr_nonnull(samples);
    luma made = luma_of(samples, (uint32_t)width, (uint32_t)height, 4);
    WebPFree(samples);
    free(file);
    return made;
}

static luma read_by_vips(const char *path, bool avif)
{
    size_t size, bytes;
    char *file = tmpdir_read(path, &size);
    VipsImage *image = NULL;

    ck_assert_int_eq(avif ? vips_heifload_buffer(file, size, &image, NULL)
                          : vips_jxlload_buffer(file, size, &image, NULL),
                     0);
    ck_assert_int_eq(vips_image_get_format(image), VIPS_FORMAT_UCHAR);
    uint8_t *samples = vips_image_write_to_memory(image, &bytes);
    ck_assert_ptr_nonnull(samples);
    luma made =
        luma_of(samples, (uint32_t)vips_image_get_width(image),
                (uint32_t)vips_image_get_height(image), (unsigned)vips_image_get_bands(image));
    g_free(samples);
    g_object_unref(image);
    free(file);
    return made;
}

static luma read_output(loom_format format, const char *path)
{
    if (format == LOOM_FORMAT_JPEG)
        return luma_read_jpeg(path);
    if (format == LOOM_FORMAT_WEBP)
        return read_webp(path);
    return read_by_vips(path, format == LOOM_FORMAT_AVIF);
}

luma luma_read_by_oracle(const char *path)
{
    oracle_image image = oracle_read(path);
    const size_t count = (size_t)image.width * image.height * image.channels;
    uint8_t *samples = malloc(count);

    ck_assert_ptr_nonnull(samples);
    for (size_t i = 0; i < count; i++)
        samples[i] =
            (uint8_t)(image.max == 255 ? image.samples[i] : image.samples[i] / 257.0 + 0.5);
    luma made = luma_of(samples, image.width, image.height, image.channels);
    free(samples);
    oracle_release(&image);
    return made;
}

static double similarity_of(const luma *a, const luma *b)
{
    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->height, b->height);
    return ssim_truth(&(ssim_samples){a->width, a->height, a->width, a->data},
                      &(ssim_samples){b->width, b->height, b->width, b->data});
}

double luma_similarity(const luma *was, loom_format format, const char *path)
{
    luma is = read_output(format, path);
    const double similarity = similarity_of(was, &is);

    free(is.data);
    return similarity;
}
