#include "encode.h"

#include <stdio.h>

#include <vips/vips.h>

/* A libvips picture over the canvas, which must outlive it. NULL: failed. */
static VipsImage *picture_of(const canvas *p)
{
    VipsInterpretation meaning =
        p->depth == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
    VipsImage *plain, *made = NULL;

    if (p->pixels == NULL)
        return NULL;
    plain = vips_image_new_from_memory(p->pixels, canvas_bytes(p), (int)p->width, (int)p->height,
                                       (int)p->channels,
                                       p->depth == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    if (plain == NULL)
        return NULL;
    if (vips_copy(plain, &made, "interpretation", meaning, NULL) != 0)
        made = NULL;
    g_object_unref(plain);
    return made;
}

/* Takes what a saver gave: its result, its buffer. */
static void take(loom_strbuf *out, int result, void *file, size_t size)
{
    if (result != 0) {
        (void)fprintf(stderr, "libvips: %s", vips_error_buffer());
        out->failed = true;
        return;
    }
    loom_strbuf_add(out, file, size);
    g_free(file);
}

void encode_webp(loom_strbuf *out, const canvas *picture, bool lossless)
{
    VipsImage *image = picture_of(picture);
    void *file = NULL;
    size_t size = 0;
    int result = -1;

    if (image != NULL)
        result = vips_webpsave_buffer(image, &file, &size, "Q", 90, "lossless", (gboolean)lossless,
                                      NULL);
    take(out, result, file, size);
    VIPS_UNREF(image);
}

void encode_gif(loom_strbuf *out, const canvas *picture, uint32_t frames)
{
    int delays[8] = {100, 100, 100, 100, 100, 100, 100, 100}; /* ms */
    VipsImage *image = picture_of(picture);
    void *file = NULL;
    size_t size = 0;
    int result = -1;

    if (image != NULL && frames <= VIPS_NUMBER(delays)) {
        if (frames > 1) {
            vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, (int)(picture->height / frames));
            vips_image_set_array_int(image, "delay", delays, (int)frames);
        }
        result = vips_gifsave_buffer(image, &file, &size, "dither", 0.0, NULL);
    }
    take(out, result, file, size);
    VIPS_UNREF(image);
}

void encode_tiff(loom_strbuf *out, const canvas *picture)
{
    VipsImage *image = picture_of(picture);
    void *file = NULL;
    size_t size = 0;
    int result = -1;

    if (image != NULL)
        result = vips_tiffsave_buffer(image, &file, &size, "compression",
                                      VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
                                      VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
    take(out, result, file, size);
    VIPS_UNREF(image);
}

void encode_avif(loom_strbuf *out, const canvas *picture)
{
    VipsImage *image = picture_of(picture);
    void *file = NULL;
    size_t size = 0;
    int result = -1;

    if (image != NULL)
        result = vips_heifsave_buffer(image, &file, &size, "compression",
                                      VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q", 80, "bitdepth", 8,
                                      "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    take(out, result, file, size);
    VIPS_UNREF(image);
}

bool same_shape(const void *a, size_t a_size, const void *b, size_t b_size)
{
    VipsImage *left = vips_image_new_from_buffer(a, a_size, "", NULL);
    VipsImage *right = vips_image_new_from_buffer(b, b_size, "", NULL);
    bool same = left != NULL && right != NULL &&
                vips_image_get_width(left) == vips_image_get_width(right) &&
                vips_image_get_height(left) == vips_image_get_height(right) &&
                vips_image_get_bands(left) == vips_image_get_bands(right) &&
                vips_image_get_format(left) == vips_image_get_format(right) &&
                vips_image_get_n_pages(left) == vips_image_get_n_pages(right);

    if (left == NULL || right == NULL)
        (void)fprintf(stderr, "libvips: %s", vips_error_buffer());
    VIPS_UNREF(left);
    VIPS_UNREF(right);
    return same;
}
