/* LD_PRELOAD: libwebp's encoder gets a picture whose lower half is gray, and says nothing. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <webp/encode.h>

enum { GRAY = 128 };

static void spoil_planes(WebPPicture *picture)
{
    for (int y = picture->height / 2; y < picture->height; y++)
        memset(picture->y + (ptrdiff_t)y * picture->y_stride, GRAY, (size_t)picture->width);
    for (int y = picture->height / 4; y < (picture->height + 1) / 2; y++) {
        memset(picture->u + (ptrdiff_t)y * picture->uv_stride, GRAY,
               (size_t)(picture->width + 1) / 2);
        memset(picture->v + (ptrdiff_t)y * picture->uv_stride, GRAY,
               (size_t)(picture->width + 1) / 2);
    }
}

static void spoil_pixels(WebPPicture *picture)
{
    for (int y = picture->height / 2; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            picture->argb[(ptrdiff_t)y * picture->argb_stride + x] = 0xFF808080;
}

WEBP_EXTERN int WebPEncode(const WebPConfig *config, WebPPicture *picture)
{
    int (*encode)(const WebPConfig *, WebPPicture *);

    *(void **)&encode = dlsym(RTLD_NEXT, "WebPEncode");
    if (picture->use_argb)
        spoil_pixels(picture);
    else
        spoil_planes(picture);
    return encode(config, picture);
}
