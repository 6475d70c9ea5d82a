#include "engine/vips_encode.h"

#include "base/bytes.h"
#include "engine/vips_log.h"
#include "engine/vips_picture.h"
#include <string.h>
#include <vips/vips.h>

/*
 * A saver writes `image` to *data, *size. `strip` drops all metadata (it is false only where the
 * orientation tag must stay).
 */
typedef int (*saver)(VipsImage *image, void **data, size_t *size, int quality, gboolean strip);

static int save_jpeg(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    return vips_jpegsave_buffer(image, data, size, "Q", quality, "optimize_coding", TRUE,
                                "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, "strip", strip, NULL);
}

static int save_png(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    (void)quality;
    return vips_pngsave_buffer(image, data, size, "compression", 6, "strip", strip, NULL);
}

/* Takes `length` bytes at `at` out of a WebP file. */
static void webp_cut(unsigned char *data, size_t *size, size_t at, size_t length)
{
    memmove(data + at, data + at + length, *size - at - length);
    *size -= length;
    for (unsigned i = 0; i < 4; i++)
        data[4 + i] = (unsigned char)((*size - 8) >> (8 * i));
}

/*
 * libvips writes EXIF into every WebP, `strip` or not. Drops it, and then the VP8X header if that
 * says nothing more (WebP container specification, "Extended File Format").
 */
static void webp_drop_exif(unsigned char *data, size_t *size)
{
    enum { CHUNKS = 12, HEADER = 8, EXIF_FLAG = 0x08 };

    for (size_t at = CHUNKS; *size - at >= HEADER;) {
        const size_t length = loom_le32(data + at + 4), whole = HEADER + length + length % 2;
        if (whole > *size - at)
            return; /* not what libvips writes: left as it is */
        if (memcmp(data + at, "EXIF", 4) == 0)
            webp_cut(data, size, at, whole);
        else
            at += whole;
    }
    if (memcmp(data + CHUNKS, "VP8X", 4) != 0)
        return;
    data[CHUNKS + HEADER] &= (unsigned char)~EXIF_FLAG;
    if (data[CHUNKS + HEADER] == 0)
        webp_cut(data, size, CHUNKS, HEADER + loom_le32(data + CHUNKS + 4));
}

static int save_webp(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    const int failed =
        vips_webpsave_buffer(image, data, size, "Q", quality, "effort", 4, "strip", strip, NULL);

    if (!failed && strip)
        webp_drop_exif(*data, size);
    return failed;
}

static int save_gif(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    (void)quality;
    return vips_gifsave_buffer(image, data, size, "bitdepth", 8, "strip", strip, NULL);
}

static int save_tiff(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    (void)quality;
    return vips_tiffsave_buffer(image, data, size, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
                                "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "strip", strip,
                                NULL);
}

/* libvips' own defaults are HEVC and 12 bits. */
static int save_avif(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    return vips_heifsave_buffer(image, data, size, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                                "Q", quality, "effort", 4, "bitdepth", 8, "subsample_mode",
                                VIPS_FOREIGN_SUBSAMPLE_OFF, "strip", strip, NULL);
}

static int save_jxl(VipsImage *image, void **data, size_t *size, int quality, gboolean strip)
{
    return vips_jxlsave_buffer(image, data, size, "Q", quality, "strip", strip, NULL);
}

static const struct {
    const char *operation;
    saver save;
} savers[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {"jpegsave_buffer", save_jpeg},
    [LOOM_FORMAT_PNG] = {"pngsave_buffer", save_png},
    [LOOM_FORMAT_WEBP] = {"webpsave_buffer", save_webp},
    [LOOM_FORMAT_GIF] = {"gifsave_buffer", save_gif},
    [LOOM_FORMAT_TIFF] = {"tiffsave_buffer", save_tiff},
    [LOOM_FORMAT_AVIF] = {"heifsave_buffer", save_avif},
    [LOOM_FORMAT_JXL] = {"jxlsave_buffer", save_jxl},
};

bool loom_vips_writes(loom_format format)
{
    const char *name = format < LOOM_FORMAT_COUNT ? savers[format].operation : NULL;

    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

/*
 * EXIF with one entry, the orientation (EXIF 2.32, 4.6.2), for savers that write EXIF only where
 * there is some: libvips' PNG saver.
 */
static void set_orientation(VipsImage *image, int orientation)
{
    const unsigned char exif[] = {'E', 'x',  'i',  'f', 0,
                                  0,   'I',  'I',  '*', 0,
                                  8,   0,    0,    0,   1,
                                  0,   0x12, 0x01, 3,   0,
                                  1,   0,    0,    0,   (unsigned char)orientation,
                                  0,   0,    0,    0,   0,
                                  0,   0};

    vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, exif, sizeof exif);
    vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
}

/* The picture as an image that watches for the job's end. NULL when libvips fails. */
static VipsImage *prepare(const loom_picture *picture, const loom_cancel *cancel, uint64_t ticket,
                          int orientation)
{
    VipsImage *image = loom_vips_wrap(picture), *watched = NULL;

    if (image == NULL)
        return NULL;
    watched = loom_vips_watch(image, cancel, ticket);
    g_object_unref(image);
    if (watched != NULL && orientation > 1)
        set_orientation(watched, orientation);
    return watched;
}

loom_status loom_vips_encode(loom_lane_job *job, const loom_picture *picture, loom_error *err)
{
    const loom_format format = job->outcome->format;
    const int orientation = job->job->recipe->auto_orient ? 1 : job->probe.orientation;
    loom_vips_log log;
    int failed = 1;

    loom_vips_log_begin(&log, job->outcome);
    VipsImage *image = prepare(picture, job->job->cancel, log.ticket, orientation);
    if (image != NULL) {
        failed = savers[format].save(image, &job->encoded.data, &job->encoded.size, job->quality,
                                     orientation <= 1);
        g_object_unref(image);
    }
    loom_vips_log_end(&log);
    if (!failed) {
        job->encoded.channels = (int)picture->channels;
        return LOOM_OK;
    }
    vips_error_clear();
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err);
    if (stopped != LOOM_OK)
        return stopped;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                          "the %s encoder refuses a picture of %ux%u px with %u channels",
                          loom_format_get(format)->name, picture->width, picture->height,
                          picture->channels);
}
