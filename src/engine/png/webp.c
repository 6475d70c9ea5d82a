#include "base/memory.h"
#include "engine/png/steps.h"
#include <stdlib.h>
#include <webp/encode.h>

enum { EFFORT = 4, EFFORT_MAX = 6, LOSSLESS_QUALITY = 75 }; /* libvips' own; `method` of libwebp */

typedef struct writing {
    const loom_cancel *cancel;
    WebPMemoryWriter memory;
} writing;

static int on_bytes(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    WebPPicture at = *picture; /* where WebPMemoryWrite looks for its writer */

    at.custom_ptr = &((writing *)picture->custom_ptr)->memory;
    return WebPMemoryWrite(data, size, &at);
}

static int on_progress(int percent, const WebPPicture *picture)
{
    const writing *w = picture->custom_ptr;

    (void)percent;
    return loom_cancel_check(w->cancel) == LOOM_OK;
}

/* As libvips' saver has it, so that both lanes write the same file. */
static bool configure(const loom_recipe *recipe, int quality, WebPConfig *config)
{
    if (!WebPConfigInit(config) ||
        (!recipe->lossless && !WebPConfigPreset(config, WEBP_PRESET_DEFAULT, (float)quality)))
        return false;
    config->lossless = recipe->lossless;
    if (recipe->lossless)
        config->quality = LOSSLESS_QUALITY;
    config->method = recipe->effort < 0            ? EFFORT
                     : recipe->effort > EFFORT_MAX ? EFFORT_MAX
                                                   : recipe->effort;
    config->alpha_quality = 100;
    config->use_sharp_yuv = recipe->chroma == LOOM_CHROMA_444; /* which comes closest to it */
    return true;
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

bool loom_png_to_webp(const loom_picture *picture, const loom_recipe *recipe, int quality,
                      const loom_cancel *cancel, loom_encoded *made)
{
    writing w = {.cancel = cancel};
    WebPConfig config;
    WebPPicture to;

    if (!configure(recipe, quality, &config) || !WebPPictureInit(&to))
        return false;
    WebPMemoryWriterInit(&w.memory);
    to.width = (int)picture->width;
    to.height = (int)picture->height;
    to.use_argb = recipe->lossless || config.use_sharp_yuv;
    to.writer = on_bytes;
    to.custom_ptr = &w;
    to.progress_hook = on_progress;
    const bool ok = import(picture, &to) && WebPEncode(&config, &to);
    WebPPictureFree(&to);
    if (ok) {
        made->data = w.memory.mem; /* from malloc */
        made->size = w.memory.size;
    } else {
        WebPMemoryWriterClear(&w.memory);
    }
    return ok;
}
