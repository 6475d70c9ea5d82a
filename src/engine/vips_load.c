#include "engine/vips_load.h"

/* The loaders all have this shape; libvips' sniffing calls (…_find_load) are never used. */
typedef int (*loader)(VipsSource *, VipsImage **, ...);

static const struct {
    const char *operation;
    loader load;
} loaders[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {"jpegload_source", vips_jpegload_source},
    [LOOM_FORMAT_PNG] = {"pngload_source", vips_pngload_source},
    [LOOM_FORMAT_WEBP] = {"webpload_source", vips_webpload_source},
    [LOOM_FORMAT_GIF] = {"gifload_source", vips_gifload_source},
    [LOOM_FORMAT_TIFF] = {"tiffload_source", vips_tiffload_source},
    [LOOM_FORMAT_AVIF] = {"heifload_source", vips_heifload_source},
    [LOOM_FORMAT_HEIC] = {"heifload_source", vips_heifload_source},
};

bool loom_vips_reads(loom_format format)
{
    const char *name = format < LOOM_FORMAT_COUNT ? loaders[format].operation : NULL;

    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

/* libvips' `truncated` refuses damage of some formats too; what is cut short we know without it. */
static VipsFailOn vips_fail_on(loom_fail_on fail_on)
{
    switch (fail_on) {
    case LOOM_FAIL_ON_NONE:
    case LOOM_FAIL_ON_TRUNCATED:
        return VIPS_FAIL_ON_NONE;
    case LOOM_FAIL_ON_WARNING:
        return VIPS_FAIL_ON_WARNING;
    default:
        return VIPS_FAIL_ON_ERROR;
    }
}

VipsImage *loom_vips_open(loom_format format, const void *data, size_t size, loom_fail_on fail_on,
                          int shrink)
{
    VipsImage *image = NULL;
    int failed;

    if (!loom_vips_reads(format))
        return NULL;
    VipsSource *source = vips_source_new_from_memory(data, size);
    if (source == NULL)
        return NULL;
    if (shrink > 1)
        failed = loaders[format].load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      vips_fail_on(fail_on), "shrink", shrink, NULL);
    else
        failed = loaders[format].load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      vips_fail_on(fail_on), NULL);
    g_object_unref(source); /* the image holds its own reference */
    if (failed) {
        vips_error_clear();
        return NULL;
    }
    return image;
}
