#include "engine/vips/png_late.h"

#include "engine/codec/png_parts.h"
#include "engine/plugin.h"
#include "format/exif.h"

static void set_exif(VipsImage *image, const unsigned char *tiff, size_t size)
{
    if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) != 0)
        return;
    vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, tiff, size);
    vips_image_set_int(image, VIPS_META_ORIENTATION, loom_exif_orientation(tiff, size));
}

static void set_xmp(VipsImage *image, const loom_png_chunk *chunk)
{
    size_t size;
    unsigned char *text;

    if (vips_image_get_typeof(image, VIPS_META_XMP_NAME) != 0)
        return;
    text = loom_png_text_take(chunk, LOOM_METADATA_MAX, "XML:com.adobe.xmp", &size);
    if (text != NULL)
        vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, text, size);
    free(text);
}

void loom_vips_png_late(VipsImage *image, loom_bytes file)
{
    bool pixels = false;
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
        pixels = pixels || loom_png_chunk_is(&chunk, "IDAT");
        if (pixels && loom_png_chunk_is(&chunk, "eXIf"))
            set_exif(image, chunk.start + 8, chunk.length);
        else if (pixels && loom_png_chunk_is(&chunk, "iTXt"))
            set_xmp(image, &chunk);
    }
}
