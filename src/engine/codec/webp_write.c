#include "engine/codec/webp_write.h"

#include "base/memory.h"
#include <stdlib.h>
#include <webp/encode.h>

enum { EFFORT = 4, EFFORT_MAX = 6 }; /* libwebp's `method` */
enum { LOSSLESS_QUALITY = 75 };      /* libvips' own */

int loom_webp_effort(const loom_recipe *recipe)
{
    if (recipe->effort < 0)
        return EFFORT;
    return recipe->effort < EFFORT_MAX ? recipe->effort : EFFORT_MAX;
}

loom_levels loom_webp_levels(unsigned plane)
{
    if (plane == 0)
        return (loom_levels){219.0 / 255, 16};
    return (loom_levels){224.0 / 255, 128 - 128 * 224.0 / 255};
}

/* What libwebp's functions get of us. */
typedef struct writing {
    loom_strbuf *out;
    const loom_cancel *cancel;
    loom_status stopped;
} writing;

static int on_bytes(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    const writing *w = picture->custom_ptr;

    loom_strbuf_add(w->out, data, size);
    return !w->out->failed;
}

static int on_progress(int percent, const WebPPicture *picture)
{
    writing *w = picture->user_data;

    (void)percent;
    w->stopped = loom_cancel_check(w->cancel);
    return w->stopped == LOOM_OK;
}

/* The settings of libvips' saver, so that both lanes write alike. */
static bool configure(int quality, int effort, WebPConfig *config)
{
    if (!WebPConfigPreset(config, WEBP_PRESET_DEFAULT, (float)quality))
        return false;
    config->method = effort;
    return true;
}

static bool begin(WebPPicture *described, int width, int height, writing *w)
{
    if (!WebPPictureInit(described))
        return false;
    described->width = width;
    described->height = height;
    described->writer = on_bytes;
    described->custom_ptr = w;
    described->progress_hook = on_progress;
    described->user_data = w;
    return true;
}

/* The samples stay ours, and libwebp only reads them. */
static void set_planes(const loom_plane *const planes[LOOM_WEBP_PLANES], WebPPicture *described)
{
    described->y = planes[0]->data;
    described->u = planes[1]->data;
    described->v = planes[2]->data;
    described->y_stride = (int)planes[0]->stride;
    described->uv_stride = (int)planes[1]->stride;
}

static const char *reason_of(WebPEncodingError code)
{
    switch (code) {
    case VP8_ENC_ERROR_BAD_DIMENSION:
        return "libwebp: bad dimensions";
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
        return "libwebp: a partition gets too large";
    case VP8_ENC_ERROR_FILE_TOO_BIG:
        return "libwebp: the file gets too large";
    default:
        return "libwebp: invalid parameters";
    }
}

/* Encodes what is described. */
static loom_status encode(const WebPConfig *config, WebPPicture *described, const char **why)
{
    const writing *w = described->user_data;

    if (WebPEncode(config, described))
        return LOOM_OK;
    switch (described->error_code) {
    case VP8_ENC_ERROR_USER_ABORT:
        return w->stopped;
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE: /* on_bytes fails for this alone */
        return LOOM_ERR_OUT_OF_MEMORY;
    default:
        *why = reason_of(described->error_code);
        return LOOM_ERR_UNSUPPORTED;
    }
}

static loom_status refuse_version(const char **why)
{
    *why = "libwebp: another version than this program was built with";
    return LOOM_ERR_UNSUPPORTED;
}

loom_status loom_webp_write(const loom_webp_picture *picture, loom_strbuf *out, const char **why)
{
    writing w = {.out = out, .cancel = picture->cancel, .stopped = LOOM_OK};
    const loom_plane *luma = picture->planes[0];
    WebPConfig config;
    WebPPicture described;

    if (!configure(picture->quality, picture->effort, &config) ||
        !begin(&described, (int)luma->width, (int)luma->height, &w))
        return refuse_version(why);
    set_planes(picture->planes, &described);
    return encode(&config, &described, why);
}

/* The samples as libwebp takes them: gray becomes RGB. NULL: out of memory. */
static const unsigned char *spread(const loom_picture *picture, unsigned char **made)
{
    const size_t pixels = (size_t)picture->width * picture->height;
    const unsigned channels = picture->channels;
    size_t bytes;

    *made = NULL;
    if (channels > 2)
        return picture->data;
    if (loom_size_mul(pixels, channels + 2, &bytes))
        *made = malloc(bytes);
    unsigned char *to = *made;
    for (size_t i = 0; to != NULL && i < pixels; i++) {
        const unsigned char *from = picture->data + i * channels;
        for (int c = 0; c < 3; c++)
            *to++ = from[0];
        if (channels == 2)
            *to++ = from[1];
    }
    return *made;
}

static bool import(const loom_picture *picture, WebPPicture *to)
{
    unsigned char *made;
    const unsigned char *samples = spread(picture, &made);
    const bool alpha = picture->channels % 2 == 0;
    const int stride = (int)(picture->width * (alpha ? 4 : 3)); /* sides are below 2^14 */
    const bool ok = samples != NULL && (alpha ? WebPPictureImportRGBA(to, samples, stride)
                                              : WebPPictureImportRGB(to, samples, stride)) != 0;

    free(made);
    return ok;
}

loom_status loom_webp_write_picture(const loom_picture *picture, const loom_recipe *recipe,
                                    int quality, const loom_cancel *cancel, loom_strbuf *out,
                                    const char **why)
{
    writing w = {.out = out, .cancel = cancel, .stopped = LOOM_OK};
    const bool lossless = recipe->lossless || recipe->near_lossless >= 0;
    WebPConfig config;
    WebPPicture described;

    if (!(lossless ? WebPConfigInit(&config) != 0 : configure(quality, 0, &config)) ||
        !begin(&described, (int)picture->width, (int)picture->height, &w))
        return refuse_version(why);
    config.method = loom_webp_effort(recipe);
    config.lossless = lossless;
    if (lossless)
        config.quality = LOSSLESS_QUALITY;
    if (recipe->near_lossless >= 0)
        config.near_lossless = recipe->near_lossless;
    config.alpha_quality = 100;
    config.use_sharp_yuv = recipe->chroma == LOOM_CHROMA_444; /* which comes closest to it */
    described.use_argb = lossless || config.use_sharp_yuv;
    const loom_status status =
        import(picture, &described) ? encode(&config, &described, why) : LOOM_ERR_OUT_OF_MEMORY;
    WebPPictureFree(&described);
    return status;
}
