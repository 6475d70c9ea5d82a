#include "engine/codec/webp_write.h"

#include <webp/encode.h>

enum { EFFORT = 4, EFFORT_MAX = 6 }; /* libwebp's `method` */

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
static bool configure(const loom_webp_picture *picture, WebPConfig *config)
{
    if (!WebPConfigPreset(config, WEBP_PRESET_DEFAULT, (float)picture->quality))
        return false;
    config->method = picture->effort;
    return true;
}

/* The samples stay ours, and libwebp only reads them. */
static bool describe(const loom_webp_picture *picture, writing *w, WebPPicture *described)
{
    if (!WebPPictureInit(described))
        return false;
    described->width = (int)picture->planes[0]->width;
    described->height = (int)picture->planes[0]->height;
    described->y = picture->planes[0]->data;
    described->u = picture->planes[1]->data;
    described->v = picture->planes[2]->data;
    described->y_stride = (int)picture->planes[0]->stride;
    described->uv_stride = (int)picture->planes[1]->stride;
    described->writer = on_bytes;
    described->custom_ptr = w;
    described->progress_hook = on_progress;
    described->user_data = w;
    return true;
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

loom_status loom_webp_write(const loom_webp_picture *picture, loom_strbuf *out, const char **why)
{
    writing w = {.out = out, .cancel = picture->cancel, .stopped = LOOM_OK};
    WebPConfig config;
    WebPPicture described;

    if (!configure(picture, &config) || !describe(picture, &w, &described)) {
        *why = "libwebp: another version than this program was built with";
        return LOOM_ERR_UNSUPPORTED;
    }
    if (WebPEncode(&config, &described))
        return LOOM_OK;
    switch (described.error_code) {
    case VP8_ENC_ERROR_USER_ABORT:
        return w.stopped;
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE: /* on_bytes fails for this alone */
        return LOOM_ERR_OUT_OF_MEMORY;
    default:
        *why = reason_of(described.error_code);
        return LOOM_ERR_UNSUPPORTED;
    }
}
