#include "format/jpeg_meta.h"

#include "format/exif.h"
#include "format/jpeg_marker.h"
#include "format/photoshop.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 65533 }; /* bytes in a segment */

static const char exif_name[] = "Exif\0"; /* each with the NUL that ends the literal */
static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/";
static const char iptc_name[] = "Photoshop 3.0";
static const char profile_name[] = "ICC_PROFILE";

static bool begins(const loom_jpeg_block *block, const char *name, size_t size)
{
    return block->size >= size && memcmp(block->data, name, size) == 0;
}

static void take(loom_jpeg_meta *meta, loom_jpeg_block *as, const loom_jpeg_block *block)
{
    meta->several = meta->several || as->data != NULL;
    *as = *block;
}

void loom_jpeg_meta_find(const unsigned char *data, size_t size, loom_jpeg_meta *meta)
{
    loom_jpeg_block block;
    size_t at = 2;

    *meta = (loom_jpeg_meta){.several = false};
    for (;;) {
        const unsigned marker = loom_jpeg_walk(data, size, &at, &block.data, &block.size);
        if (marker == 0 || marker == LOOM_JPEG_EOI || marker == LOOM_JPEG_SOS)
            return;
        if (marker == LOOM_JPEG_APP1 && begins(&block, exif_name, sizeof exif_name))
            take(meta, &meta->exif, &block);
        else if (marker == LOOM_JPEG_APP1 && begins(&block, xmp_name, sizeof xmp_name))
            take(meta, &meta->xmp, &block);
        else if (marker == LOOM_JPEG_APP2 && begins(&block, profile_name, sizeof profile_name))
            take(meta, &meta->profile, &block);
        else if (marker == LOOM_JPEG_APP13 && begins(&block, iptc_name, sizeof iptc_name))
            take(meta, &meta->iptc, &block);
    }
}

/* ICC.1:2010, 7.2: the colour space is at 16, the signature at 36, behind number and count. */
bool loom_jpeg_meta_suits(const loom_jpeg_meta *meta, unsigned components)
{
    const size_t before = sizeof profile_name + 2;

    if (meta->profile.data == NULL || meta->profile.size < before + 128)
        return false;
    const unsigned char *profile = meta->profile.data + before;
    if (profile[-2] != 1 || profile[-1] != 1)
        return false;
    return memcmp(profile + 16, components == 1 ? "GRAY" : "RGB ", 4) == 0 &&
           memcmp(profile + 36, "acsp", 4) == 0;
}

/* ---- writing ------------------------------------------------------------- */

static bool add_segment(loom_strbuf *out, unsigned marker, const void *data, size_t size)
{
    const unsigned char head[] = {0xFF, (unsigned char)marker, (unsigned char)((size + 2) >> 8),
                                  (unsigned char)((size + 2) & 255)};

    if (size > MOST)
        return false;
    loom_strbuf_add(out, head, sizeof head);
    loom_strbuf_add(out, data, size);
    return !out->failed;
}

static unsigned char *copy_of(const loom_jpeg_block *block)
{
    unsigned char *copy = malloc(block->size);

    if (copy != NULL)
        memcpy(copy, block->data, block->size);
    return copy;
}

static bool add_exif(const loom_jpeg_block *block, int orientation, uint32_t width, uint32_t height,
                     loom_strbuf *out)
{
    unsigned char *copy = copy_of(block);
    size_t size = block->size - sizeof exif_name;

    const bool made =
        copy != NULL &&
        loom_exif_refresh(copy + sizeof exif_name, &size, orientation, width, height) &&
        add_segment(out, LOOM_JPEG_APP1, copy, sizeof exif_name + size);
    free(copy);
    return made;
}

static bool add_names(const loom_jpeg_block *block, bool names, int orientation, loom_strbuf *out)
{
    const unsigned char *tiff =
        names && block->data != NULL ? block->data + sizeof exif_name : NULL;
    const size_t size = tiff != NULL ? block->size - sizeof exif_name : 0;
    loom_strbuf exif = LOOM_STRBUF_INIT;

    if (orientation == 1 && !loom_exif_has_names(tiff, size))
        return true;
    loom_strbuf_add(&exif, exif_name, sizeof exif_name);
    loom_exif_add_names(&exif, tiff, size, orientation);
    const bool made =
        !exif.failed && add_segment(out, LOOM_JPEG_APP1, loom_strbuf_str(&exif), exif.size);
    loom_strbuf_release(&exif);
    return made;
}

static bool add_iptc(const loom_jpeg_block *block, loom_strbuf *out)
{
    unsigned char *copy = copy_of(block);

    const bool made =
        copy != NULL &&
        add_segment(out, LOOM_JPEG_APP13, copy, loom_photoshop_drop_thumbnails(copy, block->size));
    free(copy);
    return made;
}

bool loom_jpeg_meta_add(const loom_jpeg_meta *meta, loom_metadata kept, bool with_profile,
                        int orientation, uint32_t width, uint32_t height, loom_strbuf *out)
{
    const bool all = kept == LOOM_METADATA_ALL;

    if (all && meta->exif.data != NULL) {
        if (!add_exif(&meta->exif, orientation, width, height, out))
            return false;
    } else if (!add_names(&meta->exif, kept == LOOM_METADATA_COPYRIGHT, orientation, out)) {
        return false;
    }
    if (all && meta->xmp.data != NULL &&
        !add_segment(out, LOOM_JPEG_APP1, meta->xmp.data, meta->xmp.size))
        return false;
    if (with_profile && meta->profile.data != NULL &&
        !add_segment(out, LOOM_JPEG_APP2, meta->profile.data, meta->profile.size))
        return false;
    return !all || meta->iptc.data == NULL || add_iptc(&meta->iptc, out);
}
