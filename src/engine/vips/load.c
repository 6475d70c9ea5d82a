#include "engine/vips/load.h"

#include "base/array.h"

/* The loaders all have this shape; libvips' sniffing calls (…_find_load) are never used. */
typedef int (*loader)(VipsSource *, VipsImage **, ...);

static const struct {
    const char *operation, *class; /* `class`: with all its relatives, for blocking */
    loader load;
} loaders[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {"jpegload_source", "VipsForeignLoadJpeg", vips_jpegload_source},
    [LOOM_FORMAT_PNG] = {"pngload_source", "VipsForeignLoadPng", vips_pngload_source},
    [LOOM_FORMAT_WEBP] = {"webpload_source", "VipsForeignLoadWebp", vips_webpload_source},
    [LOOM_FORMAT_GIF] = {"gifload_source", "VipsForeignLoadNsgif", vips_gifload_source},
    [LOOM_FORMAT_TIFF] = {"tiffload_source", "VipsForeignLoadTiff", vips_tiffload_source},
    [LOOM_FORMAT_AVIF] = {"heifload_source", "VipsForeignLoadHeif", vips_heifload_source},
    [LOOM_FORMAT_HEIC] = {"heifload_source", "VipsForeignLoadHeif", vips_heifload_source},
    [LOOM_FORMAT_JXL] = {"jxlload_source", "VipsForeignLoadJxl", vips_jxlload_source},
    [LOOM_FORMAT_SVG] = {"svgload_source", "VipsForeignLoadSvg", vips_svgload_source},
    [LOOM_FORMAT_JP2] = {"jp2kload_source", "VipsForeignLoadJp2k", vips_jp2kload_source},
};

bool loom_vips_reads(loom_format format)
{
    const char *name = format < LOOM_FORMAT_COUNT ? loaders[format].operation : NULL;

    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

void loom_vips_block_loaders(bool allow_untrusted)
{
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (int i = 0; i < LOOM_FORMAT_COUNT; i++)
        if (loaders[i].class != NULL &&
            (allow_untrusted || !loom_format_get((loom_format)i)->untrusted))
            vips_operation_block_set(loaders[i].class, FALSE);
    vips_operation_block_set("VipsForeignSaveJxl", FALSE); /* untrusted as its loader is */
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

/*
 * libheif's metadata are memory of the very image they come with, and gone with it although other
 * images share them: replaced by blobs that are counted.
 */
static void own_blobs(VipsImage *image)
{
    static const char *const names[] = {VIPS_META_ICC_NAME, VIPS_META_EXIF_NAME,
                                        VIPS_META_XMP_NAME};
    const void *data;
    size_t size;

    for (size_t i = 0; i < LOOM_COUNT(names); i++)
        if (vips_image_get_typeof(image, names[i]) != 0 &&
            !vips_image_get_blob(image, names[i], &data, &size))
            vips_image_set_blob_copy(image, names[i], data, size);
}

VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load)
{
    const loader call = format < LOOM_FORMAT_COUNT ? loaders[format].load : NULL;
    const VipsFailOn fail_on = vips_fail_on(load->fail_on);
    VipsImage *image = NULL;
    int failed;

    if (!loom_vips_reads(format))
        return NULL;
    VipsSource *source = vips_source_new_from_memory(data, size);
    if (source == NULL)
        return NULL;
    if (load->shrink > 1)
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                      "shrink", load->shrink, NULL);
    else if (loom_vips_is_drawing(format))
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, "scale",
                      load->scale, NULL);
    else if (load->frames)
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, "n", -1,
                      NULL);
    else
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
    g_object_unref(source); /* the image holds its own reference */
    if (failed)
        return NULL;
    if (format == LOOM_FORMAT_AVIF || format == LOOM_FORMAT_HEIC)
        own_blobs(image);
    return image;
}
