#include "engine/vips/meta.h"

#include "base/array.h"
#include "engine/codec/png_parts.h"
#include "engine/metadata.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include "format/exif.h"
#include "format/jpeg_meta.h"
#include <stdlib.h>
#include <string.h>

/* ---- what is kept -------------------------------------------------------- */

typedef struct taking {
    VipsImage *to;
    const loom_recipe *recipe;
    bool animated;
} taking;

static bool is_any(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* The blocks, as libvips has them from the file. */
static const char *const block_fields[] = {VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME,
                                           VIPS_META_IPTC_NAME, NULL};
static const char *const animation_fields[] = {"delay", "loop", NULL};

static void *copy_field(VipsImage *image, const char *name, GValue *value, void *data)
{
    const taking *t = data;

    (void)image;
    if (strcmp(name, VIPS_META_ICC_NAME) == 0 || (t->animated && is_any(name, animation_fields)) ||
        (t->recipe->metadata != LOOM_METADATA_NONE && is_any(name, block_fields)))
        vips_image_set(t->to, name, value);
    return NULL;
}

VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated)
{
    taking t = {vips_image_new(), recipe, animated};

    (void)vips_image_map(image, copy_field, &t);
    return t.to;
}

bool loom_vips_meta_make(loom_meta *made, const loom_vips_meta *from, const loom_lane_job *job,
                         const loom_lane_output *output)
{
    loom_jpeg_meta jpeg = {.profile = LOOM_STRBUF_INIT};
    loom_meta_source source = {.exif = loom_vips_block(from->fields, VIPS_META_EXIF_NAME),
                               .xmp = loom_vips_block(from->fields, VIPS_META_XMP_NAME),
                               .iptc = loom_vips_block(from->fields, VIPS_META_IPTC_NAME)};
    bool read = true;

    if (job->header.has_jpeg && job->job->recipe->metadata != LOOM_METADATA_NONE) {
        read = loom_jpeg_meta_read(&jpeg, (loom_bytes){job->input.data, job->input.size});
        source = jpeg.source;
    }
    source.profile = loom_vips_block(from->fields, VIPS_META_ICC_NAME);
    *made = (loom_meta){.warning_count = 0};
    read = read &&
           loom_lane_meta_make(made, &source, from->with_profile, from->converted, job, output);
    loom_jpeg_meta_release(&jpeg);
    return read;
}

bool loom_vips_meta_give(VipsImage *fields, const loom_meta *meta, int orientation,
                         VipsImage *image, unsigned writes)
{
    bool any = false;

    for (const char *const *name = animation_fields; *name != NULL; name++) {
        GValue value = {0};
        if (vips_image_get_typeof(fields, *name) == 0 || vips_image_get(fields, *name, &value))
            continue;
        vips_image_set(image, *name, &value);
        g_value_unset(&value);
        any = true;
    }
    if ((writes & LOOM_VIPS_WRITES_PROFILE) != 0 && meta->profile.size > 0) {
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, meta->profile.data, meta->profile.size);
        any = true;
    }
    if ((writes & LOOM_VIPS_WRITES_XMP) != 0 && meta->xmp.size > 0) {
        vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, meta->xmp.data, meta->xmp.size);
        any = true;
    }
    if ((writes & LOOM_VIPS_WRITES_ORIENTATION) != 0 && orientation != 1) {
        vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
        any = true;
    }
    return any;
}

/* ---- the limit: blocks --------------------------------------------------- */

void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome)
{
    static const struct {
        const char *field, *name;
        bool always; /* else only where metadata is kept */
    } blocks[] = {{VIPS_META_ICC_NAME, "colour profile", true},
                  {VIPS_META_EXIF_NAME, "EXIF block", false},
                  {VIPS_META_XMP_NAME, "XMP block", false},
                  {VIPS_META_IPTC_NAME, "IPTC block", false}};

    for (size_t i = 0; i < LOOM_COUNT(blocks); i++) {
        if (loom_vips_block(image, blocks[i].field).size <= LOOM_METADATA_MAX ||
            (!blocks[i].always && (recipe->metadata & LOOM_METADATA_ALL) == 0))
            continue;
        (void)vips_image_remove(image, blocks[i].field);
        loom_outcome_warn(outcome, "the %s was dropped: it is larger than %d MB", blocks[i].name,
                          (int)(LOOM_METADATA_MAX / 1000000));
    }
}

/* ---- behind the pixels of a PNG ------------------------------------------ */

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

bool loom_vips_end_png(VipsImage **image, loom_bytes file)
{
    bool pixels = false;
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
        pixels = pixels || loom_png_chunk_is(&chunk, "IDAT");
        if (pixels && loom_png_chunk_is(&chunk, "eXIf"))
            set_exif(*image, chunk.start + 8, chunk.length);
        else if (pixels && loom_png_chunk_is(&chunk, "iTXt"))
            set_xmp(*image, &chunk);
    }
    return true;
}
