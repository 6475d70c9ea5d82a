/* Luma for ssim.h, of pictures and files. */
#include "engine/codec/jpeg_guard.h"
#include "engine/codec/ssim.h"
#include "engine/codec/webp_write.h"
#include <string.h>

#include <webp/decode.h>

enum { MIDDLE = 128 }; /* the gray behind what is transparent */

static uint8_t lay_on_gray(unsigned luma, unsigned alpha)
{
    return (uint8_t)((luma * alpha + MIDDLE * (255 - alpha) + 127) / 255);
}

/* ---- pictures and planes ------------------------------------------------- */

static uint8_t sample_of(const loom_picture *picture, size_t at)
{
    const unsigned sample = loom_picture_sample(picture, at);

    return (uint8_t)(picture->depth == 2 ? (sample + 128) / 257 : sample);
}

static uint8_t luma_at(const loom_picture *picture, size_t px)
{
    const unsigned channels = picture->channels;
    const size_t at = px * channels;
    const uint8_t first = sample_of(picture, at);
    const uint8_t luma =
        channels <= 2 ? first
                      : loom_colour_luma((loom_colour){first, sample_of(picture, at + 1),
                                                       sample_of(picture, at + 2), UINT8_MAX});

    return loom_picture_has_alpha(picture)
               ? lay_on_gray(luma, sample_of(picture, at + channels - 1))
               : luma;
}

loom_status loom_luma_of(const loom_picture *picture, loom_plane *luma)
{
    if (!loom_plane_reserve(luma, picture->width, picture->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < luma->height; y++) {
        unsigned char *row = loom_plane_row(luma, y);
        for (uint32_t x = 0; x < luma->width; x++)
            row[x] = luma_at(picture, (size_t)luma->width * y + x);
    }
    return LOOM_OK;
}

loom_status loom_luma_copy(const loom_plane *from, loom_plane *luma)
{
    if (!loom_plane_reserve(luma, from->width, from->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < luma->height; y++)
        memcpy(loom_plane_row(luma, y), loom_plane_row(from, y), luma->width);
    return LOOM_OK;
}

/* ---- WebP ---------------------------------------------------------------- */

/* Undoes loom_webp_levels of luma. */
static void make_full_range(uint8_t levels[256])
{
    const loom_levels webp = loom_webp_levels(0);

    for (int i = 0; i < 256; i++) {
        const double full = (i - webp.offset) / webp.scale;
        levels[i] = (uint8_t)(full <= 0 ? 0 : full >= 255 ? 255 : (int)(full + 0.5));
    }
}

/* `alpha` may be NULL: all is opaque. */
static void widen(const unsigned char *samples, size_t stride, const unsigned char *alpha,
                  size_t alpha_stride, loom_plane *luma)
{
    uint8_t levels[256];

    make_full_range(levels);
    for (uint32_t y = 0; y < luma->height; y++) {
        unsigned char *row = loom_plane_row(luma, y);
        const unsigned char *from = samples + stride * y;
        for (uint32_t x = 0; x < luma->width; x++)
            row[x] = levels[from[x]];
        for (uint32_t x = 0; alpha != NULL && x < luma->width; x++)
            row[x] = lay_on_gray(row[x], alpha[alpha_stride * y + x]);
    }
}

loom_status loom_luma_of_webp(const loom_plane *from, loom_plane *luma)
{
    if (!loom_plane_reserve(luma, from->width, from->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    widen(from->data, from->stride, NULL, 0, luma);
    return LOOM_OK;
}

loom_status loom_luma_read_webp(const loom_lane_job *job, loom_bytes file, loom_plane *luma)
{
    WebPDecoderConfig config;

    (void)job; /* libwebp's decoder cannot be stopped */
    if (!WebPInitDecoderConfig(&config) ||
        WebPGetFeatures(file.data, file.size, &config.input) != VP8_STATUS_OK ||
        config.input.has_animation)
        return LOOM_ERR_CORRUPT;
    if (!loom_plane_reserve(luma, (uint32_t)config.input.width, (uint32_t)config.input.height))
        return LOOM_ERR_OUT_OF_MEMORY;
    config.output.colorspace = config.input.has_alpha ? MODE_YUVA : MODE_YUV;
    const VP8StatusCode code = WebPDecode(file.data, file.size, &config);
    const WebPYUVABuffer *made = &config.output.u.YUVA;

    if (code == VP8_STATUS_OK)
        widen(made->y, (size_t)made->y_stride, config.input.has_alpha ? made->a : NULL,
              (size_t)made->a_stride, luma);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK              ? LOOM_OK
           : code == VP8_STATUS_OUT_OF_MEMORY ? LOOM_ERR_OUT_OF_MEMORY
                                              : LOOM_ERR_CORRUPT;
}

/* ---- JPEG ---------------------------------------------------------------- */

typedef struct reading {
    struct jpeg_decompress_struct cinfo;
    loom_jpeg_guard guard;
    loom_bytes file;
    loom_plane *luma;
    bool no_memory;
} reading;

/* libjpeg decodes no other component then. */
static void read_luma(void *data)
{
    reading *r = data;
    struct jpeg_decompress_struct *cinfo = &r->cinfo;

    jpeg_create_decompress(cinfo);
    cinfo->progress = &r->guard.progress;
    jpeg_mem_src(cinfo, r->file.data, r->file.size);
    (void)jpeg_read_header(cinfo, TRUE);
    cinfo->out_color_space = JCS_GRAYSCALE;
    (void)jpeg_start_decompress(cinfo);
    r->no_memory = !loom_plane_reserve(r->luma, cinfo->output_width, cinfo->output_height);
    while (!r->no_memory && cinfo->output_scanline < cinfo->output_height) {
        JSAMPROW rows[] = {loom_plane_row(r->luma, cinfo->output_scanline)};
        (void)jpeg_read_scanlines(cinfo, rows, 1);
    }
}

loom_status loom_luma_read_jpeg(const loom_lane_job *job, loom_bytes file, loom_plane *luma)
{
    reading r = {.file = file, .luma = luma};

    loom_jpeg_guard_init(&r.guard, job);
    r.cinfo.err = &r.guard.errors;
    const bool read = loom_jpeg_guarded(&r.guard, read_luma, &r);
    jpeg_destroy_decompress(&r.cinfo);
    if (r.no_memory || r.guard.code == LOOM_ERR_OUT_OF_MEMORY)
        return LOOM_ERR_OUT_OF_MEMORY;
    return read && loom_jpeg_guard_warnings(&r.guard) == 0 ? LOOM_OK : LOOM_ERR_CORRUPT;
}
