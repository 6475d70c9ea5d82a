#include "engine/vips/meta.h"

#include "base/array.h"
#include "engine/metadata.h"
#include "format/jpeg_meta.h"
#include "format/png.h"
#include <string.h>
#include <zlib.h>

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

static loom_bytes block_of(VipsImage *meta, const char *name)
{
    const void *data;
    size_t size;

    if (vips_image_get_typeof(meta, name) == 0 || vips_image_get_blob(meta, name, &data, &size))
        return (loom_bytes){NULL, 0};
    return (loom_bytes){data, size};
}

bool loom_vips_meta_make(loom_meta *made, const loom_vips_meta *from, const loom_lane_job *job,
                         const loom_lane_output *output)
{
    loom_jpeg_meta jpeg = {.profile = LOOM_STRBUF_INIT};
    loom_meta_source source = {.exif = block_of(from->fields, VIPS_META_EXIF_NAME),
                               .xmp = block_of(from->fields, VIPS_META_XMP_NAME),
                               .iptc = block_of(from->fields, VIPS_META_IPTC_NAME)};
    bool read = true;

    if (job->header.has_jpeg && job->job->recipe->metadata != LOOM_METADATA_NONE) {
        read = loom_jpeg_meta_read(&jpeg, (loom_bytes){job->input.data, job->input.size});
        source = jpeg.source;
    }
    source.profile = block_of(from->fields, VIPS_META_ICC_NAME);
    *made = (loom_meta){.warning_count = 0};
    read = read &&
           loom_lane_meta_make(made, &source, from->with_profile, from->converted, job, output);
    loom_jpeg_meta_release(&jpeg);
    return read;
}

bool loom_vips_meta_give(VipsImage *fields, const loom_meta *meta, int orientation,
                         VipsImage *image, loom_format format)
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
    if (format != LOOM_FORMAT_AVIF && format != LOOM_FORMAT_TIFF && format != LOOM_FORMAT_JXL)
        return any;
    if (meta->profile.size > 0)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, meta->profile.data, meta->profile.size);
    any = any || meta->profile.size > 0;
    if (format != LOOM_FORMAT_TIFF)
        return any;
    if (meta->xmp.size > 0)
        vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, meta->xmp.data, meta->xmp.size);
    if (orientation != 1)
        vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    return any || meta->xmp.size > 0 || orientation != 1;
}

/* ---- the limit: the text of a PNG: PNG (Third Edition), 11.3.3 ----------- */

/* Where in a chunk's data its text begins; *packed: it is compressed. The length: nowhere. */
static size_t find_text(const loom_png_chunk *chunk, bool *packed)
{
    const size_t size = chunk->length;
    const unsigned char *data = chunk->start + 8, *end = memchr(data, 0, size);
    size_t at = end != NULL ? (size_t)(end - data) + 1 : size;

    *packed = loom_png_chunk_is(chunk, "zTXt");
    if (*packed)
        return at < size ? at + 1 : size; /* behind the method */
    if (!loom_png_chunk_is(chunk, "iTXt"))
        return at;
    if (size - at < 2)
        return size;
    *packed = data[at] == 1;
    at += 2;
    for (int i = 0; i < 2 && at < size; i++) { /* language, translated keyword */
        end = memchr(data + at, 0, size - at);
        at = end != NULL ? (size_t)(end - data) + 1 : size;
    }
    return at;
}

/* How large a stream becomes, as far as it is sound; more than `limit`: larger than that. */
static size_t inflated_size(const unsigned char *data, size_t size, size_t limit)
{
    unsigned char block[16384];
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    size_t made = 0;

    if (inflateInit(&z) != Z_OK)
        return limit + 1; /* no memory: none for the text, either */
    for (int status = Z_OK; status == Z_OK && made <= limit;) {
        z.next_out = block;
        z.avail_out = sizeof block;
        status = inflate(&z, Z_NO_FLUSH);
        made += sizeof block - z.avail_out;
    }
    (void)inflateEnd(&z);
    return made;
}

/* Bytes of memory that the chunk's text takes; more than `limit`: more than that. */
static size_t text_size(const loom_png_chunk *chunk, size_t limit)
{
    bool packed;
    const size_t at = find_text(chunk, &packed);

    return packed ? inflated_size(chunk->start + 8 + at, chunk->length - at, limit) : chunk->length;
}

static bool is_text(const loom_png_chunk *chunk)
{
    return loom_png_chunk_is(chunk, "tEXt") || loom_png_chunk_is(chunk, "zTXt") ||
           loom_png_chunk_is(chunk, "iTXt");
}

/* A private chunk that nobody knows, and may be passed over. */
static void rename_chunk(unsigned char *chunk, size_t size)
{
    memcpy(chunk + 4, "loOm", 4);
    const uint32_t check = (uint32_t)crc32_z(0, chunk + 4, size + 4);
    for (unsigned i = 0; i < 4; i++)
        chunk[8 + size + i] = (unsigned char)(check >> (24 - 8 * i));
}

void loom_vips_limit_text(loom_input *input, loom_outcome *outcome)
{
    size_t left = LOOM_METADATA_MAX;
    loom_png_chunk chunk;
    bool dropped = false;

    if (loom_format_sniff(input->data, input->size) != LOOM_FORMAT_PNG)
        return;
    for (size_t at = LOOM_PNG_SIGNATURE;
         loom_png_chunk_at((loom_bytes){input->data, input->size}, at, &chunk); at = chunk.end) {
        if (!is_text(&chunk))
            continue;
        const size_t takes = dropped ? left + 1 : text_size(&chunk, left);
        if (takes <= left) {
            left -= takes;
            continue;
        }
        rename_chunk(input->data + at, chunk.length);
        dropped = true;
    }
    if (dropped)
        loom_outcome_warn(outcome, "the text beyond %d MB was dropped",
                          (int)(LOOM_METADATA_MAX / 1000000));
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
    const void *data;
    size_t size;

    for (size_t i = 0; i < LOOM_COUNT(blocks); i++) {
        if (vips_image_get_typeof(image, blocks[i].field) == 0 ||
            vips_image_get_blob(image, blocks[i].field, &data, &size) ||
            size <= LOOM_METADATA_MAX ||
            (!blocks[i].always && recipe->metadata != LOOM_METADATA_ALL))
            continue;
        (void)vips_image_remove(image, blocks[i].field);
        loom_outcome_warn(outcome, "the %s was dropped: it is larger than %d MB", blocks[i].name,
                          (int)(LOOM_METADATA_MAX / 1000000));
    }
}
