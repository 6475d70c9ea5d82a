/* Saving: what the recipe says, in the words of libvips' savers, and the metadata. */
#include "engine/codec/png.h"
#include "engine/vips/parts.h"
#include "format/heif.h"
#include "format/jpeg_meta.h"
#include "format/webp.h"

/* The recipe's effort within an encoder's range, or what we use without one. */
static int effort(const loom_recipe *recipe, int usual, int min, int max)
{
    if (recipe->effort < 0)
        return usual;
    return recipe->effort < min ? min : recipe->effort > max ? max : recipe->effort;
}

/*
 * libvips takes EXIF apart to write it anew, which garbles maker notes and what libexif does not
 * know, and adds to it. So files are written without, and get their metadata here. `put` appends
 * the file with them to a string, as loom_jpeg_meta_insert does.
 */
static int put_metadata(const loom_vips_save *save,
                        bool (*put)(loom_bytes, const loom_meta *, loom_strbuf *), void **data,
                        size_t *size)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    const bool made = put((loom_bytes){*data, *size}, save->meta, &out);
    if (!made && !out.failed) {
        *save->lost = true; /* a library's file that is other than those we know */
        loom_strbuf_release(&out);
        return 0;
    }
    g_free(*data);
    *data = NULL;
    if (!made) {
        *save->no_memory = true;
        loom_strbuf_release(&out);
        return -1;
    }
    *size = out.size;
    *data = loom_strbuf_take(&out);
    return 0;
}

int loom_vips_save_jpeg(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (vips_jpegsave_buffer(image, data, size, "Q", save->quality, "optimize_coding", TRUE,
                             "interlace", save->recipe->progressive, "subsample_mode",
                             save->recipe->chroma == LOOM_CHROMA_444 ? VIPS_FOREIGN_SUBSAMPLE_OFF
                                                                     : VIPS_FOREIGN_SUBSAMPLE_ON,
                             "strip", save->strip, NULL))
        return -1;
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_jpeg_meta_insert, data, size);
}

static int write_png(const loom_vips_save *save, void **data, size_t *size)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    const bool made =
        loom_png_meta_add(save->meta, &chunks) &&
        loom_png_write(save->picture, save->recipe->effort, loom_meta_bytes(&chunks), data, size);
    loom_strbuf_release(&chunks);
    *save->no_memory = *save->no_memory || !made;
    return made ? 0 : -1;
}

int loom_vips_save_png(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (!save->recipe->progressive && loom_png_writes(save->picture))
        return write_png(save, data, size);
    if (vips_pngsave_buffer(image, data, size, "compression", effort(save->recipe, 6, 0, 9),
                            "interlace", save->recipe->progressive, "strip", save->strip, NULL))
        return -1;
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_png_meta_insert, data, size);
}

int loom_vips_save_webp(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    /* WebP has no 4:4:4; its sharper conversion to 4:2:0 is the nearest. */
    if (vips_webpsave_buffer(image, data, size, "Q", save->quality > 0 ? save->quality : 75,
                             "lossless", save->recipe->lossless, "effort",
                             effort(save->recipe, 4, 0, 6), "smart_subsample",
                             save->recipe->chroma == LOOM_CHROMA_444, "strip", save->strip, NULL))
        return -1;
    /* libvips 8.14 writes EXIF, with the resolution, whatever it is told. */
    *size = loom_webp_drop_metadata(*data, *size);
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_webp_put_metadata, data, size);
}

int loom_vips_save_gif(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    return vips_gifsave_buffer(image, data, size, "bitdepth", 8, "effort",
                               effort(save->recipe, 7, 1, 10), "interlace",
                               save->recipe->progressive, "strip", save->strip, NULL);
}

int loom_vips_save_tiff(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    return vips_tiffsave_buffer(image, data, size, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
                                "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "strip",
                                save->strip, NULL);
}

/* libvips' own defaults are HEVC and, for 16-bit pixels, 12 bits. */
int loom_vips_save_avif(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (vips_heifsave_buffer(image, data, size, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                             "Q", save->quality > 0 ? save->quality : 50, "lossless",
                             save->recipe->lossless, "effort", effort(save->recipe, 4, 0, 9),
                             "bitdepth", 8, "subsample_mode",
                             save->recipe->chroma == LOOM_CHROMA_420 ? VIPS_FOREIGN_SUBSAMPLE_ON
                                                                     : VIPS_FOREIGN_SUBSAMPLE_OFF,
                             "strip", save->strip, NULL))
        return -1;
    return save->strip && loom_meta_is_empty(save->meta)
               ? 0
               : put_metadata(save, loom_heif_put_metadata, data, size);
}

int loom_vips_save_jxl(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    /* Below 5 libvips 8.14 asks for a distance that libjxl refuses, and gets the default's. */
    const int quality = save->quality == 0 ? 75 : save->quality < 5 ? 5 : save->quality;

    return vips_jxlsave_buffer(image, data, size, "Q", quality, "lossless", save->recipe->lossless,
                               "effort", effort(save->recipe, 7, 3, 9), "strip", save->strip, NULL);
}
